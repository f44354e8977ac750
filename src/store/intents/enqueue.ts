import { sql } from 'kysely'
import type { Actor, Purview } from '../../domain/access.ts'
import type { Message, WhenClosed } from '../../domain/content.ts'
import type { ConversationId, FlowRunId, IntentId, PhoneNumberId, WabaId, WorkspaceId } from '../../domain/ids.ts'
import { type Delivery, PRIORITY_RANK, type Priority, type ReasonCode, type Release } from '../../domain/intent.ts'
import type { CancelOn } from '../../domain/request.ts'
import type { Schedule } from '../../domain/schedule.ts'
import type { ShownState } from '../../domain/shown-state.ts'
import { type Instant, toIso } from '../../domain/time.ts'
import { inPurview } from '../access/purview.ts'
import { isHeard } from '../outbox/tell.ts'
import type { Db } from '../pg/postgres.ts'
import { COUNTING_COLUMNS, counting } from './counting.ts'
import { shownStateColumn } from './shown.ts'

/*
 * Enqueueing, in whatever transaction the caller brings: the statements read no type that a foreign client might parse differently.
 */

/** The channel on which a committed intent wakes the relay. */
export const DUE_CHANNEL = 'casement_due'

export interface IntentRecord {
  id: IntentId
  workspace: WorkspaceId
  sender: PhoneNumberId
  conversationId: ConversationId
  message: Message
  whenClosed: WhenClosed
  release: Release
  priority: Priority
  delivery: Delivery
  sendAt: Instant
  expiresAt: Instant
  idempotencyKey: string | null
  requestHash: string | null
  metadata: unknown
  followUpOf: IntentId | null
  createdBy: Actor
  /** Null, also where it is absent: its time does not move. */
  schedule?: Schedule | null
  cancelOn?: readonly CancelOn[]
  campaign?: CampaignPlace | null
  /** The run of a flow that asks for it. */
  flowRunId?: FlowRunId
}

/** Of which campaign an intent is. */
export interface CampaignPlace {
  /** The campaign's row. */
  row: number
  /** On its list; null: an invitation, which stands for nobody there. */
  position: number | null
  variant: number | null
  /** Their time zone as the list has it. */
  listedZone?: string | null
}

export type InsertedIntent =
  | { kind: 'inserted'; id: IntentId }
  /** The key was used before for the same request. */
  | { kind: 'repeated'; id: IntentId; state: ShownState; reason: { code: ReasonCode; text: string } | null }
  /** The key was used before for another request. */
  | { kind: 'conflict'; id: IntentId }

export async function insertIntents(db: Db, records: IntentRecord[]): Promise<InsertedIntent[]> {
  const document = records.map((record) => ({
    id: record.id,
    workspace: record.workspace,
    phone_number_id: record.sender,
    conversation_id: record.conversationId,
    priority: PRIORITY_RANK[record.priority],
    delivery: record.delivery,
    release: record.release,
    message: record.message,
    when_closed: record.whenClosed,
    send_at: toIso(record.sendAt),
    expires_at: toIso(record.expiresAt),
    idempotency_key: record.idempotencyKey,
    request_hash: record.requestHash,
    metadata: record.metadata ?? null,
    follow_up_of: record.followUpOf,
    created_by: record.createdBy,
    campaign_id: record.campaign?.row,
    campaign_position: record.campaign?.position,
    campaign_variant: record.campaign?.variant,
    listed_zone: record.campaign?.listedZone,
    schedule: record.schedule ?? null,
    cancel_on: record.cancelOn?.length ? record.cancelOn : null,
    flow_run_id: record.flowRunId ?? null,
  }))
  const { rows } = await sql<{ id: IntentId }>`
    with inserted as (
    insert into intents (id, workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, state,
      send_at, due_at, expires_at, idempotency_key, request_hash, metadata, follow_up_of, created_by,
      campaign_id, campaign_position, campaign_variant, listed_zone, schedule, cancel_on, flow_run_id)
    select id, workspace, phone_number_id, conversation_id, priority, delivery, release, message, when_closed, 'scheduled',
      send_at, send_at, expires_at, idempotency_key, request_hash, metadata, follow_up_of, created_by,
      campaign_id, campaign_position, campaign_variant, listed_zone, schedule, cancel_on, flow_run_id
    from json_to_recordset(${JSON.stringify(document)}::json) as r (
      id uuid, workspace text, phone_number_id text, conversation_id bigint, priority smallint, delivery text, release text,
      message jsonb, when_closed jsonb, send_at timestamptz, expires_at timestamptz, idempotency_key text, request_hash text,
      metadata jsonb, follow_up_of uuid, created_by jsonb, campaign_id integer, campaign_position integer, campaign_variant smallint, listed_zone text,
      schedule jsonb, cancel_on text[], flow_run_id uuid)
    on conflict (workspace, idempotency_key) where idempotency_key is not null do nothing
    returning id, workspace, state, reason_code, reason_graph_code, ${sql.raw(COUNTING_COLUMNS.join(', '))}
    ), linked as (
      insert into campaign_intents (campaign_id, position, intent_id)
      select campaign_id, campaign_position, id from inserted where campaign_position is not null
    ), ${sql.raw(counting(['inserted']))}, told as (
      insert into outbox (workspace, kind, subject, payload)
      select workspace, 'intent.scheduled', id::text, '{"state":"scheduled"}' from inserted where ${sql.raw(isHeard('intent'))}
    )
    select id::text as id from inserted`.execute(db)
  const inserted = new Set(rows.map((row) => row.id))
  const repeats = records.filter((record) => !inserted.has(record.id))
  const earlier = repeats.length > 0 ? await findByKeys(db, repeats) : new Map<string, EarlierIntent>()
  return records.map((record) => {
    if (inserted.has(record.id)) return { kind: 'inserted', id: record.id }
    const first = earlier.get(`${record.workspace} ${record.idempotencyKey}`) as EarlierIntent
    if (first.request_hash !== record.requestHash) return { kind: 'conflict', id: first.id }
    const reason = first.reason_code && { code: first.reason_code, text: first.reason_text ?? '' }
    return { kind: 'repeated', id: first.id, state: first.state, reason }
  })
}

interface EarlierIntent {
  key: string
  id: IntentId
  state: ShownState
  reason_code: ReasonCode | null
  reason_text: string | null
  request_hash: string | null
}

async function findByKeys(db: Db, records: IntentRecord[]): Promise<Map<string, EarlierIntent>> {
  const { rows } = await sql<EarlierIntent>`
    select i.workspace || ' ' || i.idempotency_key as key, i.id::text as id, ${shownStateColumn} as state, i.reason_code, i.reason_text, i.request_hash
    from unnest(${records.map((r) => r.workspace)}::text[], ${records.map((r) => r.idempotencyKey)}::text[]) as asked (workspace, key)
    join intents i on i.workspace = asked.workspace and i.idempotency_key = asked.key
    join senders s on s.phone_number_id = i.phone_number_id`.execute(db)
  return new Map(rows.map((row) => [row.key, row]))
}

/** Wakes the relay when the transaction commits, and not when it rolls back. */
export async function notifyDue(db: Db): Promise<void> {
  await sql`select pg_notify(${DUE_CHANNEL}, '')`.execute(db)
}

export interface SenderForEnqueue {
  sender: PhoneNumberId
  wabaId: WabaId
  portfolioId: string
  defaultWhenClosed: WhenClosed
  state: 'active' | 'paused' | 'restricted'
  reasonCode: ReasonCode | null
  reasonText: string | null
  templatesSynced: boolean
  callsPausedUntil: Instant | null
  /** Null: nobody told. */
  timeZone: string | null
  /** Of its account; null: nobody told. */
  currency: string | null
}

/** Those of them that are linked and in the purview. */
export async function findSenders(
  db: Db,
  purview: Purview,
  senders: PhoneNumberId[],
): Promise<Map<PhoneNumberId, SenderForEnqueue>> {
  const { rows } = await sql<SenderForEnqueue>`
    select s.phone_number_id as sender, s.waba_id as "wabaId", w.portfolio_id as "portfolioId", s.default_when_closed as "defaultWhenClosed", s.state,
      s.reason_code as "reasonCode", s.reason_text as "reasonText", w.templates_synced_at is not null as "templatesSynced",
      floor(extract(epoch from w.calls_paused_until) * 1000)::float8 as "callsPausedUntil",
      coalesce(s.time_zone, w.time_zone) as "timeZone", coalesce(s.currency, w.currency) as currency
    from senders s join wabas w on w.id = s.waba_id
    where ${inPurview('s', purview)} and s.phone_number_id = any (${senders}::text[]) and s.sealed_access_token is not null`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.sender, row]))
}
