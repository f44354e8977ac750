import { type Instant, latest, plus } from '../time.ts'

/*
 * How much of a campaign is handed over ahead of what leaves: seconds of it. Enough that its number never waits for the next round, and no
 * more, for what was handed over is bound to what was known then.
 */

const AHEAD_S = 10
const LEAST_AHEAD = 500
const MOST_AHEAD = 10_000
/** Most recipients of a round, which is one transaction: it is made in vain where somebody pauses the campaign meanwhile. */
export const ROUND_MOST = 500

export interface FeedFacts {
  /** Messages per second of the number. */
  mps: number
  /** Campaigns of the number that have something left to hand over; they share what is ahead. */
  beside: number
  /** Handed over, and not on its way yet. */
  outstanding: number
  /** Not handed over. */
  left: number
}

/** How many to hand over now. 0: later, for a round should be worth its while. */
export function feedRoom({ mps, beside, outstanding, left }: FeedFacts): number {
  const ofNumber = Math.min(MOST_AHEAD, Math.max(LEAST_AHEAD, mps * AHEAD_S))
  const ahead = Math.max(50, Math.floor(ofNumber / Math.max(1, beside)))
  const room = Math.min(ahead - outstanding, left, ROUND_MOST)
  const worthwhile = Math.min(left, Math.ceil(ahead / 4), ROUND_MOST)
  return room >= worthwhile ? room : 0
}

/**
 * How many lines to read where several numbers write to them, each its share: so that, as far as it is by weight, none has more than its room.
 * 0: later.
 */
export function linesFor(numbers: readonly { weight: number; room: number }[]): number {
  if (numbers.some(({ room }) => room === 0)) return 0
  const total = numbers.reduce((sum, { weight }) => sum + weight, 0)
  return Math.min(ROUND_MOST, ...numbers.map(({ weight, room }) => Math.max(1, Math.floor((room * total) / weight))))
}

/** A campaign with a pace of its own has its messages due one after the other: so far ahead, that no process has to keep count of them. */
const SLOTS_AHEAD_MS = 2_000

/** The next places in time of such a campaign. */
export interface Slots {
  first: Instant
  everyMs: number
  /** How many of them may be given away now. */
  count: number
  /** Until there are more. */
  waitMs: number
}

export interface PacedFacts {
  /** Messages per second at most. */
  maxMps: number
  /** When its next message is due at the earliest; null: none was handed over yet. */
  nextAt: Instant | null
  now: Instant
  /** Handed over, and not on its way yet. */
  outstanding: number
}

/** What stopped it or its number for a while then leaves together, so there is never more of that than of some seconds. */
export function slotsOf({ maxMps, nextAt, now, outstanding }: PacedFacts): Slots {
  const everyMs = 1_000 / maxMps
  const first = nextAt === null ? now : latest(nextAt, now)
  const ahead = plus(now, SLOTS_AHEAD_MS) - first
  const due = ahead < 0 ? 0 : Math.floor(ahead / everyMs) + 1
  const most = Math.max(0, Math.ceil(maxMps * AHEAD_S) + 1 - outstanding)
  return { first, everyMs, count: Math.min(due, most), waitMs: Math.max(0, -ahead) }
}

/** The place of the `nth` message from the first, which is 0. Whole milliseconds, never earlier than the pace allows. */
export function slotAt({ first, everyMs }: Slots, nth: number): Instant {
  return plus(first, Math.ceil(nth * everyMs))
}
