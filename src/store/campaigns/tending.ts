import { sql } from 'kysely'
import type { PhoneNumberId } from '../../domain/ids.ts'
import { runTransition, transition } from '../intents/transitions.ts'
import { type Db, within } from '../pg/postgres.ts'
import { countUnderWay } from './counts.ts'
import { finishCampaign, openGate } from './run.ts'

/* Campaigns that something is still to come of, as whoever leads looks after them. */

export interface TendedCampaign {
  row: number
  numbers: PhoneNumberId[]
  state: 'running' | 'paused' | 'cancelled' | 'scheduled'
  /** All of it was handed over. */
  fed: boolean
}

export async function campaignsToTend(db: Db): Promise<TendedCampaign[]> {
  const { rows } = await sql<TendedCampaign>`
    select id as row, phone_number_ids as numbers, state, fed = total and later = 0 as fed from campaigns
    where state in ('scheduled', 'running') or gated order by id`.execute(db)
  return rows
}

/** Answers whether it is finished now. */
export function finishIfOver(db: Db, row: number): Promise<boolean> {
  return within(db, async (trx) => {
    await sql`select from campaigns where id = ${row}::integer for no key update`.execute(trx)
    if ((await countUnderWay(trx, row)).underWay > 0) return false
    return finishCampaign(trx, row)
  })
}

const CANCEL = transition({
  asked: `asked as (
    select id from (
      -- invitations have another priority than what they ask for, and an operator may have given any
      (select i.id from unnest($2::text[]) n (number) cross join unnest(array[0, 1, 2, 3]::smallint[]) p (priority) cross join lateral (
         select i.id from intents i
         where i.phone_number_id = n.number and i.priority = p.priority and i.due_at is not null and i.campaign_id = $1 limit $3) i)
      union all (select i.id from intents i where i.phone_number_id = any ($2::text[]) and i.waits_kind is not null and i.campaign_id = $1 limit $3)
    ) unsent limit $3)`,
  event: 'cancel',
  reason: { code: `'campaign_cancelled'`, text: `'Its campaign was cancelled.'` },
  ends: true,
})

/** Ends what a cancelled campaign has handed over and what has not left. Answers how many; call again until it is 0. */
export async function cancelHandedOver(
  db: Db,
  { row, numbers }: Pick<TendedCampaign, 'row' | 'numbers'>,
  limit: number,
): Promise<number> {
  return (await within(db, (trx) => runTransition(trx, CANCEL, [row, numbers, limit]))).length
}

/** Whatever brings back what is on its way, or in doubt, cancels it. */
export async function wishToCancel(db: Db, { row, numbers }: Pick<TendedCampaign, 'row' | 'numbers'>): Promise<void> {
  await sql`
    update intents i set cancel_requested_at = casement_now(), cancel_requested_by = 'campaign_cancelled'
    where i.cancel_requested_at is null and i.campaign_id = ${row}::integer and i.state in ('dispatching', 'in_doubt')
      and i.id = any (array(
        select t.intent_id from turns t where t.phone_number_id = any (${numbers}::text[])
        union select d.id from intents d where d.phone_number_id = any (${numbers}::text[]) and d.doubted_at is not null))`.execute(
    db,
  )
}

/** The gate of a cancelled campaign opens once nothing is left that it would stop. */
export async function openGateIfOver(db: Db, row: number): Promise<void> {
  await within(db, async (trx) => {
    if ((await countUnderWay(trx, row)).underWay === 0) await openGate(trx, row)
  })
}
