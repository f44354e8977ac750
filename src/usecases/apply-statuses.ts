import { classify } from '../domain/failure.ts'
import {
  attemptId,
  type ConversationId,
  type IntentId,
  type PhoneNumberId,
  parseAttemptId,
  type Wamid,
} from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import { deliveryStatusOf, isDelivered, joinStatus, type MessageStatus } from '../domain/status.ts'
import { type Instant, SECOND_MS } from '../domain/time.ts'
import { confirmFreeEntryPoint, type FreeEntryPoint, recordDelivery, refuteFreeEntryPoint } from '../domain/window.ts'
import type { StatusEvent } from '../graph/webhook-event.ts'
import type { CloseAttempt } from '../store/attempts.ts'
import type { KnownAttempt, MessageUpdate } from '../store/statuses.ts'
import { consequenceOfFailure } from './interpret-answer.ts'

/** Reads and writes of one transaction. */
export interface StatusIo {
  findAttempts(asked: { intentId: IntentId; number: number }[]): Promise<Map<string, KnownAttempt>>
  findMessageAttempts(wamids: Wamid[]): Promise<Map<Wamid, { intentId: IntentId; number: number }>>
  closeAttempts(items: CloseAttempt[]): Promise<void>
  foldStatuses(updates: MessageUpdate[]): Promise<void>
  /** An attempt that was settled by hand got a wamid of ours; this is the real one. */
  adoptWamid(attempt: KnownAttempt, wamid: Wamid): Promise<void>
  afterFailedDelivery(failed: {
    intentId: IntentId
    wamid: Wamid
    reason: Reason
    again: { dueInMs: number; countsAsRetry: boolean } | null
  }): Promise<boolean>
  afterLateDelivery(intentId: IntentId, wamid: Wamid): Promise<void>
  refuteWindow(conversationId: ConversationId, attemptStartedAt: Instant): Promise<void>
  restrictSender(sender: PhoneNumberId, reason: Reason, curedByToken: boolean): Promise<void>
  stopMarketing(conversationId: ConversationId): Promise<void>
  followUpEnded(followUp: IntentId, reason: Reason): Promise<void>
  conversationsWithEntry(ids: ConversationId[]): Promise<ConversationId[]>
  updateFreeEntryPoint(id: ConversationId, change: (entry: FreeEntryPoint) => FreeEntryPoint): Promise<void>
  jitter(): number
}

/** One message's statuses of a batch. */
interface MessageReport {
  wamid: Wamid
  attempt: KnownAttempt
  events: StatusEvent[]
  status: MessageStatus | null
}

/**
 * Applies the statuses of a batch. In any order, any number of times, before or after our own response: a status that names an attempt
 * proves that Graph accepted it, which settles a doubt; the rest only moves forward. Answers whether an intent fell due.
 *
 * Statuses of messages that somebody else sent from the same number belong to no attempt of ours and are left alone.
 */
export async function applyStatuses(io: StatusIo, events: StatusEvent[]): Promise<{ due: boolean }> {
  const reports = await matchAttempts(io, events)
  await io.closeAttempts(reports.filter((report) => report.attempt.outcome !== 'accepted').map(acceptance))
  await io.foldStatuses(reports.map(messageUpdate))
  for (const { attempt, wamid } of reports) {
    if (attempt.wamid !== null && attempt.wamid !== wamid) await io.adoptWamid(attempt, wamid)
  }
  let due = false
  for (const report of reports) {
    if (report.status === 'failed' && (await applyFailure(io, report))) due = true
    if (isDelivered(report.status) && report.attempt.state === 'failed')
      await io.afterLateDelivery(report.attempt.intentId, report.wamid)
  }
  await followFreeEntryPoints(io, reports)
  return { due }
}

async function matchAttempts(io: StatusIo, events: StatusEvent[]): Promise<MessageReport[]> {
  const byWamid = Map.groupBy(events, (event) => event.wamid)
  const named = new Map<Wamid, { intentId: IntentId; number: number }>()
  for (const [wamid, group] of byWamid) {
    const attempt = group.map((event) => parseAttemptId(event.opaque)).find((found) => found !== null)
    if (attempt) named.set(wamid, attempt)
  }
  const nameless = [...byWamid.keys()].filter((wamid) => !named.has(wamid))
  for (const [wamid, attempt] of await io.findMessageAttempts(nameless)) named.set(wamid, attempt)

  const attempts = await io.findAttempts([...named.values()])
  return [...named].flatMap(([wamid, { intentId, number }]) => {
    const attempt = attempts.get(attemptId(intentId, number))
    if (!attempt) return []
    const group = byWamid.get(wamid) as StatusEvent[]
    const status = group.reduce<MessageStatus | null>((current, event) => joinStatus(current, event.status), null)
    return [{ wamid, attempt, events: group, status }]
  })
}

function acceptance({ wamid, attempt }: MessageReport): CloseAttempt {
  return {
    intentId: attempt.intentId,
    number: attempt.number,
    conversationId: attempt.conversationId,
    outcome: 'accepted',
    httpStatus: null,
    error: null,
    wamid,
    next: { event: 'accept' },
  }
}

function messageUpdate({ wamid, attempt, events, status }: MessageReport): MessageUpdate {
  const firstAt = (wanted: (event: StatusEvent) => boolean): Instant | null =>
    events
      .filter(wanted)
      .reduce<Instant | null>(
        (at, event) => (at === null || (event.at !== null && event.at < at) ? event.at : at),
        null,
      )
  const failed = events.find((event) => event.status === 'failed')
  return {
    wamid,
    intentId: attempt.intentId,
    attempt: attempt.number,
    conversationId: attempt.conversationId,
    sentAs: attempt.sentAs,
    status: deliveryStatusOf(status),
    sentAt: firstAt((event) => event.status === 'sent'),
    deliveredAt: firstAt((event) => event.status === 'delivered'),
    readAt: firstAt((event) => event.status === 'read' || event.status === 'played'),
    failedAt: firstAt((event) => event.status === 'failed'),
    error: failed?.errors[0] ?? null,
    pricing: events.find((event) => event.pricing !== null)?.pricing ?? null,
  }
}

/** Meta accepted it and then could not deliver it. Answers whether the intent is due again. */
async function applyFailure(io: StatusIo, { wamid, attempt, events }: MessageReport): Promise<boolean> {
  const error = events.find((event) => event.status === 'failed')?.errors[0]
  const facts = error ?? {
    code: null,
    subcode: null,
    isTransient: false,
    httpStatus: null,
    details: null,
    via: 'webhook' as const,
  }
  const { next, effects } = consequenceOfFailure(
    classify(facts),
    facts,
    { number: attempt.number, retries: attempt.retries, delivery: attempt.delivery, sentAs: attempt.sentAs },
    io.jitter(),
    null,
  )
  for (const effect of effects) {
    if (effect.kind === 'refute_window') await io.refuteWindow(attempt.conversationId, attempt.startedAt)
    if (effect.kind === 'restrict_sender') await io.restrictSender(attempt.sender, effect.reason, effect.curedByToken)
    if (effect.kind === 'stop_marketing') await io.stopMarketing(attempt.conversationId)
  }
  if (next.event === 'retry' || next.event === 'hold') {
    // A hold is decided when it falls due: the sender is restricted by now, and the relay parks what is due for it.
    const again =
      next.event === 'retry'
        ? { dueInMs: next.dueInMs, countsAsRetry: next.countsAsRetry }
        : { dueInMs: 0, countsAsRetry: false }
    return io.afterFailedDelivery({ intentId: attempt.intentId, wamid, reason: next.reason, again })
  }
  if (!('reason' in next)) return false
  const failed = await io.afterFailedDelivery({ intentId: attempt.intentId, wamid, reason: next.reason, again: null })
  if (failed && attempt.followUpOf) await io.followUpEnded(attempt.intentId, next.reason)
  return false
}

/** Our first delivered answer opens a free entry point; the pricing of later messages confirms or refutes it. */
async function followFreeEntryPoints(io: StatusIo, reports: MessageReport[]): Promise<void> {
  const telling = reports.filter(
    (report) => isDelivered(report.status) || report.events.some((event) => event.pricing !== null),
  )
  const confirmed = telling
    .filter((report) => report.events.some(saysFreeEntryPoint))
    .map((report) => report.attempt.conversationId)
  const open = await io.conversationsWithEntry(telling.map((report) => report.attempt.conversationId))
  const concerned = new Set([...open, ...confirmed])
  for (const id of [...concerned].sort()) {
    const own = telling.filter((report) => report.attempt.conversationId === id)
    await io.updateFreeEntryPoint(id, (entry) => own.reduce(takeIn, entry))
  }
}

function takeIn(entry: FreeEntryPoint, { attempt, events }: MessageReport): FreeEntryPoint {
  let next = entry
  // Stamps are whole seconds and the attempt's start is not; the second of the entry itself counts as after it.
  const sentAt = (Math.floor(attempt.startedAt / SECOND_MS) * SECOND_MS) as Instant
  for (const event of events) {
    if (event.at === null) continue
    if (isDelivered(joinStatus(null, event.status))) next = recordDelivery(next, sentAt, event.at)
    if (saysFreeEntryPoint(event)) {
      const { id = null, expiresAt = null } = event.conversation ?? {}
      next = confirmFreeEntryPoint(next, { conversationId: id, expiresAt, at: event.at })
    } else if (event.pricing?.type) next = refuteFreeEntryPoint(next, sentAt)
  }
  return next
}

function saysFreeEntryPoint(event: StatusEvent): boolean {
  return event.pricing?.type === 'free_entry_point' || event.conversation?.originType === 'referral_conversion'
}
