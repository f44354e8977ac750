import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * The counts of a campaign: what was not handed over yet, and the sum of what every statement changed (store/intents/counting.ts). Both in one
 * snapshot, and whoever hands somebody over changes both in one transaction, so they add up to the total at every instant.
 */

/** How many are counted under each key, of each variant; those not handed over are in none. */
export interface Counted {
  variant: number
  key: string
  n: number
}

/** As a column of `campaigns c`: the sums, as JSON. */
export const countedColumn: RawBuilder<Counted[]> = sql<Counted[]>`coalesce((
  select json_agg(json_build_object('variant', s.variant, 'key', s.key, 'n', s.n)) from (
    select m.variant, m.key, sum(m.n)::bigint as n from campaign_moves m where m.campaign_id = c.id group by m.variant, m.key having sum(m.n) <> 0
  ) s), '[]'::json)`

/** Of what is counted as scheduled. */
export interface Due extends Pick<Counted, 'variant' | 'n'> {
  /** Its number may send. */
  sends: boolean
}

const WITH_A_TURN = sql`
  senders s cross join unnest('{0,1,2,3}'::smallint[]) p (priority) join intents i on i.phone_number_id = s.phone_number_id and i.priority = p.priority
  where s.phone_number_id = any (c.phone_number_ids) and i.campaign_id = c.id and i.campaign_position is not null`

/** Thousands: all that is handed over ahead, one by one. */
const dueOfEach = sql`
  select coalesce(i.campaign_variant, 0) as variant, count(*)::integer as n, s.state = 'active' as sends
  from ${WITH_A_TURN} and i.due_at <= casement_now() group by 1, 3`

/** Few: what is counted, without what is not due yet. */
const dueOfAll = sql`
  select variant, sum(n)::integer as n, (select bool_and(s.state = 'active') from senders s where s.phone_number_id = any (c.phone_number_ids)) as sends
  from (
    select m.variant, m.n from campaign_moves m where m.campaign_id = c.id and m.key = 'scheduled'
    union all
    select coalesce(i.campaign_variant, 0), -count(*) from ${WITH_A_TURN} and i.due_at > casement_now() group by 1
  ) one group by variant having sum(n) <> 0`

/**
 * As a column of `campaigns c`: how many of what is counted as scheduled is due. Who is due is counted only where some of its numbers may send and
 * others may not.
 */
export const dueColumn: RawBuilder<Due[]> = sql`case when c.fed = 0 then '[]'::json
  when (select bool_and(s.state = 'active') = bool_or(s.state = 'active') from senders s where s.phone_number_id = any (c.phone_number_ids))
  then (select coalesce(json_agg(d), '[]'::json) from (${dueOfAll}) d)
  else (select coalesce(json_agg(d), '[]'::json) from (${dueOfEach}) d) end`

/** What came about in a minute, by our clock: how many messages Meta took, and how many recipients were known to have failed. */
export interface CountedMinute {
  at: Instant
  sent: number
  failed: number
}

const MINUTES_SHOWN = 60
const SENT = sql`case when key = 'sent' and n > 0 then n else 0 end`
const FAILED = sql`case when split_part(key, ':', 1) = 'failed' and n > 0 then n else 0 end`

/** As a column of `campaigns c`: the newest minutes in which something came about, oldest first, as JSON. */
export const minutesColumn: RawBuilder<CountedMinute[]> = sql<CountedMinute[]>`coalesce((
  select json_agg(json_build_object('at', extract(epoch from p.minute) * 1000, 'sent', p.sent, 'failed', p.failed) order by p.minute) from (
    select minute, sum(sent) as sent, sum(failed) as failed from (
      (select minute, sent, failed from campaign_minutes where campaign_id = c.id order by minute desc limit ${sql.lit(MINUTES_SHOWN)})
      union all
      select minute, ${SENT}, ${FAILED} from campaign_moves where campaign_id = c.id and minute is not null
    ) one group by minute having sum(sent) + sum(failed) > 0 order by minute desc limit ${sql.lit(MINUTES_SHOWN)}
  ) p), '[]'::json)`

/** Of some that is still to come, of the campaign with this row. */
export async function countUnderWay(db: Db, row: number): Promise<{ scheduled: number; underWay: number }> {
  const { rows } = await sql<{ scheduled: number; under_way: number }>`
    select coalesce(sum(n) filter (where key in ('scheduled', 'dispatching')), 0)::integer as scheduled,
      coalesce(sum(n) filter (where key in ('scheduled', 'dispatching', 'in_doubt') or key like 'held:%'), 0)::integer as under_way
    from campaign_moves where campaign_id = ${row}::integer`.execute(db)
  return { scheduled: rows[0]?.scheduled ?? 0, underWay: rows[0]?.under_way ?? 0 }
}

/** What is written beside a recipient that ends without an intent. */
export async function addMoves(trx: Db, row: number, moves: readonly Counted[]): Promise<void> {
  if (moves.length === 0) return
  await sql`
    insert into campaign_moves (campaign_id, variant, key, n)
    select ${row}::integer, * from unnest(${moves.map((m) => m.variant)}::smallint[], ${moves.map((m) => m.key)}::text[], ${moves.map((m) => m.n)}::bigint[])`.execute(
    trx,
  )
}

/** Fewer rows are read as quickly as their sums, of which there is one for each key. */
const isWorthwhile = sql`count(*) > 200 + count(distinct (variant, key))`

/**
 * Adds up rows of a campaign, in one statement: whoever reads meanwhile sees either those or their sums. Answers whether there was something
 * to add up.
 *
 * @param row null: of whichever has most
 */
export async function foldMoves(db: Db, row: number | null, limit: number): Promise<boolean> {
  const chosen =
    row === null
      ? sql`select campaign_id from campaign_moves group by campaign_id having ${isWorthwhile} order by count(*) desc limit 1`
      : sql`select campaign_id from campaign_moves where campaign_id = ${row}::integer group by campaign_id having ${isWorthwhile}`
  const { rows } = await sql<{ folded: number }>`
    with taken as (
      delete from campaign_moves where ctid = any (array(
        select m.ctid from campaign_moves m where m.campaign_id = (${chosen}) limit ${limit} for update skip locked))
      returning campaign_id, variant, key, n, minute
    ), folded as (
      insert into campaign_moves (campaign_id, variant, key, n, minute)
      select campaign_id, variant, key, sum(n), null from taken group by 1, 2, 3 having sum(n) <> 0
    ), minutes as (
      insert into campaign_minutes as m (campaign_id, minute, sent, failed)
      select campaign_id, minute, sum(${SENT}), sum(${FAILED}) from taken where minute is not null
      group by 1, 2 having sum(${SENT}) + sum(${FAILED}) > 0 order by 1, 2
      on conflict (campaign_id, minute) do update set sent = m.sent + excluded.sent, failed = m.failed + excluded.failed
    )
    select count(*)::integer as folded from taken`.execute(db)
  return (rows[0]?.folded ?? 0) > 0
}
