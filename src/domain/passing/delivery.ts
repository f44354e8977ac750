import { DAY_MS, earliest, HOUR_MS, type Instant, plus, SECOND_MS } from '../time.ts'

/** What an answer to a delivery means. Anything between 200 and 299 is a yes; a redirect is none, for it is not followed. */
export function verdictOf(status: number): 'delivered' | 'gone' | 'failed' {
  if (status >= 200 && status < 300) return 'delivered'
  return status === 410 ? 'gone' : 'failed'
}

/** For how long one delivery is tried. Then its endpoint is paused. */
export const TRIED_FOR_MS = 3 * DAY_MS

const FIRST_WAIT_MS = 5 * SECOND_MS
/** Until it is reached the waits double, so that none is more than twice as long as the outage so far. */
const LONGEST_WAIT_MS = 2 * HOUR_MS

export interface FailedTry {
  /** Of this delivery, from 1. */
  tries: number
  firstTriedAt: Instant
  now: Instant
  /** 0 to 1, drawn by the caller: a share of half the wait, so that what failed together does not come back together. */
  jitter: number
  /** What the endpoint asked for; a floor, up to the longest wait. */
  retryAfterS: number | null
  /** For how long it is tried; milliseconds. Default: three days. */
  forMs?: number
}

/**
 * When a delivery is tried again, from some seconds after the first failure to hours later; once more when the time ends for which it is
 * tried, and null from then on.
 */
export function nextTryAt({
  tries,
  firstTriedAt,
  now,
  jitter,
  retryAfterS,
  forMs = TRIED_FOR_MS,
}: FailedTry): Instant | null {
  const end = plus(firstTriedAt, forMs)
  if (now >= end) return null
  const reachMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, tries - 1))
  const waitMs = reachMs * (0.5 + Math.min(1, Math.max(0, jitter)) / 2)
  const askedMs = Math.min(LONGEST_WAIT_MS, Math.max(0, retryAfterS ?? 0) * SECOND_MS)
  return earliest(end, plus(now, Math.round(Math.max(waitMs, askedMs))))
}
