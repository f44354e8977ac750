import type { ReplayPlace } from '../store/passing/deliveries.ts'
import type { RunningJob, StepOutcome } from './run-jobs.ts'

/*
 * Delivering again what was delivered in a time, as a job: stream by stream, copies at the end of each. What waits anyway is left, and so is
 * what came in since.
 */

export const REPLAY = 'replay_deliveries'

/** Reads and writes of one transaction. */
export interface ReplayIo {
  lockDeliveries(): Promise<void>
  newestDelivery(endpoint: string): Promise<string>
  replaySome(
    endpoint: string,
    range: { from: number; to: number; upTo: string },
    after: ReplayPlace,
    limit: number,
  ): Promise<{ place: ReplayPlace | null; replayed: number }>
}

interface ReplayInput extends Record<string, unknown> {
  endpoint: string
  /** Epoch milliseconds, the first included. */
  from: number
  to: number
  /** The newest delivery when the job began. */
  upTo?: string
  at?: ReplayPlace
}

const LOOKED_AT_ONCE = 1_000
const START: ReplayPlace = { stream: '', id: '0' }

export async function replayStep(io: ReplayIo, job: RunningJob): Promise<StepOutcome> {
  const input = job.input as unknown as ReplayInput
  const { endpoint, from, to, at = START } = input
  const upTo = input.upTo ?? (await io.newestDelivery(endpoint))
  await io.lockDeliveries()
  const { place, replayed } = await io.replaySome(endpoint, { from, to, upTo }, at, LOOKED_AT_ONCE)
  const done = job.done + replayed
  if (place === null) return { kind: 'finished', result: { replayed: done } }
  return { kind: 'more', input: { ...input, upTo, at: place }, done, total: null }
}
