import { randomInt } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { Actor, Purview } from '../domain/access.ts'
import { releaseOf } from '../domain/content.ts'
import type { DecisionSettings } from '../domain/decision.ts'
import { type Identity, identityOfBsuid, identityOfNumber } from '../domain/identity.ts'
import type { ContactId, IntentId, PhoneNumberId, WorkspaceId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import { destinationOf } from '../domain/money/destination.ts'
import type { Money } from '../domain/money/price.ts'
import type { Recipient } from '../domain/recipient.ts'
import type { ShownState } from '../domain/shown-state.ts'
import { type ContactProfile, usesContact } from '../domain/template.ts'
import type { Instant } from '../domain/time.ts'
import { isWindowOpen, windowExpiresAt } from '../domain/window.ts'
import type { ConversationState } from '../store/conversations/ensure.ts'
import type { InsertedIntent, IntentRecord, SenderForEnqueue } from '../store/intents/enqueue.ts'
import { checkCancelling, checkTemplates, lookUp, type TemplateReads, templateKeysOf } from './enqueue/check-content.ts'
import { type Forecast, forecastOf, windowOf } from './enqueue/forecast.ts'
import { type EnqueueError, type PlacedTimes, placed, type ReadRequest, readRequest } from './enqueue/read-request.ts'

export type { EnqueueError } from './enqueue/read-request.ts'

/*
 * Enqueueing: check everything that can be checked now, commit a row, wake the relay. Nothing is decided here. The answer carries a
 * forecast, which is what the decision would be with today's facts at the time of sending; the decision itself is made when it leaves.
 */

/** The reads and writes, all in one transaction: the API's own, or the caller's. */
export interface EnqueueIo extends TemplateReads {
  now(): Promise<Instant>
  findSenders(purview: Purview, senders: PhoneNumberId[]): Promise<Map<PhoneNumberId, SenderForEnqueue>>
  /** Finds or makes them; nobody merges or erases them until the transaction ends. */
  resolveContacts(workspace: WorkspaceId, ids: Identity[]): Promise<ContactId[]>
  ensureConversations(
    workspace: WorkspaceId,
    pairs: { sender: PhoneNumberId; contactId: ContactId }[],
  ): Promise<Map<string, ConversationState>>
  /** Of those contacts whose values a template is filled with. */
  readProfiles(ids: ContactId[]): Promise<Map<ContactId, ContactProfile>>
  insertIntents(records: IntentRecord[]): Promise<InsertedIntent[]>
  /** What prices depend on, of those numbers of which it is known. */
  money(senders: PhoneNumberId[]): Promise<ReadonlyMap<PhoneNumberId, Money>>
  notifyDue(): Promise<void>
}

export interface EnqueuedIntent {
  id: IntentId
  state: ShownState
  reason: Reason | null
  window: { open: boolean; expiresAt: Instant | null }
  forecast: Forecast
}

export type EnqueueResult = { ok: true; repeated: boolean; intent: EnqueuedIntent } | { ok: false; error: EnqueueError }

interface Draft extends ReadRequest {
  index: number
  sender: SenderForEnqueue
}

/** Who enqueues: what they may use, and the name under which it is remembered. */
export interface Producer extends Purview {
  actor: Actor
}

/** Answers in the order of the inputs; one bad input never stops its neighbours. */
export async function enqueueIntents(
  io: EnqueueIo,
  settings: DecisionSettings,
  producer: Producer,
  inputs: unknown[],
): Promise<EnqueueResult[]> {
  const results: EnqueueResult[] = new Array(inputs.length)
  const now = await io.now()
  const parsed = inputs.map((input) => readRequest(input, now))
  const senders = await io.findSenders(producer, [
    ...new Set(parsed.flatMap((one) => ('error' in one ? [] : [one.request.sender as PhoneNumberId]))),
  ])

  let drafts: Draft[] = []
  parsed.forEach((one, index) => {
    if ('error' in one) {
      results[index] = { ok: false, error: one.error }
      return
    }
    const sender = senders.get(one.request.sender as PhoneNumberId)
    if (sender) drafts.push({ ...one, index, sender })
    else results[index] = { ok: false, error: unknownSender(one.request.sender) }
  })

  const templates = await io.readTemplates(drafts.flatMap(templateKeysOf))
  drafts = drafts.filter((draft) => {
    const error =
      checkCancelling(draft) ?? checkTemplates(draft, (reference) => lookUp(io, templates, draft, reference))
    if (error) results[draft.index] = { ok: false, error }
    return !error
  })
  if (drafts.length === 0) return results

  const contacts = await io.resolveContacts(
    producer.workspace,
    drafts.map((draft) => identityOf(draft.recipient, draft.sender.portfolioId)),
  )
  const pairs = drafts.map((draft, i) => ({ sender: draft.sender.sender, contactId: contacts[i] as ContactId }))
  const conversations = await io.ensureConversations(producer.workspace, pairs)
  const met = drafts.map((draft, i) => {
    const contactId = contacts[i] as ContactId
    const conversation = conversations.get(`${draft.sender.sender} ${contactId}`) as ConversationState
    return { draft, contactId, conversation, times: timesOf(draft, conversation, settings, now) }
  })
  for (const { draft, times } of met) if ('error' in times) results[draft.index] = { ok: false, error: times.error }
  const ready = met.filter((one): one is Ready => !('error' in one.times))
  if (ready.length === 0) return results

  // By the database's clock, like `created_at`: lists page by id, and that clock may be the sandbox's.
  const firstSeq = randomInt(2 ** 31)
  const idAt = (i: number) => uuidv7({ msecs: now, seq: firstSeq + i }) as IntentId
  const records = ready.map((one, i) => toRecord(idAt(i), one, producer))
  const inserted = await io.insertIntents(records)
  if (inserted.some((one) => one.kind === 'inserted')) await io.notifyDue()

  const profiles = await io.readProfiles(
    records.flatMap((record, i) =>
      usesContact(record.message, record.whenClosed) ? [(ready[i] as Ready).contactId] : [],
    ),
  )
  const money = await io.money([...new Set(pairs.map(({ sender }) => sender))])
  ready.forEach(({ draft, conversation, contactId }, i) => {
    const outcome = inserted[i] as InsertedIntent
    if (outcome.kind === 'conflict') {
      results[draft.index] = { ok: false, error: keyConflict() }
      return
    }
    const record = records[i] as IntentRecord
    const forecast = forecastOf(
      record,
      draft.sender,
      conversation,
      settings,
      now,
      (reference) => lookUp(io, templates, draft, reference),
      {
        money: money.get(draft.sender.sender) ?? null,
        to: destinationOf(conversation),
        profile: profiles.get(contactId) ?? null,
      },
    )
    const window = windowOf(conversation)
    results[draft.index] = {
      ok: true,
      repeated: outcome.kind === 'repeated',
      intent: {
        id: outcome.id,
        state: outcome.kind === 'repeated' ? outcome.state : 'scheduled',
        reason: outcome.kind === 'repeated' ? outcome.reason : null,
        window: { open: isWindowOpen(window, now), expiresAt: windowExpiresAt(window) },
        forecast,
      },
    }
  })
  return results
}

/** A draft that goes to somebody at some time. */
interface Ready {
  draft: Draft
  contactId: ContactId
  conversation: ConversationState
  times: PlacedTimes
}

function timesOf(
  draft: Draft,
  conversation: ConversationState,
  { windowMarginMs }: DecisionSettings,
  now: Instant,
): PlacedTimes | { error: EnqueueError } {
  if (draft.times !== null) return draft.times
  const { timeZone: contactZone, waId, bsuid } = conversation
  const zones = { contactZone, waId, bsuid, senderZone: draft.sender.timeZone }
  return placed(draft, { ...zones, window: windowOf(conversation), windowMarginMs }, now)
}

function toRecord(id: IntentId, { draft, conversation, times }: Ready, { workspace, actor }: Producer): IntentRecord {
  const { request } = draft
  const whenClosed = request.when_closed ?? draft.sender.defaultWhenClosed
  const priority = request.priority ?? 'reply'
  return {
    id,
    workspace,
    sender: draft.sender.sender,
    conversationId: conversation.id,
    message: request.message,
    whenClosed,
    release: request.release ?? releaseOf(whenClosed),
    priority,
    delivery: request.delivery ?? (priority === 'campaign' ? 'at_most_once' : 'at_least_once'),
    sendAt: times.sendAt,
    expiresAt: times.expiresAt,
    schedule: times.schedule,
    cancelOn: request.cancel_on ?? [],
    idempotencyKey: request.idempotency_key ?? null,
    requestHash: request.idempotency_key === undefined ? null : draft.hash,
    metadata: request.metadata ?? null,
    followUpOf: null,
    createdBy: actor,
  }
}

/** What a recipient is known under; as it was asked for, it is what is dialled when they are new. */
function identityOf(recipient: Recipient, portfolioId: string): Identity {
  return recipient.kind === 'bsuid' ? identityOfBsuid(recipient.bsuid, portfolioId) : identityOfNumber(recipient.waId)
}

function unknownSender(sender: string): EnqueueError {
  return {
    status: 404,
    code: 'sender_unknown',
    message: `expected sender to be a linked phone_number_id, got ${sender}`,
    field: 'sender',
  }
}

function keyConflict(): EnqueueError {
  const message = 'expected idempotency_key to be new or to come with the same request as before, got another request'
  return { status: 409, code: 'idempotency_conflict', message, field: 'idempotency_key' }
}
