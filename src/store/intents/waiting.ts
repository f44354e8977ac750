import { type RawBuilder, sql } from 'kysely'
import type { ConversationId, IntentId, PhoneNumberId } from '../../domain/ids.ts'
import type { Reason } from '../../domain/intent.ts'
import { statesThatTake } from '../../domain/lifecycle.ts'
import type { WaitingIntent } from '../../domain/release.ts'
import type { Db } from '../pg/postgres.ts'

/* Intents that wait for an event, by the name of that event: who is put aside, and who is let go when it happens. */

/** What a held intent waits for; `release` is called with the same words when it happens. */
export const waitsFor = {
  conversation: (id: ConversationId) => `conversation/${id}`,
  sender: (id: PhoneNumberId) => `sender/${id}`,
}

/**
 * Parks what is due for a sender that cannot send, at most `limit` at a time, without going through its lane. What is due because its time
 * is over goes along, and is expired with everything held.
 */
export async function holdDueForSender(db: Db, sender: PhoneNumberId, reason: Reason, limit: number): Promise<number> {
  const result = await sql`
    update intents set state = 'held', state_at = casement_now(), due_at = null, has_turn = false, waits_for = ${waitsFor.sender(sender)},
      reason_code = ${reason.code}, reason_text = ${reason.text}, reason_graph_code = ${reason.graphCode ?? null}
    where id in (
      select id from intents where phone_number_id = ${sender} and due_at <= casement_now()
      order by due_at limit ${limit} for update skip locked)`.execute(db)
  return Number(result.numAffectedRows ?? 0n)
}

/** Lets go what waited for an event: due now, in the order of enqueueing. Returns how many; call again while it is `limit`. */
export async function releaseWaiting(db: Db, event: string, limit: number): Promise<number> {
  return release(
    db,
    sql`id in (select id from intents where waits_for = ${event} order by seq limit ${limit} for update skip locked)`,
  )
}

/**
 * The intents whose wait a customer's message ends, locked until the transaction ends: those that wait for it, and free-form messages that
 * wait for the template of their closed window, which is open now.
 */
export async function lockWaitingForConversation(trx: Db, conversationId: ConversationId): Promise<WaitingIntent[]> {
  const rows = await trx
    .selectFrom('intents')
    .select(['id', 'seq', 'release', 'when_closed', 'reason_code'])
    .where('conversation_id', '=', conversationId)
    .where((where) =>
      where.or([
        where('waits_for', '=', waitsFor.conversation(conversationId)),
        where.and([where('waits_for', 'like', 'template/%'), where(sql`message ->> 'type'`, '<>', 'template')]),
      ]),
    )
    .orderBy('seq')
    .forUpdate()
    .execute()
  return rows.map((row) => ({
    id: row.id as IntentId,
    seq: BigInt(row.seq),
    release: row.release,
    whenClosed: row.when_closed,
    invited: row.reason_code === 'awaiting_answer',
  }))
}

export async function releaseByIds(trx: Db, ids: IntentId[]): Promise<void> {
  if (ids.length === 0) return
  await release(trx, sql`id = any (${ids}::uuid[]) and state = any (${statesThatTake('release')}::text[])`)
}

/**
 * Due since its own time and not since now, or what was enqueued after it and is due already would leave before it (P5). For the same reason
 * a newer message of its turn that stands in the lane, or waits for another try, steps back; its job is stale then.
 */
async function release(db: Db, which: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ released: number }>`
    with released as (
      update intents set state = 'scheduled', state_at = casement_now(), due_at = least(send_at, casement_now()), waits_for = null,
        reason_code = null, reason_text = null, reason_graph_code = null
      where ${which}
      returning phone_number_id, priority, conversation_id, seq
    ), stepped_back as (
      update intents i set state = 'scheduled', state_at = casement_now(), has_turn = false,
        due_at = case when i.state = 'queued' then least(i.send_at, casement_now()) else i.due_at end
      from (select phone_number_id, priority, conversation_id, min(seq) as seq from released group by 1, 2, 3) oldest
      where i.has_turn and i.state in ('queued', 'scheduled') and i.phone_number_id = oldest.phone_number_id
        and i.priority = oldest.priority and i.conversation_id = oldest.conversation_id and i.seq > oldest.seq
    )
    select count(*)::int as released from released`.execute(db)
  return rows[0]?.released ?? 0
}

export async function cancelByIds(trx: Db, ids: IntentId[], reason: Reason): Promise<void> {
  if (ids.length === 0) return
  await trx
    .updateTable('intents')
    .set({
      state: 'cancelled',
      state_at: sql<Date>`casement_now()`,
      due_at: null,
      waits_for: null,
      has_turn: false,
      reason_code: reason.code,
      reason_text: reason.text,
      reason_graph_code: null,
    })
    .where('id', 'in', ids)
    .where('state', 'in', statesThatTake('cancel'))
    .execute()
}

/** Ends held intents whose time is over. */
export async function expireHeld(db: Db, limit: number): Promise<number> {
  const result = await sql`
    update intents set state = 'expired', state_at = casement_now(), waits_for = null, reason_code = 'expired',
      reason_text = coalesce('Its time was over. ' || reason_text, 'Its time was over.'), reason_graph_code = null
    where id in (
      select id from intents where waits_for is not null and expires_at <= casement_now() order by expires_at limit ${limit} for update skip locked)`.execute(
    db,
  )
  return Number(result.numAffectedRows ?? 0n)
}
