import { randomUUID } from 'node:crypto'
import type { PhoneNumberId } from '../domain/ids.ts'
import type { GraphClient } from '../graph/client.ts'
import type { LaneBackend } from '../queue/backend.ts'
import type { Permits } from '../queue/permits.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import type { TokenVault } from '../store/accounts/token-vault.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import type { OptOutBook } from '../store/people/opt-outs.ts'
import type { Listener } from '../store/pg/listener.ts'
import { CLOCK_CHANNEL } from '../store/pg/move-clock.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import type { Courier } from '../usecases/courier.ts'
import type { FoldInbox } from '../usecases/fold-merged.ts'
import { startCalling } from './calling.ts'
import { CAMPAIGNS_CHANNEL } from './campaign-run.ts'
import { startFanOut } from './fanning-out.ts'
import { startFeeding } from './feeding.ts'
import type { FlowMemory } from './flow-io.ts'
import { startJobs } from './jobs.ts'
import type { Metrics } from './metrics.ts'
import { startDelivering, startPassingPayloads, startTellingWindows } from './passing-on.ts'
import type { Pricing } from './pricing.ts'
import { startRetention } from './retaining.ts'
import { startServing } from './serving.ts'
import type { AppSettings } from './settings.ts'
import { startSupply } from './supplying.ts'
import { startSweeper } from './sweeping.ts'
import { startTicking } from './ticking.ts'
import type { TokenWatch } from './token-watch.ts'
import { startMoneyWatch } from './watching-money.ts'
import { startNumberWatch } from './watching-numbers.ts'
import { startPaymentWatch } from './watching-payments.ts'

/*
 * The worker role: serve the numbers it has permits for, and supply permits and sweep when nobody else does.
 */

export interface WorkDeps {
  postgres: Postgres
  /** The pool of the hot path. */
  hot: Postgres
  /** The pool by which webhooks are applied and passed on. */
  inbox: Postgres
  listener: Listener
  backend: LaneBackend
  permits: Permits
  senders: SenderStore
  tokens: Pick<TokenWatch, 'mayConsume' | 'lockedOut' | 'onLockedOut'>
  learning: FoldInbox
  optOuts: OptOutBook
  vault: TokenVault
  courier: Pick<Courier, 'deliver' | 'ask'>
  graph: GraphClient
  pricing: Pricing
  flows: FlowMemory
  settings: AppSettings
  concurrency: number
  metrics: Metrics
  /** How often the leader looks for what is over, in doubt or waits for nothing; milliseconds. */
  sweepEveryMs: number
  /** Meta accepted a message of this number. */
  onAccepted(sender: PhoneNumberId): void
  log: Record<'info' | 'warn' | 'error', (details: object, message: string) => void>
}

/** Starts at once; the result stops it, letting the calls in flight finish. */
export function startWork(deps: WorkDeps): () => Promise<void> {
  const { listener, log } = deps
  const warn = (details: object, message: string) => log.warn(details, message)
  const jobs = startJobs({ ...deps, onFailed: warn, onError: (error) => warn({ err: error }, 'running jobs failed') })
  const desk = randomUUID()
  const serving = startServing(deps, desk)
  const supply = startSupply({
    ...deps,
    serveHere: (sender) => void serving.serve(sender).catch((error: Error) => warn({ err: error }, 'serving failed')),
    onError: (error) => warn({ err: error }, 'supplying permits failed'),
  })
  const sweeper = startSweeper({ ...deps, warn, onError: (error) => warn({ err: error }, 'sweep failed') })
  const days = deps.settings.retentionDays
  const keeping =
    days === null
      ? null
      : startRetention({ ...deps, days, onError: (error) => warn({ err: error }, 'deleting what is over failed') })
  const fanOut = startFanOut({
    ...deps,
    postgres: deps.inbox,
    onError: (error) => warn({ err: error }, 'telling news failed'),
  })
  const passing = startPassingPayloads({ ...deps, postgres: deps.inbox })
  const windows = startTellingWindows(deps)
  const money = startMoneyWatch({ ...deps, onError: (error) => warn({ err: error }, 'looking after budgets failed') })
  const payments = startPaymentWatch({
    ...deps,
    onError: (error) => warn({ err: error }, 'looking after payments failed'),
  })
  const feeding = startFeeding({ ...deps, onError: (error) => warn({ err: error }, 'handing over campaigns failed') })
  const numbers = startNumberWatch({
    ...deps,
    onError: (error) => warn({ err: error }, 'reading how numbers are rated failed'),
  })
  const flows = startTicking(deps)
  const stopDelivering = startDelivering({ ...deps, postgres: deps.inbox }, desk)
  const stopCalling = startCalling(deps, desk)
  listener.on(DUE_CHANNEL, () => {
    serving.wake()
    if (listener.leads()) supply.wake()
    flows.wake()
  })
  listener.on(CAMPAIGNS_CHANNEL, feeding.wake)
  // A move of the clock makes due, and over, what was not.
  listener.on(CLOCK_CHANNEL, () => {
    serving.wake()
    supply.wake()
    sweeper.wake()
    keeping?.wake()
    money.wake()
    payments.wake()
    feeding.wake()
    flows.wake()
  })

  return async () => {
    await Promise.all([
      feeding.stop(),
      supply.stop(),
      sweeper.stop(),
      fanOut.stop(),
      jobs.stop(),
      keeping?.stop(),
      money.stop(),
      payments.stop(),
      numbers.stop(),
      flows.stop(),
    ])
    // Beside each other: a delivery may take ten seconds, and so may a call.
    await Promise.all([passing.stop(), windows.stop(), stopDelivering(), stopCalling(), serving.stop()])
  }
}
