import { sql } from 'kysely'
import type { ContactId, ConversationId, IntentId } from '../../domain/ids.ts'
import { movedTimes, type Schedule, type Times } from '../../domain/schedule.ts'
import { type Instant, toIso } from '../../domain/time.ts'
import { isHeard } from '../outbox/tell.ts'
import { databaseNow } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * Messages whose time moves: with the zone of the person, or with the window of their conversation. They are moved by whoever changes one of
 * those, in that transaction, and looked at again now and then, for a level that nobody told of: a window that Meta refuted, two people who
 * became one, a country that changed its clocks. No state is written here, only times; what has left, or waits for something else, stays.
 */

interface MovingRow {
  id: IntentId
  send_at: Instant
  due_at: Instant
  expires_at: Instant
  schedule: Schedule
  contact_zone: string | null
  wa_id: string | null
  bsuid: string | null
  sender_zone: string | null
  window_opened_at: Instant | null
  last_inbound_at: Instant | null
  window_refuted_at: Instant | null
}

/** Whose messages to look at: those of a conversation; of a person, who has another zone; or a page of all. */
export type MovingOf =
  | { conversation: ConversationId }
  | { contact: ContactId }
  | { after: IntentId | null; limit: number }

/**
 * Moves what has to move, and answers how many were looked at, the last of them, and whether one is due now. On a transaction: of whoever has
 * changed the window or the zone, or of the sweep.
 */
export async function moveSchedules(
  trx: Db,
  of: MovingOf,
  windowMarginMs: number,
): Promise<{ looked: number; last: IntentId | null; due: boolean }> {
  const rows = await lockMoving(trx, of)
  if (rows.length === 0) return { looked: 0, last: null, due: false }
  const now = await databaseNow(trx)
  const moved = rows.flatMap((row) => {
    const times = { sendAt: row.send_at, dueAt: row.due_at, expiresAt: row.expires_at }
    const window = {
      openedAt: row.window_opened_at,
      lastInboundAt: row.last_inbound_at,
      refutedAt: row.window_refuted_at,
    }
    const zones = { contactZone: row.contact_zone, waId: row.wa_id, bsuid: row.bsuid, senderZone: row.sender_zone }
    const to = movedTimes(times, row.schedule, { ...zones, window, windowMarginMs }, now)
    return to === null ? [] : [{ id: row.id, ...to }]
  })
  if (moved.length > 0) await writeTimes(trx, moved)
  return { looked: rows.length, last: rows.at(-1)?.id ?? null, due: moved.some((one) => one.dueAt <= now) }
}

/** Locked first and read then: whoever moved one of them before has committed what they moved it by. */
async function lockMoving(trx: Db, of: MovingOf): Promise<MovingRow[]> {
  const locked = await sql<{ id: IntentId }>`
    select i.id from intents i where i.schedule is not null and i.due_at is not null and ${whichOf(of)}
    order by i.id ${'limit' in of ? sql`limit ${of.limit}` : sql``} for no key update of i`.execute(trx)
  if (locked.rows.length === 0) return []
  const { rows } = await sql<MovingRow>`
    select i.id, i.send_at, i.due_at, i.expires_at, i.schedule, c.time_zone as contact_zone, c.wa_id, coalesce(c.bsuid, c.parent_bsuid) as bsuid,
      coalesce(s.time_zone, w.time_zone) as sender_zone, v.window_opened_at, v.last_inbound_at, v.window_refuted_at
    from intents i
    join conversations o on o.id = i.conversation_id
    join conversations v on v.id = coalesce(o.merged_into, o.id)
    join contacts c on c.id = v.contact_id
    join senders s on s.phone_number_id = i.phone_number_id
    join wabas w on w.id = s.waba_id
    where i.id = any (${locked.rows.map((row) => row.id)}::uuid[]) and i.due_at is not null and i.schedule is not null
    order by i.id`.execute(trx)
  return rows
}

function whichOf(of: MovingOf) {
  if ('conversation' in of) {
    return sql`i.conversation_id in (select id from conversations where ${of.conversation}::bigint in (id, merged_into))`
  }
  if ('contact' in of) {
    return sql`jsonb_typeof(i.schedule -> 'sendAt') = 'object'
      and i.conversation_id in (select id from conversations where contact_id = ${of.contact}::bigint)`
  }
  return sql`i.id > ${of.after ?? FIRST_ID}::uuid`
}

const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/**
 * Who is not due any more gives up the turn that a try that failed, or a short wait, left it: what was enqueued after it need not wait for it.
 */
export async function writeTimes(trx: Db, moved: ({ id: IntentId } & Times)[]): Promise<void> {
  const column = (of: (one: Times) => Instant) => moved.map((one) => toIso(of(one)))
  await sql`
    with asked as (
      select * from unnest(${moved.map((one) => one.id)}::uuid[], ${column((one) => one.sendAt)}::timestamptz[],
        ${column((one) => one.dueAt)}::timestamptz[], ${column((one) => one.expiresAt)}::timestamptz[]) as a (id, send_at, due_at, expires_at)
    ), moved as (
      update intents i set send_at = a.send_at, due_at = a.due_at, expires_at = a.expires_at from asked a
      where i.id = a.id and i.due_at is not null
      returning i.id, i.workspace, i.phone_number_id, i.priority, i.conversation_id, i.due_at
    ), freed as (
      delete from turns t using moved m
      where m.due_at > casement_now() and t.phone_number_id = m.phone_number_id and t.priority = m.priority
        and t.conversation_id = m.conversation_id and t.intent_id = m.id
    )
    insert into outbox (workspace, kind, subject, payload)
    select workspace, 'intent.scheduled', id::text, '{"state":"scheduled"}' from moved where ${sql.raw(isHeard('intent'))}`.execute(
    trx,
  )
}
