import { type BackendFactory, createPostgresBackend, createRedisBackend, runMigrations } from 'bullmq'
import type { Redis } from 'ioredis'
import pg from 'pg'
import { withTimeout } from './patience.ts'
import { connectRedis, type RedisLanes } from './redis.ts'
import { redisWarnings } from './redis-warnings.ts'

/*
 * Where permits live: Redis (or Valkey), or PostgreSQL through BullMQ's own backend. The rest of `queue/` does not know which. Permits
 * can be lost without harm, so the PostgreSQL pool commits asynchronously.
 */

export interface LaneBackend {
  kind: 'redis' | 'postgres'
  factory: BackendFactory
  /** For adding and steering: fails soon when the backend is away. */
  producer: LaneConnection
  /** For consuming: waits for the backend to come back. */
  consumer: LaneConnection
  /** Rejects when the backend does not answer. */
  ping(): Promise<void>
  /** Sentences about settings that endanger the lanes; empty when all is well. Rejects when the backend does not answer. */
  warnings(): Promise<string[]>
  close(): Promise<void>
}

/** Typed as BullMQ's Redis options want it; its PostgreSQL factory takes a pool in the same place. */
export interface LaneConnection {
  connection: Redis
  prefix: string
  skipVersionCheck: boolean
}

export type { RedisLanes } from './redis.ts'

export interface PostgresLanes {
  kind: 'postgres'
  url: string
}

const PREFIX = 'casement'
const PING_TIMEOUT_MS = 5_000
/** A database that is asked and says nothing for this long is gone, whatever the network says, unless the opener knows better. */
const SILENCE_MS = 30_000
/** Statements of BullMQ at a time. */
const QUERY_CONNECTIONS = 4
/** One to listen on, and one more while that is replaced. */
const LISTENING_CONNECTIONS = 2

export async function openLaneBackend(
  lanes: RedisLanes | PostgresLanes,
  onError: (error: Error) => void,
  databaseSilenceMs = SILENCE_MS,
): Promise<LaneBackend> {
  return lanes.kind === 'redis' ? openRedis(lanes, onError) : openPostgres(lanes, onError, databaseSilenceMs)
}

async function openRedis(lanes: RedisLanes, onError: (error: Error) => void): Promise<LaneBackend> {
  const producer = connectRedis(lanes, { maxRetriesPerRequest: 2 })
  const consumer = connectRedis(lanes, { maxRetriesPerRequest: null })
  for (const client of [producer, consumer]) client.on('error', onError)
  // BullMQ would look at the version for every lane, and end the lane where INFO is forbidden; `warnings` looks once.
  const options = { prefix: lanes.prefix ?? PREFIX, skipVersionCheck: true }
  return {
    kind: 'redis',
    factory: createRedisBackend,
    producer: { connection: producer as Redis, ...options },
    consumer: { connection: consumer as Redis, ...options },
    async ping() {
      await withTimeout(producer.ping(), PING_TIMEOUT_MS)
    },
    warnings: () => withTimeout(redisWarnings(producer), PING_TIMEOUT_MS),
    async close() {
      producer.disconnect()
      consumer.disconnect()
    },
  }
}

async function openPostgres(
  { url }: PostgresLanes,
  onError: (error: Error) => void,
  silenceMs: number,
): Promise<LaneBackend> {
  const [queries, sessions] = [QUERY_CONNECTIONS, LISTENING_CONNECTIONS].map((max) => {
    const pool = new pg.Pool({
      connectionString: url,
      max,
      keepAlive: true,
      application_name: 'casement lanes',
      connectionTimeoutMillis: 10_000,
      query_timeout: silenceMs,
      options: '-c search_path=bullmq -c synchronous_commit=off',
    })
    pool.on('error', onError)
    // The pool hears idle clients only, and a lost connection that nobody hears ends the process.
    pool.on('connect', (client) => client.on('error', () => {}))
    return pool
  }) as [pg.Pool, pg.Pool]
  const connection = asOnePool(queries, sessions) as unknown as Redis
  const shared = { connection, prefix: PREFIX, skipVersionCheck: false }
  return {
    kind: 'postgres',
    factory: createPostgresBackend as unknown as BackendFactory,
    producer: shared,
    consumer: shared,
    async ping() {
      await withTimeout(queries.query('select 1'), PING_TIMEOUT_MS)
    },
    warnings: async () => [],
    async close() {
      await Promise.all([queries.end(), sessions.end()])
    },
  }
}

/**
 * What BullMQ takes for its pool: statements go through one, and who asks for a connection to keep gets it from the other. BullMQ also
 * hears the pool once per worker and never stops; we hear both ourselves.
 */
function asOnePool(queries: pg.Pool, sessions: pg.Pool): pg.Pool {
  const proxy: pg.Pool = new Proxy(sessions, {
    get(target, key) {
      if (key === 'on') return () => proxy
      if (key === 'query') return queries.query.bind(queries)
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return proxy
}

/** Creates or upgrades BullMQ's own schema, under its advisory lock. */
export async function migratePostgresLanes(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await runMigrations(client)
    // Jobs come and go within seconds; what they leave behind lies at the head of the very index the next claim reads.
    await client.query(`
      alter table bullmq.job set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
      alter table bullmq.rate_limit set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)`)
  } finally {
    await client.end()
  }
}
