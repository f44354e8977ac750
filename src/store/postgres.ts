import type { Socket } from 'node:net'
import { Kysely, PostgresDialect } from 'kysely'
import pRetry, { AbortError } from 'p-retry'
import pg from 'pg'
import { type Instant, instant } from '../domain/time.ts'
import type { Database } from './schema.ts'

export type Db = Kysely<Database>

/** A pool, one of its clients, or a caller's own client. */
export type Queryable = Pick<pg.ClientBase, 'query'>

export interface Postgres {
  db: Db
  pool: pg.Pool
  close(): Promise<void>
}

export interface PostgresOptions {
  url: string
  /** Most connections of this process, besides the listener's. */
  max: number
  applicationName: string
  /** Server settings of every connection, `-c name=value …`; for a pooler in between see `HOT_PATH_SETTINGS`. */
  settings?: string
  /**
   * A connection that is waited on and says nothing for this long counts as lost; milliseconds. A server that vanished behind a silent
   * network would otherwise be waited for until the system gives up, after a quarter of an hour. Absent: for ever, as migrations need.
   */
  silenceMs?: number
  onError(error: Error): void
}

/**
 * For the pool of the hot path, whose statements are prepared and find every row by an index. A generic plan made while a table was nearly
 * empty would scan it, and go on scanning it for minutes while it grows: measured, Postgres then burns five times the CPU per message.
 * A pooler in transaction mode refuses them; there the pool goes without, and the plans improve with autovacuum's statistics.
 */
export const HOT_PATH_SETTINGS =
  '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan -c jit=off'

/**
 * `pg` emits the loss of a connection as an event, and unheard it would end the process. The pool hears it for idle clients only; a client
 * that is out, between two statements of a transaction, must be heard too. Its next statement fails and tells whoever holds it.
 */
export function openPostgres(options: PostgresOptions): Postgres {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max,
    application_name: options.applicationName,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser },
    ...(options.settings === undefined ? {} : { options: options.settings }),
  })
  pool.on('error', options.onError)
  pool.on('connect', (client) => {
    client.on('error', () => {})
    if (options.silenceMs !== undefined) hangUpOnSilence(client, options.silenceMs)
  })
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  // Not `db.destroy()`, which ends the pool only if a query ever went through Kysely.
  return { db, pool, close: () => pool.end() }
}

/**
 * On the socket and not with `query_timeout`, which gives up on a statement and leaves its connection, stuck, to the next. `pg` has no type
 * for the socket. Idle clients are not concerned: the pool ends them sooner.
 */
function hangUpOnSilence(client: pg.PoolClient, silenceMs: number): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  const error = Object.assign(new Error(`the database said nothing for ${silenceMs} ms`), { code: 'ETIMEDOUT' })
  stream.setTimeout(silenceMs, () => stream.destroy(error))
}

/** A Kysely on one client whose transaction is somebody else's: it neither begins nor ends one. */
export function kyselyOn(client: Queryable): Db {
  // Bound, not inherited: `pg` keeps the state of its protocol on the client itself.
  const borrowed = { query: client.query.bind(client), release() {} }
  return new Kysely<Database>({
    dialect: new PostgresDialect({
      pool: { options: {}, connect: async () => borrowed as never, end: async () => {} },
    }),
  })
}

/** One transaction with both faces: `trx` for Kysely, `client` for prepared statements. */
export async function inTransaction<T>(pool: pg.Pool, run: (trx: Db, client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const result = await run(kyselyOn(client), client)
    await client.query('commit')
    client.release()
    return result
  } catch (error) {
    const lost = await client.query('rollback').then(
      () => false,
      () => true,
    )
    client.release(lost)
    throw error
  }
}

const TIMESTAMPTZ = 1184

/** `timestamptz` becomes an `Instant`; everything else is read as `pg` reads it (`bigint` stays a string). */
export const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === TIMESTAMPTZ && format !== 'binary'
    ? parseTimestamptz
    : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser

/** Postgres prints `2026-11-22 09:00:00.123456+00`; the microseconds are cut, never rounded up into the future. */
export function parseTimestamptz(text: string): Instant {
  const offset = /[+-]\d\d$/.test(text) ? ':00' : ''
  return instant(Math.floor(Date.parse(`${text.replace(' ', 'T')}${offset}`)))
}

/**
 * Worth another try on a fresh transaction: serialization failure, deadlock, lost connection, server starting or stopping, too many
 * connections, read-only after a failover. Source: PostgreSQL 18, appendix A, error codes.
 */
const PASSING_SQLSTATES = new Set([
  '40001',
  '40P01',
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '25006',
  '55P03',
])
const PASSING_ERRNOS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
])
const LOST_CONNECTION =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/

export function isPassingDatabaseError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string' && (PASSING_SQLSTATES.has(code) || PASSING_ERRNOS.has(code))) return true
  if (error instanceof AggregateError) return error.errors.some(isPassingDatabaseError)
  return LOST_CONNECTION.test(error.message)
}

/** Postgres rolled the transaction back and says so: nothing of it happened, so anything may run again. */
const ROLLED_BACK = new Set(['40001', '40P01', '55P03'])

/** For work that must not run twice after a lost answer, see `retryingPassing` for the rest. */
export function retryingRolledBack<T>(run: () => Promise<T>): Promise<T> {
  return retryingWhile(run, (error) => ROLLED_BACK.has(String((error as { code?: unknown }).code)))
}

/**
 * Runs a statement or transaction, again when it failed for a passing reason. Only for work that may safely run twice: guarded
 * transitions and reads. Gives up after about ten seconds with the last error.
 */
export function retryingPassing<T>(run: () => Promise<T>): Promise<T> {
  return retryingWhile(run, isPassingDatabaseError)
}

function retryingWhile<T>(run: () => Promise<T>, isPassing: (error: unknown) => boolean): Promise<T> {
  return pRetry(
    async () => {
      try {
        return await run()
      } catch (error) {
        if (isPassing(error)) throw error
        throw new AbortError(error as Error)
      }
    },
    { retries: 8, minTimeout: 20, factor: 2, maxTimeout: 3_000, randomize: true },
  )
}

/**
 * A statement of the hot path: planned once per connection instead of once per batch. Everything else goes through Kysely.
 * Behind PgBouncer in transaction mode it needs `max_prepared_statements` above 0 (1.21 and later).
 */
export function prepared<Row extends pg.QueryResultRow>(name: string, text: string) {
  return async (client: Queryable, values: unknown[]): Promise<Row[]> => {
    const result = await client.query<Row>({ name, text, values })
    return result.rows
  }
}
