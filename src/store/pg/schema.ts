import type { ColumnType, Selectable } from 'kysely'
import type { Instant } from '../../domain/time.ts'
import type { MembershipsTable, SessionsTable, SignInLinksTable, UsersTable } from './schema-access.ts'
import type {
  ApiKeysTable,
  JobsTable,
  MessagingLimitBucketsTable,
  MessagingLimitUsesTable,
  PortfoliosTable,
  SealedSecretsTable,
  SendersTable,
  WabasTable,
  WorkerProcessesTable,
  WorkspacesTable,
} from './schema-accounts.ts'
import type {
  CampaignAnswersTable,
  CampaignEstimatesTable,
  CampaignExceptionsTable,
  CampaignImportErrorsTable,
  CampaignIntentsTable,
  CampaignLaterTable,
  CampaignMinutesTable,
  CampaignMovesTable,
  CampaignRecipientsTable,
  CampaignReservationsTable,
  CampaignsTable,
  CampaignUploadsTable,
} from './schema-campaigns.ts'
import type {
  AttemptsTable,
  ConversationsTable,
  DecisionsTable,
  FreeEntryReportsTable,
  InboundMessagesTable,
  IntentsTable,
  MessagesTable,
  PairBucketsTable,
} from './schema-messages.ts'
import type {
  DeliveriesTable,
  DeliveryStreamsTable,
  PayloadsToPassTable,
  ToldWindowsTable,
  WebhookEndpointsTable,
} from './schema-passing.ts'
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
  template_wishes: TemplateWishesTable
  messaging_limit_uses: MessagingLimitUsesTable
  messaging_limit_buckets: MessagingLimitBucketsTable
  api_keys: ApiKeysTable
  users: UsersTable
  memberships: MembershipsTable
  sessions: SessionsTable
  sign_in_links: SignInLinksTable
  webhook_endpoints: WebhookEndpointsTable
  payloads_to_pass: PayloadsToPassTable
  delivery_streams: DeliveryStreamsTable
  deliveries: DeliveriesTable
  told_windows: ToldWindowsTable
  campaigns: CampaignsTable
  campaign_uploads: CampaignUploadsTable
  campaign_recipients: CampaignRecipientsTable
  campaign_intents: CampaignIntentsTable
  campaign_later: CampaignLaterTable
  campaign_exceptions: CampaignExceptionsTable
  campaign_moves: CampaignMovesTable
  campaign_minutes: CampaignMinutesTable
  campaign_answers: CampaignAnswersTable
  campaign_reservations: CampaignReservationsTable
  campaign_estimates: CampaignEstimatesTable
  campaign_import_errors: CampaignImportErrorsTable
}

interface OutboxTable {
  id: BigIntId
  workspace: string
  kind: string
  subject: string
  payload: Json<unknown>
  at: Timestamp
}

/** Where lists look for an intent: what may have left is one shelf, see the migration. */
export type Shelf = 'scheduled' | 'held' | 'failed' | 'expired' | 'cancelled' | 'suppressed' | 'left'

export type AttemptOutcome = 'accepted' | 'refused' | 'throttled' | 'unreachable' | 'in_doubt'

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
  document_at: NullableTimestamp
  next_category: string | null
  next_category_from: NullableTimestamp
  hidden_at: NullableTimestamp
  category_held_at: NullableTimestamp
  was_usable: ColumnType<boolean, boolean | undefined, boolean>
  meta_status: string | null
  refused_at: NullableTimestamp
  probe_at: NullableTimestamp
  probe_intent_id: string | null
}

interface TemplateWishesTable {
  template_id: string
  waba_id: string
  wanted_at: Timestamp
  due_at: Timestamp
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

export type ConversationRow = Selectable<ConversationsTable>
export type TemplateRow = Selectable<TemplatesTable>
export type AttemptRow = Selectable<AttemptsTable>
