import type { WorkspaceId } from '../domain/ids.ts'

/*
 * Jobs are run by whoever leads, step by step. A step is one transaction of bounded size that saves how far it came, so a process that dies
 * leaves a job that the next leader goes on with, and nobody waits long for what a step has locked.
 */

export interface RunningJob {
  id: string
  workspace: WorkspaceId
  kind: string
  input: Record<string, unknown>
  done: number
}

export type StepOutcome =
  | { kind: 'more'; input: Record<string, unknown>; done: number; total: number | null }
  | { kind: 'finished'; result: unknown }

/** Reads and writes of one transaction; `Io` is what the steps of the kinds ask for. */
export interface JobTransaction<Io> {
  io: Io
  /** Null when it is over or another process has it. */
  lock(id: string): Promise<RunningJob | null>
  save(id: string, progress: { input: Record<string, unknown>; done: number; total: number | null }): Promise<void>
  finish(id: string, result: unknown): Promise<void>
}

export interface JobRunner<Io> {
  running(): Promise<string[]>
  inTransaction<T>(run: (trx: JobTransaction<Io>) => Promise<T>): Promise<T>
  /** Somebody has what the step needs in hand, or a dependency is away: it is tried again in the next round. */
  isPassing(error: unknown): boolean
  /** To be tried again later. */
  putOff(id: string, error: string): Promise<void>
  onFailed(id: string, error: unknown): void
}

export type JobKinds<Io> = Record<string, (io: Io, job: RunningJob) => Promise<StepOutcome>>

/** Steps of one job in one round, so that a long one does not keep the others waiting. */
const STEPS_AT_ONCE = 50

/** Answers whether something is left that can go on at once. */
export async function runJobs<Io>(runner: JobRunner<Io>, kinds: JobKinds<Io>): Promise<boolean> {
  let more = false
  for (const id of await runner.running()) if (await runJob(runner, kinds, id)) more = true
  return more
}

async function runJob<Io>(runner: JobRunner<Io>, kinds: JobKinds<Io>, id: string): Promise<boolean> {
  try {
    for (let step = 0; step < STEPS_AT_ONCE; step += 1) {
      if (!(await runner.inTransaction((trx) => runStep(trx, kinds, id)))) return false
    }
    return true
  } catch (error) {
    if (runner.isPassing(error)) return false
    await runner.putOff(id, error instanceof Error ? error.message : String(error))
    runner.onFailed(id, error)
    return false
  }
}

/** Answers whether there is another step. */
async function runStep<Io>(trx: JobTransaction<Io>, kinds: JobKinds<Io>, id: string): Promise<boolean> {
  const job = await trx.lock(id)
  if (job === null) return false
  const run = kinds[job.kind]
  if (run === undefined) return false // of a newer version
  const outcome = await run(trx.io, job)
  if (outcome.kind === 'more') await trx.save(id, outcome)
  else await trx.finish(id, outcome.result)
  return outcome.kind === 'more'
}
