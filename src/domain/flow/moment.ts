import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, plus, SECOND_MS } from '../time.ts'
import { plusDays } from '../zoned-time.ts'

/*
 * Times of a flow: `window.closes - 1h`. A day is a day of the calendar, 23 or 25 hours where the clocks are changed; 24h is not.
 */

export interface Duration {
  ms: number
  days: number
}

export const ANCHORS = [
  'now',
  'trigger.at',
  'run.started_at',
  'window.opens',
  'window.closes',
  'free_entry.reply_by',
  'free_entry.closes',
] as const

export type Anchor =
  | { kind: (typeof ANCHORS)[number] }
  | { kind: 'step'; step: string; what: 'sent_at' | 'delivered_at' }
  | { kind: 'data'; field: string }

export interface Moment {
  source: string
  anchor: Anchor
  sign: 1 | -1
  offset: Duration
}

export const DURATION_PATTERN = /^(?:\d{1,6}[smhd]){1,4}$/
export const NO_DURATION: Duration = { ms: 0, days: 0 }
/** The longest wait: longer than anybody remembers what a flow was for. */
export const LONGEST_MS = 365 * DAY_MS

const UNITS = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS } as const

/** Null when the text is no duration. */
export function parseDuration(text: string): Duration | null {
  if (!DURATION_PATTERN.test(text)) return null
  const sum = { ...NO_DURATION }
  for (const [, n, unit] of text.matchAll(/(\d+)([smhd])/g)) {
    if (unit === 'd') sum.days += Number(n)
    else sum.ms += Number(n) * UNITS[unit as keyof typeof UNITS]
  }
  return sum
}

/** Its usual length in milliseconds: a day counts 24 hours. */
export function lengthOf({ ms, days }: Duration): number {
  return ms + days * DAY_MS
}

export function shift(at: Instant, { ms, days }: Duration, sign: 1 | -1, zone: string): Instant {
  const moved = days === 0 ? at : plusDays(at, sign * days, zone)
  return plus(moved, sign * ms)
}

/** Null when the text has not this shape. Whether the step or field exists is asked elsewhere. */
export function parseMoment(source: string): Moment | null {
  const match = /^\s*([a-z][a-z0-9_.]*)(?:\s*([+-])\s*(\S+))?\s*$/.exec(source)
  if (!match) return null
  const anchor = parseAnchor(match[1] as string)
  const offset = match[3] === undefined ? NO_DURATION : parseDuration(match[3])
  if (anchor === null || offset === null) return null
  return { source, anchor, sign: match[2] === '-' ? -1 : 1, offset }
}

function parseAnchor(name: string): Anchor | null {
  const plain = ANCHORS.find((anchor) => anchor === name)
  if (plain) return { kind: plain }
  const [head, middle, tail, ...rest] = name.split('.')
  if (head === 'data' && middle && tail === undefined) return { kind: 'data', field: middle }
  const isStep = head === 'step' && middle && rest.length === 0 && (tail === 'sent_at' || tail === 'delivered_at')
  return isStep ? { kind: 'step', step: middle, what: tail } : null
}

/** `09:00` as minutes since midnight; null when it is no time of day. */
export function parseTimeOfDay(text: string): number | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text)
  return match ? Number(match[1]) * 60 + Number(match[2]) : null
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
export const EVERY_DAY: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7])

/** `mon-fri`, `sat,sun`, `fri-mon`; null when it is none. Monday is 1. */
export function parseDays(text: string): ReadonlySet<number> | null {
  const days = new Set<number>()
  for (const part of text.split(',')) {
    const [from, to = from, ...rest] = part
      .trim()
      .split('-')
      .map((day) => DAYS.indexOf(day.trim()) + 1)
    if (!from || !to || rest.length > 0) return null
    for (let day = from; ; day = (day % 7) + 1) {
      days.add(day)
      if (day === to) break
    }
  }
  return days
}
