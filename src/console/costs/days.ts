import type { useFormatter } from 'use-intl'

export interface PointOfDay {
  /** `2026-11-30` */
  day: string
  expected: number
  actual: number
}

const DAY_S = 86_400

/**
 * The columns of a chart: each day of a period, in seconds of its midnight (UTC), and nothing where nothing was sent.
 *
 * @param from the first day, and `to` the last
 */
export function daysOf(
  points: readonly PointOfDay[],
  from: string,
  to: string,
): [days: number[], expected: number[], actual: number[]] {
  const byDay = new Map(points.map((point) => [Date.parse(point.day) / 1000, point]))
  const all = [...byDay.keys(), Date.parse(from) / 1000, Date.parse(to) / 1000]
  const days: number[] = []
  for (let at = Math.min(...all); at <= Math.max(...all); at += DAY_S) days.push(at)
  const column = (member: 'expected' | 'actual') => days.map((at) => byDay.get(at)?.[member] ?? 0)
  return [days, column('expected'), column('actual')]
}

/** A day as people write it, wherever it is looked at from. @param day such as `2026-11-30`, or an instant of it in UTC */
export function dayWords(format: ReturnType<typeof useFormatter>, day: string | number, year = true): string {
  const shown = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const
  return format.dateTime(new Date(day), year ? { ...shown, year: 'numeric' } : shown)
}
