import { sql } from 'kysely'
import type { Actor, Purview } from '../../domain/access.ts'
import type { Message, WhenClosed } from '../../domain/content.ts'
import type { SenderState } from '../../domain/decision.ts'
import type { ConversationId, IntentId } from '../../domain/ids.ts'
import type { Delivery, Reason, ReasonCode, Release } from '../../domain/intent.ts'
import type { IntentState } from '../../domain/lifecycle.ts'
import type { CancelOn } from '../../domain/request.ts'
import type { Schedule } from '../../domain/schedule.ts'
import type { ShownState } from '../../domain/shown-state.ts'
import type { Instant } from '../../domain/time.ts'
import { inPurview } from '../access/purview.ts'
import type { Db } from '../pg/postgres.ts'
import type { AttemptOutcome } from '../pg/schema.ts'
import { ofOpeningRecord } from './opening-record.ts'
import type { IntentKey } from './operator-transitions.ts'
import { shownStateColumn } from './shown.ts'

/*
 * Intents as they are looked at, with their attempts and decisions: three statements for a page of any size. Which ones a list has is `list.ts`.
 */
export interface IntentRead extends MessageCost {
  id: IntentId
  conversation_id: ConversationId
  phone_number_id: string
  wa_id: string | null
  bsuid: string | null
  message: Message
  when_closed: WhenClosed
  priority: number
  delivery: Delivery
  release: Release
  state: IntentState
  /** See `domain/shown-state.ts`. */
  shown_state: ShownState
  sender_state: SenderState
  sender_reason_text: string | null
  sender_reason_graph_code: number | null
  cancel_requested_at: Instant | null
  state_at: Instant
  reason_code: ReasonCode | null
  reason_text: string | null
  reason_graph_code: number | null
  send_at: Instant
  due_at: Instant | null
  expires_at: Instant
  schedule: Schedule | null
  cancel_on: CancelOn[] | null
  metadata: unknown
  idempotency_key: string | null
  sent_as: 'free_form' | 'template' | null
  wamid: string | null
  delivery_status: string | null
  /** Meta's code for why its message failed. */
  failure_code: string | null
  follow_up_id: IntentId | null
  follow_up_state: IntentState | null
  follow_up_of: IntentId | null
  created_by: Actor | null
  created_at: Instant
  attempts: AttemptRead[]
  decisions: DecisionRead[]
}

/** What a message cost; amounts are millionths. */
export interface MessageCost {
  pricing: unknown
  price_market: string | null
  price_currency: string | null
  price_category: string | null
  expected_micros: string | null
  free_because: string | null
  told_type: string | null
  told_category: string | null
  actual_micros: string | null
}

export interface AttemptRead {
  intent_id: IntentId
  number: number
  started_at: Instant
  finished_at: Instant | null
  outcome: AttemptOutcome | null
  http_status: number | null
  error: unknown
  wamid: string | null
  /** Meta accepted it, and looked first how its template was received. */
  held_for_quality: boolean | null
}

/** A verdict, whether it led to a call or not. */
export interface DecisionRead {
  intent_id: IntentId
  at: Instant
  kind: string
  reason: Reason
  facts: Record<string, unknown>
}

export async function readIntent(db: Db, key: IntentKey): Promise<IntentRead | null> {
  const [intent] = await complete(
    db,
    await selectHeads(db).where('i.id', '=', key.id).where(inPurview('i', key)).execute(),
  )
  return intent ?? null
}

/** Newest first; those of them that the caller can see. */
export async function readIntents(db: Db, purview: Purview, ids: readonly IntentId[]): Promise<IntentRead[]> {
  if (ids.length === 0) return []
  const heads = selectHeads(db).where('i.id', 'in', ids).where(inPurview('i', purview))
  return complete(db, await heads.orderBy('i.id', 'desc').execute())
}

/** What still waits to leave in one conversation, in the order it will. */
export async function listWaiting(
  db: Db,
  conversationId: ConversationId,
  limit: number,
  maxBytes: number = Number.MAX_SAFE_INTEGER,
): Promise<IntentRead[]> {
  const first = sql<IntentId>`(
    select id from (
      select id, row_number() over shown as nth,
        sum(octet_length(message::text) + octet_length(when_closed::text) + octet_length(coalesce(metadata::text, ''))) over shown as bytes
      from (
        select * from intents w where w.conversation_id = ${conversationId}::bigint and w.state in ('held', 'scheduled')
        order by w.seq limit ${limit}) waiting
      window shown as (order by seq rows unbounded preceding)
    ) measured
    where nth = 1 or bytes <= ${maxBytes})`
  return complete(db, await selectHeads(db).where('i.id', 'in', first).orderBy('i.seq').execute())
}

/** All of a conversation, the oldest first. */
export async function listIntentsOf(db: Db, conversationId: ConversationId): Promise<IntentRead[]> {
  return complete(db, await selectHeads(db).where('i.conversation_id', '=', conversationId).orderBy('i.id').execute())
}

function selectHeads(db: Db) {
  return db
    .selectFrom('intents as i')
    .innerJoin('conversations as v', 'v.id', 'i.conversation_id')
    .innerJoin('contacts as c', 'c.id', 'v.contact_id')
    .innerJoin('senders as s', 's.phone_number_id', 'i.phone_number_id')
    .leftJoin('messages as m', 'm.wamid', 'i.wamid')
    .leftJoin('intents as f', 'f.id', 'i.follow_up_id')
    .selectAll('i')
    .select(shownStateColumn.as('shown_state'))
    .select([
      's.state as sender_state',
      's.reason_text as sender_reason_text',
      's.reason_graph_code as sender_reason_graph_code',
    ])
    .select(['c.wa_id', 'c.bsuid', 'm.status as delivery_status', 'f.state as follow_up_state'])
    .select(sql<string | null>`m.error ->> 'code'`.as('failure_code'))
    .select(['m.pricing', 'm.market as price_market', 'm.currency as price_currency', 'm.category as price_category'])
    .select(['m.expected_micros', 'm.free_because', 'm.told_type', 'm.told_category', 'm.actual_micros'])
}

type Head = Awaited<ReturnType<ReturnType<typeof selectHeads>['execute']>>[number]

async function complete(db: Db, heads: Head[]): Promise<IntentRead[]> {
  const ids = heads.map((head) => head.id)
  if (ids.length === 0) return []
  const [attempts, decisions] = await Promise.all([readAttempts(db, ids), readDecisions(db, ids)])
  return heads.map((head) => {
    const id = head.id as IntentId
    return {
      ...head,
      id,
      conversation_id: head.conversation_id as ConversationId,
      follow_up_id: head.follow_up_id as IntentId | null,
      follow_up_of: head.follow_up_of as IntentId | null,
      attempts: attempts.get(id) ?? [],
      decisions: decisions.get(id) ?? [],
    }
  })
}

async function readAttempts(db: Db, ids: string[]): Promise<Map<IntentId, AttemptRead[]>> {
  const { rows } = await sql<AttemptRead>`
    select intent_id, number, started_at, finished_at, outcome, http_status, error, wamid, held_for_quality
    from attempts where intent_id = any (${ids}::uuid[]) order by intent_id, number`.execute(db)
  return Map.groupBy(rows, (attempt) => attempt.intent_id)
}

/** Sorted by the database, whose stamps are finer than an `Instant`. */
async function readDecisions(db: Db, ids: string[]): Promise<Map<IntentId, DecisionRead[]>> {
  const { rows } = await sql<DecisionRead & { opens: boolean }>`
    select intent_id, at, kind, reason, facts, false as opens from decisions where intent_id = any (${ids}::uuid[])
    union all
    select intent_id, started_at, decision ->> 'kind', decision -> 'reason', decision -> 'facts', true
    from attempts where intent_id = any (${ids}::uuid[])
    order by intent_id, at`.execute(db)
  const decisions = rows.map(({ opens, ...decision }) =>
    opens ? { ...decision, ...ofOpeningRecord(decision.reason, decision.facts) } : decision,
  )
  return Map.groupBy(decisions, (decision) => decision.intent_id)
}
