import { type IQueueBackend, Worker } from 'bullmq'
import type { PhoneNumberId } from '../domain/ids.ts'
import { laneRate } from '../domain/limits.ts'
import type { LaneBackend } from './backend.ts'
import { laneName, parseJobId } from './lanes.ts'

/*
 * The consuming end of the lanes in one process. A lane opens when it has work and closes when it was idle for a while, so a thousand
 * linked numbers cost what the active ones cost. The process's concurrency is shared among the lanes that are busy.
 */

export interface ConsumerOptions {
  /** Jobs in flight in this process, all lanes together. */
  concurrency: number
  /** A lane without work for this long is closed; milliseconds. */
  idleMs: number
  process(sender: PhoneNumberId, wakeUp: ReturnType<typeof parseJobId>): Promise<void>
  onError(error: Error): void
}

export interface Consumers {
  /** Opens the lane if it is not, and remembers that it has work. The rate is the fallback where the lane's own was lost. */
  open(sender: PhoneNumberId, throughputMps: number): void
  openLanes(): PhoneNumberId[]
  /** Takes no more jobs and resolves when those in flight are done. */
  close(): Promise<void>
}

interface Lane {
  worker: Worker<unknown, void, string, IQueueBackend>
  busy: boolean
  idleTimer: NodeJS.Timeout | null
}

export function createConsumers(backend: LaneBackend, options: ConsumerOptions): Consumers {
  const lanes = new Map<PhoneNumberId, Lane>()
  const closing = new Set<Promise<void>>()
  let closed = false

  function open(sender: PhoneNumberId, throughputMps: number): void {
    if (closed) return
    const known = lanes.get(sender)
    const { max, durationMs } = laneRate(throughputMps)
    if (known) {
      known.worker.opts.limiter = { max, duration: durationMs }
      postponeIdle(sender, known)
      return
    }
    const worker = new Worker<unknown, void, string, IQueueBackend>(
      laneName(sender),
      async (job) => {
        await options.process(sender, parseJobId(job.id as string))
      },
      {
        ...backend.consumer,
        concurrency: options.concurrency,
        limiter: { max, duration: durationMs },
        // A lane that lost its lock is worked on twice; the claim's fence makes that harmless, so stalls never fail a job.
        maxStalledCount: 1_000,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      },
      backend.factory,
    )
    const lane: Lane = { worker, busy: true, idleTimer: null }
    lanes.set(sender, lane)
    worker.on('error', options.onError)
    worker.on('active', () => setBusy(sender, lane, true))
    worker.on('drained', () => setBusy(sender, lane, false))
    postponeIdle(sender, lane)
    shareConcurrency()
  }

  function setBusy(sender: PhoneNumberId, lane: Lane, busy: boolean): void {
    if (busy) postponeIdle(sender, lane)
    if (lane.busy === busy) return
    lane.busy = busy
    shareConcurrency()
  }

  /** A lane that is idle keeps the share it would get on waking, so it never starts at nothing. */
  function shareConcurrency(): void {
    const busy = [...lanes.values()].filter((lane) => lane.busy).length
    for (const lane of lanes.values()) {
      const sharers = lane.busy ? busy : busy + 1
      lane.worker.concurrency = Math.max(1, Math.floor(options.concurrency / Math.max(1, sharers)))
    }
  }

  function postponeIdle(sender: PhoneNumberId, lane: Lane): void {
    if (lane.idleTimer) lane.idleTimer.refresh()
    else {
      lane.idleTimer = setTimeout(() => void closeLane(sender, lane), options.idleMs)
      lane.idleTimer.unref()
    }
  }

  function closeLane(sender: PhoneNumberId, lane: Lane): Promise<void> {
    if (lane.idleTimer) clearTimeout(lane.idleTimer)
    lanes.delete(sender)
    shareConcurrency()
    const done = lane.worker.close().catch(options.onError)
    closing.add(done)
    return done.finally(() => closing.delete(done))
  }

  return {
    open,
    openLanes: () => [...lanes.keys()],
    async close() {
      closed = true
      await Promise.all([...[...lanes].map(([sender, lane]) => closeLane(sender, lane)), ...closing])
    },
  }
}
