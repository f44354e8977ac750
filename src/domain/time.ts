/**
 * One instant, as milliseconds since the Unix epoch, UTC. Domain functions take `now` as an input and never read a clock:
 * Graph's stamps say when a user wrote, the database's `now()` decides eligibility, the process's clock only measures durations.
 */
export type Instant = number & { readonly __brand: 'Instant' }

export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

export function instant(epochMs: number): Instant {
  if (!Number.isFinite(epochMs)) throw new RangeError(`expected epoch milliseconds, got ${epochMs}`)
  return epochMs as Instant
}

export function toDate(at: Instant): Date {
  return new Date(at)
}

export function toIso(at: Instant): string {
  return new Date(at).toISOString()
}

export function plus(at: Instant, ms: number): Instant {
  return (at + ms) as Instant
}

export function latest(a: Instant, b: Instant): Instant {
  return a >= b ? a : b
}

export function earliest(a: Instant, b: Instant): Instant {
  return a <= b ? a : b
}

/**
 * Meta's webhook stamps: Unix seconds, as a string in most payloads and a number in some (calls). Null when it is neither
 * or not a plausible time, so a bad stamp never moves a window. Source: Meta, webhooks reference, messages (read 2026-11).
 */
export function fromMetaTimestamp(value: unknown): Instant | null {
  const seconds = typeof value === 'string' && /^\d{9,11}$/.test(value) ? Number(value) : value
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 1e9 || seconds > 4e9) return null
  return (seconds * SECOND_MS) as Instant
}
