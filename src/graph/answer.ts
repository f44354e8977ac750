import { classify, type GraphErrorFacts, isThrottle } from '../domain/failure.ts'
import type { Bsuid, WabaId, WaId, Wamid } from '../domain/ids.ts'
import type { Exchange } from './exchange.ts'
import { retryAfterS } from './retry-after.ts'
import { answeredError, parseJson, sendResponse } from './wire.ts'

/** Meta said no, and surely did not take it. */
export interface Refused {
  kind: 'refused'
  error: GraphErrorFacts
  httpStatus: number
}

/** Meta said "slow down"; the whole scope of `classify(error)` has to wait. */
export interface Throttled {
  kind: 'throttled'
  error: GraphErrorFacts
  httpStatus: number
  /** Seconds, when the answer names a time. */
  retryAfterS: number | null
}

/** No byte of the request left: it may be sent again at once. */
export interface Unreachable {
  kind: 'unreachable'
  cause: string
}

/** No byte left, and Graph is not the reason: it was too late to send, or something of ours failed before. */
export interface Unsent {
  kind: 'unsent'
  why: 'too_late' | 'broken'
  cause: string
}

/**
 * Somebody on the way answered in Meta's place: a proxy, a redirect to https, a captive portal. The request left us and surely was not
 * carried out; nothing is known of the message. See `readRefusal`.
 */
export interface Intercepted {
  kind: 'intercepted'
  httpStatus: number
  /** Seconds, when the answer names a time. */
  retryAfterS: number | null
}

/** The request may have left and its outcome is not known. A message is in doubt then and must not be sent again blindly. */
export interface Uncertain {
  kind: 'uncertain'
  why: 'timeout' | 'reset' | 'http_5xx' | 'unreadable' | 'no_message_id'
  /** Null when not even a status line came. */
  httpStatus: number | null
  detail?: string
}

export interface Accepted {
  kind: 'accepted'
  wamid: Wamid
  /** May differ from the number we wrote to, and is missing for a person addressed by BSUID. */
  waId: WaId | null
  /** The BSUID; only when we addressed one. */
  userId: Bsuid | null
  /** `accepted`, or `held_for_quality_assessment` for a paced template; null, as for free-form messages, means accepted. */
  messageStatus: string | null
  httpStatus: number
}

export type SendAnswer = Accepted | Refused | Throttled | Intercepted | Unreachable | Unsent | Uncertain

export interface Ok<T> {
  kind: 'ok'
  value: T
}

/** The answer of every endpoint but `/messages`. */
export type GraphAnswer<T> = Ok<T> | Refused | Throttled | Intercepted | Unreachable | Uncertain

/** What Graph reports for a paused template when it refuses by an error. */
const TEMPLATE_PAUSED = 132015
const TOKEN_INVALID = 190

/**
 * @param now epoch milliseconds, for a `Retry-After` that is a date
 * @param wabaId the account that was called, as far as it is known: whose part of the usage header counts
 */
export function readSend(result: Exchange, now: number, wabaId: WabaId | null): SendAnswer {
  if (result.kind === 'not_sent' && result.late) return { kind: 'unsent', why: 'too_late', cause: result.cause }
  if (result.kind !== 'answer') return unanswered(result)
  const json = parseJson(result.body)
  const refusal = readRefusal(result, json, now, wabaId)
  if (refusal) return refusal

  const parsed = sendResponse.safeParse(json)
  if (!parsed.success) {
    return { kind: 'uncertain', why: json === undefined ? 'unreadable' : 'no_message_id', httpStatus: result.status }
  }
  const [message] = parsed.data.messages
  if (message.message_status === 'paused') return pausedTemplate(result.status)
  const contact = parsed.data.contacts?.[0]
  return {
    kind: 'accepted',
    wamid: message.id as Wamid,
    waId: (contact?.wa_id ?? null) as WaId | null,
    userId: (contact?.user_id ?? null) as Bsuid | null,
    messageStatus: message.message_status ?? null,
    httpStatus: result.status,
  }
}

export function readAnswer<T>(
  result: Exchange,
  parse: (json: unknown) => T | null,
  now: number,
  wabaId: WabaId | null,
): GraphAnswer<T> {
  if (result.kind !== 'answer') return unanswered(result)
  const json = parseJson(result.body)
  const refusal = readRefusal(result, json, now, wabaId)
  if (refusal) return refusal
  const value = parse(json)
  return value === null ? { kind: 'uncertain', why: 'unreadable', httpStatus: result.status } : { kind: 'ok', value }
}

/**
 * Null when the answer is a success. Meta's error object counts more than the HTTP status around it. Graph puts one with a code into
 * every refusal (Meta, graph-api/guides/error-handling, read 2026-11), so a failure without one was said by somebody else:
 *
 *   3xx, 4xx  HTTP defines both as "not carried out": another address is named, or the request is at fault (RFC 9110, 15.4 and 15.5).
 *             So do 408 (it never was complete), 421, 425 and 429, and 511, which only a network that asks for a login may give
 *             (RFC 6585, 6). Whoever says so has handed nothing on that was accepted.
 *   5xx       A gateway may have handed the request on before it failed: not known.
 *   the rest  Below 200 or above 599 is no HTTP that means anything: not known.
 *
 * Nor is it Meta's when the "code" only repeats the HTTP status, as API gateways do: Meta has no such code and always gives a trace.
 */
function readRefusal(
  answer: Extract<Exchange, { kind: 'answer' }>,
  json: unknown,
  now: number,
  wabaId: WabaId | null,
): Refused | Throttled | Intercepted | Uncertain | null {
  const { status } = answer
  const error = answeredError(json, status)
  const facts = error !== null && isMetas(error) ? error : null
  if (facts === null) {
    if (status >= 200 && status <= 299) return null
    if ((status >= 300 && status <= 499) || status === NETWORK_AUTHENTICATION_REQUIRED) {
      return { kind: 'intercepted', httpStatus: status, retryAfterS: retryAfterS(answer.header, now, wabaId) }
    }
    return { kind: 'uncertain', why: status >= 500 && status <= 599 ? 'http_5xx' : 'unreadable', httpStatus: status }
  }
  return isThrottle(classify(facts))
    ? { kind: 'throttled', error: facts, httpStatus: status, retryAfterS: retryAfterS(answer.header, now, wabaId) }
    : { kind: 'refused', error: facts, httpStatus: status }
}

const NETWORK_AUTHENTICATION_REQUIRED = 511

function isMetas({ code, httpStatus, traceId }: GraphErrorFacts): boolean {
  return code !== null && (code !== httpStatus || traceId !== undefined)
}

function unanswered(result: Exclude<Exchange, { kind: 'answer' }>): Refused | Unreachable | Uncertain {
  if (result.kind === 'lost') {
    const why = result.why === 'too_large' ? 'unreadable' : result.why
    return { kind: 'uncertain', why, httpStatus: result.httpStatus, detail: result.cause }
  }
  // Of all we put into a request only the token can be unfit for HTTP: ids are escaped and the body is JSON.
  if (result.invalid) return { kind: 'refused', error: { ...codeless(0), code: TOKEN_INVALID }, httpStatus: 0 }
  return { kind: 'unreachable', cause: result.cause }
}

/** 200, but the message will not go out: it counts as not sent. Source: Meta, messages/send-messages (read 2026-11). */
function pausedTemplate(httpStatus: number): Refused {
  return { kind: 'refused', error: { ...codeless(httpStatus), code: TEMPLATE_PAUSED }, httpStatus }
}

function codeless(httpStatus: number): GraphErrorFacts {
  return { code: null, subcode: null, isTransient: false, httpStatus, details: null, via: 'sync' }
}
