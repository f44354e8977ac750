import { RETRY_AFTER_CAP_MS, retryDelayMs } from '../domain/backoff.ts'
import { senderHoldReason } from '../domain/decision.ts'
import { classify, type Failure, type GraphErrorFacts, isThrottle, reasonOf } from '../domain/failure.ts'
import type { Wamid } from '../domain/ids.ts'
import type { Delivery, Reason, ReasonCode } from '../domain/intent.ts'
import { SECOND_MS } from '../domain/time.ts'
import type { Intercepted, SendAnswer, Unsent } from '../graph/answer.ts'
import type { AttemptOutcome } from '../store/pg/schema.ts'

/*
 * What an answer of Graph means for the attempt, for the intent and for everybody else. Pure: the dispatch does what is said here.
 */

/** What the answer is about: enough of the intent to judge it by. */
export interface AnsweredAttempt {
  /** Attempts so far, this one included. */
  number: number
  /** Attempts so far that Graph answered with a passing error. */
  retries: number
  delivery: Delivery
  sentAs: 'free_form' | 'template'
  /** The template went in the place of a free-form message, so another of its policy may go when this one cannot. */
  substitute: boolean
  /** The person's number has another spelling (Argentina, Brazil, Mexico), and this attempt did not go to it. */
  untriedSpelling?: boolean
}

export type Consequence =
  | { event: 'accept' }
  | { event: 'retry'; dueInMs: number; keepsTurn: boolean; reason: Reason; countsAsRetry: boolean }
  | { event: 'doubt'; keepsTurn: boolean; reason: Reason }
  | { event: 'hold'; heldFor: 'template'; reason: Reason }
  /** Until they give the customer back; told by a status, it is looked at again after `dueInMs`. */
  | { event: 'hold'; heldFor: 'responder'; dueInMs: number; reason: Reason }
  | { event: 'fail' | 'suppress'; reason: Reason }

/** What others must learn from the answer. */
export type SideEffect =
  /** The lane sends nothing for a while, on all machines. */
  | { kind: 'pause_lane'; forMs: number }
  /** The number goes slower from now on, and recovers by itself. */
  | { kind: 'slow_sender' }
  /** No calls for a while: of any number of the account, or of its management alone. */
  | { kind: 'pause_account'; calls: AccountCalls; forMs: number }
  /** Nothing went to this person, so what the pair limit counted is given back. */
  | { kind: 'return_pair_place' }
  | { kind: 'restrict_sender'; reason: Reason; curedByToken: boolean }
  | { kind: 'refute_window' }
  | { kind: 'stop_marketing' }
  /** Nothing reaches this person, so nobody should try for a while. */
  | { kind: 'mark_unreachable' }
  /** The template that was sent is in this state at Meta, whatever we thought. */
  | { kind: 'refuse_template'; status: RefusedStatus }
  | { kind: 'sync_templates' }
  /** Meta has accepted the message, and sends it when the first ones of its template were received well. */
  | { kind: 'note_held' }
  /** For us to look at: a code that is not in the table. */
  | { kind: 'report_unknown'; error: GraphErrorFacts }

/** Meta counts the calls that manage an account apart from messages. */
export type AccountCalls = 'all' | 'management'
export type RefusedStatus = 'PAUSED' | 'DISABLED'

export interface Interpretation {
  outcome: AttemptOutcome
  httpStatus: number | null
  error: unknown
  wamid: Wamid | null
  next: Consequence
  effects: SideEffect[]
  /** Whether Graph was silent, as its circuit counts: what never was a call says nothing about that. */
  silent: boolean
}

/** @param jitter 0 to 1, drawn by the caller */
export function interpretAnswer(answer: SendAnswer, attempt: AnsweredAttempt, jitter: number): Interpretation {
  switch (answer.kind) {
    case 'accepted':
      return {
        outcome: 'accepted',
        httpStatus: answer.httpStatus,
        error: null,
        wamid: answer.wamid,
        next: { event: 'accept' },
        effects: answer.messageStatus === HELD_FOR_QUALITY ? [{ kind: 'note_held' }] : [],
        silent: false,
      }
    case 'uncertain':
      return {
        outcome: 'in_doubt',
        httpStatus: answer.httpStatus,
        error: { why: answer.why, ...(answer.detail ? { details: answer.detail } : {}) },
        wamid: null,
        next: doubt(attempt.delivery, `The answer was lost (${answer.why}); Meta may or may not have the message.`),
        effects: [],
        silent: true,
      }
    case 'unreachable':
      return {
        outcome: 'unreachable',
        httpStatus: null,
        error: { why: 'unreachable', details: answer.cause },
        wamid: null,
        next: {
          event: 'retry',
          dueInMs: retryDelayMs('transient', attempt.number, jitter),
          keepsTurn: true,
          reason: { code: 'graph_transient', text: 'The Graph API could not be reached; nothing was sent.' },
          countsAsRetry: false,
        },
        effects: [],
        silent: true,
      }
    case 'unsent':
      return unsent(answer, attempt, jitter)
    case 'intercepted':
      return intercepted(answer, attempt, jitter)
    case 'throttled':
    case 'refused': {
      const failure = classify(answer.error)
      const retryAfterS = answer.kind === 'throttled' ? answer.retryAfterS : null
      return {
        outcome: answer.kind,
        httpStatus: answer.httpStatus,
        error: answer.error,
        wamid: null,
        ...consequenceOfFailure(failure, answer.error, attempt, jitter, retryAfterS),
        silent: false,
      }
    }
  }
}

/**
 * It says nothing of the message, which pays no try for it. Who asks us to wait is obeyed by the whole lane, and who finds us too fast by
 * its rate, whoever it is.
 */
function intercepted(
  { httpStatus, retryAfterS }: Intercepted,
  attempt: AnsweredAttempt,
  jitter: number,
): Interpretation {
  const throttles = httpStatus === TOO_MANY_REQUESTS
  const dueInMs = retryDelayMs(throttles ? 'throttle_sender' : 'transient', attempt.number, jitter, retryAfterS)
  const text = `Something on the way to Meta answered in its place, with HTTP status ${httpStatus}; nothing was sent.`
  const reason: Reason = { code: throttles ? 'throughput' : 'graph_transient', text }
  return {
    outcome: throttles ? 'throttled' : 'unreachable',
    httpStatus,
    error: { why: 'not_metas_answer' },
    wamid: null,
    next: { event: 'retry', dueInMs, keepsTurn: true, reason, countsAsRetry: false },
    effects: [
      ...(throttles ? [{ kind: 'slow_sender' } as const] : []),
      ...(throttles || retryAfterS !== null ? [{ kind: 'pause_lane', forMs: dueInMs } as const] : []),
    ],
    silent: !throttles,
  }
}

/** Too late is nobody's fault, and is decided again at once. What is broken here is tried again, but does not spin. */
function unsent({ why, cause }: Unsent, attempt: AnsweredAttempt, jitter: number): Interpretation {
  const text =
    why === 'too_late'
      ? 'What was known of it was too old when it could have left; nothing was sent, and it is decided again.'
      : 'Something of ours failed before the request left; nothing was sent.'
  const dueInMs = why === 'too_late' ? 0 : retryDelayMs('transient', attempt.number, jitter)
  return {
    outcome: 'unreachable',
    httpStatus: null,
    error: { why: why === 'too_late' ? 'too_late' : 'not_sent', details: cause },
    wamid: null,
    next: { event: 'retry', dueInMs, keepsTurn: true, reason: { code: 'graph_transient', text }, countsAsRetry: false },
    effects: [{ kind: 'return_pair_place' }],
    silent: false,
  }
}

const TOO_MANY_REQUESTS = 429
const HELD_FOR_QUALITY = 'held_for_quality_assessment'

/** The intent waits for a webhook that knows. While it may still be sent again, nothing of its conversation overtakes it. */
export function doubt(delivery: Delivery, text: string): Extract<Consequence, { event: 'doubt' }> {
  return { event: 'doubt', keepsTurn: delivery === 'at_least_once', reason: { code: 'in_doubt', text } }
}

export function consequenceOfFailure(
  failure: Failure,
  error: GraphErrorFacts,
  attempt: AnsweredAttempt,
  jitter: number,
  retryAfterS: number | null,
): Pick<Interpretation, 'next' | 'effects'> {
  const effects: SideEffect[] = failure.class === 'unknown' ? [{ kind: 'report_unknown', error }] : []
  const counted = attempt.retries + 1
  // A throttle says nothing about the message, so it spends none of the message's tries.
  const spendsTries = Number.isFinite(failure.maxAttempts)
  // What spends no try still has to back off further each time, and only the number of attempts grows then.
  const dueInMs = retryDelayMs(failure, spendsTries ? counted : attempt.number, jitter, retryAfterS)
  const reason = reasonOf(failure, counted)

  if (failure.class === 'window_closed' && attempt.sentAs === 'free_form') {
    const again: Reason = { ...reason, code: 'awaiting_window', text: 'Meta says the window is closed; decided again.' }
    effects.push({ kind: 'refute_window' })
    // A customer's stamp may run ahead of our clock, and then the refusal refutes nothing yet: only the first is decided again at once.
    const soon = attempt.number === 1 ? 0 : dueInMs
    return { next: { event: 'retry', dueInMs: soon, keepsTurn: true, reason: again, countsAsRetry: false }, effects }
  }
  if (failure.class === 'account') {
    effects.push({ kind: 'restrict_sender', reason, curedByToken: failure.cure === 'new_token' })
    // Due again at once, without a try spent: the number is restricted now, and whatever is due for it is passed by until that is cured.
    const waits = senderHoldReason(reason)
    return { next: { event: 'retry', dueInMs: 0, keepsTurn: true, reason: waits, countsAsRetry: false }, effects }
  }
  if (failure.proves === 'spelling_refused' && attempt.untriedSpelling) {
    const again = { ...reason, text: `${failure.text} Tried once under the other spelling of the number.` }
    return { next: { event: 'retry', dueInMs: 0, keepsTurn: true, reason: again, countsAsRetry: false }, effects }
  }
  if (failure.class === 'responder') return { next: { event: 'hold', heldFor: 'responder', dueInMs, reason }, effects }
  effects.push(...lessonsOf(failure, dueInMs, retryDelayMs('throttle_sender', attempt.number, jitter)))
  const refusal = effects.find((effect) => effect.kind === 'refuse_template')
  if (refusal && attempt.substitute && attempt.retries < MOST_ALTERNATES) {
    return { next: { event: 'retry', dueInMs: 0, keepsTurn: true, reason, countsAsRetry: true }, effects }
  }
  if (refusal && failure.retry === 'after_event' && attempt.sentAs === 'template' && !attempt.substitute) {
    // Decided again, and held for what is known of the template by then. Not at once, for news may be as young as the refusal.
    return { next: { event: 'retry', dueInMs: SECOND_MS, keepsTurn: false, reason, countsAsRetry: false }, effects }
  }
  if (failure.class === 'template' && failure.retry === 'after_event') {
    return { next: { event: 'hold', heldFor: 'template', reason }, effects }
  }
  if ((failure.retry === 'now' || failure.retry === 'later') && counted < failure.maxAttempts) {
    // What is throttled cannot be overtaken by what would meet the same throttle.
    const keepsTurn = isThrottle(failure) || dueInMs < LONG_WAIT_MS
    return { next: { event: 'retry', dueInMs, keepsTurn, reason, countsAsRetry: spendsTries }, effects }
  }
  return { next: { event: suppressing.has(reason.code) ? 'suppress' : 'fail', reason }, effects }
}

/** What others learn from a failure. `shortMs` is a pause that keeps a lane from hammering without stopping it. */
function lessonsOf(failure: Failure, dueInMs: number, shortMs: number): SideEffect[] {
  const pauseMs = Math.min(dueInMs, RETRY_AFTER_CAP_MS)
  switch (failure.class) {
    case 'throttle_sender': {
      const pause = { kind: 'pause_lane', forMs: pauseMs } as const
      return failure.proves === 'sender_too_fast' ? [{ kind: 'slow_sender' }, pause] : [pause]
    }
    case 'throttle_account':
      // The message that met a limit of the management waits for its end; the others may not be concerned by it.
      return failure.proves === 'management_limit'
        ? [
            { kind: 'pause_account', calls: 'management', forMs: pauseMs },
            { kind: 'pause_lane', forMs: shortMs },
          ]
        : [{ kind: 'pause_account', calls: 'all', forMs: pauseMs }]
    case 'recipient_marketing':
      return [{ kind: 'stop_marketing' }]
    case 'recipient':
      return failure.proves === 'recipient_unreachable' ? [{ kind: 'mark_unreachable' }] : []
    case 'template':
      return [refusedTemplate(failure)]
    case 'template_parameters':
      return [{ kind: 'sync_templates' }]
    default:
      return []
  }
}

/** A pause or an end is known by the refusal. The listing may lag behind it, so it is asked only where the refusal says too little. */
function refusedTemplate({ proves }: Failure): SideEffect {
  if (proves === 'template_paused') return { kind: 'refuse_template', status: 'PAUSED' }
  if (proves === 'template_disabled') return { kind: 'refuse_template', status: 'DISABLED' }
  return { kind: 'sync_templates' }
}

/** Templates in one policy, at most: so often a substitute gives way to the next, whatever becomes of what we learn. */
const MOST_ALTERNATES = 10

/** A wait this long does not hold up the rest of the conversation. */
const LONG_WAIT_MS = 10 * 60_000

const suppressing: ReadonlySet<ReasonCode> = new Set(['opted_out', 'no_consent', 'capped', 'country_blocked'])
