import type { PhoneNumberId } from '../domain/ids.ts'
import { PRIORITIES, type Priority } from '../domain/intent.ts'
import { SECOND_MS } from '../domain/time.ts'
import type { Wake } from '../queue/lanes.ts'
import type { DueSender } from '../store/intents/due.ts'

/*
 * The relay: due intents into lanes. It is the only thing that adds jobs. A round reads which senders have something due, moves at most
 * a few seconds of work per sender and priority into its lane, and passes by senders that cannot send: nothing is written for them.
 *
 * A row becomes `queued` before its job is added. If the adding fails, the row stays queued without a job, and the sweeper puts the job
 * back: late, never twice.
 */

export interface RelayIo {
  readDueSenders(): Promise<DueSender[]>
  /** How many stand in the sender's lane, per priority; null when the lane does not answer. */
  laneDepths(sender: PhoneNumberId): Promise<Record<Priority, number> | null>
  queueDue(sender: PhoneNumberId, room: Record<Priority, number>): Promise<Wake[]>
  msUntilNextDue(): Promise<number | null>
  wake(sender: PhoneNumberId, wakes: Wake[]): Promise<void>
  setThroughput(sender: PhoneNumberId, throughputMps: number): Promise<void>
  /** This process consumes the lane. Cheap to repeat: a lane that was idle has closed, and none of its messages should wait for that. */
  openLane(sender: PhoneNumberId, throughputMps: number): void
  /** Tells the workers on all machines that a lane has work. */
  announce(senders: { sender: PhoneNumberId; throughputMps: number }[]): Promise<void>
}

export interface RelayRound {
  moved: number
  /** Some lane was filled to the brim: there is more to move as soon as it drains. */
  full: boolean
  /** Something is due behind another message of its conversation: there is more to move as soon as that one is over. */
  blocked: boolean
  /** Milliseconds until the next intent falls due; null when nothing is scheduled. */
  nextDueMs: number | null
}

/** How much work a lane holds, per priority: what it can send in this time ... */
const LANE_DEPTH_MS = 3 * SECOND_MS
/** ... but enough to keep a worker's concurrency fed, and never more than a Redis node notices. */
const LEAST_DEPTH = 50
const MOST_DEPTH = 4_000

export function laneDepth(throughputMps: number): number {
  return Math.min(MOST_DEPTH, Math.max(LEAST_DEPTH, Math.ceil((throughputMps * LANE_DEPTH_MS) / SECOND_MS)))
}

/** What was last said of each lane: its rate, and how many rounds ago. */
export type Announced = Map<PhoneNumberId, { throughputMps: number; rounds: number }>

export async function relayDue(io: RelayIo, announced: Announced): Promise<RelayRound> {
  const round: RelayRound = { moved: 0, full: false, blocked: false, nextDueMs: null }
  const demands = await io.readDueSenders()
  // Paused, restricted, or throttled by Meta: what is in the lanes is put off when its turn comes, what is due waits here.
  const sending = demands.filter(({ state, callsPaused }) => state === 'active' && !callsPaused)
  // All at once: a lane that is away takes long to say nothing, and the others are not to wait for each of those.
  const depths = await Promise.all(sending.map(({ sender }) => io.laneDepths(sender)))
  for (const [index, demand] of sending.entries()) {
    const standing = depths[index]
    if (!standing) continue
    await announceLane(io, announced, demand)
    const depth = laneDepth(demand.throughputMps)
    const room = Object.fromEntries(PRIORITIES.map((p) => [p, Math.max(0, depth - standing[p])])) as Record<
      Priority,
      number
    >
    const wakes = await io.queueDue(demand.sender, room)
    await io.wake(demand.sender, wakes)
    round.moved += wakes.length
    const brim = PRIORITIES.some((p) => room[p] <= wakes.filter((wake) => wake.priority === p).length)
    round.full ||= brim
    round.blocked ||= wakes.length === 0 && !brim
  }
  round.nextDueMs = await io.msUntilNextDue()
  return round
}

/** Repeated often enough to reach a worker that started later, seldom enough to cost nothing; a new rate is told before the next job. */
export const ANNOUNCE_EVERY_ROUNDS = 20

async function announceLane(io: RelayIo, announced: Announced, { sender, throughputMps }: DueSender): Promise<void> {
  io.openLane(sender, throughputMps)
  const last = announced.get(sender)
  if (last?.throughputMps === throughputMps && last.rounds < ANNOUNCE_EVERY_ROUNDS) {
    last.rounds += 1
    return
  }
  await io.setThroughput(sender, throughputMps)
  await io.announce([{ sender, throughputMps }])
  announced.set(sender, { throughputMps, rounds: 1 })
}
