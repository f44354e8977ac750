import { readClosingWorkspaces, tidyFlows } from '../store/flows/tending.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import type { Listener } from '../store/pg/listener.ts'
import { inTransaction, isPassingDatabaseError, isPassingEverywhere, type Postgres } from '../store/pg/postgres.ts'
import { tickBegins } from '../usecases/flows/begin-by-message.ts'
import { tickClosings } from '../usecases/flows/tick-closings.ts'
import { type Ticker, tickFlows } from '../usecases/flows/tick-flows.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import { type FlowMemory, flowIo } from './flow-io.ts'
import { PASSING_CHANNEL } from './passing-on.ts'

export interface TickingDeps {
  postgres: Postgres
  listener: Pick<Listener, 'leads'>
  flows: FlowMemory
  log: Record<'warn' | 'error', (details: object, message: string) => void>
}

/** A run that is poked by a status waits no longer than this; milliseconds. */
const LOOK_EVERY_MS = 500
/** While whole pages are due: as one is thought over here, another one is read and written by PostgreSQL. */
const BESIDES = 1
const CLOSINGS_EVERY_MS = 1_000
const TIDY_EVERY_MS = 60_000

/** Looks at the runs of flows whose time has come. Every worker does. */
export function startTicking(deps: TickingDeps): Loop {
  const { postgres, flows, log } = deps
  const ticker = createTicker(
    postgres,
    flows,
    (run, error) => log.error({ err: error, run: run.id, flow: run.flow }, 'a run of a flow stands still'),
    (what, error) => log.warn({ err: error, ...what }, 'something of a flow was broken off, tried again later'),
  )
  let closingsAt = Number.NEGATIVE_INFINITY
  let tidyAt = performance.now()
  let besides = 0
  return startLoop(
    async () => {
      const { more, many } = await tickSome(ticker, besides)
      besides = many ? BESIDES : 0
      let moreClosing = false
      if (performance.now() >= closingsAt) {
        const moreBegins = await tickBegins(ticker)
        moreClosing = (await tickClosings(ticker)) || moreBegins
        closingsAt = performance.now() + (moreClosing ? 0 : CLOSINGS_EVERY_MS)
      }
      if (deps.listener.leads() && performance.now() >= tidyAt) {
        await tidyFlows(postgres.db)
        tidyAt = performance.now() + TIDY_EVERY_MS
      }
      return more || moreClosing ? 0 : LOOK_EVERY_MS
    },
    (error) => log.warn({ err: error }, 'looking at the runs of flows broke off, tried again'),
  )
}

/** Rounds side by side. None is broken off because another one failed. */
async function tickSome(ticker: Ticker, besides: number): Promise<{ more: boolean; many: boolean }> {
  const rounds = await Promise.allSettled(Array.from({ length: 1 + besides }, () => tickFlows(ticker)))
  const done = rounds.map((round) => {
    if (round.status === 'rejected') throw round.reason
    return round.value
  })
  return { more: done.some(({ more }) => more), many: done.every(({ full }) => full) }
}

export function createTicker(
  postgres: Pick<Postgres, 'pool' | 'db' | 'signals'>,
  flows: FlowMemory,
  onFailed: Ticker['onFailed'],
  onPutOff: Ticker['onPutOff'] = () => {},
): Ticker {
  return {
    inTransaction: (run) => inTransaction(postgres.pool, (trx) => run(flowIo(flows, trx))),
    closingWorkspaces: () => readClosingWorkspaces(postgres.db),
    announceDue: () => postgres.signals.send(DUE_CHANNEL),
    announceCalls: () => postgres.signals.send(PASSING_CHANNEL),
    isPassing: isPassingDatabaseError,
    isPassingEverywhere,
    onFailed,
    onPutOff,
  }
}
