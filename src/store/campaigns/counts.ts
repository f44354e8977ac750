import { type RawBuilder, sql } from 'kysely'
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

/**
 * As a column of `campaigns c`: how many of what is counted as scheduled is due. Served by `intents_due`, of which a campaign has no more than
 * it may have handed over ahead.
 */
export const dueColumn: RawBuilder<Due[]> = sql`case when c.fed = 0 then '[]'::json else (
  select coalesce(json_agg(d), '[]'::json) from (
    select coalesce(i.campaign_variant, 0) as variant, count(*)::integer as n, s.state = 'active' as sends
    from senders s join intents i on i.phone_number_id = s.phone_number_id
    where s.phone_number_id = any (c.phone_number_ids) and i.priority = 3 and i.due_at <= casement_now() and i.campaign_id = c.id
      and i.campaign_position is not null group by 1, 3) d) end`

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
      returning campaign_id, variant, key, n
    ), folded as (
      insert into campaign_moves (campaign_id, variant, key, n)
      select campaign_id, variant, key, sum(n) from taken group by 1, 2, 3 having sum(n) <> 0
    )
    select count(*)::integer as folded from taken`.execute(db)
  return (rows[0]?.folded ?? 0) > 0
}
