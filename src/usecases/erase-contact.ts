import type { ContactId, IntentId, WorkspaceId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import { names, withoutPerson } from '../domain/scrub.ts'
import type { RunningJob, StepOutcome } from './run-jobs.ts'

/*
 * Erasing a person, as a job. In this order, so that nothing brings them back:
 *
 *   pending    webhooks that wait to be applied lose what is of the person; what is being applied right now is waited for
 *   cancel     what has not left is cancelled, and producers are told; what is on its way is not tried again
 *   cut        their opt-outs are written down under keyed hashes, and all their ids go: from here on nobody finds them, who found them a
 *              moment ago adds nothing to them, and whoever writes to them or hears of them begins anew. Webhooks that came since
 *              `pending` are looked at first, as often as there are any
 *   delete     conversations, intents, messages, in pieces and in the order of their references; then the contact, with all that was merged
 *              into it
 *   payloads   stored webhooks that name them are emptied, a range of the inbox at a time
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
  /** The oldest pending payloads up to `upTo` that name one of these; `free` unless somebody is applying it. */
  pendingNaming(
    workspace: WorkspaceId,
    values: string[],
    after: string,
    upTo: string,
    limit: number,
  ): Promise<PendingPayload[]>
  rewritePayload(id: string, payload: string): Promise<void>
  /** Alone, until the transaction ends. False when they were merged or erased meanwhile. */
  lockPerson(contact: ContactId): Promise<boolean>
  unsentOf(contact: ContactId, limit: number): Promise<IntentId[]>
  cancel(ids: IntentId[], reason: Reason): Promise<void>
  /** Whatever brings back what is on its way, or in doubt, cancels it. */
  wishToCancelUnderWay(contact: ContactId): Promise<void>
  /** Keeps their opt-outs under keyed hashes of their ids, and takes the ids from them. */
  cutOff(workspace: WorkspaceId, contact: ContactId): Promise<void>
  /** Deletes up to `limit` rows of theirs. Answers how many; 0 when nothing is left, of the contact either. */
  deleteSome(contact: ContactId, limit: number): Promise<number>
  /** Empties applied and failed payloads that name one of these, among the next `limit` up to `upTo`. */
  emptyPayloads(
    workspace: WorkspaceId,
    values: string[],
    after: string,
    upTo: string,
    limit: number,
  ): Promise<{ last: string | null; seen: number }>
}

export interface PendingPayload {
  id: string
  payload: string
  free: boolean
}

interface EraseInput extends Record<string, unknown> {
  contact: ContactId
  step: 'begin' | 'pending' | 'cancel' | 'cut' | 'delete' | 'payloads'
  ids: KnownId[]
  /** Newest webhook when the step began. */
  upTo: string
  /** Where the step has come in the inbox. */
  at: string
  rows: number
}

const PENDING_AT_ONCE = 50
const ROWS_AT_ONCE = 500
const PAYLOADS_AT_ONCE = 2_000
const ERASED: Reason = { code: 'erased', text: 'The contact was erased.' }

/** Somebody has what is to be erased in hand. */
export class EraseLater extends Error {
  override readonly name = 'EraseLater'
}

/** One step; see above. */
export async function eraseStep(io: EraseIo, job: RunningJob): Promise<StepOutcome> {
  const input = { ids: [], at: '0', upTo: '0', rows: 0, ...job.input } as unknown as EraseInput
  const values = input.ids.flatMap((id) => id.values)
  const go = (change: Partial<EraseInput>, seen = 0): StepOutcome => {
    const next = { ...input, ...change }
    return { kind: 'more', input: next, done: job.done + seen, total: null }
  }
  switch (input.step) {
    case 'begin': {
      const contact = await io.liveContact(input.contact)
      if (contact === null) return { kind: 'finished', result: { erased: false } }
      return go({ contact, step: 'pending', ids: await io.idsOf(contact), upTo: await io.newestWebhook(), at: '0' })
    }
    case 'pending': {
      const found = await io.pendingNaming(job.workspace, values, input.at, input.upTo, PENDING_AT_ONCE)
      if (found.length === 0) return go({ step: 'cancel' })
      for (const { id, payload, free } of found) {
        if (free && names(payload, values)) await io.rewritePayload(id, withoutPerson(payload, values))
      }
      const busy = found.find((one) => !one.free)
      if (busy && found[0] === busy) throw new EraseLater('a webhook of theirs is being applied')
      const last = busy ? String(BigInt(busy.id) - 1n) : (found.at(-1) as PendingPayload).id
      return go({ at: last }, found.length)
    }
    case 'cancel': {
      if (!(await io.lockPerson(input.contact))) return go({ step: 'begin' })
      const unsent = await io.unsentOf(input.contact, ROWS_AT_ONCE)
      await io.cancel(unsent, ERASED)
      await io.wishToCancelUnderWay(input.contact)
      return unsent.length < ROWS_AT_ONCE ? go({ step: 'cut' }, unsent.length) : go({}, unsent.length)
    }
    case 'cut': {
      if (!(await io.lockPerson(input.contact))) return go({ step: 'begin' })
      const [ids, upTo] = [await io.idsOf(input.contact), await io.newestWebhook()]
      const named = ids.flatMap((id) => id.values)
      const since = await io.pendingNaming(job.workspace, named, '0', upTo, 1)
      if (since.length > 0) return go({ step: 'pending', ids, at: '0', upTo })
      await io.cancel(await io.unsentOf(input.contact, ROWS_AT_ONCE), ERASED)
      await io.wishToCancelUnderWay(input.contact)
      await io.cutOff(job.workspace, input.contact)
      return go({ step: 'delete', ids, at: '0', upTo })
    }
    case 'delete': {
      const deleted = await io.deleteSome(input.contact, ROWS_AT_ONCE)
      const rows = input.rows + deleted
      return deleted > 0 ? go({ rows }, deleted) : go({ step: 'payloads' })
    }
    case 'payloads': {
      const { last, seen } = await io.emptyPayloads(job.workspace, values, input.at, input.upTo, PAYLOADS_AT_ONCE)
      if (last === null) return { kind: 'finished', result: { erased: true, rows: input.rows } }
      return go({ at: last }, seen)
    }
  }
}
