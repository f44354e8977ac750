import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { compileFlow } from '../domain/flow/compile.ts'
import { type ActiveFlow, FlowMatcher } from '../domain/flow/matcher.ts'
import type { Program } from '../domain/flow/program.ts'
import type { FlowRunId, IntentId, WorkspaceId } from '../domain/ids.ts'
import { handOver } from '../store/conversations/tending.ts'
import { settleBegins, takeDueBegins } from '../store/flows/begins.ts'
import { cancelCalls, insertCalls } from '../store/flows/calls.ts'
import { askedLately, readFacts, readStartFacts } from '../store/flows/facts.ts'
import { readActiveFlows, readEpoch, readVersion } from '../store/flows/flows.ts'
import { drainPokes, forgetPokes, leaveFlow, pokeLater } from '../store/flows/pokes.ts'
import {
  claimDueRuns,
  claimRun,
  countPasses,
  enrol,
  insertRun,
  lockRunsOf,
  putOffRun,
  saveRuns,
  setRestingAside,
  takeInbound,
  writeHistory,
} from '../store/flows/runs.ts'
import * as takeOvers from '../store/flows/take-overs.ts'
import {
  holdClosings,
  isHindered,
  livePlace,
  takeClosing,
  takeClosingAgain,
  templateOf,
} from '../store/flows/triggers.ts'
import { insertIntents } from '../store/intents/enqueue.ts'
import { moveSchedules } from '../store/intents/schedules.ts'
import { cancelForGood } from '../store/intents/waiting.ts'
import { updateContact } from '../store/people/contacts.ts'
import { boundTo } from '../store/pg/bound.ts'
import { databaseNow } from '../store/pg/clock.ts'
import { type Db, isPassingDatabaseError, isPassingEverywhere } from '../store/pg/postgres.ts'
import type { FlowIntent } from '../usecases/flows/plan-run.ts'
import type { TickIo } from '../usecases/flows/tick-flows.ts'

/** What a process remembers of flows. A version never changes, so it is compiled once; which ones are active, a counter in the database tells. */
export interface FlowMemory {
  program(db: Db, flow: number, version: number): Promise<Program>
  matcher(db: Db, workspace: WorkspaceId, epoch?: string): Promise<FlowMatcher>
  /** Something is wrong with flows of this name, or with this code, which others go on beside. */
  broken(flow: string, error: Error): void
}

/** Of versions, of all workspaces together. */
const MOST_PROGRAMS = 5_000
const MOST_MATCHERS = 1_000

export function flowMemory(broken: FlowMemory['broken'] = () => {}): FlowMemory {
  const programs = new Map<string, Program>()
  const matchers = new Map<WorkspaceId, { epoch: string; matcher: FlowMatcher }>()

  function compiled(flow: number, version: number, document: unknown): Program {
    const key = `${flow} ${version}`
    const known = programs.get(key)
    if (known) return known
    const read = compileFlow(document)
    // It was checked when it was stored: only a newer Casement that checks more closely can refuse it now.
    if (!read.ok) throw new Error(`version ${version} cannot be read any more: ${read.problems[0]?.message}`)
    return remember(programs, key, read.program, MOST_PROGRAMS)
  }

  return {
    broken,
    async program(db, flow, version) {
      const known = programs.get(`${flow} ${version}`)
      if (known) return known
      const row = await readVersion(db, flow, version)
      if (row === null) throw new Error(`expected version ${version} of flow ${flow} to be kept, found none`)
      return compiled(flow, version, row.document)
    },
    async matcher(db, workspace, asOf) {
      const epoch = asOf ?? (await readEpoch(db, workspace))
      const known = matchers.get(workspace)
      if (known?.epoch === epoch) return known.matcher
      const flows: ActiveFlow[] = []
      for (const { id, name, version, document } of await readActiveFlows(db, workspace)) {
        try {
          flows.push({ id, name, version, program: compiled(id, version, document) })
        } catch (error) {
          // It begins nothing any more, and its runs stand still; what customers say to others is taken in.
          broken(name, error as Error)
        }
      }
      const matcher = new FlowMatcher(flows)
      remember(matchers, workspace, { epoch, matcher }, MOST_MATCHERS)
      return matcher
    },
  }
}

function remember<Key, Value>(known: Map<Key, Value>, key: Key, value: Value, most: number): Value {
  known.delete(key)
  known.set(key, value)
  if (known.size > most) known.delete(known.keys().next().value as Key)
  return value
}

/** Everything that moves and begins runs, in one transaction. */
export function flowIo(memory: FlowMemory, trx: Db): TickIo {
  const on = boundTo(trx)
  return {
    now: on(databaseNow),
    program: (flow, version) => memory.program(trx, flow, version),
    matcher: (workspace: WorkspaceId, epoch?: string) => memory.matcher(trx, workspace, epoch),
    readFacts: on(readFacts),
    readStartFacts: on(readStartFacts),
    saveRuns: on(saveRuns),
    takeInbound: on(takeInbound),
    writeHistory: on(writeHistory),
    countPasses: on(countPasses),
    newIntentId: (now) => uuidv7({ msecs: now }) as IntentId,
    newRunId: (now) => uuidv7({ msecs: now }) as FlowRunId,
    insertIntents: (intents) => insertFlowIntents(trx, intents),
    cancel: on(cancelForGood),
    insertCalls: on(insertCalls),
    cancelCalls: on(cancelCalls),
    async setContact(contact, field, value) {
      const own = field === 'name' || field === 'language' || field === 'time_zone'
      await updateContact(trx, contact, own ? { [field]: String(value) } : { attributes: { [field]: value } })
      if (field !== 'time_zone') return
      // What waits by their clock moves with it, as where somebody else changes it.
      await moveSchedules(trx, { contact }, 0)
      await pokeLater(trx, contact)
    },
    handOver: on(handOver),
    askedLately: on(askedLately),
    insertRun: on(insertRun),
    enrol: on(enrol),
    leave: on(leaveFlow),
    lockRunsOf: on(lockRunsOf),
    templateOf: on(templateOf),
    isHindered: on(isHindered),
    claimDue: on(claimDueRuns),
    claimRun: on(claimRun),
    setRestingAside: on(setRestingAside),
    putOffRun: on(putOffRun),
    drainPokes: on(drainPokes),
    forgetPokes: on(forgetPokes),
    takeClosing: on(takeClosing),
    takeClosingAgain: on(takeClosingAgain),
    holdClosings: on(holdClosings),
    takeOversUnderWay: on(takeOvers.takeOversUnderWay),
    claimTakeOver: on(takeOvers.claimTakeOver),
    takeOverTo: on(takeOvers.takeOverTo),
    moveTakeOver: on(takeOvers.moveTakeOver),
    lockOldRuns: on(takeOvers.lockOldRuns),
    readOldRun: on(takeOvers.readOldRun),
    saveTakenOver: on(takeOvers.saveTakenOver),
    takeDueBegins: on(takeDueBegins),
    settleBegins: on(settleBegins),
    apart: (flow, work) => apart(trx, work, (error) => memory.broken(flow, error)),
    pokeLater: on(pokeLater),
    livePlace: on(livePlace),
    waitBriefly: async () => {
      await sql`set local lock_timeout = '250ms'`.execute(trx)
    },
    unlessBrokenOff: (work, onBrokenOff) => unlessBrokenOff(trx, work, onBrokenOff),
  }
}

const LOCK_NOT_AVAILABLE = '55P03'

/** What failed for good is undone, alone; what may go well another time is for whoever has the transaction. */
async function apart<T>(trx: Db, work: () => Promise<T>, onFailed: (error: Error) => void): Promise<T | null> {
  await sql`savepoint flow`.execute(trx)
  try {
    const done = await work()
    await sql`release savepoint flow`.execute(trx)
    return done
  } catch (error) {
    if (isPassingDatabaseError(error) || (error as { code?: unknown }).code === LOCK_NOT_AVAILABLE) throw error
    await sql`rollback to savepoint flow`.execute(trx)
    onFailed(error as Error)
    return null
  }
}

/** What the server broke off is undone, alone. */
async function unlessBrokenOff<T>(
  trx: Db,
  work: () => Promise<T>,
  onBrokenOff: (error: Error) => void,
): Promise<T | null> {
  await sql`savepoint one`.execute(trx)
  try {
    const done = await work()
    await sql`release savepoint one`.execute(trx)
    return done
  } catch (error) {
    if (isPassingEverywhere(error)) throw error
    await sql`rollback to savepoint one`.execute(trx)
    onBrokenOff(error as Error)
    return null
  }
}

/** As producers enqueue: nothing is decided here. */
async function insertFlowIntents(trx: Db, intents: readonly FlowIntent[]): Promise<void> {
  if (intents.length === 0) return
  await insertIntents(
    trx,
    intents.map(({ run, flowName, now, ...intent }) => ({
      ...intent,
      release: 'all',
      delivery: intent.priority === 'campaign' ? 'at_most_once' : 'at_least_once',
      sendAt: now,
      idempotencyKey: null,
      requestHash: null,
      metadata: null,
      followUpOf: null,
      createdBy: { kind: 'flow', id: run, name: flowName },
      flowRunId: run,
    })),
  )
}
