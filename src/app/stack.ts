import { join } from 'node:path'
import { migrateAll, type RunningApp, startApp } from '../app.ts'
import type { Config } from '../config.ts'
import type { Logger } from '../log.ts'
import { createSandbox, type Knobs, type Sandbox } from '../sandbox/sandbox.ts'
import { moveClock } from '../store/pg/move-clock.ts'
import { explained } from './cannot-start.ts'
import { type OwnDatabase, startOwnDatabase } from './own-database.ts'
import { expectFree } from './ports.ts'
import { resolveConfig } from './resolve.ts'
import { joinClocks } from './sandbox-clock.ts'

export interface StackOptions {
  readonly config: Config
  readonly logger: Logger
  readonly version: string
  /** Data of this run need not outlive the machine: the demo. */
  readonly ephemeral?: boolean
  readonly knobs?: Partial<Knobs>
  /** What is being started. */
  readonly onStep?: (step: string) => void
}

/** Everything in one process, running. */
export interface Stack {
  /** Of the API, without a slash at its end. */
  readonly url: string
  /** Null when only the keys in the database count. */
  readonly apiKey: string | null
  readonly databaseUrl: string
  readonly app: RunningApp
  /** Null when the messages go to Meta. */
  readonly sandbox: Sandbox | null
  /** Resolves when something broke that cannot be mended from inside. */
  readonly lost: Promise<Error>
  /** In reverse order of the start. Rejects with the first failure, after all were asked to stop. */
  stop(): Promise<void>
}

/**
 * Starts what the configuration names no address of (database, sandbox), migrates, and starts API, relay and worker. When a
 * step fails, the steps before it are taken back.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { config, logger, version, ephemeral = false, onStep = () => {} } = options
  const stops: (() => Promise<void>)[] = []
  const stop = () => stopAll(stops)
  try {
    await expectFree([
      { host: config.host, port: config.port, setting: 'PORT' },
      ...(config.graphApiUrl === null
        ? [{ host: config.sandboxHost, port: config.sandboxPort, setting: 'SANDBOX_PORT' as const }]
        : []),
      ...(config.webhookPort === null
        ? []
        : [{ host: config.host, port: config.webhookPort, setting: 'WEBHOOK_PORT' as const }]),
    ])
    let database: OwnDatabase | null = null
    if (config.databaseUrl === null) {
      onStep('starting the embedded PostgreSQL')
      const dataDir = join(config.dataDir, 'postgres')
      database = await explained(
        startOwnDatabase({ dataDir, port: config.embeddedPostgresPort, log: logger, ephemeral }),
      )
      stops.push(database.stop)
    }
    const early = await resolveConfig(config, database ? { databaseUrl: database.url } : {})
    const directUrl = early.databaseDirectUrl ?? early.databaseUrl

    let sandbox: Sandbox | null = null
    if (config.graphApiUrl === null) {
      onStep('starting the sandbox')
      sandbox = await createSandbox({
        host: config.sandboxHost,
        hosts: config.sandboxHosts,
        port: config.sandboxPort,
        appSecret: config.sandboxAppSecret ?? (early.metaAppSecrets[0] as string),
        verifyToken: early.metaVerifyToken as string,
        stateFile: join(config.dataDir, 'sandbox.json'),
        moveFirst: async (aheadMs) => {
          await moveClock(directUrl, aheadMs)
        },
        log: logger,
        ...(options.knobs ? { knobs: options.knobs } : {}),
      })
      stops.push(sandbox.close)
    }
    const resolved = sandbox ? { ...early, graphApiUrl: sandbox.url } : early

    onStep('migrating the database')
    const applied = await migrateAll(directUrl, resolved.lanes)
    if (applied.length > 0) logger.info({ applied }, 'migrated')
    if (sandbox) await joinClocks(directUrl, sandbox)

    onStep('starting API, relay and worker')
    const app = await startApp({
      config: resolved,
      roles: ['api', 'worker'],
      logger,
      version,
      sandboxUrl: sandbox?.url ?? null,
      sandboxed: sandbox !== null,
    })
    stops.push(app.stop)
    const url = app.url as string
    sandbox?.setWebhookUrl(`${url}/webhooks/whatsapp`)
    return {
      url,
      apiKey: resolved.apiKeys[0] ?? null,
      databaseUrl: resolved.databaseUrl,
      app,
      sandbox,
      lost: database?.lost ?? new Promise<never>(() => {}),
      stop,
    }
  } catch (error) {
    await stop().catch((late: unknown) => logger.error({ err: late }, 'stopping after a failed start failed too'))
    throw error
  }
}

async function stopAll(stops: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (let stop = stops.pop(); stop; stop = stops.pop()) await stop().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}
