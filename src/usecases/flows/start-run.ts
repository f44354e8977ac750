import type { Facts } from '../../domain/flow/facts.ts'
import type { ActiveFlow } from '../../domain/flow/matcher.ts'
import { lengthOf } from '../../domain/flow/moment.ts'
import { endsOn, type FlowTrigger, type Program } from '../../domain/flow/program.ts'
import type { Run } from '../../domain/flow/run.ts'
import { declaredIn, newRun, type Occasion, onceKey, readData, triggerFor } from '../../domain/flow/start.ts'
import { zoneOfPerson } from '../../domain/flow/values.ts'
import { why } from '../../domain/flow/whys.ts'
import type { ContactId, ConversationId, FlowRunId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import type { Said } from '../../domain/said.ts'
import { earliest, type Instant } from '../../domain/time.ts'
import type { NewRunRow, RunLine } from '../../store/flows/runs.ts'

/* A run begins: a row, in the transaction of what began it. The ticker takes its first step. */

/** Reads and writes of one transaction. */
export interface StartIo {
  now(): Promise<Instant>
  /** Null: there is no such conversation. */
  readStartFacts(conversation: ConversationId): Promise<Facts | null>
  newRunId(now: Instant): FlowRunId
  /** False where one of its key lives already. */
  insertRun(row: NewRunRow): Promise<boolean>
  /** False where they were in it, and may not be again, or not yet. */
  enrol(place: { flow: number; contactId: ContactId; key: string; againAfterMs: number | null }): Promise<boolean>
  writeHistory(lines: readonly RunLine[]): Promise<void>
}

export interface ApartIo {
  /** Null: it failed for good, and nothing of it happened. @param flow of whose fault that would be */
  apart<T>(flow: string, work: () => Promise<T>): Promise<T | null>
}

/** A person and a number of ours. Whoever starts something there keeps it from being merged away meanwhile. */
export interface Place {
  workspace: WorkspaceId
  sender: PhoneNumberId
  contactId: ContactId
  conversationId: ConversationId
}

export interface Begun {
  occasion: Occasion
  /** When it happened, by whoever knows best. */
  at: Instant
  /** What texts and conditions read as `trigger`. */
  details: Record<string, unknown>
  /** What it is started with, not checked yet; null: what is known of the person under the names that the flow declares. */
  data: unknown
}

export type Started =
  | { kind: 'started'; id: FlowRunId }
  /** They are in it, or were. */
  | { kind: 'once' }
  /** Nothing that the flow begins by, or another number's. */
  | { kind: 'no_trigger' }
  | { kind: 'bad_data'; problems: { path: string; message: string }[] }

/** @param facts of the conversation, read in this transaction */
export async function startRun(
  io: StartIo,
  flow: ActiveFlow,
  place: Place,
  facts: Facts,
  { occasion, at, details, data: given }: Begun,
): Promise<Started> {
  const { program } = flow
  if (program.sender !== null && program.sender !== place.sender) return { kind: 'no_trigger' }
  const now = await io.now()
  const trigger = triggerFor(program, occasion, facts, now)
  if (trigger === null) return { kind: 'no_trigger' }
  const data = readData(program, given ?? declaredIn(program, facts.contact.attributes), zoneOfPerson(facts))
  if (!data.ok) return { kind: 'bad_data', problems: data.problems }
  const run = newRun(program, {
    now,
    triggeredAt: earliest(at, now),
    data: data.data,
    trigger: { kind: trigger.kind, ...details },
    order: facts.latest,
  })
  const { openedAt } = facts.window
  const once = oncePlaceOf(program, { trigger: trigger.kind, data: run.data, openedAt, ...place })
  if (once?.enrol && !(await io.enrol({ flow: flow.id, contactId: place.contactId, key: once.key, ...once.enrol })))
    return { kind: 'once' }
  const id = io.newRunId(now)
  const { workspace, sender, contactId, conversationId } = place
  const row = { id, workspace, flow: flow.id, version: flow.version, sender, contactId, conversationId, run }
  if (!(await io.insertRun({ ...row, onceKey: once?.key ?? null, endsOn: endsOn(program) }))) return { kind: 'once' }
  await io.writeHistory([{ runId: id, at: now, kind: 'started', step: null, said: begunBy(trigger, flow.version) }])
  return { kind: 'started', id }
}

export interface OncePlace {
  key: string
  /** It counts when the run is over, too. */
  enrol: { againAfterMs: number | null } | null
}

interface Whose {
  /** By which kind of trigger the run begins. */
  trigger: unknown
  data: Run['data']
  /** Of the window that is once. */
  openedAt: Instant | null
  conversationId: ConversationId
}

/** A window that closes is an occasion once, whatever the document says: it is looked for more than once. */
export function oncePlaceOf(program: Program, { trigger, data, openedAt, conversationId }: Whose): OncePlace | null {
  const { once } = program
  // The conversation comes last, behind the array, where a merge finds it; see merge-runs.ts.
  const here = (key: string | null) => `${key} ${conversationId}`
  if (once === null) {
    if (trigger !== 'window_closing') return null
    return { key: here(JSON.stringify(['window', openedAt])), enrol: { againAfterMs: null } }
  }
  const per = onceKey(program, data, openedAt)
  const key = once.per === 'conversation' || once.per === 'window' ? here(per) : String(per)
  if (once.coolDown !== null) return { key, enrol: { againAfterMs: lengthOf(once.coolDown) } }
  return { key, enrol: once.per === 'window' || once.per === 'ever' ? { againAfterMs: null } : null }
}

function begunBy({ kind }: FlowTrigger, version: number): Said {
  return why('started', { trigger: kind, version })
}
