import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVERY_DAY, parseDays, parseDuration, shift } from '../../src/domain/flow/moment.ts'
import { firstFree, isQuiet } from '../../src/domain/flow/quiet-hours.ts'
import { type Instant, instant, MINUTE_MS, plus, toIso } from '../../src/domain/time.ts'
import { isZone, nextLocalTime } from '../../src/domain/zoned-time.ts'

const when = (iso: string) => instant(Date.parse(iso))
const NEW_YORK = 'America/New_York'
const quiet = (from: number, to: number, days = EVERY_DAY) => ({ from, to, days })
const hm = (h: number, m = 0) => h * 60 + m

describe('quiet hours', () => {
  it('that end in the hour that is skipped end with it', () => {
    const free = firstFree(quiet(hm(21), hm(2, 30)), when('2027-03-14T06:30:00Z'), NEW_YORK)
    expect(toIso(free)).toBe('2027-03-14T07:00:00.000Z')
  })

  it('are quiet again in the hour that comes twice', () => {
    const hours = quiet(hm(21), hm(1, 30))
    expect(isQuiet(hours, when('2027-11-07T05:29:00Z'), NEW_YORK)).toBe(true)
    expect(isQuiet(hours, when('2027-11-07T05:30:00Z'), NEW_YORK)).toBe(false)
    expect(isQuiet(hours, when('2027-11-07T06:00:00Z'), NEW_YORK)).toBe(true)
    expect(toIso(firstFree(hours, when('2027-11-07T06:00:00Z'), NEW_YORK))).toBe('2027-11-07T06:30:00.000Z')
  })

  it('of a night belong to the day it begins on', () => {
    const weekdays = quiet(hm(21), hm(8), parseDays('mon-fri') as ReadonlySet<number>)
    expect(toIso(firstFree(weekdays, when('2026-11-27T23:50:00Z'), 'UTC'))).toBe('2026-11-28T08:00:00.000Z')
    expect(isQuiet(weekdays, when('2026-11-28T22:00:00Z'), 'UTC')).toBe(false)
  })

  it('leave at the first free instant, never before and never at a quiet one', () => {
    const zone = fc.constantFrom(NEW_YORK, 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Kolkata', 'UTC')
    const minute = fc.integer({ min: 0, max: 1_439 })
    fc.assert(
      fc.property(zone, minute, minute, fc.integer({ min: 0, max: 365 * 1_440 }), (name, from, to, offset) => {
        fc.pre(from !== to)
        const hours = quiet(from, to)
        const now = plus(when('2027-01-01T00:00:00Z'), offset * MINUTE_MS)
        const free = firstFree(hours, now, name)
        expect(free >= now && !isQuiet(hours, free, name)).toBe(true)
        if (free > now) expect(isQuiet(hours, (free - MINUTE_MS) as Instant, name)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

describe('local times', () => {
  it('that are skipped come at the end of the gap, once', () => {
    const at = nextLocalTime(when('2026-09-05T20:00:00Z'), 0, EVERY_DAY, 'America/Santiago')
    expect(toIso(at)).toBe('2026-09-06T04:00:00.000Z')
    expect(toIso(nextLocalTime(plus(at, 1), 0, EVERY_DAY, 'America/Santiago'))).toBe('2026-09-07T03:00:00.000Z')
  })

  it('that come twice come once', () => {
    const at = nextLocalTime(when('2027-11-07T00:00:00Z'), hm(1, 30), EVERY_DAY, NEW_YORK)
    expect(toIso(at)).toBe('2027-11-07T05:30:00.000Z')
    expect(toIso(nextLocalTime(plus(at, 1), hm(1, 30), EVERY_DAY, NEW_YORK))).toBe('2027-11-08T06:30:00.000Z')
  })

  it('a day is one of the calendar, 24 hours are not', () => {
    const later = (eve: string, text: string) =>
      toIso(shift(when(eve), parseDuration(text) as { ms: number; days: number }, 1, NEW_YORK))
    // From 22:00: 23 hours to the next 22:00, and in autumn 25.
    expect(later('2027-03-14T03:00:00Z', '1d')).toBe('2027-03-15T02:00:00.000Z')
    expect(later('2027-03-14T03:00:00Z', '24h')).toBe('2027-03-15T03:00:00.000Z')
    expect(later('2027-11-07T02:00:00Z', '1d')).toBe('2027-11-08T03:00:00.000Z')
    expect(later('2027-11-07T02:00:00Z', '24h')).toBe('2027-11-08T02:00:00.000Z')
  })

  it('know zones by their names, old and new, and nothing else', () => {
    const names = ['Europe/Kyiv', 'Europe/Kiev', 'UTC', 'Mars/Olympus', '+03:00', '', '../etc', 'x'.repeat(100)]
    expect(names.map(isZone)).toEqual([true, true, true, false, false, false, false, false])
  })
})
