import type { ColumnType, Selectable } from 'kysely'
import type { Actor } from '../../domain/access.ts'
import type { Message, WhenClosed } from '../../domain/content.ts'
import type { SenderState } from '../../domain/decision.ts'
import type { Delivery, ReasonCode, Release } from '../../domain/intent.ts'
import type { IntentState } from '../../domain/lifecycle.ts'
import type { Instant } from '../../domain/time.ts'
import type { WaitKind } from '../../domain/wait.ts'
import type { FreeEntryPointState } from '../../domain/window.ts'
import type {
  ConsentsTable,
  ContactIdentitiesTable,
  ContactsTable,
  OptOutsTable,
  ToldIdentitiesTable,
} from './schema-people.ts'
import type { DesksTable, NumberPaceTable, TurnsTable } from './schema-serving.ts'

/** `timestamptz`: read as `Instant` (the pool's type parser), written as a `Date`. */
export type Timestamp = ColumnType<Instant, Date | undefined, Date>
export type NullableTimestamp = ColumnType<Instant | null, Date | null | undefined, Date | null>
/** `bigint`: a string in JavaScript, so that no id is ever rounded. */
export type BigIntId = ColumnType<string, never, never>
export type BigIntRef = ColumnType<string, string, string>
/** `jsonb`: read as the parsed value, written as JSON text. */
export type Json<T> = ColumnType<T, string, string>
export type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>
export type Defaulted<T> = ColumnType<T, T | undefined, T>

export interface Database {
  workspaces: WorkspacesTable
  jobs: JobsTable
  sealed_secrets: SealedSecretsTable
  outbox: OutboxTable
  consents: ConsentsTable
  opt_outs: OptOutsTable
  pair_buckets: PairBucketsTable
  turns: TurnsTable
  number_pace: NumberPaceTable
  desks: DesksTable
  portfolios: PortfoliosTable
  wabas: WabasTable
  senders: SendersTable
  worker_processes: WorkerProcessesTable
  contacts: ContactsTable
  contact_identities: ContactIdentitiesTable
  told_identities: ToldIdentitiesTable
  conversations: ConversationsTable
  intents: IntentsTable
  decisions: DecisionsTable
  attempts: AttemptsTable
  messages: MessagesTable
  inbound_messages: InboundMessagesTable
  free_entry_reports: FreeEntryReportsTable
  webhook_events: WebhookEventsTable
  webhook_channels: WebhookChannelsTable
  templates: TemplatesTable
  template_history: TemplateHistoryTable
  messaging_limit_uses: MessagingLimitUsesTable
  messaging_limit_buckets: MessagingLimitBucketsTable
  api_keys: ApiKeysTable
}

interface WorkspacesTable {
  id: string
  name: string
  stop_words: NullableJson<Record<string, string[]>>
  start_words: NullableJson<Record<string, string[]>>
  stop_buttons: ColumnType<string[], string | undefined, string>
  stop_reply: NullableJson<Record<string, string>>
  created_at: Timestamp
}

interface JobsTable {
  id: string
  workspace: string
  kind: string
  input: Json<unknown>
  state: Defaulted<'running' | 'done' | 'failed'>
  done: ColumnType<string, number | undefined, number>
  total: ColumnType<string | null, number | null | undefined, number | null>
  result: NullableJson<unknown>
  error: string | null
  created_at: Timestamp
  finished_at: NullableTimestamp
}

interface SealedSecretsTable {
  name: string
  sealed: string
  created_at: Timestamp
}

interface OutboxTable {
  id: BigIntId
  workspace: string
  kind: string
  subject: string
  payload: Json<unknown>
  at: Timestamp
}

interface PairBucketsTable {
  conversation_id: BigIntRef
  empties_at: ColumnType<Instant, Date, Date>
}

interface PortfoliosTable {
  id: string
  workspace: string
  messaging_limit: number | null
  messaging_limit_at: NullableTimestamp
  created_at: Timestamp
}

interface WabasTable {
  id: string
  workspace: string
  portfolio_id: string
  templates_synced_at: NullableTimestamp
  calls_paused_until: NullableTimestamp
  management_paused_until: NullableTimestamp
  templates_wanted_at: NullableTimestamp
  created_at: Timestamp
}

interface SendersTable {
  phone_number_id: string
  workspace: string
  waba_id: string
  /** Null: unlinked. The row stays, because its history hangs on it. */
  sealed_access_token: string | null
  display_phone_number: string | null
  verified_name: string | null
  throughput_mps: Defaulted<number>
  slowed_to_mps: number | null
  slowed_at: NullableTimestamp
  default_when_closed: Json<WhenClosed>
  state: Defaulted<SenderState>
  reason_code: ReasonCode | null
  reason_text: string | null
  reason_graph_code: number | null
  cured_by_token: Defaulted<boolean>
  reason_since: NullableTimestamp
  created_at: Timestamp
  updated_at: Timestamp
}

interface ConversationsTable {
  id: BigIntId
  workspace: string
  merged_into: ColumnType<string | null, string | null | undefined, string | null>
  unfolded_since: NullableTimestamp
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
  created_at: Timestamp
}

/** Where lists look for an intent: what may have left is one shelf, see the migration. */
export type Shelf = 'scheduled' | 'held' | 'failed' | 'expired' | 'cancelled' | 'suppressed' | 'left'

interface IntentsTable {
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
  waits_template: string | null
  waits_language: string | null
  doubted_at: NullableTimestamp
  cancel_requested_at: NullableTimestamp
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
  created_at: Timestamp
}

interface WorkerProcessesTable {
  id: string
  key_ids: string[]
  damaged: string[]
  seen_at: Timestamp
}

interface DecisionsTable {
  intent_id: string
  id: BigIntId
  at: Timestamp
  kind: string
  reason: Json<unknown>
  facts: Json<unknown>
}

interface AttemptsTable {
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
}

export type AttemptOutcome = 'accepted' | 'refused' | 'throttled' | 'unreachable' | 'in_doubt'

interface MessagesTable {
  wamid: string
  intent_id: string | null
  attempt: number | null
  conversation_id: BigIntRef
  sent_as: 'free_form' | 'template' | null
  origin: ColumnType<'phone_app' | null, 'phone_app' | null | undefined, never>
  body: NullableJson<unknown>
  status: 'sent' | 'delivered' | 'read' | 'failed' | null
  accepted_at: Timestamp
  sent_at: NullableTimestamp
  delivered_at: NullableTimestamp
  read_at: NullableTimestamp
  failed_at: NullableTimestamp
  error: NullableJson<unknown>
  error_at: NullableTimestamp
  pricing: NullableJson<unknown>
  pricing_at: NullableTimestamp
}

interface FreeEntryReportsTable {
  wamid: string
  told_at: Timestamp
  expires_at: NullableTimestamp
  entry_conversation_id: string | null
}

interface InboundMessagesTable {
  wamid: string
  conversation_id: BigIntRef
  type: string
  at: Timestamp
  body: Json<unknown>
  received_at: Timestamp
}

interface WebhookChannelsTable {
  phone_number_id: string
  caused_at: NullableTimestamp
  told_at: NullableTimestamp
  awaiting_since: NullableTimestamp
  missed_since: NullableTimestamp
  revived_at: NullableTimestamp
  caught_up_at: NullableTimestamp
  ahead_ms: ColumnType<number | null, number | null | undefined, number | null>
  ahead_at: NullableTimestamp
}

interface WebhookEventsTable {
  id: BigIntId
  workspace: ColumnType<string | null, string | null | undefined, string | null>
  numbers: ColumnType<string[] | null, string[] | null | undefined, string[] | null>
  payload: string
  state: Defaulted<'pending' | 'applied' | 'failed'>
  tries: Defaulted<number>
  error: string | null
  received_at: Timestamp
  applied_at: NullableTimestamp
}

interface TemplatesTable {
  id: string
  waba_id: string
  name: string
  language: string
  category: string
  status: string
  quality: string | null
  document: Json<unknown>
  synced_at: Timestamp
  status_at: NullableTimestamp
  category_at: NullableTimestamp
  quality_at: NullableTimestamp
}

interface TemplateHistoryTable {
  template_id: string
  id: BigIntId
  at: Timestamp
  field: string
  was: string | null
  now: string | null
  detail: NullableJson<unknown>
}

interface MessagingLimitUsesTable {
  portfolio_id: string
  contact_id: BigIntRef
  at: Timestamp
}

interface MessagingLimitBucketsTable {
  portfolio_id: string
  minute: Timestamp
  used: number
}

interface ApiKeysTable {
  id: BigIntId
  workspace: string
  name: string
  prefix: string
  key_hash: string
  scopes: string[]
  senders: ColumnType<string[] | null, string[] | null | undefined, string[] | null>
  allow_query: Defaulted<boolean>
  expires_at: NullableTimestamp
  last_used_at: NullableTimestamp
  created_by: NullableJson<Actor>
  created_at: Timestamp
  revoked_at: NullableTimestamp
}

export type ConversationRow = Selectable<ConversationsTable>
export type TemplateRow = Selectable<TemplatesTable>
export type AttemptRow = Selectable<AttemptsTable>
