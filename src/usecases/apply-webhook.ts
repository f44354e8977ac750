import { applyAccountEvent } from './apply-account.ts'
import { applyEcho } from './apply-echo.ts'
import { applyHandover } from './apply-handover.ts'
import { applyInbound, applyNumberChanged, applyPreference } from './apply-inbound.ts'
import { applyStatusParts } from './apply-statuses.ts'
import {
  applyTogether,
  type ClaimedPayload,
  type ClaimLimits,
  keepAside,
  type WebhookInbox,
  type WebhookIo,
} from './webhook-inbox.ts'
import { heardIn } from './webhook-liveness.ts'
import {
  type AccountEvent,
  leave,
  type Part,
  type Payload,
  type PersonEvent,
  partsOf,
  payloadOf,
} from './webhook-parts.ts'

/*
 * Webhooks are verified, stored raw and acknowledged by the API; here they are applied, from the rows, by every process. A round claims
 * some payloads, so that two processes do not work on the same ones, and commits in small steps: one person at a time, statuses many at a
 * time in one order, the news of an account payload by payload. Each effect may be repeated, and a payload is marked as applied in the
 * transaction of its last effects or after it. So a crash at any point repeats something and doubles nothing.
 *
 * Nobody waits long for a lock. What is busy, because another process has the person in hand or a producer's transaction is open, is left
 * for a later round and stops nothing else, and so is what takes too long, which is looked at seldom. A deadlock is tried again at once. What can never be applied is kept aside with its error.
 */

export interface Round {
  taken: number
  applied: number
  failed: number
  /** Payloads of which something was busy. */
  left: string[]
  /** Those of them that took too long. */
  slow: Set<string>
  more: boolean
}

/** People of one process that are worked on at once. */
const PEOPLE_AT_ONCE = 4

export async function applyWebhooks(inbox: WebhookInbox, limits: ClaimLimits, except: string[] = []): Promise<Round> {
  const claim = await inbox.claim(limits, except)
  try {
    const payloads = await readable(inbox, claim.payloads)
    const { people, statuses, accounts } = partsOf(payloads)
    const busy: Part<PersonEvent>[][] = []
    await sideBySide(people, PEOPLE_AT_ONCE, async (parts) => {
      if (!(await applyPerson(inbox, parts))) busy.push(parts)
    })
    await applyStatusParts(inbox, statuses)
    for (const part of accounts) await applyAccount(inbox, part)
    // Whoever had them in hand is through by now, mostly.
    for (const parts of busy) {
      const isSlow = parts.some(({ payload }) => payload.slow)
      if (isSlow || !(await applyPerson(inbox, parts))) leave(parts)
    }
    await markRest(inbox, payloads)
    inbox.heard(heardIn(payloads.filter((payload) => payload.marked)))
    const left = payloads.filter((payload) => !payload.marked && !payload.failed)
    return {
      taken: claim.payloads.length,
      applied: payloads.filter((payload) => payload.marked).length,
      failed: claim.payloads.length - payloads.filter((payload) => !payload.failed).length,
      left: left.map((payload) => payload.id),
      slow: new Set(left.flatMap((payload) => (payload.slow ? [payload.id] : []))),
      more: claim.more,
    }
  } finally {
    await claim.release()
  }
}

/**
 * A payload that cannot be read at all is kept aside; and one of a number that went to another workspace, or what the one was told, and
 * replays, would be done to people of the other.
 */
async function readable(inbox: WebhookInbox, claimed: ClaimedPayload[]): Promise<Payload[]> {
  const payloads: Payload[] = []
  for (const { id, payload, receivedAt, elsewhere } of claimed) {
    try {
      if (elsewhere) throw new Error('expected its numbers to be of the workspace they were of when it came')
      payloads.push(payloadOf(id, receivedAt, inbox.parse(payload)))
    } catch (error) {
      await keepAside(inbox, id, error)
    }
  }
  return payloads
}

async function applyPerson(inbox: WebhookInbox, parts: Part<PersonEvent>[]): Promise<boolean> {
  const outcome = await applyTogether(inbox, parts, async (io) => {
    let due = false
    for (const event of parts.flatMap((part) => part.events)) if (await applyPersonEvent(io, event)) due = true
    return due
  })
  if (outcome !== 'poison') return outcome === 'applied'
  for (const part of parts) if (!(await applyPerson(inbox, [part]))) leave([part])
  return true
}

async function applyPersonEvent(io: WebhookIo, event: PersonEvent): Promise<boolean> {
  switch (event.kind) {
    case 'inbound_message':
    case 'call':
      return applyInbound(io, event)
    case 'echo':
      return applyEcho(io, event)
    case 'handover':
      return applyHandover(io, event)
    case 'number_changed':
      return applyNumberChanged(io, event)
    case 'user_preference':
      return applyPreference(io, event)
  }
}

async function applyAccount(inbox: WebhookInbox, part: Part<AccountEvent>): Promise<void> {
  const outcome = await applyTogether(inbox, [part], async (io) => {
    let due = false
    for (const event of part.events) if (await applyAccountEvent(io, event, inbox.onUnknown)) due = true
    return due
  })
  if (outcome === 'busy') leave([part])
}

/** Payloads of several parts, which no single transaction could mark. */
async function markRest(inbox: WebhookInbox, payloads: Payload[]): Promise<void> {
  const rest = payloads.filter(
    ({ unfinished, marked, left, failed }) => unfinished === 0 && !marked && !left && !failed,
  )
  if (rest.length === 0) return
  await inbox.inTransaction((io) => io.markApplied(rest.map((payload) => payload.id)))
  for (const payload of rest) payload.marked = true
}

/** The first error stops what has not begun and is thrown once the rest is through. */
async function sideBySide<Item>(items: Item[], atOnce: number, run: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values()
  const errors: unknown[] = []
  await Promise.all(
    Array.from({ length: Math.min(atOnce, items.length) }, async () => {
      try {
        for (const item of waiting) {
          if (errors.length > 0) return
          await run(item)
        }
      } catch (error) {
        errors.push(error)
      }
    }),
  )
  if (errors.length > 0) throw errors[0]
}
