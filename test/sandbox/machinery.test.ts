import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAutosave } from '../../src/sandbox/autosave.ts'
import { createClock } from '../../src/sandbox/clock.ts'
import { createIdentifiers } from '../../src/sandbox/identifiers.ts'
import { chance, roll } from '../../src/sandbox/random.ts'
import { hasPairCredit, RollingDay, RollingSecond, spendPairCredit } from '../../src/sandbox/rules/limits.ts'
import { createScheduler } from '../../src/sandbox/scheduler.ts'
import { NOON } from './support.ts'

describe('the scheduler', () => {
  it('runs what is due in due order, and the rest later', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000 })), fc.integer({ min: 0, max: 1_000 }), (delays, until) => {
        const clock = createClock(() => NOON)
        const scheduler = createScheduler(clock)
        const ran: number[] = []
        for (const delay of delays) scheduler.after(delay, () => ran.push(delay))
        clock.advance(until)
        scheduler.catchUp()
        const sorted = [...delays].sort((a, b) => a - b)
        expect(ran).toEqual(sorted.filter((delay) => delay <= until))
        clock.advance(1_000)
        scheduler.catchUp()
        expect(ran).toEqual(sorted)
        expect(scheduler.pending()).toBe(0)
        scheduler.stop()
      }),
    )
  })

  it('keeps the order of what is due at the same instant', () => {
    const scheduler = createScheduler(createClock(() => NOON))
    const ran: number[] = []
    for (let task = 0; task < 50; task += 1) scheduler.after(0, () => ran.push(task))
    scheduler.catchUp()
    expect(ran).toEqual(Array.from({ length: 50 }, (_, task) => task))
  })

  it('runs nothing after it was stopped', () => {
    const clock = createClock(() => NOON)
    const scheduler = createScheduler(clock)
    const run = vi.fn()
    scheduler.after(1, run)
    scheduler.stop()
    clock.advance(10)
    scheduler.catchUp()
    expect(run).not.toHaveBeenCalled()
  })
})

describe('chance', () => {
  it('is the same for the same seed and key, and within its share', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), (seed, key) => {
        expect(roll(seed, key)).toBe(roll(seed, key))
        expect(roll(seed, key)).toBeGreaterThanOrEqual(0)
        expect(roll(seed, key)).toBeLessThan(1)
      }),
    )
  })

  it('comes true about as often as asked', () => {
    const hits = Array.from({ length: 10_000 }, (_, key) => chance(0.3, 1, `loss/${key}`)).filter(Boolean).length
    expect(hits / 10_000).toBeCloseTo(0.3, 1)
  })

  it('never comes true at zero and always at one', () => {
    expect(Array.from({ length: 100 }, (_, key) => chance(0, 1, String(key)))).not.toContain(true)
    expect(Array.from({ length: 100 }, (_, key) => chance(1, 1, String(key)))).not.toContain(false)
  })
})

describe('identifiers', () => {
  it('never repeat', () => {
    const ids = createIdentifiers({ seed: 1, bootAt: NOON })
    const made = Array.from({ length: 20_000 }, () => [ids.wamid('out', '5511987654321'), ids.graphId()]).flat()
    expect(new Set(made).size).toBe(made.length)
  })

  it('of the graph survive being a number on the wire', () => {
    const ids = createIdentifiers({ seed: 1, bootAt: NOON })
    for (let made = 0; made < 2_000; made += 1) {
      const id = ids.graphId()
      expect(String(Number(id))).toBe(id)
    }
  })
})

describe('rolling counters', () => {
  it('count the events of the last second only', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3_000), { minLength: 1 }), (gaps) => {
        const second = new RollingSecond()
        const times: number[] = []
        let now = NOON
        for (const gap of gaps) {
          now += gap
          expect(second.countAt(now)).toBe(times.filter((time) => time > now - 1_000).length)
          second.add(now)
          times.push(now)
        }
      }),
    )
  })

  it('admit a user who was counted within the day, whatever the limit', () => {
    const day = new RollingDay()
    day.add('a', NOON)
    expect(day.admits('a', 1, NOON + 1)).toBe(true)
    expect(day.admits('b', 1, NOON + 1)).toBe(false)
    expect(day.admits('b', 1, NOON + 24 * 3_600_000)).toBe(true)
  })

  it('never let a pair pass its burst and its refill', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 200 }), (gaps) => {
        const pair = { pairFullAt: 0 } as Parameters<typeof spendPairCredit>[0]
        const sent: number[] = []
        let now = NOON
        for (const gap of gaps) {
          now += gap
          if (!hasPairCredit(pair, 5, 6_000, now)) continue
          spendPairCredit(pair, 6_000, now)
          sent.push(now)
        }
        for (const [index, from] of sent.entries()) {
          const later = sent.slice(index)
          for (const [count, at] of later.entries()) expect(count + 1).toBeLessThanOrEqual(5 + (at - from) / 6_000)
        }
      }),
    )
  })
})

describe('autosave', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('saves once for many changes, some time after the first', async () => {
    const save = vi.fn(async () => {})
    const autosave = createAutosave(save, () => {})
    for (let change = 0; change < 10; change += 1) autosave.soon()
    expect(save).not.toHaveBeenCalled()
    await vi.runAllTimersAsync()
    expect(save).toHaveBeenCalledTimes(1)
  })

  it('saves a last time when it ends', async () => {
    const save = vi.fn(async () => {})
    const autosave = createAutosave(save, () => {})
    autosave.soon()
    await autosave.finish()
    await vi.runAllTimersAsync()
    expect(save).toHaveBeenCalledTimes(1)
  })

  it('reports a save that failed and goes on', async () => {
    const onError = vi.fn()
    const save = vi.fn(async () => {}).mockRejectedValueOnce(new Error('disk full'))
    const autosave = createAutosave(save, onError)
    autosave.soon()
    await vi.runAllTimersAsync()
    autosave.soon()
    await vi.runAllTimersAsync()
    expect(onError).toHaveBeenCalledTimes(1)
    expect(save).toHaveBeenCalledTimes(2)
  })
})
