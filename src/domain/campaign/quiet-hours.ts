import { EVERY_DAY } from '../flow/moment.ts'
import { firstFree, isQuiet } from '../flow/quiet-hours.ts'
import { destinationOf } from '../money/destination.ts'
import { isBsuid } from '../recipient.ts'
import { DAY_MS, earliest, type Instant, latest, plus } from '../time.ts'
import { isZone, zonesOfCountry } from '../zoned-time.ts'

/*
 * Hours in which a campaign writes to nobody, by the clock on each recipient's wall. An instant is quiet or it is not, by what the clock shows
 * then: so an hour that comes twice is quiet twice, and one that is skipped keeps nobody waiting. Who has several zones because only their
 * number is known is written to when it is quiet in none of them.
 */

/** Minutes since midnight. `from` after `to`: over night. */
export interface CampaignQuietHours {
  from: number
  to: number
  /** Of those whose own is not known; null: the number's account's. */
  zone: string | null
}

/** As a document keeps them. */
export interface QuietHoursGiven {
  from: string
  to: string
  zone?: string
}

export type ReadQuietHours = { ok: true; hours: CampaignQuietHours } | { ok: false; path: string[]; predicate: string }

export function readQuietHours(given: unknown): ReadQuietHours {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return refuse([], 'to be an object with from and to, such as {"from":"21:00","to":"08:00"}')
  }
  const { from, to, zone, ...rest } = given as Record<string, unknown>
  const [strange] = Object.keys(rest)
  if (strange !== undefined) return refuse([], 'to have from, to and zone, and nothing else')
  const begin = minutesOf(from)
  const end = minutesOf(to)
  if (begin === null) return refuse(['from'], CLOCK)
  if (end === null) return refuse(['to'], CLOCK)
  if (begin === end) return refuse(['to'], 'to be another time than from: else all day is quiet, or none of it')
  if (zone !== undefined && (typeof zone !== 'string' || !isZone(zone))) {
    return refuse(['zone'], 'to be the IANA name of a time zone, such as America/Sao_Paulo')
  }
  return { ok: true, hours: { from: begin, to: end, zone: zone ?? null } }
}

/** Of those that a document keeps, which were checked when it was written. */
export function hoursOf({ from, to, zone }: QuietHoursGiven): CampaignQuietHours {
  return { from: minutesOf(from) ?? 0, to: minutesOf(to) ?? 0, zone: zone ?? null }
}

const CLOCK = 'to be a time of day from "00:00" to "23:59"'

function minutesOf(text: unknown): number | null {
  const [, hours, minutes] = (typeof text === 'string' && /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text)) || []
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes)
}

function refuse(path: string[], predicate: string): ReadQuietHours {
  return { ok: false, path, predicate }
}

/** What is known of where somebody is. */
export interface Whereabouts {
  /** As it is kept of the contact. */
  contact: string | null
  /** As the list has it, in a column `time_zone`. */
  listed: string | null
  /** Digits of a wa_id, or a BSUID. */
  id: string
}

/** Of what their zones are known; `fallback`: of nothing, so they are those of the campaign. */
export type ZonesBy = 'contact' | 'list' | 'number' | 'fallback'

/** The zones in which somebody may be: the first thing that is known says it. Never none. */
export function zonesOf(
  { contact, listed, id }: Whereabouts,
  fallback: string,
): { zones: readonly string[]; by: ZonesBy } {
  if (contact !== null && isZone(contact)) return { zones: [contact], by: 'contact' }
  if (listed !== null && isZone(listed)) return { zones: [listed], by: 'list' }
  const zones = zonesOfNumber(id)
  return zones.length > 0 ? { zones, by: 'number' } : { zones: [fallback], by: 'fallback' }
}

/** By which the country of an id is told: those of the shared calling codes differ in their first digits, four of which follow +1. */
export function countryDigits(id: string): string {
  return id.slice(0, COUNTRY_DIGITS)
}

const COUNTRY_DIGITS = 7
const MOST_KEPT = 20_000
const kept = new Map<string, readonly string[]>()

function zonesOfNumber(id: string): readonly string[] {
  const begin = countryDigits(id)
  const known = kept.get(begin)
  if (known !== undefined) return known
  const { country } = destinationOf(isBsuid(id) ? { waId: null, bsuid: id } : { waId: id, bsuid: null })
  const zones = country === null ? [] : zonesOfCountry(country)
  if (kept.size >= MOST_KEPT) kept.clear()
  kept.set(begin, zones)
  return zones
}

/**
 * Until when nobody writes to them; null: now somebody may.
 *
 * @param senderZone of the number's account; null: nobody told
 */
export function quietUntil(
  hours: CampaignQuietHours,
  who: Whereabouts,
  senderZone: string | null,
  at: Instant,
): Instant | null {
  return stretchOf(hours, who, senderZone, at).free
}

/**
 * Who is asked of at about the same time in the same zones has the same answer, and it is worked out once for all of them: reading the clocks
 * of a country of many zones takes as long as sending a message.
 */
export function stretchOf(
  hours: CampaignQuietHours,
  who: Whereabouts,
  senderZone: string | null,
  at: Instant,
): Stretch {
  const fallback = fallbackOf(hours, senderZone)
  const { zones } = zonesOf(who, fallback)
  const key = `${hours.from} ${hours.to} ${fallback} ${zones.join(' ')}`
  const stretch = stretches.get(key)
  if (stretch !== undefined && at >= stretch.since && at < stretch.until) return stretch
  if (stretches.size >= MOST_STRETCHES) stretches.clear()
  const found = stretchAt(hours, at, zones, fallback)
  stretches.set(key, found)
  return found
}

function fallbackOf(hours: CampaignQuietHours, senderZone: string | null): string {
  return hours.zone ?? (senderZone !== null && isZone(senderZone) ? senderZone : 'UTC')
}

/** By whose clocks somebody is written to. `apart`: the free hours of their own zones never meet about then, so it is the campaign's. */
export function zonesHeeded(
  hours: CampaignQuietHours,
  who: Whereabouts,
  senderZone: string | null,
  at: Instant,
): { zones: readonly string[]; apart: boolean } {
  const fallback = fallbackOf(hours, senderZone)
  const { zones } = zonesOf(who, fallback)
  const key = `${hours.from} ${hours.to} ${Math.floor(at / DAY_MS)} ${zones.join(' ')}`
  const known = meeting.get(key)
  const apart = known ?? (zones.length > 1 && firstFreeFor(hours, at, zones) === null)
  if (meeting.size >= MOST_STRETCHES) meeting.clear()
  meeting.set(key, apart)
  return apart ? { zones: [fallback], apart } : { zones, apart }
}

/** Whether they are apart, on each day. */
const meeting = new Map<string, boolean>()

/** For each instant from `since` to before `until` the answer is the same: they are free, or quiet until `free`. */
export interface Stretch {
  since: Instant
  until: Instant
  free: Instant | null
}

const MOST_STRETCHES = 5_000
const stretches = new Map<string, Stretch>()

function stretchAt(hours: CampaignQuietHours, at: Instant, zones: readonly string[], fallback: string): Stretch {
  const free = freeAt(hours, at, zones, fallback)
  return free > at
    ? { since: at, until: free, free }
    : { since: at, until: firstQuietFor(hours, at, zones, fallback), free: null }
}

/** When it is quiet again for somebody who is free. */
export function firstQuietFor(
  hours: CampaignQuietHours,
  at: Instant,
  zones: readonly string[],
  fallback: string,
): Instant {
  // What is not quiet is quiet by the hours that are left of a day. Where the free hours of their zones never meet, the fallback's count.
  const free = daily({ ...hours, from: hours.to, to: hours.from })
  const by = firstFreeFor(hours, at, zones) === null ? [fallback] : zones
  return by.map((zone) => firstFree(free, at, zone)).reduce(earliest)
}

export function isQuietFor(hours: CampaignQuietHours, at: Instant, zones: readonly string[]): boolean {
  return zones.some((zone) => isQuiet(daily(hours), at, zone))
}

/** Beyond it no common time is looked for: hours that never meet within these days hardly ever do. */
const LOOKED_DAYS = 3

/** The first instant at or after `at` that is quiet in none of the zones; null where their free hours do not meet. */
export function firstFreeFor(hours: CampaignQuietHours, at: Instant, zones: readonly string[]): Instant | null {
  const range = daily(hours)
  const last = plus(at, LOOKED_DAYS * DAY_MS)
  for (let free = at; free <= last; ) {
    // Nobody is free before the last of them is: so no common instant is passed by.
    const next = zones.reduce((most, zone) => latest(most, firstFree(range, most, zone)), free)
    if (next === free) return free
    free = next
  }
  return null
}

/** When somebody may be written to: where the hours of all their zones never meet, those of the fallback count. */
export function freeAt(hours: CampaignQuietHours, at: Instant, zones: readonly string[], fallback: string): Instant {
  return firstFreeFor(hours, at, zones) ?? firstFree(daily(hours), at, fallback)
}

function daily({ from, to }: CampaignQuietHours) {
  return { from, to, days: EVERY_DAY }
}
