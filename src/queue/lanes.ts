import { setTimeout as delay } from 'node:timers/promises'
import { Queue } from 'bullmq'
import type { IntentId, PhoneNumberId } from '../domain/ids.ts'
import { PRIORITIES, PRIORITY_RANK, type Priority } from '../domain/intent.ts'
import { type LaneRate, laneRate } from '../domain/limits.ts'
import type { LaneBackend } from './backend.ts'
import { withTimeout } from './patience.ts'

/*
 * One lane per sender: a BullMQ queue whose global rate limit is the sender's throughput. A lane holds ids for the next few seconds and
 * nothing else; everything in it can be put back from the intents' table.
 */

/** The braces are a Redis Cluster hash tag: a lane's keys stay together, the lanes spread over the nodes. */
export function laneName(sender: PhoneNumberId): string {
  return `{${sender}}`
}

/** A job's id: the intent and the time it was woken. BullMQ ignores an id that is already there, so adding twice is harmless. */
export function jobId(intentId: IntentId, wake: number): string {
  return `${intentId}.${wake}`
}

export function parseJobId(id: string): { intentId: IntentId; wake: number } {
  const dot = id.lastIndexOf('.')
  return { intentId: id.slice(0, dot) as IntentId, wake: Number(id.slice(dot + 1)) }
}

export const JOB_NAME = 'dispatch'
/** Longest pause of a lane; a longer one is a state of the sender and stands in Postgres. */
const LONGEST_PAUSE_MS = 60 * 60_000
/** BullMQ logs every move of a job into a stream; nobody reads it here. */
const EVENTS_KEPT = 100

export interface Wake {
  id: IntentId
  wake: number
  priority: Priority
}

export interface Lanes {
  /** Puts wake-ups into a sender's lane; those that are there already stay as they are. */
  wake(sender: PhoneNumberId, wakes: Wake[]): Promise<void>
  /** Sets the lane's rate, on all machines. Cheap to repeat: it also restores what a Redis that lost its memory forgot. */
  setThroughput(sender: PhoneNumberId, throughputMps: number): Promise<void>
  /** How many wake-ups stand in the lane, per priority; those being worked on are not counted. */
  depths(sender: PhoneNumberId): Promise<Record<Priority, number>>
  /** Nothing leaves this lane for a while, on all machines. Of two pauses the one that ends later counts. */
  pause(sender: PhoneNumberId, forMs: number): Promise<void>
  /** The queues that are open, for the board. */
  queues(): LaneQueue[]
  close(): Promise<void>
}

export interface LanesOptions {
  /** A queue that nobody used for this long is closed; milliseconds. */
  idleMs: number
  onError(error: Error): void
}

export type LaneQueue = ReturnType<typeof newQueue>

function newQueue(sender: PhoneNumberId, backend: LaneBackend) {
  const options = { ...backend.producer, streams: { events: { maxLen: EVENTS_KEPT } } }
  return new Queue(laneName(sender), options, backend.factory)
}

/** A queue and who uses it: it is closed between two uses and never under one. */
interface Lane {
  queue: LaneQueue
  users: number
  idleTimer: NodeJS.Timeout
}

/** Whoever steers a lane waits no longer for a backend that is away; what the client has sent already it would wait for itself, for ever. */
const ANSWER_WITHIN_MS = 5_000
const ASK_AGAIN_MS = 1_000

/**
 * What it does rejects when the backend is away; what was asked for may still happen later. A lane that was away once rejects at once until
 * it answers again: of a cluster one node may be missing, and nobody should wait for each of its lanes.
 */
export function createLanes(backend: LaneBackend, { idleMs, onError }: LanesOptions): Lanes {
  const lanes = new Map<PhoneNumberId, Lane>()
  const away = new Map<PhoneNumberId, Error>()
  const closed = new AbortController()

  function laneOf(sender: PhoneNumberId): Lane {
    const known = lanes.get(sender)
    if (known) return known
    const queue = newQueue(sender, backend)
    // Of the connection that all share, whose errors the backend reports; each user of a queue gets its own.
    queue.on('error', () => {})
    const idleTimer = setTimeout(() => closeIdle(sender, lane), idleMs).unref()
    const lane: Lane = { queue, users: 0, idleTimer }
    lanes.set(sender, lane)
    return lane
  }

  async function using<T>(sender: PhoneNumberId, use: (queue: LaneQueue) => Promise<T>): Promise<T> {
    const lost = away.get(sender)
    if (lost) throw lost
    try {
      return await asking(sender, use)
    } catch (error) {
      if (!away.has(sender)) void untilBack(sender, error as Error)
      throw error
    }
  }

  async function untilBack(sender: PhoneNumberId, error: Error): Promise<void> {
    const answers = () =>
      asking(sender, (queue) => queue.getGlobalRateLimit()).then(
        () => true,
        () => false,
      )
    away.set(sender, error)
    onError(new Error(`the lane of ${sender} does not answer: ${error.message}`, { cause: error }))
    do {
      await delay(ASK_AGAIN_MS, undefined, { ref: false, signal: closed.signal }).catch(() => {})
    } while (!closed.signal.aborted && !(await answers()))
    away.delete(sender)
  }

  async function asking<T>(sender: PhoneNumberId, use: (queue: LaneQueue) => Promise<T>): Promise<T> {
    const lane = laneOf(sender)
    lane.users += 1
    try {
      return await withTimeout(use(lane.queue), ANSWER_WITHIN_MS)
    } catch (error) {
      // A queue that met its backend in a bad moment may never get over it; the next one to ask gets a new one.
      forget(sender, lane)
      throw error
    } finally {
      lane.users -= 1
      if (lanes.get(sender) === lane) lane.idleTimer.refresh()
      else if (lane.users === 0) closeQueue(lane)
    }
  }

  /** While somebody uses it, its timer is started again afterwards. */
  function closeIdle(sender: PhoneNumberId, lane: Lane): void {
    if (lane.users > 0) return
    forget(sender, lane)
    closeQueue(lane)
  }

  function forget(sender: PhoneNumberId, lane: Lane): void {
    if (lanes.get(sender) !== lane) return
    clearTimeout(lane.idleTimer)
    lanes.delete(sender)
  }

  function closeQueue(lane: Lane): void {
    lane.queue.close().catch(onError)
  }

  return {
    async wake(sender, wakes) {
      if (wakes.length === 0) return
      const jobs = wakes.map(({ id, wake, priority }) => ({
        name: JOB_NAME,
        data: null,
        opts: {
          jobId: jobId(id, wake),
          ...(PRIORITY_RANK[priority] > 0 ? { priority: PRIORITY_RANK[priority] } : {}),
          removeOnComplete: true,
          removeOnFail: true,
        },
      }))
      await using(sender, (queue) => queue.addBulk(jobs))
    },
    async setThroughput(sender, throughputMps) {
      const { max, durationMs }: LaneRate = laneRate(throughputMps)
      await using(sender, (queue) => queue.setGlobalRateLimit(max, durationMs))
    },
    async depths(sender) {
      const counts = await using(sender, (queue) => queue.getCountsPerPriority(Object.values(PRIORITY_RANK)))
      return Object.fromEntries(
        PRIORITIES.map((priority) => [priority, counts[PRIORITY_RANK[priority]] ?? 0]),
      ) as Record<Priority, number>
    },
    async pause(sender, forMs) {
      const pauseMs = Math.min(Math.ceil(forMs), LONGEST_PAUSE_MS)
      await using(sender, async (queue) => {
        if ((await queue.getRateLimitTtl()) < pauseMs) await queue.rateLimit(pauseMs)
      })
    },
    queues: () => [...lanes.values()].map(({ queue }) => queue),
    async close() {
      closed.abort()
      const open = [...lanes.values()]
      lanes.clear()
      for (const { idleTimer } of open) clearTimeout(idleTimer)
      await Promise.all(open.map(({ queue }) => queue.close()))
    },
  }
}
