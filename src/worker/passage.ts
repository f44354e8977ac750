import { setTimeout as delay } from 'node:timers/promises'
import { startLoop } from './loop.ts'

/*
 * A process's room for deliveries, shared among endpoints: so many of one at a time, of one whose last try failed a single one, and of those
 * that fail or take long no more than half of all, so that whoever does not answer, or takes their time, leaves the room to those who do.
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
  onTried(endpoint: string, tried: { taken: boolean; ms: number }): void
  stopping(): boolean
}

export interface PassageDeps<Taken extends Lease = Lease> {
  /** Streams that have something due and are ours from now on. */
  lease(room: Room): Promise<Taken[]>
  /** Until there is nothing to do, or the turn is over. `elsewhere`: others can, and this process cannot. */
  serve(stream: Taken, watch: Watch): Promise<string>
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
/** Of those that fail or take long, all together. */
const HINDERED_STREAMS = STREAMS / 2
/** A try that takes longer is a slow one; milliseconds. */
const SLOW_MS = 1_000
/** Nobody waits longer for another try, so who has none is deleted, or paused. */
const FORGOTTEN_AFTER_MS = 3 * 60 * 60 * 1_000
/** What fails is due again after seconds at least, and what comes in wakes. */
const LOOK_EVERY_MS = 1_000
/** What comes in a moment is delivered together, since a look costs a statement however many streams it finds. */
const GATHER_MS = 15
/** So long others are left what this process has not the key to. */
const LEFT_MS = 30_000

export function createPassage<Taken extends Lease>({ lease, serve, elapsed, onError }: PassageDeps<Taken>): Passage {
  const serving = new Map<string, number>()
  const hindered = new Map<string, { most: number; sinceMs: number }>()
  const leftUntil = new Map<string, number>()
  const flights = new Set<Promise<void>>()
  let stopped = false
  let turn = 0
  let foundAt = Number.NEGATIVE_INFINITY
  const watch: Watch = {
    onTried(endpoint, { taken, ms }) {
      if (taken && ms < SLOW_MS) hindered.delete(endpoint)
      else hindered.set(endpoint, { most: taken ? PER_ENDPOINT : 1, sinceMs: elapsed() })
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
    const now = elapsed()
    for (const [endpoint, until] of leftUntil) if (until <= now) leftUntil.delete(endpoint)
    for (const [endpoint, { sinceMs }] of hindered) if (now - sinceMs > FORGOTTEN_AFTER_MS) hindered.delete(endpoint)
    const more = moreOfHindered()
    const known = new Set([...serving.keys(), ...hindered.keys(), ...leftUntil.keys()])
    const less = [...known].map((endpoint) => {
      if (leftUntil.has(endpoint)) return { endpoint, streams: 0 }
      return { endpoint, streams: more.get(endpoint) ?? PER_ENDPOINT - (serving.get(endpoint) ?? 0) }
    })
    return { streams: STREAMS - flights.size, perEndpoint: PER_ENDPOINT, less }
  }

  /** How many streams more of each that fails or takes long: as many as there is room for, beginning with others at every look. */
  function moreOfHindered(): Map<string, number> {
    const names = [...hindered.keys()]
    const share = Math.max(1, Math.floor(HINDERED_STREAMS / names.length))
    let room = HINDERED_STREAMS - names.reduce((sum, endpoint) => sum + (serving.get(endpoint) ?? 0), 0)
    let given = 0
    const more = names.map((_, index): [string, number] => {
      const endpoint = names[(turn + index) % names.length] as string
      const most = Math.min(share, hindered.get(endpoint)?.most ?? 1)
      const streams = Math.max(0, Math.min(most - (serving.get(endpoint) ?? 0), room))
      room -= streams
      if (streams > 0) given += 1
      return [endpoint, streams]
    })
    turn = (turn + given) % Math.max(1, names.length)
    return new Map(more)
  }

  async function fly(stream: Taken): Promise<void> {
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
