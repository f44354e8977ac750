import type { IntentId, PhoneNumberId, WabaId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import { templateStatusClass } from '../domain/template.ts'
import type { WaitKind } from '../domain/wait.ts'

/*
 * Every wait is a level. What lets a held intent go is an event (a customer's message, a template that was approved, a number that was
 * unlinked), and an event can be lost: a process dies between two statements, two transactions pass one another, a merge moves what waits
 * to another conversation. So everybody who waits is also found by asking whether they still have to.
 *
 * Those who began to wait not long ago are asked about in every round, for that is where events are missed; all the others page by page, a
 * page of each kind a round.
 */

/** Of those who wait for a template, the free-form messages are looked at, which the customer lets go by writing. */
const LOOKED_AT: readonly WaitKind[] = ['window', 'answer', 'responder', 'template', 'flow']

export interface ReconcileIo {
  waits: {
    /** A page of those who wait, in the order in which they began to, and who of them need not any more. */
    read(kind: WaitKind, after: string | null, limit: number): Promise<{ needless: IntentId[]; next: string | null }>
    /** The place before everybody who began to wait within this time. */
    placeOf(withinMs: number): Promise<string>
    release(ids: IntentId[]): Promise<number>
    templates(): Promise<{ wabaId: WabaId; name: string; language: string; status: string | null; held?: boolean }[]>
    releaseTemplate(wabaId: WabaId, template: { name: string; language: string }, limit: number): Promise<number>
  }
  senders: {
    /** Numbers without a token that something still waits for. */
    unlinkedWithUnsent(): Promise<PhoneNumberId[]>
    /** Returns how many it ended. */
    cancelAllOf(sender: PhoneNumberId, reason: Reason, limit: number): Promise<number>
  }
  notifyDue(): Promise<void>
}

/** Where the slow look at each kind stands; kept by the caller between rounds. */
export type ReconcilePlaces = Map<WaitKind, string | null>

export const UNLINKED: Reason = { code: 'by_request', text: 'The number was unlinked.' }

const PAGE = 1_000
/** So that no transaction holds a whole campaign. */
const CHUNK = 1_000
/** Longer than a dispatch or a webhook takes, and than the lead takes to pass on. */
const RECENT_MS = 60_000

/** Returns how many were let go. */
export async function reconcileWaits(io: ReconcileIo, places: ReconcilePlaces): Promise<number> {
  const recent = await io.waits.placeOf(RECENT_MS)
  let released = 0
  for (const kind of LOOKED_AT) {
    const [fresh, old] = [
      await io.waits.read(kind, recent, PAGE),
      await io.waits.read(kind, places.get(kind) ?? null, PAGE),
    ]
    places.set(kind, old.next)
    released += await io.waits.release([...new Set([...fresh.needless, ...old.needless])])
  }
  for (const { wabaId, status, held, ...template } of await io.waits.templates()) {
    const statusClass = status === null ? 'gone' : templateStatusClass(status)
    if (statusClass === 'gone' || (statusClass === 'usable' && !held))
      released += await releaseTemplateWaiters(io, wabaId, template)
  }
  if (released > 0) await io.notifyDue()
  for (const sender of await io.senders.unlinkedWithUnsent()) await cancelUnsent(io.senders, sender)
  return released
}

/** Everybody who waits for a flow and need not any more, the first first, in chunks. */
export async function releaseFlowWaiters(io: {
  waits: Pick<ReconcileIo['waits'], 'read' | 'release'>
  notifyDue(): Promise<void>
}): Promise<void> {
  let after: string | null = null
  do {
    const { needless, next } = await io.waits.read('flow', after, CHUNK)
    if ((await io.waits.release(needless)) > 0) await io.notifyDue()
    after = next
  } while (after !== null)
}

/** Everybody who waits for a template, in chunks. Returns how many. */
export async function releaseTemplateWaiters(
  io: { waits: Pick<ReconcileIo['waits'], 'releaseTemplate'>; notifyDue(): Promise<void> },
  wabaId: WabaId,
  template: { name: string; language: string },
): Promise<number> {
  let released = 0
  for (;;) {
    const count = await io.waits.releaseTemplate(wabaId, template, CHUNK)
    released += count
    if (count > 0) await io.notifyDue()
    if (count < CHUNK) return released
  }
}

/** What has not left is cancelled; what is on its way or in doubt still learns from Meta how it ended. */
export async function cancelUnsent(
  io: Pick<ReconcileIo['senders'], 'cancelAllOf'>,
  sender: PhoneNumberId,
): Promise<void> {
  while ((await io.cancelAllOf(sender, UNLINKED, CHUNK)) > 0) {}
}
