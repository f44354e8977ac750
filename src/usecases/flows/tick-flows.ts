import { why } from '../../domain/flow/whys.ts'
import type { FlowRunId, WorkspaceId } from '../../domain/ids.ts'
import { type Instant, SECOND_MS } from '../../domain/time.ts'
import type { BeginKey, DueBegin } from '../../store/flows/begins.ts'
import type { RestingRun } from '../../store/flows/pokes.ts'
import type { LiveRun } from '../../store/flows/runs.ts'
import type { ClosingOf, PlaceRow } from '../../store/flows/triggers.ts'
import type { HearIo } from './hear-inbound.ts'
import { type LookResult, lookAtRuns } from './look-at-runs.ts'
import { isLeftBehind, noneLeftBehind, takeLeftBehind, takeOverSome } from './take-over-runs.ts'

/*
 * The ticker looks at runs whose time has come: in every worker, without a leader. A round is one short transaction; it takes what nobody else
 * has in hand and waits for nobody, so two tickers are one, and neither is ever in the way of a webhook for longer than a round.
 *
 * What fails alone is alone in that: the rest of its page goes on without it. Only what would meet the others too, a database that is away,
 * breaks a round off.
 */

/** Reads and writes of one transaction. */
export type TickIo = HearIo & {
  /** Due runs with their people and conversations, locked. */
  claimDue(limit: number): Promise<LiveRun[]>
  claimRun(id: FlowRunId): Promise<LiveRun | null>
  /** It is due again after so long, unless something happens; nothing where somebody has it in hand. */
  putOffRun(id: FlowRunId, ms: number): Promise<void>
  /** Due runs of paused flows are due no more until those are resumed. Answers whether there may be more. */
  setRestingAside(): Promise<boolean>
  /** Poked runs are due; those that rest are never, and are answered. */
  drainPokes(): Promise<{ more: boolean; resting: RestingRun[] }>
  forgetPokes(pokes: readonly string[]): Promise<void>
  takeOversUnderWay(): Promise<number[]>
  /** Whatever is locked here is not waited for any longer than a moment. */
  waitBriefly(): Promise<void>
  takeClosing(of: ClosingOf, limit: number): Promise<{ places: PlaceRow[]; more: boolean } | null>
  /** These are taken once more after so long. */
  takeClosingAgain(flow: number, conversations: readonly PlaceRow['conversationId'][], afterMs: number): Promise<void>
  takeDueBegins(limit: number, only?: BeginKey): Promise<DueBegin[]>
  settleBegins(settled: readonly { begin: BeginKey; again: Instant | null }[]): Promise<void>
  /** Where it is by now, whose person is neither merged nor erased until the transaction ends; null: they are erased. */
  livePlace(place: PlaceRow): Promise<PlaceRow | null>
  /** Null: the server broke it off, and nothing of it happened. */
  unlessBrokenOff<T>(work: () => Promise<T>, onBrokenOff: (error: Error) => void): Promise<T | null>
}

export interface Ticker {
  inTransaction<T>(run: (io: TickIo) => Promise<T>): Promise<T>
  /** Workspaces with a flow that begins when a window closes. */
  closingWorkspaces(): Promise<WorkspaceId[]>
  /** A message was asked for. */
  announceDue(): void
  /** A program is to be called. */
  announceCalls(): void
  /** It would meet everything else, too. */
  isPassingEverywhere(error: unknown): boolean
  /** It may go well another time. */
  isPassing(error: unknown): boolean
  onFailed(run: { id: FlowRunId; flow: string }, error: Error): void
  /** What broke off, and is tried again later. */
  onPutOff(what: { id?: string; flow: string }, error: Error): void
}

/** Runs of one transaction: some tens of milliseconds. */
const AT_ONCE = 200
/** What was broken off rests so long, for it may be broken off each time. */
export const PUT_OFF_MS = 30 * SECOND_MS

/** One round. Answers how many runs were looked at, whether those were as many as one takes, and whether there is more to do at once. */
export async function tickFlows(ticker: Ticker): Promise<{ looked: number; full: boolean; more: boolean }> {
  const { moreResting, ...poked } = await ticker.inTransaction(async (io) => ({
    ...(await io.drainPokes()),
    moreResting: await io.setRestingAside(),
  }))
  for (const run of poked.resting) await tickResting(ticker, run)
  const moreToTakeOver = await takeOverPages(ticker)
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
    if (ticker.isPassingEverywhere(error) || claimed.length === 0) throw error
    for (const run of claimed) await tickOne(ticker, run)
  }
  const more = poked.more || moreResting || moreToTakeOver || claimed.length > 0
  return { looked: claimed.length, full: claimed.length === AT_ONCE, more }
}

function announce(ticker: Ticker, { due, calls }: LookResult): void {
  if (due) ticker.announceDue()
  if (calls) ticker.announceCalls()
}

/** A page of each flow whose runs go over to a new version. */
async function takeOverPages(ticker: Ticker): Promise<boolean> {
  let more = false
  for (const flow of await ticker.inTransaction((io) => io.takeOversUnderWay())) {
    try {
      const page = ticker.inTransaction(async (io) => {
        await io.waitBriefly()
        return takeOverSome(io, flow, 'skips')
      })
      if (await page) more = true
    } catch (error) {
      if (ticker.isPassingEverywhere(error)) throw error
      ticker.onPutOff({ flow: `number ${flow}, whose runs go over to a new version` }, error as Error)
    }
  }
  return more
}

/** One that the database refuses keeps no other from its end. */
async function tickResting(ticker: Ticker, { id, pokes }: RestingRun): Promise<void> {
  const flow = 'that is paused'
  try {
    await ticker.inTransaction(async (io) => {
      if (await lookAtResting(io, id)) await io.forgetPokes(pokes)
    })
  } catch (error) {
    if (ticker.isPassingEverywhere(error)) throw error
    if (ticker.isPassing(error)) return ticker.onPutOff({ id, flow }, error as Error)
    ticker.onFailed({ id, flow }, error as Error)
    await ticker.inTransaction((io) => io.forgetPokes(pokes))
  }
}

/** What ends it ends it. False where somebody has it in hand, who may have looked before. */
async function lookAtResting(io: TickIo, id: FlowRunId): Promise<boolean> {
  const run = await io.claimRun(id)
  if (run === null) return false
  if (run.state === 'paused' || run.flowState === 'paused') await lookAtRuns(io, [run])
  return true
}

/** What cannot even be put off is come to again in the next round. */
export async function putOff(
  ticker: Ticker,
  what: { id: string; flow: string },
  error: Error,
  later: (io: TickIo) => Promise<void>,
): Promise<void> {
  ticker.onPutOff(what, error)
  try {
    await ticker.inTransaction(later)
  } catch (again) {
    if (ticker.isPassingEverywhere(again)) throw again
  }
}

/** One of a round that failed: the others go on, and the one whose writes the database refuses stands still, with the reason; one that takes too long rests. */
async function tickOne(ticker: Ticker, { id, flowName }: LiveRun): Promise<void> {
  try {
    const done = await ticker.inTransaction(async (io) => {
      const run = await io.claimRun(id)
      return run === null ? null : lookAtRuns(io, await noneLeftBehind(io, [run]))
    })
    if (done) announce(ticker, done)
  } catch (error) {
    if (ticker.isPassingEverywhere(error)) throw error
    if (ticker.isPassing(error)) {
      await putOff(ticker, { id, flow: flowName }, error as Error, (io) => io.putOffRun(id, PUT_OFF_MS))
      return
    }
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
