import type { ColumnType, Generated } from 'kysely'
import type { Actor } from '../../domain/access.ts'
import type { Message, WhenClosed } from '../../domain/content.ts'
import type { Delivery, ReasonCode, Release } from '../../domain/intent.ts'
import type { IntentState } from '../../domain/lifecycle.ts'
import type { CancelOn } from '../../domain/request.ts'
import type { Schedule } from '../../domain/schedule.ts'
import type { Instant } from '../../domain/time.ts'
import type { WaitKind } from '../../domain/wait.ts'
import type { FreeEntryPointState } from '../../domain/window.ts'
import type {
  AttemptOutcome,
  BigIntId,
  BigIntRef,
  Defaulted,
  Json,
  NullableJson,
  NullableTimestamp,
  Shelf,
  Timestamp,
} from './schema.ts'

/* The tables of conversations, of intents and of what became of them; see schema.ts. */

export interface ConversationsTable {
  id: BigIntId
  workspace: string
  merged_into: ColumnType<string | null, string | null | undefined, string | null>
  unfolded_since: NullableTimestamp
  turn_apart: Defaulted<boolean>
  phone_number_id: string
  contact_id: BigIntRef
  window_opened_at: NullableTimestamp
  last_inbound_at: NullableTimestamp
  window_refuted_at: NullableTimestamp
  entry_state: Defaulted<FreeEntryPointState>
  entered_at: NullableTimestamp
  entry_opened_at: NullableTimestamp
  entry_expires_at: NullableTimestamp
  entry_conversation_id: string | null
  last_follow_up_at: NullableTimestamp
  follow_up_id: string | null
  stop_answered_at: NullableTimestamp
  read_at: NullableTimestamp
  handed_over_at: NullableTimestamp
  handed_over_team: string | null
  handed_over_note: string | null
  heard_at: NullableTimestamp
  echoed_at: NullableTimestamp
  taken_at: NullableTimestamp
  taken: ColumnType<string | null, string | null | undefined, string | null>
  created_at: Timestamp
}

export interface PairBucketsTable {
  conversation_id: BigIntRef
  empties_at: ColumnType<Instant, Date, Date>
  campaigned: Generated<boolean>
}

export interface IntentsTable {
  shelf: ColumnType<Shelf, never, never>
  id: string
  seq: BigIntId
  workspace: string
  phone_number_id: string
  conversation_id: BigIntRef
  priority: number
  delivery: Delivery
  release: Release
  message: Json<Message>
  when_closed: Json<WhenClosed>
  state: IntentState
  reason_code: ReasonCode | null
  reason_text: string | null
  reason_graph_code: number | null
  send_at: Timestamp
  due_at: NullableTimestamp
  expires_at: Timestamp
  state_at: Timestamp
  waits_kind: WaitKind | null
  waits_since: ColumnType<Instant | null, never, never>
  waits_template: string | null
  waits_language: string | null
  doubted_at: NullableTimestamp
  cancel_requested_at: NullableTimestamp
  cancel_requested_by: ColumnType<'campaign_cancelled' | 'flow_stopped' | 'erased' | null, never, never>
  attempts: Defaulted<number>
  retries: Defaulted<number>
  sent_as: 'free_form' | 'template' | null
  wamid: string | null
  follow_up_id: string | null
  follow_up_of: string | null
  idempotency_key: string | null
  request_hash: string | null
  metadata: NullableJson<unknown>
  created_by: NullableJson<Actor>
  campaign_id: ColumnType<number | null, number | null | undefined, never>
  campaign_position: ColumnType<number | null, number | null | undefined, never>
  campaign_variant: ColumnType<number | null, number | null | undefined, never>
  listed_zone: ColumnType<string | null, string | null | undefined, never>
  counted_before: ColumnType<string | null, never, never>
  schedule: NullableJson<Schedule>
  changed_at: NullableTimestamp
  cancel_on: ColumnType<CancelOn[] | null, CancelOn[] | null | undefined, CancelOn[] | null>
  listens_since: NullableTimestamp
  created_at: Timestamp
}

export interface DecisionsTable {
  intent_id: string
  id: BigIntId
  at: Timestamp
  kind: string
  reason: Json<unknown>
  facts: Json<unknown>
}

export interface AttemptsTable {
  intent_id: string
  number: number
  sent_as: 'free_form' | 'template'
  decision: Json<unknown>
  started_at: Timestamp
  finished_at: NullableTimestamp
  outcome: AttemptOutcome | null
  opening: ColumnType<string | null, string | null | undefined, never>
  http_status: number | null
  error: NullableJson<unknown>
  wamid: string | null
  held_for_quality: ColumnType<boolean | null, boolean | null | undefined, boolean | null>
}

export interface MessagesTable {
  wamid: string
  intent_id: string | null
  attempt: number | null
  conversation_id: BigIntRef
  sent_as: 'free_form' | 'template' | null
  campaign_id: ColumnType<number | null, number | null | undefined, never>
  campaign_variant: ColumnType<number | null, number | null | undefined, never>
  origin: ColumnType<'phone_app' | null, 'phone_app' | null | undefined, never>
  body: NullableJson<unknown>
  status: 'sent' | 'delivered' | 'read' | 'failed' | null
  accepted_at: Timestamp
  sent_at: NullableTimestamp
  delivered_at: NullableTimestamp
  read_at: NullableTimestamp
  failed_at: NullableTimestamp
  replied_at: NullableTimestamp
  tapped_at: NullableTimestamp
  stopped_at: NullableTimestamp
  error: NullableJson<unknown>
  error_at: NullableTimestamp
  pricing: NullableJson<unknown>
  pricing_at: NullableTimestamp
  priced_on: ColumnType<string | null, string | null | undefined, never>
  market: ColumnType<string | null, string | null | undefined, never>
  currency: ColumnType<string | null, string | null | undefined, never>
  category: ColumnType<string | null, string | null | undefined, never>
  expected_micros: ColumnType<string | null, string | null | undefined, never>
  free_because: ColumnType<string | null, string | null | undefined, never>
  told_category: ColumnType<string | null, string | null | undefined, string | null>
  told_type: ColumnType<string | null, string | null | undefined, string | null>
  actual_micros: ColumnType<string | null, string | null | undefined, string | null>
  template_id: ColumnType<string | null, string | null | undefined, never>
}

export interface InboundMessagesTable {
  wamid: string
  conversation_id: BigIntRef
  type: string
  at: Timestamp
  body: Json<unknown>
  received_at: Timestamp
}

export interface FreeEntryReportsTable {
  wamid: string
  told_at: Timestamp
  expires_at: NullableTimestamp
  entry_conversation_id: string | null
}
