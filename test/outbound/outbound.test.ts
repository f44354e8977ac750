import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createOutbound, type Outbound, type OutboundOptions } from '../../src/outbound/outbound.ts'
import { http, type RawServer, type RawServerHooks, refusedUrl, startRawServer } from '../graph/raw-server.ts'
import { watchOpenHandles } from '../support/open-handles.ts'
import { recorder } from '../support/signals.ts'

const BODY = Buffer.from('{"text":"Ol\\u00e1"}')
const HEADERS = { 'content-type': 'application/json', 'x-hub-signature-256': 'sha256=00' }
const SLOW_MS = 250

const opened: { close(): Promise<unknown> }[] = []
let nothingLeft: () => Promise<void>
beforeAll(() => {
  nothingLeft = watchOpenHandles()
})
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
afterAll(() => nothingLeft())

function outbound(options: Partial<OutboundOptions> = {}): Outbound {
  const made = createOutbound({ allowedHosts: ['127.0.0.1'], ...options })
  opened.push(made)
  return made
}

async function endpoint(hooks: RawServerHooks): Promise<RawServer> {
  const server = await startRawServer(hooks)
  opened.push(server)
  return server
}

const answering = (bytes: string) => endpoint({ onRequest: ({ socket }) => socket.write(bytes) })
const deliver = (url: string, by = outbound()) => by.deliver({ url, headers: HEADERS, body: BODY })

describe('deliver', () => {
  it('posts the bytes with their signature, and tells the status', async () => {
    const server = await answering(http(202, ''))
    expect(await deliver(`${server.url}/hook?a=%20b`)).toEqual({
      kind: 'answered',
      status: 202,
      retryAfterS: null,
      ms: expect.any(Number),
    })
    const { line, headers, body } = await server.request(1)
    expect(line).toBe('POST /hook?a=%20b HTTP/1.1')
    expect(body).toBe(BODY.toString())
    expect(headers).toMatchObject({ ...HEADERS, 'user-agent': 'Casement', host: `127.0.0.1:${server.port}` })
  })

  it('keeps the connection for the next one', async () => {
    const server = await answering(http(200, 'ok'))
    const by = outbound({ connections: 1 })
    for (let n = 0; n < 3; n += 1) expect(await deliver(server.url, by)).toMatchObject({ status: 200 })
    expect(server.connections).toBe(1)
  })

  it('opens no more connections to an endpoint than it may', async () => {
    const arrived = recorder<() => void>()
    const server = await endpoint({ onRequest: ({ socket }) => arrived.record(() => socket.write(http(200, ''))) })
    const by = outbound({ connections: 2 })
    const all = Promise.all(Array.from({ length: 6 }, () => deliver(server.url, by)))
    for (let n = 0; n < 6; n += 1) (await arrived.next())()
    expect((await all).map((answer) => answer.kind)).toEqual(Array(6).fill('answered'))
    expect(server.connections).toBeLessThanOrEqual(2)
  })

  it.each([301, 302, 307, 308])('does not follow a redirect (%i)', async (status) => {
    const elsewhere = await answering(http(200, ''))
    const server = await answering(http(status, '', { location: elsewhere.url }))
    expect(await deliver(server.url)).toMatchObject({ kind: 'answered', status })
    expect(elsewhere.connections).toBe(0)
  })

  it.each([
    ['60', 60],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    ['-1', null],
  ])('reads a Retry-After of %s as %s', async (given, seconds) => {
    const server = await answering(http(503, '', { 'retry-after': given }))
    expect(await deliver(server.url)).toMatchObject({ status: 503, retryAfterS: seconds })
  })

  it('says so where nobody listens', async () => {
    expect(await deliver(await refusedUrl())).toMatchObject({
      kind: 'failed',
      why: 'unreachable',
      error: expect.stringContaining('ECONNREFUSED'),
    })
  })
})

describe('a hostile endpoint', () => {
  const late = { kind: 'failed', why: 'timeout', error: `expected an answer within ${SLOW_MS} ms` }

  it.each<[string, RawServerHooks]>([
    ['never answers', {}],
    [
      'answers a byte at a time',
      { onRequest: ({ socket }) => drip(socket, 'HTTP/1.1 200 OK\r\nx: '.padEnd(4_000, 'x')) },
    ],
    [
      'goes on saying that it goes on',
      { onRequest: ({ socket }) => drip(socket, 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(1_000), 28) },
    ],
  ])('that %s is left after the time for a call', async (_what, hooks) => {
    const server = await endpoint(hooks)
    expect(await deliver(server.url, outbound({ timeoutMs: SLOW_MS }))).toMatchObject(late)
  })

  it('that never ends its answer has answered all the same', async () => {
    const server = await endpoint({
      onRequest: ({ socket }) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        drip(socket, '.'.repeat(4_000))
      },
    })
    // Long enough for the first bytes, however busy this machine is.
    const by = outbound({ timeoutMs: 8 * SLOW_MS })
    expect(await deliver(server.url, by)).toMatchObject({ kind: 'answered', status: 200 })
  })

  it('is read no further than 4 KiB', async () => {
    const closed = recorder<number>()
    const server = await endpoint({
      onRequest: ({ socket }) => {
        socket.on('close', () => closed.record(socket.bytesWritten))
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n')
        const flood = (): void => {
          if (socket.writable && socket.write('.'.repeat(16_384))) setImmediate(flood)
        }
        socket.on('drain', flood)
        flood()
      },
    })
    expect(await deliver(server.url)).toMatchObject({ kind: 'answered', status: 200 })
    // What the two kernels held between them, far from all that was promised.
    expect(await closed.next()).toBeLessThan(64 * 1024 * 1024)
  })

  it.each([
    ['headers without end', `HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(100)}\r\n`.repeat(100)}\r\n`],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['half a status', 'HTTP/1.1 2'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n'],
    ['nothing', ''],
  ])('that sends %s and closes has not answered', async (_what, bytes) => {
    const server = await endpoint({ onRequest: ({ socket }) => socket.end(bytes) })
    expect(await deliver(server.url)).toMatchObject({ kind: 'failed', why: 'unreachable', error: expect.any(String) })
  })

  it('tells no more of itself than fits, however much its certificate says', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `n${index}\u0007.example`)
    const resolve = async () => {
      throw Object.assign(new Error(`Hostname does not match: ${names.join(', ')}`), { code: 'ERR_TLS\0' })
    }
    const called = await deliver('https://many.example/', outbound({ resolve }))
    expect(called).toMatchObject({ kind: 'failed', error: expect.stringMatching(/^[ -~]{20,300}$/) })
  })

  it('may speak HTTP/1.0, or close in the middle of its answer', async () => {
    for (const bytes of ['HTTP/1.0 200 OK\r\n\r\nok', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nok']) {
      const server = await endpoint({ onRequest: ({ socket }) => socket.end(bytes) })
      expect(await deliver(server.url)).toMatchObject({ kind: 'answered', status: 200 })
    }
  })

  it('holds nobody else up', async () => {
    const [hung, well] = [await endpoint({}), await answering(http(200, ''))]
    const by = outbound({ connections: 1 })
    const waiting = Promise.all(Array.from({ length: 20 }, () => deliver(hung.url, by)))
    await hung.request(1)
    expect(await deliver(well.url, by)).toMatchObject({ status: 200 })
    await by.close()
    expect((await waiting).map(({ kind }) => kind)).toEqual(Array(20).fill('failed'))
  })
})

describe('ask', () => {
  it.each([
    ['whole', http(200, '{"a":1}'), { body: '{"a":1}', cutOff: false }],
    ['longer than is read', http(200, 'x'.repeat(65)), { body: null, cutOff: false }],
    ['cut off before its end', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"a"', { body: null, cutOff: true }],
  ])('tells what is answered where it is %s', async (_what, bytes, expected) => {
    const server = await endpoint({ onRequest: ({ socket }) => socket.end(bytes) })
    const asked = await outbound().ask({ url: server.url, headers: HEADERS, body: BODY }, 64)
    expect(asked).toMatchObject({ kind: 'answered', status: 200, ...expected })
  })
})

describe('an address that is not public', () => {
  const refused = { kind: 'failed', why: 'refused' }

  it('is not called, however it is written', async () => {
    const server = await answering(http(200, ''))
    const by = outbound({ allowedHosts: [] })
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f.0.0.1',
      '0177.0.0.1',
      '[::ffff:127.0.0.1]',
      '[::1]',
    ]) {
      for (const scheme of ['http', 'https']) {
        expect(await deliver(`${scheme}://${host}:${server.port}/`, by)).toMatchObject(refused)
      }
    }
    expect(server.connections).toBe(0)
  })

  it('is not called by a name that is bound to it', async () => {
    const server = await answering(http(200, ''))
    const by = outbound({ allowedHosts: [], resolve: async () => [{ address: '127.0.0.1', family: 4 }] })
    expect(await deliver(`https://rebound.example:${server.port}/`, by)).toEqual({
      ...refused,
      error: 'expected rebound.example to have a public address, or to be in OUTBOUND_HOSTS',
      ms: expect.any(Number),
    })
    expect(server.connections).toBe(0)
  })

  it('is judged anew for each connection, since a name may be bound to another meanwhile', async () => {
    // Of the two addresses of this machine one stands for what is public.
    const server = await startTlsListener()
    const answers = ['127.0.0.1', '127.0.0.2']
    const asked: string[] = []
    const by = outbound({
      allowedHosts: [],
      isPublic: (address) => address === '127.0.0.1',
      resolve: async (name) => {
        asked.push(name)
        return [{ address: answers.shift() as string, family: 4 }]
      },
    })
    const url = `https://rebound.example:${server.port}/`
    expect(await deliver(url, by)).toMatchObject({ kind: 'failed', why: 'unreachable' })
    expect(await deliver(url, by)).toMatchObject(refused)
    expect(asked).toEqual(['rebound.example', 'rebound.example'])
    // It was connected to the address that was judged, and asked for the name all the same.
    expect(server.names).toEqual(['rebound.example'])
  })

  it('is passed by where the name has a public one too', async () => {
    const server = await startTlsListener()
    const by = outbound({
      allowedHosts: [],
      isPublic: (address) => address === '127.0.0.1',
      resolve: async () => [
        { address: '10.255.255.1', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    })
    await deliver(`https://both.example:${server.port}/`, by)
    expect(server.names).toEqual(['both.example'])
  })

  it('is called where its host is allowed by name, and by no other name', async () => {
    const server = await answering(http(200, ''))
    const by = outbound({
      allowedHosts: ['LOCALHOST', '::1'],
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    })
    expect(await deliver(`http://localhost:${server.port}`, by)).toMatchObject({ status: 200 })
    expect(await deliver(`http://127.0.0.1:${server.port}`, by)).toMatchObject(refused)
    expect(await deliver(`https://other.example:${server.port}`, by)).toMatchObject(refused)
    expect(by.problemOf('http://[0:0::1]/')).toBeNull()
  })

  it('says what DNS says of a name that has none', async () => {
    const by = outbound({
      resolve: () => Promise.reject(Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' })),
    })
    expect(await deliver('https://nobody.example/', by)).toMatchObject({
      why: 'unreachable',
      error: 'queryA ENOTFOUND',
    })
  })

  it('waits no longer for a name than for an answer', async () => {
    const by = outbound({ timeoutMs: SLOW_MS, resolve: () => new Promise(() => {}) })
    expect(await deliver('https://slow.example/', by)).toMatchObject({ kind: 'failed', why: 'timeout' })
  })
})

describe('TLS', () => {
  it('is required of what is public, and its failure is a failure', async () => {
    const plain = await endpoint({ onConnection: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') })
    expect(await deliver(`https://127.0.0.1:${plain.port}/`)).toMatchObject({ kind: 'failed', why: 'unreachable' })
    expect(plain.requests).toEqual([])
  })
})

describe('handshake', () => {
  it('is Meta’s, beside what the address asks for itself', async () => {
    const server = await endpoint({
      onRequest: ({ line, socket }) => socket.write(http(200, `${query(line).get('hub.challenge')}\n`)),
    })
    expect(await outbound().handshake(`${server.url}/hook?tenant=a%2Fb`, 'tok en&')).toBe(true)
    const { line } = await server.request(1)
    expect(line).toMatch(/^GET \/hook\?tenant=a%2Fb&hub\.mode=subscribe&hub\.challenge=\d{10}&/)
    expect(query(line).get('hub.verify_token')).toBe('tok en&')
  })

  it.each([
    ['another answer', () => http(200, 'hello')],
    ['a status that is no 200', (challenge: string) => http(201, challenge)],
    ['a redirect', (challenge: string) => http(302, challenge, { location: '/' })],
    ['more than the challenge', (challenge: string) => http(200, `${challenge}${'.'.repeat(10_000)}`)],
  ])('is not passed by %s', async (_what, answer) => {
    const server = await endpoint({
      onRequest: ({ line, socket }) => socket.write(answer(query(line).get('hub.challenge') ?? '')),
    })
    expect(await outbound().handshake(server.url, 'token')).toBe(false)
  })

  it('is not passed by nobody', async () => {
    expect(await outbound().handshake(await refusedUrl(), 'token')).toBe(false)
    expect(await outbound().handshake('no address', 'token')).toBe(false)
  })
})

describe('the url of an endpoint', () => {
  const { problemOf } = createOutbound({ allowedHosts: ['127.0.0.1', 'bot'] })

  it.each([
    'https://bot.example/',
    'https://bot.example:8443/hook?a=b',
    'https://8.8.8.8/',
    'https://xn--bcher-kva.example/',
    'https://127.0.0.1.nip.io./x',
    'http://127.0.0.1:3000/hook',
    'http://bot:3000/hook',
    'https://bot/',
  ])('may be %s', (url) => {
    expect(problemOf(url)).toBeNull()
  })

  it.each([
    ['', 'an https:// address'],
    ['bot.example', 'an https:// address'],
    ['ftp://bot.example/', 'an https:// address'],
    ['https://', 'an https:// address'],
    ['http://bot.example/', 'OUTBOUND_HOSTS only'],
    ['https://user@bot.example/', 'no user name'],
    ['https://:pass@bot.example/', 'no user name'],
    ['https://bot.example/#a', 'no fragment'],
    [`https://bot.example/${'a'.repeat(2_048)}`, 'at most 2048'],
    ['https://localhost/', 'a public address'],
    ['https://app.localhost/', 'a public address'],
    ['https://redis:6379/', 'a public address'],
    ['https://10.0.0.1/', 'a public address'],
    ['https://169.254.169.254/latest/meta-data', 'a public address'],
    ['https://[fd00::1]/', 'a public address'],
    ['https://app.localhost./', 'a public address'],
    ['https://redis./', 'a public address'],
  ])('may not be "%s"', (url, expected) => {
    expect(problemOf(url)).toContain(expected)
  })
})

/** Writes piece by piece, for as long as there is somebody to write to. */
function drip(socket: import('node:net').Socket, text: string, bytes = 1): void {
  if (!socket.writable || text === '') return
  socket.write(text.slice(0, bytes), () => setImmediate(drip, socket, text.slice(bytes), bytes))
}

function query(line: string): URLSearchParams {
  return new URL(line.split(' ')[1] ?? '', 'http://x').searchParams
}

/** Ends each handshake when it has heard which name it is called by. */
async function startTlsListener(): Promise<{ port: number; names: string[] }> {
  const names: string[] = []
  const server: Server = createTlsServer({
    SNICallback: (name, done) => {
      names.push(name)
      done(new Error('no certificate'))
    },
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push({
    close: () => {
      server.close()
      return once(server, 'close')
    },
  })
  return { port: (server.address() as AddressInfo).port, names }
}
