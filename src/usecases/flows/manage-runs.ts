import type { Purview } from '../../domain/access.ts'
import type { Doer } from '../../domain/audit.ts'
import type { ActiveFlow } from '../../domain/flow/matcher.ts'
import { why } from '../../domain/flow/whys.ts'
import type { ConversationId, FlowRunId, PhoneNumberId } from '../../domain/ids.ts'
import { parseRecipient, type Recipient } from '../../domain/recipient.ts'
import type { FlowRead } from '../../store/flows/flows.ts'
import type { FoundRun, RunHistoryLine } from '../../store/flows/run-reads.ts'
import type { LiveRun } from '../../store/flows/runs.ts'
import { type Answer, done, invalid, refused, unknown } from '../answer.ts'
import { decodeCursor, type Page, pageOf } from '../paging.ts'
import { type LookIo, lookAtRuns } from './look-at-runs.ts'
import { unknownFlow } from './manage-flows.ts'
import { type Place, type StartIo, startRun } from './start-run.ts'

/* Runs as programs and people start, read and stop them. */

export interface RunsIo {
  readFlow(purview: Purview, name: string): Promise<FlowRead | null>
  findRun(purview: Purview, id: string): Promise<FoundRun | null>
  history(id: FlowRunId): Promise<RunHistoryLine[]>
  list(
    flow: FlowRead,
    purview: Purview,
    filter: { state: FoundRun['state'] | null; before: string | null },
    limit: number,
  ): Promise<FoundRun[]>
  /** One transaction; what has been done is on record with it. */
  change<T>(
    doer: Doer,
    run: (io: RunChangeIo) => Promise<{ answer: Answer<T>; did: { what: string; id: string } | null }>,
  ): Promise<Answer<T>>
}

export interface RunChangeIo extends LookIo, StartIo {
  isLinked(purview: Purview, sender: string): Promise<boolean>
  readFlow(purview: Purview, name: string): Promise<FlowRead | null>
  /** The flow, if it takes new runs. */
  activeFlow(purview: Purview, name: string): Promise<ActiveFlow | null>
  /** Finds or makes the person and the conversation; nobody merges or erases them until the transaction ends. */
  placeOf(doer: Doer, sender: PhoneNumberId, recipient: Recipient): Promise<Place>
  /** With its person and conversation, waiting for whoever has them in hand; null: it is over. */
  lockRun(id: FlowRunId): Promise<LiveRun | null>
  setRunState(id: FlowRunId, state: 'waiting' | 'paused'): Promise<void>
  /** What runs of this conversation have asked for and is held for a pause, and need not be any more. */
  releaseHeld(conversation: ConversationId): Promise<void>
}

export interface StartInput {
  sender: string
  to: unknown
  data?: Record<string, unknown> | undefined
}

export function startFlow(
  io: Pick<RunsIo, 'change'>,
  doer: Doer,
  name: string,
  input: StartInput,
): Promise<Answer<{ id: FlowRunId }>> {
  return io.change<{ id: FlowRunId }>(doer, async (change) => {
    const no = (answer: Answer<{ id: FlowRunId }>) => ({ answer, did: null })
    const flow = await change.activeFlow(doer, name)
    if (flow === null) {
      const known = await change.readFlow(doer, name)
      return no(known === null ? unknownFlow(name) : paused(name))
    }
    const recipient = parseRecipient(input.to)
    if (!recipient.ok) return no(invalid('to', recipient.message))
    if (!(await change.isLinked(doer, input.sender))) {
      return no(unknown('sender_unknown', `sender ${input.sender}, linked,`))
    }
    const place = await change.placeOf(doer, input.sender as PhoneNumberId, recipient.recipient)
    const facts = await change.readStartFacts(place.conversationId)
    if (facts === null) throw new Error('the conversation vanished while it was opened')
    const begun = { occasion: { kind: 'api' as const }, at: await change.now(), details: {}, data: input.data ?? {} }
    const started = await startRun(change, flow, place, facts, begun)
    switch (started.kind) {
      case 'started':
        return { answer: done({ id: started.id }), did: null }
      case 'once':
        return no(once(name))
      case 'no_trigger':
        return no(notByApi(flow, input.sender))
      case 'bad_data': {
        const [first] = started.problems
        const { path, message } = first as { path: string; message: string }
        return no(refused({ status: 400, code: 'invalid', message, field: path, problems: started.problems }))
      }
    }
  })
}

function once<T>(name: string): Answer<T> {
  const message = `expected somebody who is not in ${name}, or may be in it again: the flow says once`
  return refused({ status: 409, code: 'once', message })
}

function paused<T>(name: string): Answer<T> {
  return refused({ status: 409, code: 'wrong_state', message: `expected flow ${name} to be active, it is paused` })
}

function notByApi<T>({ program }: ActiveFlow, sender: string): Answer<T> {
  if (program.sender !== null && program.sender !== sender) {
    return invalid('sender', `expected the number of the flow, ${program.sender}, got ${sender}`)
  }
  const message = `expected a flow that begins by the API: ${program.name} has no trigger "api"`
  return refused({ status: 409, code: 'wrong_state', message })
}

export type RunInFull = FoundRun & { history: RunHistoryLine[] }

export async function getRun(io: RunsIo, purview: Purview, id: string): Promise<Answer<RunInFull>> {
  const run = await io.findRun(purview, id)
  return run ? done({ ...run, history: await io.history(run.id) }) : unknownRun(id)
}

/** Newest first. */
export async function listRuns(
  io: RunsIo,
  purview: Purview,
  name: string,
  { state, cursor, limit }: { state?: FoundRun['state'] | undefined; cursor?: string | undefined; limit: number },
): Promise<Answer<Page<FoundRun>>> {
  const before = decodeCursor(cursor, isRunKey)
  if (!before.ok) return before
  const flow = await io.readFlow(purview, name)
  if (flow === null) return unknownFlow(name)
  const rows = await io.list(flow, purview, { state: state ?? null, before: before.value?.[0] ?? null }, limit + 1)
  return done(pageOf(rows, limit, ({ id }) => [id]))
}

function isRunKey(key: readonly unknown[]): key is readonly [string] {
  return key.length === 1 && typeof key[0] === 'string' && /^[0-9a-f-]{36}$/.test(key[0])
}

/** What has not left of it does not leave. One that is over stays as it is. */
export async function stopRun(io: RunsIo, doer: Doer, id: string): Promise<Answer<RunInFull>> {
  return changeRun(io, doer, id, 'stop', async (change, run) => {
    const said = why('stopped_by', { name: doer.actor.name })
    await lookAtRuns(change, [run], { kind: 'end', outcome: 'stopped', why: said })
  })
}

/** Paused it does nothing, and what it has asked for and has not left is held; what stops it still does. */
export async function setRunState(
  io: RunsIo,
  doer: Doer,
  id: string,
  state: 'waiting' | 'paused',
): Promise<Answer<RunInFull>> {
  return changeRun(io, doer, id, state === 'paused' ? 'pause' : 'resume', async (change, run) => {
    if (run.state === state) return
    await change.setRunState(run.id, state)
    if (state === 'waiting') await change.releaseHeld(run.conversationId)
    const kind = state === 'paused' ? 'paused' : 'resumed'
    const said = why(`${kind}_by`, { name: doer.actor.name })
    await change.writeHistory([{ runId: run.id, at: await change.now(), kind, step: run.run.step, said }])
  })
}

async function changeRun(
  io: RunsIo,
  doer: Doer,
  id: string,
  what: string,
  change: (io: RunChangeIo, run: LiveRun) => Promise<void>,
): Promise<Answer<RunInFull>> {
  const found = await io.findRun(doer, id)
  if (found === null) return unknownRun(id)
  const changed = await io.change<null>(doer, async (locked) => {
    const run = await locked.lockRun(found.id)
    if (run === null) return { answer: done(null), did: null }
    await change(locked, run)
    return { answer: done(null), did: { what, id } }
  })
  return changed.ok ? getRun(io, doer, id) : changed
}

function unknownRun<T>(id: string): Answer<T> {
  return unknown('run_unknown', `run ${id}`)
}
