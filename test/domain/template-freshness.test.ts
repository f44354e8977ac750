import { describe, expect, it } from 'vitest'
import { type Freshness, freshnessOf } from '../../src/domain/template.ts'
import { type Instant, instant, MINUTE_MS, plus, SECOND_MS } from '../../src/domain/time.ts'

/** A stamp of whole seconds. */
const STAMP = instant(1_795_000_000_000)
const later = (ms: number) => plus(STAMP, ms)

describe('news of a template', () => {
  it.each<[string, Instant | null, boolean, Freshness]>([
    ['of a field that was never told', null, false, 'newer'],
    ['a second after other news', later(-1), false, 'newer'],
    ['of the second of other news', STAMP, false, 'doubtful'],
    ['of the second of other news that is stored with its end', later(SECOND_MS - 1), false, 'doubtful'],
    ['a second before other news', later(SECOND_MS), false, 'older'],
    ['of long after a reading of ours', later(-MINUTE_MS), true, 'newer'],
    ['ten seconds after a reading of ours', later(-10 * SECOND_MS), true, 'newer'],
    ['soon after a reading of ours', later(1 - 10 * SECOND_MS), true, 'doubtful'],
    ['of the second of a reading of ours', STAMP, true, 'unclear'],
    ['of soon before a reading of ours', later(11 * SECOND_MS - 1), true, 'unclear'],
    ['of long before a reading of ours', later(11 * SECOND_MS), true, 'older'],
  ])('%s', (_what, toldAt, byUs, freshness) => {
    expect(freshnessOf(STAMP, { toldAt, byUs })).toBe(freshness)
  })

  it('without a stamp is of now', () => {
    expect(freshnessOf(null, { toldAt: later(MINUTE_MS), byUs: true })).toBe('newer')
  })
})
