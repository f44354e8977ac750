import type { Failure, FailureClass } from './failure.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './time.ts'

interface Backoff {
  floorMs: number
  /** The reach of the first wait; it grows by `factor` until the cap. */
  baseMs: number
  factor: number
  capMs: number
}

const SECONDS_TO_MINUTES: Backoff = { floorMs: SECOND_MS, baseMs: 2 * SECOND_MS, factor: 2, capMs: 5 * MINUTE_MS }
const HOURLY: Backoff = { floorMs: HOUR_MS, baseMs: HOUR_MS, factor: 1, capMs: HOUR_MS }

/**
 * How long each class waits. Classes that never retry stand here too, so that the function is total; a caller who asks gets
 * the common curve. Source of the numbers: Meta, support/error-codes, throughput and per-user-limits (read 2026-11).
 */
const BACKOFF: Record<FailureClass, Backoff> = {
  transient: SECONDS_TO_MINUTES,
  throttle_sender: { floorMs: SECOND_MS, baseMs: 2 * SECOND_MS, factor: 2, capMs: 10 * SECOND_MS },
  throttle_pair: { floorMs: SECOND_MS, baseMs: SECOND_MS, factor: 4, capMs: HOUR_MS },
  throttle_account: { floorMs: MINUTE_MS, baseMs: 2 * MINUTE_MS, factor: 2, capMs: HOUR_MS },
  messaging_limit: HOURLY,
  recipient_later: { floorMs: 24 * HOUR_MS, baseMs: 24 * HOUR_MS, factor: 1, capMs: 24 * HOUR_MS },
  window_closed: SECONDS_TO_MINUTES,
  responder: { floorMs: 15 * MINUTE_MS, baseMs: 15 * MINUTE_MS, factor: 1, capMs: 15 * MINUTE_MS },
  recipient: SECONDS_TO_MINUTES,
  recipient_marketing: SECONDS_TO_MINUTES,
  recipient_country: SECONDS_TO_MINUTES,
  template: SECONDS_TO_MINUTES,
  template_later: { floorMs: 10 * MINUTE_MS, baseMs: 10 * MINUTE_MS, factor: 1, capMs: HOUR_MS },
  template_parameters: SECONDS_TO_MINUTES,
  account: SECONDS_TO_MINUTES,
  feature: SECONDS_TO_MINUTES,
  payload: SECONDS_TO_MINUTES,
  media: { floorMs: 5 * SECOND_MS, baseMs: 10 * SECOND_MS, factor: 2, capMs: MINUTE_MS },
  ambiguous: SECONDS_TO_MINUTES,
  route: SECONDS_TO_MINUTES,
  identity: SECONDS_TO_MINUTES,
  not_a_send: SECONDS_TO_MINUTES,
  unknown: { floorMs: 5 * SECOND_MS, baseMs: 10 * SECOND_MS, factor: 2, capMs: MINUTE_MS },
}

/** A `Retry-After` is obeyed up to here: beyond it a wrong header would stop a sender for a day. */
export const RETRY_AFTER_CAP_MS = HOUR_MS

/** Of a floor, added by full jitter where the curve does not reach beyond the floor, so that a crowd does not return at once. */
const SPREAD = 0.1

/**
 * Milliseconds until the next attempt: at least the floor of the failure, then full jitter up to an exponential ceiling.
 *
 * The pair limit is Meta's own rule instead, 4^X seconds with X = 0, 1, 2, …: a floor, never shortened by jitter.
 *
 * @param attempt attempts made so far, from 1
 * @param jitter 0 to 1, drawn by the caller
 * @param retryAfterS what Graph asked for, in seconds; a floor
 */
export function retryDelayMs(
  failure: FailureClass | Pick<Failure, 'class' | 'minDelayMs'>,
  attempt: number,
  jitter: number,
  retryAfterS: number | null = null,
): number {
  const failureClass = typeof failure === 'string' ? failure : failure.class
  const minDelayMs = typeof failure === 'string' ? 0 : (failure.minDelayMs ?? 0)
  const curve = BACKOFF[failureClass]
  const reach = Math.min(curve.capMs, curve.baseMs * curve.factor ** Math.max(0, attempt - 1))
  const retryAfterMs = Math.min(Math.max(0, retryAfterS ?? 0) * SECOND_MS, RETRY_AFTER_CAP_MS)
  const floor = Math.max(curve.floorMs, minDelayMs, retryAfterMs, failureClass === 'throttle_pair' ? reach : 0)
  const spread = Math.max(reach - floor, floor * SPREAD)
  return Math.round(floor + Math.min(1, Math.max(0, jitter)) * spread)
}
