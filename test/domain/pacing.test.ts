import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LEAVES_WITHIN_MS, placesAt, spacingOf, usUntilWorthwhile } from '../../src/domain/pacing.ts'

const SECOND_US = 1_000_000
const START_US = 1_800_000_000_000_000

/** Takes messages at these moments, each leaving some time after it was taken, and answers when they left. */
function run(mps: number, steps: { afterUs: number; leavesAfterUs: number; most: number }[]): number[] {
  const spacing = spacingOf(mps)
  const left: number[] = []
  let nextUs = 0
  let nowUs = START_US
  for (const step of steps) {
    nowUs += step.afterUs
    const count = Math.min(step.most, placesAt(nextUs, nowUs, spacing))
    if (count > 0) nextUs = Math.max(nextUs, nowUs - spacing.creditUs) + count * spacing.intervalUs
    for (let taken = 0; taken < count; taken++) left.push(nowUs + step.leavesAfterUs)
  }
  return left.sort((a, b) => a - b)
}

function mostInASecond(times: number[]): number {
  let most = 0
  let from = 0
  for (const [index, at] of times.entries()) {
    while ((times[from] as number) <= at - SECOND_US) from += 1
    most = Math.max(most, index - from + 1)
  }
  return most
}

describe('pacing', () => {
  it('never lets a rolling second pass 1.1 times the throughput, however late messages leave (P6)', () => {
    const step = fc.record({
      afterUs: fc.integer({ min: 0, max: 80_000 }),
      leavesAfterUs: fc.integer({ min: 0, max: LEAVES_WITHIN_MS * 1_000 }),
      most: fc.integer({ min: 1, max: 200 }),
    })
    const rate = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(80, 250, 700, 1_000))
    fc.assert(
      fc.property(rate, fc.array(step, { minLength: 30, maxLength: 120 }), (mps, steps) => {
        expect(mostInASecond(run(mps, steps))).toBeLessThanOrEqual(Math.floor(mps * 1.1 + 1e-9))
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    [1, 0.95],
    [5, 0.95],
    [10, 1],
    [20, 1],
    [80, 1],
    [1_000, 1],
  ])('gives a number of %i messages per second at least %d of them', (mps, share) => {
    expect(SECOND_US / spacingOf(mps).intervalUs / mps).toBeGreaterThanOrEqual(share)
  })

  it.each([1, 20, 80, 1_000])('loses nothing of %i messages per second to looks that come a little late', (mps) => {
    const spacing = spacingOf(mps)
    let nextUs = START_US
    let nowUs = START_US
    let taken = 0
    for (let looks = 0; nowUs < START_US + 20 * SECOND_US; looks++) {
      const count = placesAt(nextUs, nowUs, spacing)
      nextUs = Math.max(nextUs, nowUs - spacing.creditUs) + count * spacing.intervalUs
      taken += count
      // Each look is up to ten milliseconds late.
      nowUs += usUntilWorthwhile(nextUs - nowUs, spacing) + (looks % 11) * 1_000
    }
    expect(taken / 20).toBeGreaterThanOrEqual(mps * 0.93)
  })

  it('lets a number that was idle send at once', () => {
    expect(placesAt(0, START_US, spacingOf(1))).toBe(1)
  })

  it('gives no place before the next slot', () => {
    expect(placesAt(START_US + 100_000, START_US, spacingOf(80))).toBe(0)
  })
})
