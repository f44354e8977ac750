import { IN_CALENDAR, isInCalendar } from '../date-time.ts'
import { lengthOf, parseDuration } from '../flow/moment.ts'
import { DAY_MS, type Instant, instant, plus, toIso } from '../time.ts'
import { instantOfLocal, isZone, parseLocalTime } from '../zoned-time.ts'
import { type QuietHoursGiven, readQuietHours } from './quiet-hours.ts'

/* When a campaign writes: its members that say so, as they are kept in its document. */

/** The wall of each recipient. */
export const RECIPIENT = 'recipient'

export interface LocalStart {
  /** Without a zone: `2026-12-01T10:00`. */
  local: string
  /** An IANA name, or each recipient's own. */
  time_zone: string
}

/** Of whom the wall time was over already when the campaign began. */
export const LATE = ['send_now', 'tomorrow', 'skip'] as const
export type Late = (typeof LATE)[number]

export interface CampaignTiming {
  /** Not before then: ISO 8601 in UTC, or a time on a wall. */
  send_at?: string | LocalStart
  late?: Late
  /** Begun by itself no later than so long after its time; a duration such as `6h`. */
  start_within?: string
  /** So long each message is good for, from the moment its turn comes. */
  valid_for?: string
  quiet_hours?: QuietHoursGiven
  /** Messages per second at most, whatever its number could. */
  max_mps?: number
}

export type ReadTiming = { ok: true; timing: CampaignTiming } | { ok: false; path: string[]; predicate: string }

/** @param readInstant of a text with an offset; null where it is none */
export function readTiming(given: Record<string, unknown>, readInstant: (text: unknown) => string | null): ReadTiming {
  const { send_at, late, start_within, valid_for, quiet_hours, max_mps } = given
  const begins = send_at === undefined ? undefined : readStart(send_at, readInstant)
  if (begins === null) {
    return refuse(
      ['send_at'],
      'to be an ISO 8601 date and time with a zone, or {"local":"2026-12-01T10:00","time_zone":"recipient"} with an IANA zone or "recipient"',
    )
  }
  if (begins !== undefined && !isInCalendar(Date.parse(beginsAt({ send_at: begins }) as string))) {
    return refuse(['send_at'], IN_CALENDAR)
  }
  if (late !== undefined) {
    if (!LATE.some((one) => one === late)) return refuse(['late'], `to be one of ${LATE.join(', ')}`)
    if (!isLocalStart(begins) || begins.time_zone !== RECIPIENT) {
      return refuse(['late'], `only beside a send_at with time_zone "${RECIPIENT}": else nobody is late alone`)
    }
  }
  const badWithin = start_within === undefined ? null : durationProblem(start_within, 60_000, 30 * DAY_MS)
  if (badWithin !== null) return refuse(['start_within'], badWithin)
  if (start_within !== undefined && begins === undefined) return refuse(['start_within'], 'only beside a send_at')
  const badValid = valid_for === undefined ? null : durationProblem(valid_for, 60_000, 30 * DAY_MS)
  if (badValid !== null) return refuse(['valid_for'], badValid)
  const quiet = quiet_hours === undefined ? null : readQuietHours(quiet_hours)
  if (quiet && !quiet.ok) return refuse(['quiet_hours', ...quiet.path], quiet.predicate)
  if (max_mps !== undefined && !isPace(max_mps)) {
    return refuse(['max_mps'], `to be a number of messages per second from ${LEAST_MPS} to ${MOST_MPS}`)
  }
  return {
    ok: true,
    timing: {
      ...(begins === undefined ? {} : { send_at: begins }),
      ...(late === undefined ? {} : { late: late as Late }),
      ...(start_within === undefined ? {} : { start_within: start_within as string }),
      ...(valid_for === undefined ? {} : { valid_for: valid_for as string }),
      ...(max_mps === undefined ? {} : { max_mps }),
      ...(quiet === null ? {} : { quiet_hours: quiet_hours as CampaignTiming['quiet_hours'] }),
    } as CampaignTiming,
  }
}

/** One in a minute and a half. */
const LEAST_MPS = 0.01
/** Faster no number is. Source: Meta, "Throughput" (read 2026-11). */
const MOST_MPS = 1_000

function isPace(given: unknown): given is number {
  return typeof given === 'number' && given >= LEAST_MPS && given <= MOST_MPS
}

export function isLocalStart(sendAt: CampaignTiming['send_at'] | undefined): sendAt is LocalStart {
  return typeof sendAt === 'object'
}

function readStart(given: unknown, readInstant: (text: unknown) => string | null): string | LocalStart | null {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return readInstant(given)
  const { local, time_zone: zone, ...rest } = given as Record<string, unknown>
  if (Object.keys(rest).length > 0) return null
  if (typeof local !== 'string' || parseLocalTime(local) === null) return null
  if (typeof zone !== 'string' || (zone !== RECIPIENT && !isZone(zone))) return null
  return { local, time_zone: zone }
}

function durationProblem(given: unknown, least: number, most: number): string | null {
  const read = typeof given === 'string' ? parseDuration(given) : null
  const ms = read === null ? null : lengthOf(read)
  return ms !== null && ms >= least && ms <= most ? null : 'to be a duration from "1m" to "30d", such as "6h"'
}

/** Of a duration that was checked; milliseconds. */
export function millisecondsOf(duration: string): number {
  const read = parseDuration(duration)
  if (read === null) throw new RangeError(`expected a duration, got ${duration}`)
  return lengthOf(read)
}

/** Nowhere is a clock further ahead. */
const FURTHEST_AHEAD_MS = 14 * 3_600_000

/** When its first recipient may be written to, as ISO 8601 in UTC; null: at once. A time on everybody's own wall comes first in the east. */
export function beginsAt({ send_at: sendAt }: CampaignTiming): string | null {
  if (sendAt === undefined) return null
  if (!isLocalStart(sendAt)) return sendAt
  const at = (zone: string) => wallInstant(sendAt.local, zone)
  return toIso(sendAt.time_zone === RECIPIENT ? plus(at('UTC'), -FURTHEST_AHEAD_MS) : at(sendAt.time_zone))
}

/** Later than that it is no more begun by itself; null: it has no time. */
export function beginBy(timing: CampaignTiming): string | null {
  const begins = beginsAt(timing)
  return begins === null ? null : toIso(plus(instant(Date.parse(begins)), startWithinMs(timing)))
}

/** When a clock there shows it; see `instantOfLocal`. @param days so many calendar days later */
export function wallInstant(local: string, zone: string, days = 0): Instant {
  const parsed = parseLocalTime(local)
  if (parsed === null) throw new RangeError(`expected a local time, got ${local}`)
  return instant(instantOfLocal(parsed.add({ days }), zone))
}

const START_WITHIN = '6h'

/** Longer after its time a campaign is no more begun by itself: it would be a surprise, perhaps at night. Milliseconds. */
function startWithinMs({ start_within: within = START_WITHIN }: CampaignTiming): number {
  return millisecondsOf(within)
}

const VALID_FOR = '7d'

/** So long a message is good for from its turn on; milliseconds. */
export function validForMs({ valid_for: validFor = VALID_FOR }: CampaignTiming): number {
  return millisecondsOf(validFor)
}

function refuse(path: string[], predicate: string): ReadTiming {
  return { ok: false, path, predicate }
}
