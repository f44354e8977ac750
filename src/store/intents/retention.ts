import { sql } from 'kysely'
import type { Db } from '../pg/postgres.ts'

/*
 * What is over, and has been for as long as the operator said, is deleted: an intent with its attempts, decisions and messages, and what
 * customers wrote. What is not over stays however old it is, and so does an invitation that somebody still waits for the answer to. People,
 * consents, opt-outs and conversations with their windows stay.
 *
 * Intents go along the primary key, which follows the time, from where the last sweep stopped; what it passed by, because it was not over,
 * is looked at again from the start now and then. So a sweep with nothing to do reads one row, whole pages become free, and vacuum gives
 * them to what comes next.
 *
 * Partitions by month were the other way, and cost what is done all day to save what is done once: which messages are due, whose turn it is
 * and what waits is asked by number, conversation or event and never by time, so each such question would be asked of every partition
 * (measured, 13 of 20,000 rows: what is due of a number 36 pages instead of 12 and 2.7 times as long, what is of a conversation 37 instead of
 * 5 and 6.5 times as long); idempotency keys and wamids are unique over all time and would need tables of their own, written and deleted row
 * by row; and a month with one message that is not over could not be dropped.
 */

const OVER = sql`array['sent', 'failed', 'expired', 'cancelled', 'suppressed']`
const nobodyWaitsFor = sql`not exists (select from intents w where w.follow_up_id = i.id and w.waits_kind is not null)`
/** What was passed by is looked at again this often; milliseconds. */
const FROM_THE_START_EVERY_MS = 60 * 60_000

export interface Retention {
  /** Deletes what has been over for too long, looking at `limit` rows of each kind at most; answers how many rows it looked at. */
  sweep(limit: number): Promise<number>
}

const NO_ID = '00000000-0000-0000-0000-000000000000'

/** @param elapsed a monotonic clock, in milliseconds */
export function retention(db: Db, days: number, elapsed = () => performance.now()): Retention {
  const before = sql`(casement_now() - ${days} * interval '1 day')`
  /** The first id that a UUIDv7 of that moment can have. */
  const firstOfThen = sql`
    (lpad(to_hex((extract(epoch from ${before}) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid`
  let position = NO_ID
  let startedAt = elapsed()

  async function sweepIntents(limit: number): Promise<number> {
    // By itself, since whoever locks both locks the conversation first.
    await sql`
      update conversations v set follow_up_id = null
      from (
        select * from intents where id > ${position}::uuid and id < ${firstOfThen} order by id limit ${limit}::integer
      ) i
      where i.follow_up_of is not null and i.state = any (${OVER}) and i.state_at < ${before}
        and v.id = i.conversation_id and v.follow_up_id = i.id and ${nobodyWaitsFor}`.execute(db)
    const { rows } = await sql<{ last: string | null; looked: number }>`
      with next as (
        select id, state, state_at from intents where id > ${position}::uuid and id < ${firstOfThen} order by id limit ${limit}::integer
      ), over as (
        select i.id, i.wamid from intents i
        where i.id in (select id from next where state = any (${OVER}) and state_at < ${before})
          and i.state = any (${OVER}) and i.state_at < ${before}
          and ${nobodyWaitsFor}
        for update skip locked
      ), unsaid as (
        delete from messages m using (
          select a.wamid from over join attempts a on a.intent_id = over.id where a.wamid is not null
          union select over.wamid from over where over.wamid is not null
        ) said
        where m.wamid = said.wamid
      ), gone as (
        delete from intents i using over where i.id = over.id
      )
      select (select id::text from next order by id desc limit 1) as last, (select count(*)::int from next) as looked`.execute(
      db,
    )
    const { last, looked } = rows[0] as { last: string | null; looked: number }
    if (last !== null) position = last
    return looked
  }

  /** What customers wrote, and what colleagues did with the phone app. */
  async function sweepOthers(limit: number): Promise<number> {
    const inbound = await sql`
      delete from inbound_messages where wamid = any (array(
        select wamid from inbound_messages where received_at < ${before} order by received_at limit ${limit}::integer))`.execute(
      db,
    )
    const echoes = await sql`
      delete from messages where wamid = any (array(
        select wamid from messages where intent_id is null and accepted_at < ${before} order by accepted_at limit ${limit}::integer))`.execute(
      db,
    )
    return Math.max(Number(inbound.numAffectedRows ?? 0n), Number(echoes.numAffectedRows ?? 0n))
  }

  return {
    async sweep(limit) {
      if (elapsed() - startedAt > FROM_THE_START_EVERY_MS) {
        position = NO_ID
        startedAt = elapsed()
      }
      return Math.max(await sweepIntents(limit), await sweepOthers(limit))
    },
  }
}
