import type { ToldIdentity } from '../domain/identity.ts'
import {
  attemptId,
  type ContactId,
  type ConversationId,
  type IntentId,
  type PhoneNumberId,
  parseAttemptId,
  type Wamid,
} from '../domain/ids.ts'
import type { Money } from '../domain/money/price.ts'
import { isDelivered, joinStatus, type MessageStatus } from '../domain/status.ts'
import type { Instant } from '../domain/time.ts'
import type { StatusEvent } from '../graph/webhook-event.ts'
import type { MessageEntryReport } from '../store/conversations/free-entry-points.ts'
import type { CloseAttempt } from '../store/intents/attempts.ts'
import type { KnownAttempt, MessageUpdate } from '../store/intents/statuses.ts'
import { applyFailure, type FailureIo } from './apply-failure.ts'
import {
  acceptance,
  entryReport,
  hasFailed,
  type MessageReport,
  messageUpdate,
  newestFailure,
  saysFreeEntryPoint,
  signOfLife,
  tellsOfEntry,
  tiedTellings,
  withToldPrice,
} from './status-reports.ts'
import { type Owner, toldIn } from './told-ids.ts'
import { retryingDeadlocks, setAside, type WebhookInbox } from './webhook-inbox.ts'
import { leave, type Part, type Payload } from './webhook-parts.ts'

/** Reads and writes of one transaction. */
export type StatusIo = FailureIo & {
  intents: {
    findAttempts(asked: { intentId: IntentId; number: number }[]): Promise<Map<string, KnownAttempt>>
    findMessageAttempts(wamids: Wamid[]): Promise<Map<Wamid, { intentId: IntentId; number: number }>>
    closeAttempts(items: CloseAttempt[]): Promise<void>
    /** Answers which were delivered although they had been reported as failed. */
    foldStatuses(updates: MessageUpdate[]): Promise<Set<Wamid>>
    /** An attempt that was settled by hand got a wamid of ours; this is the real one. */
    adoptWamid(attempt: KnownAttempt, wamid: Wamid): Promise<void>
    afterLateDelivery(intentId: IntentId, wamid: Wamid): Promise<void>
  }
  conversations: {
    recordEntryReports(reports: MessageEntryReport[]): Promise<void>
    recipientsOf(ids: ConversationId[]): Promise<Map<ConversationId, Recipient>>
    /** Works out the free entry point anew, from all that statuses told by now. */
    refreshFreeEntryPoint(id: ConversationId): Promise<void>
  }
  people: {
    /** Locks those of these people that nobody else has locked, and answers which. Never waits. */
    lock(contactIds: ContactId[]): Promise<Set<ContactId>>
    /** Messages were delivered in these conversations, so their people can be reached. */
    recipientsReached(delivered: { conversationId: ConversationId; at: Instant }[]): Promise<void>
    /** Keeps what is news of who the recipients are, to be learnt in a transaction of its own. */
    noteTold(told: { conversationId: ConversationId; ids: ToldIdentity[] }[]): Promise<void>
  }
  accounts: {
    ownerOf(sender: PhoneNumberId): Promise<Owner | null>
    /** What prices depend on, of those numbers of which it is known. From memory. */
    money(senders: PhoneNumberId[]): Promise<ReadonlyMap<PhoneNumberId, Money>>
  }
}

/** Whom a conversation is with, and whether a status may change what is known of them. */
export interface Recipient {
  contactId: ContactId
  /** Meta could not deliver to them. */
  unreachable: boolean
  /** Its free entry point may still change by what a status tells. */
  hasEntry: boolean
}

/** A report that says more than how far its message got: of the person, the account or what becomes of the intent. */
interface Consequence {
  contactId: ContactId
  report: MessageReport
  /** Delivered although it had been reported as failed. */
  deliveredAfterAll: boolean
  entry: boolean
}

/** People in one transaction of consequences. */
const PEOPLE_AT_ONCE = 20

/**
 * Applies the statuses of a batch. In any order, any number of times, before or after our own response: a status that names an attempt
 * proves that Graph accepted it, which settles a doubt; the rest only moves forward.
 *
 * In three steps, each of which locks rows of one kind in one order, or the person first: attempts that are proved accepted are closed,
 * then the statuses are folded into their messages, then comes what follows for people, intents and accounts. Most statuses have none of
 * the latter.
 *
 * Statuses of messages that somebody else sent from the same number belong to no attempt of ours and are left alone.
 */
export async function applyStatusParts(inbox: WebhookInbox, parts: Part<StatusEvent>[]): Promise<void> {
  if (parts.length === 0) return
  try {
    const events = parts.flatMap((part) => part.events)
    const reports = await retryingDeadlocks(inbox, () => inbox.inTransaction((io) => closeAccepted(io, events)))
    const consequences = await foldAndMark(inbox, parts, reports)
    await applyConsequences(inbox, parts, consequences)
  } catch (error) {
    await applyHalves(inbox, parts, error)
  }
}

async function applyHalves(inbox: WebhookInbox, parts: Part<StatusEvent>[], error: unknown): Promise<void> {
  const kind = inbox.kindOf(error)
  if (kind === 'passing') throw error
  if (parts.length > 1) {
    // Each try of what takes too long takes as long, so that is not looked for by halves.
    const size = kind === 'slow' ? 1 : Math.ceil(parts.length / 2)
    for (let at = 0; at < parts.length; at += size) await applyStatusParts(inbox, parts.slice(at, at + size))
  } else if (kind === 'poison') await setAside(inbox, (parts[0] as Part<StatusEvent>).payload, error)
  else {
    if (kind === 'slow') for (const { payload } of parts) payload.slow = true
    leave(parts)
  }
}

async function closeAccepted(io: StatusIo, events: StatusEvent[]): Promise<MessageReport[]> {
  const reports = await matchAttempts(io, events)
  const unknown = reports.filter((report) => report.attempt.outcome !== 'accepted')
  await io.intents.closeAttempts(unknown.map(acceptance).sort((a, b) => (a.intentId < b.intentId ? -1 : 1)))
  return reports
}

/** Marks those payloads that are done by it. */
async function foldAndMark(
  inbox: WebhookInbox,
  parts: Part<StatusEvent>[],
  reports: MessageReport[],
): Promise<Consequence[]> {
  const { consequences, marked } = await retryingDeadlocks(inbox, () =>
    inbox.inTransaction(async (io) => {
      const consequences = await fold(io, reports)
      const open = new Set(consequences.flatMap(({ report }) => report.events))
      const done = parts.filter((part) => !part.events.some((event) => open.has(event)))
      const marked = done.filter(({ payload }) => payload.unfinished === 1 && !payload.left)
      await io.markApplied(marked.map(({ payload }) => payload.id))
      return { consequences, marked }
    }),
  )
  for (const { payload } of marked) payload.marked = true
  return consequences
}

async function fold(io: StatusIo, reports: MessageReport[]): Promise<Consequence[]> {
  if (reports.length === 0) return []
  const money = await io.accounts.money([...new Set(reports.map(({ attempt }) => attempt.sender))])
  const of = new Map(reports.map((report) => [report.wamid, report]))
  const priced = (update: MessageUpdate) => {
    const report = of.get(update.wamid) as MessageReport
    return withToldPrice(update, report, money.get(report.attempt.sender) ?? null)
  }
  const deliveredAfterAll = await io.intents.foldStatuses(reports.map(messageUpdate).map(priced))
  for (const tied of tiedTellings(reports)) {
    for (const wamid of await io.intents.foldStatuses(tied.map(priced))) deliveredAfterAll.add(wamid)
  }
  await io.conversations.recordEntryReports(reports.flatMap(entryReport))
  await io.people.noteTold(await recipientsTold(io, reports))
  // Read behind the locks of the messages: whoever marks a person as unreachable, or as come through an ad, waits for these or is seen here.
  const recipients = await io.conversations.recipientsOf(reports.map((report) => report.attempt.conversationId))
  return reports.flatMap((report) => {
    const recipient = recipients.get(report.attempt.conversationId)
    if (recipient === undefined) return []
    const consequence: Consequence = {
      contactId: recipient.contactId,
      report,
      deliveredAfterAll: deliveredAfterAll.has(report.wamid),
      entry: tellsOfEntry(report) && (recipient.hasEntry || report.events.some(saysFreeEntryPoint)),
    }
    return isOne(consequence, recipient) ? [consequence] : []
  })
}

function isOne({ report, deliveredAfterAll, entry }: Consequence, recipient: Recipient): boolean {
  const { wamid, attempt, status } = report
  return (
    entry ||
    deliveredAfterAll ||
    hasFailed(report) ||
    (isDelivered(status) && (attempt.state !== 'sent' || recipient.unreachable)) ||
    (attempt.wamid !== null && attempt.wamid !== wamid)
  )
}

async function applyConsequences(
  inbox: WebhookInbox,
  parts: Part<StatusEvent>[],
  consequences: Consequence[],
): Promise<void> {
  const payloadOf = new Map(parts.flatMap(({ payload, events }) => events.map((event) => [event, payload])))
  const payloadsOf = (one: Consequence) => new Set(one.report.events.map((event) => payloadOf.get(event) as Payload))
  const people = [...Map.groupBy(consequences, (one) => one.contactId)].sort(([a], [b]) =>
    BigInt(a) < BigInt(b) ? -1 : 1,
  )

  async function settle(some: [ContactId, Consequence[]][]): Promise<void> {
    const ofAll = some.flatMap(([, ones]) => ones)
    try {
      const { due, busy } = await retryingDeadlocks(inbox, () => inbox.inTransaction((io) => applyToFree(io, ofAll)))
      for (const one of busy) for (const payload of payloadsOf(one)) payload.left = true
      if (due) inbox.announceDue()
    } catch (error) {
      const kind = inbox.kindOf(error)
      if (kind === 'passing') throw error
      if (some.length > 1) for (const one of some) await settle([one])
      else
        for (const payload of new Set(ofAll.flatMap((one) => [...payloadsOf(one)]))) {
          payload.slow ||= kind === 'slow'
          if (kind === 'poison') await setAside(inbox, payload, error)
          else payload.left = true
        }
    }
  }

  for (let at = 0; at < people.length; at += PEOPLE_AT_ONCE) await settle(people.slice(at, at + PEOPLE_AT_ONCE))
  for (const { payload } of parts) payload.unfinished -= 1
}

/** Of one sender after the other, for each may have a row to be changed. */
async function applyToFree(io: StatusIo, consequences: Consequence[]): Promise<{ due: boolean; busy: Consequence[] }> {
  const free = await io.people.lock([...new Set(consequences.map((one) => one.contactId))])
  const inOrder = consequences.toSorted((a, b) => (a.report.attempt.sender < b.report.attempt.sender ? -1 : 1))
  let due = false
  for (const one of inOrder) if (free.has(one.contactId) && (await applyConsequence(io, one))) due = true
  return { due, busy: consequences.filter((one) => !free.has(one.contactId)) }
}

/** Answers whether the intent fell due. */
async function applyConsequence(io: StatusIo, { report, deliveredAfterAll, entry }: Consequence): Promise<boolean> {
  const { wamid, attempt, events, status } = report
  await io.people.recipientsReached(signOfLife(messageUpdate(report)))
  if (attempt.wamid !== null && attempt.wamid !== wamid) await io.intents.adoptWamid(attempt, wamid)
  // What a failure teaches about others is learnt also when the message was delivered after all: else it would depend on the order.
  const due = hasFailed(report) && (await applyFailure(io, wamid, attempt, newestFailure(events)))
  if (deliveredAfterAll || (isDelivered(status) && attempt.state !== 'sent')) {
    await io.intents.afterLateDelivery(attempt.intentId, wamid)
  }
  // Our first delivered answer opens a free entry point; the pricing of later messages confirms or refutes it.
  if (entry) await io.conversations.refreshFreeEntryPoint(attempt.conversationId)
  return due
}

/** Who got each message; the newest of its statuses tells it best. */
async function recipientsTold(io: StatusIo, reports: MessageReport[]) {
  const told: { conversationId: ConversationId; ids: ToldIdentity[] }[] = []
  for (const { attempt, events } of reports) {
    // The number alone is the one that was dialled, as the answer spelled it already.
    const telling = events.filter((event) => event.bsuid !== null || event.parentBsuid !== null)
    const owner = telling.length === 0 ? null : await io.accounts.ownerOf(attempt.sender)
    if (owner === null) continue
    const newest = telling.reduce((a, b) => ((b.at ?? 0) > (a.at ?? 0) ? b : a))
    told.push({ conversationId: attempt.conversationId, ids: toldIn(newest, owner, newest.at) })
  }
  return told
}

async function matchAttempts(io: StatusIo, events: StatusEvent[]): Promise<MessageReport[]> {
  if (events.length === 0) return []
  const byWamid = Map.groupBy(events, (event) => event.wamid)
  const named = new Map<Wamid, { intentId: IntentId; number: number }>()
  for (const [wamid, group] of byWamid) {
    const attempt = group.map((event) => parseAttemptId(event.opaque)).find((found) => found !== null)
    if (attempt) named.set(wamid, attempt)
  }
  const nameless = [...byWamid.keys()].filter((wamid) => !named.has(wamid))
  for (const [wamid, attempt] of await io.intents.findMessageAttempts(nameless)) named.set(wamid, attempt)

  const attempts = await io.intents.findAttempts([...named.values()])
  return [...named].flatMap(([wamid, { intentId, number }]) => {
    const attempt = attempts.get(attemptId(intentId, number))
    // What travels with a message is written by whoever sends it, so another number may name an attempt that was never made from it.
    const group = (byWamid.get(wamid) as StatusEvent[]).filter(
      ({ phoneNumberId }) => phoneNumberId === null || phoneNumberId === attempt?.sender,
    )
    if (!attempt || group.length === 0) return []
    const status = group.reduce<MessageStatus | null>((current, event) => joinStatus(current, event.status), null)
    return [{ wamid, attempt, events: group, status }]
  })
}
