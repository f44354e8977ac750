/*
 * What campaigns count. An intent that stands for a recipient (`campaign_position`) is counted under the state it is in, with its reason where
 * that says something, and every statement that moves it adds what changed to `campaign_moves`, one row for each key and not for each message.
 * So the sum of all of them is the truth at every instant, whoever wrote them, and nobody waits for anybody: rows there are only ever added,
 * and whoever leads adds them up (store/campaigns/counts.ts).
 *
 * What it was counted as before stands in the row (`counted_before`), written with the new state: PostgreSQL answers the former row of an
 * update only from version 18 on, and what a statement read of it before may be older than the row that it changed.
 *
 * Deleting an intent counts nothing: what has happened stays counted.
 */

/** As whose message an invitation is counted: it costs, and stands for nobody on a list. Also in the triggers of `messages`. */
const INVITATION = -2

/** As which of a campaign's messages that of `i` is counted. */
export const MESSAGE_VARIANT = `case when i.campaign_id is not null and i.campaign_position is null then ${INVITATION} else i.campaign_variant end`

/** What an intent is counted as, of an alias: its state, or `failed:graph_refused:131000`. */
export function countedAs(alias: string): string {
  return `case when ${alias}.state in ('held', 'failed', 'expired', 'cancelled', 'suppressed')
    then concat_ws(':', ${alias}.state, ${alias}.reason_code, ${alias}.reason_graph_code) else ${alias}.state end`
}

/** For `set` of whatever writes a state: an expression over the row of before. */
export function countedBefore(alias: string): string {
  return `case when ${alias}.campaign_position is not null then ${countedAs(alias)} end`
}

export const COUNTING_COLUMNS = ['campaign_id', 'campaign_position', 'campaign_variant', 'counted_before'] as const

/** As a CTE: what the rows of these CTEs change in the counts. They have `COUNTING_COLUMNS`, their state and their reason. */
export function counting(ctes: readonly string[]): string {
  const moved = ctes.map(
    (cte) => `
      select m.campaign_id, coalesce(m.campaign_variant, 0) as variant, ${countedAs('m')} as counted, m.counted_before
      from ${cte} m where m.campaign_position is not null`,
  )
  return `counted as (
    insert into campaign_moves (campaign_id, variant, key, n)
    select c.campaign_id, c.variant, d.key, sum(d.n)
    from (${moved.join(' union all ')}) c cross join lateral (values (c.counted, 1), (c.counted_before, -1)) as d (key, n)
    where d.key is not null
    group by 1, 2, 3 having sum(d.n) <> 0
  )`
}
