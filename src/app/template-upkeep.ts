import type { WabaId } from '../domain/ids.ts'
import { MINUTE_MS, SECOND_MS } from '../domain/time.ts'
import type { Listener } from '../store/pg/listener.ts'
import { CLOCK_CHANNEL } from '../store/pg/move-clock.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { TEMPLATES_CHANNEL, wantedTemplates, wantForWaiters, wantUndecided } from '../store/templates/upkeep.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import type { TemplateSync } from './template-sync.ts'
import { grantWishes } from './template-wishes.ts'

export interface TemplateUpkeepDeps {
  postgres: Postgres
  listener: Listener
  startSync(wabaId: WabaId): void
  refresh: TemplateSync['refresh']
  /** Accounts with messages that wait for a template are read again after this; milliseconds. */
  checkEveryMs: number
  onError(error: Error): void
}

/** Reading an account's templates is limited per hour, so what is wanted soon after a reading waits this long. */
const QUIET_MS = MINUTE_MS
const LOOK_EVERY_MS = 5 * SECOND_MS
export const TEMPLATE_CHECK_MS = 15 * MINUTE_MS

/**
 * Grants wishes for templates to be read again, by whoever leads: those of webhooks about single ones; those of messages that met a template
 * which is not as we know it, in whatever process; and now and then those of accounts where messages wait for a template, and of single
 * ones under review, whose webhook may have been lost.
 */
export function startTemplateUpkeep(deps: TemplateUpkeepDeps): Loop {
  const { db } = deps.postgres
  const quietMs = Math.min(QUIET_MS, deps.checkEveryMs)
  let checkedAtMs = Number.NEGATIVE_INFINITY
  /** A sync that fails leaves its wish, which is not to be granted again at once. */
  const startedAtMs = new Map<WabaId, number>()

  const loop = startLoop(async () => {
    if (!(await deps.listener.tryLead())) return LOOK_EVERY_MS
    const nowMs = performance.now()
    if (nowMs - checkedAtMs >= deps.checkEveryMs) {
      checkedAtMs = nowMs
      await wantForWaiters(db, deps.checkEveryMs)
      await wantUndecided(db, TEMPLATE_CHECK_MS)
    }
    await grantWishes({ db, ...deps })
    for (const wabaId of await wantedTemplates(db, quietMs)) {
      const lastMs = startedAtMs.get(wabaId)
      if (lastMs !== undefined && nowMs - lastMs < quietMs) continue
      startedAtMs.set(wabaId, nowMs)
      deps.startSync(wabaId)
    }
    return Math.min(LOOK_EVERY_MS, deps.checkEveryMs)
  }, deps.onError)
  for (const channel of [TEMPLATES_CHANNEL, CLOCK_CHANNEL]) deps.listener.on(channel, () => loop.wake())
  return loop
}
