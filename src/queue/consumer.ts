import { setTimeout as delay } from 'node:timers/promises'
import { type BackendFactory, type IQueueBackend, Worker } from 'bullmq'
import type { PhoneNumberId } from '../domain/ids.ts'
import { laneRate } from '../domain/limits.ts'
import type { LaneBackend } from './backend.ts'
import { laneName, parseJobId } from './lanes.ts'
import { withTimeout } from './patience.ts'

/*
 * The consuming end of the lanes in one process. A lane opens when it has work and closes when it was idle for a while, so a thousand
 * linked numbers cost what the active ones cost. The process's concurrency is shared among the lanes that are busy.
 */

export interface ConsumerOptions {
  /** Jobs in flight in this process, all lanes together. */
  concurrency: number
  /** A lane without work for this long is closed; milliseconds. */
  idleMs: number
  /** A job whose worker is silent for this long goes to another, at the second look; milliseconds. */
  lockMs?: number
  process(sender: PhoneNumberId, wakeUp: ReturnType<typeof parseJobId>): Promise<void>
  /** How many lanes are open, whenever one opened or closed. */
  onLanes?(open: number): void
  onError(error: Error): void
}

export interface Consumers {
  /** Opens the lane if it is not, and remembers that it has work. The rate is the fallback where the lane's own was lost. */
  open(sender: PhoneNumberId, throughputMps: number): void
  openLanes(): PhoneNumberId[]
  /** Takes no more jobs of this lane; those in flight finish. */
  shut(sender: PhoneNumberId): void
  /** Takes no more jobs and resolves when those in flight are done. */
  close(): Promise<void>
}

interface Lane {
  worker: Worker<unknown, void, string, IQueueBackend>
  openedAt: number
  busy: boolean
  jobs: Set<Promise<void>>
  idleTimer: NodeJS.Timeout
  closing: boolean
}

const LOCK_MS = 30_000
/** Of a lane with work, where there are more of those than a process may have open. */
const TURN_MS = 10_000
/** How long a lane waits before it asks again a backend that was away or refused. */
const RETRY_MS = 1_000
/** How long a lane may take to close once its last job is done. */
const CLOSE_WITHIN_MS = 5_000

export function createConsumers(backend: LaneBackend, options: ConsumerOptions): Consumers {
  const { lockMs = LOCK_MS } = options
  const factory = refusedSlowly(backend.factory)
  const lanes = new Map<PhoneNumberId, Lane>()
  const closing = new Set<Promise<void>>()
  let closed = false

  function open(sender: PhoneNumberId, throughputMps: number): void {
    if (closed) return
    const known = lanes.get(sender)
    const { max, durationMs } = laneRate(throughputMps)
    if (known) {
      known.worker.opts.limiter = { max, duration: durationMs }
      known.idleTimer.refresh()
      return
    }
    if (lanes.size >= backend.maxLanes && !makeRoom()) return
    const jobs = new Set<Promise<void>>()
    const worker = new Worker<unknown, void, string, IQueueBackend>(
      laneName(sender),
      async ({ id }) => {
        const job = options.process(sender, parseJobId(id as string))
        jobs.add(job)
        await job.finally(() => jobs.delete(job))
      },
      {
        ...backend.consumer,
        concurrency: options.concurrency,
        limiter: { max, duration: durationMs },
        lockDuration: lockMs,
        stalledInterval: lockMs,
        runRetryDelay: RETRY_MS,
        // A lane that lost its lock is worked on twice; the claim's fence makes that harmless, so stalls never fail a job.
        maxStalledCount: 1_000,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      },
      factory,
    )
    const idleTimer = setTimeout(() => void closeLane(sender, lane), options.idleMs).unref()
    const lane: Lane = { worker, openedAt: performance.now(), busy: true, jobs, idleTimer, closing: false }
    lanes.set(sender, lane)
    options.onLanes?.(lanes.size)
    worker.on('error', (error) => {
      // What closing interrupts fails, which is no news.
      if (!lane.closing) options.onError(error)
    })
    worker.on('active', () => setBusy(lane, true))
    worker.on('drained', () => setBusy(lane, false))
    // A backend that was away in this moment leaves BullMQ with a lane that never works; it is opened again when it is next heard of.
    worker.waitUntilReady().catch(() => closeLane(sender, lane))
    shareConcurrency()
  }

  /** Where lanes are limited, one that has nothing to do at the moment gives way, else the one that is open the longest. */
  function makeRoom(): boolean {
    const hadItsTurn = performance.now() - TURN_MS
    const open = [...lanes]
    const leaving =
      open.find(([, lane]) => !lane.busy && lane.jobs.size === 0) ?? open.find(([, lane]) => lane.openedAt < hadItsTurn)
    if (leaving) void closeLane(...leaving)
    return leaving !== undefined
  }

  function setBusy(lane: Lane, busy: boolean): void {
    if (busy) lane.idleTimer.refresh()
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

  async function closeLane(sender: PhoneNumberId, lane: Lane): Promise<void> {
    if (lane.closing) return
    lane.closing = true
    clearTimeout(lane.idleTimer)
    lanes.delete(sender)
    options.onLanes?.(lanes.size)
    shareConcurrency()
    const done = finish(sender, lane)
    closing.add(done)
    await done.finally(() => closing.delete(done))
  }

  /**
   * Lets the jobs in flight finish, however long they take, and then gives BullMQ a moment: told to close while its connection is down, it
   * waits for the end of a connection that is already gone.
   */
  async function finish(sender: PhoneNumberId, { worker, jobs }: Lane): Promise<void> {
    const closed = worker.close()
    for (;;) {
      await Promise.allSettled(jobs)
      const late = await withTimeout(closed, CLOSE_WITHIN_MS).then(
        () => false,
        () => true,
      )
      if (!late) return
      if (jobs.size === 0) break
    }
    options.onError(new Error(`the lane of ${sender} did not close within ${CLOSE_WITHIN_MS} ms and is abandoned`))
    const connections = worker.getBackend()
    for (const ended of [connections.disconnectBlocking(false), connections.close(true)]) ended.catch(() => {})
  }

  return {
    open,
    openLanes: () => [...lanes.keys()],
    shut(sender) {
      const lane = lanes.get(sender)
      if (lane) void closeLane(sender, lane)
    },
    async close() {
      closed = true
      for (const [sender, lane] of lanes) void closeLane(sender, lane)
      await Promise.all(closing)
    },
  }
}

/**
 * After an error of the server BullMQ asks for the next job at once again. A Redis that is full, as it may be that evicts nothing, would be
 * asked thousands of times a second, and each time is a line in the log.
 */
function refusedSlowly(factory: BackendFactory): BackendFactory {
  return (name, options, kind) => {
    const connections = factory(name, options, kind)
    const moveToActive = connections.moveToActive.bind(connections)
    connections.moveToActive = async (token, workerName) => {
      try {
        return await moveToActive(token, workerName)
      } catch (error) {
        await delay(RETRY_MS)
        throw error
      }
    }
    return connections
  }
}
