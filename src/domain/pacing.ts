/*
 * The pace of one number, exact over all processes: generic cell rate algorithm, kept as one instant per number. `nextAt` is when its next
 * message is due to leave; each message that is taken moves it on by one interval. Whoever takes messages holds the number's row, so the
 * slots of a number follow each other whoever takes them.
 *
 *   slots      |  |  |  |  |  |  |        one interval apart
 *   taken        [ahead: up to so far]
 *   leaves     no later than LEAVES_WITHIN_MS after it was taken, or it takes a new slot
 *
 * So within a rolling second leaves what has a slot in a stretch of one second, LEAVES_WITHIN_MS, the credit and what may be taken ahead.
 * The interval is chosen so that no more slots fit into that stretch than 1.1 times the messages of a second. For fast numbers that is the
 * plain interval; for slow ones, where a tenth of a second's messages is less than one, it is a little longer.
 *
 * Instants are microseconds since the Unix epoch here, for a number may send a thousand messages in a second.
 */

const SECOND_US = 1_000_000

/** A rolling second may hold this much more than the throughput. */
const OVERSHOOT = 1.1

/** A message that is taken leaves within this time. Longer than a commit and the start of a hundred requests usually take. */
export const LEAVES_WITHIN_MS = 50
/** What is taken at a time may have its slots this far ahead, so that a fast number is not asked for every message. */
const AHEAD_MS = 30
/** Slots that nobody was in time for are not lost at once, or every late look would cost throughput. */
const CREDIT_MS = 15
/** Up to this rate messages are taken one at a time, none ahead; and below that one even a little credit would be paid by the interval. */
const ONE_BY_ONE_MPS = 20
const NO_CREDIT_MPS = 10

export interface Spacing {
  /** Between two messages. */
  intervalUs: number
  /** How far ahead of now the last slot of what is taken may be. */
  aheadUs: number
  /** How far back the first slot may be. */
  creditUs: number
}

/** @param mps messages per second, at least 1 */
export function spacingOf(mps: number): Spacing {
  const aheadUs = mps <= ONE_BY_ONE_MPS ? 0 : AHEAD_MS * 1_000
  const creditUs = mps < NO_CREDIT_MPS ? 0 : CREDIT_MS * 1_000
  const stretchUs = SECOND_US + LEAVES_WITHIN_MS * 1_000 + aheadUs + creditUs
  const most = Math.max(1, Math.floor(mps * OVERSHOOT + 1e-9))
  return { intervalUs: Math.max(SECOND_US / mps, stretchUs / most), aheadUs, creditUs }
}

/** How many messages may be taken now. */
export function placesAt(nextAtUs: number, nowUs: number, { intervalUs, aheadUs, creditUs }: Spacing): number {
  const firstUs = Math.max(nextAtUs, nowUs - creditUs)
  return Math.max(0, Math.floor((nowUs + aheadUs - firstUs) / intervalUs) + 1)
}

/**
 * Microseconds until it is worth while to look again: what is taken at a time is taken as a whole, and a slow number one by one.
 *
 * @param waitUs until the next slot
 */
export function usUntilWorthwhile(waitUs: number, { aheadUs }: Spacing): number {
  return Math.max(0, waitUs - aheadUs / 4)
}
