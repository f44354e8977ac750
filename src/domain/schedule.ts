import * as z from 'zod'
import { type ZoneFacts, zoneOfContact } from './contact-zone.ts'
import { IN_CALENDAR, isInCalendar, zonedInstant } from './date-time.ts'
import { earliest, type Instant, instant, latest, MINUTE_MS, plus } from './time.ts'
import { type WindowRecord, windowExpiresAt } from './window.ts'
import { instantOfLocal, isZone, parseLocalTime } from './zoned-time.ts'

/*
 * When a message is to leave, as it was asked for. An instant is one; a local time means an instant that may move with the person's zone, or
 * with a country's clocks; and the end of a window moves with every message of theirs. What moves is kept beside what it means at present.
 */

const localSchema = z.strictObject({
  local: z
    .string()
    .refine(
      (text) => parseLocalTime(text) !== null,
      'to be a local date and time without a zone, such as "2026-12-01T09:00"',
    )
    .refine((text) => parseLocalTime(text) === null || isInCalendar(Date.parse(`${text}Z`)), IN_CALENDAR),
  time_zone: z
    .string()
    .refine(
      (zone) => zone === CONTACT || isZone(zone),
      'to be "contact" or an IANA time zone such as "America/Sao_Paulo"',
    )
    .meta({ description: "contact: the contact's own, and moving with it; else the likely one of the number." }),
})

/** The zone of whoever it goes to. */
export const CONTACT = 'contact'

export const sendAtSchema = z
  .union([
    zonedInstant('to be an ISO 8601 date and time with a zone, {"local", "time_zone"} or "before_close"'),
    z.literal('before_close'),
    localSchema,
  ])
  .meta({
    description:
      'An instant; a local time, that of a zone or of the contact; or before_close: the last safe moment before the window closes, moving ' +
      'with it, and now where it is closed.',
  })

export type SendAt = z.output<typeof sendAtSchema>
export type LocalTime = z.output<typeof localSchema>
export type MovingTime = LocalTime | 'before_close'

/** What is kept of a time that may move. */
export interface Schedule {
  sendAt: MovingTime
  /** How long after it the message expires, in milliseconds; null where the producer said when. */
  lifetimeMs: number | null
}

export interface ScheduleFacts extends ZoneFacts {
  window: WindowRecord
  /** See `DecisionSettings`. */
  windowMarginMs: number
}

/** So long before the margin a message is due, that it is through before the window counts as closed. */
export const BEFORE_CLOSE_MS = 2 * MINUTE_MS

/** Null: it does not move. */
export function movingTime(asked: SendAt): MovingTime | null {
  return asked === 'before_close' || typeof asked === 'object' ? asked : null
}

/** What it means by these facts; for `before_close` null while no window is open for long enough. */
export function momentOf(asked: MovingTime, facts: ScheduleFacts, now: Instant): Instant | null {
  if (asked !== 'before_close') {
    const local = parseLocalTime(asked.local)
    if (local === null) throw new RangeError(`expected a local time, got ${asked.local}`)
    return instantOfLocal(local, asked.time_zone === CONTACT ? zoneOfContact(facts) : asked.time_zone)
  }
  const closes = windowExpiresAt(facts.window)
  const last = closes === null ? null : plus(closes, -facts.windowMarginMs - BEFORE_CLOSE_MS)
  return last !== null && last > now ? last : null
}

/** An intent that has not left, as far as its times go. */
export interface Times {
  sendAt: Instant
  dueAt: Instant
  expiresAt: Instant
}

/** A message with an end of its own leaves so long before it at the latest. */
const BEFORE_EXPIRY_MS = MINUTE_MS

/**
 * Where the times of a message move when the facts are other ones; null where they stay. What was put off (a limit, a try that failed) is
 * never pulled forward, and what is due already, because no window is open, stays due.
 */
export function movedTimes(times: Times, schedule: Schedule, facts: ScheduleFacts, now: Instant): Times | null {
  const ends = schedule.lifetimeMs === null ? times.expiresAt : null
  const moment = latest(now, withinLife(momentOf(schedule.sendAt, facts, now) ?? now, ends))
  // What is due already and may go now stays where it is in its turn.
  if (moment === times.sendAt || (moment === now && times.sendAt <= now)) return null
  if (ends !== null && ends <= moment) return null
  const expiresAt = schedule.lifetimeMs === null ? times.expiresAt : plus(moment, schedule.lifetimeMs)
  return { sendAt: moment, dueAt: dueAfterMove(times, moment), expiresAt }
}

/** Not later than an end that the producer gave allows. */
export function withinLife(moment: Instant, expiresAt: Instant | null): Instant {
  return expiresAt === null ? moment : earliest(moment, plus(expiresAt, -BEFORE_EXPIRY_MS))
}

/** A `dueAt` behind `sendAt` says that it was put off until then. */
export function dueAfterMove({ sendAt, dueAt }: Pick<Times, 'sendAt' | 'dueAt'>, to: Instant): Instant {
  return dueAt > sendAt ? latest(dueAt, to) : to
}

/** Bounds of a local time, whichever zone it is told by; to refuse early what no zone makes right. */
export function localBounds({ local }: LocalTime): { earliest: Instant; latest: Instant } {
  const parsed = parseLocalTime(local)
  if (parsed === null) throw new RangeError(`expected a local time, got ${local}`)
  const utc = instantOfLocal(parsed, 'UTC')
  return { earliest: instant(utc - 14 * 60 * MINUTE_MS), latest: instant(utc + 14 * 60 * MINUTE_MS) }
}
