import { createGraphClient } from '../../graph/client.ts'
import type { Logger } from '../../log.ts'
import { type LaneBackend, openLaneBackend } from '../../queue/backend.ts'
import { createPermits, type Permits } from '../../queue/permits.ts'
import { type SenderStore, senderStore } from '../../store/accounts/senders.ts'
import { createTokenVault, type TokenVault } from '../../store/accounts/token-vault.ts'
import { DUE_CHANNEL } from '../../store/intents/enqueue.ts'
import { NEWS_CHANNEL } from '../../store/outbox/outbox.ts'
import { type OptOutBook, optOutBook } from '../../store/people/opt-outs.ts'
import { ClockMoved, keepRealTime, keepSandbox } from '../../store/pg/clock.ts'
import { type Listener, openListener } from '../../store/pg/listener.ts'
import { schemaState } from '../../store/pg/migrate.ts'
import { CLOCK_CHANNEL } from '../../store/pg/move-clock.ts'
import { HOT_PATH_SETTINGS, openPostgres, type Postgres, type PostgresOptions } from '../../store/pg/postgres.ts'
import { TEMPLATES_CHANNEL } from '../../store/templates/upkeep.ts'
import { INBOX_CHANNEL } from '../../store/webhooks/events.ts'
import { CAMPAIGNS_CHANNEL } from '../campaign-run.ts'
import { CannotStart } from '../cannot-start.ts'
import { createCourier, type OpenCourier } from '../courier.ts'
import { exampleCard } from '../example-card.ts'
import { type FlowMemory, flowMemory } from '../flow-io.ts'
import { createMetrics, type Metrics } from '../metrics.ts'
import { PASSING_CHANNEL } from '../passing-on.ts'
import { createPricing, type Pricing } from '../pricing.ts'
import { type AppSettings, type ResolvedConfig, settingsOf } from '../settings.ts'
import { startTokenWatch, type TokenWatch } from '../token-watch.ts'

export type Role = 'api' | 'worker'

/** What every process has, whatever its roles. */
export interface Shared {
  config: ResolvedConfig
  settings: AppSettings
  roles: readonly Role[]
  /** The built-in sandbox is the Graph API. */
  sandboxed: boolean
  log: Logger
  metrics: Metrics
  postgres: Postgres
  /** What webhooks lead to is written by this pool, and told to endpoints; see `PreparingClient`. */
  inbox: Postgres
  backend: LaneBackend
  permits: Permits
  vault: TokenVault
  senders: SenderStore
  optOuts: OptOutBook
  graph: ReturnType<typeof createGraphClient>
  /** For addresses that users gave. */
  courier: OpenCourier
  listener: Listener
  tokens: TokenWatch
  /** As in `SharedOptions`. */
  databaseSilenceMs: number
  /** What messages cost. */
  pricing: Pricing
  /** What this process remembers of flows. */
  flows: FlowMemory
}

export interface SharedOptions {
  config: ResolvedConfig
  roles: readonly Role[]
  logger: Logger
  sandboxed: boolean
  tokenBeatMs: number
  /** A database that is waited on and says nothing for this long is given up; milliseconds. */
  databaseSilenceMs: number
}

/** What is started is stopped in reverse. */
export type Closers = { push(...close: (() => Promise<void>)[]): unknown }

/** The schema is behind this code, or newer code has changed it. */
export class SchemaMismatch extends Error {}

/** What a process of the role has use for; everybody applies webhooks. */
const CHANNELS: Record<Role, readonly string[]> = {
  api: [INBOX_CHANNEL, NEWS_CHANNEL, CLOCK_CHANNEL],
  worker: [INBOX_CHANNEL, DUE_CHANNEL, TEMPLATES_CHANNEL, CLOCK_CHANNEL, PASSING_CHANNEL, CAMPAIGNS_CHANNEL],
}
/** Every statement of ours is a matter of milliseconds; the slowest sweep of a large table, of seconds. */
export const DATABASE_SILENCE_MS = 30_000
/** The server ends a statement after this share of the silence: before the client hangs up. */
const STATEMENT_SHARE = 5 / 6
/** Connections to Postgres besides the listener's: the API's requests, the loops. */
const POOL_MAX = 14
/** Four people's messages side by side, statuses, what is delivered to endpoints. */
const INBOX_POOL_MAX = 8

/** Throws `SchemaMismatch` before anything else has started when the schema is not this code's. */
export async function startShared(options: SharedOptions, closers: Closers): Promise<Shared> {
  const { config, roles, logger: log, sandboxed, tokenBeatMs, databaseSilenceMs } = options
  // What is tied to a session goes past the pooler.
  const directUrl = config.databaseDirectUrl ?? config.databaseUrl
  const metrics = createMetrics()
  const pools = { config, log, databaseSilenceMs }
  const postgres = openPool(pools, { max: POOL_MAX, applicationName: `casement ${roles.join('+')}` })
  closers.push(postgres.close)
  await refuseForeignSchema(postgres.db)
  const inbox = openPool(pools, {
    max: INBOX_POOL_MAX,
    applicationName: 'casement inbox',
    settings: HOT_PATH_SETTINGS,
    prepares: true,
  })
  closers.push(inbox.close)

  const backend = await openLaneBackend(
    config.lanes.kind === 'redis' ? config.lanes : { kind: 'postgres', url: directUrl },
    (error) => log.warn({ err: error }, 'lane backend error'),
    databaseSilenceMs,
  )
  closers.push(backend.close)
  await warnAboutLanes(backend, log)
  const permits = createPermits(backend)
  closers.push(permits.close)

  const vault = createTokenVault(config.secretKeys)
  const senders = senderStore(postgres.db, vault)
  const graph = createGraphClient({
    baseUrl: config.graphApiUrl,
    version: config.graphApiVersion,
    timeoutMs: config.graphTimeoutMs,
    connections: Math.max(64, config.dispatchConcurrency),
  })
  closers.push(graph.close)

  const courier = createCourier(config.outboundHosts)
  closers.push(courier.close)

  const listener = await openListener({
    url: directUrl,
    channels: [...new Set(roles.flatMap((role) => CHANNELS[role]))],
    prepare: sandboxed ? keepSandbox : keepRealTime,
    onError: (error) => log.warn({ err: error }, 'listening connection lost'),
  }).catch((cause: Error) => {
    throw cause instanceof ClockMoved ? new CannotStart(cause.message, { cause }) : cause
  })
  closers.push(listener.close)

  const tokens = await startTokenWatch({
    postgres,
    senders,
    vault,
    metrics,
    worker: roles.includes('worker') ? listener : null,
    beatMs: tokenBeatMs,
    log,
    onError: (error) => log.warn({ err: error }, 'looking after the access tokens failed'),
  })
  closers.push(tokens.stop)
  listener.on(CLOCK_CHANNEL, tokens.look)

  const prices = openPool(pools, { max: 1, applicationName: 'casement prices' })
  closers.push(prices.close)
  const pricing = createPricing(prices, sandboxed ? { example: async () => exampleCard() } : {})
  listener.on(CLOCK_CHANNEL, pricing.forget)

  return {
    config,
    settings: settingsOf(config),
    roles,
    sandboxed,
    log,
    metrics,
    postgres,
    inbox,
    backend,
    permits,
    vault,
    senders,
    optOuts: optOutBook(vault),
    graph,
    courier,
    listener,
    tokens,
    databaseSilenceMs,
    pricing,
    flows: flowMemory((flow, err) => log.error({ err, flow }, 'a flow could not be read, looked at or begun')),
  }
}

/** A pool of connections to the database, or to the pooler in front of it. */
export function openPool(
  { config, log, databaseSilenceMs }: Pick<Shared, 'config' | 'log' | 'databaseSilenceMs'>,
  options: Pick<PostgresOptions, 'max' | 'applicationName' | 'settings' | 'prepares'>,
): Postgres {
  return openPostgres({
    ...options,
    url: config.databaseUrl,
    pooled: config.databaseDirectUrl !== null,
    silenceMs: databaseSilenceMs,
    statementMs: Math.trunc(databaseSilenceMs * STATEMENT_SHARE),
    onError: (error) => log.warn({ err: error }, 'idle database connection lost'),
  })
}

async function refuseForeignSchema(db: Parameters<typeof schemaState>[0]): Promise<void> {
  const state = await schemaState(db)
  if (state.kind === 'behind') {
    throw new SchemaMismatch(
      `the database lacks ${state.missing.length} migration(s) (${state.missing.join(', ')}); run: npx casement migrate`,
    )
  }
  if (state.kind === 'newer') {
    throw new SchemaMismatch(
      `the database was migrated by a newer Casement (${state.unknown.join(', ')}); update this one`,
    )
  }
}

async function warnAboutLanes(backend: LaneBackend, log: Logger): Promise<void> {
  // A lane backend that is away is no reason not to start: intents are accepted and wait.
  const warnings = await backend.warnings().catch((error: Error) => [`the lanes do not answer yet: ${error.message}`])
  for (const warning of warnings) log.warn(warning)
}
