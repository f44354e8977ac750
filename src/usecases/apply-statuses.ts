import type { GraphErrorFacts } from '../domain/failure.ts'
import { attemptId, type ConversationId, type IntentId, parseAttemptId, type Wamid } from '../domain/ids.ts'
import { deliveryStatusOf, isDelivered, joinStatus, type MessageStatus } from '../domain/status.ts'
import { earliest, type Instant, latest } from '../domain/time.ts'
import type { Pricing, StatusEvent } from '../graph/webhook-event.ts'
import type { MessageEntryReport } from '../store/conversations/free-entry-points.ts'
import type { CloseAttempt } from '../store/intents/attempts.ts'
import type { KnownAttempt, MessageUpdate } from '../store/intents/statuses.ts'
import { applyFailure, type FailureIo } from './apply-failure.ts'

/** Reads and writes of one transaction. */
export interface StatusIo extends FailureIo {
  findAttempts(asked: { intentId: IntentId; number: number }[]): Promise<Map<string, KnownAttempt>>
  findMessageAttempts(wamids: Wamid[]): Promise<Map<Wamid, { intentId: IntentId; number: number }>>
  closeAttempts(items: CloseAttempt[]): Promise<void>
  /** Answers which were delivered although they had been reported as failed. */
  foldStatuses(updates: MessageUpdate[]): Promise<Set<Wamid>>
  /** An attempt that was settled by hand got a wamid of ours; this is the real one. */
  adoptWamid(attempt: KnownAttempt, wamid: Wamid): Promise<void>
  afterLateDelivery(intentId: IntentId, wamid: Wamid): Promise<void>
  /** Messages were delivered in these conversations, so their people can be reached. */
  recipientsReached(delivered: { conversationId: ConversationId; at: Instant }[]): Promise<void>
  conversationsWithEntry(ids: ConversationId[]): Promise<ConversationId[]>
  recordEntryReports(reports: MessageEntryReport[]): Promise<void>
  /** Works out the free entry point anew, from all that statuses told by now. */
  refreshFreeEntryPoint(id: ConversationId): Promise<void>
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
  const updates = reports.map(messageUpdate)
  const deliveredAfterAll = await io.foldStatuses(updates)
  for (const tied of tiedTellings(reports)) {
    for (const wamid of await io.foldStatuses(tied)) deliveredAfterAll.add(wamid)
  }
  await io.recipientsReached(updates.flatMap(signOfLife))
  for (const { attempt, wamid } of reports) {
    if (attempt.wamid !== null && attempt.wamid !== wamid) await io.adoptWamid(attempt, wamid)
  }
  let due = false
  for (const { wamid, attempt, events, status } of reports) {
    // What a failure teaches about others is learnt also when the message was delivered after all: else it would depend on the order.
    const failed = events.some((event) => event.status === 'failed')
    if (failed && (await applyFailure(io, wamid, attempt, newest(events, failureOf)[0]?.value))) due = true
    if (deliveredAfterAll.has(wamid) || (isDelivered(status) && attempt.state !== 'sent')) {
      await io.afterLateDelivery(attempt.intentId, wamid)
    }
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
    ...toldAs({ error: newest(events, failureOf)[0] ?? null, pricing: newest(events, priceOf)[0] ?? null }),
  }
}

/** What one status tells, and when it was stamped. */
interface Telling<T> {
  value: T
  at: Instant | null
}

const failureOf = (event: StatusEvent): GraphErrorFacts | null =>
  event.status === 'failed' ? (event.errors[0] ?? null) : null
const priceOf = (event: StatusEvent): Pricing | null => event.pricing

/** The newest telling, by Meta's stamp; more than one when statuses of the same second differ. */
function newest<T>(events: StatusEvent[], tell: (event: StatusEvent) => T | null): Telling<T>[] {
  const tellings = events.flatMap((event) => {
    const value = tell(event)
    return value === null ? [] : [{ value, at: event.at }]
  })
  const latestAt = tellings.reduce<Instant | null>(
    (at, one) => (one.at === null || (at !== null && at > one.at) ? at : one.at),
    null,
  )
  const byText = new Map(tellings.filter((one) => one.at === latestAt).map((one) => [JSON.stringify(one.value), one]))
  return [...byText.values()]
}

function toldAs({ error, pricing }: { error: Telling<GraphErrorFacts> | null; pricing: Telling<Pricing> | null }) {
  return {
    error: error?.value ?? null,
    errorAt: error?.at ?? null,
    pricing: pricing?.value ?? null,
    pricingAt: pricing?.at ?? null,
  }
}

/**
 * Which of several tellings of one second counts is for the store to say, the same in one batch as in two. So the others are folded
 * one after the other; there are hardly ever any.
 */
function tiedTellings(reports: MessageReport[]): MessageUpdate[][] {
  const rounds: MessageUpdate[][] = []
  for (const report of reports) {
    const errors = newest(report.events, failureOf).slice(1)
    const prices = newest(report.events, priceOf).slice(1)
    const nothing = { status: null, sentAt: null, deliveredAt: null, readAt: null, failedAt: null }
    for (let i = 0; i < Math.max(errors.length, prices.length); i += 1) {
      const told = toldAs({ error: errors[i] ?? null, pricing: prices[i] ?? null })
      const round = rounds[i] ?? []
      round.push({ ...messageUpdate(report), ...nothing, ...told })
      rounds[i] = round
    }
  }
  return rounds
}

function signOfLife({ conversationId, deliveredAt, readAt }: MessageUpdate) {
  const at = deliveredAt === null || readAt === null ? (deliveredAt ?? readAt) : latest(deliveredAt, readAt)
  return at === null ? [] : [{ conversationId, at }]
}

/** Our first delivered answer opens a free entry point; the pricing of later messages confirms or refutes it. */
async function followFreeEntryPoints(io: StatusIo, reports: MessageReport[]): Promise<void> {
  const telling = reports.filter(
    (report) => isDelivered(report.status) || report.events.some((event) => event.pricing !== null),
  )
  await io.recordEntryReports(telling.flatMap(entryReport))
  const confirmed = telling
    .filter((report) => report.events.some(saysFreeEntryPoint))
    .map((report) => report.attempt.conversationId)
  const open = await io.conversationsWithEntry(telling.map((report) => report.attempt.conversationId))
  for (const id of [...new Set([...open, ...confirmed])].sort()) await io.refreshFreeEntryPoint(id)
}

/** The same fold as in the store: the earliest stamp and the latest end. */
function entryReport({ wamid, events }: MessageReport): MessageEntryReport[] {
  const saying = events.filter((event) => event.at !== null && saysFreeEntryPoint(event))
  if (saying.length === 0) return []
  const ends = saying.map((event) => event.conversation?.expiresAt ?? null).filter((at) => at !== null)
  const ids = saying.map((event) => event.conversation?.id ?? null).filter((id) => id !== null)
  return [
    {
      wamid,
      at: saying.map((event) => event.at as Instant).reduce(earliest),
      expiresAt: ends.length === 0 ? null : ends.reduce(latest),
      conversationId: ids.sort().at(-1) ?? null,
    },
  ]
}

function saysFreeEntryPoint(event: StatusEvent): boolean {
  // Of the two spellings the older is of conversation-based pricing. Source: Meta, webhooks/reference/messages/status (read 2026-11).
  const { pricing, conversation } = event
  return (
    pricing?.type === 'free_entry_point' ||
    pricing?.category === 'referral_conversion' ||
    conversation?.originType === 'referral_conversion'
  )
}
