import { setTimeout as delay } from 'node:timers/promises'
import { startLoop } from './loop.ts'

/*
 * A process's room for deliveries, shared among endpoints: so many of one at a time, and of one whose last try failed a single one, so that
 * those who do not answer leave the room to those who do.
 */

export interface Lease {
  endpoint: string
  stream: string
  lease: string
}

export interface Room {
  /** In all. */
  streams: number
  perEndpoint: number
  /** Of these endpoints so many. */
  less: { endpoint: string; streams: number }[]
}

/** What is asked and told while a stream is served. */
export interface Watch {
  onTried(endpoint: string, taken: boolean): void
  stopping(): boolean
}

export interface PassageDeps {
  /** Streams that have something due and are ours from now on. */
  lease(room: Room): Promise<Lease[]>
  /** Until there is nothing to do, or the turn is over. `elsewhere`: others can, and this process cannot. */
  serve(stream: Lease, watch: Watch): Promise<string>
  /** Monotonic, in milliseconds. */
  elapsed(): number
  onError(error: Error): void
}

export interface Passage {
  /** There is something to deliver. */
  wake(): void
  /** Resolves when what is on its way has been recorded. */
  stop(): Promise<void>
}

/** Streams that are served at once; times the largest payload, the most memory that they take. */
const STREAMS = 64
const PER_ENDPOINT = 16
/** Of those that do not answer, all together. */
const TROUBLED_STREAMS = STREAMS / 2
/** What fails is due again after seconds at least, and what comes in wakes. */
const LOOK_EVERY_MS = 1_000
/** What comes in a moment is delivered together, since a look costs a statement however many streams it finds. */
const GATHER_MS = 15
/** So long others are left what this process has not the key to. */
const LEFT_MS = 30_000

export function createPassage({ lease, serve, elapsed, onError }: PassageDeps): Passage {
  const serving = new Map<string, number>()
  const troubled = new Set<string>()
  const leftUntil = new Map<string, number>()
  const flights = new Set<Promise<void>>()
  let stopped = false
  let turn = 0
  let foundAt = Number.NEGATIVE_INFINITY
  const watch: Watch = {
    onTried(endpoint, taken) {
      if (taken) troubled.delete(endpoint)
      else troubled.add(endpoint)
    },
    stopping: () => stopped,
  }

  const loop = startLoop(async () => {
    const restMs = foundAt + GATHER_MS - elapsed()
    if (restMs > 0) await delay(restMs)
    const room = roomLeft()
    if (stopped || room.streams <= 0) return LOOK_EVERY_MS
    const leased = await lease(room)
    if (leased.length > 0) foundAt = elapsed()
    for (const stream of leased) {
      const flight = fly(stream).finally(() => flights.delete(flight))
      flights.add(flight)
    }
    return leased.length === room.streams ? 0 : LOOK_EVERY_MS
  }, onError)

  function roomLeft(): Room {
    for (const [endpoint, until] of leftUntil) if (until <= elapsed()) leftUntil.delete(endpoint)
    const tried = triedNow()
    const known = new Set([...serving.keys(), ...troubled, ...leftUntil.keys()])
    const less = [...known].map((endpoint) => {
      const most = leftUntil.has(endpoint) ? 0 : troubled.has(endpoint) ? Number(tried.has(endpoint)) : PER_ENDPOINT
      return { endpoint, streams: most - (serving.get(endpoint) ?? 0) }
    })
    return { streams: STREAMS - flights.size, perEndpoint: PER_ENDPOINT, less }
  }

  /** Of those that do not answer as many as there is room for, others with every look. */
  function triedNow(): Set<string> {
    const idle = [...troubled].filter((endpoint) => !serving.has(endpoint))
    const busy = [...troubled].reduce((sum, endpoint) => sum + (serving.get(endpoint) ?? 0), 0)
    const room = Math.max(0, Math.min(idle.length, TROUBLED_STREAMS - busy))
    if (idle.length > 0) turn = (turn + room) % idle.length
    return new Set([...idle, ...idle].slice(turn, turn + room))
  }

  async function fly(stream: Lease): Promise<void> {
    const { endpoint } = stream
    serving.set(endpoint, (serving.get(endpoint) ?? 0) + 1)
    try {
      if ((await serve(stream, watch)) === 'elsewhere') leftUntil.set(endpoint, elapsed() + LEFT_MS)
    } catch (error) {
      // Its lease ends by itself.
      onError(error as Error)
    } finally {
      const left = (serving.get(endpoint) ?? 1) - 1
      if (left === 0) serving.delete(endpoint)
      else serving.set(endpoint, left)
      loop.wake()
    }
  }

  return {
    wake: loop.wake,
    async stop() {
      stopped = true
      await loop.stop()
      await Promise.all(flights)
    },
  }
}
