import type { ActiveFlow } from '../../domain/flow/matcher.ts'
import { lengthOf } from '../../domain/flow/moment.ts'
import { why } from '../../domain/flow/whys.ts'
import type { FlowRunId, WorkspaceId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import type { DueBegin } from '../../store/flows/begins.ts'
import type { LiveRun } from '../../store/flows/runs.ts'
import type { PlaceRow } from '../../store/flows/triggers.ts'
import { beginByWindow, closingsOf, type HearIo } from './hear-inbound.ts'
import { type LookResult, lookAtRuns } from './look-at-runs.ts'
import { isLeftBehind, takeLeftBehind, takeOverSome } from './take-over-runs.ts'

/*
 * The ticker looks at runs whose time has come: in every worker, without a leader. A round is one short transaction; it takes what nobody else
 * has in hand and waits for nobody, so two tickers are one, and neither is ever in the way of a webhook for longer than a round.
 */

/** Reads and writes of one transaction. */
export type TickIo = HearIo & {
  /** Due runs with their people and conversations, locked. */
  claimDue(limit: number): Promise<LiveRun[]>
  claimRun(id: FlowRunId): Promise<LiveRun | null>
  /** Due runs of paused flows are due no more until those are resumed. Answers whether there may be more. */
  setRestingAside(): Promise<boolean>
  /** Poked runs are due; those that rest are never, and are answered. */
  drainPokes(): Promise<{ more: boolean; resting: FlowRunId[] }>
  takeClosing(
    flow: { flow: number; workspace: WorkspaceId; sender: string | null; beforeMs: number },
    limit: number,
  ): Promise<{ places: PlaceRow[]; more: boolean } | null>
  takeDueBegins(limit: number): Promise<DueBegin[]>
  settleBegins(settled: readonly { begin: DueBegin; again: Instant | null }[]): Promise<void>
  /** Keeps the person from being merged or erased; false where they were. */
  shareLive(contact: PlaceRow['contactId']): Promise<boolean>
}

export interface Ticker {
  inTransaction<T>(run: (io: TickIo) => Promise<T>): Promise<T>
  /** Workspaces with a flow that begins when a window closes. */
  closingWorkspaces(): Promise<WorkspaceId[]>
  /** A message was asked for. */
  announceDue(): void
  /** A program is to be called. */
  announceCalls(): void
  isPassing(error: unknown): boolean
  onFailed(run: { id: FlowRunId; flow: string }, error: Error): void
}

/** Runs of one transaction: some tens of milliseconds. */
const AT_ONCE = 200
const CLOSING_AT_ONCE = 200

/** One round. Answers how many runs were looked at, whether those were as many as one takes, and whether there is more to do at once. */
export async function tickFlows(ticker: Ticker): Promise<{ looked: number; full: boolean; more: boolean }> {
  const { moreResting, ...poked } = await ticker.inTransaction(async (io) => ({
    ...(await io.drainPokes()),
    moreResting: await io.setRestingAside(),
  }))
  for (const id of poked.resting) await tickResting(ticker, id)
  const moreToTakeOver = await ticker.inTransaction((io) => takeOverSome(io))
  let claimed: LiveRun[] = []
  try {
    const done = await ticker.inTransaction(async (io) => {
      claimed = await io.claimDue(AT_ONCE)
      const behind = claimed.filter(isLeftBehind)
      for (const run of behind) await takeLeftBehind(io, run)
      const result = await lookAtRuns(io, behind.length > 0 ? claimed.filter((run) => !isLeftBehind(run)) : claimed)
      for (const { run, error } of result.failed) ticker.onFailed({ id: run.id, flow: run.flowName }, error)
      return result
    })
    announce(ticker, done)
  } catch (error) {
    if (ticker.isPassing(error) || claimed.length === 0) throw error
    for (const run of claimed) await tickOne(ticker, run)
  }
  const more = poked.more || moreResting || moreToTakeOver || claimed.length > 0
  return { looked: claimed.length, full: claimed.length === AT_ONCE, more }
}

function announce(ticker: Ticker, { due, calls }: LookResult): void {
  if (due) ticker.announceDue()
  if (calls) ticker.announceCalls()
}

/** One that the database refuses keeps no other from its end. */
async function tickResting(ticker: Ticker, id: FlowRunId): Promise<void> {
  try {
    await ticker.inTransaction((io) => lookAtResting(io, id))
  } catch (error) {
    if (ticker.isPassing(error)) throw error
    ticker.onFailed({ id, flow: 'that is paused' }, error as Error)
  }
}

/** What ends it ends it. Whoever has it in hand finds the same; and so does who resumes it. */
async function lookAtResting(io: TickIo, id: FlowRunId): Promise<void> {
  const run = await io.claimRun(id)
  if (run !== null && (run.state === 'paused' || run.flowState === 'paused')) await lookAtRuns(io, [run])
}

/** One of a round that failed: the others go on, and the one whose writes the database refuses stands still, with the reason. */
async function tickOne(ticker: Ticker, { id, flowName }: LiveRun): Promise<void> {
  try {
    const done = await ticker.inTransaction(async (io) => {
      const run = await io.claimRun(id)
      return run === null ? null : lookAtRuns(io, [run])
    })
    if (done) announce(ticker, done)
  } catch (error) {
    if (ticker.isPassing(error)) throw error
    ticker.onFailed({ id, flow: flowName }, error as Error)
    await ticker.inTransaction(async (io) => {
      const run = await io.claimRun(id)
      if (run === null) return
      const said = why('broken', { why: (error as Error).message.slice(0, 500) })
      await io.saveRuns([{ id, seq: run.run.seq, run: run.run, sends: run.sends, watches: null, paused: said.text }])
      await io.writeHistory([{ runId: id, at: await io.now(), kind: 'paused', step: run.run.step, said }])
    })
  }
}

/** Begins what begins when a window closes soon. Answers whether there is more to do at once. */
export async function tickClosings(ticker: Ticker): Promise<boolean> {
  let more = false
  for (const workspace of await ticker.closingWorkspaces()) {
    const flows = await ticker.inTransaction(async (io) => (await io.matcher(workspace)).byClosingWindow)
    for (const flow of flows) if (await beginClosing(ticker, workspace, flow)) more = true
  }
  return more
}

async function beginClosing(ticker: Ticker, workspace: WorkspaceId, flow: ActiveFlow): Promise<boolean> {
  const beforeMs = Math.max(...closingsOf(flow).map(({ before }) => lengthOf(before)))
  return ticker.inTransaction(async (io) => {
    const taken = await io.takeClosing(
      { flow: flow.id, workspace, sender: flow.program.sender, beforeMs },
      CLOSING_AT_ONCE,
    )
    if (taken === null) return false
    const now = await io.now()
    // The person before anything else of theirs, in one order.
    for (const place of taken.places.toSorted((a, b) => Number(a.contactId) - Number(b.contactId))) {
      if (await io.shareLive(place.contactId)) await beginByWindow(io, [flow], place, now)
    }
    return taken.more
  })
}
