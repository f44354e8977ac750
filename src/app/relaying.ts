import type { PhoneNumberId } from '../domain/ids.ts'
import type { Lanes } from '../queue/lanes.ts'
import { msUntilNextDue, queueDue, readDueSenders } from '../store/intents/due.ts'
import type { Listener } from '../store/pg/listener.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { type Announced, type RelayIo, type RelayRound, relayDue } from '../usecases/relay-due.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import type { Metrics } from './metrics.ts'

/** Tells workers on all machines that a lane has work; the payload is `<phone number id> <messages per second>`. */
export const LANES_CHANNEL = 'casement_lanes'

export function announceLane({ signals }: Postgres, sender: PhoneNumberId, throughputMps: number): void {
  signals.send(LANES_CHANNEL, `${sender} ${throughputMps}`)
}

export interface RelayDeps {
  postgres: Postgres
  /** The pool of the hot path. */
  hot: Postgres
  listener: Listener
  lanes: Lanes
  metrics: Metrics
  /** This process consumes the lane too. */
  openLane(sender: PhoneNumberId, throughputMps: number): void
  onError(error: Error): void
}

/** With nothing scheduled the relay still looks this often: a notification may have been lost. */
const LONGEST_WAIT_MS = 1_000
/** While a number is busy: what is enqueued for it without a notification, or whose notification was lost, waits no longer than this. */
const BUSY_WAIT_MS = 100
/** A number is busy until nothing was due for this long. */
const BUSY_FOR_MS = 1_000
/** A lane that is full is looked at again when a good part of it may have drained. */
const FULL_LANE_WAIT_MS = 150
/** The next message of a conversation follows when the one before it is over; doubled while that takes longer, as a doubt does. */
const BLOCKED_WAIT_MS = 10
const STANDBY_WAIT_MS = 2_000

/** Runs the relay while this process has the lead, and asks for the lead while it has not. */
export function startRelay(deps: RelayDeps): Loop {
  const io = relayIo(deps)
  const announced: Announced = new Map()
  let blockedRounds = 0
  let busyUntilMs = 0
  return startLoop(async () => {
    const leads = await deps.listener.tryLead()
    deps.metrics.leads.set(leads ? 1 : 0)
    if (!leads) {
      announced.clear()
      return STANDBY_WAIT_MS
    }
    const round = await relayDue(io, announced)
    deps.metrics.relayed.inc(round.moved)
    blockedRounds = round.blocked && round.moved === 0 ? blockedRounds + 1 : 0
    const nowMs = performance.now()
    if (round.moved > 0 || round.full || round.blocked) busyUntilMs = nowMs + BUSY_FOR_MS
    return waitAfter(round, blockedRounds, nowMs < busyUntilMs ? BUSY_WAIT_MS : LONGEST_WAIT_MS)
  }, deps.onError)
}

/** Milliseconds until the relay looks again by itself. */
function waitAfter(round: RelayRound, blockedRounds: number, longestMs: number): number {
  if (round.full) return FULL_LANE_WAIT_MS
  if (round.moved > 0) return 0
  const nextDueMs = Math.min(longestMs, Math.max(1, round.nextDueMs ?? longestMs))
  return blockedRounds > 0 ? Math.min(nextDueMs, BLOCKED_WAIT_MS * 2 ** (blockedRounds - 1)) : nextDueMs
}

function relayIo({ postgres, hot, lanes, openLane }: RelayDeps): RelayIo {
  const { db } = postgres
  return {
    readDueSenders: () => readDueSenders(db),
    // Of a lane that is away the lanes themselves report.
    laneDepths: (sender) => lanes.depths(sender).catch(() => null),
    queueDue: (sender, room) => queueDue(hot.pool, sender, room),
    msUntilNextDue: () => msUntilNextDue(db),
    wake: (sender, wakes) => lanes.wake(sender, wakes),
    setThroughput: (sender, throughputMps) => lanes.setThroughput(sender, throughputMps),
    openLane,
    async announce(senders) {
      for (const { sender, throughputMps } of senders) announceLane(postgres, sender, throughputMps)
    },
  }
}
