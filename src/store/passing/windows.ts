import { sql } from 'kysely'
import type pg from 'pg'
import { NAMED_IN_FULL } from '../../domain/endpoint.ts'
import { HOUR_MS } from '../../domain/time.ts'
import { CUSTOMER_SERVICE_WINDOW_MS } from '../../domain/window.ts'
import { telling } from '../outbox/tell.ts'
import { type Db, inTransaction } from '../pg/postgres.ts'

/*
 * Whose window ends soon, and whose has ended. No timer per conversation: whoever leads reads, of the workspaces in which an endpoint asks for
 * it in full, the conversations whose last message is so old as the window is long, from where it stopped the last time. Who writes again
 * before is not found. A message that comes later than its window was to close is told as neither.
 */

/** So long before the end a window is told as closing; milliseconds. */
const CLOSING_BEFORE_MS = 2 * HOUR_MS
/** Of one workspace and kind in one transaction. */
const TOLD_AT_ONCE = 1_000

/** One round. Answers whether there is more to tell at once. */
export async function tellWindows(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ workspace: string }>(
    `select distinct workspace from webhook_endpoints
     where kind = 'events' and state <> 'gone' and deleted_at is null and events && $1::text[]`,
    [NAMED_IN_FULL],
  )
  let more = false
  for (const { workspace } of rows) if (await inTransaction(pool, (trx) => tellWorkspace(trx, workspace))) more = true
  // Who asks again later is told from then on.
  await pool.query('delete from told_windows where workspace <> all ($1::text[])', [rows.map((row) => row.workspace)])
  return more
}

async function tellWorkspace(trx: Db, workspace: string): Promise<boolean> {
  await sql`
    insert into told_windows (workspace, closing_to, ended_to) values (${workspace}, casement_now(), casement_now())
    on conflict (workspace) do nothing`.execute(trx)
  await sql`select from told_windows where workspace = ${workspace} for no key update`.execute(trx)
  const closing = await tellKind(
    trx,
    workspace,
    'conversation.closing',
    'closing_to',
    CUSTOMER_SERVICE_WINDOW_MS - CLOSING_BEFORE_MS,
  )
  const ended = await tellKind(trx, workspace, 'conversation.ended', 'ended_to', CUSTOMER_SERVICE_WINDOW_MS)
  return closing || ended
}

/**
 * Those whose last message is `ageMs` old since the instant up to which they were told. Served by `conversations_workspace_inbound`.
 * Stamps are whole seconds, so many share one: a round ends behind all of a stamp.
 */
async function tellKind(
  trx: Db,
  workspace: string,
  kind: (typeof NAMED_IN_FULL)[number],
  column: 'closing_to' | 'ended_to',
  ageMs: number,
): Promise<boolean> {
  // Where nobody led for hours, a window that has ended meanwhile is not closing any more.
  const stillSo =
    kind === 'conversation.ended'
      ? sql`true`
      : sql`last_inbound_at > casement_now() - ${CUSTOMER_SERVICE_WINDOW_MS} * interval '1 millisecond'`
  const age = sql`${ageMs} * interval '1 millisecond'`
  const { rows } = await sql<{ more: boolean }>`
    with place as (
      select ${sql.ref(column)} - ${age} as told, casement_now() - ${age} as upto from told_windows where workspace = ${workspace}
    ), reach as (
      select coalesce((
        select last_inbound_at from conversations, place
        where workspace = ${workspace} and last_inbound_at > told and last_inbound_at <= upto
        order by last_inbound_at offset ${TOLD_AT_ONCE} limit 1), (select upto from place)) as upto
    ), told as (${telling(
      kind,
      sql`
        select workspace, id::text as subject, jsonb_build_object('sender', phone_number_id, 'conversation', id::text) as payload
        from conversations, place, reach
        where workspace = ${workspace} and last_inbound_at > place.told and last_inbound_at <= reach.upto and merged_into is null
          and (window_refuted_at is null or window_refuted_at < last_inbound_at) and ${stillSo}
        order by last_inbound_at`,
    )})
    update told_windows w set ${sql.ref(column)} = reach.upto + ${age} from reach, place
    where w.workspace = ${workspace} returning reach.upto < place.upto as more`.execute(trx)
  return rows[0]?.more === true
}
