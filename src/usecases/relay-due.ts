import type { PhoneNumberId } from '../domain/ids.ts'
import { PRIORITIES, type Priority, type Reason } from '../domain/intent.ts'
import { SECOND_MS } from '../domain/time.ts'
import type { Wake } from '../queue/lanes.ts'
import type { LaneDemand } from '../store/intents.ts'

/*
 * The relay: due intents into lanes. It is the only thing that adds jobs. A round reads which senders have something due, moves at most
 * a few seconds of work per sender and priority into its lane, and parks what is due for senders that cannot send.
 *
 * A row becomes `queued` before its job is added. If the adding fails, the row stays queued without a job, and the sweeper puts the job
 * back: late, never twice.
 */

export interface RelayIo {
  readLaneDemands(): Promise<LaneDemand[]>
  queueDue(sender: PhoneNumberId, room: Record<Priority, number>): Promise<Wake[]>
  holdDueForSender(sender: PhoneNumberId, reason: Reason): Promise<number>
  msUntilNextDue(): Promise<number | null>
  wake(sender: PhoneNumberId, wakes: Wake[]): Promise<void>
  setThroughput(sender: PhoneNumberId, throughputMps: number): Promise<void>
  /** Tells the workers on all machines that a lane has work. */
  announce(senders: { sender: PhoneNumberId; throughputMps: number }[]): Promise<void>
}

export interface RelayRound {
  moved: number
  held: number
  /** Some lane was filled to the brim: there is more to move as soon as it drains. */
  full: boolean
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

export async function relayDue(io: RelayIo, announced: Map<PhoneNumberId, number>): Promise<RelayRound> {
  const round: RelayRound = { moved: 0, held: 0, full: false, nextDueMs: null }
  for (const demand of await io.readLaneDemands()) {
    if (demand.state !== 'active') {
      if (demand.due) round.held += await io.holdDueForSender(demand.sender, reasonOf(demand))
      continue
    }
    await announceLane(io, announced, demand)
    if (!demand.due) continue
    const depth = laneDepth(demand.throughputMps)
    const room = Object.fromEntries(PRIORITIES.map((p) => [p, depth - demand.queued[p]])) as Record<Priority, number>
    const wakes = await io.queueDue(demand.sender, room)
    await io.wake(demand.sender, wakes)
    round.moved += wakes.length
    const brim = PRIORITIES.some((p) => room[p] <= wakes.filter((wake) => wake.priority === p).length)
    round.full ||= brim
  }
  round.nextDueMs = await io.msUntilNextDue()
  return round
}

/** Repeated often enough to reach a worker that started later, seldom enough to cost nothing. */
export const ANNOUNCE_EVERY_ROUNDS = 20

async function announceLane(io: RelayIo, announced: Map<PhoneNumberId, number>, demand: LaneDemand): Promise<void> {
  const rounds = announced.get(demand.sender) ?? 0
  announced.set(demand.sender, (rounds + 1) % ANNOUNCE_EVERY_ROUNDS)
  if (rounds > 0) return
  await io.setThroughput(demand.sender, demand.throughputMps)
  await io.announce([{ sender: demand.sender, throughputMps: demand.throughputMps }])
}

function reasonOf(demand: LaneDemand): Reason {
  return demand.reason ?? { code: 'sender_paused', text: 'The sender is paused.' }
}
