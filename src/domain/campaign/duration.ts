import { MESSAGING_LIMIT_PERIOD_MS, placesOfCampaigns } from '../limits.ts'
import { type Instant, MINUTE_MS, plus } from '../time.ts'

/* How long it takes to write to everybody: played minute by minute, for the messaging limit frees its places as it took them. */

export interface Pace {
  now: Instant
  /** Messages per second of all numbers together; null: as many as they can. */
  maxMps?: number | null
  /** Of the portfolio. Null: unlimited. */
  limit: { limit: number; used: readonly { minute: Instant; users: number }[] } | null
}

/** What one number has to send. */
export interface OfNumber {
  /** Messages per second. */
  mps: number
  /** People who may be written to at the same times. */
  parts: readonly ToSend[]
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

/** Seconds; null where it would be more than a year, or never. */
export function durationOf(numbers: readonly OfNumber[], { now, maxMps = null, limit }: Pace): number | null {
  const left = numbers.map(({ mps, parts }) => ({
    mps,
    parts: parts.filter(({ free, limited }) => free + limited > 0).map((part) => ({ ...part })),
  }))
  const busy = left.filter(({ parts }) => parts.length > 0)
  if (busy.length === 0) return 0
  const isLimited = busy.some(({ parts }) => parts.some(({ limited }) => limited > 0))
  if (busy.some(({ mps }) => mps <= 0) || (limit !== null && limit.limit <= 0 && isLimited)) return null
  const places = placesOf(now, limit)
  const most = (maxMps ?? Number.POSITIVE_INFINITY) * 60
  for (let minute = 0; minute < MOST_MINUTES; minute += 1) {
    const at = plus(now, minute * MINUTE_MS)
    let roomOfAll = most
    let free = places.at(minute)
    let longest = 0
    // Where all together are limited, the one that is furthest behind has the most need of it.
    busy.sort((a, b) => secondsLeft(b) - secondsLeft(a))
    for (const { mps, parts } of busy) {
      const open = parts.filter(({ free, limited, opensAt }) => free + limited > 0 && (!opensAt || opensAt(at) <= at))
      const perMinute = Math.min(mps * 60, roomOfAll)
      let room = perMinute
      for (const part of open) {
        const taken = Math.min(part.limited, room, free)
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
      const sent = perMinute - room
      roomOfAll -= sent
      longest = Math.max(longest, sent / (mps * 60))
    }
    if (busy.every(({ parts }) => parts.every((part) => part.free + part.limited <= 0))) {
      const share = Math.max(longest, most === Number.POSITIVE_INFINITY ? 0 : (most - roomOfAll) / most)
      return Math.ceil(minute * 60 + share * 60)
    }
  }
  return null
}

function secondsLeft({ mps, parts }: OfNumber): number {
  return parts.reduce((sum, { free, limited }) => sum + free + limited, 0) / mps
}

function placesOf(now: Instant, limit: Pace['limit']) {
  if (limit === null) return { at: () => Number.POSITIVE_INFINITY, take: () => {} }
  const frees = new Map<number, number>()
  let left = placesOfCampaigns(limit.limit)
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
