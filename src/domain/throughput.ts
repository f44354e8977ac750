import { type Instant, SECOND_MS } from './time.ts'

/*
 * The pace of one sender. Meta grants a number so many messages per second, inbound and outbound together, and answers 130429 beyond it.
 * What others send from the same number is not seen here, so the rate that is free for us is found as TCP finds its own: each throttle
 * lowers it by a share, and time gives it back slowly (additive increase, multiplicative decrease).
 *
 *   messages per second
 *   configured ──┐ throttle                 ┌───────────
 *                └──┐ another         ┌─────┘
 *                   └─────┐ 10 s ┌────┘
 *                         └──────┘                       time
 *
 * Source of the limit: Meta, throughput and support/error-codes (read 2026-11).
 */

export interface Pace {
  /** Messages per second that Meta grants the number. */
  configuredMps: number
  /** What the last throttle lowered it to; null when there was none. */
  slowedToMps: number | null
  /** When that was. */
  slowedAt: Instant | null
}

/** What a throttle leaves of the rate. */
const KEPT_PERCENT = 70
/** The whole configured rate is given back in this many steps. */
const RECOVERY_STEPS = 10
const RECOVERY_STEP_MS = 10 * SECOND_MS
/** Until a lower rate is followed on every machine; what left before that says nothing about it. */
const BURST_MS = 2 * SECOND_MS

/** Messages per second that may leave now; a whole number, at least 1. */
export function effectiveMps({ configuredMps, slowedToMps, slowedAt }: Pace, now: Instant): number {
  if (slowedToMps === null || slowedAt === null) return configuredMps
  const steps = Math.max(0, Math.floor((now - slowedAt) / RECOVERY_STEP_MS))
  const recovered = Math.floor(slowedToMps + (steps * configuredMps) / RECOVERY_STEPS)
  return Math.max(1, Math.min(configuredMps, recovered))
}

/**
 * The pace after a throttle, or null when it changes nothing: a burst is throttled as one, and a rate of 1 goes no lower.
 *
 * @param attemptStartedAt of the attempt that was throttled
 * @param at when the throttle is known
 */
export function afterThrottle(pace: Pace, attemptStartedAt: Instant, at: Instant): Pace | null {
  if (pace.configuredMps <= 1) return null
  if (pace.slowedAt !== null && attemptStartedAt < pace.slowedAt + BURST_MS) return null
  const slowedToMps = Math.max(1, Math.floor((effectiveMps(pace, at) * KEPT_PERCENT) / 100))
  return { ...pace, slowedToMps, slowedAt: at }
}

/** Since when the sender goes slower than it may; null while it does not. */
export function slowedSince(pace: Pace, now: Instant): Instant | null {
  return effectiveMps(pace, now) < pace.configuredMps ? pace.slowedAt : null
}
