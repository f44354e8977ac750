import type { ReasonCode } from './intent.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './time.ts'

/*
 * What a failure asks of us, by class. Which Graph error code is of which class stands in failure-codes.ts.
 * Source of delays and attempts: Meta, support/error-codes, throughput and per-user-limits (read 2026-11).
 */

export type FailureClass =
  /** Meta stumbled; the same request may pass in seconds. */
  | 'transient'
  /** The whole business number must slow down. */
  | 'throttle_sender'
  /** This number must write less often to this one person. */
  | 'throttle_pair'
  /** The account or the app made too many calls. */
  | 'throttle_account'
  /** Meta limits how many templates the account may send for now. */
  | 'messaging_limit'
  /** Meta keeps marketing from this person for now. */
  | 'recipient_later'
  /** Free-form after the customer service window had closed. */
  | 'window_closed'
  /** Another responder has the conversation; ours goes once they give it back. */
  | 'responder'
  /** This person cannot be reached, or not with this message. */
  | 'recipient'
  /** This person stopped marketing from this business. */
  | 'recipient_marketing'
  /** The sender may not write to this country. */
  | 'recipient_country'
  /** The template is missing, paused, disabled or against policy. */
  | 'template'
  /** The template or its Flow cannot be used for a known while. */
  | 'template_later'
  /** The template is there, our parameters do not fit it. */
  | 'template_parameters'
  /** Nothing can be sent until somebody cures the account, the number or the token. */
  | 'account'
  /** One feature is closed to the account; other messages go on. */
  | 'feature'
  /** The request is malformed. */
  | 'payload'
  /** Meta could not fetch or take the media. */
  | 'media'
  /** Meta calls it an invalid request or its own fault, and does not say which. */
  | 'ambiguous'
  /** It has to go through another endpoint or to another identifier of the person. */
  | 'route'
  /** The person's identity key is no longer the one the producer trusted. */
  | 'identity'
  /** Registration, template editing, groups, calls, inbound media: codes no send should meet. */
  | 'not_a_send'
  /** A code that is not in the table. */
  | 'unknown'

/** `now`: seconds. `later`: not before `minDelayMs`. `after_event`: held until something changes. */
export type Retry = 'now' | 'later' | 'never' | 'after_event'
export type Fault = 'meta' | 'pace' | 'operator' | 'producer' | 'recipient' | 'unknown'
/** What ends an account failure: a new access token lifts it by itself, the others need an operator or the end of a block. */
export type Cure = 'new_token' | 'operator' | 'time'

/** What a failure says about more than the message that met it. */
export type Proof =
  /** The number sends faster than it may. */
  | 'sender_too_fast'
  /** Of the calls that manage the account (templates, numbers), and not of messages. */
  | 'management_limit'
  | 'template_paused'
  | 'template_disabled'
  /** Nothing reaches this person for now. */
  | 'recipient_unreachable'
  /** Of this spelling of their number: the other one may pass. */
  | 'spelling_refused'

export interface ClassRule {
  retry: Retry
  fault: Fault
  /** Why the intent waits or failed. */
  reason: ReasonCode
  /** Why it failed once `maxAttempts` were made. */
  finalReason: ReasonCode
  /** All attempts, the first included. Infinity: only `expires_at` ends it. */
  maxAttempts: number
  minDelayMs: number | null
}

const NEVER = { retry: 'never', finalReason: 'graph_refused', maxAttempts: 1, minDelayMs: null } as const
const WAITS = { finalReason: 'attempts_exhausted', maxAttempts: Number.POSITIVE_INFINITY } as const

export const FAILURE_CLASSES: Record<FailureClass, ClassRule> = {
  transient: {
    retry: 'now',
    fault: 'meta',
    reason: 'graph_transient',
    finalReason: 'attempts_exhausted',
    maxAttempts: 5,
    minDelayMs: null,
  },
  throttle_sender: { ...WAITS, retry: 'later', fault: 'pace', reason: 'throughput', minDelayMs: SECOND_MS },
  throttle_pair: { ...WAITS, retry: 'later', fault: 'pace', reason: 'pair_limit', minDelayMs: SECOND_MS },
  throttle_account: { ...WAITS, retry: 'later', fault: 'pace', reason: 'throughput', minDelayMs: MINUTE_MS },
  messaging_limit: { ...WAITS, retry: 'later', fault: 'operator', reason: 'messaging_limit', minDelayMs: HOUR_MS },
  recipient_later: {
    retry: 'later',
    fault: 'recipient',
    reason: 'recipient_capped',
    finalReason: 'capped',
    maxAttempts: 2,
    minDelayMs: 24 * HOUR_MS,
  },
  window_closed: { ...WAITS, retry: 'after_event', fault: 'producer', reason: 'window_closed', minDelayMs: null },
  responder: { ...WAITS, retry: 'later', fault: 'operator', reason: 'other_responder', minDelayMs: 15 * MINUTE_MS },
  recipient: { ...NEVER, fault: 'recipient', reason: 'recipient_unreachable', finalReason: 'recipient_unreachable' },
  recipient_marketing: { ...NEVER, fault: 'recipient', reason: 'opted_out', finalReason: 'opted_out' },
  recipient_country: { ...NEVER, fault: 'operator', reason: 'country_blocked', finalReason: 'country_blocked' },
  template: { ...NEVER, fault: 'operator', reason: 'template_disabled', finalReason: 'template_disabled' },
  template_later: {
    ...WAITS,
    retry: 'later',
    fault: 'operator',
    reason: 'template_paused',
    minDelayMs: 10 * MINUTE_MS,
  },
  template_parameters: {
    ...NEVER,
    fault: 'producer',
    reason: 'template_parameters',
    finalReason: 'template_parameters',
  },
  account: { ...WAITS, retry: 'after_event', fault: 'operator', reason: 'sender_account', minDelayMs: null },
  feature: { ...NEVER, fault: 'operator', reason: 'graph_refused' },
  payload: { ...NEVER, fault: 'producer', reason: 'graph_refused' },
  media: {
    retry: 'now',
    fault: 'producer',
    reason: 'graph_transient',
    finalReason: 'graph_refused',
    maxAttempts: 2,
    minDelayMs: 5 * SECOND_MS,
  },
  ambiguous: {
    retry: 'now',
    fault: 'unknown',
    reason: 'graph_transient',
    finalReason: 'graph_refused',
    maxAttempts: 3,
    minDelayMs: null,
  },
  route: { ...NEVER, fault: 'producer', reason: 'graph_refused' },
  identity: { ...NEVER, fault: 'recipient', reason: 'identity_changed', finalReason: 'identity_changed' },
  not_a_send: { ...NEVER, fault: 'unknown', reason: 'graph_refused' },
  unknown: {
    retry: 'now',
    fault: 'unknown',
    reason: 'graph_transient',
    finalReason: 'graph_refused',
    maxAttempts: 2,
    minDelayMs: 5 * SECOND_MS,
  },
}
