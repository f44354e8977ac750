import type pg from 'pg'
import { inTransaction, type Postgres, prepared } from '../pg/postgres.ts'

/*
 * The outbox is a queue of small events that the statements which make them true put there. Whoever leads takes them out, in order, and
 * tells who asked. Nobody keeps a cursor over it: ids are given before the commit, so a row may become visible after one that is younger.
 *
 * Programs that listen read `news` instead, which has one writer at a time, so that its ids become visible in order and a cursor is sound.
 * It is written only while somebody listens, and kept for as long as one who lost the connection may need to come back.
 */

/** Tells readers that there is news; the payload says nothing. */
export const NEWS_CHANNEL = 'casement_news'

/** How often a reader says that it is there; milliseconds. */
export const READER_BEAT_MS = 5_000
/** A reader that says nothing for this long has gone; milliseconds. */
const READER_GONE_AFTER_MS = 10 * 60_000
/** How long news is kept for readers whose connection was lost, as long as they are waited for; milliseconds. */
const NEWS_KEPT_MS = READER_GONE_AFTER_MS
/** Serialises the writers of `news`, should two processes ever believe that they lead; the number is arbitrary and only has to be ours. */
const NEWS_LOCK = 4_711_012_029

const takeEvents = prepared<{ workspace: string; kind: string; subject: string; payload: unknown; at: string }>(
  'take_outbox',
  `with oldest as (select id from outbox order by id limit $1 for update skip locked), taken as (
     delete from outbox o using oldest where o.id = oldest.id returning o.*
   )
   select workspace, kind, subject, payload, at::text as at from taken order by id`,
)

const WITH_READERS = `exists (
  select from news_readers where seen_at > casement_now() - ${READER_GONE_AFTER_MS} * interval '1 millisecond') as heard`

/** Takes up to `limit` events out and keeps them as news where somebody listens. Answers how many were taken, and whether they are heard. */
export async function fanOutEvents(pool: pg.Pool, limit: number): Promise<{ taken: number; heard: boolean }> {
  return inTransaction(pool, async (_trx, client) => {
    await client.query(`select pg_advisory_xact_lock(${NEWS_LOCK})`)
    const heard = (await client.query<{ heard: boolean }>(`select ${WITH_READERS}`)).rows[0]?.heard ?? false
    const events = await takeEvents(client, [limit])
    if (heard && events.length > 0) {
      await client.query(
        `insert into news (workspace, kind, subject, payload, at)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::timestamptz[])`,
        [
          events.map((event) => event.workspace),
          events.map((event) => event.kind),
          events.map((event) => event.subject),
          events.map((event) => JSON.stringify(event.payload)),
          events.map((event) => event.at),
        ],
      )
    }
    return { taken: events.length, heard }
  })
}

/** News that nobody can come back for any more, and readers that have gone. */
export async function forgetOldNews(pool: pg.Pool): Promise<void> {
  await pool.query(`delete from news where at < casement_now() - ${NEWS_KEPT_MS} * interval '1 millisecond'`)
  await pool.query(
    `delete from news_readers where seen_at < casement_now() - ${READER_GONE_AFTER_MS} * interval '1 millisecond'`,
  )
}

export interface News {
  id: string
  kind: string
  subject: string
  payload: { state?: string; reason?: string }
}

/** A reader from now on; and where it begins. */
export async function beginReading({ pool }: Pick<Postgres, 'pool'>, reader: string): Promise<string> {
  // Behind the writers: whoever writes after this has seen the reader, and what was written before is older than it.
  return inTransaction(pool, async (_trx, client) => {
    await client.query(`select pg_advisory_xact_lock(${NEWS_LOCK})`)
    await client.query('insert into news_readers (id) values ($1)', [reader])
    const { rows } = await client.query<{ last: string }>('select coalesce(max(id), 0)::text as last from news')
    return rows[0]?.last ?? '0'
  })
}

/** The reader is still there. Also after it was given up for gone. */
export async function keepReading({ pool }: Pick<Postgres, 'pool'>, reader: string): Promise<void> {
  await pool.query(
    `insert into news_readers (id) values ($1) on conflict (id) do update set seen_at = casement_now()`,
    [reader],
  )
}

export async function endReading({ pool }: Pick<Postgres, 'pool'>, reader: string): Promise<void> {
  await pool.query('delete from news_readers where id = $1', [reader])
}

/** The next news of a workspace, oldest first. */
export async function readNews(
  { pool }: Pick<Postgres, 'pool'>,
  workspace: string,
  kinds: string,
  after: string,
  limit: number,
): Promise<News[]> {
  const { rows } = await pool.query<News>(
    `select id::text as id, kind, subject, payload from news
     where id > $1::bigint and workspace = $2 and kind like $3 order by id limit $4`,
    [after, workspace, kinds, limit],
  )
  return rows
}
