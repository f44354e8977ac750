import type { DemoContact, Situation } from './contacts.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** The margin must leave time for the customers of an ad to be answered before their first day is over. */
export const LEAST_MARGIN_MS = 10_000

/**
 * How long ago the customer's message, call or click was stamped, in milliseconds; null for who never came near. `index` counts
 * the customers of one situation and spreads them. All stamps are in the past: the windows they open are as Meta would see them.
 *
 * `ad`: clicked almost a day ago, so that the customer service window is as good as closed when the messages leave, while an
 * answer that is delivered at once still opens the free entry point.
 */
export function stampedAgoMs(situation: Situation, index: number, marginMs: number): number | null {
  switch (situation) {
    case 'wrote':
      return MINUTE_MS + (index % 20) * HOUR_MS
    case 'called':
      return 5 * MINUTE_MS + (index % 12) * HOUR_MS
    case 'ad':
      return DAY_MS - Math.floor(marginMs * 0.8)
    case 'ad_unanswered':
      return 30 * HOUR_MS + index * MINUTE_MS
    case 'about_to_close':
      return DAY_MS - Math.floor(marginMs * 0.5)
    case 'wrote_long_ago':
      return 3 * DAY_MS + index * HOUR_MS
    case 'silent':
      return null
  }
}

/** Those whose time is short come last, so that it is still running when the messages are enqueued. */
export function isUrgent({ situation }: DemoContact): boolean {
  return situation === 'ad' || situation === 'about_to_close'
}
