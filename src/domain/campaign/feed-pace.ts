/*
 * How much of a campaign is handed over ahead of what leaves: seconds of it. Enough that its number never waits for the next round, and no
 * more, for what was handed over is bound to what was known then.
 */

const AHEAD_S = 10
const LEAST_AHEAD = 500
const MOST_AHEAD = 10_000
/** Most recipients of a round, which is one transaction: a pause waits for one at most. */
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
