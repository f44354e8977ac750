import { classify, reasonOf } from '../domain/failure.ts'
import type { PhoneNumberId, WabaId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import { templateStatusClass } from '../domain/template.ts'
import { type Instant, latest, plus, SECOND_MS } from '../domain/time.ts'
import type { AccountErrors, StatusEvent, TemplateStatusEvent, WebhookEvent } from '../graph/webhook-event.ts'
import type { PendingEvent } from '../store/webhooks/events.ts'
import { applyInbound, applyNumberChanged, applyPreference, type InboundIo } from './apply-inbound.ts'
import { applyStatuses, type StatusIo } from './apply-statuses.ts'

/*
 * Webhooks are verified, stored raw and acknowledged by the API; here they are applied, from the rows. A batch is one transaction: its
 * effects and the marks that say "applied" commit together, so a crash repeats the batch and nothing is doubled. A batch that fails is
 * taken apart, and the one payload that cannot be applied is kept aside with its error.
 */

export interface WebhookIo extends InboundIo, StatusIo {
  claimPending(limit: number): Promise<PendingEvent[]>
  parse(payload: string): WebhookEvent[]
  markApplied(ids: string[]): Promise<void>
  recordLiveness(caused: Map<WabaId, Instant>): Promise<void>
  changeTemplate(
    templateId: string,
    field: 'status' | 'category' | 'quality',
    value: string,
    detail: unknown,
    at: Instant | null,
  ): Promise<{ wabaId: WabaId; name: string; language: string } | null>
  releaseTemplateWaiters(wabaId: WabaId, name: string, language: string): Promise<number>
  sendersOfWaba(wabaId: WabaId): Promise<PhoneNumberId[]>
  setMessagingLimit(wabaId: WabaId, limit: number | null, at: Instant | null): Promise<void>
  notifyDue(): Promise<void>
}

export interface WebhookInbox {
  /** Runs in one transaction; rolls back when it throws. */
  inTransaction<T>(run: (io: WebhookIo) => Promise<T>): Promise<T>
  markFailed(id: string, error: string): Promise<void>
  /** The database is away; everything stays pending. */
  isPassing(error: unknown): boolean
  onUnknown(event: Extract<WebhookEvent, { kind: 'unknown' | 'malformed' }>): void
}

/** Applies up to `limit` pending payloads. Answers how many were taken; fewer than `limit` means the inbox is empty. */
export async function applyWebhooks(inbox: WebhookInbox, limit: number): Promise<number> {
  try {
    return await inbox.inTransaction(async (io) => {
      const pending = await io.claimPending(limit)
      await applyPayloads(inbox, io, pending)
      return pending.length
    })
  } catch (error) {
    if (inbox.isPassing(error)) throw error
    if (limit > 1) return applyOneByOne(inbox, limit)
    return setAside(inbox)
  }
}

async function applyOneByOne(inbox: WebhookInbox, limit: number): Promise<number> {
  let applied = 0
  while (applied < limit && (await applyWebhooks(inbox, 1)) > 0) applied += 1
  return applied
}

/** The oldest pending payload failed alone: find out which it is and why, and keep it aside. */
async function setAside(inbox: WebhookInbox): Promise<number> {
  let poison: string | null = null
  try {
    await inbox.inTransaction(async (io) => {
      const [event] = await io.claimPending(1)
      if (!event) return
      poison = event.id
      await applyPayloads(inbox, io, [event])
    })
  } catch (error) {
    if (poison === null || inbox.isPassing(error)) throw error
    await inbox.markFailed(poison, error instanceof Error ? error.message : String(error))
  }
  return poison === null ? 0 : 1
}

async function applyPayloads(inbox: WebhookInbox, io: WebhookIo, pending: PendingEvent[]): Promise<void> {
  if (pending.length === 0) return
  const events = pending.flatMap((event) => io.parse(event.payload))
  const statuses: StatusEvent[] = []
  let due = false
  for (const event of events) {
    if (event.kind === 'status') statuses.push(event)
    else if (await applyEvent(inbox, io, event)) due = true
  }
  if (statuses.length > 0 && (await applyStatuses(io, statuses)).due) due = true
  await io.recordLiveness(newestStamps(events))
  await io.markApplied(pending.map((event) => event.id))
  if (due) await io.notifyDue()
}

async function applyEvent(
  inbox: WebhookInbox,
  io: WebhookIo,
  event: Exclude<WebhookEvent, StatusEvent>,
): Promise<boolean> {
  switch (event.kind) {
    case 'inbound_message':
    case 'call':
      return applyInbound(io, event)
    case 'number_changed':
      await applyNumberChanged(io, event)
      return false
    case 'user_preference':
      await applyPreference(io, event)
      return false
    case 'template_status':
      return applyTemplateStatus(io, event)
    case 'template_category':
      if (event.templateId && event.category)
        await io.changeTemplate(event.templateId, 'category', event.category, event.body, event.at)
      return false
    case 'template_quality':
      if (event.templateId && event.quality)
        await io.changeTemplate(event.templateId, 'quality', event.quality, event.body, event.at)
      return false
    case 'account_update':
      if (event.wabaId && stopsAllSending(event)) {
        const reason: Reason = { code: 'sender_account', text: `Meta restricted the account (${event.event}).` }
        await restrictAll(io, event.wabaId, reason, false, await seenAt(io, event.at))
      }
      return false
    case 'account_errors':
      await applyAccountErrors(io, event)
      return false
    case 'phone_quality':
    case 'capability_update':
      if (event.wabaId && event.messagingLimit !== null) {
        const limit = Number.isFinite(event.messagingLimit) ? event.messagingLimit : null
        await io.setMessagingLimit(event.wabaId, limit, event.at)
      }
      return false
    case 'unknown':
    case 'malformed':
      inbox.onUnknown(event)
      return false
  }
}

/**
 * A template that may go now lets go who waited for it; one that never will, too: they are decided again, and told. Also when its status
 * is no news: the webhook that paused it may have been lost, and then they wait because Meta refused it.
 */
async function applyTemplateStatus(
  io: WebhookIo,
  { templateId, status, body, at }: TemplateStatusEvent,
): Promise<boolean> {
  if (templateId === null) return false
  const changed = await io.changeTemplate(templateId, 'status', status, body, at)
  if (changed === null || templateStatusClass(status) === 'waiting') return false
  return (await io.releaseTemplateWaiters(changed.wabaId, changed.name, changed.language)) > 0
}

/**
 * When Meta saw what it reports; a report without a stamp is of now. Stamps are whole seconds: what an operator did in the same one did not
 * cure it yet.
 */
async function seenAt(io: WebhookIo, at: Instant | null): Promise<Instant> {
  return at === null ? io.now() : plus(at, SECOND_MS - 1)
}

/** Even replies are stopped; a block of business-initiated messages alone is met message by message. Source: Meta, account_update (read 2026-11). */
function stopsAllSending(event: Extract<WebhookEvent, { kind: 'account_update' }>): boolean {
  if (event.banState === 'DISABLE' || event.event === 'ACCOUNT_DELETED') return true
  return event.restrictions.some((restriction) => restriction.type === 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING')
}

async function applyAccountErrors(
  io: WebhookIo,
  { wabaId, phoneNumberId: sender, errors, at }: AccountErrors,
): Promise<void> {
  for (const error of errors) {
    const failure = classify(error)
    if (failure.class !== 'account') continue
    const reason = reasonOf(failure, 1)
    const cured = failure.cure === 'new_token'
    if (sender) await io.restrictSender(sender, reason, cured, await seenAt(io, at))
    else if (wabaId) await restrictAll(io, wabaId, reason, cured, await seenAt(io, at))
  }
}

async function restrictAll(
  io: WebhookIo,
  wabaId: WabaId,
  reason: Reason,
  curedByToken: boolean,
  at: Instant,
): Promise<void> {
  for (const sender of await io.sendersOfWaba(wabaId)) await io.restrictSender(sender, reason, curedByToken, at)
}

/** The newest stamp of each account's events: proof that the channel was alive then. */
function newestStamps(events: WebhookEvent[]): Map<WabaId, Instant> {
  const newest = new Map<WabaId, Instant>()
  for (const event of events) {
    if (event.wabaId === null || !('at' in event) || event.at === null) continue
    const known = newest.get(event.wabaId)
    newest.set(event.wabaId, known === undefined ? event.at : latest(known, event.at))
  }
  return newest
}
