import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextTryAt, TRIED_FOR_MS, verdictOf } from '../../../src/domain/passing.ts'
import { DAY_MS, HOUR_MS, type Instant, instant, plus, SECOND_MS } from '../../../src/domain/time.ts'

const START = instant(1_800_000_000_000)

function waitsUntilTheEnd(jitter: () => number): number[] {
  const waits: number[] = []
  for (let now: Instant = START, tries = 1; ; tries += 1) {
    const next = nextTryAt({ tries, firstTriedAt: START, now, jitter: jitter(), retryAfterS: null })
    if (next === null) return waits
    waits.push(next - now)
    now = next
  }
}

describe('nextTryAt', () => {
  it('tries from seconds to hours, for three days in all', () => {
    const waits = waitsUntilTheEnd(() => 1)
    expect(waits.slice(0, 5)).toEqual([5, 10, 20, 40, 80].map((seconds) => seconds * SECOND_MS))
    expect(Math.max(...waits)).toBe(2 * HOUR_MS)
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBe(3 * DAY_MS)
    expect(waits.length).toBeGreaterThan(30)
    expect(waits.length).toBeLessThan(60)
  })

  it('never waits longer than twice what the outage has lasted, beyond the first seconds', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (jitters) => {
        let passed = 0
        for (const wait of waitsUntilTheEnd(() => jitters.next().value)) {
          expect(wait).toBeLessThanOrEqual(2 * passed + 6 * SECOND_MS)
          passed += wait
        }
        expect(passed).toBe(TRIED_FOR_MS)
      }),
    )
  })

  it('waits at least half of its reach, and not all alike', () => {
    const at = (jitter: number) => nextTryAt({ tries: 4, firstTriedAt: START, now: START, jitter, retryAfterS: null })
    expect(at(0)).toBe(plus(START, 20 * SECOND_MS))
    expect(at(0.5)).toBe(plus(START, 30 * SECOND_MS))
  })

  it('waits as long as it is asked to, within its own bound', () => {
    const at = (retryAfterS: number) => nextTryAt({ tries: 1, firstTriedAt: START, now: START, jitter: 0, retryAfterS })
    expect(at(600)).toBe(plus(START, 600 * SECOND_MS))
    expect(at(1)).toBe(plus(START, 2_500))
    expect(at(1e9)).toBe(plus(START, 2 * HOUR_MS))
    expect(at(-5)).toBe(plus(START, 2_500))
  })

  it('tries a last time when the three days end', () => {
    const late = plus(START, TRIED_FOR_MS - SECOND_MS)
    const asked = { tries: 50, firstTriedAt: START, jitter: 1, retryAfterS: null }
    expect(nextTryAt({ ...asked, now: late })).toBe(plus(START, TRIED_FOR_MS))
    expect(nextTryAt({ ...asked, now: plus(START, TRIED_FOR_MS) })).toBeNull()
  })
})

describe('verdictOf', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [301, 'failed'],
    [400, 'failed'],
    [410, 'gone'],
    [429, 'failed'],
    [500, 'failed'],
    [0, 'failed'],
  ] as const)('reads %i as %s', (status, verdict) => {
    expect(verdictOf(status)).toBe(verdict)
  })
})
