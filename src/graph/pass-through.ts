import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'

export interface PassThroughRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As the client wrote it, beginning with `/`, with or without a version in front. */
  path: string
  query?: URLSearchParams
  headers?: Readonly<Record<string, string | string[] | undefined>>
  body?: Readable | Buffer | string | null
  /** The sender's own token. The client's key never travels on, neither as header nor in the query. */
  accessToken: string
}

export type PassThroughAnswer =
  | { kind: 'answer'; status: number; headers: Record<string, string | string[]>; body: Readable }
  | { kind: 'unreachable'; cause: string }

export interface PassThroughTarget {
  prefix: string
  version: string
  timeoutMs: number
}

/** Belong to one connection, or are set anew. */
const NOT_FORWARDED = new Set([
  'authorization',
  'connection',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-casement-options',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
])

const VERSIONED = /^\/v\d+\.\d+(?:\/|$)/

/** Media and template reads of the drop-in endpoint. Any status is an answer; the caller must consume or destroy the body. */
export async function passThrough(
  dispatcher: Dispatcher,
  target: PassThroughTarget,
  request: PassThroughRequest,
): Promise<PassThroughAnswer> {
  if (!request.path.startsWith('/')) throw new TypeError(`expected a path that begins with /, got '${request.path}'`)
  const query = new URLSearchParams(request.query)
  query.delete('access_token')
  const path = VERSIONED.test(request.path) ? request.path : `/${target.version}${request.path}`
  try {
    const answer = await dispatcher.request({
      method: request.method,
      path: `${target.prefix}${path}${query.size > 0 ? `?${query}` : ''}`,
      headers: { ...forwarded(request.headers ?? {}), authorization: `Bearer ${request.accessToken}` },
      body: request.body ?? null,
      headersTimeout: target.timeoutMs,
      bodyTimeout: target.timeoutMs,
    })
    return { kind: 'answer', status: answer.statusCode, headers: forwarded(answer.headers), body: answer.body }
  } catch (error) {
    return { kind: 'unreachable', cause: error instanceof Error ? error.message : String(error) }
  }
}

function forwarded(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !NOT_FORWARDED.has(name.toLowerCase())) kept[name.toLowerCase()] = value
  }
  return kept
}
