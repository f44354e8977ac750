import { sweepCampaigns } from '../store/campaigns/retention.ts'
import { retention } from '../store/intents/retention.ts'
import type { Listener } from '../store/pg/listener.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { type Loop, startLoop } from '../worker/loop.ts'

export interface RetentionDeps {
  postgres: Postgres
  listener: Listener
  /** How long what is over is kept. */
  days: number
  onError(error: Error): void
}

/** Small, so that a transaction is over in tens of milliseconds and nobody waits for it. */
const LOOKED_AT_ONCE = 1_000
const LOOK_EVERY_MS = 60_000
/** Between two chunks while there is more: deletes go on beside what is sent, and not instead of it. */
const PAUSE_MS = 100
const STANDBY_WAIT_MS = 10_000

/** Whoever leads deletes what has been over for long enough. In a loop of its own: nothing that is under way waits for it. */
export function startRetention({ postgres, listener, days, onError }: RetentionDeps): Loop {
  const kept = retention(postgres.db, days)
  return startLoop(async () => {
    if (!(await listener.tryLead())) return STANDBY_WAIT_MS
    const goesOn = (await kept.sweep(LOOKED_AT_ONCE)) >= LOOKED_AT_ONCE
    return (await sweepCampaigns(postgres.db, days)) || goesOn ? PAUSE_MS : LOOK_EVERY_MS
  }, onError)
}
