import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  MESSAGING_LIMIT_PERIOD_MS,
  type MessagingLimitUse,
  messagingLimitAllowsAt,
  PAIR_BURST,
  PAIR_REFILL_MS,
  pairAfterSend,
  pairAllowedAt,
} from '../../src/domain/limits.ts'
import { HOUR_MS, type Instant, MINUTE_MS, plus, SECOND_MS } from '../../src/domain/time.ts'
import { ago, NOW } from '../support/builders.ts'

/** Sends as soon as the limit allows; each message is wanted so many milliseconds after the one before was wanted. */
function sendAll(gapsMs: number[]): Instant[] {
  let emptiesAt: Instant | null = null
  let wanted = NOW
  return gapsMs.map((gapMs) => {
    wanted = plus(wanted, gapMs)
    const sentAt = pairAllowedAt(emptiesAt, wanted)
    emptiesAt = pairAfterSend(emptiesAt, sentAt)
    wanted = sentAt
    return sentAt
  })
}

describe('pair limit', () => {
  const gaps = fc.array(
    fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 8_000 }), fc.integer({ min: 0, max: 600_000 })),
    {
      maxLength: 200,
    },
  )

  it('lets the first message go at once', () => {
    expect(pairAllowedAt(null, NOW)).toBe(NOW)
  })

  it('lets 45 go in a burst and the next ones every 6 seconds', () => {
    const sent = sendAll(new Array<number>(47).fill(0)).map((at) => at - NOW)
    expect(sent.slice(0, 45).every((elapsed) => elapsed === 0)).toBe(true)
    expect(sent.slice(45)).toEqual([6 * SECOND_MS, 12 * SECOND_MS])
  })

  it('pays 20 messages back in two minutes, and then has a full burst again', () => {
    let emptiesAt: Instant | null = null
    for (let i = 0; i < 20; i++) emptiesAt = pairAfterSend(emptiesAt, NOW)
    expect(emptiesAt).toBe(plus(NOW, 2 * MINUTE_MS))
    const later = plus(NOW, 2 * MINUTE_MS)
    for (let i = 0; i < PAIR_BURST; i++) {
      expect(pairAllowedAt(emptiesAt, later)).toBe(later)
      emptiesAt = pairAfterSend(emptiesAt, later)
    }
    expect(pairAllowedAt(emptiesAt, later)).toBe(plus(later, PAIR_REFILL_MS))
  })

  it('P6 never lets more go than the burst and one per 6 seconds, between any two messages', () => {
    fc.assert(
      fc.property(gaps, (gapsMs) => {
        const sent = sendAll(gapsMs)
        for (const [i, from] of sent.entries()) {
          for (const [j, to] of sent.entries()) {
            if (j < i) continue
            expect(j - i + 1).toBeLessThanOrEqual(PAIR_BURST + Math.floor((to - from) / PAIR_REFILL_MS))
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  it('P6 defers exactly to the first legal instant, so that once is enough', () => {
    fc.assert(
      fc.property(fc.integer({ min: -HOUR_MS, max: HOUR_MS }), (emptiesInMs) => {
        const emptiesAt = plus(NOW, emptiesInMs)
        const allowedAt = pairAllowedAt(emptiesAt, NOW)
        expect(allowedAt).toBeGreaterThanOrEqual(NOW)
        expect(pairAllowedAt(emptiesAt, allowedAt)).toBe(allowedAt)
        if (allowedAt > NOW) expect(pairAllowedAt(emptiesAt, plus(allowedAt, -1))).toBe(allowedAt)
      }),
    )
  })
})

describe('messaging limit', () => {
  const full: MessagingLimitUse = { limit: 250, used: 250, counted: false, freesAt: plus(NOW, HOUR_MS) }
  const cases: [name: string, use: MessagingLimitUse, allowedAt: Instant][] = [
    ['lets a new user in while there is a place', { ...full, used: 249 }, NOW],
    ['lets a user who is counted already pass', { ...full, counted: true }, NOW],
    ['makes a new user wait for the place that frees next', full, plus(NOW, HOUR_MS)],
    ['makes a new user wait when the limit was lowered below its use', { ...full, limit: 100 }, plus(NOW, HOUR_MS)],
    ['is free at once when that place is free by now', { ...full, freesAt: ago(1) }, NOW],
    [
      'waits its whole period when nobody knows better',
      { ...full, freesAt: null },
      plus(NOW, MESSAGING_LIMIT_PERIOD_MS),
    ],
    [
      'of nothing lets nobody in',
      { limit: 0, used: 0, counted: false, freesAt: null },
      plus(NOW, MESSAGING_LIMIT_PERIOD_MS),
    ],
  ]

  it.each(cases)('%s', (_name, use, allowedAt) => {
    expect(messagingLimitAllowsAt(use, NOW)).toBe(allowedAt)
  })
})
