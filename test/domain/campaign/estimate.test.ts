import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { durationOf as durationOfNumbers, type ToSend } from '../../../src/domain/campaign/duration.ts'
import { countFate, noFates, sumOf } from '../../../src/domain/campaign/estimate.ts'
import { DAY_MS, instant, latest, MINUTE_MS, plus } from '../../../src/domain/time.ts'

const now = instant(Date.parse('2026-11-30T10:00:00Z'))
const pace = (mps: number, limit: number | null, used: { minute: typeof now; users: number }[] = []) => ({
  now,
  mps,
  limit: limit === null ? null : { limit, used },
})
const durationOf = (parts: readonly ToSend[], { mps, ...rest }: ReturnType<typeof pace>) =>
  durationOfNumbers([{ mps, parts }], rest)

describe('how long it takes', () => {
  it('is by the pace of the number where nothing else limits', () => {
    expect(durationOf([{ free: 80_000, limited: 0 }], pace(80, null))).toBe(1_000)
    expect(durationOf([{ free: 0, limited: 80_000 }], pace(80, null))).toBe(1_000)
    expect(durationOf([{ free: 1, limited: 0 }], pace(80, null))).toBe(1)
    expect(durationOf([{ free: 0, limited: 0 }], pace(80, 0))).toBe(0)
  })

  it('waits a day for places of the messaging limit, and not for what takes none', () => {
    const third = durationOf([{ free: 0, limited: 2_850 }], pace(80, 1_000)) as number
    expect(third).toBeGreaterThan((2 * DAY_MS) / 1_000)
    expect(third).toBeLessThan((2 * DAY_MS) / 1_000 + 300)
    expect(durationOf([{ free: 80_000, limited: 10 }], pace(80, 1_000))).toBe(1_001)
  })

  it('counts what others used, and when that is free again', () => {
    const minute = plus(now, -23 * 60 * MINUTE_MS)
    const seconds = durationOf([{ free: 0, limited: 300 }], pace(80, 1_000, [{ minute, users: 800 }])) as number
    expect(seconds / 60).toBeGreaterThan(60)
    expect(seconds / 60).toBeLessThan(63)
  })

  it('waits for whoever may not be written to yet, and stops where they may no more', () => {
    const opensIn = (minutes: number) => (at: typeof now) => latest(at, plus(now, minutes * MINUTE_MS))
    const asleep = { free: 80, limited: 0, opensAt: opensIn(600) }
    expect(durationOf([asleep, { free: 80, limited: 0 }], pace(80, null))).toBe(36_001)
    // Ten minutes of every hour.
    const hour = 60 * MINUTE_MS
    const rarely = (at: typeof now) =>
      (at - now) % hour < 10 * MINUTE_MS ? at : plus(now, Math.ceil((at - now) / hour) * hour)
    expect(durationOf([{ free: 80 * 60 * 25, limited: 0, opensAt: rarely }], pace(80, null))).toBe(2 * 3_600 + 300)
    // Places of the limit are for whoever may be written to.
    const limited = [
      { free: 0, limited: 850, opensAt: opensIn(60) },
      { free: 0, limited: 100 },
    ]
    expect(durationOf(limited, pace(80, 1_000))).toBeLessThan(3_600 + 60)
  })

  it('is none where it never ends', () => {
    expect(durationOf([{ free: 1, limited: 1 }], pace(80, 0))).toBe(null)
    expect(durationOf([{ free: 1, limited: 0 }], pace(0, null))).toBe(null)
    expect(durationOf([{ free: 0, limited: 1_000_000 }], pace(80, 250))).toBe(null)
  })

  it('is never shorter than the pace allows, nor shorter for more people', () => {
    const some = fc.integer({ min: 0, max: 20_000 })
    fc.assert(
      fc.property(
        some,
        some,
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 100, max: 5_000 }),
        (free, limited, mps, limit) => {
          const seconds = durationOf([{ free, limited }], pace(mps, limit))
          const more = durationOf([{ free: free + 1, limited: limited + 1 }], pace(mps, limit))
          expect(seconds ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual((free + limited) / mps - 1)
          expect(more ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(seconds ?? 0)
        },
      ),
      { numRuns: 100 },
    )
  })
})

it('every decision is one fate, which add up', () => {
  const kinds = ['send', 'downgrade', 'follow_up', 'hold', 'defer', 'expire', 'suppress', 'fail'] as const
  const fates = noFates()
  for (const kind of kinds) countFate(fates, kind, 'opted_out', 'template')
  expect(sumOf(fates)).toBe(kinds.length)
})
