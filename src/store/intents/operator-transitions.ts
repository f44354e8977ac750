import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import { attemptId, type IntentId } from '../../domain/ids.ts'
import type { Delivery } from '../../domain/intent.ts'
import type { IntentState } from '../../domain/lifecycle.ts'
import { inPurview } from '../access/purview.ts'
import { type Db, within } from '../pg/postgres.ts'
import { MESSAGE_VARIANT } from './counting.ts'
import type { RecordedDecision } from './intents.ts'
import { PRICE_COLUMNS, priceColumnsOf } from './price-columns.ts'
import { STAND_IN } from './stand-in.ts'
import { runTransition, type Statement, transition } from './transitions.ts'

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

export const DECIDED_FROM_3 =
  '$3::text as code, $4::text as text, $5::text as kind, $6::jsonb as reason, $7::jsonb as facts'
export const NOTED = { kind: 'a.kind', reason: 'a.reason', facts: 'a.facts' }

export function decidedBy({ kind, reason, facts }: RecordedDecision): unknown[] {
  return [reason.code, reason.text, kind, JSON.stringify(reason), JSON.stringify(facts)]
}

export const CANCELLED_BY_PERSON = {
  event: 'cancel',
  reason: { code: 'a.code', text: 'a.text' },
  decision: NOTED,
  ends: true,
} satisfies Omit<Statement, 'asked'>

const CANCEL = transition({
  asked: `asked as (select $1::uuid as id, $2::text as workspace, ${DECIDED_FROM_3})`,
  guard: 'i.workspace = a.workspace',
  ...CANCELLED_BY_PERSON,
})

/**
 * `cancelled` before it left. `requested` where its request may have left: the wish is
 * kept, and whatever brings the intent back ends it. False when it is over, or was never this workspace's.
 */
export async function cancelIntent(
  db: Db,
  key: IntentKey,
  decision: RecordedDecision,
): Promise<'cancelled' | 'requested' | false> {
  return within(db, async (trx) => {
    // Behind its lock, or it could go out and come back between the two tries.
    await sql`select from intents where id = ${key.id}::uuid and workspace = ${key.workspace} for no key update`.execute(
      trx,
    )
    const cancelled = await runTransition(trx, CANCEL, [key.id, key.workspace, ...decidedBy(decision)])
    if (cancelled.length > 0) return 'cancelled'
    const requested = await sql`
        with wished as (
          update intents set cancel_requested_at = coalesce(cancel_requested_at, casement_now())
          where id = ${key.id}::uuid and workspace = ${key.workspace} and state in ('dispatching', 'in_doubt')
          returning id
        )
        insert into decisions (intent_id, kind, reason, facts)
        select id, ${decision.kind}, ${JSON.stringify(decision.reason)}::jsonb, ${JSON.stringify(decision.facts)}::jsonb
        from wished`.execute(trx)
    return requested.numAffectedRows === 1n ? 'requested' : false
  })
}

export const REPLAYED_BY_PERSON = {
  event: 'replay',
  set: {
    due_at: 'casement_now()',
    retries: '0',
    expires_at:
      'case when i.expires_at <= casement_now() then casement_now() + (i.expires_at - i.send_at) else i.expires_at end',
    sent_as: 'null',
    wamid: 'null',
    cancel_requested_at: 'null',
    cancel_requested_by: 'null',
    // whoever asks for it wants it now, and whatever was answered
    schedule: 'null',
    cancel_on: 'null',
  },
  decision: NOTED,
  also: `reachable as (
    update contacts c set unreachable_since = null, unreachable_until = null, reachable_at = casement_now(), updated_at = casement_now()
    from asked join conversations v on v.id = asked.conversation_id
    where c.id = v.contact_id and asked.was = 'recipient_unreachable' and asked.id in (select id from moved)
  )`,
} satisfies Omit<Statement, 'asked'>

const REPLAY = transition({
  asked: `asked as (
    select id, conversation_id, reason_code as was, ${DECIDED_FROM_3} from intents where id = $1::uuid and workspace = $2 for update)`,
  ...REPLAYED_BY_PERSON,
})

/**
 * Due now, as if it were new, except that its attempts stay counted. An intent whose time is over
 * gets as long a life as it had first, else it would only expire again. One that failed because nothing reached its person is tried, so the
 * person counts as reachable until Meta says otherwise.
 */
export async function replayIntent(db: Db, key: IntentKey, decision: RecordedDecision): Promise<boolean> {
  const moved = await within(db, (trx) => runTransition(trx, REPLAY, [key.id, key.workspace, ...decidedBy(decision)]))
  return moved.length > 0
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
  return within(db, async (trx) => {
    const doubt = await lockDoubt(trx, key)
    if (!doubt) return 'not_in_doubt'
    const settledWamid = wamid ?? `${STAND_IN}${attemptId(key.id, doubt.attempts)}`
    const owner = await sql<{ intent_id: IntentId | null }>`
        insert into messages as m (wamid, intent_id, attempt, conversation_id, sent_as, campaign_id, campaign_variant, ${sql.raw(PRICE_COLUMNS)})
        select ${settledWamid}, ${key.id}::uuid, ${doubt.attempts}, ${doubt.conversation_id}::bigint, ${doubt.sent_as},
          (select i.campaign_id from intents i where i.id = ${key.id}::uuid),
          (select ${sql.raw(MESSAGE_VARIANT)} from intents i where i.id = ${key.id}::uuid), ${sql.raw(priceColumnsOf('p.price'))}
        from (select (select decision -> 'price' from attempts where intent_id = ${key.id}::uuid and number = ${doubt.attempts}) as price) p
        on conflict (wamid) do update set intent_id = coalesce(m.intent_id, excluded.intent_id)
          where m.conversation_id = excluded.conversation_id
        returning intent_id`.execute(trx)
    if (owner.rows[0]?.intent_id !== key.id) return 'wamid_of_another'
    await sql`
        update attempts set outcome = 'accepted', wamid = ${settledWamid}, finished_at = casement_now()
        where intent_id = ${key.id}::uuid and number = ${doubt.attempts} and (outcome is null or outcome = 'in_doubt')`.execute(
      trx,
    )
    await runTransition(trx, SETTLE_AS_SENT, [key.id, settledWamid, ...decidedBy(decision)])
    return 'settled'
  })
}

/** The doubt ends: Meta does not have it. Sent again at once, before the rest of its conversation, when the intent asked for that. */
export async function settleAsNotSent(
  db: Db,
  key: IntentKey,
  decisionFor: (delivery: Delivery) => RecordedDecision,
): Promise<SettleOutcome> {
  return within(db, async (trx) => {
    const doubt = await lockDoubt(trx, key)
    if (!doubt) return 'not_in_doubt'
    const decision = decisionFor(doubt.delivery)
    const statement = doubt.delivery === 'at_least_once' ? SETTLE_AS_AGAIN : SETTLE_AS_FAILED
    await runTransition(trx, statement, [key.id, null, ...decidedBy(decision)])
    return 'settled'
  })
}

const SETTLED = `asked as (select $1::uuid as id, $2::text as wamid, ${DECIDED_FROM_3})`

const SETTLE_AS_SENT = transition({
  asked: SETTLED,
  event: 'accept',
  set: { wamid: 'a.wamid' },
  decision: NOTED,
})

const SETTLE_AS_AGAIN = transition({
  asked: SETTLED,
  event: 'retry',
  set: { due_at: 'least(i.expires_at, casement_now())' },
  keepsTurn: 'true',
  decision: NOTED,
  ends: true,
})

const SETTLE_AS_FAILED = transition({
  asked: SETTLED,
  event: 'fail',
  reason: { code: 'a.code', text: 'a.text' },
  decision: NOTED,
  ends: true,
})

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
