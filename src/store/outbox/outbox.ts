import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { ToldEvent, Topic } from '../../domain/news.ts'
import type { Instant } from '../../domain/time.ts'
import { type Db, inTransaction, type Postgres, prepared } from '../pg/postgres.ts'

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
export const READER_GONE_AFTER_MS = 10 * 60_000
/** How long news is kept for readers whose connection was lost, as long as they are waited for; milliseconds. */
const NEWS_KEPT_MS = READER_GONE_AFTER_MS
/** Serialises the writers of `news`, should two processes ever believe that they lead; the number is arbitrary and only has to be ours. */
const NEWS_LOCK = 4_711_012_029

const takeEvents = prepared<ToldEvent & pg.QueryResultRow>(
  'take_outbox',
  `with oldest as (select id from outbox order by id limit $1 for update skip locked), taken as (
     delete from outbox o using oldest where o.id = oldest.id returning o.*
   )
   select taken.id::text as id, workspace, kind, subject, payload, at::text as at from taken order by taken.id`,
)

/** Programs that read `news`; endpoints, which are there for ever, are told by deliveries. */
const WITH_READERS = `exists (
  select from news_readers
  where seen_at > casement_now() - ${READER_GONE_AFTER_MS} * interval '1 millisecond' and seen_at < 'infinity') as heard`

/**
 * Takes up to `limit` events out and keeps them as news where somebody listens. Answers how many were taken, and whether they are heard.
 *
 * @param pass who else is told, in the same transaction; answers how many
 */
export async function fanOutEvents(
  pool: pg.Pool,
  limit: number,
  pass: (trx: Db, events: ToldEvent[]) => Promise<number> = async () => 0,
): Promise<{ taken: number; heard: boolean; passed: number }> {
  return inTransaction(pool, async (trx, client) => {
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
    return { taken: events.length, heard, passed: await pass(trx, events) }
  })
}

/** News that nobody can come back for any more, and readers that have gone. */
export async function forgetOldNews(pool: pg.Pool): Promise<void> {
  await pool.query(`delete from news where at < casement_now() - ${NEWS_KEPT_MS} * interval '1 millisecond'`)
  await pool.query(
    `delete from news_readers where seen_at < casement_now() - ${READER_GONE_AFTER_MS} * interval '1 millisecond'`,
  )
}

/** As it was told, with what it was about looked up now: null where there is none, or nobody is left. */
export interface News {
  id: string
  kind: string
  subject: string
  payload: Record<string, unknown>
  at: Instant
  wa_id: string | null
  bsuid: string | null
}

/** Transactions that began before a reader was there are waited for so long, since they may not tell what only readers are told. */
const WAITED_FOR_MS = 5_000
const LOOKED_AT_EVERY_MS = 20

/**
 * A reader from now on; and where it begins.
 *
 * @param registered called as soon as whatever begins from then on is told to it
 */
export async function beginReading(
  { pool }: Pick<Postgres, 'pool'>,
  reader: string,
  topics: readonly Topic[],
  registered: () => void = () => {},
): Promise<string> {
  // Behind the writers: whoever writes after this has seen the reader, and what was written before is older than it.
  const begun = await inTransaction(pool, async (_trx, client) => {
    await client.query(`select pg_advisory_xact_lock(${NEWS_LOCK})`)
    await client.query('insert into news_readers (id, topics) values ($1, $2)', [reader, topics])
    const { rows } = await client.query<{ last: string; xid: string }>(
      'select coalesce(max(id), 0)::text as last, pg_current_xact_id()::text as xid from news',
    )
    return rows[0] as { last: string; xid: string }
  })
  registered()
  await waitForOlder(pool, begun.xid)
  return begun.last
}

/** Waits, not for ever, until whatever is written from now on was begun after what has been committed: all of it knows who listens. */
export async function haveAllHeard(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ xid: string }>('select pg_current_xact_id()::text as xid')
  await waitForOlder(pool, (rows[0] as { xid: string }).xid)
}

async function waitForOlder(pool: pg.Pool, xid: string): Promise<void> {
  const until = performance.now() + WAITED_FOR_MS
  while (!(await haveEnded(pool, xid)) && performance.now() < until) await delay(LOOKED_AT_EVERY_MS)
}

/** Whether all transactions that wrote something, and began before this one ended, are over. */
async function haveEnded(pool: pg.Pool, xid: string): Promise<boolean> {
  const { rows } = await pool.query<{ over: boolean }>(
    'select pg_snapshot_xmin(pg_current_snapshot()) > $1::text::xid8 as over',
    [xid],
  )
  return rows[0]?.over === true
}

/** The reader is still there. Also after it was given up for gone. */
export async function keepReading(
  { pool }: Pick<Postgres, 'pool'>,
  reader: string,
  topics: readonly Topic[],
): Promise<void> {
  await pool.query(
    `insert into news_readers (id, topics) values ($1, $2)
     on conflict (id) do update set seen_at = casement_now(), topics = excluded.topics`,
    [reader, topics],
  )
}

export async function endReading({ pool }: Pick<Postgres, 'pool'>, reader: string): Promise<void> {
  await pool.query('delete from news_readers where id = $1', [reader])
}

/** The next news of a workspace, oldest first. */
export async function readNews(
  { pool }: Pick<Postgres, 'pool'>,
  workspace: string,
  topics: readonly Topic[],
  after: string,
  limit: number,
): Promise<News[]> {
  const { rows } = await pool.query<News>(
    `select n.id::text as id, n.kind, n.subject, n.payload, n.at, c.wa_id, c.bsuid
     from (
       select * from news where id > $1::bigint and workspace = $2 and split_part(kind, '.', 1) = any ($3) order by id limit $4
     ) n
     left join conversations v on v.id = (n.payload ->> 'conversation')::bigint
     left join contacts o on o.id = coalesce(v.contact_id, (n.payload ->> 'contact')::bigint)
     left join contacts c on c.id = coalesce(o.merged_into, o.id)
     order by n.id`,
    [after, workspace, topics, limit],
  )
  return rows
}
