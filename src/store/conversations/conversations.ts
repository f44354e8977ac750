import { sql } from 'kysely'
import type { ContactId, ConversationId, IntentId, Wamid } from '../../domain/ids.ts'
import { type Instant, plus, SECOND_MS, toDate } from '../../domain/time.ts'
import { CUSTOMER_SERVICE_WINDOW_MS, type FreeEntryPoint, type WindowRecord } from '../../domain/window.ts'
import { isHeard, telling } from '../outbox/tell.ts'
import { momentNow } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'
import { liveConversation } from './redirects.ts'

/** The two clocks of one conversation, locked until the transaction ends; the one that is left where it was merged. */
export interface LockedConversation {
  id: ConversationId
  contactId: ContactId
  window: WindowRecord
  freeEntryPoint: FreeEntryPoint
  followUpId: IntentId | null
  /** Some message to them listens for an answer; some moves with their window. What was enqueued a moment ago may be missed. */
  listening: boolean
  moving: boolean
  /** A campaign's message has been on its way to them, so what they say may be about it. */
  campaigned: boolean
  /** A flow is under way in it, and which flows its workspace has: both to be asked for with the lock, so that they cost no trip of their own. */
  flows: { live: boolean; epoch: string }
}

/** Not `for update`: the foreign keys of what is enqueued or sent to the conversation meanwhile would wait for it. */
export async function lockConversation(trx: Db, id: ConversationId): Promise<LockedConversation> {
  const row = await trx
    .selectFrom('conversations')
    .selectAll()
    .select(hasIntents('cancel_on is not null and (due_at is not null or waits_kind is not null)').as('listening'))
    .select(hasIntents('schedule is not null and due_at is not null').as('moving'))
    .select([
      sql<boolean>`exists (
        select from pair_buckets b where b.campaigned and b.conversation_id = any (
          array[conversations.id] || array(select g.id from conversations g where g.merged_into = conversations.id)))`.as(
        'campaigned',
      ),
      sql<boolean>`exists (select from flow_runs r where r.conversation_id = conversations.id and r.state <> 'ended')`.as(
        'live',
      ),
      sql<string>`(select w.flows_epoch::text from workspaces w where w.id = conversations.workspace)`.as('epoch'),
    ])
    .where('id', '=', id)
    // Not `for update`: what is enqueued to them meanwhile refers to the row and changes nothing of it.
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  if (row.merged_into !== null) return lockConversation(trx, row.merged_into as ConversationId)
  return {
    id,
    contactId: row.contact_id as ContactId,
    window: { openedAt: row.window_opened_at, lastInboundAt: row.last_inbound_at, refutedAt: row.window_refuted_at },
    freeEntryPoint: {
      state: row.entry_state,
      enteredAt: row.entered_at,
      openedAt: row.entry_opened_at,
      expiresAt: row.entry_expires_at,
      metaConversationId: row.entry_conversation_id,
    },
    followUpId: row.follow_up_id as IntentId | null,
    listening: row.listening,
    moving: row.moving,
    campaigned: row.campaigned,
    flows: { live: row.live, epoch: row.epoch },
  }
}

/** Two probes of small indexes in a statement that is sent anyway. */
function hasIntents(that: string) {
  return sql<boolean>`exists (select from intents where conversation_id = conversations.id and ${sql.raw(that)})`
}

/** A message or call of theirs is on record, whatever its own stamp says; see `ANSWERED_BY`. Behind the lock. */
export async function heardFrom(trx: Db, id: ConversationId): Promise<void> {
  await sql`update conversations set heard_at = ${momentNow} where id = ${id}::bigint`.execute(trx)
}

/** Tells of a window that was not open before, unless its time is over already: what opened it came that late. */
export async function saveWindow(trx: Db, id: ConversationId, window: WindowRecord): Promise<void> {
  await sql`
    with saved as (
      update conversations v set window_opened_at = ${dateOf(window.openedAt)}::timestamptz,
        last_inbound_at = ${dateOf(window.lastInboundAt)}::timestamptz, window_refuted_at = ${dateOf(window.refutedAt)}::timestamptz,
        heard_at = ${momentNow}
      from (select id, window_opened_at from conversations where id = ${id}::bigint) before
      where v.id = before.id
      returning v.*, before.window_opened_at as before
    )
    ${telling(
      'conversation.opened',
      sql`
        select workspace, id::text as subject,
          jsonb_build_object('sender', phone_number_id, 'conversation', id::text) as payload
        from saved
        where window_opened_at is distinct from before
          and last_inbound_at > casement_now() - ${CUSTOMER_SERVICE_WINDOW_MS} * interval '1 millisecond'`,
    )}`.execute(trx)
}

/** Tells of one that has opened, by what is known now. */
export async function saveFreeEntryPoint(trx: Db, id: ConversationId, entry: FreeEntryPoint): Promise<void> {
  await sql`
    with saved as (
      update conversations v set entry_state = ${entry.state}, entered_at = ${dateOf(entry.enteredAt)}::timestamptz,
        entry_opened_at = ${dateOf(entry.openedAt)}::timestamptz, entry_expires_at = ${dateOf(entry.expiresAt)}::timestamptz,
        entry_conversation_id = ${entry.metaConversationId}
      from (select id, entry_state in ('estimated', 'confirmed') as was_open from conversations where id = ${id}::bigint) before
      where v.id = before.id
      returning v.*, before.was_open
    )
    ${telling(
      'conversation.entry_opened',
      sql`
        select workspace, id::text as subject, jsonb_build_object('sender', phone_number_id, 'conversation', id::text) as payload
        from saved where not was_open and entry_state in ('estimated', 'confirmed') and entry_expires_at > casement_now()`,
    )}`.execute(trx)
}

/** The customer answered: the invitation that was out has done its work. */
export async function clearFollowUp(trx: Db, id: ConversationId): Promise<void> {
  await trx.updateTable('conversations').set({ follow_up_id: null }).where('id', '=', id).execute()
}

/**
 * Meta refused an attempt because the window was closed; see `recordRefutation`. Only moves forward. Stamps of messages are whole seconds
 * and the attempt's start is not, so it is cut to the end of the second before: a message of the same second may be the newer of the two.
 */
export async function refuteWindow(db: Db, id: ConversationId, attemptStartedAt: Instant): Promise<void> {
  const secondBefore = plus(attemptStartedAt, -(attemptStartedAt % SECOND_MS) - 1)
  await sql`
    update conversations v set window_refuted_at = greatest(v.window_refuted_at, ${toDate(secondBefore)}::timestamptz)
    from ${liveConversation(id)} live where v.id = live.id`.execute(db)
}

export interface InboundRecord {
  wamid: Wamid
  conversationId: ConversationId
  type: string
  at: Instant
  body: unknown
  /** It is a word of theirs, and so an answer to whoever waits for one. Default: it is. */
  isWord?: boolean
}

/** False when this message is known already: Meta delivers webhooks more than once. */
export async function insertInbound(trx: Db, inbound: InboundRecord): Promise<boolean> {
  const { wamid, conversationId, type, at, body, isWord = true } = inbound
  const { rows } = await sql<{ wamid: Wamid }>`
    with added as (
      insert into inbound_messages (wamid, conversation_id, type, at, body, received_at, recorded)
      values (${wamid}, ${conversationId}::bigint, ${type}, ${toDate(at)}, ${JSON.stringify(body)}::jsonb, ${momentNow},
        ${isWord ? sql`nextval('recorded')` : sql`null`})
      on conflict (wamid) do nothing
      returning wamid, conversation_id, type
    ), told as (${telling(
      'message.received',
      sql`
        select v.workspace, a.wamid as subject,
          jsonb_build_object('sender', v.phone_number_id, 'conversation', v.id::text, 'type', a.type) as payload
        from added a join conversations v on v.id = a.conversation_id where ${sql.raw(isHeard('message'))}`,
    )})
    select wamid from added`.execute(trx)
  return rows.length === 1
}

function dateOf(at: Instant | null): Date | null {
  return at === null ? null : toDate(at)
}
