import type { ColumnType } from 'kysely'
import type { Attributes } from '../../domain/attributes.ts'
import type { Consent } from '../../domain/decision.ts'
import type { Instant } from '../../domain/time.ts'
import type { BigIntId, BigIntRef, Defaulted, Json, NullableJson, NullableTimestamp, Timestamp } from './schema.ts'

/* The tables of people; see schema.ts. */

export interface ContactIdentitiesTable {
  workspace: string
  scope: Defaulted<string>
  /** The canonical spelling. */
  key: string
  /** The spelling last told. */
  value: string
  contact_id: BigIntRef
  seen_at: NullableTimestamp
  created_at: Timestamp
}

export interface ToldIdentitiesTable {
  id: BigIntId
  conversation_id: BigIntRef
  ids: Json<{ scope: string; key: string; value: string; at: Instant | null }[]>
  created_at: Timestamp
}

export interface ConsentsTable {
  contact_id: BigIntRef
  id: BigIntId
  at: Timestamp
  category: 'marketing' | 'utility'
  state: 'in' | 'out'
  source: Defaulted<'api' | 'word' | 'button' | 'whatsapp' | 'import'>
  evidence: NullableJson<unknown>
}

export interface OptOutsTable {
  workspace: string
  id_hash: Buffer
  category: 'marketing' | 'utility'
  at: Timestamp
}

export interface ContactsTable {
  id: BigIntId
  workspace: string
  /** Turned out to be this person. */
  /** Being erased: nothing may be added. */
  erased_at: NullableTimestamp
  merged_into: ColumnType<string | null, string | null | undefined, string | null>
  wa_id: string | null
  bsuid: string | null
  parent_bsuid: string | null
  username: string | null
  name: string | null
  name_at: NullableTimestamp
  username_at: NullableTimestamp
  language: string | null
  time_zone: string | null
  attributes: ColumnType<Attributes, string | undefined, string>
  marketing: Defaulted<Consent>
  utility: Defaulted<Consent>
  stopped_marketing_at: NullableTimestamp
  marketing_resumed_at: NullableTimestamp
  unreachable_since: NullableTimestamp
  unreachable_until: NullableTimestamp
  reachable_at: NullableTimestamp
  created_at: Timestamp
  updated_at: Timestamp
}
