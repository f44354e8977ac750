import { type Instant, MINUTE_MS } from '../time.ts'

/*
 * Days and months of an account: prices begin at its midnight, and free messages, tiers and budgets begin anew with its month. A day is
 * written `2026-10-01`, so days are compared as text.
 */

const formatters = new Map<string, Intl.DateTimeFormat>()
/** Of each zone the day that was asked for last. Every message asks, and no zone has its midnight within a quarter of an hour. */
const lastDays = new Map<string, { quarter: number; day: string }>()

/** The day at an instant in an IANA zone; null: UTC. */
export function localDay(at: Instant, timeZone: string | null): string {
  const zone = timeZone ?? 'UTC'
  const quarter = Math.floor(at / QUARTER_MS)
  const last = lastDays.get(zone)
  if (last?.quarter === quarter) return last.day
  const day = formatterOf(zone).format(at)
  lastDays.set(zone, { quarter, day })
  return day
}

const QUARTER_MS = 15 * MINUTE_MS

export function monthOf(day: string): string {
  return day.slice(0, 7)
}

export function isTimeZone(zone: string): boolean {
  // Offsets are no zones: nobody's rules for summer stand behind them, and PostgreSQL reads their sign the other way round.
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    formatterOf(zone)
    return true
  } catch {
    return false
  }
}

/** In Sweden a date is written like that. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  formatters.set(timeZone, made)
  return made
}

/** A day that is in the calendar, written `2026-10-01`. */
export function isDay(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (parts === null || text < '1970-01-01') return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
