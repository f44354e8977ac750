import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { slotAt, slotsOf } from '../../../src/domain/campaign/feed-pace.ts'
import { type Instant, instant, plus, SECOND_MS } from '../../../src/domain/time.ts'

const NOW = instant(Date.parse('2026-11-30T10:00:00Z'))

describe('the pace of a campaign', () => {
  it('is kept whenever it is looked at, and used where somebody looks often enough', () => {
    const pace = fc.constantFrom(0.5, 3, 5, 7.5, 80, 333)
    const looks = fc.array(fc.integer({ min: 1, max: 1_900 }), { minLength: 5, maxLength: 40 })
    fc.assert(
      fc.property(pace, looks, (maxMps, waits) => {
        const due: Instant[] = []
        let nextAt: Instant | null = null
        let now = NOW
        for (const wait of waits) {
          const outstanding = due.filter((at) => at > now).length
          const slots = slotsOf({ maxMps, nextAt, now, outstanding })
          for (let nth = 0; nth < slots.count; nth += 1) due.push(slotAt(slots, nth))
          if (slots.count > 0) nextAt = slotAt(slots, slots.count)
          now = plus(now, wait)
        }
        // Whole milliseconds, rounded up, each round once.
        due.forEach((at, i) => {
          const window = due.filter((other, j) => j >= i && other < at + 10 * SECOND_MS).length
          expect(window).toBeLessThanOrEqual(Math.floor(maxMps * 10) + 1)
        })
        const lasted = (now - NOW) / SECOND_MS
        expect(due.length).toBeGreaterThanOrEqual(Math.floor(lasted * maxMps * 0.95))
      }),
      { numRuns: 100 },
    )
  })

  it('leaves no more to leave together than some seconds of it, whatever holds it up', () => {
    expect(slotsOf({ maxMps: 5, nextAt: null, now: NOW, outstanding: 0 })).toMatchObject({ count: 11, waitMs: 0 })
    expect(slotsOf({ maxMps: 5, nextAt: null, now: NOW, outstanding: 45 })).toMatchObject({ count: 6 })
    expect(slotsOf({ maxMps: 5, nextAt: null, now: NOW, outstanding: 60 })).toMatchObject({ count: 0 })
    expect(slotsOf({ maxMps: 5, nextAt: plus(NOW, 5_000), now: NOW, outstanding: 0 })).toMatchObject({
      count: 0,
      waitMs: 3_000,
    })
  })
})
