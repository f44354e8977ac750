import type { Instant } from '../domain/time.ts'
import type { WebhookEvent } from '../graph/webhook-event.ts'
import type { AccountIo } from './apply-account.ts'
import type { EchoIo } from './apply-echo.ts'
import type { HandoverIo } from './apply-handover.ts'
import type { InboundIo } from './apply-inbound.ts'
import type { StatusIo } from './apply-statuses.ts'
import { Busy } from './busy.ts'
import type { HeardChannel } from './webhook-liveness.ts'
import type { Part, Payload } from './webhook-parts.ts'

/** Reads and writes of one transaction. */
export type WebhookIo = InboundIo &
  EchoIo &
  HandoverIo &
  StatusIo &
  AccountIo & {
    markApplied(ids: string[]): Promise<void>
  }

export interface ClaimedPayload {
  id: string
  payload: string
  receivedAt: Instant
  /** A number it speaks of went to another workspace since. */
  elsewhere: boolean
}

export interface WebhookClaim {
  payloads: ClaimedPayload[]
  /** There may be more that nobody has claimed. */
  more: boolean
  release(): Promise<void>
}

export interface ClaimLimits {
  payloads: number
  /** Of all payloads together; one larger payload is claimed alone. */
  bytes: number
}

/**
 * What an error of a transaction says. `passing`: the database is away, and everything stays pending. `slow`: this took longer than it may, and
 * may do so each time.
 */
export type ApplyError = 'busy' | 'slow' | 'deadlock' | 'passing' | 'poison'

export interface WebhookInbox {
  /** Takes the oldest pending payloads that no other process works on, but none of `except`. */
  claim(limits: ClaimLimits, except: string[]): Promise<WebhookClaim>
  parse(payload: string): WebhookEvent[]
  /** Waits briefly for locks, then throws; rolls back when it throws. */
  inTransaction<T>(run: (io: WebhookIo) => Promise<T>): Promise<T>
  markFailed(id: string, error: string): Promise<void>
  /** What has been applied, and committed, says this of the channels. */
  heard(channels: HeardChannel[]): void
  kindOf(error: unknown): ApplyError
  /** Intents fell due by what has been committed. */
  announceDue(): void
  onUnknown(event: Extract<WebhookEvent, { kind: 'unknown' | 'malformed' }>): void
}

/**
 * One transaction for these parts. `poison`: something in it can never be applied; a part that is alone is set aside at once, which counts
 * as applied here. `effects` answers whether an intent fell due.
 */
export async function applyTogether(
  inbox: WebhookInbox,
  parts: Part<WebhookEvent>[],
  effects: (io: WebhookIo) => Promise<boolean>,
): Promise<'applied' | 'busy' | 'poison'> {
  const last = parts.map(({ payload }) => payload).filter((payload) => payload.unfinished === 1 && !payload.left)
  try {
    const due = await retryingDeadlocks(inbox, () =>
      inbox.inTransaction(async (io) => {
        const due = await effects(io)
        await io.markApplied(last.map((payload) => payload.id))
        return due
      }),
    )
    for (const { payload } of parts) payload.unfinished -= 1
    for (const payload of last) payload.marked = true
    if (due) inbox.announceDue()
    return 'applied'
  } catch (error) {
    const kind = inbox.kindOf(error)
    if (kind === 'passing') throw error
    if (kind === 'slow') for (const { payload } of parts) payload.slow = true
    if (kind !== 'poison') return 'busy'
    const [alone, ...others] = parts
    if (alone === undefined || others.length > 0) return 'poison'
    await setAside(inbox, alone.payload, error)
    return 'applied'
  }
}

/** Times a deadlock is met with another try at once; then it counts as busy. */
const DEADLOCK_RETRIES = 3

export async function retryingDeadlocks<T>(inbox: WebhookInbox, run: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await run()
    } catch (error) {
      if (inbox.kindOf(error) !== 'deadlock') throw error
      if (tries === DEADLOCK_RETRIES) throw new Busy('deadlocks', { cause: error })
    }
  }
}

export async function setAside(inbox: WebhookInbox, payload: Payload, error: unknown): Promise<void> {
  payload.failed = true
  await keepAside(inbox, payload.id, error)
}

export async function keepAside(inbox: WebhookInbox, id: string, error: unknown): Promise<void> {
  await inbox.markFailed(id, error instanceof Error ? error.message : String(error))
}

/** A payload that was left rests so long at first, twice as long each time after, and never longer than the last; milliseconds. */
const FIRST_REST_MS = 25
const LONGEST_REST_MS = 2_000
/** What takes too long is looked at this seldom, for each look keeps others waiting; milliseconds. */
const SLOW_REST_MS = 60_000
/** A payload that was not left again for this long has been applied, here or by another process; milliseconds. */
const FORGOTTEN_AFTER_MS = 10_000

/** Which payloads were left by this process and are not worth another look yet. Instants of a monotonic clock, in milliseconds. */
export function restingPayloads() {
  const resting = new Map<string, { until: number; restMs: number }>()
  return {
    at(now: number): string[] {
      for (const [id, { until }] of resting) if (now - until > FORGOTTEN_AFTER_MS) resting.delete(id)
      return [...resting].flatMap(([id, { until }]) => (until > now ? [id] : []))
    },
    left(ids: string[], now: number, slow: ReadonlySet<string> = new Set()): void {
      for (const id of ids) {
        const known = resting.get(id)
        const rest = known === undefined ? FIRST_REST_MS : Math.min(2 * known.restMs, LONGEST_REST_MS)
        const restMs = slow.has(id) ? SLOW_REST_MS : rest
        resting.set(id, { until: now + restMs, restMs })
      }
    },
    msUntilNext(now: number): number {
      const ends = [...resting.values()].map(({ until }) => until - now).filter((ms) => ms > 0)
      return Math.min(LONGEST_REST_MS, ...ends)
    },
  }
}
