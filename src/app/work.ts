import type { PhoneNumberId } from '../domain/ids.ts'
import type { createGraphClient } from '../graph/client.ts'
import type { LaneBackend } from '../queue/backend.ts'
import { type Consumers, createConsumers } from '../queue/consumer.ts'
import type { Lanes } from '../queue/lanes.ts'
import { closeAttemptsOn } from '../store/attempts.ts'
import { findDoubts, findStranded, inboxIsBehind } from '../store/doubts.ts'
import { notifyDue } from '../store/enqueue.ts'
import {
  expireHeld,
  holdDueForSender,
  longQueued,
  msUntilNextDue,
  queueDue,
  readDueSenders,
  readQueuedSenders,
  releaseWaiting,
  waitsFor,
} from '../store/intents.ts'
import type { Listener } from '../store/listener.ts'
import { isPassingDatabaseError, type Postgres } from '../store/postgres.ts'
import type { SenderStore } from '../store/senders.ts'
import { deleteOldEvents } from '../store/webhook-events.ts'
import { type Announced, type RelayIo, relayDue } from '../usecases/relay-due.ts'
import { repairStranded } from '../usecases/repair-stranded.ts'
import { settleDoubts } from '../usecases/settle-doubt.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import { createDispatcher } from './dispatching.ts'
import type { Metrics } from './metrics.ts'
import type { AppSettings } from './settings.ts'

/*
 * The worker role: consume lanes, and lead the relay and the sweeper when nobody else does.
 */

/** Tells workers on all machines that a lane has work; the payload is `<phone number id> <messages per second>`. */
export const LANES_CHANNEL = 'casement_lanes'

export interface WorkDeps {
  postgres: Postgres
  hot: Postgres
  listener: Listener
  backend: LaneBackend
  lanes: Lanes
  senders: SenderStore
  graph: ReturnType<typeof createGraphClient>
  settings: AppSettings
  concurrency: number
  metrics: Metrics
  syncTemplates(wabaId: string): void
  log: {
    info(details: object, message: string): void
    warn(details: object, message: string): void
    error(details: object, message: string): void
  }
}

export interface Work {
  /** An intent may be due: look now. */
  wakeRelay(): void
  stop(): Promise<void>
}

/** With nothing scheduled the relay still looks this often: a notification may have been lost. */
const LONGEST_RELAY_WAIT_MS = 1_000
/** A lane that is full is looked at again when a good part of it may have drained. */
const FULL_LANE_WAIT_MS = 50
/** The next message of a conversation follows when the one before it is over; doubled while that takes longer, as a doubt does. */
const BLOCKED_WAIT_MS = 10
const STANDBY_WAIT_MS = 2_000
const SWEEP_EVERY_MS = 5_000
/** Longer than a lane's depth in time, so that the sweeper rarely meets a job that is only waiting. */
const QUEUED_TOO_LONG_MS = 10_000
const SWEPT_AT_ONCE = 5_000
const HELD_AT_ONCE = 1_000
const LANE_IDLE_MS = 5 * 60_000
const LANES_PAUSE_ON_OUTAGE_MS = 1_000
const EVENTS_KEPT_DAYS = 14

export function startWork(deps: WorkDeps): Work {
  const { postgres, listener, lanes, metrics, settings, log } = deps
  const { pool, db } = postgres
  const dispatcher = createDispatcher({
    ...deps,
    pauseLane: (sender, forMs) => lanes.pause(sender, forMs),
    count: {
      attempt: (outcome) => metrics.attempts.inc({ outcome }),
      decision: (kind) => metrics.decisions.inc({ kind }),
    },
  })
  const consumers = createConsumers(deps.backend, {
    concurrency: deps.concurrency,
    idleMs: LANE_IDLE_MS,
    onError: (error) => log.warn({ err: error }, 'lane error'),
    async process(sender, wakeUp) {
      try {
        await dispatcher.dispatch(sender, wakeUp)
      } catch (error) {
        log.error({ err: error, intent: wakeUp.intentId }, 'dispatch failed')
        // A dependency that stumbled: at once again, or by the sweeper when Postgres is gone, and then the lane had better stand still.
        // What is wrong with us comes back by the sweeper alone, so that it does not spin.
        if (isPassingDatabaseError(error)) {
          await dispatcher.giveBack(wakeUp).catch(() => lanes.pause(sender, LANES_PAUSE_ON_OUTAGE_MS).catch(() => {}))
        }
        throw error
      }
    },
  })

  const open = (sender: PhoneNumberId, throughputMps: number) => {
    consumers.open(sender, throughputMps)
    metrics.openLanes.set(consumers.openLanes().length)
  }
  listener.on(LANES_CHANNEL, (payload) => {
    const [sender, mps] = payload.split(' ')
    if (sender && mps) open(sender as PhoneNumberId, Number(mps))
  })

  const relay = startRelay(deps, open)
  const sweeper = startSweeper(deps, consumers, open)
  listener.on('casement_due', () => relay.wake())

  return {
    wakeRelay: () => relay.wake(),
    async stop() {
      await Promise.all([relay.stop(), sweeper.stop()])
      await consumers.close()
    },
  }

  function startRelay({ listener: lead }: WorkDeps, openHere: typeof open): Loop {
    const announced: Announced = new Map()
    let blockedRounds = 0
    const io: RelayIo = {
      readDueSenders: () => readDueSenders(db),
      laneDepths: (sender) => lanes.depths(sender),
      queueDue: (sender, room) => queueDue(deps.hot.pool, sender, room),
      holdDueForSender: (sender, reason) => holdDueForSender(db, sender, reason, HELD_AT_ONCE),
      msUntilNextDue: () => msUntilNextDue(db),
      wake: (sender, wakes) => lanes.wake(sender, wakes),
      setThroughput: (sender, throughputMps) => lanes.setThroughput(sender, throughputMps),
      async announce(senders) {
        for (const { sender, throughputMps } of senders) {
          openHere(sender, throughputMps)
          await pool.query('select pg_notify($1, $2)', [LANES_CHANNEL, `${sender} ${throughputMps}`])
        }
      },
    }
    return startLoop(
      async () => {
        const leads = await lead.tryLead()
        metrics.leads.set(leads ? 1 : 0)
        if (!leads) {
          announced.clear()
          return STANDBY_WAIT_MS
        }
        const round = await relayDue(io, announced)
        metrics.relayed.inc(round.moved)
        if (round.full) return FULL_LANE_WAIT_MS
        const nextDueMs = Math.min(LONGEST_RELAY_WAIT_MS, Math.max(1, round.nextDueMs ?? LONGEST_RELAY_WAIT_MS))
        if (round.moved === 0 && round.held === 0 && round.blocked)
          return Math.min(nextDueMs, BLOCKED_WAIT_MS * 2 ** blockedRounds++)
        blockedRounds = 0
        return round.moved > 0 || round.held > 0 ? 0 : nextDueMs
      },
      (error) => log.warn({ err: error }, 'relay round failed'),
    )
  }

  function startSweeper({ listener: lead }: WorkDeps, _consumers: Consumers, openHere: typeof open): Loop {
    return startLoop(
      async () => {
        for (const { sender, throughputMps } of await readQueuedSenders(db)) openHere(sender, throughputMps)
        if (!(await lead.tryLead())) return SWEEP_EVERY_MS
        await sweep()
        return SWEEP_EVERY_MS
      },
      (error) => log.warn({ err: error }, 'sweep failed'),
    )
  }

  async function sweep(): Promise<void> {
    const repaired = await repairStranded({
      longQueued: () => longQueued(db, QUEUED_TOO_LONG_MS, SWEPT_AT_ONCE),
      wake: (sender, wakes) => lanes.wake(sender, wakes),
      expireHeld: () => expireHeld(db, SWEPT_AT_ONCE),
    })
    metrics.rewoken.inc(repaired.rewoken)
    const doubts = await settleDoubts(
      {
        findStranded: () => findStranded(db, settings.attemptLeaseMs, SWEPT_AT_ONCE),
        findDoubts: (olderThanMs) => findDoubts(db, olderThanMs, SWEPT_AT_ONCE),
        inboxIsBehind: () => inboxIsBehind(db),
        closeAttempts: (items) => closeAttemptsOn(pool, items),
        notifyDue: () => notifyDue(db),
      },
      settings.doubt,
    )
    metrics.stranded.inc(doubts.stranded)
    metrics.doubtsResent.inc(doubts.resent)
    metrics.doubtsUnconfirmed.inc(doubts.unconfirmed)
    metrics.doubtsBlind.inc(doubts.blind)
    metrics.doubtsWaiting.set(doubts.waiting)
    if (doubts.blind > 0)
      log.warn({ doubts: doubts.blind }, 'doubts settled without any webhook: check the webhook subscription')
    for (const sender of await deps.senders.overlooked()) {
      while ((await releaseWaiting(db, waitsFor.sender(sender), HELD_AT_ONCE)) === HELD_AT_ONCE);
      await notifyDue(db)
    }
    await deleteOldEvents(db, EVENTS_KEPT_DAYS, SWEPT_AT_ONCE)
  }
}
