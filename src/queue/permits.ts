import { setTimeout as delay } from 'node:timers/promises'
import { type BackendFactory, type IQueueBackend, Queue, Worker } from 'bullmq'
import type { PhoneNumberId } from '../domain/ids.ts'
import type { LaneBackend } from './backend.ts'
import { withTimeout } from './patience.ts'

/*
 * Permits: jobs of one BullMQ queue for all numbers. A permit says "serve this number while it has work" and nothing else; what goes is asked
 * of Postgres by whoever took it. It can be lost, doubled or late without harm.
 */

/** The braces are a Redis Cluster hash tag: the keys of a queue stay together. */
export const PERMITS_QUEUE = '{permits}'
export const JOB_NAME = 'serve'
/** BullMQ logs every move of a job into a stream; nobody reads it here. */
const EVENTS_KEPT = 100
/** Whoever adds permits waits no longer for a backend that is away; what the client has sent already it would wait for itself, for ever. */
const ANSWER_WITHIN_MS = 5_000

/** A job's id: the number, and a serial. BullMQ ignores an id that is already there. */
export function permitId(sender: PhoneNumberId, serial: number): string {
  return `${sender}.${serial}`
}

export function senderOf(permitId: string): PhoneNumberId {
  return permitId.slice(0, permitId.lastIndexOf('.')) as PhoneNumberId
}

export interface Permits {
  add(ids: readonly string[]): Promise<void>
  /** Where a permit is now. */
  whereIs(id: string): Promise<'waiting' | 'taken' | 'gone'>
  waiting(): Promise<number>
  /** For the board. */
  queue(): PermitQueue
  close(): Promise<void>
}

export type PermitQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>

export function createPermits(backend: LaneBackend): Permits {
  let open = newQueue(backend)

  async function asking<T>(ask: (queue: PermitQueue) => Promise<T>): Promise<T> {
    const queue = open
    try {
      return await withTimeout(ask(queue), ANSWER_WITHIN_MS)
    } catch (error) {
      // A queue that met its backend in a bad moment may never get over it; the next one to ask gets a new one.
      if (open === queue) {
        open = newQueue(backend)
        queue.close().catch(() => {})
      }
      throw error
    }
  }

  return {
    async add(ids) {
      if (ids.length === 0) return
      const jobs = ids.map((jobId) => ({
        name: JOB_NAME,
        data: null,
        opts: { jobId, removeOnComplete: true, removeOnFail: true },
      }))
      await asking((queue) => queue.addBulk(jobs))
    },
    async whereIs(id) {
      const state = await asking((queue) => queue.getJobState(id))
      return state === 'active' ? 'taken' : state === 'unknown' ? 'gone' : 'waiting'
    },
    waiting: () => asking((queue) => queue.getWaitingCount()),
    queue: () => open,
    close: () => open.close(),
  }
}

function newQueue(backend: LaneBackend): PermitQueue {
  const options = { ...backend.producer, streams: { events: { maxLen: EVENTS_KEPT } } }
  const queue = new Queue(PERMITS_QUEUE, options, backend.factory)
  // Of the connection that all share, whose errors the backend reports; each user of a queue gets its own.
  queue.on('error', () => {})
  return queue as PermitQueue
}

export interface PermitConsumerOptions {
  /** Permits held at a time. */
  maxShifts: number
  /** A permit whose holder is silent for this long goes to another, at the second look; milliseconds. */
  lockMs?: number
  /** Whether this process can do anything with a permit of the number; if not, others may. Absent: with all. */
  mayServe?(sender: PhoneNumberId): boolean
  /** Resolves when the shift is over. */
  serve(sender: PhoneNumberId): Promise<void>
  onError(error: Error): void
}

export interface PermitConsumer {
  /** Whether further permits should be taken at once, or left for a moment to processes that have room for their calls. */
  setRoom(room: boolean): void
  /**
   * Takes no more permits from now on and resolves when those that are held are given up.
   *
   * @param shiftsOver until then it is not impatient
   */
  close(shiftsOver?: Promise<unknown>): Promise<void>
}

const LOCK_MS = 30_000
/** How long the consumer waits before it asks again a backend that was away or refused. */
const RETRY_MS = 1_000
/** A process that is full leaves a permit to others for so long, and then takes it, for all may be full: its numbers share what frees. */
const LEFT_TO_OTHERS_MS = 250
/**
 * A process that got a permit with which it could do nothing leaves the next ones to others for so long, each for a moment: they all hear of a
 * permit at once, and it might be the first every time.
 */
const STANDS_BACK_MS = 5_000
/** How long the worker may take to close once its last shift is over. */
const CLOSE_WITHIN_MS = 5_000

export function createPermitConsumer(backend: LaneBackend, options: PermitConsumerOptions): PermitConsumer {
  const { lockMs = LOCK_MS, maxShifts } = options
  const factory = askingSlowly(backend.factory, roomOrPatience)
  let room = Promise.withResolvers<void>()
  room.resolve()
  let hasRoom = true
  let standsBackUntil = Number.NEGATIVE_INFINITY
  let closed = false
  let worker = start()

  function start(): Worker<unknown, void, string, IQueueBackend> {
    const started = new Worker<unknown, void, string, IQueueBackend>(
      PERMITS_QUEUE,
      ({ id }) => take(senderOf(id as string)),
      {
        ...backend.consumer,
        concurrency: maxShifts,
        lockDuration: lockMs,
        stalledInterval: lockMs,
        runRetryDelay: RETRY_MS,
        // A number that two serve keeps its pace and its order, so stalls never fail a permit.
        maxStalledCount: 1_000,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      },
      factory,
    )
    started.on('error', (error) => {
      // What closing interrupts fails, which is no news.
      if (!closed) options.onError(error)
    })
    // A backend that was away in this moment leaves BullMQ with a worker that never works.
    started.waitUntilReady().catch(async () => {
      await delay(RETRY_MS)
      if (closed) return
      worker.close(true).catch(() => {})
      worker = start()
    })
    return started
  }

  async function take(sender: PhoneNumberId): Promise<void> {
    if (options.mayServe?.(sender) !== false) return options.serve(sender)
    standsBackUntil = performance.now() + STANDS_BACK_MS
  }

  /**
   * Not by `concurrency`: BullMQ's loop, once it finds as many jobs as it may have, looks at it again only when one of them ends, which shifts
   * of busy numbers do not.
   */
  async function roomOrPatience(): Promise<void> {
    if (performance.now() < standsBackUntil && !closed) await delay(LEFT_TO_OTHERS_MS)
    if (!hasRoom && !closed) await withTimeout(room.promise, LEFT_TO_OTHERS_MS).catch(() => {})
  }

  return {
    setRoom(has) {
      if (hasRoom === has) return
      hasRoom = has
      if (has) room.resolve()
      else room = Promise.withResolvers()
    },
    async close(shiftsOver) {
      closed = true
      room.resolve()
      const closing = worker.close()
      closing.catch(() => {})
      await shiftsOver
      const late = await withTimeout(closing, CLOSE_WITHIN_MS).then(
        () => false,
        () => true,
      )
      if (!late) return
      options.onError(new Error(`the permits' worker did not close within ${CLOSE_WITHIN_MS} ms and is abandoned`))
      const connections = worker.getBackend()
      for (const ended of [connections.disconnectBlocking(false), connections.close(true)]) ended.catch(() => {})
    },
  }
}

/**
 * Asks for the next job when `mayAsk` is over. And after an error of the server BullMQ asks again at once: a Redis that is full, as it may be
 * that evicts nothing, would be asked thousands of times a second, and each time is a line in the log.
 */
function askingSlowly(factory: BackendFactory, mayAsk: () => Promise<void>): BackendFactory {
  return (name, options, kind) => {
    const connections = factory(name, options, kind)
    const moveToActive = connections.moveToActive.bind(connections)
    connections.moveToActive = async (token, workerName) => {
      await mayAsk()
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
