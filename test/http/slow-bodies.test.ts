import { connect, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createBodyBudget, readBody } from '../../src/http/read-body.ts'
import { SIGNATURE } from './fake-services.ts'
import { startServer } from './harness.ts'

describe('a body', () => {
  it('arrives in pieces', async () => {
    const body = new PassThrough()
    const read = readBody(body, { maxBytes: 10 })
    body.write('abc')
    body.end('def')
    expect((await read).toString()).toBe('abcdef')
  })

  it('that does not end in time is 408', async () => {
    const body = new PassThrough()
    const drops = setInterval(() => body.write('x'), 5)
    onTestFinished(() => clearInterval(drops))
    await expect(readBody(body, { maxBytes: 1_000_000, withinMs: 50 })).rejects.toMatchObject({ status: 408 })
  })

  it('that is too long is 413, whatever it had announced', async () => {
    const body = new PassThrough()
    body.end('x'.repeat(11))
    await expect(readBody(body, { maxBytes: 10 })).rejects.toMatchObject({ status: 413 })
  })

  it('whose client goes away is no body', async () => {
    const body = new PassThrough()
    const read = readBody(body, { maxBytes: 10 })
    body.write('abc')
    body.destroy()
    await expect(read).rejects.toMatchObject({ status: 400 })
  })

  it('is given up for the others when it is the largest of too many', async () => {
    const budget = createBodyBudget(100)
    const [large, small] = [new PassThrough(), new PassThrough()]
    const reads = [large, small].map((body) => readBody(body, { maxBytes: 1_000, budget }))
    large.write('x'.repeat(90))
    await new Promise((resolve) => setImmediate(resolve))
    small.write('x'.repeat(20))
    await expect(reads[0]).rejects.toMatchObject({ status: 503, code: 'busy' })
    small.end('y')
    expect((await reads[1])?.length).toBe(21)
  })
})

describe('a stranger', () => {
  it.each([
    ['a webhook without a signature', '/webhooks/whatsapp', ''],
    ['a webhook with half a signature', '/webhooks/whatsapp', 'x-hub-signature-256: sha256=ab\r\n'],
    ['a call of the API', '/v1/intents', ''],
    ['a call of the API with a wrong key', '/v1/intents', 'authorization: Bearer wrong\r\n'],
    ['a call of the drop-in', '/v25.0/1/messages', ''],
    ['an upload', '/v25.0/1/media', ''],
    ['a path that is none', '/nowhere', ''],
    ['a method that is none here', '/', ''],
  ])('is answered before anything of the body came: %s', async (_what, path, header) => {
    const answer = await knock(
      `POST ${path} HTTP/1.1\r\nhost: x\r\n${header}content-type: application/json\r\ncontent-length: 3000000\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
  })

  it('with the form of a signature is waited for, and no longer than a body may take', async () => {
    const server = await startServer()
    const url = await server.app.listen({ host: '127.0.0.1', port: 0 })
    const socket = open(url)
    socket.write(
      `POST /webhooks/whatsapp HTTP/1.1\r\nhost: x\r\nx-hub-signature-256: ${SIGNATURE}\r\ncontent-length: 2\r\n\r\n`,
    )
    socket.write('{}')
    expect(await firstOf(socket)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('finds limits on connections, heads and whole requests', async () => {
    const { app } = await startServer()
    expect(app.server).toMatchObject({ headersTimeout: 15_000, requestTimeout: 330_000, maxConnections: 4_096 })
  })
})

async function knock(head: string): Promise<string> {
  const server = await startServer()
  const socket = open(await server.app.listen({ host: '127.0.0.1', port: 0 }))
  socket.write(head)
  return firstOf(socket)
}

function open(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  return socket
}

function firstOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => socket.once('data', (chunk) => resolve(String(chunk))))
}
