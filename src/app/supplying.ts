import type { PhoneNumberId } from '../domain/ids.ts'
import { type Permits, permitId, senderOf } from '../queue/permits.ts'
import { demands } from '../store/intents/supply.ts'
import type { Listener } from '../store/pg/listener.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { type Supplied, supplyPermits } from '../usecases/supply-permits.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import type { Metrics } from './metrics.ts'

export interface SupplyDeps {
  /** The pool of the hot path. */
  hot: Postgres
  listener: Listener
  permits: Permits
  metrics: Metrics
  /** This process serves a number without a permit. */
  serveHere(sender: PhoneNumberId): void
  onError(error: Error): void
}

/** With nothing scheduled the leader still looks this often: a notification may have been lost. */
const LONGEST_WAIT_MS = 1_000
/** While a permit waits to be taken, or its holder has not told. */
const PENDING_WAIT_MS = 100
const STANDBY_WAIT_MS = 2_000
/** A look costs at most this share of the database's time, however many numbers there are. */
const DUTY = 5

/** Supplies permits while this process has the lead, and asks for the lead while it has not. */
export function startSupply({ hot, listener, permits, metrics, serveHere, onError }: SupplyDeps): Loop {
  const supplied: Supplied = new Map()
  let serial = Date.now()
  let lookedUntil = 0
  let tookMs = 0
  /** Nobody waits for a backend that is known to be away: whoever leads serves, and tries it again beside that. */
  let away = false
  let trying = false

  async function give(ids: string[]): Promise<void> {
    trying = true
    try {
      await permits.add(ids)
      away = false
    } catch (error) {
      onError(error as Error)
      if (!away) serveAllHere(ids)
      away = true
    } finally {
      trying = false
    }
  }

  function serveAllHere(ids: string[]): void {
    for (const id of ids) serveHere(senderOf(id))
  }

  const io = {
    async demands() {
      const began = performance.now()
      const found = await demands(hot.pool)
      tookMs = performance.now() - began
      return found
    },
    /** Where no permit can be given, who leads does the work. */
    async add(ids: string[]) {
      if (ids.length === 0) return
      if (!away) return give(ids)
      serveAllHere(ids)
      if (!trying) void give(ids)
    },
    async whereIs(id: string) {
      if (away) return 'gone' as const
      return permits.whereIs(id).catch(() => {
        away = true
        return 'gone' as const
      })
    },
    permitId,
    elapsed: () => performance.now(),
  }
  return startLoop(async () => {
    const leads = await listener.tryLead()
    metrics.leads.set(leads ? 1 : 0)
    if (!leads) {
      supplied.clear()
      metrics.permitsWaiting.set(0)
      return STANDBY_WAIT_MS
    }
    const restMs = lookedUntil - performance.now()
    if (restMs > 0) return restMs
    const supply = await supplyPermits(io, supplied, () => ++serial)
    lookedUntil = performance.now() + tookMs * (DUTY - 1)
    metrics.relayed.inc(supply.given)
    metrics.permitsWaiting.set(supply.pending + supply.given)
    const pending = supply.pending + supply.given > 0
    return Math.min(pending ? PENDING_WAIT_MS : LONGEST_WAIT_MS, Math.max(1, supply.nextDueMs ?? LONGEST_WAIT_MS))
  }, onError)
}
