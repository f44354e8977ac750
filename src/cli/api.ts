import { CommandFailed } from './failure.ts'

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** The HTTP API of a running Casement. Answers are JSON as it came; every method throws `ApiFailed` or `CommandFailed`. */
export interface Api {
  /** Without a slash at its end. */
  readonly url: string
  get(path: string, query?: Query): Promise<unknown>
  post(path: string, body?: unknown): Promise<unknown>
  patch(path: string, body: unknown): Promise<unknown>
  put(path: string, body: unknown): Promise<unknown>
  delete(path: string): Promise<unknown>
  /** Hands on a text as it comes, however long it is; `write` is waited for. */
  download(path: string, write: (text: string) => Promise<void>): Promise<void>
  /** A file as the body. */
  upload(path: string, file: { type: string; bytes: number; stream: ReadableStream<Uint8Array> }): Promise<unknown>
}

/** The API said no. */
export class ApiFailed extends CommandFailed {
  readonly status: number

  constructor(status: number, refusal: Refusal) {
    super(refusal.message, refusal)
    this.status = status
  }
}

interface Refusal {
  readonly code: string
  readonly message: string
  readonly field?: string
  readonly problems?: { path: string; line?: number; column?: number; message: string; hint?: string }[]
}

const TIMEOUT_MS = 60_000
/** 100 MiB over a slow line. */
const UPLOAD_TIMEOUT_MS = 330_000

export function createApi({ url, key }: { url: string; key: string }): Api {
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    return ask(method, path, type, body === undefined ? {} : { body: JSON.stringify(body) }, TIMEOUT_MS)
  }

  async function ask(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: Pick<RequestInit, 'body' | 'duplex'>,
    timeoutMs: number,
  ): Promise<unknown> {
    const response = await reach(url, `${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...body,
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await response.text()
    if (response.ok && text === '') return null
    const answer = parse(text)
    if (response.ok && answer !== undefined) return answer
    throw refused(url, response.status, answer)
  }

  async function download(path: string, write: (text: string) => Promise<void>): Promise<void> {
    const unanswered = new AbortController()
    const timer = setTimeout(() => unanswered.abort(new DOMException('', 'TimeoutError')), TIMEOUT_MS)
    const headers = { authorization: `Bearer ${key}` }
    const response = await reach(url, `${url}${path}`, { headers, signal: unanswered.signal }).finally(() =>
      clearTimeout(timer),
    )
    if (!response.ok || response.body === null) throw refused(url, response.status, parse(await response.text()))
    try {
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) await write(text)
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause
      throw new CommandFailed(`${url} broke off before the end`, { code: 'unreachable', cause })
    }
  }

  return {
    url,
    get: (path, query = {}) => call('GET', `${path}${queryString(query)}`),
    post: (path, body) => call('POST', path, body),
    patch: (path, body) => call('PATCH', path, body),
    put: (path, body) => call('PUT', path, body),
    delete: (path) => call('DELETE', path),
    download,
    upload: (path, { type, bytes, stream }) =>
      ask(
        'POST',
        path,
        { 'content-type': type, 'content-length': String(bytes) },
        { body: stream, duplex: 'half' },
        UPLOAD_TIMEOUT_MS,
      ),
  }
}

async function reach(url: string, address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init)
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'TimeoutError') {
      throw new CommandFailed(`${url} did not answer within ${TIMEOUT_MS / 1000} s`, { code: 'unreachable', cause })
    }
    const message = `no Casement answers at ${url} (${unreachableReason(cause)}); start one with: npx casement start`
    throw new CommandFailed(message, { code: 'unreachable', cause })
  }
}

/** `fetch` says no more than "fetch failed"; the system's reason is behind it. */
export function unreachableReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') {
    return cause.code === 'ECONNREFUSED' ? 'connection refused' : cause.code
  }
  return cause instanceof Error ? cause.message : String(cause)
}

function refused(url: string, status: number, answer: unknown): CommandFailed {
  const refusal = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : null
  if (!isRefusal(refusal)) {
    const message = `something else than a Casement seems to answer at ${url}: HTTP status ${status} without its JSON`
    return new CommandFailed(message, { code: 'unexpected_answer' })
  }
  if (status !== 401) return new ApiFailed(status, refusal)
  const message = `${url} wants another API key: give it with --key or CASEMENT_API_KEY, or run where its data directory is`
  return new ApiFailed(status, { ...refusal, message })
}

function isRefusal(value: unknown): value is Refusal {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('message' in value)) return false
  return typeof value.code === 'string' && typeof value.message === 'string'
}

function queryString(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const text = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}

/** Undefined when it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
