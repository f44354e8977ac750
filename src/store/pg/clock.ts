import { sql } from 'kysely'
import type { Instant } from '../../domain/time.ts'
import type { Db, Queryable } from './postgres.ts'

/**
 * The server's own clock, as SQL: it goes on within a transaction, and no sandbox moves it. For what is measured and not judged: the pace of
 * numbers, and whether a process lives.
 */
export const SERVER_CLOCK = 'clock_timestamp()'

/**
 * The one clock by which is judged what is due, open or over. It is the database's; with the built-in sandbox it moves with the sandbox's.
 * Cast to epoch milliseconds, for callers whose type parsers are not ours.
 */
export async function databaseNow(db: Db): Promise<Instant> {
  const { rows } = await sql<{
    now: Instant
  }>`select floor(extract(epoch from casement_now()) * 1000)::float8 as now`.execute(db)
  return (rows[0] as { now: Instant }).now
}

/** How far the clock has been moved ahead of real time, in milliseconds; 0 but for the sandbox. */
export const CLOCK_AHEAD = `(extract(epoch from casement_now() - now()) * 1000)::float8`

export async function clockAheadMs(db: Db): Promise<number> {
  const { rows } = await sql<{ ahead: number }>`select ${sql.raw(CLOCK_AHEAD)} as ahead`.execute(db)
  return rows[0]?.ahead ?? 0
}

/**
 * This very moment on the clock of `casement_now()`, which stands still within a transaction, so that of two that wait for one another it does
 * not say which came first. Whoever compares such stamps takes them behind the same lock.
 */
export const MOMENT_NOW = '(casement_now() + (clock_timestamp() - now()))'
export const momentNow = sql.raw(MOMENT_NOW)

/** What has to go by real time meets a clock that a sandbox has moved; the message says what to do. */
export class ClockMoved extends Error {
  override readonly name = 'ClockMoved'
}

/** Advisory locks; the numbers are arbitrary and only have to be ours. One mover at a time, and none beside those who keep real time. */
export const MOVING_LOCK = 4_711_012_027
export const REAL_TIME_LOCK = 4_711_012_028

/**
 * Binds the clock to real time for as long as this session lasts, since messages that go to Meta must never be judged by a clock that a
 * sandbox has moved. Throws `ClockMoved` where it has been moved already.
 */
export async function keepRealTime(session: Queryable): Promise<void> {
  await session.query(`select pg_advisory_lock_shared(${REAL_TIME_LOCK})`)
  const { rows } = await session.query<{ ahead: number }>(`select ${CLOCK_AHEAD} as ahead`)
  const ahead = rows[0]?.ahead ?? 0
  if (ahead === 0) return
  throw new ClockMoved(
    `the clock of this database stands ${describeMs(ahead)} ahead: a sandbox moved it, and with it what is due and which windows are open. ` +
      'Give Casement a database of its own for Meta, or set this clock back: npx casement migrate --reset-clock',
  )
}

/** Held, shared, by every process whose messages go to the built-in sandbox. */
const SANDBOX_LOCK = 4_711_012_031

/** Lets everybody who has this database know, as long as the session lasts, that its messages go to the sandbox. */
export async function keepSandbox(session: Queryable): Promise<void> {
  await session.query(`select pg_advisory_lock_shared(${SANDBOX_LOCK})`)
}

/** Whether a process lives whose messages go to the built-in sandbox. */
export async function goesToSandbox(db: Db): Promise<boolean> {
  const { rows } = await sql`
    select from pg_locks
    where locktype = 'advisory' and granted and objsubid = 1
      and (classid::bigint << 32) + objid::bigint = ${SANDBOX_LOCK}::bigint
      and database = (select oid from pg_database where datname = current_database())
    limit 1`.execute(db)
  return rows.length > 0
}

const UNITS: readonly [name: string, ms: number][] = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1_000],
]

function describeMs(ms: number): string {
  const [name, size] = UNITS.find(([, unit]) => Math.abs(ms) >= 2 * unit) ?? ['ms', 1]
  return `${Math.round(ms / size)} ${name}`
}
