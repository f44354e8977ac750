import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterThrottle, effectiveMps, type Pace, slowedSince } from '../../src/domain/throughput.ts'
import { MINUTE_MS, plus, SECOND_MS } from '../../src/domain/time.ts'
import { NOW } from '../support/builders.ts'

const RECOVERED_MS = 100 * SECOND_MS

function paceOf(configuredMps: number): Pace {
  return { configuredMps, slowedToMps: null, slowedAt: null }
}

/** Throttled in this moment, by an attempt of this moment. */
function throttled(pace: Pace, at = NOW): Pace {
  return afterThrottle(pace, at, at) ?? pace
}

const throughputs = fc.integer({ min: 1, max: 1_000 })
/** Throttles one after the other, so many milliseconds apart. */
const histories = fc.array(fc.nat(3 * MINUTE_MS), { maxLength: 30 })

function live(configuredMps: number, gaps: number[]) {
  let at = NOW
  let pace = paceOf(configuredMps)
  for (const gap of gaps) {
    at = plus(at, gap)
    pace = throttled(pace, at)
  }
  return { pace, at }
}

describe('the pace of a sender (P6)', () => {
  it('is what Meta grants while nothing is throttled', () => {
    fc.assert(fc.property(throughputs, (mps) => effectiveMps(paceOf(mps), NOW) === mps))
  })

  it('falls to 70 % with a throttle and grows by a tenth of the whole every ten seconds', () => {
    const pace = throttled(paceOf(80))
    const rates = [0, 9_999, 10_000, 20_000, 30_000, 300_000].map((ms) => effectiveMps(pace, plus(NOW, ms)))
    expect(rates).toEqual([56, 56, 64, 72, 80, 80])
  })

  it('falls further with each throttle that the lower rate meets', () => {
    const first = throttled(paceOf(1_000))
    const second = throttled(first, plus(NOW, 5_000))
    expect([first, second].map(({ slowedToMps }) => slowedToMps)).toEqual([700, 490])
  })

  it.each([
    ['an attempt that began before it', -1, false],
    ['an attempt that began with it', 0, false],
    ['an attempt that began before every machine knew', 1_999, false],
    ['an attempt that began after that', 2_000, true],
  ])('counts a burst once: %s', (_what, startedAfterMs, counts) => {
    const slowed = throttled(paceOf(80))
    const startedAt = plus(NOW, startedAfterMs)
    expect(afterThrottle(slowed, startedAt, plus(startedAt, 500)) !== null).toBe(counts)
  })

  it('learns nothing from an attempt of long ago: what it would slow down has recovered', () => {
    const startedAt = plus(NOW, -RECOVERED_MS)
    const late = afterThrottle(paceOf(80), startedAt, startedAt) as Pace
    expect(effectiveMps(late, NOW)).toBe(80)
    expect(slowedSince(late, NOW)).toBeNull()
  })

  it('says since when it is slow, for as long as it is', () => {
    const pace = throttled(paceOf(80))
    expect(slowedSince(pace, plus(NOW, 29_999))).toBe(NOW)
    expect(slowedSince(pace, plus(NOW, 30_000))).toBeNull()
  })

  it('is a whole number between 1 and what Meta grants, whatever happened', () => {
    fc.assert(
      fc.property(throughputs, histories, fc.nat(MINUTE_MS), (mps, gaps, later) => {
        const { pace, at } = live(mps, gaps)
        const rate = effectiveMps(pace, plus(at, later))
        expect(Number.isInteger(rate)).toBe(true)
        expect(rate).toBeGreaterThanOrEqual(1)
        expect(rate).toBeLessThanOrEqual(mps)
      }),
    )
  })

  it('never rises by a throttle, and never falls with time', () => {
    fc.assert(
      fc.property(throughputs, histories, fc.nat(MINUTE_MS), fc.nat(MINUTE_MS), (mps, gaps, sooner, more) => {
        const { pace, at } = live(mps, gaps)
        const then = plus(at, sooner)
        expect(effectiveMps(throttled(pace, then), then)).toBeLessThanOrEqual(effectiveMps(pace, then))
        expect(effectiveMps(pace, plus(then, more))).toBeGreaterThanOrEqual(effectiveMps(pace, then))
      }),
    )
  })

  it('is whole again after a hundred seconds without a throttle', () => {
    fc.assert(
      fc.property(throughputs, histories, (mps, gaps) => {
        const { pace, at } = live(mps, gaps)
        expect(effectiveMps(pace, plus(at, RECOVERED_MS))).toBe(mps)
      }),
    )
  })

  it('follows what Meta grants: a lower grant at once, a higher one as it recovers', () => {
    const pace = throttled(paceOf(80))
    expect(effectiveMps({ ...pace, configuredMps: 20 }, NOW)).toBe(20)
    expect(effectiveMps({ ...pace, configuredMps: 1_000 }, plus(NOW, 10_000))).toBe(156)
  })
})
