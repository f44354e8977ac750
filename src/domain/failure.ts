import { type Cure, FAILURE_CLASSES, type FailureClass, type Fault, type Proof, type Retry } from './failure-class.ts'
import { FAILURE_CODES, FAILURE_RANGES, type FailureEntry, type KnownCode } from './failure-codes.ts'
import type { Reason, ReasonCode } from './intent.ts'

export type { Cure, FailureClass, Fault, Proof, Retry } from './failure-class.ts'
export type { KnownCode } from './failure-codes.ts'

/** What an error of Graph says, from either of its two ways: the answer to a request, or a status webhook. */
export interface GraphErrorFacts {
  code: number | null
  /** Officially not sent since v16, still seen. */
  subcode: number | null
  /** Meta says that the same request may pass later. */
  isTransient: boolean
  /** Null by webhook. */
  httpStatus: number | null
  /** Meta's own words. May quote a parameter value, so it is stored with the attempt and kept out of logs. */
  details: string | null
  via: 'sync' | 'webhook'
  /** Meta's trace id, which its support asks for. */
  traceId?: string
}

/** A failure as data: may it be tried again, whose fault is it, what does the operator read. */
export interface Failure {
  class: FailureClass
  /** Graph's code; null when the answer carried none. */
  code: number | null
  fault: Fault
  retry: Retry
  /** All attempts for this intent, the first included. Infinity: only `expires_at` ends it. */
  maxAttempts: number
  reasonCode: ReasonCode
  /** The reason once `maxAttempts` were made. */
  finalReasonCode: ReasonCode
  /** A retry before this is wrong whatever the backoff says. */
  minDelayMs: number | null
  /** Account failures only. */
  cure: Cure | null
  /** Null where it concerns this one message. */
  proves: Proof | null
  /** One plain sentence for the operator, with what to do. Holds nothing of the message or the recipient. */
  text: string
}

/** Attempts a failure earns that Meta itself calls transient although its code would say otherwise. */
const TRANSIENT_FLAG_ATTEMPTS = 3

export function isKnownCode(code: number): code is KnownCode {
  return Object.hasOwn(FAILURE_CODES, code)
}

/** Total: every combination of facts has a class; a code that is not in the table is `unknown`, which callers log. */
export function classify(error: GraphErrorFacts): Failure {
  const entry = entryFor(error)
  const rule = FAILURE_CLASSES[entry.class]
  const failure: Failure = {
    class: entry.class,
    code: error.code,
    fault: entry.fault ?? rule.fault,
    retry: entry.retry ?? rule.retry,
    maxAttempts: entry.maxAttempts ?? rule.maxAttempts,
    reasonCode: entry.reason ?? rule.reason,
    finalReasonCode: entry.finalReason ?? rule.finalReason,
    minDelayMs: entry.minDelayMs ?? rule.minDelayMs,
    cure: entry.cure ?? null,
    proves: entry.proves ?? null,
    text: entry.text,
  }
  if (error.isTransient && (failure.retry === 'never' || failure.class === 'account')) return calledTransient(failure)
  if (error.via === 'webhook') return reportedLater(failure, entry)
  return failure
}

/** A throttle concerns everything of its scope (sender, pair, account), not the one message that met it. */
export function isThrottle(failure: Failure): boolean {
  return failure.class.startsWith('throttle_')
}

/** The reason to store, given how many attempts were made, this one included. */
export function reasonOf(failure: Failure, attemptsMade: number): Reason {
  const exhausted = attemptsMade >= failure.maxAttempts
  const code = exhausted ? failure.finalReasonCode : failure.reasonCode
  return failure.code === null ? { code, text: failure.text } : { code, text: failure.text, graphCode: failure.code }
}

function entryFor(error: GraphErrorFacts): FailureEntry {
  const { code, subcode } = error
  if (code === null) return codeless(error)
  if (code === 100) {
    // 100 is the umbrella of Graph. Where its subcode has a meaning of its own, as 33 (object missing or not ours), that counts.
    if (subcode !== null && isKnownCode(subcode)) return FAILURE_CODES[subcode]
    if (error.details !== null && OBJECT_MISSING.test(error.details)) return FAILURE_CODES[33]
  }
  if (isKnownCode(code)) return FAILURE_CODES[code]
  const family = FAILURE_RANGES.find(({ from, to }) => code >= from && code <= to)
  if (family) return family.entry
  if (error.httpStatus === 429) return FAILURE_CODES[130429]
  return { class: 'unknown', text: `Meta answered with error ${code}, which Casement does not know; see the attempt.` }
}

const OBJECT_MISSING = /\bobject with id\b.*\bdoes not exist\b/i

function codeless(error: GraphErrorFacts): FailureEntry {
  if (error.httpStatus === 429) return FAILURE_CODES[130429]
  const status = error.httpStatus === null ? 'no HTTP status' : `HTTP status ${error.httpStatus}`
  return { class: 'unknown', text: `Meta answered with ${status} and no error code; see the attempt.` }
}

function calledTransient(failure: Failure): Failure {
  const rule = FAILURE_CLASSES.transient
  return {
    ...failure,
    class: 'transient',
    fault: rule.fault,
    retry: rule.retry,
    maxAttempts: TRANSIENT_FLAG_ATTEMPTS,
    reasonCode: rule.reason,
    // What the code itself stands for is the better word once trying did not help.
    finalReasonCode: failure.retry === 'never' ? failure.finalReasonCode : rule.finalReason,
    minDelayMs: rule.minDelayMs,
    cure: null,
    proves: null,
  }
}

/**
 * A failure after Meta had accepted the message. What the table knows is safe to try again, since Meta says that nothing was
 * delivered; a code nobody can read is not, because it may not mean that.
 */
function reportedLater(failure: Failure, entry: FailureEntry): Failure {
  if (failure.class === 'unknown' || failure.class === 'ambiguous') {
    return { ...failure, retry: 'never', maxAttempts: 1, reasonCode: failure.finalReasonCode }
  }
  return { ...failure, maxAttempts: entry.maxAttemptsByWebhook ?? failure.maxAttempts }
}
