import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RETRY_AFTER_CAP_MS, retryDelayMs } from '../../src/domain/backoff.ts'
import { FAILURE_CLASSES, type FailureClass } from '../../src/domain/failure-class.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts'

const classes = fc.constantFrom(...(Object.keys(FAILURE_CLASSES) as FailureClass[]))
const attempts = fc.integer({ min: 1, max: 1_000 })
const jitters = fc.double({ min: 0, max: 1, noNaN: true })

describe('retryDelayMs', () => {
  it.each([
    [1, 1],
    [2, 4],
    [3, 16],
    [4, 64],
    [5, 256],
    [6, 1_024],
  ])('follows the pair limit rule: after attempt %i wait %i s', (attempt, seconds) => {
    expect(retryDelayMs('throttle_pair', attempt, 0)).toBe(seconds * SECOND_MS)
  })

  it('holds a throttled sender between 1 and 10 seconds', () => {
    fc.assert(
      fc.property(attempts, jitters, (attempt, jitter) => {
        const delay = retryDelayMs('throttle_sender', attempt, jitter)
        expect(delay).toBeGreaterThanOrEqual(SECOND_MS)
        expect(delay).toBeLessThanOrEqual(10 * SECOND_MS)
      }),
    )
  })

  it('waits at least a day for a marketing cap', () => {
    expect(retryDelayMs('recipient_later', 1, 0)).toBe(24 * HOUR_MS)
  })

  it('never undercuts the minimum of the failure', () => {
    fc.assert(
      fc.property(classes, fc.nat(48 * HOUR_MS), attempts, jitters, (failureClass, minDelayMs, attempt, jitter) => {
        expect(retryDelayMs({ class: failureClass, minDelayMs }, attempt, jitter)).toBeGreaterThanOrEqual(minDelayMs)
      }),
    )
  })

  it('takes Retry-After as a floor', () => {
    expect(retryDelayMs('throttle_sender', 1, 0, 90)).toBe(90 * SECOND_MS)
    expect(retryDelayMs('throttle_account', 1, 0, 5)).toBe(MINUTE_MS)
  })

  it('does not obey a Retry-After beyond the cap', () => {
    expect(retryDelayMs('throttle_sender', 1, 0, 86_400)).toBe(RETRY_AFTER_CAP_MS)
  })

  it('spreads a crowd that shares one floor', () => {
    const failure = { class: 'throttle_sender', minDelayMs: MINUTE_MS } as const
    expect(retryDelayMs(failure, 1, 1) - retryDelayMs(failure, 1, 0)).toBe(6 * SECOND_MS)
  })

  it('grows with the attempts and with the jitter', () => {
    fc.assert(
      fc.property(classes, attempts, attempts, jitters, jitters, (failureClass, a, b, j, k) => {
        const [fewer, more] = a <= b ? [a, b] : [b, a]
        const [low, high] = j <= k ? [j, k] : [k, j]
        expect(retryDelayMs(failureClass, fewer, low)).toBeLessThanOrEqual(retryDelayMs(failureClass, more, low))
        expect(retryDelayMs(failureClass, fewer, low)).toBeLessThanOrEqual(retryDelayMs(failureClass, fewer, high))
      }),
    )
  })

  it('is a whole number of milliseconds within bounds for any input', () => {
    const retryAfter = fc.option(fc.double({ min: -10, max: 1e9, noNaN: true }))
    fc.assert(
      fc.property(
        classes,
        fc.integer(),
        fc.double({ noNaN: true }),
        retryAfter,
        (failureClass, attempt, jitter, wait) => {
          const delay = retryDelayMs(failureClass, attempt, jitter, wait)
          expect(Number.isInteger(delay)).toBe(true)
          expect(delay).toBeGreaterThanOrEqual(SECOND_MS)
          expect(delay).toBeLessThanOrEqual(1.1 * 24 * HOUR_MS)
        },
      ),
    )
  })
})
