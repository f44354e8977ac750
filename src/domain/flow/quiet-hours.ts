import type { Instant } from '../time.ts'
import { instantsOf, nextClockChange, wallTimeOf } from '../zoned-time.ts'

/** Hours in which nothing is sent. A night belongs to the day it begins on. */
export interface QuietHours {
  /** Minutes since midnight; `to` is the first that is free again and may be of the next day. */
  from: number
  to: number
  days: ReadonlySet<number>
}

/** By what a clock shows, so that an hour that comes twice is quiet twice. */
export function isQuiet(hours: QuietHours, at: Instant, zone: string): boolean {
  const { minutes, weekday } = wallTimeOf(at, zone)
  const { from, to, days } = hours
  if (from < to) return minutes >= from && minutes < to && days.has(weekday)
  const yesterday = weekday === 1 ? 7 : weekday - 1
  return (minutes >= from && days.has(weekday)) || (minutes < to && days.has(yesterday))
}

/** The first instant at or after `at` that is not quiet: an end of theirs, or a change of the clocks that leads out of them. */
export function firstFree(hours: QuietHours, at: Instant, zone: string): Instant {
  if (!isQuiet(hours, at, zone)) return at
  const today = wallTimeOf(at, zone).date
  const change = nextClockChange(at, zone)
  for (let day = 0; day <= 9; day++) {
    const { edges } = instantsOf(today.add({ days: day }), hours.to, zone)
    const free = edges.find((edge) => edge > at && !isQuiet(hours, edge, zone))
    if (free === undefined) continue
    return change !== null && change < free && !isQuiet(hours, change, zone) ? change : free
  }
  throw new RangeError('expected quiet hours that end')
}
