import { Queue } from 'bullmq'
import type { IntentId, PhoneNumberId } from '../domain/ids.ts'
import { PRIORITIES, PRIORITY_RANK, type Priority } from '../domain/intent.ts'
import { type LaneRate, laneRate } from '../domain/limits.ts'
import type { LaneBackend } from './backend.ts'

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
  /** Nothing leaves this lane for a while, on all machines. */
  pause(sender: PhoneNumberId, forMs: number): Promise<void>
  /** The queues opened so far, for the board. */
  queues(): LaneQueue[]
  close(): Promise<void>
}

export type LaneQueue = ReturnType<typeof newQueue>

function newQueue(sender: PhoneNumberId, backend: LaneBackend) {
  const options = { ...backend.producer, streams: { events: { maxLen: EVENTS_KEPT } } }
  return new Queue(laneName(sender), options, backend.factory)
}

export function createLanes(backend: LaneBackend, onError: (error: Error) => void): Lanes {
  const queues = new Map<PhoneNumberId, LaneQueue>()

  function queueOf(sender: PhoneNumberId): LaneQueue {
    const known = queues.get(sender)
    if (known) return known
    const queue = newQueue(sender, backend)
    queue.on('error', onError)
    queues.set(sender, queue)
    return queue
  }

  return {
    async wake(sender, wakes) {
      if (wakes.length === 0) return
      await queueOf(sender).addBulk(
        wakes.map(({ id, wake, priority }) => ({
          name: JOB_NAME,
          data: null,
          opts: {
            jobId: jobId(id, wake),
            ...(PRIORITY_RANK[priority] > 0 ? { priority: PRIORITY_RANK[priority] } : {}),
            removeOnComplete: true,
            removeOnFail: true,
          },
        })),
      )
    },
    async setThroughput(sender, throughputMps) {
      const { max, durationMs }: LaneRate = laneRate(throughputMps)
      await queueOf(sender).setGlobalRateLimit(max, durationMs)
    },
    async depths(sender) {
      const counts = await queueOf(sender).getCountsPerPriority(Object.values(PRIORITY_RANK))
      return Object.fromEntries(
        PRIORITIES.map((priority) => [priority, counts[PRIORITY_RANK[priority]] ?? 0]),
      ) as Record<Priority, number>
    },
    async pause(sender, forMs) {
      await queueOf(sender).rateLimit(Math.min(Math.ceil(forMs), LONGEST_PAUSE_MS))
    },
    queues: () => [...queues.values()],
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      queues.clear()
    },
  }
}
