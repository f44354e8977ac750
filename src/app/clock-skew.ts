import { sql } from 'kysely'
import { SERVER_CLOCK } from '../store/pg/clock.ts'
import type { Db } from '../store/pg/postgres.ts'

/** Beyond this, expiry times and Meta's stamps are judged by a clock that is plainly wrong. */
const MOST_SKEW_MS = 2_000

/** The database's clock decides what is due; the process's is compared because Meta's stamps come closest to that one. */
export async function clockSkew(db: Db): Promise<{ isNear: boolean; skewMs: number; text: string }> {
  const before = Date.now()
  const answer = await sql<{
    ms: string
  }>`select (extract(epoch from ${sql.raw(SERVER_CLOCK)}) * 1000)::bigint as ms`.execute(db)
  const after = Date.now()
  const skewMs = Math.round(Number(answer.rows[0]?.ms) - (before + after) / 2)
  const direction = skewMs < 0 ? 'behind' : 'ahead of'
  return {
    isNear: Math.abs(skewMs) <= MOST_SKEW_MS + (after - before) / 2,
    skewMs,
    text: `the database is ${Math.abs(skewMs)} ms ${direction} this machine`,
  }
}
