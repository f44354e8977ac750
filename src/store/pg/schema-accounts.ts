import type { ColumnType } from 'kysely'
import type { Actor } from '../../domain/access.ts'
import type { WhenClosed } from '../../domain/content.ts'
import type { SenderState } from '../../domain/decision.ts'
import type { ReasonCode } from '../../domain/intent.ts'
import type { Budget } from '../../domain/money/budget.ts'
import type { BigIntId, BigIntRef, Defaulted, Json, NullableJson, NullableTimestamp, Timestamp } from './schema.ts'

/* The tables of workspaces, of their numbers and accounts, and of who may do what; see schema.ts. */

export interface WorkspacesTable {
  id: string
  name: string
  stop_words: NullableJson<Record<string, string[]>>
  start_words: NullableJson<Record<string, string[]>>
  stop_buttons: ColumnType<string[], string | undefined, string>
  stop_reply: NullableJson<Record<string, string>>
  require_totp: Defaulted<boolean>
  on_category_change: Defaulted<'go_on' | 'hold'>
  budget: NullableJson<Budget>
  created_at: Timestamp
}

export interface JobsTable {
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

export interface SealedSecretsTable {
  name: string
  sealed: string
  created_at: Timestamp
}

export interface PortfoliosTable {
  id: string
  workspace: string
  messaging_limit: number | null
  messaging_limit_at: NullableTimestamp
  reviewed_at: NullableTimestamp
  created_at: Timestamp
}

export interface WabasTable {
  id: string
  workspace: string
  portfolio_id: string
  templates_synced_at: NullableTimestamp
  templates_asked_at: NullableTimestamp
  templates_deleted_at: NullableTimestamp
  numbers_read_at: NullableTimestamp
  calls_paused_until: NullableTimestamp
  management_paused_until: NullableTimestamp
  templates_wanted_at: NullableTimestamp
  currency: string | null
  time_zone: string | null
  home_country: string | null
  home_country_at: NullableTimestamp
  international: NullableJson<unknown>
  international_at: NullableTimestamp
  created_at: Timestamp
}

export interface SendersTable {
  phone_number_id: string
  workspace: string
  waba_id: string
  /** Null: unlinked. The row stays, because its history hangs on it. */
  sealed_access_token: string | null
  display_phone_number: string | null
  verified_name: string | null
  quality: string | null
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
  payment_blamed: Defaulted<boolean>
  currency: string | null
  time_zone: string | null
  budget: NullableJson<Budget>
  created_at: Timestamp
  updated_at: Timestamp
}

export interface WorkerProcessesTable {
  id: string
  key_ids: string[]
  damaged: string[]
  seen_at: Timestamp
}

export interface ApiKeysTable {
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

export interface MessagingLimitUsesTable {
  portfolio_id: string
  contact_id: BigIntRef
  at: Timestamp
}

export interface MessagingLimitBucketsTable {
  portfolio_id: string
  minute: Timestamp
  used: number
}
