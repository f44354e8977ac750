import { classify, reasonOf } from '../domain/failure.ts'
import type { PhoneNumberId, WabaId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import { ratedCategoryOf } from '../domain/money/categories.ts'
import { marketNamed } from '../domain/money/markets.ts'
import { type Instant, plus, SECOND_MS } from '../domain/time.ts'
import type { AccountErrors, WebhookEvent } from '../graph/webhook-event.ts'
import type { ToldAccount, ToldTier } from '../store/money/money.ts'
import { applyTemplateEvent, type TemplateNewsIo } from './apply-template.ts'
import type { AccountEvent } from './webhook-parts.ts'

/** Reads and writes of one transaction. */
export type AccountIo = TemplateNewsIo & {
  now(): Promise<Instant>
  accounts: {
    sendersOf(wabaId: WabaId): Promise<PhoneNumberId[]>
    restrict(sender: PhoneNumberId, reason: Reason, curedByToken: boolean, seenAt: Instant): Promise<void>
    /** Its numbers are to be read from Meta. */
    wantNumbers(wabaId: WabaId): Promise<void>
    setMessagingLimit(wabaId: WabaId, limit: number | null, at: Instant | null): Promise<void>
    /** What an older telling says of the same is not heeded. */
    recordAccount(wabaId: WabaId, told: ToldAccount, at: Instant): Promise<void>
    recordTier(wabaId: WabaId, tier: ToldTier): Promise<void>
  }
}

/** What Meta tells of templates, numbers and the account itself. Answers whether an intent fell due. */
export async function applyAccountEvent(
  io: AccountIo,
  event: AccountEvent,
  onUnknown: (event: Extract<WebhookEvent, { kind: 'unknown' | 'malformed' }>) => void,
): Promise<boolean> {
  switch (event.kind) {
    case 'template_status':
    case 'template_category':
    case 'template_quality':
    case 'template_components':
    case 'template_misfiled':
      return applyTemplateEvent(io, event)
    case 'account_update':
      if (event.wabaId && stopsAllSending(event)) {
        const reason: Reason = { code: 'sender_account', text: `Meta restricted the account (${event.event}).` }
        await restrictAll(io, event.wabaId, reason, false, await seenAt(io, event.at))
      }
      if (event.wabaId) await applyPrices(io, event.wabaId, event)
      return false
    case 'account_errors':
      await applyAccountErrors(io, event)
      return false
    case 'phone_quality':
    case 'capability_update':
      // It says that something changed, and not what it is now.
      if (event.wabaId && event.kind === 'phone_quality') await io.accounts.wantNumbers(event.wabaId)
      if (event.wabaId && event.messagingLimit !== null) {
        const limit = Number.isFinite(event.messagingLimit) ? event.messagingLimit : null
        await io.accounts.setMessagingLimit(event.wabaId, limit, event.at)
      }
      return false
    case 'unknown':
    case 'malformed':
      onUnknown(event)
      return false
  }
}

/**
 * When Meta saw what it reports; a report without a stamp is of now. Stamps are whole seconds: what an operator did in the same one did not
 * cure it yet.
 */
async function seenAt(io: AccountIo, at: Instant | null): Promise<Instant> {
  return at === null ? io.now() : plus(at, SECOND_MS - 1)
}

/** What changes what messages cost. A market or a category that no rate card has changes nothing. */
async function applyPrices(
  io: AccountIo,
  wabaId: WabaId,
  { international, homeCountry, volumeTier, at }: Extract<WebhookEvent, { kind: 'account_update' }>,
): Promise<void> {
  if (international !== null || homeCountry !== null) {
    await io.accounts.recordAccount(wabaId, { international, homeCountry }, at ?? (await io.now()))
  }
  if (volumeTier === null) return
  const { month, from } = volumeTier
  const [market, category] = [marketNamed(volumeTier.region), ratedCategoryOf(volumeTier.category.toLowerCase())]
  if (market === null || category === null || from < 1) return
  const reachedAt = volumeTier.at ?? at ?? (await io.now())
  await io.accounts.recordTier(wabaId, { market, category, month, from, at: reachedAt })
}

/** Even replies are stopped; a block of business-initiated messages alone is met message by message. Source: Meta, account_update (read 2026-11). */
function stopsAllSending(event: Extract<WebhookEvent, { kind: 'account_update' }>): boolean {
  if (event.banState === 'DISABLE' || event.event === 'ACCOUNT_DELETED') return true
  return event.restrictions.some((restriction) => restriction.type === 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING')
}

async function applyAccountErrors(
  io: AccountIo,
  { wabaId, phoneNumberId: sender, errors, at }: AccountErrors,
): Promise<void> {
  for (const error of errors) {
    const failure = classify(error)
    if (failure.class !== 'account') continue
    const reason = reasonOf(failure, 1)
    const cured = failure.cure === 'new_token'
    if (sender) await io.accounts.restrict(sender, reason, cured, await seenAt(io, at))
    else if (wabaId) await restrictAll(io, wabaId, reason, cured, await seenAt(io, at))
  }
}

async function restrictAll(
  io: AccountIo,
  wabaId: WabaId,
  reason: Reason,
  curedByToken: boolean,
  at: Instant,
): Promise<void> {
  for (const sender of await io.accounts.sendersOf(wabaId)) await io.accounts.restrict(sender, reason, curedByToken, at)
}
