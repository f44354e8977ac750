import type { ToldIdentity } from '../domain/identity.ts'
import type { ContactId, PhoneNumberId } from '../domain/ids.ts'
import { type Instant, latest } from '../domain/time.ts'
import type { InboundIo } from './apply-inbound.ts'
import { type LetGoIo, letGoOfMerged } from './let-go.ts'

/*
 * Learns who the recipients of messages were, from what Meta answered and what statuses told. It may turn out that two contacts are one,
 * and then the window of the one counts for what waits of the other; or that a number has gone to somebody else.
 */

export interface NotedTelling {
  id: string
  /** Whom the message went to by what we knew. */
  contactId: ContactId
  sender: string
  ids: ToldIdentity[]
}

/** Reads and writes of one transaction. */
export type LearnIo = LetGoIo & {
  accounts: Pick<InboundIo['accounts'], 'ownerOf'>
  people: Pick<InboundIo['people'], 'recognise' | 'enrich'> & {
    /** The oldest that nobody else is learning and that is not among these. */
    takeTold(except: string[]): Promise<NotedTelling | null>
    forgetTold(id: string): Promise<void>
    /** Shares the lock on who this contact is by now; null when they are being erased. */
    shareLive(id: ContactId): Promise<ContactId | null>
  }
}

export interface LearnInbox {
  inTransaction<T>(run: (io: LearnIo) => Promise<T>): Promise<T>
  /** Somebody has the person in hand. */
  isBusy(error: unknown): boolean
  /** Wakes the relay. */
  notifyDue(): Promise<void>
}

/** Learns up to `limit` of what was told. What is busy is left for the next round, and stops nothing else. Answers how many it learnt. */
export async function learnIdentities(inbox: LearnInbox, limit: number): Promise<number> {
  const busy: string[] = []
  let learnt = 0
  while (learnt + busy.length < limit) {
    let taken: string | null = null
    try {
      const due = await inbox.inTransaction(async (io) => {
        const telling = await io.people.takeTold(busy)
        if (telling === null) return null
        taken = telling.id
        return learn(io, telling)
      })
      if (due === null) return learnt
      if (due) await inbox.notifyDue()
      learnt += 1
    } catch (error) {
      if (taken === null || !inbox.isBusy(error)) throw error
      busy.push(taken)
    }
  }
  return learnt
}

async function learn(io: LearnIo, { id, contactId, sender, ids }: NotedTelling): Promise<boolean> {
  await io.people.forgetTold(id)
  const owner = await io.accounts.ownerOf(sender as PhoneNumberId)
  // Whom it went to may be gone by now, and is not to come back by what is told of them.
  const recipient = await io.people.shareLive(contactId)
  if (owner === null || recipient === null) return false
  const recognised = await io.people.recognise(
    owner,
    ids.map((one) => ({ ...one, unseen: true })),
    recipient,
  )
  const stamps = ids.map((one) => one.at).filter((at) => at !== null)
  const at = stamps.length === 0 ? null : stamps.reduce<Instant>(latest, stamps[0] as Instant)
  await io.people.enrich(recognised.contactId, NOTHING_ELSE, at)
  return letGoOfMerged(io, recognised.merged)
}

const NOTHING_ELSE = { waId: null, bsuid: null, parentBsuid: null, profileName: null, username: null }
