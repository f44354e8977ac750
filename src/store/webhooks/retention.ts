import { sql } from 'kysely'
import type { Db } from '../pg/postgres.ts'

/*
 * Payloads are proof for a while, then weight. They are deleted along the primary key, which follows the time they came in, from where the
 * last time stopped: a sweep that finds nothing to delete reads one row. In order of the key whole pages become free, vacuum gives them to
 * what comes next, and the table stays as large as what is kept. Partitions by day were the other way: nothing is ever deleted row by row,
 * but a failed payload lives six times as long as its neighbours and would keep a whole day, and a payload is asked for by its id alone.
 */

const APPLIED_KEPT_DAYS = 14
const FAILED_KEPT_DAYS = 90
/** What was passed by, because it was pending or had just been replayed, is looked at again this often; milliseconds. */
const FROM_THE_START_EVERY_MS = 60 * 60_000

export interface EventRetention {
  /** Deletes what is too old, at most `limit` rows of each kind; answers how many. */
  sweep(limit: number): Promise<number>
}

/** @param elapsed a monotonic clock, in milliseconds */
export function eventRetention(db: Db, elapsed = () => performance.now()): EventRetention {
  let position = '0'
  let startedAt = elapsed()

  async function sweepApplied(limit: number): Promise<number> {
    const behind = sql`id > ${position}::bigint`
    const { rows } = await sql<{ last: string | null; deleted: number }>`
      with next as (
        select id, state, applied_at, received_at from webhook_events where ${behind} order by id
        limit case when (select received_at < ${before(APPLIED_KEPT_DAYS)} from webhook_events where ${behind} order by id limit 1)
          then ${limit}::integer else 0 end
      ), old as (
        select id, state, applied_at from next
        where id < coalesce((select min(id) from next where received_at >= ${before(APPLIED_KEPT_DAYS)}), 9223372036854775807)
      ), gone as (
        delete from webhook_events where id in (
          select id from old where state = 'applied' and applied_at < ${before(APPLIED_KEPT_DAYS)})
        returning id
      )
      select (select max(id)::text from old) as last, (select count(*)::int from gone) as deleted`.execute(db)
    const { last, deleted } = rows[0] as { last: string | null; deleted: number }
    if (last !== null) position = last
    return deleted
  }

  async function sweepFailed(limit: number): Promise<number> {
    const gone = await sql`
      delete from webhook_events where id in (
        select id from webhook_events where state = 'failed' order by id
        limit case when (select received_at < ${before(FAILED_KEPT_DAYS)} from webhook_events where state = 'failed' order by id limit 1)
          then ${limit}::integer else 0 end)
      and state = 'failed' and received_at < ${before(FAILED_KEPT_DAYS)}`.execute(db)
    return Number(gone.numAffectedRows ?? 0n)
  }

  return {
    async sweep(limit) {
      if (elapsed() - startedAt > FROM_THE_START_EVERY_MS) {
        position = '0'
        startedAt = elapsed()
      }
      return (await sweepApplied(limit)) + (await sweepFailed(limit))
    },
  }
}

function before(days: number) {
  return sql`casement_now() - ${days} * interval '1 day'`
}
