import type { Actor, Purview } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import type { IntentId, PhoneNumberId, WorkspaceId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import { SHOWN_STATES, type ShownState } from '../domain/shown-state.ts'
import { type Instant, plus } from '../domain/time.ts'
import type { CountedSelection } from '../store/intents/count.ts'
import type { RecordedDecision } from '../store/intents/intents.ts'
import type { IntentSelection } from '../store/intents/list-filters.ts'
import type { Places } from '../store/pg/merging.ts'
import { type Answer, done, invalid, mapAnswer } from './answer.ts'
import { type IntentQuery, type ReadIntentsIo, selectionOf } from './read-intents.ts'
import type { RunningJob, StepOutcome } from './run-jobs.ts'

/*
 * One action for all intents that a list has: counted first, then done as a job, a page of ids at a time and each page in one statement. The
 * filter is asked again by every step, so what has moved on meanwhile is left alone.
 */

export const BULK = 'bulk_intents'

export type BulkAction =
  | { action: 'cancel' }
  | { action: 'replay' }
  | { action: 'settle'; outcome: 'sent' | 'not_sent' }

export type BulkRequest = BulkAction & { filter: Omit<IntentQuery, 'cursor' | 'limit'> }

/** In which states an action finds something to do. In the order in which intents move on by themselves, so that none slips by. */
const FROM: Readonly<Record<BulkAction['action'], readonly ShownState[]>> = {
  cancel: ['held', 'scheduled', 'queued', 'dispatching', 'in_doubt'],
  replay: ['failed', 'expired', 'cancelled'],
  settle: ['in_doubt'],
}

type Chosen = Omit<CountedSelection, 'purview' | 'state'>

export interface BulkIntentsIo extends ReadIntentsIo {
  now(): Promise<Instant>
  countByReason(selection: CountedSelection): Promise<Map<string, number>>
  /** Null where it would take too long. */
  tryToCount(selections: readonly CountedSelection[]): Promise<number | null>
  /** Answers the job; the one that runs already where it is the same. */
  startBulk(doer: Doer, input: BulkInput, about: string): Promise<string>
}

export interface BulkCount {
  matches: number
  /** Without those that have no reason. */
  byReason: Record<string, number>
}

export async function countBulk(io: BulkIntentsIo, purview: Purview, request: BulkRequest): Promise<Answer<BulkCount>> {
  const chosen = await selectionsOf(io, purview, request)
  if (!chosen.ok) return chosen
  const sums = new Map<string, number>()
  for (const selection of chosen.value) {
    for (const [code, n] of await io.countByReason(selection)) sums.set(code, (sums.get(code) ?? 0) + n)
  }
  const matches = [...sums.values()].reduce((sum, n) => sum + n, 0)
  const byReason = Object.fromEntries([...sums].filter(([code]) => code !== '').toSorted(([, a], [, b]) => b - a))
  return done({ matches, byReason })
}

export async function startBulk(io: BulkIntentsIo, doer: Doer, request: BulkRequest): Promise<Answer<{ id: string }>> {
  const chosen = await selectionsOf(io, doer, request)
  if (!chosen.ok) return chosen
  const [first] = chosen.value
  const { filter, ...action } = request
  const total = await io.tryToCount(chosen.value)
  if (first === undefined) throw new Error('expected a state to look in, got none')
  const { purview: _purview, state: _state, ...selection } = first
  // To the millisecond, and what came in this one is meant too.
  const startedAt = plus(await io.now(), 1)
  const input: BulkInput = {
    ...action,
    by: doer.actor,
    senders: doer.senders,
    // What comes in later is nobody's wish.
    selection: { ...selection, until: Math.min(selection.until ?? startedAt, startedAt) as Instant },
    all: chosen.value.map(({ state }) => state),
    states: chosen.value.map(({ state }) => state),
    startedAt,
    total,
  }
  const about = JSON.stringify([action, doer.senders, Object.entries(filter).toSorted(([a], [b]) => (a < b ? -1 : 1))])
  return done({ id: await io.startBulk(doer, input, about) })
}

/** One for each state in which there is something to do. */
async function selectionsOf(
  io: ReadIntentsIo,
  purview: Purview,
  { action, filter }: BulkRequest,
): Promise<Answer<CountedSelection[]>> {
  const states = filter.state === undefined ? FROM[action] : FROM[action].filter((state) => state === filter.state)
  if (states.length === 0) {
    return invalid('filter.state', `expected filter.state to be one of ${FROM[action].join(', ')} for ${action}`)
  }
  const selection = await selectionOf(io, purview, filter)
  if (!selection.ok) return { ok: false, refusal: { ...selection.refusal, field: `filter.${selection.refusal.field}` } }
  return mapAnswer(selection, (chosen) => states.map((state) => ({ ...chosen, state })))
}

/** How many of each state, up to so many: then there may be more. */
export async function countStates(
  io: Pick<BulkIntentsIo, keyof ReadIntentsIo> & { count(selection: CountedSelection, most: number): Promise<number> },
  purview: Purview,
  query: Omit<IntentQuery, 'cursor' | 'limit' | 'state'>,
  most: number,
): Promise<Answer<Record<ShownState, number>>> {
  const selection = await selectionOf(io, purview, query)
  if (!selection.ok) return selection
  const counted: [ShownState, number][] = []
  for (const state of SHOWN_STATES) counted.push([state, await io.count({ ...selection.value, state }, most)])
  return done(Object.fromEntries(counted) as Record<ShownState, number>)
}

// The job.

export type BulkInput = BulkAction & {
  by: Actor
  senders: readonly PhoneNumberId[] | null
  selection: Chosen
  /** All that are looked in, and which of them are still to be gone through in this pass. */
  all: readonly ShownState[]
  states: readonly ShownState[]
  startedAt: Instant
  total: number | null
  /** Ids below this one, of the first of `states`. */
  before?: IntentId | null
  /** Whether this pass has found something. */
  found?: boolean
  passes?: number
  /** Of `cancel`: wishes kept. */
  requested?: number
}

/** Reads and writes of one transaction. */
export interface BulkStepIo {
  placeIntents(selection: IntentSelection): Promise<Places<IntentId>>
  cancelMany(
    workspace: WorkspaceId,
    ids: readonly IntentId[],
    decision: RecordedDecision,
  ): Promise<{ cancelled: number; requested: number }>
  replayMany(
    workspace: WorkspaceId,
    ids: readonly IntentId[],
    decision: RecordedDecision,
    endedBy: number,
  ): Promise<number>
  /** Answers how many were settled. */
  settleMany(
    purview: Purview,
    ids: readonly IntentId[],
    outcome: 'sent' | 'not_sent',
    by: Actor,
    job: string,
  ): Promise<number>
}

const AT_ONCE: Readonly<Record<BulkAction['action'], number>> = { cancel: 500, replay: 500, settle: 50 }
/** What is on its way, or moves on while it is looked for, is looked for again; what never stands still is left in the end. */
const MOST_PASSES = 5

export async function bulkStep(io: BulkStepIo, job: RunningJob): Promise<StepOutcome> {
  const input = job.input as unknown as BulkInput
  const [state, ...later] = input.states
  if (state === undefined) return nextPass(job, input)
  const purview = { workspace: job.workspace, senders: input.senders }
  const { before = null } = input
  const { found, next } = await io.placeIntents({
    ...input.selection,
    purview,
    state,
    before,
    limit: AT_ONCE[input.action],
  })
  const { changed, requested } = await act(io, job, input, found)
  const progress = {
    ...input,
    states: next === null ? later : input.states,
    before: next,
    found: (input.found ?? false) || changed > 0,
    requested: (input.requested ?? 0) + requested,
  }
  return { kind: 'more', input: progress, done: job.done + changed, total: input.total }
}

async function act(
  io: BulkStepIo,
  job: RunningJob,
  input: BulkInput,
  ids: readonly IntentId[],
): Promise<{ changed: number; requested: number }> {
  if (ids.length === 0) return { changed: 0, requested: 0 }
  const facts = { by: input.by.name, job: job.id }
  switch (input.action) {
    case 'cancel': {
      const decision = { kind: 'cancel', reason: asked('Cancelled by request.'), facts }
      const { cancelled, requested } = await io.cancelMany(job.workspace, ids, decision)
      return { changed: cancelled + requested, requested }
    }
    case 'replay': {
      const decision = { kind: 'replay', reason: asked('Replayed by request.'), facts }
      return { changed: await io.replayMany(job.workspace, ids, decision, input.startedAt), requested: 0 }
    }
    case 'settle': {
      const purview = { workspace: job.workspace, senders: input.senders }
      return { changed: await io.settleMany(purview, ids, input.outcome, input.by, job.id), requested: 0 }
    }
  }
}

function asked(text: string): Reason {
  return { code: 'by_request', text }
}

function nextPass(job: RunningJob, input: BulkInput): StepOutcome {
  const { action, found = false, passes = 1, requested = 0 } = input
  // Replayed once: what fails again has failed again.
  if (found && action === 'cancel' && passes < MOST_PASSES) {
    const again = { ...input, states: input.all, before: null, found: false, passes: passes + 1 }
    return { kind: 'more', input: again, done: job.done, total: input.total }
  }
  return { kind: 'finished', result: { changed: job.done, ...(action === 'cancel' ? { requested } : {}) } }
}
