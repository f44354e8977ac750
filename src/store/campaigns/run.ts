import { type RawBuilder, sql } from 'kysely'
import type { CampaignDocument } from '../../domain/campaign/document.ts'
import type { CampaignReason, CampaignState } from '../../domain/campaign/lifecycle.ts'
import { beginBy, beginsAt } from '../../domain/campaign/timing.ts'
import { type Instant, toIso } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { TOLD_COLUMNS, tellingCampaigns } from './telling.ts'

/*
 * The one writer of `campaigns.state`. Each names the states that it leaves, so that who comes late changes nothing, and answers whether it
 * moved. A pause and a cancellation are one row: what was handed over is passed by from the commit on (`gated`), and nothing of it is written.
 * That it moved is told in the statement that moves it.
 */

/** A draft begins: at its time, or at once. */
export async function startCampaign(trx: Db, row: number): Promise<boolean> {
  return moved(
    trx,
    sql`
    update campaigns c set touched_at = casement_now(), ${begun('send_at <= casement_now()')}
    where id = ${row}::integer and state = 'draft'`,
    tellingCampaigns('campaign.started', 'moved', `n.state = 'running'`),
    tellingCampaigns('campaign.scheduled', 'moved', `n.state = 'scheduled'`),
  )
}

/** Whoever waits for their time and had it begins; whose time was missed by far is paused, and waits for somebody to say so. */
export async function beginScheduled(db: Db): Promise<void> {
  await move(
    db,
    sql`
    update campaigns c set state = 'paused', gated = true, reason_code = 'start_missed',
      reason_text = 'Its time came while nobody could begin it, and is long over. Resume it to begin now.', touched_at = casement_now()
    where state = 'scheduled' and begin_by <= casement_now()`,
    tellingCampaigns('campaign.paused', 'moved'),
  )
  // Asked again: what was missed by far may have come to be so since the statement above.
  await move(
    db,
    sql`
    update campaigns c set touched_at = casement_now(), ${begun('true')}
    where state = 'scheduled' and send_at <= casement_now() and begin_by > casement_now()`,
    tellingCampaigns('campaign.started', 'moved'),
  )
}

/** A campaign that waits for a time on a wall, and the instant that this was when it was written. */
export interface WallStart {
  row: number
  document: CampaignDocument
  sendAt: Instant
}

export async function readWallStarts(db: Db): Promise<WallStart[]> {
  const { rows } = await sql<WallStart>`
    select id as row, document, send_at as "sendAt" from campaigns
    where state in ('draft', 'scheduled', 'paused') and started_at is null and document #> '{send_at,local}' is not null`.execute(
    db,
  )
  return rows
}

/** Nobody has changed it, or begun it, since it was read. */
export async function moveStart(db: Db, { row, document, sendAt }: WallStart): Promise<void> {
  await sql`
    update campaigns set send_at = ${beginsAt(document)}::timestamptz, begin_by = ${beginBy(document)}::timestamptz
    where id = ${row}::integer and state in ('draft', 'scheduled', 'paused') and started_at is null and document = ${JSON.stringify(document)}::jsonb
      and send_at = ${toIso(sendAt)}::timestamptz`.execute(db)
}

/** Also one that was finished, where something of it is under way again. */
export async function pauseCampaign(trx: Db, row: number, { code, text }: CampaignReason): Promise<boolean> {
  return moved(
    trx,
    sql`
    update campaigns c set state = 'paused', gated = true, reason_code = ${code}, reason_text = ${text}, next_feed_at = null,
      over_at = null, touched_at = casement_now()
    where id = ${row}::integer and state in ('scheduled', 'running', 'finished')`,
    tellingCampaigns('campaign.paused', 'moved'),
  )
}

/** Goes on where it stood; one that had not begun waits for its time again. */
export async function resumeCampaign(trx: Db, row: number): Promise<boolean> {
  return moved(
    trx,
    sql`
    update campaigns c set gated = false, reason_code = null, reason_text = null, touched_at = casement_now(),
      ${begun('started_at is not null or send_at <= casement_now()')}
    where id = ${row}::integer and state = 'paused'`,
    tellingCampaigns('campaign.resumed', 'moved'),
  )
}

/** From here on nothing more of it leaves; what was handed over and has not left is ended by whoever leads. */
export async function cancelCampaign(trx: Db, row: number): Promise<boolean> {
  return moved(
    trx,
    sql`
    update campaigns c set state = 'cancelled', gated = fed > 0, reason_code = null, reason_text = null, next_feed_at = null,
      over_at = casement_now(), touched_at = casement_now()
    where id = ${row}::integer and state <> 'cancelled'`,
    tellingCampaigns('campaign.cancelled', 'moved'),
  )
}

/** All of it was handed over, and nothing of that is still to come. By whoever holds its row. */
export async function finishCampaign(trx: Db, row: number): Promise<boolean> {
  return moved(
    trx,
    sql`
    update campaigns c set state = 'finished', over_at = casement_now(), touched_at = casement_now()
    where id = ${row}::integer and state = 'running' and fed = total and later = 0`,
    tellingCampaigns('campaign.finished', 'moved'),
  )
}

/** Nothing is left of a cancelled campaign that its gate would stop. */
export async function openGate(trx: Db, row: number): Promise<void> {
  await sql`update campaigns set gated = false where id = ${row}::integer and state = 'cancelled'`.execute(trx)
}

export async function readState(trx: Db, row: number): Promise<CampaignState> {
  const { state } = await trx.selectFrom('campaigns').select('state').where('id', '=', row).executeTakeFirstOrThrow()
  return state
}

/** @param isTime of what has a time; what has none begins at once */
function begun(isTime: string) {
  const now = `coalesce(${isTime}, send_at is null)`
  return sql.raw(`
    state = case when ${now} then 'running' else 'scheduled' end,
    short_since = null,
    started_at = case when ${now} then coalesce(started_at, casement_now()) end,
    next_feed_at = case when ${now} and fed - later < total then casement_now() end`)
}

/** @param tellings of the CTE `moved` */
async function moved(trx: Db, update: RawBuilder<unknown>, ...tellings: RawBuilder<unknown>[]): Promise<boolean> {
  return (await move(trx, update, ...tellings)) === 1
}

/** Answers how many. */
async function move(db: Db, update: RawBuilder<unknown>, ...tellings: RawBuilder<unknown>[]): Promise<number> {
  const told = sql.join(tellings.map((telling, i) => sql`${sql.id(`told_${i}`)} as (${telling})`))
  const { rows } = await sql`
    with moved as (${update} returning ${TOLD_COLUMNS}), ${told} select from moved`.execute(db)
  return rows.length
}
