import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import pRetry from 'p-retry'
import pg from 'pg'
import { type Instant, instant } from '../../domain/time.ts'
import { isStalePlan, NamingClient, PreparingClient } from './preparing-client.ts'
import type { Database } from './schema.ts'
import { createSignals, type Signals } from './signals.ts'
import { UnnamingClient } from './unnaming-client.ts'

export type Db = Kysely<Database>

/** A pool, one of its clients, or a caller's own client. */
export type Queryable = Pick<pg.ClientBase, 'query'>

export interface Postgres {
  db: Db
  pool: pg.Pool
  /** For after a commit: tells others that there is something new. */
  signals: Signals
  /** Rejects when the database does not answer, or not soon. */
  ping(): Promise<void>
  close(): Promise<void>
}

export interface PostgresOptions {
  url: string
  /** Most connections of this process, besides the listener's. */
  max: number
  applicationName: string
  /**
   * A pooler in transaction mode is in between: every transaction may meet another session. So nothing may be left behind in one, and
   * statements go unnamed. `settings` are not asked for, since a pooler cannot keep them and refuses.
   */
  pooled?: boolean
  /** Server settings of every connection, `-c name=value …`. */
  settings?: string
  /** Statements that come again are prepared, whoever wrote them. Not behind a pooler. */
  prepares?: boolean
  /**
   * A connection that is waited on and says nothing for this long counts as lost; milliseconds. A server that vanished behind a silent
   * network would otherwise be waited for until the system gives up, after a quarter of an hour. Absent: for ever, as migrations need.
   */
  silenceMs?: number
  /**
   * The server ends a statement that takes longer, and a session that rests as long inside of a transaction; milliseconds. Below `silenceMs`,
   * or the client hangs up and the server works on for nobody. Not asked for behind a pooler, where it is the role's to have.
   */
  statementMs?: number
  onError(error: Error): void
}

/**
 * For the pool of the hot path, whose statements are prepared and find every row by an index. A generic plan made while a table was nearly
 * empty would scan it, and go on scanning it for minutes while it grows: measured, Postgres then burns five times the CPU per message. A
 * bitmap has no order, so behind it a page of a number reads all that is due of it, and sorts that to take the first few: measured, with 80
 * messages due of each of 200 numbers, 11 ms where 2 are enough.
 * Behind a pooler in transaction mode there are none, and the plans improve with autovacuum's statistics.
 */
export const HOT_PATH_SETTINGS =
  '-c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan -c jit=off'

/** A connection that prepares what it is asked is closed after this long, and its plans with it. */
const PLANS_LIVE_S = 600
const CONNECT_TIMEOUT_MS = 10_000
const PING_TIMEOUT_MS = 5_000

/**
 * `pg` emits the loss of a connection as an event, and unheard it would end the process. The pool hears it for idle clients only; a client
 * that is out, between two statements of a transaction, must be heard too. Its next statement fails and tells whoever holds it.
 */
export function openPostgres(options: PostgresOptions): Postgres {
  const { pooled = false, prepares = false } = options
  const settings = settingsOf(options)
  const pool = new pg.Pool({
    Client: pooled ? UnnamingClient : prepares ? PreparingClient : NamingClient,
    ...(prepares && !pooled ? { maxLifetimeSeconds: PLANS_LIVE_S } : {}),
    connectionString: options.url,
    max: options.max,
    application_name: options.applicationName,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: { getTypeParser },
    ...(pooled || settings === '' ? {} : { options: settings }),
  })
  pool.on('error', options.onError)
  pool.on('connect', (client) => {
    client.on('error', () => {})
    if (options.silenceMs !== undefined) hangUpOnSilence(client, options.silenceMs)
  })
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  const signals = createSignals(pool)
  async function close(): Promise<void> {
    await signals.close()
    // Not `db.destroy()`, which ends the pool only if a query ever went through Kysely.
    await pool.end()
  }
  return { db, pool, signals, ping: () => ping(pool), close }
}

function settingsOf({ settings = '', statementMs }: PostgresOptions): string {
  if (statementMs === undefined) return settings
  return `${settings} -c statement_timeout=${statementMs} -c idle_in_transaction_session_timeout=${statementMs}`.trim()
}

async function ping(pool: pg.Pool): Promise<void> {
  const late = new AbortController()
  const tooLate = delay(PING_TIMEOUT_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error(`the database did not answer within ${PING_TIMEOUT_MS} ms`)
  })
  try {
    await Promise.race([pool.query('select 1'), tooLate])
  } finally {
    tooLate.catch(() => {})
    late.abort()
  }
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

/** A reading took longer than it was given. */
export class TooSlow extends Error {
  constructor(ms: number, cause: unknown) {
    super(`expected the database to answer within ${ms} ms`, { cause })
  }
}

/** Reads in a transaction whose statements have so long each, also behind a pooler. Throws `TooSlow`. */
export async function withinMs<T>(db: Db, ms: number, read: (trx: Db) => Promise<T>): Promise<T> {
  try {
    return await db.transaction().execute(async (trx) => {
      await trx.executeQuery(CompiledQuery.raw(`set local statement_timeout = ${Math.trunc(ms)}`))
      return read(trx)
    })
  } catch (error) {
    throw (error as { code?: unknown }).code === CANCELLED ? new TooSlow(ms, error) : error
  }
}

/** `query_canceled`: what the server says of a statement that took longer than `statement_timeout`. */
const CANCELLED = '57014'

/** A Kysely on one client whose transaction is somebody else's: it neither begins nor ends one. */
export function kyselyOn(client: Queryable): Db {
  // Bound, not inherited: `pg` keeps the state of its protocol on the client itself.
  const borrowed = { query: client.query.bind(client), release() {} }
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({
      pool: { options: {}, connect: async () => borrowed as never, end: async () => {} },
    }),
  })
  borrowing.add(db)
  return db
}

const borrowing = new WeakSet<Db>()

/** In the caller's transaction where `db` is one, else in one of its own, which is tried again when it fails for a passing reason. */
export function within<T>(db: Db, run: (trx: Db) => Promise<T>): Promise<T> {
  if (db.isTransaction || borrowing.has(db)) return run(db)
  return retryingPassing(() => db.transaction().execute(run))
}

/** The other face of a Kysely: plain text with numbered parameters, in whatever transaction it is. Statements go unnamed. */
export function queryableOn(db: Db): Queryable {
  const query = (statement: { text: string; values?: unknown[] }) =>
    db.executeQuery(CompiledQuery.raw(statement.text, statement.values ?? []))
  return { query } as unknown as Queryable
}

/**
 * One transaction with both faces: `trx` for Kysely, `client` for prepared statements.
 *
 * @param begin what it begins with, for one with settings of its own: `begin; set local …`
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  run: (trx: Db, client: pg.PoolClient) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query(begin)
    const result = await run(kyselyOn(client), client)
    await commit(client)
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

async function commit(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('commit')
  } catch (error) {
    throw isPassingDatabaseError(error) && !wasRolledBack(error) ? new CommitUncertain(error) : error
  }
}

/** The connection was lost under a `commit`: the transaction may have happened or not. */
export class CommitUncertain extends Error {
  constructor(cause: unknown) {
    super('the connection to the database was lost while a transaction was committed', { cause })
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
 * Worth another try on a fresh transaction: serialization failure, deadlock, a statement that took too long, lost connection (a session that
 * idled too long too), server starting or stopping, too many connections, read-only after a failover; and the first statement of a connection
 * after its plan became stale. Source: PostgreSQL 18, appendix A, error codes. PgBouncer says
 * protocol violation (08P01) for whatever goes wrong between it and the server.
 */
const PASSING_SQLSTATES = new Set([
  '40001',
  '40P01',
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  '08P01',
  CANCELLED,
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '53300',
  '25006',
  '25P03',
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
  'ENETUNREACH',
])
const LOST_CONNECTION =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/

export function isPassingDatabaseError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as { code?: unknown }).code
  if (isStalePlan(error)) return true
  if (typeof code === 'string' && (PASSING_SQLSTATES.has(code) || PASSING_ERRNOS.has(code))) return true
  if (error instanceof AggregateError) return error.errors.some(isPassingDatabaseError)
  return error instanceof CommitUncertain || LOST_CONNECTION.test(error.message)
}

/** Postgres rolled the transaction back and says so: nothing of it happened, so anything may run again. */
const ROLLED_BACK = new Set(['40001', '40P01', '55P03', CANCELLED])

export function wasRolledBack(error: unknown): boolean {
  return isStalePlan(error) || ROLLED_BACK.has(String((error as { code?: unknown }).code))
}

/** It would meet whatever comes next, too. What the server itself broke off, a statement that took too long above all, is a matter of what was asked. */
export function isPassingEverywhere(error: unknown): boolean {
  return isPassingDatabaseError(error) && !wasRolledBack(error)
}

/** The server broke a statement off that took too long. */
export function tookTooLong(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === CANCELLED
}

/** How long a passing error is met with another try, at least one; milliseconds. */
const RETRIED_FOR_MS = 10_000

/** For an `inTransaction` that must not run twice: again only while it surely did not commit. */
export function retryingUncommitted<T>(run: () => Promise<T>): Promise<T> {
  const surelyNot = (error: unknown) => isPassingDatabaseError(error) && !(error instanceof CommitUncertain)
  return retryingWhile(run, surelyNot, RETRIED_FOR_MS)
}

/**
 * Runs a statement or transaction, again when it failed for a passing reason. Only for work that may safely run twice: guarded
 * transitions and reads. Gives up with the last error after `forMs`, counted until the beginning of the last try.
 */
export function retryingPassing<T>(run: () => Promise<T>, forMs = RETRIED_FOR_MS): Promise<T> {
  return retryingWhile(run, isPassingDatabaseError, forMs)
}

function retryingWhile<T>(run: () => Promise<T>, isPassing: (error: unknown) => boolean, forMs: number): Promise<T> {
  const began = performance.now()
  return pRetry(run, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 20,
    factor: 2,
    maxTimeout: 1_000,
    randomize: true,
    shouldRetry: ({ error, attemptNumber }) =>
      isPassing(error) && (attemptNumber === 1 || performance.now() - began < forMs),
  })
}

/**
 * A statement of the hot path: planned once per connection instead of once per batch, unless the pool is `pooled`. Everything else goes
 * through Kysely.
 */
export function prepared<Row extends pg.QueryResultRow>(name: string, text: string) {
  return async (client: Queryable, values: unknown[]): Promise<Row[]> => {
    const result = await client.query<Row>({ name, text, values })
    return result.rows
  }
}
