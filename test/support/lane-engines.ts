import { describe, inject } from 'vitest'
import { migratePostgresLanes, type PostgresLanes, type RedisLanes } from '../../src/queue/backend.ts'
import { createTestRedis } from './redis.ts'
import { startRedisCluster } from './redis-cluster.ts'

/** Both must pass the same tests: lanes on PostgreSQL and lanes on Redis. */
export interface LaneEngine {
  readonly kind: 'postgres' | 'redis'
  /** Empty lanes that nobody else uses. The database is a test's own, with or without Casement's tables. */
  open(databaseUrl: string): Promise<TestLanes>
}

export interface TestLanes {
  /** What `openLaneBackend` takes. */
  readonly lanes: PostgresLanes | RedisLanes
  /** What a `casement` process needs in its environment to use them. */
  readonly env: Readonly<Record<string, string>>
  /** The engine forgets everything. Null on PostgreSQL, where jobs are as durable as the rows they stand for. */
  readonly forget: (() => Promise<void>) | null
  close(): Promise<void>
}

/** By itself for suites in which lanes have no part. */
export const lanesOnPostgres: LaneEngine = {
  kind: 'postgres',
  async open(databaseUrl) {
    await migratePostgresLanes(databaseUrl)
    return {
      lanes: { kind: 'postgres', url: databaseUrl },
      env: { DATABASE_URL: databaseUrl },
      forget: null,
      close: async () => {},
    }
  },
}

export const lanesOnRedis: LaneEngine = {
  kind: 'redis',
  async open(databaseUrl) {
    const own = await createTestRedis()
    if (own === null) throw new Error('expected a redis-server: use describeEachLaneEngine, which skips without one')
    return {
      lanes: { kind: 'redis', mode: 'single', urls: [own.url] },
      env: { DATABASE_URL: databaseUrl, REDIS_URL: own.url },
      forget: () => own.flush(),
      close: () => own.close(),
    }
  },
}

const cluster: LaneEngine = {
  kind: 'redis',
  async open(databaseUrl) {
    const own = await startRedisCluster()
    return {
      lanes: { kind: 'redis', mode: 'cluster', urls: own.urls },
      env: { DATABASE_URL: databaseUrl, REDIS_URL: own.urls.join(',') },
      forget: () => own.flush(),
      close: () => own.stop(),
    }
  },
}

/**
 * Runs a suite once per engine. Without a redis-server the Redis half is skipped, which the setup has said loudly
 * (global-setup.ts) and which fails in CI. A suite about lanes themselves asks for a Redis Cluster too, which takes
 * seconds to start.
 */
export function describeEachLaneEngine(
  name: string,
  suite: (engine: LaneEngine) => void,
  { onCluster = false }: { onCluster?: boolean } = {},
): void {
  const noRedis = inject('redisUrl') === null
  describe(`${name} (lanes on PostgreSQL)`, () => suite(lanesOnPostgres))
  describe.skipIf(noRedis)(`${name} (lanes on Redis)`, () => suite(lanesOnRedis))
  if (onCluster) describe.skipIf(noRedis)(`${name} (lanes on a Redis Cluster)`, () => suite(cluster))
}
