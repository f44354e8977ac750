import { type Instant, plus, SECOND_MS } from '../time.ts'

/**
 * How news of Meta's stands to what is known of a field.
 *
 * | | what is known stays | is it read from Meta again |
 * |---|---|---|
 * | `newer` | no | no |
 * | `doubtful` | no | yes |
 * | `unclear` | yes | yes |
 * | `older` | yes | no |
 */
export type Freshness = 'newer' | 'doubtful' | 'unclear' | 'older'

export interface KnownSince {
  /** When the field was told; null: never. */
  toldAt: Instant | null
  /** It was read at Meta, or Meta did it for us: then the time is our clock's, of before the call. */
  byUs: boolean
}

/** Meta's clock and ours, and a stamp that may be of the sending and not of the deed. */
const CLOCKS_APART_MS = 10 * SECOND_MS

/**
 * Stamps are whole seconds, and Meta's. Among themselves a later one is newer, and of one second either may be. Against our own clock they
 * prove nothing that is nearer than both clocks may stand apart: what we did or read ourselves then stays, unless the stamp lies behind it,
 * and Meta is asked in any case.
 *
 * @param stamp Meta's, of when it happened; null: now
 */
export function freshnessOf(stamp: Instant | null, { toldAt, byUs }: KnownSince): Freshness {
  if (stamp === null || toldAt === null) return 'newer'
  const last = plus(stamp, SECOND_MS - 1)
  if (!byUs) {
    if (toldAt > last) return 'older'
    return toldAt >= stamp ? 'doubtful' : 'newer'
  }
  if (toldAt > plus(last, CLOCKS_APART_MS)) return 'older'
  if (toldAt >= stamp) return 'unclear'
  return toldAt > plus(stamp, -CLOCKS_APART_MS) ? 'doubtful' : 'newer'
}
