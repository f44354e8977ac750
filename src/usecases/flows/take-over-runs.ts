import { endsOn, type Program } from '../../domain/flow/program.ts'
import { takeOver } from '../../domain/flow/take-over.ts'
import { why } from '../../domain/flow/whys.ts'
import type { ConversationId, FlowRunId } from '../../domain/ids.ts'
import type { Said } from '../../domain/said.ts'
import type { Instant } from '../../domain/time.ts'
import type { LiveRun } from '../../store/flows/runs.ts'
import type { OldRun, RunTakenOver, TakeOver } from '../../store/flows/take-overs.ts'
import { type LookIo, lookAtRuns } from './look-at-runs.ts'
import { oncePlaceOf } from './start-run.ts'

/*
 * A flow was changed, and its live runs go over to the new version, or end. Each is asked once, under its lock, where it is then: at any time it
 * is wholly on one version. Nobody waits for more than a page of them.
 */

/** Reads and writes of one transaction. */
export interface TakeOverIo extends LookIo {
  claimTakeOver(flow: number, others: 'waits' | 'skips'): Promise<TakeOver | null>
  takeOverTo(flow: number, version: number): Promise<TakeOver['what'] | null>
  moveTakeOver(taking: TakeOver, after: FlowRunId | null): Promise<void>
  lockOldRuns(
    of: Pick<TakeOver, 'flow' | 'version' | 'after'>,
    limit: number,
  ): Promise<{ runs: OldRun[]; last: FlowRunId | null }>
  /** One that the caller has locked; null: it is over, or of this version. */
  readOldRun(id: FlowRunId, version: number): Promise<OldRun | null>
  lockRunsOf(conversations: readonly ConversationId[]): Promise<LiveRun[]>
  /** Answers those whose place an older run has. */
  saveTakenOver(flow: number, taken: readonly RunTakenOver[]): Promise<Set<FlowRunId>>
}

const AT_ONCE = 500
const CHANGED = { kind: 'end', outcome: 'flow_changed', why: why('flow_changed') } as const

/** One page of what is under way for a flow. Answers whether there is more of it. @param others who do so too */
export async function takeOverSome(io: TakeOverIo, flow: number, others: 'waits' | 'skips'): Promise<boolean> {
  const taking = await io.claimTakeOver(flow, others)
  if (taking === null) return false
  const { runs, last } = await io.lockOldRuns(taking, AT_ONCE)
  await takeThem(io, taking, runs)
  await io.moveTakeOver(taking, last)
  return last !== null
}

/** It began on a version that was the newest when its transaction began, and nothing has happened in it. */
export function isLeftBehind({ version, liveFrom, run }: LiveRun): boolean {
  return version < liveFrom && run.seq === 0 && !run.begun
}

/** What began while the flow was changed, and could not be seen by who took its runs over. */
export async function takeLeftBehind(io: TakeOverIo, { id, flow, liveFrom }: LiveRun): Promise<void> {
  const what = await io.takeOverTo(flow, liveFrom)
  if (what === null) return
  const run = await io.readOldRun(id, liveFrom)
  if (run === null) return
  const program = await io.program(flow, liveFrom)
  const [first] = program.steps as [Program['steps'][number]]
  await takeThem(io, { flow, version: liveFrom, what }, [{ ...run, run: { ...run.run, step: first.id } }])
}

/** The same runs, for whoever has locked them and comes to them before the ticker: none is looked at that is left behind. */
export async function noneLeftBehind(io: TakeOverIo, runs: readonly LiveRun[]): Promise<readonly LiveRun[]> {
  const behind = runs.filter(isLeftBehind)
  if (behind.length === 0) return runs
  for (const run of behind) await takeLeftBehind(io, run)
  const live = await io.lockRunsOf([...new Set(runs.map((run) => run.conversationId))])
  return live.filter(({ id }) => runs.some((run) => run.id === id))
}

async function takeThem(
  io: TakeOverIo,
  { flow, version, what }: Pick<TakeOver, 'flow' | 'version' | 'what'>,
  runs: readonly OldRun[],
): Promise<void> {
  if (runs.length === 0) return
  if (what === 'end') {
    await lookAtRuns(io, runs, CHANGED)
    return
  }
  const program = await io.program(flow, version)
  const now = await io.now()
  const taken: RunTakenOver[] = []
  const ending: OldRun[] = []
  const lines: { run: OldRun; said: Said }[] = []
  for (const one of runs) {
    const result = takeOver(program, one.run, one.sends, now)
    if (result.kind === 'ends') ending.push(one)
    else if (result.kind === 'stays')
      lines.push({ run: one, said: why('stays_on', { version: one.version, next: version }) })
    else {
      const { run, sends } = result
      taken.push({ id: one.id, version, run, sends, endsOn: endsOn(program), once: placeOf(program, one) })
      lines.push({ run: one, said: wentOver(one, run.step, version) })
    }
  }
  if (ending.length > 0) await lookAtRuns(io, ending, CHANGED)
  const beside = await io.saveTakenOver(flow, taken)
  for (const run of runs) {
    if (beside.has(run.id)) lines.push({ run, said: why('place_taken') })
  }
  await io.writeHistory(
    lines.map(({ run, said }) => {
      const step = taken.find(({ id }) => id === run.id)?.run.step ?? run.run.step
      return { runId: run.id, at: now, kind: 'migrated', step, said }
    }),
  )
}

function wentOver({ version, run }: OldRun, to: string, next: number): Said {
  if (run.step === to) return why('went_over', { version, next })
  return why('went_over_to', { version, next, from: run.step, to })
}

/** What it is once for is what the new version says. */
function placeOf(program: Program, { run, onceKey, windowOpenedAt, conversationId }: OldRun): RunTakenOver['once'] {
  const window = /^\["window","?(\d+)/.exec(onceKey ?? '')?.[1]
  const openedAt = window === undefined ? windowOpenedAt : (Number(window) as Instant)
  const place = oncePlaceOf(program, { trigger: run.trigger.kind, data: run.data, openedAt, conversationId })
  return place && { key: place.key, since: place.enrol === null ? null : run.startedAt }
}
