import { Temporal } from 'temporal-polyfill'
import { type Instant, instant } from './time.ts'

/*
 * Local times. The only place that knows of time zones; it uses the zones of the process's ICU. A local time that does not exist (clocks go
 * forward) moves forward by the gap; one that comes twice is the first.
 */

/** A day in a calendar on the wall; `weekday` from 1, Monday, to 7. */
export interface WallTime {
  date: Temporal.PlainDate
  /** Minutes since midnight as a clock shows them, seconds cut off. */
  minutes: number
  weekday: number
}

/** IANA names only: an offset such as `+03:00` knows no summer time. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(name)) return false
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return true
  } catch {
    return false
  }
}

export function wallTimeOf(at: Instant, zone: string): WallTime {
  const zoned = zonedOf(at, zone)
  return { date: zoned.toPlainDate(), minutes: zoned.hour * 60 + zoned.minute, weekday: zoned.dayOfWeek }
}

/** `days` calendar days later at the same time of day: 23 or 25 hours where the clocks are changed between. */
export function plusDays(at: Instant, days: number, zone: string): Instant {
  return instant(zonedOf(at, zone).add({ days }).epochMilliseconds)
}

/** The first time at or after `at` that a clock shows `minutes` on one of `weekdays`: once a day, also where an hour comes twice. */
export function nextLocalTime(at: Instant, minutes: number, weekdays: ReadonlySet<number>, zone: string): Instant {
  const today = wallTimeOf(at, zone).date
  for (let day = 0; day <= 8; day++) {
    const date = today.add({ days: day })
    const candidate = instantsOf(date, minutes, zone).first
    if (candidate >= at && weekdays.has(date.dayOfWeek)) return candidate
  }
  throw new RangeError('expected at least one day of the week')
}

export interface WallInstants {
  /** As clocks go: the first of two, or as much later as the gap is long. */
  first: Instant
  /** All instants from which a clock shows this time or a later one: two where it comes twice, the end of the gap where it is skipped. */
  edges: Instant[]
}

export function instantsOf(date: Temporal.PlainDate, minutes: number, zone: string): WallInstants {
  const local = date.toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 })
  const early = local.toZonedDateTime(zone, { disambiguation: 'earlier' })
  const late = local.toZonedDateTime(zone, { disambiguation: 'later' })
  const first = instant(local.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds)
  if (early.toPlainDateTime().equals(local)) {
    const both = [early.epochMilliseconds, late.epochMilliseconds]
    return { first, edges: [...new Set(both)].map(instant) }
  }
  const end = early.getTimeZoneTransition('next')?.epochMilliseconds ?? late.epochMilliseconds
  return { first, edges: [instant(end)] }
}

/** When clocks there are changed next, after `at`; null where they never are. */
export function nextClockChange(at: Instant, zone: string): Instant | null {
  const next = zonedOf(at, zone).getTimeZoneTransition('next')
  return next && instant(next.epochMilliseconds)
}

/** Zones of a country (ISO 3166, two letters), as the process's ICU knows them; none where there is no such country. */
export function zonesOfCountry(country: string): readonly string[] {
  const kept = zonesByCountry.get(country)
  if (kept !== undefined) return kept
  const zones = /^[A-Z]{2}$/.test(country) ? (regionOf(country).getTimeZones() ?? []) : []
  zonesByCountry.set(country, zones)
  return zones
}

const zonesByCountry = new Map<string, readonly string[]>()

/** ECMA-402 has it since 2025, and the types not yet. */
function regionOf(country: string): { getTimeZones(): string[] | undefined } {
  return new Intl.Locale(`und-${country}`) as unknown as { getTimeZones(): string[] | undefined }
}

/** For people: `Mon 2026-11-23 10:00`. */
export function localText(at: Instant, zone: string): string {
  const zoned = zonedOf(at, zone)
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][zoned.dayOfWeek - 1]
  return `${day} ${zoned.toPlainDate().toString()} ${zoned.toPlainTime().toString({ smallestUnit: 'minute' })}`
}

/** An ISO date with a time and an offset, or a local one in `zone`; a date alone is its midnight. Null when it is none of these. */
export function parseMoment(text: string, zone: string): Instant | null {
  if (text.length > 40) return null
  try {
    return instant(Temporal.Instant.from(text).epochMilliseconds)
  } catch {
    return parseLocal(text, zone)
  }
}

/** A local time without a zone, `2026-12-01T09:00`, seconds if need be; null also for a day that no calendar has. */
export function parseLocalTime(text: string): Temporal.PlainDateTime | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text)) return null
  try {
    return Temporal.PlainDateTime.from(text, { overflow: 'reject' })
  } catch {
    return null
  }
}

/** When a clock there shows this time: where it does not exist, as much later as the gap is long; where it comes twice, the first. */
export function instantOfLocal(local: Temporal.PlainDateTime, zone: string): Instant {
  return instant(local.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds)
}

function parseLocal(text: string, zone: string): Instant | null {
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?$/.test(text)) return null
  try {
    return instant(Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds)
  } catch {
    return null
  }
}

function zonedOf(at: Instant, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.trunc(at)).toZonedDateTimeISO(zone)
}
