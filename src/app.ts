import { openApi } from './app/roles/api.ts'
import { startApplier } from './app/roles/applier.ts'
import { createServices } from './app/roles/services.ts'
import { DATABASE_SILENCE_MS, type Role, startShared } from './app/roles/shared.ts'
import { startWorker } from './app/roles/worker.ts'
import type { ResolvedConfig } from './app/settings.ts'
import { SWEEP_EVERY_MS } from './app/sweeping.ts'
import { TEMPLATE_CHECK_MS } from './app/template-upkeep.ts'
import { TOKEN_BEAT_MS } from './app/token-watch.ts'
import type { Services } from './http/services.ts'
import type { Logger } from './log.ts'
import { migratePostgresLanes } from './queue/backend.ts'
import type { Lanes as LanesConfig } from './readers.ts'
import { migrateToLatest } from './store/pg/migrate.ts'
import { moveClock } from './store/pg/move-clock.ts'

export { type Role, SchemaMismatch } from './app/roles/shared.ts'

export interface AppOptions {
  config: ResolvedConfig
  roles: Role[]
  logger: Logger
  version: string
  /** The built-in sandbox, where it is the Graph API. */
  sandboxUrl?: string | null
  /** The Graph API is our sandbox, whose clock may be ahead of real time and the database's with it. Else such a clock is refused. */
  sandboxed?: boolean
  /** How often templates that messages wait for are read again, should a webhook have been lost; milliseconds. */
  templateCheckMs?: number
  /** How often a worker says that it lives, and which tokens it can open; milliseconds. */
  tokenBeatMs?: number
  /** A database that is waited on and says nothing for this long is given up; milliseconds. */
  databaseSilenceMs?: number
  /** How often the leader looks for what is over, in doubt or waits for nothing; milliseconds. */
  sweepEveryMs?: number
}

export interface RunningApp {
  /** Base URL of the API; null when this process does not serve it. */
  url: string | null
  /** Base URL of the port for webhooks alone; null when there is none. */
  webhookUrl: string | null
  services: Services
  stop(): Promise<void>
}

/** Runs what is missing, of the tables and of the lanes when they live in PostgreSQL. Answers the names of what ran. */
export async function migrateAll(databaseUrl: string, lanes: LanesConfig): Promise<string[]> {
  const applied = await migrateToLatest(databaseUrl)
  if (lanes.kind === 'postgres') await migratePostgresLanes(databaseUrl)
  return applied
}

/** Binds the clock to real time again, whatever a sandbox made of it. Answers by how many milliseconds it stood ahead. */
export async function resetClock(databaseUrl: string): Promise<number> {
  return (await moveClock(databaseUrl, 0)).from
}

/**
 * The composition root: builds every part, starts them in order, stops them in reverse. Throws `SchemaMismatch` before anything has
 * started when the schema is not this code's.
 */
export async function startApp(options: AppOptions): Promise<RunningApp> {
  const { sandboxUrl = null, sandboxed = false, version, roles, logger } = options
  const { templateCheckMs = TEMPLATE_CHECK_MS, tokenBeatMs = TOKEN_BEAT_MS } = options
  const { databaseSilenceMs = DATABASE_SILENCE_MS, sweepEveryMs = SWEEP_EVERY_MS } = options
  const closers: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) {
      await close().catch((error: Error) => logger.warn({ err: error }, 'a part did not stop cleanly'))
    }
  }

  try {
    const shared = await startShared({ ...options, sandboxed, tokenBeatMs, databaseSilenceMs }, closers)
    const { services, templateSync } = await createServices(shared, version, closers)
    const applier = startApplier(shared, closers)
    if (roles.includes('worker'))
      startWorker(shared, { ...applier, templateSync, templateCheckMs, sweepEveryMs }, closers)
    const doors = await openApi(shared, { services, version, sandboxUrl }, closers)
    return { ...doors, services, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
