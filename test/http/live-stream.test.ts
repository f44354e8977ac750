import { once } from 'node:events'
import { createServer } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { eventStream } from '../../src/http/live-stream.ts'
import { READ_KEY } from './fake-services.ts'
import { startServer } from './harness.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A stream on a real socket, and its reader, who reads nothing yet. */
async function connected(patienceMs: number) {
  const began = Promise.withResolvers<{
    stream: ReturnType<typeof eventStream>
    waiting: () => number
    gone: Promise<unknown>
  }>()
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.socket?.setNoDelay()
    const stream = eventStream(response, { mostBytes: 64 * 1024, patienceMs })
    began.resolve({ stream, waiting: () => response.writableLength, gone: once(response, 'close') })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const reader = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
  reader.on('error', () => {})
  reader.pause()
  reader.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  closers.push(() => {
    reader.destroy()
    server.close()
  })
  return { reader, ...(await began.promise) }
}

const LARGE = JSON.stringify({ text: 'x'.repeat(8_000) })

it('holds little for who does not read, and tells them that they missed something once they do', async () => {
  const { reader, stream, waiting } = await connected(60_000)
  let most = 0
  // More than any kernel keeps for a socket.
  for (let i = 0; i < 4_000; i++) {
    stream.send('message', LARGE)
    most = Math.max(most, waiting())
    if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  expect(most).toBeLessThanOrEqual(80 * 1024)
  let text = ''
  reader.setEncoding('latin1').on('data', (chunk: string) => {
    text = (text + chunk).slice(-200)
  })
  reader.resume()
  await expect.poll(() => text.includes('event: resync')).toBe(true)
  stream.send('message', '{"after":true}')
  await expect.poll(() => text.includes('{"after":true}')).toBe(true)
})

it('cuts who reads nothing for long', async () => {
  const { stream, gone } = await connected(50)
  for (let i = 0; i < 4_000; i++) {
    stream.send('message', LARGE)
    if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await gone
})

it('writes events that a browser reads, under headers that no proxy keeps them back for', async () => {
  const { app } = await startServer()
  const answer = await app.inject({
    url: '/v1/events?types=flow,message',
    headers: { authorization: `Bearer ${READ_KEY}` },
  })
  expect(answer.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  })
  expect(answer.body).toMatch(/^retry: 2000\n\nevent: hello\ndata: \{"server":"0","now":"[^"]+"\}\n\n$/)
})

it.each(['flows', 'message,', ',', 'message,,intent'])('refuses the types %s', async (types) => {
  const { call } = await startServer()
  const answer = await call('GET', `/v1/events?types=${types}`)
  expect(answer.statusCode).toBe(400)
  expect(answer.json().error.field).toBe('types')
})
