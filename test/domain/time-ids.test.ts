import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attemptId, type IntentId, isIntentId, parseAttemptId } from '../../src/domain/ids.ts'
import { earliest, fromMetaTimestamp, instant, latest, plus, toDate, toIso } from '../../src/domain/time.ts'
import { INTENT_ID, NOW } from '../support/builders.ts'

describe('instants', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('are not made of %d', (value) => {
    expect(() => instant(value)).toThrow('expected epoch milliseconds')
  })

  it('come back from a date and from ISO text unchanged', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        const at = instant(date.getTime())
        expect(toDate(at)).toEqual(date)
        expect(Date.parse(toIso(at))).toBe(at)
      }),
    )
  })

  it('are compared and moved in milliseconds', () => {
    const later = plus(NOW, 1)
    expect(later - NOW).toBe(1)
    expect(latest(NOW, later)).toBe(later)
    expect(latest(later, NOW)).toBe(later)
    expect(earliest(NOW, later)).toBe(NOW)
    expect(earliest(later, NOW)).toBe(NOW)
  })
})

describe('fromMetaTimestamp', () => {
  const read: [value: unknown, epochMs: number][] = [
    ['1764583200', 1_764_583_200_000],
    [1_764_583_200, 1_764_583_200_000],
    ['1000000000', 1_000_000_000_000],
    ['4000000000', 4_000_000_000_000],
  ]

  it.each(read)('reads %j as seconds', (value, epochMs) => {
    expect(fromMetaTimestamp(value)).toBe(epochMs)
  })

  const refused: unknown[] = [
    '',
    ' 1764583200',
    '1764583200.5',
    '-1764583200',
    '1764583200000',
    1_764_583_200_000,
    1_764_583_200.5,
    '999999999',
    '4000000001',
    '0x692d6c20',
    '2026-12-01T10:00:00Z',
    0,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    undefined,
    true,
    {},
    ['1764583200'],
  ]

  it.each(refused)('does not take %j for a time', (value) => {
    expect(fromMetaTimestamp(value)).toBeNull()
  })

  it('gives a plausible instant or null for anything', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const stamp = fromMetaTimestamp(value)
        if (stamp !== null) expect(stamp >= 1e12 && stamp <= 4e12).toBe(true)
      }),
    )
  })
})

describe('attempt ids', () => {
  const intentIds = fc.uuid().map((id) => id as IntentId)
  const numbers = fc.integer({ min: 1, max: 32_767 })

  it('come back from Meta as they went', () => {
    fc.assert(
      fc.property(intentIds, numbers, (intentId, number) => {
        expect(parseAttemptId(attemptId(intentId, number))).toEqual({ intentId, number })
      }),
    )
  })

  it("come back with a drop-in client's own value behind them", () => {
    fc.assert(
      fc.property(intentIds, numbers, fc.string(), (intentId, number, own) => {
        expect(parseAttemptId(`${attemptId(intentId, number)} ${own}`)).toEqual({ intentId, number })
      }),
    )
  })

  const foreign: unknown[] = [
    null,
    undefined,
    7,
    {},
    '',
    'order-17',
    INTENT_ID,
    `${INTENT_ID}.`,
    `${INTENT_ID}.x`,
    `${INTENT_ID}.32768`,
    `${INTENT_ID}.1x`,
    `${INTENT_ID}.1\n`,
    ` ${INTENT_ID}.1`,
    `${INTENT_ID.toUpperCase()}.1`,
    `${'-'.repeat(36)}.1`,
  ]

  it.each(foreign)('are not read out of %j', (opaque) => {
    expect(parseAttemptId(opaque)).toBeNull()
  })
})

describe('isIntentId', () => {
  it.each([
    [INTENT_ID, true],
    ['0192f1c0-0000-7000-8000-00000000000', false],
    [`${INTENT_ID}0`, false],
    [`${INTENT_ID}\n`, false],
    ['wamid.HBgNNTUxMTk4NzY1NDMyMRUCABEYEjQ', false],
  ])('tells whether %j is one', (value, is) => {
    expect(isIntentId(value)).toBe(is)
  })
})
