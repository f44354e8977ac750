import type { Purview } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import type { PhoneNumberId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import type { Sender, SenderSettings, SenderStore } from '../store/accounts/senders.ts'
import { type Answer, done, unknown } from './answer.ts'
import { cancelUnsent } from './reconcile-waits.ts'

/*
 * What an operator does with the numbers we send from. A pause needs no more than its row: what is due for the number is passed by, and
 * goes on once it is active again.
 */
export interface ManageSendersIo {
  senders: Pick<SenderStore, 'get' | 'list'> & {
    /** Null when it is not linked. `lifted`: it was restricted for its token and is active again. */
    update(doer: Doer, id: PhoneNumberId, settings: SenderSettings): Promise<{ sender: Sender; lifted: boolean } | null>
    pause(doer: Doer, id: PhoneNumberId): Promise<void>
    resume(doer: Doer, id: PhoneNumberId): Promise<void>
    /** False when it is not linked. */
    unlink(doer: Doer, id: PhoneNumberId): Promise<boolean>
  }
  /** Wakes the relay. */
  notifyDue(): Promise<void>
  /** Ends what has not left of a number that is not linked, and of no other. Returns how many; call again until it is 0. */
  cancelAllOf(id: PhoneNumberId, reason: Reason, limit: number): Promise<number>
}

/** A new access token lifts a restriction it cures. The messaging limit is the portfolio's: it changes for all of its numbers. */
export async function updateSender(
  io: ManageSendersIo,
  doer: Doer,
  id: PhoneNumberId,
  settings: SenderSettings,
): Promise<Answer<Sender>> {
  const updated = await io.senders.update(doer, id, settings)
  if (!updated) return unknownSender(id)
  if (updated.lifted) await io.notifyDue()
  return done(updated.sender)
}

export async function getSender(io: ManageSendersIo, purview: Purview, id: PhoneNumberId): Promise<Answer<Sender>> {
  const sender = await io.senders.get(purview, id)
  return sender ? done(sender) : unknownSender(id)
}

export async function pauseSender(io: ManageSendersIo, doer: Doer, id: PhoneNumberId): Promise<Answer<Sender>> {
  await io.senders.pause(doer, id)
  return getSender(io, doer, id)
}

export async function resumeSender(io: ManageSendersIo, doer: Doer, id: PhoneNumberId): Promise<Answer<Sender>> {
  await io.senders.resume(doer, id)
  const answer = await getSender(io, doer, id)
  if (answer.ok) await io.notifyDue()
  return answer
}

/**
 * What has not left is cancelled; what is on its way or in doubt still learns from Meta how it ended. Where this is interrupted,
 * `reconcile-waits` finds the number without a token and goes on.
 */
export async function unlinkSender(io: ManageSendersIo, doer: Doer, id: PhoneNumberId): Promise<Answer<null>> {
  if (!(await io.senders.unlink(doer, id))) return unknownSender(id)
  await cancelUnsent(io, id)
  return done(null)
}

function unknownSender<T>(id: PhoneNumberId): Answer<T> {
  return unknown('sender_unknown', `sender ${id}`)
}
