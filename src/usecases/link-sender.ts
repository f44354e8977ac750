import type { Doer } from '../domain/audit.ts'
import type { PhoneNumberId, WabaId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import type { LinkOutcome, Sender, SenderLink } from '../store/accounts/senders.ts'
import { type Answer, done, refused } from './answer.ts'
import { cancelUnsent } from './reconcile-waits.ts'

export interface LinkSenderIo {
  senders: { link(doer: Doer, link: SenderLink): Promise<LinkOutcome> }
  /** Ends what has not left of a number that is not linked, and of no other; returns how many. */
  cancelAllOf(id: PhoneNumberId, reason: Reason, limit: number): Promise<number>
  notifyDue(): Promise<void>
  /** Synchronises the templates of an account in the background; reports its own errors. */
  startTemplateSync(wabaId: WabaId): void
}

/** What to name at fault. Whose it is, and that it is linked at all, is not for the other workspace to know. */
export const HELD = {
  number: ['phone_number_id', 'a number'],
  account: ['waba_id', 'an account'],
  portfolio: ['portfolio_id', 'a portfolio'],
} as const

/** Linking never waits for Meta and never fails because of it: the first template sync starts by itself and reports by itself. */
export async function linkSender(
  io: LinkSenderIo,
  doer: Doer,
  link: SenderLink,
): Promise<Answer<{ created: boolean; sender: Sender }>> {
  // What it left behind when it was unlinked was cancelled then, and must not come back to life where that was interrupted.
  await cancelUnsent(io, link.phoneNumberId)
  const outcome = await io.senders.link(doer, link)
  if (outcome.kind === 'elsewhere') {
    const message = `expected waba_id to be ${outcome.wabaId}, where sender ${link.phoneNumberId} is linked, got ${link.wabaId}; unlink it first`
    return refused({ status: 409, code: 'sender_elsewhere', message, field: 'waba_id' })
  }
  if (outcome.kind === 'held') {
    const [field, name] = HELD[outcome.what]
    const message = `expected ${field} to be ${name} that no other workspace holds`
    return refused({ status: 409, code: 'sender_elsewhere', message, field })
  }
  const { sender } = outcome
  io.startTemplateSync(sender.wabaId)
  if (outcome.kind === 'updated' && outcome.lifted) await io.notifyDue()
  return done({ created: outcome.kind === 'created', sender })
}
