import { sql } from 'kysely'
import type { Db } from '../pg/postgres.ts'
import { TOLD_COLUMNS, tellingCampaigns } from './telling.ts'

const LINES_AT_ONCE = 20_000

/**
 * Campaigns that are over, or drafts that nobody has touched for so long, go with their lists, a piece at a time. Such a draft is cancelled
 * first, so that nobody adds to a list that is going. Answers whether there is more to do.
 */
export async function sweepCampaigns(db: Db, days: number): Promise<boolean> {
  const before = sql`(casement_now() - ${days} * interval '1 day')`
  const { rows } = await sql<{ id: number }>`
    with chosen as (
      select id, state from campaigns where touched_at < ${before} and state in ('draft', 'finished', 'cancelled') order by touched_at limit 1
      for update skip locked
    ), going as (
      update campaigns c set state = case when c.state = 'draft' then 'cancelled' else c.state end,
        over_at = coalesce(c.over_at, casement_now())
      from chosen where c.id = chosen.id
      returning c.id, chosen.state as was, ${TOLD_COLUMNS}
    ), told as (${tellingCampaigns('campaign.cancelled', 'going', `n.was = 'draft'`)})
    select id from going`.execute(db)
  const id = rows[0]?.id
  if (id === undefined) return forgetCounts(db)
  for (const table of [
    'campaign_recipients',
    'campaign_import_errors',
    'campaign_intents',
    'campaign_later',
    'campaign_exceptions',
    'campaign_reservations',
    'campaign_moves',
    'campaign_minutes',
  ] as const) {
    const gone = await sql`
      delete from ${sql.table(table)} where ctid = any (array(
        select ctid from ${sql.table(table)} where campaign_id = ${id}::integer limit ${LINES_AT_ONCE}))`.execute(db)
    if (gone.numAffectedRows) return true
  }
  await sql`delete from campaigns where id = ${id}::integer`.execute(db)
  return true
}

/** Of a campaign that is gone something may be told later: of a message that was kept longer, or that somebody quotes. */
async function forgetCounts(db: Db): Promise<boolean> {
  let forgotten = 0n
  for (const table of ['campaign_moves', 'campaign_minutes'] as const) {
    const gone = await sql`
      delete from ${sql.table(table)} where ctid = any (array(
        select m.ctid from ${sql.table(table)} m where m.campaign_id not in (select id from campaigns) limit ${LINES_AT_ONCE}))`.execute(
      db,
    )
    forgotten += gone.numAffectedRows ?? 0n
  }
  return forgotten > 0n
}
