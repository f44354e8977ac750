import type { ContactId, ConversationId, IntentId, WorkspaceId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import type { ListPlace } from '../store/campaigns/people.ts'
import type { DeliveryPlace } from '../store/passing/erasure.ts'
import type { RunningJob, StepOutcome } from './run-jobs.ts'

/*
 * Erasing a person, as a job. In this order, so that nothing brings them back:
 *
 *   unlist     their lines on lists of campaigns are emptied, so that no campaign makes anything new of them
 *   cancel     what has not left is cancelled, and producers are told; what is on its way is not tried again
 *   pending    webhooks of theirs that wait to be applied are waited for: one of them may say STOP
 *   cut        their opt-outs are written down under keyed hashes, and all their ids go: from here on nobody finds them, who found them a
 *              moment ago adds nothing to them, and whoever writes to them or hears of them begins anew. Webhooks that came since
 *              `pending` are waited for first, as often as there are any
 *   delete     what is on its way is waited for, so that nothing reaches them once the job is done: of a worker that died, for the lease of
 *              its attempt. Then conversations, intents, messages, in pieces and in the order of their references; then the contact, with all that was merged
 *              into it
 *   lists      the same with lists that came in meanwhile, a range at a time
 *   payloads   of stored webhooks that name them what is theirs is taken out, a range of the inbox at a time
 *   passing    of deliveries to endpoints, and of news, those about their messages go, a range at a time, once all news of theirs has been
 *              handed out
 *   passed     whoever delivers, and read something before that, is waited for
 *
 * What they write after the erasure was asked for and before the cut goes with the rest. A webhook of theirs that comes later is theirs
 * again: they wrote.
 */

export const ERASE = 'erase_contact'

export interface KnownId {
  scope: string
  key: string
  /** All spellings that may stand in a payload. */
  values: string[]
}

/** Reads and writes of one transaction. */
export interface EraseIo {
  /** The contact, or the one it was merged into; null when nobody is left. */
  liveContact(id: ContactId): Promise<ContactId | null>
  idsOf(contact: ContactId): Promise<KnownId[]>
  newestWebhook(): Promise<string>
  /** Whether a payload up to `upTo` that names one of these waits to be applied, or is being applied. */
  hasPending(workspace: WorkspaceId, values: string[], upTo: string): Promise<boolean>
  /** Alone, until the transaction ends. False when they were merged or erased meanwhile. */
  lockPerson(contact: ContactId): Promise<boolean>
  unsentOf(contact: ContactId, limit: number): Promise<IntentId[]>
  cancel(ids: IntentId[], reason: Reason): Promise<void>
  /** Whatever brings back what is on its way, or in doubt, cancels it. Programs that flows call for them are called no more. */
  wishToCancelUnderWay(contact: ContactId): Promise<void>
  /** Whether the request of an attempt, or a call of a flow, may still be on its way for them. */
  isUnderWay(contact: ContactId): Promise<boolean>
  /** Keeps their opt-outs under keyed hashes of their ids, and takes the ids from them. */
  cutOff(workspace: WorkspaceId, contact: ContactId): Promise<void>
  /** Deletes up to `limit` rows of theirs. Answers how many; 0 when nothing is left, of the contact either. */
  deleteSome(contact: ContactId, limit: number): Promise<number>
  /** Empties lines that are theirs, among the next `limit` of all lists. */
  scrubLists(
    workspace: WorkspaceId,
    values: string[],
    after: ListPlace,
    limit: number,
  ): Promise<{ place: ListPlace | null; seen: number }>
  /** Empties applied and failed payloads that name one of these, among the next `limit` up to `upTo`. */
  emptyPayloads(
    workspace: WorkspaceId,
    values: string[],
    after: string,
    upTo: string,
    limit: number,
  ): Promise<{ last: string | null; seen: number }>
  conversationsOf(contact: ContactId): Promise<ConversationId[]>
  /** Whether news about these conversations is still to become deliveries. */
  isUntold(conversations: ConversationId[]): Promise<boolean>
  /** What is kept for programs that may have lost their connection. */
  forgetNews(conversations: ConversationId[]): Promise<void>
  /** Deliveries about these conversations go, among the next `limit` of the workspace. */
  forgetDeliveries(
    workspace: WorkspaceId,
    conversations: ConversationId[],
    after: DeliveryPlace,
    limit: number,
  ): Promise<{ place: DeliveryPlace | null; seen: number }>
  /** Of the clock by which leases go. */
  leaseClock(): Promise<string>
  /** Whether somebody who delivers may still hold what they read before then. */
  isHeldSince(workspace: WorkspaceId, at: string): Promise<boolean>
}

interface EraseInput extends Record<string, unknown> {
  contact: ContactId
  step: 'begin' | 'unlist' | 'cancel' | 'pending' | 'cut' | 'delete' | 'lists' | 'payloads' | 'passing' | 'passed'
  ids: KnownId[]
  /** Newest webhook when the step began. */
  upTo: string
  /** Where the step has come in the inbox. */
  at: string
  rows: number
  conversations: ConversationId[]
  delivery: DeliveryPlace
  list: ListPlace
  /** When nothing of theirs was to be read any more. */
  readBy: string
}

const FIRST_DELIVERY: DeliveryPlace = { endpoint: '00000000-0000-0000-0000-000000000000', stream: '', id: '0' }

const FIRST_LIST: ListPlace = { campaign: 0, position: 0 }

const NOTHING_YET = {
  ids: [],
  at: '0',
  upTo: '0',
  rows: 0,
  conversations: [],
  delivery: FIRST_DELIVERY,
  list: FIRST_LIST,
  readBy: '',
}

const ROWS_AT_ONCE = 500
const PAYLOADS_AT_ONCE = 2_000
const LINES_AT_ONCE = 50_000
const ERASED: Reason = { code: 'erased', text: 'The contact was erased.' }

/** Somebody has what is to be erased in hand. */
export class EraseLater extends Error {
  override readonly name = 'EraseLater'
}

/** One step; see above. */
export async function eraseStep(io: EraseIo, job: RunningJob): Promise<StepOutcome> {
  const input = { ...NOTHING_YET, ...job.input } as unknown as EraseInput
  const values = input.ids.flatMap((id) => id.values)
  const go = (change: Partial<EraseInput>, seen = 0): StepOutcome => {
    const next = { ...input, ...change }
    return { kind: 'more', input: next, done: job.done + seen, total: null }
  }
  switch (input.step) {
    case 'begin': {
      const contact = await io.liveContact(input.contact)
      if (contact === null) return { kind: 'finished', result: { erased: false } }
      const ids = await io.idsOf(contact)
      return go({ contact, step: 'unlist', ids, upTo: await io.newestWebhook(), at: '0', list: FIRST_LIST })
    }
    case 'unlist': {
      const { place, seen } = await io.scrubLists(job.workspace, values, input.list, LINES_AT_ONCE)
      return place ? go({ list: place }, seen) : go({ step: 'cancel', list: FIRST_LIST })
    }
    case 'cancel': {
      if (!(await io.lockPerson(input.contact))) return go({ step: 'begin' })
      const unsent = await io.unsentOf(input.contact, ROWS_AT_ONCE)
      await io.cancel(unsent, ERASED)
      await io.wishToCancelUnderWay(input.contact)
      return unsent.length < ROWS_AT_ONCE ? go({ step: 'pending' }, unsent.length) : go({}, unsent.length)
    }
    case 'pending': {
      if (await io.hasPending(job.workspace, values, input.upTo)) {
        throw new EraseLater('a webhook of theirs waits to be applied')
      }
      return go({ step: 'cut' })
    }
    case 'cut': {
      if (!(await io.lockPerson(input.contact))) return go({ step: 'begin' })
      const [ids, upTo] = [await io.idsOf(input.contact), await io.newestWebhook()]
      const named = ids.flatMap((id) => id.values)
      if (await io.hasPending(job.workspace, named, upTo)) return go({ step: 'pending', ids, upTo })
      await io.cancel(await io.unsentOf(input.contact, ROWS_AT_ONCE), ERASED)
      await io.wishToCancelUnderWay(input.contact)
      await io.cutOff(job.workspace, input.contact)
      return go({ step: 'delete', ids, at: '0', upTo, conversations: await io.conversationsOf(input.contact) })
    }
    case 'delete': {
      if (await io.isUnderWay(input.contact))
        throw new EraseLater('a message to them, or a call for them, is on its way')
      const deleted = await io.deleteSome(input.contact, ROWS_AT_ONCE)
      const rows = input.rows + deleted
      return deleted > 0 ? go({ rows }, deleted) : go({ step: 'lists' })
    }
    case 'lists': {
      const { place, seen } = await io.scrubLists(job.workspace, values, input.list, LINES_AT_ONCE)
      return place ? go({ list: place }, seen) : go({ step: 'payloads' })
    }
    case 'payloads': {
      const { last, seen } = await io.emptyPayloads(job.workspace, values, input.at, input.upTo, PAYLOADS_AT_ONCE)
      return last === null ? go({ step: 'passing' }) : go({ at: last }, seen)
    }
    case 'passing': {
      const { conversations, delivery } = input
      // What is handed out later would come behind what has been looked at.
      const begins = delivery.endpoint === FIRST_DELIVERY.endpoint
      if (begins && (await io.isUntold(conversations))) throw new EraseLater('news about them is being handed out')
      if (begins) await io.forgetNews(conversations)
      const { place, seen } = await io.forgetDeliveries(job.workspace, conversations, delivery, PAYLOADS_AT_ONCE)
      return place ? go({ delivery: place }, seen) : go({ step: 'passed', readBy: await io.leaseClock() })
    }
    case 'passed': {
      if (await io.isHeldSince(job.workspace, input.readBy))
        throw new EraseLater('something of theirs is being delivered')
      return { kind: 'finished', result: { erased: true, rows: input.rows } }
    }
  }
}
