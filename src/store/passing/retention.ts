import { sql } from 'kysely'
import { SERVER_CLOCK } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * Deliveries are kept as long as the payloads they are of. They go along the primary key, of each stream from its beginning, so where nothing
 * is old a look reads one row of each. What still waits goes too: its payload has.
 */

const KEPT_DAYS = 14
/** Streams that are looked at in one sweep; the next goes on behind them. */
const STREAMS_AT_ONCE = 500

export interface DeliveryRetention {
  /** At most `limit` rows of each stream, and of what a deleted endpoint left behind; answers how many went. */
  sweep(limit: number): Promise<number>
}

export function deliveryRetention(db: Db): DeliveryRetention {
  let place = { endpoint: NOWHERE, stream: '' }

  return {
    async sweep(limit) {
      const { rows } = await sql<{ endpoint: string | null; stream: string | null; deleted: number }>`
        with streams as (
          select endpoint_id, stream from delivery_streams
          where (endpoint_id, stream) > (${place.endpoint}::uuid, ${place.stream}) order by endpoint_id, stream limit ${STREAMS_AT_ONCE}
        ), old as (
          select d.endpoint_id, d.stream, d.id
          from streams s cross join lateral (
            select * from deliveries d where d.endpoint_id = s.endpoint_id and d.stream = s.stream order by d.id
            limit case when (
                select created_at < ${oldest} from deliveries f where f.endpoint_id = s.endpoint_id and f.stream = s.stream order by f.id limit 1)
              then ${limit}::integer else 0 end
          ) d where d.created_at < ${oldest}
        ), gone as (
          delete from deliveries d using old
          where d.endpoint_id = old.endpoint_id and d.stream = old.stream and d.id = old.id returning d.id
        ), last as (select endpoint_id, stream from streams order by endpoint_id desc, stream desc limit 1)
        select (select endpoint_id from last) as endpoint, (select stream from last) as stream, (select count(*)::int from gone) as deleted`.execute(
        db,
      )
      const { endpoint, stream, deleted } = rows[0] as {
        endpoint: string | null
        stream: string | null
        deleted: number
      }
      place = { endpoint: endpoint ?? NOWHERE, stream: stream ?? '' }
      return deleted + (await clearDeleted(db, limit))
    },
  }
}

const NOWHERE = '00000000-0000-0000-0000-000000000000'
const oldest = sql`casement_now() - ${KEPT_DAYS} * interval '1 day'`

/** Scalar, so that PostgreSQL asks the key for each endpoint, and makes no join of it that reads all deliveries. */
const left = sql`(select d.id from deliveries d where d.endpoint_id = e.id order by d.stream, d.id limit 1)`

/** What deleted endpoints left behind, of one at a time, and at last they themselves. */
async function clearDeleted(db: Db, limit: number): Promise<number> {
  // Whoever was telling one when it was deleted may still do so, which an erasure has to know.
  await sql`
    delete from delivery_streams s using webhook_endpoints e
    where s.endpoint_id = e.id and e.deleted_at is not null and coalesce(s.held_until < ${sql.raw(SERVER_CLOCK)}, true)`.execute(
    db,
  )
  // Whoever was handing out may have added to it since; a minute later nobody does.
  await sql`
    delete from webhook_endpoints e where e.deleted_at < casement_now() - interval '1 minute' and ${left} is null
      and not exists (select from delivery_streams s where s.endpoint_id = e.id)`.execute(db)
  const { rows } = await sql<{ id: string }>`
    select e.id from webhook_endpoints e where e.deleted_at is not null and ${left} is not null order by e.id limit 1`.execute(
    db,
  )
  const id = rows[0]?.id
  if (id === undefined) return 0
  const gone = await sql`
    delete from deliveries where endpoint_id = ${id}::uuid and (stream, id) in (
      select stream, id from deliveries where endpoint_id = ${id}::uuid order by stream, id limit ${limit})`.execute(db)
  return Number(gone.numAffectedRows ?? 0n)
}
