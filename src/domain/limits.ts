import { DAY_MS, type Instant, latest, plus, SECOND_MS } from './time.ts'

/*
 * The pair rate limit: one business number to one user, 1 message per 6 s, with a bucket of 45 to burst from.
 * Kept as one instant per conversation (generic cell rate algorithm): `emptiesAt` is when the borrowed messages are paid back.
 * Source: Meta, "Throughput" and error 131056 (read 2026-11).
 */
export const PAIR_REFILL_MS = 6 * SECOND_MS
export const PAIR_BURST = 45

/** The earliest instant at which one more message to this user is within the limit; `now` when it is already. */
export function pairAllowedAt(emptiesAt: Instant | null, now: Instant): Instant {
  if (emptiesAt === null) return now
  return latest(now, plus(emptiesAt, -(PAIR_BURST - 1) * PAIR_REFILL_MS))
}

export function pairAfterSend(emptiesAt: Instant | null, now: Instant): Instant {
  return plus(emptiesAt === null ? now : latest(emptiesAt, now), PAIR_REFILL_MS)
}

/**
 * The messaging limit: distinct users per rolling 24 h who get a message outside an open window, shared by all numbers of a business
 * portfolio. Source: Meta, "Messaging limits" (read 2026-11).
 */
export const MESSAGING_LIMIT_PERIOD_MS = DAY_MS

/** Where a portfolio stands. `freesAt` is when the oldest counted user leaves the rolling 24 h. */
export interface MessagingLimitUse {
  limit: number
  used: number
  /** This user is already counted, so one more message costs nothing. */
  counted: boolean
  freesAt: Instant | null
}

export function messagingLimitAllowsAt(use: MessagingLimitUse, now: Instant): Instant {
  if (use.counted || use.used < use.limit) return now
  return use.freesAt === null ? plus(now, MESSAGING_LIMIT_PERIOD_MS) : latest(now, use.freesAt)
}

/** One lane's rate limit: at most `max` jobs in each `durationMs`. */
export interface LaneRate {
  max: number
  durationMs: number
}

/** A rolling second may hold this much more than the throughput, the price of counting in slices. */
const OVERSHOOT = 1.1

/** What comes next into a full lane, a reply for instance, waits for the next slice at most; each slice costs a worker one look. */
const SLICES_PER_SECOND = 20
/** Slices may be longer where whole milliseconds would cost more of the throughput than this. */
const ROUNDING_COST = 0.02
const FEWEST_SLICES_PER_SECOND = 10

/**
 * Spreads a sender's throughput (messages per second) over slices of about 50 ms. A slice holds at most its share of a second's
 * messages, fewer where the rounding to whole messages and milliseconds would let a rolling second pass 1.1 times the throughput.
 */
export function laneRate(throughputMps: number): LaneRate {
  const most = Math.max(1, Math.floor(throughputMps / FEWEST_SLICES_PER_SECOND))
  let max = Math.max(1, Math.floor(throughputMps / SLICES_PER_SECOND))
  while (max < most && perSecond(max, throughputMps) < (1 - ROUNDING_COST) * throughputMps) max += 1
  while (max > 1 && busiestSecond(max, sliceMs(max, throughputMps)) > OVERSHOOT * throughputMps) max -= 1
  return { max, durationMs: sliceMs(max, throughputMps) }
}

function perSecond(max: number, throughputMps: number): number {
  return (max * SECOND_MS) / sliceMs(max, throughputMps)
}

function sliceMs(max: number, throughputMps: number): number {
  return Math.ceil((max * SECOND_MS) / throughputMps)
}

/**
 * Messages in the worst rolling second. A slice begins with its first message, so at its end it may hold all but that one; the second
 * that starts in its last millisecond also takes in every slice that begins before that second is over.
 */
function busiestSecond(max: number, durationMs: number): number {
  const slicesBegun = Math.floor((durationMs - 1 + SECOND_MS - 1) / durationMs)
  return max - 1 + slicesBegun * max
}
