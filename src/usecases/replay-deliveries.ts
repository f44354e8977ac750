import type { EndpointKind } from '../domain/endpoint.ts'
import type { ReplayPlace } from '../store/passing/deliveries.ts'
import type { PassLimits } from '../store/passing/pass-payloads.ts'
import type { PayloadRange } from '../store/passing/replay-payloads.ts'
import type { RunningJob, StepOutcome } from './run-jobs.ts'

/*
 * Telling an endpoint again what is of a time, as a job, behind what waits. The kind `meta` gets what Meta sent in it, all that is kept and
 * wanted now, whether it was told of it before or not. News is kept in deliveries alone: the kind `events` gets what was made for it in that
 * time, stream by stream. What waits anyway is left, and so is what came in since.
 */

export const REPLAY = 'replay_deliveries'

/** Reads and writes of one transaction. */
export interface ReplayIo {
  lockDeliveries(): Promise<void>
  newestDelivery(endpoint: string): Promise<string>
  newestWebhook(): Promise<string>
  replaySome(
    endpoint: string,
    range: { from: number; to: number; upTo: string },
    after: ReplayPlace,
    limit: number,
  ): Promise<{ place: ReplayPlace | null; replayed: number }>
  replayPayloads(
    endpoint: string,
    range: PayloadRange,
    after: string | null,
    limits: PassLimits,
  ): Promise<{ at: string | null; replayed: number }>
}

interface ReplayInput extends Record<string, unknown> {
  endpoint: string
  kind?: EndpointKind
  /** Epoch milliseconds, the first included. */
  from: number
  to: number
  /** The newest delivery, or payload, when the job began. */
  upTo?: string
  at?: ReplayPlace
  /** The payload that was looked at last. */
  payload?: string
}

const LOOKED_AT_ONCE = 1_000
const PAYLOADS_AT_ONCE: PassLimits = { payloads: 500, bytes: 8 * 1024 * 1024 }
const START: ReplayPlace = { stream: '', id: '0' }

export async function replayStep(io: ReplayIo, job: RunningJob): Promise<StepOutcome> {
  const input = job.input as unknown as ReplayInput
  return input.kind === 'meta' ? replayWebhooks(io, job, input) : replayNews(io, job, input)
}

async function replayWebhooks(io: ReplayIo, job: RunningJob, input: ReplayInput): Promise<StepOutcome> {
  const { endpoint, from, to, payload = null } = input
  const upTo = input.upTo ?? (await io.newestWebhook())
  await io.lockDeliveries()
  const { at, replayed } = await io.replayPayloads(endpoint, { from, to, upTo }, payload, PAYLOADS_AT_ONCE)
  const done = job.done + replayed
  if (at === null) return { kind: 'finished', result: { replayed: done } }
  return { kind: 'more', input: { ...input, upTo, payload: at }, done, total: null }
}

async function replayNews(io: ReplayIo, job: RunningJob, input: ReplayInput): Promise<StepOutcome> {
  const { endpoint, from, to, at = START } = input
  const upTo = input.upTo ?? (await io.newestDelivery(endpoint))
  await io.lockDeliveries()
  const { place, replayed } = await io.replaySome(endpoint, { from, to, upTo }, at, LOOKED_AT_ONCE)
  const done = job.done + replayed
  if (place === null) return { kind: 'finished', result: { replayed: done } }
  return { kind: 'more', input: { ...input, upTo, at: place }, done, total: null }
}
