import { type BackendFactory, createPostgresBackend, createRedisBackend, runMigrations } from 'bullmq'
import { Cluster, Redis } from 'ioredis'
import pg from 'pg'

/*
 * Where the lanes live: Redis (or Valkey), or PostgreSQL through BullMQ's own backend. The rest of `queue/` does not know which. Jobs
 * carry an id and can be lost without harm, so the PostgreSQL pool commits asynchronously.
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
  /** Sentences about settings that endanger the lanes; empty when all is well. */
  warnings(): Promise<string[]>
  close(): Promise<void>
}

/** Typed as BullMQ's Redis options want it; its PostgreSQL factory takes a pool in the same place. */
export interface LaneConnection {
  connection: Redis
  prefix: string
}

export interface RedisLanes {
  kind: 'redis'
  mode: 'single' | 'cluster' | 'sentinel'
  /** One node; or nodes of one cluster; or `redis+sentinel://host:port/master-name[/db]`, one URL per sentinel. */
  urls: readonly string[]
  prefix?: string
}

export interface PostgresLanes {
  kind: 'postgres'
  url: string
  /** Each open lane keeps one connection to listen on, so this bounds the lanes one process can have open. */
  maxConnections?: number
}

const PREFIX = 'casement'
const PING_TIMEOUT_MS = 5_000
/** A server that is asked and says nothing for this long is gone, whatever the network says; BullMQ's longest wait for a job is 10 s. */
const SILENCE_MS = 30_000

export async function openLaneBackend(
  lanes: RedisLanes | PostgresLanes,
  onError: (error: Error) => void,
): Promise<LaneBackend> {
  return lanes.kind === 'redis' ? openRedis(lanes, onError) : openPostgres(lanes, onError)
}

async function openRedis(lanes: RedisLanes, onError: (error: Error) => void): Promise<LaneBackend> {
  const { prefix = PREFIX } = lanes
  const producer = connect(lanes, { maxRetriesPerRequest: 2 })
  const consumer = connect(lanes, { maxRetriesPerRequest: null })
  for (const client of [producer, consumer]) client.on('error', onError)
  return {
    kind: 'redis',
    factory: createRedisBackend,
    producer: { connection: producer as Redis, prefix },
    consumer: { connection: consumer as Redis, prefix },
    ping: () => withTimeout(producer.ping(), PING_TIMEOUT_MS),
    async warnings() {
      const policy = /maxmemory_policy:(\S+)/.exec(await producer.info('memory'))?.[1]
      return policy && policy !== 'noeviction'
        ? [
            `Redis evicts keys (maxmemory-policy is ${policy}); set it to noeviction, or jobs and rate limits vanish under memory pressure.`,
          ]
        : []
    },
    async close() {
      producer.disconnect()
      consumer.disconnect()
    },
  }
}

/** Credentials and TLS of several URLs are taken from the first: they are nodes of one system. */
function connect({ mode, urls }: RedisLanes, options: { maxRetriesPerRequest: number | null }): Redis | Cluster {
  const retryStrategy = (times: number) => Math.min(times * 100, 2_000)
  const patience = { ...options, socketTimeout: SILENCE_MS }
  const first = new URL(urls[0] as string)
  const login = {
    ...(first.username ? { username: decodeURIComponent(first.username) } : {}),
    ...(first.password ? { password: decodeURIComponent(first.password) } : {}),
    ...(first.protocol.startsWith('rediss') ? { tls: {} } : {}),
  }
  const nodes = urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) }))
  switch (mode) {
    case 'single':
      return new Redis(urls[0] as string, { ...patience, retryStrategy })
    case 'cluster':
      return new Cluster(
        nodes.map(({ host, port }) => ({ host, port: port || 6379 })),
        { clusterRetryStrategy: retryStrategy, redisOptions: { ...patience, ...login } },
      )
    case 'sentinel': {
      const [name, db] = first.pathname.split('/').filter(Boolean)
      return new Redis({
        ...patience,
        ...login,
        retryStrategy,
        name: name ?? 'mymaster',
        db: Number(db ?? 0),
        sentinels: nodes.map(({ host, port }) => ({ host, port: port || 26379 })),
      })
    }
  }
}

async function openPostgres(
  { url, maxConnections = 60 }: PostgresLanes,
  onError: (error: Error) => void,
): Promise<LaneBackend> {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    keepAlive: true,
    application_name: 'casement lanes',
    connectionTimeoutMillis: 10_000,
    query_timeout: SILENCE_MS,
    options: '-c search_path=bullmq -c synchronous_commit=off',
  })
  pool.on('error', onError)
  // The pool hears idle clients only, and a lost connection that nobody hears ends the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  const shared = { connection: pool as unknown as Redis, prefix: PREFIX }
  return {
    kind: 'postgres',
    factory: createPostgresBackend as unknown as BackendFactory,
    producer: shared,
    consumer: shared,
    async ping() {
      await withTimeout(pool.query('select 1'), PING_TIMEOUT_MS)
    },
    warnings: async () => [],
    close: () => pool.end(),
  }
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

async function withTimeout(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
