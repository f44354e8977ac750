import type { PhoneNumberId } from '../domain/ids.ts'
import type { GraphClient } from '../graph/client.ts'
import type { LaneBackend } from '../queue/backend.ts'
import { createConsumers } from '../queue/consumer.ts'
import type { Lanes } from '../queue/lanes.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import type { WakeUp } from '../store/intents/dispatch-facts.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import type { OptOutBook } from '../store/people/opt-outs.ts'
import type { Listener } from '../store/pg/listener.ts'
import { CLOCK_CHANNEL } from '../store/pg/move-clock.ts'
import { isPassingDatabaseError, type Postgres } from '../store/pg/postgres.ts'
import type { FoldInbox } from '../usecases/fold-merged.ts'
import { createDispatcher } from './dispatching.ts'
import { startFanOut } from './fanning-out.ts'
import { startJobs } from './jobs.ts'
import type { Metrics } from './metrics.ts'
import { announceLane, LANES_CHANNEL, startRelay } from './relaying.ts'
import type { AppSettings } from './settings.ts'
import { startSweeper } from './sweeping.ts'
import type { TokenWatch } from './token-watch.ts'

/*
 * The worker role: consume lanes, and lead the relay and the sweeper when nobody else does.
 */

export interface WorkDeps {
  postgres: Postgres
  /** The pool of the hot path. */
  hot: Postgres
  listener: Listener
  backend: LaneBackend
  lanes: Lanes
  senders: SenderStore
  tokens: Pick<TokenWatch, 'mayConsume' | 'lockedOut' | 'onLockedOut'>
  learning: FoldInbox
  optOuts: OptOutBook
  graph: GraphClient
  settings: AppSettings
  concurrency: number
  /** A lane without work for this long is closed; milliseconds. */
  laneIdleMs: number
  metrics: Metrics
  /** Meta accepted a message of this number. */
  onAccepted(sender: PhoneNumberId): void
  log: Record<'info' | 'warn' | 'error', (details: object, message: string) => void>
}

const LANES_PAUSE_ON_OUTAGE_MS = 1_000

/** Starts at once; the result stops it, letting the jobs in flight finish. */
export function startWork(deps: WorkDeps): () => Promise<void> {
  const { listener, lanes, tokens, metrics, log } = deps
  const dispatcher = createDispatcher({
    ...deps,
    pauseLane: (sender, forMs) => lanes.pause(sender, forMs),
    async setPace(sender, throughputMps) {
      await lanes.setThroughput(sender, throughputMps)
      announceLane(deps.postgres, sender, throughputMps)
    },
    count: {
      attempt(outcome, sender) {
        metrics.attempts.inc({ outcome })
        if (outcome === 'accepted') deps.onAccepted(sender)
      },
      decision: (kind) => metrics.decisions.inc({ kind }),
    },
  })

  async function process(sender: PhoneNumberId, wakeUp: WakeUp): Promise<void> {
    try {
      const outcome = await dispatcher.dispatch(sender, wakeUp)
      if (outcome.kind === 'given_back' && outcome.why === 'locked_out') tokens.lockedOut(sender)
    } catch (error) {
      log.error({ err: error, intent: wakeUp.intentId }, 'dispatch failed')
      // A dependency that stumbled: at once again, or by the sweeper when Postgres is gone, and then the lane had better stand still.
      // What is wrong with us comes back by the sweeper alone, so that it does not spin.
      if (isPassingDatabaseError(error)) {
        await dispatcher.giveBack(wakeUp).catch(() => lanes.pause(sender, LANES_PAUSE_ON_OUTAGE_MS).catch(() => {}))
      }
      throw error
    }
  }

  const consumers = createConsumers(deps.backend, {
    concurrency: deps.concurrency,
    idleMs: deps.laneIdleMs,
    process,
    onLanes: (open) => metrics.openLanes.set(open),
    onError: (error) => log.warn({ err: error }, 'lane error'),
  })
  const openLane: typeof consumers.open = (sender, throughputMps) => {
    if (tokens.mayConsume(sender)) consumers.open(sender, throughputMps)
  }
  tokens.onLockedOut(consumers.shut)
  const warn = (details: object, message: string) => log.warn(details, message)
  const relay = startRelay({ ...deps, openLane, onError: (error) => warn({ err: error }, 'relay round failed') })
  const sweeper = startSweeper({ ...deps, openLane, warn, onError: (error) => warn({ err: error }, 'sweep failed') })
  const jobs = startJobs({ ...deps, onFailed: warn, onError: (error) => warn({ err: error }, 'running jobs failed') })
  const fanOut = startFanOut({ ...deps, onError: (error) => warn({ err: error }, 'telling news failed') })
  // Only the leader has use for it; a standby asks for the lead by its own timer.
  listener.on(DUE_CHANNEL, () => {
    if (listener.leads()) relay.wake()
  })
  // A move of the clock makes due, and over, what was not.
  listener.on(CLOCK_CHANNEL, () => {
    relay.wake()
    sweeper.wake()
  })
  listener.on(LANES_CHANNEL, (payload) => {
    const [sender, throughputMps] = payload.split(' ')
    if (sender && throughputMps) openLane(sender as PhoneNumberId, Number(throughputMps))
  })

  return async () => {
    await Promise.all([relay.stop(), sweeper.stop(), fanOut.stop(), jobs.stop()])
    await consumers.close()
  }
}
