import type { PhoneNumberId, WabaId } from '../domain/ids.ts'
import type { Sender, SenderLink, SenderStore } from '../store/accounts/senders.ts'
import { type Answer, done, refused } from './answer.ts'
import { type ReleaseIo, releaseAll } from './release-all.ts'

export interface LinkSenderIo extends ReleaseIo {
  senders: Pick<SenderStore, 'link'>
  /** What intents of this sender wait for while it cannot send. */
  senderEvent(id: PhoneNumberId): string
  /** Synchronises the templates of an account in the background; reports its own errors. */
  startTemplateSync(wabaId: WabaId): void
}

/** What to name at fault. Whose it is, and that it is linked at all, is not for the other workspace to know. */
const HELD = {
  number: ['phone_number_id', 'a number'],
  account: ['waba_id', 'an account'],
  portfolio: ['portfolio_id', 'a portfolio'],
} as const

/** Linking never waits for Meta and never fails because of it: the first template sync starts by itself and reports by itself. */
export async function linkSender(
  io: LinkSenderIo,
  link: SenderLink,
): Promise<Answer<{ created: boolean; sender: Sender }>> {
  const outcome = await io.senders.link(link)
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
  if (outcome.kind === 'created' || outcome.lifted) await releaseAll(io, io.senderEvent(sender.phoneNumberId))
  return done({ created: outcome.kind === 'created', sender })
}
