import type { Readable } from 'node:stream'
import { Agent, type Dispatcher } from 'undici'
import { boundaryOf, FormScan } from './form-scan.ts'
import { guarded, StreamCut } from './guarded-stream.ts'
import { createPlaces } from './places.ts'
import { withoutToken } from './without-token.ts'

/*
 * What drop-in clients do besides sending, handed on to Meta. It has connections of its own, a bounded number of places on them, and
 * limits on every wait, so that nothing a client does slowly slows sending. What may go was chosen before (http/graph-edges.ts); this is
 * the last door, and looks once more at what a path must never hold.
 */

/** A body that was read and checked, or one that streams: an upload. */
export type PassThroughBody =
  | { kind: 'bytes'; type: string; bytes: Buffer }
  /** A form, of these parts only. `bytes`: as the client announced them; null when it did not. */
  | { kind: 'stream'; type: string; bytes: number | null; stream: Readable; parts: readonly string[] }

export interface PassThroughRequest {
  method: 'GET' | 'POST' | 'DELETE'
  /** Begins with `/` and has no version in front. */
  path: string
  query: URLSearchParams
  body: PassThroughBody | null
  /** The sender's own token. The client's key never travels on. */
  accessToken: string
  /** Of whom there are at most so many at once. */
  share: string
}

export interface FileRequest {
  /** As Meta gave it. */
  url: string
  /** The client's `Range`, if it wants a part. */
  range: string | null
  accessToken: string
  share: string
}

/** Any status is an answer. Nothing in it holds the token. */
export type PassThroughAnswer =
  | { kind: 'json'; status: number; headers: Record<string, string>; json: unknown }
  | Failed

/** The caller must consume or destroy the body. */
export type FileAnswer =
  | { kind: 'file'; status: number; headers: Record<string, string>; body: Readable }
  /** The address is not one of Meta's. */
  | { kind: 'foreign' }
  | Failed

type Failed =
  /** No place is free. */
  | { kind: 'busy' }
  /** For our log; it may name hosts and ports. */
  | { kind: 'unreachable'; cause: string }
  /** Something answered that is not the Graph API. */
  | { kind: 'unreadable'; cause: string }
  /** The client sent its body too slowly, too much of it, or parts that are not handed on. */
  | { kind: 'cut'; why: StreamCut['why'] }

export interface PassThrough {
  call(request: PassThroughRequest): Promise<PassThroughAnswer>
  file(request: FileRequest): Promise<FileAnswer>
  close(): Promise<void>
  destroy(): Promise<void>
}

export interface PassThroughOptions {
  origin: string
  /** In front of the version, without a slash at its end. */
  prefix: string
  version: string
  /** Milliseconds for what is no upload or download. */
  timeoutMs: number
  limits?: Partial<PassThroughLimits>
}

export interface PassThroughLimits {
  /** At once, for all and for each. */
  places: number
  placesEach: number
  idleMs: number
  /** Of one upload or download. */
  totalMs: number
}

/** Far fewer than dispatch has: media and templates are a trickle beside messages. 100 MB in five minutes are 330 kB/s. */
const LIMITS: PassThroughLimits = { places: 48, placesEach: 24, idleMs: 15_000, totalMs: 300_000 }
/** The largest document, and the form around it. Source: Meta, business-phone-numbers/media (read 2026-11). */
export const MAX_FILE_BYTES = 101 * 1024 * 1024
const MAX_JSON_BYTES = 8 * 1024 * 1024

/** A path whose parts were checked; what would be read otherwise by anybody on the way is a bug of ours. */
const PATH = /^(?:\/[A-Za-z0-9_]+){1,3}$/

/** What Meta says about limits and for its support. Cookies, caching and security headers are those of our own origin. */
const ANSWERED = [
  'facebook-api-version',
  'retry-after',
  'x-ad-account-usage',
  'x-app-usage',
  'x-business-use-case-usage',
  'x-fb-request-id',
  'x-fb-trace-id',
]
const ANSWERED_WITH_FILES = [
  'accept-ranges',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
]

export function createPassThrough(options: PassThroughOptions): PassThrough {
  const { origin, prefix, version, timeoutMs } = options
  const limits = { ...LIMITS, ...options.limits }
  const places = createPlaces(limits.places, limits.placesEach)
  const agent = new Agent({
    connections: limits.places,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: Math.min(timeoutMs, 5_000) },
    headersTimeout: timeoutMs,
    bodyTimeout: limits.idleMs,
  })

  async function call(request: PassThroughRequest): Promise<PassThroughAnswer> {
    if (!PATH.test(request.path)) throw new TypeError('expected a path of checked segments')
    const release = places.take(request.share)
    if (release === null) return { kind: 'busy' }
    const { body, accessToken } = request
    const query = request.query.size > 0 ? `?${request.query}` : ''
    let stream: Readable | null = null
    try {
      if (body?.kind === 'stream')
        stream = guarded(body.stream, { ...limits, maxBytes: MAX_FILE_BYTES, ...onlyParts(body) })
      const answer = await agent.request({
        origin,
        method: request.method,
        path: `${prefix}/${version}${request.path}${query}`,
        headers: { ...headersFor(accessToken), ...headersOf(body) },
        body: stream ?? (body?.kind === 'bytes' ? body.bytes : null),
        signal: AbortSignal.timeout(stream ? limits.totalMs + timeoutMs : timeoutMs),
      })
      const text = await readText(answer.body)
      if (text === null) return { kind: 'unreadable', cause: `more than ${MAX_JSON_BYTES} bytes` }
      const json = withoutToken(text, accessToken)
      // Graph answers in JSON, errors included; a page of somebody else's is not Meta's answer.
      if (json === undefined || isRedirect(answer.statusCode)) {
        return { kind: 'unreadable', cause: `HTTP status ${answer.statusCode} without JSON` }
      }
      return { kind: 'json', status: answer.statusCode, headers: chosen(answer.headers, ANSWERED), json }
    } catch (error) {
      const why = stream?.errored instanceof StreamCut ? stream.errored.why : null
      return why === null ? { kind: 'unreachable', cause: causeOf(error) } : { kind: 'cut', why }
    } finally {
      stream?.destroy()
      release()
    }
  }

  async function file(request: FileRequest): Promise<FileAnswer> {
    const url = URL.parse(request.url)
    if (url === null || !isMetas(url, origin)) return { kind: 'foreign' }
    const release = places.take(request.share)
    if (release === null) return { kind: 'busy' }
    try {
      const answer = await agent.request({
        origin: url.origin,
        method: 'GET',
        path: `${url.pathname}${url.search}`,
        headers: { ...headersFor(request.accessToken), ...(request.range === null ? {} : { range: request.range }) },
        signal: AbortSignal.timeout(limits.totalMs + timeoutMs),
      })
      if (![200, 206, 416].includes(answer.statusCode)) {
        answer.body.on('error', () => {}).destroy()
        release()
        return { kind: 'unreadable', cause: `HTTP status ${answer.statusCode} for a file` }
      }
      const body = guarded(answer.body, { ...limits, maxBytes: MAX_FILE_BYTES })
      body.once('close', release)
      const headers = chosen(answer.headers, [...ANSWERED, ...ANSWERED_WITH_FILES])
      return { kind: 'file', status: answer.statusCode, headers, body }
    } catch (error) {
      release()
      return { kind: 'unreachable', cause: causeOf(error) }
    }
  }

  return { call, file, close: () => agent.close(), destroy: () => agent.destroy() }
}

/** No compression: what is read has to be what was written. */
function headersFor(accessToken: string): Record<string, string> {
  return {
    accept: '*/*',
    'accept-encoding': 'identity',
    authorization: `Bearer ${accessToken}`,
    'user-agent': 'casement',
  }
}

function headersOf(body: PassThroughBody | null): Record<string, string> {
  if (body === null) return {}
  const length = body.kind === 'bytes' ? body.bytes.length : body.bytes
  return { 'content-type': body.type, ...(length === null ? {} : { 'content-length': String(length) }) }
}

function onlyParts({ type, parts }: { type: string; parts: readonly string[] }): {
  allows: (chunk: Buffer) => boolean
} {
  const boundary = boundaryOf(type)
  const scan = boundary === null ? null : new FormScan(boundary, parts)
  return { allows: (chunk) => scan?.allows(chunk) ?? false }
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}

/** Where Meta keeps files. Its own host over http is a sandbox or a mock, which keeps them itself. */
function isMetas(url: URL, graphOrigin: string): boolean {
  if (url.username !== '' || url.password !== '') return false
  if (url.origin === graphOrigin) return true
  return (
    url.protocol === 'https:' &&
    url.port === '' &&
    /(?:^|\.)(?:fbsbx|fbcdn|facebook|whatsapp)\.(?:com|net)$/.test(url.hostname)
  )
}

function chosen(headers: Dispatcher.ResponseData['headers'], names: readonly string[]): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of names) {
    const value = headers[name]
    // Twice means that two of them disagree.
    if (typeof value === 'string') kept[name] = value
  }
  return kept
}

async function readText(body: Readable): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_JSON_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
