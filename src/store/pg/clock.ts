import { sql } from 'kysely'
import type { Instant } from '../../domain/time.ts'
import type { Db } from './postgres.ts'

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
