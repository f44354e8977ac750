import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { createLogger } from '../../src/log.ts'
import { hasPgBouncer } from './pgbouncer.ts'
import { hasRedisServer, type RedisServer, startRedis } from './redis-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of an empty database, whose owner may create more. See `database.ts`. */
    postgresUrl: string
    /** Null when the machine has no redis-server; never in CI. See `redis.ts`. */
    redisUrl: string | null
    /** Whether a PgBouncer can be started, see `pgbouncer.ts`. True in CI. */
    hasPgBouncer: boolean
  }
}

/** One PostgreSQL and one Redis for the whole run, both ours: never a server that was already there. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await using started = new AsyncDisposableStack()

  const directory = await mkdtemp(join(tmpdir(), 'casement-test-'))
  started.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))
  await chmod(directory, 0o711) // as root the server runs as somebody else, who must get in

  // Hundreds of processes load the same modules: the first compiles them, the others need not.
  process.env.NODE_COMPILE_CACHE ??= join(directory, 'compiled')

  const redis = await startRedisOrExplain()
  if (redis) started.defer(() => redis.stop())

  const postgres = await startEmbeddedPostgres({
    dataDir: join(directory, 'postgres'),
    log: createLogger({ level: 'warn' }),
    ephemeral: true,
  })
  started.defer(() => postgres.stop())

  project.provide('postgresUrl', postgres.url)
  project.provide('redisUrl', redis?.url ?? null)
  project.provide('hasPgBouncer', await hasPgBouncerOrExplain())
  const untilTeardown = started.move()
  return () => untilTeardown.disposeAsync()
}

async function startRedisOrExplain(): Promise<RedisServer | null> {
  if (await hasRedisServer()) return startRedis()
  if (process.env.CI === 'true') throw new Error('expected redis-server on the PATH: CI must test both lane engines')
  console.warn('\n*** No redis-server on the PATH: every test of lanes on Redis is SKIPPED. ***\n')
  return null
}

async function hasPgBouncerOrExplain(): Promise<boolean> {
  if (await hasPgBouncer()) return true
  if (process.env.CI === 'true') throw new Error('expected pgbouncer on the PATH: CI must test behind a pooler')
  console.warn('\n*** No pgbouncer on the PATH: every test behind a pooler is SKIPPED. ***\n')
  return false
}
