import type { ConversationRecord } from '../records.ts'

/** Events of the last second, for the throughput of one business number. */
export class RollingSecond {
  #times: number[] = []
  #head = 0

  countAt(now: number): number {
    while (this.#head < this.#times.length && (this.#times[this.#head] as number) <= now - 1_000) this.#head += 1
    if (this.#head > 4_096) {
      this.#times = this.#times.slice(this.#head)
      this.#head = 0
    }
    return this.#times.length - this.#head
  }

  add(now: number): void {
    this.#times.push(now)
  }
}

/**
 * The pair limit as a cell-rate bucket: `burst` messages at once, then one per `refillMs`.
 * Source: Meta, about-the-platform, pair rate limits: 1 message per 6 s, bursts up to 45 (read 2026-11).
 */
export function hasPairCredit(conversation: ConversationRecord, burst: number, refillMs: number, now: number): boolean {
  return conversation.pairFullAt - now <= (burst - 1) * refillMs
}

export function spendPairCredit(conversation: ConversationRecord, refillMs: number, now: number): void {
  conversation.pairFullAt = Math.max(conversation.pairFullAt, now) + refillMs
}

/**
 * Distinct users of the last 24 hours, for the messaging limit of one portfolio.
 * Source: Meta, messaging-limits: unique users messaged outside a customer service window (read 2026-11).
 */
export class RollingDay {
  /** By customer, in order of their latest time: a user counted again moves to the end. */
  readonly #latest = new Map<string, number>()

  admits(customerKey: string, limit: number, now: number): boolean {
    this.#forget(now)
    return this.#latest.has(customerKey) || this.#latest.size < limit
  }

  add(customerKey: string, now: number): void {
    this.#latest.delete(customerKey)
    this.#latest.set(customerKey, now)
  }

  size(now: number): number {
    this.#forget(now)
    return this.#latest.size
  }

  #forget(now: number): void {
    for (const [customerKey, at] of this.#latest) {
      if (at > now - 24 * 60 * 60 * 1000) return
      this.#latest.delete(customerKey)
    }
  }
}

/** The name Graph gives a messaging limit. */
export function tierName(limit: number | null): string {
  if (limit === null) return 'TIER_UNLIMITED'
  return TIERS[limit] ?? 'TIER_NOT_SET'
}

const TIERS: Readonly<Record<number, string>> = {
  50: 'TIER_50',
  250: 'TIER_250',
  2000: 'TIER_2K',
  10000: 'TIER_10K',
  100000: 'TIER_100K',
}
