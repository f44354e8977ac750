import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import { attemptId, type IntentId, type PhoneNumberId } from '../../domain/ids.ts'
import type { Delivery, Reason } from '../../domain/intent.ts'
import { type IntentState, LIFECYCLE, statesThatTake } from '../../domain/lifecycle.ts'
import { inPurview } from '../access/purview.ts'
import { type Db, retryingPassing } from '../pg/postgres.ts'
import { type RecordedDecision, targetOf } from './intents.ts'
import { STAND_IN } from './statuses.ts'

/*
 * The transitions that a person asks for. Guarded like all others, and written into the intent's decisions, so that its history tells
 * who interfered. One at a time, so nothing is coalesced.
 */

/** An intent as a caller names it; what is out of their purview does not exist. */
export interface IntentKey extends Purview {
  id: IntentId
}

export interface IntentHead {
  state: IntentState
  delivery: Delivery
  followUpOf: IntentId | null
}

/** Null when there is no such intent in the purview. */
export async function readIntentHead(db: Db, key: IntentKey): Promise<IntentHead | null> {
  const row = await db
    .selectFrom('intents')
    .select(['state', 'delivery', 'follow_up_of'])
    .where('id', '=', key.id)
    .where(inPurview('intents', key))
    .executeTakeFirst()
  return row ? { state: row.state, delivery: row.delivery, followUpOf: row.follow_up_of as IntentId | null } : null
}

/** A queued one too: its job finds nothing then. False when it is over, or its request may have left. */
export async function cancelIntent(db: Db, key: IntentKey, decision: RecordedDecision): Promise<boolean> {
  const { reason } = decision
  const result = await retryingPassing(() =>
    sql`
      with moved as (
        update intents set state = ${targetOf('cancel')}, state_at = casement_now(), due_at = null, waits_for = null, has_turn = false,
          reason_code = ${reason.code}, reason_text = ${reason.text}, reason_graph_code = null
        where id = ${key.id}::uuid and workspace = ${key.workspace} and state = any (${statesThatTake('cancel')}::text[])
        returning id
      ) ${noteDecision(decision)}`.execute(db),
  )
  return result.numAffectedRows === 1n
}

/**
 * Due now, as if it were new, except that its attempts stay counted and its wake-ups of before stay stale. An intent whose time is over
 * gets as long a life as it had first, else it would only expire again. One that failed because nothing reached its person is tried, so the
 * person counts as reachable until Meta says otherwise.
 */
export async function replayIntent(db: Db, key: IntentKey, decision: RecordedDecision): Promise<boolean> {
  const result = await retryingPassing(() =>
    sql`
      with asked as (
        select id, conversation_id, reason_code from intents
        where id = ${key.id}::uuid and workspace = ${key.workspace} and state = any (${statesThatTake('replay')}::text[]) for update
      ), moved as (
        update intents i set state = ${targetOf('replay')}, state_at = casement_now(), due_at = casement_now(), has_turn = false, retries = 0,
          expires_at = case when i.expires_at <= casement_now() then casement_now() + (i.expires_at - i.send_at) else i.expires_at end,
          sent_as = null, wamid = null, reason_code = null, reason_text = null, reason_graph_code = null
        from asked where i.id = asked.id
        returning i.id
      ), reachable as (
        update contacts c set unreachable_since = null, unreachable_until = null, reachable_at = casement_now(), updated_at = casement_now()
        from asked join conversations v on v.id = asked.conversation_id
        where c.id = v.contact_id and asked.reason_code = 'recipient_unreachable'
      ) ${noteDecision(decision)}`.execute(db),
  )
  return result.numAffectedRows === 1n
}

export type SettleOutcome = 'settled' | 'not_in_doubt' | 'wamid_of_another'

/**
 * The doubt ends: Meta has the message. Without a wamid it gets one of ours, which no status webhook will ever name; a webhook that
 * names the attempt brings the real one (`adoptWamid`).
 */
export async function settleAsSent(
  db: Db,
  key: IntentKey,
  wamid: string | null,
  decision: RecordedDecision,
): Promise<SettleOutcome> {
  return retryingPassing(() =>
    db.transaction().execute(async (trx) => {
      const doubt = await lockDoubt(trx, key)
      if (!doubt) return 'not_in_doubt'
      const settledWamid = wamid ?? `${STAND_IN}${attemptId(key.id, doubt.attempts)}`
      const owner = await sql<{ intent_id: IntentId | null }>`
        insert into messages as m (wamid, intent_id, attempt, conversation_id, sent_as)
        values (${settledWamid}, ${key.id}::uuid, ${doubt.attempts}, ${doubt.conversation_id}::bigint, ${doubt.sent_as})
        on conflict (wamid) do update set intent_id = coalesce(m.intent_id, excluded.intent_id)
          where m.conversation_id = excluded.conversation_id
        returning intent_id`.execute(trx)
      if (owner.rows[0]?.intent_id !== key.id) return 'wamid_of_another'
      await sql`
        update attempts set outcome = 'accepted', wamid = ${settledWamid}, finished_at = casement_now()
        where intent_id = ${key.id}::uuid and number = ${doubt.attempts} and (outcome is null or outcome = 'in_doubt')`.execute(
        trx,
      )
      await sql`
        with moved as (
          update intents set state = ${LIFECYCLE.in_doubt.accept}, state_at = casement_now(), doubted_at = null, has_turn = false,
            wamid = ${settledWamid}, reason_code = null, reason_text = null, reason_graph_code = null
          where id = ${key.id}::uuid returning id
        ) ${noteDecision(decision)}`.execute(trx)
      return 'settled'
    }),
  )
}

/** The doubt ends: Meta does not have it. Sent again at once, before the rest of its conversation, when the intent asked for that. */
export async function settleAsNotSent(
  db: Db,
  key: IntentKey,
  decisionFor: (delivery: Delivery) => RecordedDecision,
): Promise<SettleOutcome> {
  return retryingPassing(() =>
    db.transaction().execute(async (trx) => {
      const doubt = await lockDoubt(trx, key)
      if (!doubt) return 'not_in_doubt'
      const decision = decisionFor(doubt.delivery)
      const again = doubt.delivery === 'at_least_once'
      const reason = again ? null : decision.reason
      await sql`
        with moved as (
          update intents set state = ${LIFECYCLE.in_doubt[again ? 'retry' : 'fail']}, state_at = casement_now(), doubted_at = null,
            due_at = ${again ? sql`least(expires_at, casement_now())` : null}, has_turn = has_turn and ${again},
            reason_code = ${reason?.code ?? null}, reason_text = ${reason?.text ?? null}, reason_graph_code = null
          where id = ${key.id}::uuid returning id
        ) ${noteDecision(decision)}`.execute(trx)
      return 'settled'
    }),
  )
}

/** Ends what has not left yet of a sender. Returns how many; call again while it is `limit`. */
export async function cancelAllOfSender(db: Db, sender: PhoneNumberId, reason: Reason, limit: number): Promise<number> {
  const result = await retryingPassing(() =>
    sql`
      update intents set state = ${targetOf('cancel')}, state_at = casement_now(), due_at = null, waits_for = null, has_turn = false,
        reason_code = ${reason.code}, reason_text = ${reason.text}, reason_graph_code = null
      where id in (
        select id from intents
        where phone_number_id = ${sender} and (due_at is not null or waits_for is not null or has_turn)
          and state = any (${statesThatTake('cancel')}::text[])
        order by id limit ${limit} for update)`.execute(db),
  )
  return Number(result.numAffectedRows ?? 0n)
}

interface Doubt {
  attempts: number
  delivery: Delivery
  conversation_id: string
  sent_as: 'free_form' | 'template'
}

async function lockDoubt(trx: Db, key: IntentKey): Promise<Doubt | null> {
  const { rows } = await sql<Doubt>`
    select attempts, delivery, conversation_id, sent_as from intents
    where id = ${key.id}::uuid and workspace = ${key.workspace} and state = 'in_doubt' for update`.execute(trx)
  return rows[0] ?? null
}

/** Ends a statement whose `moved` holds what won, so that the note is written if and only if the transition was. */
function noteDecision(decision: RecordedDecision) {
  return sql`
    insert into decisions (intent_id, kind, reason, facts)
    select id, ${decision.kind}, ${JSON.stringify(decision.reason)}::jsonb, ${JSON.stringify(decision.facts)}::jsonb from moved`
}
