import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { STRANGER } from '../support/access.ts'
import { SEND_KEY } from './fake-services.ts'
import { startServer } from './harness.ts'

/** Answers what it was asked, as the sandbox's controls and the stand-in for Meta beside them would be asked. */
const echo = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  response.writeHead(201, { 'content-type': 'application/json', 'x-internal': 'yes' })
  const { method, url, headers } = request
  response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }))
})
let sandboxUrl: string

beforeAll(async () => {
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
  sandboxUrl = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`
})
afterAll(() => void echo.close())

describe("the sandbox's controls behind the API", () => {
  it('get the path, the query and the body, and no header of the caller', async () => {
    const { call } = await startServer({}, { sandboxUrl })
    const answer = await call('PATCH', '/v1/sandbox/knobs?dry=1', { body: { statusDelayMs: 5 } })
    expect(answer.statusCode).toBe(201)
    expect(answer.headers).not.toHaveProperty('x-internal')
    const asked = answer.json()
    expect(asked).toMatchObject({ method: 'PATCH', url: '/sandbox/knobs?dry=1', body: '{"statusDelayMs":5}' })
    expect(asked.headers).not.toHaveProperty('authorization')
  })

  it('are for admins', async () => {
    const { call } = await startServer({}, { sandboxUrl })
    expect((await call('GET', '/v1/sandbox/clock', { key: SEND_KEY })).statusCode).toBe(403)
    expect((await call('GET', '/v1/sandbox/clock', { key: null })).statusCode).toBe(401)
  })

  it('are not there for the admin of another workspace', async () => {
    const authenticate = async () => STRANGER
    const { call } = await startServer({ authenticate } as never, { sandboxUrl })
    expect((await call('GET', '/v1/sandbox/clock')).statusCode).toBe(404)
  })

  it('are not there where the messages go to Meta', async () => {
    const { call } = await startServer()
    expect((await call('GET', '/v1/sandbox/clock')).statusCode).toBe(404)
  })

  it.each([
    '/v1/sandbox/../106540352242922/messages',
    '/v1/sandbox/%2e%2e/106540352242922/messages',
    '/v1/sandbox/..%2f106540352242922',
    '/v1/sandbox/%2e%2e',
  ])('lead nowhere else: %s', async (url) => {
    const { call } = await startServer({}, { sandboxUrl })
    const answer = await call('POST', url, { body: {} })
    if (answer.statusCode !== 404) expect(answer.json().url).toMatch(/^\/sandbox\/(?!\.\.\/)/)
  })
})
