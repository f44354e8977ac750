import type { Doer } from '../../domain/audit.ts'
import type { FlowMatcher } from '../../domain/flow/matcher.ts'
import { declaredIn } from '../../domain/flow/start.ts'
import type { ContactId, ConversationId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import { type Answer, done, refused, unknown } from '../answer.ts'
import { personKey } from '../person-key.ts'
import { lookAtRuns } from './look-at-runs.ts'
import { type Place, type StartIo, startRun } from './start-run.ts'
import { noneLeftBehind, type TakeOverIo } from './take-over-runs.ts'

/* Somebody tells what happened to a customer elsewhere: an order was paid, a quote accepted. */

export interface EventInput {
  contact: string
  /** Only of the conversation with this number; else of all that the person has. */
  sender?: string | undefined
  name: string
  /** Of who tells: the same key is the same event. */
  key: string
  data?: Record<string, unknown> | undefined
}

/** Reads and writes of one transaction. */
export interface EventIo extends TakeOverIo, StartIo {
  findContact(workspace: WorkspaceId, key: string): Promise<ContactId | null>
  /** The person and their conversations in which a flow is under way, waiting for whoever has them in hand. Null: they are gone. */
  lockPerson(contact: ContactId): Promise<{ contact: ContactId; conversations: ConversationId[] } | null>
  /** Its place in the order; null for one that is known. */
  insertEvent(contact: ContactId, event: Omit<EventInput, 'contact'>): Promise<number | null>
  matcher(workspace: WorkspaceId): Promise<FlowMatcher>
  /** With this number, made where there is none; null: the number is not linked. Without one, where they wrote last; null: nowhere. */
  placeWith(doer: Doer, contact: ContactId, sender: PhoneNumberId | null): Promise<Place | null>
}

export interface EventsIo {
  inTransaction<T>(run: (io: EventIo) => Promise<T>): Promise<T>
  wake(): void
  /** A program is to be called. */
  announceCalls(): void
}

/** Answers how many runs it moved, ended or began. */
export async function tellEvent(
  io: EventsIo,
  doer: Doer,
  input: EventInput,
): Promise<Answer<{ matched_runs: number }>> {
  let calls = false
  const answer = await io.inTransaction(async (trx): Promise<Answer<{ matched_runs: number }>> => {
    calls = false
    const key = personKey(input.contact)
    const found = key === null ? null : await trx.findContact(doer.workspace, key)
    const locked = found === null ? null : await trx.lockPerson(found)
    if (locked === null) return unknown('contact_unknown', `contact ${input.contact}`)
    const sender = (input.sender ?? null) as PhoneNumberId | null
    if (sender !== null && (await trx.placeWith(doer, locked.contact, sender)) === null) {
      return unknown('sender_unknown', `sender ${sender}, linked,`)
    }
    if (sender === null && doer.senders !== null) {
      const message = 'expected a sender: this key is for some numbers only'
      return refused({ status: 400, code: 'invalid', message, field: 'sender' })
    }
    const recorded = await trx.insertEvent(locked.contact, input)
    if (recorded === null) return done({ matched_runs: 0 })
    const runs = (await trx.lockRunsOf(locked.conversations)).filter((run) => sender === null || run.sender === sender)
    const { looked, ...result } = await lookAtRuns(trx, await noneLeftBehind(trx, runs))
    calls = result.calls
    const moved = looked.filter(({ moved: { history } }) =>
      history.some(({ kind }) => kind === 'satisfied' || kind === 'ended'),
    )
    return done({ matched_runs: moved.length + (await begin(trx, doer, locked.contact, sender, input, recorded)) })
  })
  if (answer.ok) io.wake()
  if (calls) io.announceCalls()
  return answer
}

async function begin(
  io: EventIo,
  doer: Doer,
  contact: ContactId,
  sender: PhoneNumberId | null,
  { name, data = {} }: EventInput,
  order: number,
): Promise<number> {
  let begun = 0
  for (const flow of (await io.matcher(doer.workspace)).byEvent(name)) {
    const place = await io.placeWith(doer, contact, sender ?? (flow.program.sender as PhoneNumberId | null))
    const facts = place && (await io.readStartFacts(place.conversationId))
    if (!place || !facts) continue
    const at = await io.now()
    const started = await startRun(io, flow, place, facts, {
      occasion: { kind: 'event', event: { order, at, name, data } },
      at,
      details: data,
      data: declaredIn(flow.program, facts.contact.attributes, data),
    })
    if (started.kind === 'started') begun += 1
  }
  return begun
}
