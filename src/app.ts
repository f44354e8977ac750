import { startApplying } from './app/applying.ts'
import { CannotStart } from './app/cannot-start.ts'
import { channelNotes } from './app/channel-notes.ts'
import { openDoors } from './app/doors.ts'
import { batchRecorder, enqueueOn } from './app/enqueueing.ts'
import { createInbox, createLearning } from './app/inbox.ts'
import { createManagement } from './app/management.ts'
import { createMetrics } from './app/metrics.ts'
import { createQueueBoard } from './app/queue-board.ts'
import { createReceiver } from './app/receiving.ts'
import { type ResolvedConfig, settingsOf } from './app/settings.ts'
import { startTemplateUpkeep, TEMPLATE_CHECK_MS } from './app/template-upkeep.ts'
import { startTokenWatch, TOKEN_BEAT_MS } from './app/token-watch.ts'
import { startWork } from './app/work.ts'
import { createGraphClient } from './graph/client.ts'
import { verifySignature } from './graph/webhook.ts'
import { sameSecret } from './http/same-secret.ts'
import type { Services } from './http/services.ts'
import type { Logger } from './log.ts'
import { type LaneBackend, migratePostgresLanes, openLaneBackend } from './queue/backend.ts'
import { createPermits } from './queue/permits.ts'
import type { Lanes as LanesConfig } from './readers.ts'
import { senderStore } from './store/accounts/senders.ts'
import { createTokenVault } from './store/accounts/token-vault.ts'
import { DUE_CHANNEL } from './store/intents/enqueue.ts'
import { OptOutsUnreadable, optOutBook } from './store/people/opt-outs.ts'
import { ClockMoved, keepRealTime } from './store/pg/clock.ts'
import { openListener } from './store/pg/listener.ts'
import { migrateToLatest, schemaState } from './store/pg/migrate.ts'
import { CLOCK_CHANNEL, moveClock } from './store/pg/move-clock.ts'
import { HOT_PATH_SETTINGS, isPassingDatabaseError, openPostgres } from './store/pg/postgres.ts'
import { TEMPLATES_CHANNEL } from './store/templates/upkeep.ts'
import { INBOX_CHANNEL } from './store/webhooks/events.ts'
import { beatIntake, INTAKE_BEAT_MS } from './store/webhooks/intake.ts'
import { startLoop } from './worker/loop.ts'

export type Role = 'api' | 'worker'

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
}

export interface RunningApp {
  /** Base URL of the API; null when this process does not serve it. */
  url: string | null
  /** Base URL of the port for webhooks alone; null when there is none. */
  webhookUrl: string | null
  services: Services
  stop(): Promise<void>
}

/** What a process of the role has use for; everybody applies webhooks. */
const CHANNELS: Record<Role, readonly string[]> = {
  api: [INBOX_CHANNEL],
  worker: [INBOX_CHANNEL, DUE_CHANNEL, TEMPLATES_CHANNEL, CLOCK_CHANNEL],
}
/** Every statement of ours is a matter of milliseconds; the slowest sweep of a large table, of seconds. */
const DATABASE_SILENCE_MS = 30_000
/** Before the client hangs up. */
const STATEMENT_MS = 25_000
/** Connections to Postgres besides the listener's: a worker's batches, the API's requests, the loops. */
const POOL_MAX = 20
/** Of the dispatch: a few batches under way are enough for all jobs in flight. */
const HOT_POOL_MAX = 10

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

/** The schema is behind this code, or newer code has changed it. */
export class SchemaMismatch extends Error {}

/**
 * The composition root: builds every part, starts them in order, stops them in reverse. Throws `SchemaMismatch` before anything has
 * started when the schema is not this code's.
 */
export async function startApp({
  config,
  roles,
  logger,
  version,
  sandboxUrl = null,
  sandboxed = false,
  templateCheckMs = TEMPLATE_CHECK_MS,
  tokenBeatMs = TOKEN_BEAT_MS,
}: AppOptions): Promise<RunningApp> {
  const settings = settingsOf(config)
  // What is tied to a session goes past the pooler.
  const directUrl = config.databaseDirectUrl ?? config.databaseUrl
  const pooled = config.databaseDirectUrl !== null
  const closers: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) {
      await close().catch((error: Error) => logger.warn({ err: error }, 'a part did not stop cleanly'))
    }
  }

  try {
    const metrics = createMetrics()
    const postgres = openPostgres({
      url: config.databaseUrl,
      max: POOL_MAX,
      applicationName: `casement ${roles.join('+')}`,
      pooled,
      silenceMs: DATABASE_SILENCE_MS,
      statementMs: STATEMENT_MS,
      onError: (error) => logger.warn({ err: error }, 'idle database connection lost'),
    })
    closers.push(postgres.close)
    await refuseForeignSchema(postgres.db)

    const backend = await openLaneBackend(
      config.lanes.kind === 'redis' ? config.lanes : { kind: 'postgres', url: directUrl },
      (error) => logger.warn({ err: error }, 'lane backend error'),
    )
    closers.push(backend.close)
    await warnAboutLanes(backend, logger)
    const permits = createPermits(backend)
    closers.push(permits.close)

    const vault = createTokenVault(config.secretKeys)
    const senders = senderStore(postgres.db, vault)
    const optOuts = optOutBook(vault)
    const graph = createGraphClient({
      baseUrl: config.graphApiUrl,
      version: config.graphApiVersion,
      timeoutMs: config.graphTimeoutMs,
      connections: Math.max(64, config.dispatchConcurrency),
    })
    closers.push(graph.close)

    const listener = await openListener({
      url: directUrl,
      channels: [...new Set(roles.flatMap((role) => CHANNELS[role]))],
      ...(sandboxed ? {} : { prepare: keepRealTime }),
      onError: (error) => logger.warn({ err: error }, 'listening connection lost'),
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
      log: logger,
      onError: (error) => logger.warn({ err: error }, 'looking after the access tokens failed'),
    })
    closers.push(tokens.stop)
    listener.on(CLOCK_CHANNEL, tokens.look)

    const { templateSync, tellRefusals, ...management } = await createManagement({
      postgres,
      senders,
      graph,
      logger,
      bootstrapKeys: config.apiKeys,
    })
    closers.push(templateSync.settled, tellRefusals)
    const receive = createReceiver(postgres)
    const services: Services = {
      ...management,
      enqueue: (caller, inputs) => enqueueOn(postgres, optOuts, settings, caller, inputs),
      enqueueBatch: (caller, inputs) => enqueueOn(postgres, optOuts, settings, caller, inputs, batchRecorder(caller)),
      verifyToken: (token) => config.metaVerifyToken !== null && sameSecret(token, config.metaVerifyToken),
      async receiveWebhook(raw, signature) {
        if (!verifySignature(raw, signature, config.metaAppSecrets)) return false
        await receive(raw.toString('utf8'))
        return true
      },
      isAway: isPassingDatabaseError,
      async notReady() {
        const checks = await Promise.allSettled([postgres.ping(), backend.ping(), readable(optOuts.check(postgres.db))])
        const names = [
          'the database does not answer',
          `the lanes (${backend.kind}) do not answer`,
          'the opt-outs of erased contacts cannot be looked up: CASEMENT_SECRET does not open their key',
        ]
        const reasons = checks.flatMap((check, i) => (check.status === 'rejected' ? [names[i] as string] : []))
        const locked = tokens.unready()
        return locked === null ? reasons : [...reasons, locked]
      },
      metrics: async () => ({ contentType: metrics.registry.contentType, body: await metrics.registry.metrics() }),
    }

    const { recipientReviewMs } = settings
    const notes = channelNotes(postgres.db, (error) => logger.warn({ err: error }, 'noting what webhooks said failed'))
    closers.push(notes.stop)
    let saidAhead = false
    const parts = { postgres, optOuts, recipientReviewMs, log: logger }
    const inbox = createInbox({
      ...parts,
      heard(channels) {
        notes.heard(channels)
        const ahead = channels.filter(({ aheadMs }) => aheadMs !== null)
        metrics.stampsAhead.inc(ahead.length)
        if (ahead.length === 0 || saidAhead) return
        saidAhead = true
        logger.error(
          { ahead },
          'the clock of the database is behind Meta’s: such stamps are not believed, so windows stay closed; set it',
        )
      },
      onClash: (clash) => metrics.webhookClashes.inc({ clash }),
    })
    const learning = createLearning(parts)
    const applying = startApplying({ inbox, learning, listener, metrics, log: logger })
    closers.push(applying.stop)

    if (roles.includes('worker')) {
      const hot = openPostgres({
        url: config.databaseUrl,
        max: HOT_POOL_MAX,
        applicationName: 'casement dispatch',
        pooled,
        settings: HOT_PATH_SETTINGS,
        silenceMs: DATABASE_SILENCE_MS,
        statementMs: STATEMENT_MS,
        onError: (error) => logger.warn({ err: error }, 'idle database connection lost'),
      })
      closers.push(hot.close)
      const stopWork = startWork({
        postgres,
        hot,
        listener,
        backend,
        permits,
        senders,
        tokens,
        learning,
        optOuts,
        graph,
        settings,
        onAccepted: notes.accepted,
        concurrency: config.dispatchConcurrency,
        metrics,
        log: logger,
      })
      closers.push(stopWork)
      const upkeep = startTemplateUpkeep({
        postgres,
        listener,
        startSync: templateSync.start,
        checkEveryMs: templateCheckMs,
        onError: (error) => logger.warn({ err: error }, 'looking after templates failed'),
      })
      closers.push(upkeep.stop)
    }

    const isApi = roles.includes('api')
    const board = isApi ? { queuesPlugin: createQueueBoard(permits) } : {}
    const doors = await openDoors(config, isApi, { services, logger, version, sandboxUrl, ...board }, (close) =>
      closers.push(close),
    )
    if (isApi) {
      const beating = startLoop(
        async () => {
          await beatIntake(postgres.db)
          return INTAKE_BEAT_MS
        },
        // The gap it leaves is what tells of the outage.
        () => {},
      )
      // Begun after the server and so stopped before it: while nobody can be reached, nobody is listening.
      closers.push(beating.stop)
    }
    return { ...doors, services, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Whether the secret fits; that the database is away is told by its own check. */
async function readable(check: Promise<void>): Promise<void> {
  await check.catch((error) => {
    if (error instanceof OptOutsUnreadable) throw error
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

async function warnAboutLanes(backend: LaneBackend, logger: Logger): Promise<void> {
  // A lane backend that is away is no reason not to start: intents are accepted and wait.
  const warnings = await backend.warnings().catch((error: Error) => [`the lanes do not answer yet: ${error.message}`])
  for (const warning of warnings) logger.warn(warning)
}
