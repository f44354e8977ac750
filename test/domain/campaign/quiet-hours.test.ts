import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CampaignQuietHours,
  firstFreeFor,
  freeAt,
  isQuietFor,
  quietUntil,
  readQuietHours,
  zonesOf,
} from '../../../src/domain/campaign/quiet-hours.ts'
import { type Instant, instant, MINUTE_MS, plus, toIso } from '../../../src/domain/time.ts'
import { nextClockChange } from '../../../src/domain/zoned-time.ts'

const when = (iso: string) => instant(Date.parse(iso))
const hours = (from: string, to: string): CampaignQuietHours => {
  const read = readQuietHours({ from, to })
  if (!read.ok) throw new Error(read.predicate)
  return read.hours
}

/** Zones that change their clocks by an hour, by half of one, at midnight, over the date line, in the south; and some that do not. */
const ZONES = [
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'America/Asuncion',
  'Asia/Beirut',
  'Africa/Cairo',
  'America/St_Johns',
  'Pacific/Chatham',
  'Africa/Casablanca',
  'Asia/Kolkata',
  'America/Sao_Paulo',
  'UTC',
]

const clocks = new Map<string, Intl.DateTimeFormat>()

/** By another library than the code: what a clock there shows, in minutes. */
function shown(at: Instant, zone: string): number {
  const clock =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  clocks.set(zone, clock)
  const [hour, minute] = clock.format(at).split(':').map(Number)
  return (hour as number) * 60 + (minute as number)
}

function isQuietByClock({ from, to }: CampaignQuietHours, at: Instant, zones: readonly string[]): boolean {
  return zones.some((zone) => {
    const minutes = shown(at, zone)
    return from < to ? minutes >= from && minutes < to : minutes >= from || minutes < to
  })
}

describe('quiet hours of campaigns', () => {
  it('New York, spring: 02:30 does not exist, so the night ends at 03:00', () => {
    const free = firstFreeFor(hours('21:00', '02:30'), when('2027-03-14T06:59:00Z'), ['America/New_York'])
    expect(toIso(free as Instant)).toBe('2027-03-14T07:00:00.000Z')
  })

  it('New York, autumn: the second 01:00 is quiet again', () => {
    const night = hours('21:00', '01:30')
    const free = (iso: string) => toIso(firstFreeFor(night, when(iso), ['America/New_York']) as Instant)
    expect(free('2027-11-07T05:29:00Z')).toBe('2027-11-07T05:30:00.000Z')
    expect(free('2027-11-07T05:45:00Z')).toBe('2027-11-07T05:45:00.000Z')
    expect(free('2027-11-07T06:00:00Z')).toBe('2027-11-07T06:30:00.000Z')
  })

  it('a change of the clocks that leads out of them ends them', () => {
    // At midnight it is 23:00 again, half an hour before they begin.
    const change = nextClockChange(when('2027-03-20T00:00:00Z'), 'America/Santiago') as Instant
    const before = plus(change, -10 * MINUTE_MS)
    expect(shown(before, 'America/Santiago')).toBe(23 * 60 + 50)
    expect(firstFreeFor(hours('23:30', '08:00'), before, ['America/Santiago'])).toBe(change)
  })

  it('are right in every minute around every change of the clocks', () => {
    const ranges = [hours('21:00', '08:00'), hours('00:00', '00:30'), hours('23:30', '02:15'), hours('01:30', '03:30')]
    for (const zone of ZONES) {
      let change = nextClockChange(when('2026-01-01T00:00:00Z'), zone)
      for (let i = 0; i < 3 && change !== null; i += 1, change = nextClockChange(change, zone)) {
        for (const range of ranges) {
          let free: Instant | null = null
          for (let minute = 200; minute >= -200; minute -= 5) {
            const at = plus(change, minute * MINUTE_MS)
            const quiet = isQuietByClock(range, at, [zone])
            expect([zone, toIso(at), isQuietFor(range, at, [zone])]).toEqual([zone, toIso(at), quiet])
            if (!quiet) free = at
            if (free !== null) expect(firstFreeFor(range, at, [zone])).toBe(free)
          }
        }
      }
    }
  })

  it('are right around every change of the clocks in every zone there is', () => {
    const zones = Intl.supportedValuesOf('timeZone')
    expect(zones.length).toBeGreaterThan(400)
    let changes = 0
    for (const zone of zones) {
      for (const year of ['2026-12-01T00:00:00Z', '2027-07-01T00:00:00Z']) {
        const change = nextClockChange(when(year), zone)
        if (change === null || change > when('2028-01-01T00:00:00Z')) continue
        changes += 1
        // Hours that begin or end in the one that is skipped, or comes twice.
        const before = shown(plus(change, -MINUTE_MS), zone)
        const range = { from: (before + 1_380) % 1_440, to: (before + 31) % 1_440, zone: null }
        let free: Instant | null = null
        for (let minute = 150; minute >= -150; minute -= 15) {
          const at = plus(change, minute * MINUTE_MS)
          const quiet = isQuietByClock(range, at, [zone])
          expect([zone, toIso(at), isQuietFor(range, at, [zone])]).toEqual([zone, toIso(at), quiet])
          if (!quiet) free = at
          if (free === null) continue
          const found = firstFreeFor(range, at, [zone]) as Instant
          expect(isQuietByClock(range, found, [zone])).toBe(false)
          // The minute before it is quiet, unless it is free already.
          expect([zone, found === at || isQuietByClock(range, plus(found, -MINUTE_MS), [zone])]).toEqual([zone, true])
        }
      }
    }
    expect(changes).toBeGreaterThan(150)
  })

  it('are worked out once for many, in whatever order they are asked of', () => {
    const asked = fc.record({
      zone: fc.constantFrom(...ZONES),
      from: fc.constantFrom(1_260, 90, 600),
      to: fc.constantFrom(480, 150, 1_430),
      minute: fc.integer({ min: 0, max: 400 * 1_440 }),
    })
    fc.assert(
      fc.property(fc.array(asked, { minLength: 1, maxLength: 12 }), (many) => {
        for (const { zone, from, to, minute } of many) {
          const range = { from, to, zone: null }
          const at = plus(when('2026-11-30T00:00:00Z'), minute * MINUTE_MS)
          for (const later of [at, plus(at, 37 * MINUTE_MS), at]) {
            const free = freeAt(range, later, [zone], 'UTC')
            const who = { contact: zone, listed: null, id: '' }
            expect(quietUntil(range, who, null, later)).toBe(free > later ? free : null)
          }
        }
      }),
      { numRuns: 100 },
    )
  })

  it('let go at the first minute that is quiet in none of the zones', () => {
    const minute = fc.integer({ min: 0, max: 1_439 })
    const zones = fc.uniqueArray(fc.constantFrom(...ZONES), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(zones, minute, minute, fc.integer({ min: 0, max: 730 * 1_440 }), (names, from, to, offset) => {
        fc.pre(from !== to)
        const range = { from, to, zone: null }
        const at = plus(when('2026-11-30T00:00:00Z'), offset * MINUTE_MS)
        const free = firstFreeFor(range, at, names)
        const last = free ?? plus(at, 2 * 1_440 * MINUTE_MS)
        if (free !== null) expect(isQuietByClock(range, free, names)).toBe(false)
        for (let t = at; t < last; t = plus(t, 7 * MINUTE_MS)) {
          if (!isQuietByClock(range, t, names)) expect(toIso(t)).toBe('a quiet minute')
        }
      }),
      { numRuns: 150 },
    )
  })

  it('that never meet are those of the fallback', () => {
    const day = hours('06:00', '20:00')
    const far = ['Pacific/Auckland', 'America/New_York', 'Europe/London']
    const at = when('2027-01-10T12:00:00Z')
    expect(firstFreeFor(day, at, far)).toBe(null)
    expect(toIso(freeAt(day, at, far, 'UTC'))).toBe('2027-01-10T20:00:00.000Z')
  })

  it.each([
    ['21:00-08:00', [], /object/],
    [{ from: '24:00', to: '08:00' }, ['from'], /"00:00" to "23:59"/],
    [{ from: '21:00', to: '8:00' }, ['to'], /"00:00" to "23:59"/],
    [{ from: 75_600, to: '08:00' }, ['from'], /time of day/],
    [{ from: '08:00', to: '08:00' }, ['to'], /another time/],
    [{ from: '21:00', to: '08:00', zone: 'Mars/Olympus' }, ['zone'], /IANA/],
    [{ from: '21:00', to: '08:00', days: 'mon' }, [], /nothing else/],
  ])('refuse %j', (given, path, said) => {
    expect(readQuietHours(given)).toEqual({ ok: false, path, predicate: expect.stringMatching(said) })
  })
})

describe('the zones of somebody', () => {
  const id = '5511987654321'
  it.each([
    [{ contact: 'Europe/Lisbon', listed: 'Asia/Tokyo', id }, ['Europe/Lisbon'], 'contact'],
    [{ contact: null, listed: 'Asia/Tokyo', id }, ['Asia/Tokyo'], 'list'],
    [{ contact: null, listed: 'Tokyo', id: '447700900123' }, ['Europe/London'], 'number'],
    [{ contact: null, listed: null, id: 'GB.1234' }, ['Europe/London'], 'number'],
    [{ contact: null, listed: null, id: '88161234567' }, ['UTC'], 'fallback'],
  ])('of %j are %j, by their %s', (known, zones, by) => {
    expect(zonesOf(known, 'UTC')).toEqual({ zones, by })
  })

  it('of a number of a large country are all that it has', () => {
    const { zones } = zonesOf({ contact: null, listed: null, id }, 'UTC')
    expect(zones).toEqual(expect.arrayContaining(['America/Sao_Paulo', 'America/Rio_Branco', 'America/Noronha']))
  })
})
