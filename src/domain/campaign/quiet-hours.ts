import { EVERY_DAY } from '../flow/moment.ts'
import { firstFree, isQuiet } from '../flow/quiet-hours.ts'
import { destinationOf } from '../money/destination.ts'
import { isBsuid } from '../recipient.ts'
import { DAY_MS, type Instant, latest, plus } from '../time.ts'
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

/** Countries of the shared calling codes are told apart by their first digits, four of which follow +1. */
const COUNTRY_DIGITS = 7
const MOST_KEPT = 20_000
const kept = new Map<string, readonly string[]>()

function zonesOfNumber(id: string): readonly string[] {
  const begin = id.slice(0, COUNTRY_DIGITS)
  const known = kept.get(begin)
  if (known !== undefined) return known
  const { country } = destinationOf(isBsuid(id) ? { waId: null, bsuid: id } : { waId: id, bsuid: null })
  const zones = country === null ? [] : zonesOfCountry(country)
  if (kept.size >= MOST_KEPT) kept.clear()
  kept.set(begin, zones)
  return zones
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
