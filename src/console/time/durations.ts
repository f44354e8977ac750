export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/**
 * Whether a weekday alone says which day is meant: “Mon” was lately, or is tomorrow. Of one six days ahead nobody knows whether it is meant.
 *
 * @param ahead milliseconds until then; of the past less than nothing
 */
export function isOnlyDay(ahead: number): boolean {
  return ahead > -6 * DAY_MS && ahead < 1.5 * DAY_MS
}

export type Unit = 'day' | 'hour' | 'minute' | 'second'
/** The parts that are shown, largest first. */
export type Parts = readonly (readonly [amount: number, unit: Unit])[]

/** Exact, never rounded up to a day: `1 d 10 h 36 min`, `23 h 41 min`, `42 s`. Of less than nothing: 0 s. */
export function partsOf(ms: number): Parts {
  const left = Math.max(0, ms)
  const days = Math.floor(left / DAY_MS)
  const hours = Math.floor((left % DAY_MS) / HOUR_MS)
  const minutes = Math.floor((left % HOUR_MS) / MINUTE_MS)
  const seconds = Math.floor((left % MINUTE_MS) / SECOND_MS)
  const all = [
    [days, 'day'],
    [hours, 'hour'],
    [minutes, 'minute'],
    // Under an hour each second counts; above it would only flicker.
    [left < HOUR_MS ? seconds : 0, 'second'],
  ] as const
  const shown = all.filter(([amount]) => amount > 0)
  return shown.length > 0 ? shown : [[0, 'second']]
}

/** What a countdown shows: `41:12` under an hour, else hours and minutes of what is left, rounded up so that 0 is the end. */
export function countdownOf(ms: number): { clock: string } | { hours: number; minutes: number } {
  const left = Math.max(0, Math.ceil(ms / SECOND_MS) * SECOND_MS)
  if (left < HOUR_MS) {
    const two = (n: number) => String(n).padStart(2, '0')
    return { clock: `${two(Math.floor(left / MINUTE_MS))}:${two(Math.floor((left % MINUTE_MS) / SECOND_MS))}` }
  }
  return { hours: Math.floor(left / HOUR_MS), minutes: Math.floor((left % HOUR_MS) / MINUTE_MS) }
}
