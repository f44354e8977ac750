import { afterEach, describe, expect, it } from 'vitest'
import type { AttemptId, PhoneNumberId, WabaId, WaId } from '../../src/domain/ids.ts'
import {
  createGraphClient,
  type GraphClient,
  type GraphClientOptions,
  type SendAnswer,
} from '../../src/graph/client.ts'
import { toWire } from '../../src/graph/payload.ts'
import { http, type RawServer, type RawServerHooks, refusedUrl, startRawServer } from './raw-server.ts'

const ACCEPTED = {
  messaging_product: 'whatsapp',
  contacts: [{ input: '+5511955500101', wa_id: '551155500101' }],
  messages: [{ id: 'wamid.OK' }],
}
const BODY = toWire({
  message: { type: 'text', text: { body: 'Olá' } },
  recipient: { waId: '5511955500101' as WaId, bsuid: null },
  attemptId: '0199a000-0000-7000-8000-000000000001.1' as AttemptId,
})

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function serve(hooks: RawServerHooks): Promise<RawServer> {
  const server = await startRawServer(hooks)
  cleanups.push(() => server.close())
  return server
}

function clientOf(baseUrl: string, options: Partial<GraphClientOptions> = {}): GraphClient {
  const client = createGraphClient({ baseUrl, version: 'v25.0', timeoutMs: 5_000, ...options })
  cleanups.push(() => client.destroy())
  return client
}

function send(client: GraphClient, accessToken = 'token-1'): Promise<SendAnswer> {
  const wabaId = '102290129340398' as WabaId
  return client.sendMessage({ phoneNumberId: '100000000000001' as PhoneNumberId, wabaId, accessToken, body: BODY })
}

/** What one send answers when the server writes these bytes for it. */
async function answerTo(bytes: string, options: Partial<GraphClientOptions> = {}): Promise<SendAnswer> {
  const server = await serve({ onRequest: ({ socket }) => socket.write(bytes) })
  return send(clientOf(server.url, options))
}

function graphError(code: unknown, more: object = {}): object {
  return { error: { message: 'no', type: 'OAuthException', code, fbtrace_id: 'trace-1', ...more } }
}

describe('the request', () => {
  it('is a POST to the number with the token, and the body as given', async () => {
    const server = await serve({ onRequest: ({ socket }) => socket.write(http(200, ACCEPTED)) })
    await send(clientOf(server.url))
    const [request] = server.requests
    expect(request?.line).toBe('POST /v25.0/100000000000001/messages HTTP/1.1')
    expect(request?.headers).toMatchObject({ authorization: 'Bearer token-1', 'content-type': 'application/json' })
    expect(JSON.parse(request?.body ?? '')).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+5511955500101',
      type: 'text',
      text: { body: 'Olá' },
      biz_opaque_callback_data: '0199a000-0000-7000-8000-000000000001.1',
    })
  })

  it('keeps a path in front of the version', async () => {
    const server = await serve({ onRequest: ({ socket }) => socket.write(http(200, ACCEPTED)) })
    await send(clientOf(`${server.url}/graph/`))
    expect(server.requests[0]?.line).toContain(' /graph/v25.0/100000000000001/messages ')
  })

  it('opens no connection per message', async () => {
    const server = await serve({ onRequest: ({ socket }) => socket.write(http(200, ACCEPTED)) })
    const client = clientOf(server.url)
    for (let n = 0; n < 10; n++) await send(client)
    expect(server.requests).toHaveLength(10)
    // undici offers a socket again one turn of the event loop after its answer, so a second one may be opened meanwhile.
    expect(server.connections).toBeLessThanOrEqual(2)
  })
})

describe('an accepted message', () => {
  it('gives the wamid and the wa_id that Meta uses', async () => {
    expect(await answerTo(http(200, ACCEPTED))).toEqual({
      kind: 'accepted',
      wamid: 'wamid.OK',
      waId: '551155500101',
      userId: null,
      messageStatus: null,
      httpStatus: 200,
    })
  })

  it('gives the BSUID when it went to one', async () => {
    const answer = { messages: [{ id: 'wamid.OK' }], contacts: [{ input: 'BR.2002B', user_id: 'BR.2002B' }] }
    expect(await answerTo(http(200, answer))).toMatchObject({ kind: 'accepted', waId: null, userId: 'BR.2002B' })
  })

  it('may be held back for its quality', async () => {
    const answer = { messages: [{ id: 'wamid.OK', message_status: 'held_for_quality_assessment' }] }
    expect(await answerTo(http(200, answer))).toMatchObject({
      kind: 'accepted',
      messageStatus: 'held_for_quality_assessment',
    })
  })

  it('is accepted whatever stands around its id', async () => {
    const answer = { messages: [{ id: 'wamid.OK', message_status: 7 }, 'odd'], contacts: 'odd', news: 1 }
    expect(await answerTo(http(200, answer))).toMatchObject({ kind: 'accepted', wamid: 'wamid.OK', waId: null })
  })

  it('is not sent when its template is paused', async () => {
    const answer = { messages: [{ id: 'wamid.OK', message_status: 'paused' }] }
    expect(await answerTo(http(200, answer))).toMatchObject({
      kind: 'refused',
      error: { code: 132015 },
      httpStatus: 200,
    })
  })
})

describe('a refusal', () => {
  it('carries the facts of the error', async () => {
    const error = graphError(131047, { error_subcode: 2494073, error_data: { details: 'more than 24 hours' } })
    expect(await answerTo(http(400, error))).toEqual({
      kind: 'refused',
      httpStatus: 400,
      error: {
        code: 131047,
        subcode: 2494073,
        isTransient: false,
        httpStatus: 400,
        details: 'more than 24 hours',
        via: 'sync',
        traceId: 'trace-1',
      },
    })
  })

  it('reads a code that came as a string, and details that did', async () => {
    expect(await answerTo(http(400, graphError('132015', { error_data: 'paused' })))).toMatchObject({
      kind: 'refused',
      error: { code: 132015, details: 'paused' },
    })
  })

  it('reads code 0', async () => {
    expect(await answerTo(http(401, graphError(0)))).toMatchObject({ kind: 'refused', error: { code: 0 } })
  })

  it.each([131000, 131016, 2])('follows the code %i of a 500', async (code) => {
    expect(await answerTo(http(500, graphError(code)))).toMatchObject({ kind: 'refused', error: { code } })
  })

  it('follows an error code even under 200', async () => {
    expect(await answerTo(http(200, graphError(131026)))).toMatchObject({ kind: 'refused', error: { code: 131026 } })
  })

  it('comes from here when the token cannot stand in a header', async () => {
    const server = await serve({})
    expect(await send(clientOf(server.url), 'to\nken')).toMatchObject({ kind: 'refused', error: { code: 190 } })
    expect(server.connections).toBe(0)
  })
})

describe('a throttle', () => {
  it.each([130429, 131056, 80007, 4, 131057])('is told by code %i', async (code) => {
    expect(await answerTo(http(400, graphError(code)))).toMatchObject({ kind: 'throttled', error: { code } })
  })

  it('names the wait it asks for', async () => {
    const answer = await answerTo(http(429, graphError(130429), { 'retry-after': '7' }))
    expect(answer).toMatchObject({ kind: 'throttled', retryAfterS: 7 })
  })

  it('takes a date for a wait', async () => {
    const now = () => Date.parse('2026-11-22T10:00:00Z')
    const answer = await answerTo(http(429, graphError(4), { 'retry-after': 'Sun, 22 Nov 2026 10:01:30 GMT' }), { now })
    expect(answer).toMatchObject({ kind: 'throttled', retryAfterS: 90 })
  })

  it('takes the minutes of the usage header for a wait', async () => {
    const usage = JSON.stringify({ 1: [{ type: 'whatsapp', call_count: 100, estimated_time_to_regain_access: 3 }] })
    const answer = await answerTo(http(400, graphError(80007), { 'x-business-use-case-usage': usage }))
    expect(answer).toMatchObject({ kind: 'throttled', retryAfterS: 180 })
  })

  it('names no wait when the header is nonsense', async () => {
    const answer = await answerTo(http(429, graphError(4), { 'retry-after': 'soon', 'x-business-use-case-usage': '{' }))
    expect(answer).toMatchObject({ kind: 'throttled', retryAfterS: null })
  })
})

describe("an answer that is not Meta's", () => {
  const PAGE = '<html><body>Sign in to the guest network</body></html>'
  const HTML = { 'content-type': 'text/html' }
  const rows: [what: string, status: number, body: string | object, headers?: Record<string, string>][] = [
    ['a redirect to https', 301, '', { location: 'https://graph.facebook.com/' }],
    ['a redirect to a login', 302, PAGE, { ...HTML, location: 'http://127.0.0.1:1/' }],
    ['not modified', 304, ''],
    ['a redirect that keeps the method', 307, { moved: true }, { location: 'http://127.0.0.1:1/' }],
    ['a permanent redirect', 308, ''],
    ['a 400 without a word', 400, ''],
    ['a 400 of a proxy', 400, PAGE, HTML],
    ['a 401 of a gateway', 401, { message: 'No API key found in request' }],
    ['a 403 of a firewall', 403, PAGE, HTML],
    ['a 404 of a gateway', 404, { error: 'Not Found' }],
    ['a 405', 405, '', { allow: 'GET' }],
    ['a proxy that wants a password', 407, '', { 'proxy-authenticate': 'Basic' }],
    ['a server that waited for the request', 408, ''],
    ['a missing length', 411, ''],
    ['a body that is too large for a proxy', 413, PAGE, HTML],
    ['a misdirected request', 421, ''],
    ['a request that came too early', 425, ''],
    ['too many requests, without a body', 429, ''],
    ['too many requests, of a CDN', 429, PAGE, HTML],
    ['a legal block', 451, PAGE, HTML],
    ['a network that wants a login', 511, PAGE, HTML],
    ['JSON that is a text', 403, '"forbidden"'],
    ['JSON that is a list', 403, '[]'],
    ['JSON that is null', 403, 'null'],
    ['an error that is null', 403, { error: null }],
    ['an error without a code', 400, { error: { message: 'oops', type: 'OAuthException' } }],
    ['an error whose code is a word', 403, { error: { code: 'PERMISSION_DENIED', message: 'no' } }],
    ['an error whose code is out of range', 403, { error: { code: 1e12 } }],
    ['a code that repeats the HTTP status', 403, { error: { code: 403, status: 'PERMISSION_DENIED' } }],
  ]

  it.each(rows)('was surely not carried out: %s (%i)', async (_what, status, body, headers) => {
    expect(await answerTo(http(status, body, headers))).toEqual({
      kind: 'intercepted',
      httpStatus: status,
      retryAfterS: null,
    })
  })

  it('may ask to wait', async () => {
    expect(await answerTo(http(429, '', { 'retry-after': '7' }))).toMatchObject({ retryAfterS: 7 })
  })

  it.each([500, 501, 502, 503, 504, 520, 599])('leaves it open whether Meta has it: %i', async (status) => {
    expect(await answerTo(http(status, '<html>'))).toMatchObject({ kind: 'uncertain', why: 'http_5xx' })
  })

  it.each([201, 202, 204])('leaves it open whether Meta has it: %i without an id', async (status) => {
    expect(await answerTo(http(status, ''))).toMatchObject({ kind: 'uncertain', httpStatus: status })
  })

  it('is not one with a code that Casement has never heard of', async () => {
    expect(await answerTo(http(400, graphError(987_654)))).toMatchObject({ kind: 'refused', error: { code: 987_654 } })
  })

  it('is not one that names itself wrongly', async () => {
    const answer = await answerTo(http(400, JSON.stringify(graphError(131026)), { 'content-type': 'text/html' }))
    expect(answer).toMatchObject({ kind: 'refused', error: { code: 131026 } })
  })

  it('is not one whose code and status happen to be alike, where it has a trace', async () => {
    expect(await answerTo(http(400, graphError(400)))).toMatchObject({ kind: 'refused', error: { code: 400 } })
  })
})

describe('a request that never left', () => {
  const wabaId = '102290129340398' as WabaId
  const phoneNumberId = '100000000000001' as PhoneNumberId

  it('was too late in the moment it could', async () => {
    const server = await serve({})
    const request = { phoneNumberId, wabaId, accessToken: 'token-1', body: BODY, mayLeave: () => false }
    expect(await clientOf(server.url).sendMessage(request)).toMatchObject({ kind: 'unsent', why: 'too_late' })
    expect(server.requests).toEqual([])
  })

  it('could not be written down', async () => {
    const server = await serve({})
    const body = { number: 1n }
    const answer = await clientOf(server.url).sendMessage({ phoneNumberId, wabaId, accessToken: 'token-1', body })
    expect(answer).toMatchObject({ kind: 'unsent', why: 'broken' })
    expect(server.connections).toBe(0)
  })
})

describe('an unreachable Graph', () => {
  it('refused the connection', async () => {
    expect(await send(clientOf(await refusedUrl()))).toMatchObject({
      kind: 'unreachable',
      cause: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('did not speak TLS', async () => {
    const server = await serve({ onConnection: (socket) => socket.end('hello\r\n') })
    const answer = await send(clientOf(server.url.replace('http:', 'https:')))
    expect(answer.kind).toBe('unreachable')
    expect(server.requests).toEqual([])
  })

  it('never finished the TLS handshake', async () => {
    const server = await serve({})
    const answer = await send(clientOf(server.url.replace('http:', 'https:'), { timeoutMs: 50 }))
    expect(answer.kind).toBe('unreachable')
  })

  it('is what a closed client answers', async () => {
    const server = await serve({})
    const client = clientOf(server.url)
    await client.close()
    expect((await send(client)).kind).toBe('unreachable')
    expect(server.connections).toBe(0)
  })
})

describe('an uncertain answer', () => {
  it('comes from a reset before the server read anything', async () => {
    const server = await serve({
      onConnection: (socket) => socket.pause().once('readable', () => socket.resetAndDestroy()),
    })
    expect(await send(clientOf(server.url))).toMatchObject({ kind: 'uncertain', why: 'reset', httpStatus: null })
  })

  it('comes from a reset after the server read the body', async () => {
    const server = await serve({ onRequest: ({ socket }) => socket.resetAndDestroy() })
    expect(await send(clientOf(server.url))).toMatchObject({ kind: 'uncertain', why: 'reset', httpStatus: null })
  })

  it('comes from a close without a word', async () => {
    const server = await serve({ onRequest: ({ socket }) => socket.end() })
    expect(await send(clientOf(server.url))).toMatchObject({ kind: 'uncertain', why: 'reset', httpStatus: null })
  })

  it('comes from a close in the middle of the answer', async () => {
    const server = await serve({ onRequest: ({ socket }) => socket.end(http(200, ACCEPTED).slice(0, -20)) })
    expect(await send(clientOf(server.url))).toMatchObject({ kind: 'uncertain', why: 'reset', httpStatus: 200 })
  })

  it('comes from silence', async () => {
    const server = await serve({})
    expect(await send(clientOf(server.url, { timeoutMs: 50 }))).toMatchObject({
      kind: 'uncertain',
      why: 'timeout',
      httpStatus: null,
    })
  })

  it('comes from a body that keeps arriving but does not end in time', async () => {
    const server = await serve({
      onRequest: ({ socket }) => {
        socket.write('HTTP/1.1 200 X\r\ncontent-length: 100000\r\n\r\n')
        const drip = setInterval(() => socket.write(' '), 5)
        socket.on('close', () => clearInterval(drip))
      },
    })
    const started = performance.now()
    const answer = await send(clientOf(server.url, { timeoutMs: 100 }))
    expect(answer).toMatchObject({ kind: 'uncertain', why: 'timeout', httpStatus: 200 })
    // The body would take eight minutes.
    expect(performance.now() - started).toBeLessThan(60_000)
  })

  it.each([500, 502, 503, 504])('comes from a page of HTML with status %i', async (status) => {
    expect(await answerTo(http(status, '<html>Bad Gateway</html>'))).toMatchObject({
      kind: 'uncertain',
      why: 'http_5xx',
      httpStatus: status,
    })
  })

  it('comes from a 500 whose error has no code', async () => {
    expect(await answerTo(http(500, { error: { message: 'oops' } }))).toMatchObject({
      kind: 'uncertain',
      why: 'http_5xx',
    })
  })

  it.each([
    ['', 'unreadable'],
    ['<html>', 'unreadable'],
    ['{"messages":[{"id":"wam', 'unreadable'],
  ])('comes from 200 with the body %j', async (body, why) => {
    expect(await answerTo(http(200, body))).toEqual({ kind: 'uncertain', why, httpStatus: 200 })
  })

  it.each([[{}], [{ messages: [] }], [{ messages: [{}] }], [{ messages: [{ id: '' }] }], [{ messages: null }]])(
    'comes from 200 without a message id: %j',
    async (body) => {
      expect(await answerTo(http(200, body))).toEqual({ kind: 'uncertain', why: 'no_message_id', httpStatus: 200 })
    },
  )

  it('comes from an answer without end, which is cut off', async () => {
    const huge = `HTTP/1.1 200 X\r\ncontent-length: 4000000\r\n\r\n${' '.repeat(2_000_000)}`
    expect(await answerTo(huge)).toMatchObject({ kind: 'uncertain', why: 'unreadable', httpStatus: 200 })
  })

  it('comes from a client that is torn down while the request is out', async () => {
    const server = await serve({})
    const client = clientOf(server.url)
    const answer = send(client)
    await server.request(1)
    await client.destroy()
    expect(await answer).toMatchObject({ kind: 'uncertain', why: 'reset' })
  })
})

describe('a kept connection', () => {
  it('is replaced when the server closed it while it was idle', async () => {
    const server = await serve({
      onRequest: ({ socket }, n) => (n === 1 ? socket.end(http(200, ACCEPTED)) : socket.write(http(200, ACCEPTED))),
    })
    const client = clientOf(server.url)
    await send(client)
    expect((await send(client)).kind).toBe('accepted')
    expect(server.requests).toHaveLength(2)
  })

  it('leaves a request in doubt when it closes under it, and the request is not sent again (P3)', async () => {
    const server = await serve({
      onRequest: ({ socket }, n) => (n === 2 ? socket.end() : socket.write(http(200, ACCEPTED))),
    })
    const client = clientOf(server.url)
    await send(client)
    expect(await send(client)).toMatchObject({ kind: 'uncertain', why: 'reset' })
    expect((await send(client)).kind).toBe('accepted')
    expect(server.requests).toHaveLength(3)
  })

  it('takes one request at a time, and a failure touches no other', async () => {
    const server = await serve({
      onRequest: ({ socket }, n) => (n === 1 ? socket.resetAndDestroy() : socket.write(http(200, ACCEPTED))),
    })
    const client = clientOf(server.url, { connections: 1 })
    const answers = await Promise.all([send(client), send(client), send(client)])
    expect(answers.map((answer) => answer.kind)).toEqual(['uncertain', 'accepted', 'accepted'])
    expect(server.requests).toHaveLength(3)
  })
})
