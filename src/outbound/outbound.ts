import { randomInt } from 'node:crypto'
import { Agent } from 'undici'
import { createReach, NotPublic, type ReachOptions } from './reach.ts'

/*
 * Calls to addresses that users of Casement name: their endpoints. They have connections of their own, so nothing that goes wrong here is
 * felt by Graph's, and every wait and every answer has a bound.
 */

export interface OutboundOptions extends ReachOptions {
  /** Milliseconds for a call in all: to be connected, to be answered, to be read. */
  timeoutMs?: number
  /** Connections to one origin at once. */
  connections?: number
}

export interface OutboundRequest {
  url: string
  /** Content type and signature; what else there is to say is said here. */
  headers: Record<string, string>
  body: Buffer
}

/** What came of a call. Nothing of an answer's body is told, unless it is asked for: it would show whoever named the address what is behind it. */
export type OutboundAnswer =
  | { kind: 'answered'; status: number; retryAfterS: number | null; ms: number }
  /** `error` is a sentence for whoever owns the endpoint. */
  | { kind: 'failed'; why: 'refused' | 'timeout' | 'unreachable'; error: string; ms: number }

/** `body`: null where it is longer than is read, or was cut off before its end. */
export type OutboundAnswerInFull =
  | (Extract<OutboundAnswer, { kind: 'answered' }> & { body: string | null; cutOff: boolean })
  | Extract<OutboundAnswer, { kind: 'failed' }>

export interface Outbound {
  /** See `Reach.problemOf`. */
  problemOf(url: string): string | null
  /** Never rejects. Redirects are not followed: they are answers like others. */
  deliver(request: OutboundRequest): Promise<OutboundAnswer>
  /** The same, with what is answered, up to so many bytes. */
  ask(request: OutboundRequest, mostBytes: number): Promise<OutboundAnswerInFull>
  /** Asks as Meta does whether the address is meant to be called; true when it answers the challenge. Never rejects. */
  handshake(url: string, verifyToken: string): Promise<boolean>
  /** Ends what is under way. */
  close(): Promise<void>
}

const TIMEOUT_MS = 15_000
const CONNECTIONS = 8
/** Of an answer; what is longer is not read, and its connection closed. */
const MAX_ANSWER_BYTES = 4 * 1024
const MAX_HEADER_BYTES = 8 * 1024

export function createOutbound({
  timeoutMs = TIMEOUT_MS,
  connections = CONNECTIONS,
  ...reachable
}: OutboundOptions): Outbound {
  const reach = createReach(reachable)
  const agent = new Agent({
    connect: reach.connector(timeoutMs),
    connections,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })

  async function call(
    method: 'GET' | 'POST',
    { url, headers, body }: OutboundRequest,
    mostBytes: number,
  ): Promise<Called> {
    const startedAt = performance.now()
    const ms = () => Math.round(performance.now() - startedAt)
    const problem = reach.problemOf(url)
    if (problem !== null) return { kind: 'failed', why: 'refused', error: `expected url ${problem}`, ms: 0 }
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), timeoutMs)
    try {
      const { origin, pathname, search } = new URL(url)
      const answer = await agent.request({
        origin,
        path: pathname + search,
        method,
        headers: { 'user-agent': 'Casement', ...headers },
        body: method === 'POST' ? body : null,
        signal: late.signal,
      })
      const read = await readSome(answer.body, mostBytes)
      return {
        kind: 'answered',
        status: answer.statusCode,
        retryAfterS: retryAfterS(answer.headers),
        ms: ms(),
        ...read,
      }
    } catch (error) {
      return { ...failure(error as Error, late.signal.aborted, timeoutMs), ms: ms() }
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    problemOf: (url) => reach.problemOf(url),
    async deliver(request) {
      const called = await call('POST', request, MAX_ANSWER_BYTES)
      if (called.kind === 'failed') return called
      const { body, end, ...answer } = called
      return answer
    },
    async ask(request, mostBytes) {
      const called = await call('POST', request, mostBytes)
      if (called.kind === 'failed') return called
      const { body, end, ...answer } = called
      return { ...answer, body: end === 'whole' ? body : null, cutOff: end === 'cut off' }
    },
    async handshake(url, verifyToken) {
      const challenge = String(randomInt(1_000_000_000, 2_000_000_000))
      const query = new URLSearchParams({
        'hub.mode': 'subscribe',
        'hub.challenge': challenge,
        'hub.verify_token': verifyToken,
      })
      const asked = URL.parse(url)
      if (asked) asked.search += `${asked.search === '' ? '' : '&'}${query}`
      const called = await call(
        'GET',
        { url: asked?.href ?? url, headers: {}, body: Buffer.alloc(0) },
        MAX_ANSWER_BYTES,
      )
      return called.kind === 'answered' && called.status === 200 && called.body.trim() === challenge
    },
    close: () => agent.destroy(),
  }
}

interface Read {
  body: string
  end: 'whole' | 'cut off' | 'too long'
}

type Called = (Extract<OutboundAnswer, { kind: 'answered' }> & Read) | Extract<OutboundAnswer, { kind: 'failed' }>

/** As much as counts of what comes before the time is over. The status stands, whatever becomes of the rest. */
async function readSome(body: AsyncIterable<Buffer>, mostBytes: number): Promise<Read> {
  const chunks: Buffer[] = []
  let bytes = 0
  const read = (end: Read['end']) => ({ body: Buffer.concat(chunks).toString('utf8', 0, mostBytes), end })
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > mostBytes) return read('too long')
    }
    return read('whole')
  } catch {
    return read('cut off')
  }
}

function failure(
  error: Error,
  isLate: boolean,
  timeoutMs: number,
): Omit<Extract<OutboundAnswer, { kind: 'failed' }>, 'ms'> {
  if (error instanceof NotPublic) return { kind: 'failed', why: 'refused', error: error.message }
  if (isLate) return { kind: 'failed', why: 'timeout', error: `expected an answer within ${timeoutMs} ms` }
  return { kind: 'failed', why: 'unreachable', error: describe(error) }
}

const MAX_ERROR_CHARS = 300

/**
 * Code and message; the several addresses behind one name make an AggregateError with an empty message. It is kept with the delivery, and may
 * quote who was called, a certificate with all of its names for one: so it has a bound, and no control characters.
 */
function describe(error: Error & { code?: string }): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0])
  const text = error.code && !error.message.includes(error.code) ? `${error.code}: ${error.message}` : error.message
  return text.slice(0, MAX_ERROR_CHARS).replace(/\p{C}/gu, ' ')
}

/** Seconds, the only form that endpoints use; a date is read as none. */
function retryAfterS(headers: Record<string, string | string[] | undefined>): number | null {
  const value = headers['retry-after']
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : null
}
