import { once } from 'node:events'
import { PassThrough as Pipe, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { PhoneNumberId, WabaId } from '../../src/domain/ids.ts'
import { createGraphClient } from '../../src/graph/client.ts'
import {
  createPassThrough,
  type PassThrough,
  type PassThroughLimits,
  type PassThroughRequest,
} from '../../src/graph/pass-through.ts'
import { eventually } from '../support/signals.ts'
import { http, type RawRequest, type RawServer, refusedUrl, startRawServer } from './raw-server.ts'

const TOKEN = 'EAAGsecret+/='

async function graph(
  answer: (request: RawRequest, n: number) => string | null,
  limits: Partial<PassThroughLimits> = {},
): Promise<{ handOn: PassThrough; server: RawServer }> {
  const server = await startRawServer({
    onRequest(request, n) {
      const bytes = answer(request, n)
      if (bytes !== null) request.socket.write(bytes)
    },
  })
  const handOn = passThroughTo(server.url, limits)
  onTestFinished(() => server.close())
  return { handOn, server }
}

function passThroughTo(origin: string, limits: Partial<PassThroughLimits> = {}): PassThrough {
  const handOn = createPassThrough({ origin, prefix: '', version: 'v25.0', timeoutMs: 5_000, limits })
  onTestFinished(() => handOn.destroy())
  return handOn
}

const get: PassThroughRequest = {
  method: 'GET',
  path: '/7001',
  query: new URLSearchParams({ fields: 'id,url' }),
  body: null,
  accessToken: TOKEN,
  share: 'default',
}
const json = { 'content-type': 'application/json' }

function uploadOf(stream: Readable, share = 'default'): PassThroughRequest {
  const body = {
    kind: 'stream' as const,
    type: 'multipart/form-data; boundary=x',
    bytes: 1000,
    stream,
    parts: ['file'],
  }
  return { ...get, method: 'POST', path: '/100/media', query: new URLSearchParams(), body, share }
}

describe('a call handed on', () => {
  it('goes under the version of the configuration and the token of the sender', async () => {
    const { handOn, server } = await graph(() => http(200, { id: '1' }, json))
    expect(await handOn.call(get)).toEqual({ kind: 'json', status: 200, headers: {}, json: { id: '1' } })
    const [request] = server.requests
    expect(request?.line).toBe('GET /v25.0/7001?fields=id%2Curl HTTP/1.1')
    expect(request?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, 'accept-encoding': 'identity' })
  })

  it.each([
    '/a/../b',
    '/1?x=1',
    '/1#x',
    '/%2e%2e/me',
    '/1%2F2',
    '//evil',
    'http://evil.example/',
    '/1\r\nX: y',
    '/',
    '',
  ])('never leaves with the path %j, whoever built it', async (path) => {
    const { handOn, server } = await graph(() => http(200, {}))
    await expect(handOn.call({ ...get, path })).rejects.toThrow(TypeError)
    expect(server.requests).toEqual([])
  })

  it('comes back without the token, wherever Graph wrote it', async () => {
    const encoded = encodeURIComponent(TOKEN)
    const { handOn } = await graph(() =>
      http(400, {
        paging: { next: `https://graph.facebook.com/v25.0/1/x?access_token=${encoded}&after=A` },
        error: { message: `Malformed access token ${TOKEN}`, code: 190 },
        access_token: TOKEN,
        [`key ${TOKEN}`]: [`a=${encoded}&access_token=EAAother&b=1`],
      }),
    )
    const answer = await handOn.call(get)
    const shown = JSON.stringify(answer)
    expect(answer).toMatchObject({ kind: 'json', status: 400, json: { error: { code: 190 } } })
    for (const secret of [TOKEN, encoded, 'EAAother']) expect(shown).not.toContain(secret)
    expect(shown).toContain('https://graph.facebook.com/v25.0/1/x?after=A')
  })

  it('brings along no header that would be about our own origin', async () => {
    const theirs = {
      'set-cookie': 'session=1; Path=/',
      'access-control-allow-origin': '*',
      'content-security-policy': "default-src 'unsafe-inline'",
      'clear-site-data': '"*"',
      'x-fb-trace-id': 'A1',
      'x-app-usage': '{}',
    }
    const { handOn } = await graph(() => http(200, {}, theirs))
    expect(await handOn.call(get)).toMatchObject({ headers: { 'x-fb-trace-id': 'A1', 'x-app-usage': '{}' } })
    expect(Object.keys((await handOn.call(get)) as object)).not.toContain('set-cookie')
  })

  it.each([
    ['a page', http(200, '<html>login</html>')],
    ['a script', http(200, 'callback({"id":"1"})')],
    ['a word', http(200, 'true')],
    ['a redirect', http(302, {}, { location: 'http://evil.example/' })],
    ['more than anybody reads', http(200, JSON.stringify(['x'.repeat(9 * 1024 * 1024)]))],
    ['nesting without end', http(200, `${'['.repeat(100_000)}1${']'.repeat(100_000)}`)],
  ])('is not answered with %s', async (what, bytes) => {
    const { handOn } = await graph(() => bytes)
    const answer = await handOn.call(get)
    if (what === 'nesting without end') expect(JSON.stringify(answer).length).toBeLessThan(1000)
    else expect(answer).toMatchObject({ kind: 'unreadable' })
  })

  it('says when Graph cannot be reached', async () => {
    const handOn = passThroughTo(await refusedUrl())
    expect(await handOn.call(get)).toMatchObject({ kind: 'unreachable' })
  })
})

describe('an upload', () => {
  const part = (name: string, text = 'abc') =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`

  it.each([1, 2, 7, 1_000])('streams, in pieces of %i bytes', async (size) => {
    const { handOn, server } = await graph(() => http(200, { id: '42' }))
    const form = `${part('file', 'some\n--y\r\nbytes\r\n\r\n')}${part('type', 'image/png')}--x--\r\n`
    const pieces = form.match(new RegExp(`[^]{1,${size}}`, 'g')) as string[]
    const stream = Readable.from(pieces.map((one) => Buffer.from(one)))
    const body = { ...uploadOf(stream).body, bytes: form.length, parts: ['file', 'type'] } as PassThroughRequest['body']
    expect(await handOn.call({ ...uploadOf(stream), body })).toMatchObject({ json: { id: '42' } })
    expect(server.requests[0]).toMatchObject({ body: form, headers: { 'content-length': String(form.length) } })
  })

  it.each([
    ['a part that is an order', part('method', 'delete')],
    ['one after the file', `${part('file')}${part('batch')}`],
    [
      'one with bare line feeds',
      `${part('file')}`.concat('--x\nContent-Disposition: form-data; name="method"\n\ndelete\n'),
    ],
    ['one behind the end', `${part('file')}--x--\r\n${part('method')}`],
    ['a name in two spellings', '--x\r\nContent-Disposition: form-data; name="file"; name="method"\r\n\r\na\r\n'],
    [
      'two names',
      '--x\r\nContent-Disposition: form-data; name="file"\r\nContent-Disposition: form-data; name="method"\r\n\r\na\r\n',
    ],
    ['no name', '--x\r\n\r\na\r\n'],
    ['an extended name', "--x\r\nContent-Disposition: form-data; name*=UTF-8''method\r\n\r\na\r\n"],
    ['an endless head', `--x\r\nX: ${'a'.repeat(9_000)}`],
  ])('of %s is not handed on', async (_what, form) => {
    const { handOn } = await graph(() => http(200, { id: '42' }))
    for (const size of [1, 5, 100_000]) {
      const pieces = form.match(new RegExp(`[^]{1,${size}}`, 'g')) as string[]
      const stream = Readable.from(pieces.map((one) => Buffer.from(one)))
      const body = { ...uploadOf(stream).body, bytes: form.length + 1_000 } as PassThroughRequest['body']
      expect(await handOn.call({ ...uploadOf(stream), body })).toEqual({ kind: 'cut', why: 'foreign' })
    }
  })

  it('that stands still is given up, and its place is free again', async () => {
    const { handOn } = await graph(() => http(200, { id: '1' }), { places: 1, placesEach: 1, idleMs: 50 })
    const slow = new Pipe()
    slow.write(part('file'))
    expect(await handOn.call(uploadOf(slow))).toEqual({ kind: 'cut', why: 'slow' })
    expect(slow.destroyed).toBe(true)
    expect(await handOn.call(get)).toMatchObject({ kind: 'json' })
  })

  it('that dribbles is given up when its time is over', async () => {
    const { handOn } = await graph(() => null, { idleMs: 5_000, totalMs: 100 })
    const dribble = new Pipe()
    dribble.write(part('file'))
    const drops = setInterval(() => dribble.write(' '), 5)
    onTestFinished(() => clearInterval(drops))
    expect(await handOn.call(uploadOf(dribble))).toEqual({ kind: 'cut', why: 'slow' })
  })

  it('finds no place when all are taken, and nobody takes more than a share', async () => {
    const { handOn } = await graph(() => null, { places: 2, placesEach: 1 })
    const [one, two] = [new Pipe(), new Pipe()]
    const under = [handOn.call(uploadOf(one, 'a')), handOn.call(uploadOf(two, 'b'))]
    expect(await handOn.call({ ...get, share: 'c' })).toEqual({ kind: 'busy' })
    one.destroy()
    await under[0]
    expect(await handOn.call(uploadOf(new Pipe(), 'b'))).toEqual({ kind: 'busy' })
    two.destroy()
    await under[1]
  })
})

it('holds nothing that a message needs, however slow its clients are', async () => {
  const server = await startRawServer({
    onRequest: ({ line, socket }) => {
      if (line.includes('/messages')) socket.write(http(200, { messages: [{ id: 'wamid.X' }] }, json))
    },
  })
  const client = createGraphClient({ baseUrl: server.url, version: 'v25.0', timeoutMs: 5_000, connections: 1 })
  onTestFinished(async () => {
    await client.destroy()
    await server.close()
  })
  const slow = Array.from({ length: 40 }, () => new Pipe())
  const uploads = slow.map((stream, n) => {
    stream.write(' ')
    return client.passThrough.call(uploadOf(stream, `workspace ${n}`))
  })
  await eventually(() => expect(server.connections).toBe(40))
  const message = { messaging_product: 'whatsapp', to: '1', type: 'text', text: { body: 'Hello' } }
  const sent = await client.sendMessage({
    phoneNumberId: '100' as PhoneNumberId,
    wabaId: '200' as WabaId,
    accessToken: TOKEN,
    body: message as never,
  })
  expect(sent).toMatchObject({ kind: 'accepted', wamid: 'wamid.X' })
  for (const stream of slow) stream.destroy()
  await Promise.all(uploads)
})

describe('a file', () => {
  const asked = { range: null, accessToken: TOKEN, share: 'default' }

  it.each([
    'https://evil.example/file',
    'http://lookaside.fbsbx.com/file',
    'https://lookaside.fbsbx.com.evil.example/file',
    'https://evilfbsbx.com/file',
    'https://lookaside.fbsbx.com:8443/file',
    'https://user@lookaside.fbsbx.com/file',
    'http://127.0.0.1:1/file',
    'file:///etc/passwd',
    'undefined',
  ])('is not fetched from %s', async (url) => {
    const handOn = passThroughTo(await refusedUrl())
    expect(await handOn.file({ ...asked, url })).toEqual({ kind: 'foreign' })
  })

  it('streams with its type, and holds its place until it was read', async () => {
    const bytes = http(206, 'bytes', { 'content-type': 'image/png', 'set-cookie': 'a=b' })
    const { handOn, server } = await graph(() => bytes, { places: 1, placesEach: 1 })
    const file = await handOn.file({ ...asked, range: 'bytes=0-4', url: `${server.url}/file?mid=1` })
    if (file.kind !== 'file') throw new Error(file.kind)
    expect(file).toMatchObject({ status: 206, headers: { 'content-type': 'image/png' } })
    expect(file.headers).not.toHaveProperty('set-cookie')
    expect(await handOn.call(get)).toEqual({ kind: 'busy' })
    expect(await text(file.body)).toBe('bytes')
    expect(server.requests[0]?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, range: 'bytes=0-4' })
    await eventually(async () => expect((await handOn.file({ ...asked, url: `${server.url}/x` })).kind).toBe('file'))
  })

  it('is let go of when nobody reads it', async () => {
    const bytes = http(200, 'x'.repeat(4 * 1024 * 1024), { 'content-type': 'video/mp4' })
    const { handOn, server } = await graph(() => bytes, { idleMs: 50 })
    const file = await handOn.file({ ...asked, url: `${server.url}/file` })
    if (file.kind !== 'file') throw new Error(file.kind)
    const [error] = (await once(file.body, 'error')) as [Error]
    expect(error).toMatchObject({ name: 'StreamCut', why: 'slow' })
  })
})
