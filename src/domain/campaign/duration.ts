import { MESSAGING_LIMIT_PERIOD_MS } from '../limits.ts'
import { type Instant, MINUTE_MS, plus } from '../time.ts'

/* How long it takes to write to everybody: played minute by minute, for the messaging limit frees its places as it took them. */

export interface Pace {
  now: Instant
  /** Messages per second of the number. */
  mps: number
  /** Null: unlimited. */
  limit: { limit: number; used: readonly { minute: Instant; users: number }[] } | null
}

export interface ToSend {
  /** Messages that take no place of the messaging limit. */
  free: number
  /** People who take one. */
  limited: number
  /** The first instant at or after `at` at which they may be written to; absent: always. */
  opensAt?(at: Instant): Instant
}

/** Beyond it nobody waits for the end. */
const MOST_MINUTES = 366 * 24 * 60
/** The minute in which a place was taken has to be over, and a day after it. */
const KEPT_MINUTES = MESSAGING_LIMIT_PERIOD_MS / MINUTE_MS + 1

/**
 * Seconds; null where it would be more than a year, or never.
 *
 * @param parts people who may be written to at the same times
 */
export function durationOf(parts: readonly ToSend[], { now, mps, limit }: Pace): number | null {
  const left = parts.filter(({ free, limited }) => free + limited > 0).map((part) => ({ ...part }))
  if (left.length === 0) return 0
  if (mps <= 0 || (limit !== null && limit.limit <= 0 && left.some(({ limited }) => limited > 0))) return null
  const places = placesOf(now, limit)
  const perMinute = mps * 60
  for (let minute = 0; minute < MOST_MINUTES; minute += 1) {
    const at = plus(now, minute * MINUTE_MS)
    const open = left.filter(({ free, limited, opensAt }) => free + limited > 0 && (!opensAt || opensAt(at) <= at))
    let room = perMinute
    let free = places.at(minute)
    for (const part of open) {
      const taken = Math.min(part.limited, Math.floor(room), free)
      free -= taken
      room -= taken
      part.limited -= taken
      places.take(minute, taken)
    }
    for (const part of open) {
      const rest = Math.min(part.free, room)
      room -= rest
      part.free -= rest
    }
    if (left.every((part) => part.free + part.limited <= 0)) {
      return Math.ceil(minute * 60 + ((perMinute - room) / perMinute) * 60)
    }
  }
  return null
}

function placesOf(now: Instant, limit: Pace['limit']) {
  if (limit === null) return { at: () => Number.POSITIVE_INFINITY, take: () => {} }
  const frees = new Map<number, number>()
  let left = limit.limit
  for (const { minute, users } of limit.used) {
    left -= users
    free(Math.ceil((minute - now) / MINUTE_MS) + KEPT_MINUTES, users)
  }
  function free(minute: number, users: number): void {
    if (users > 0) frees.set(Math.max(0, minute), (frees.get(Math.max(0, minute)) ?? 0) + users)
  }
  return {
    at(minute: number): number {
      left += frees.get(minute) ?? 0
      frees.delete(minute)
      return Math.max(0, left)
    },
    take(minute: number, users: number): void {
      left -= users
      free(minute + KEPT_MINUTES, users)
    },
  }
}
