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

/** Campaigns leave a twentieth of it to others: to what is asked for by the API, and to invitations of people who wait. */
export function placesOfCampaigns(limit: number): number {
  return limit - Math.floor(limit / 20)
}

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
