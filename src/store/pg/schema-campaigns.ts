import type { Actor } from '../../domain/access.ts'
import type { CampaignDocument } from '../../domain/campaign/document.ts'
import type { ImportCode } from '../../domain/campaign/import-error.ts'
import type { CampaignState } from '../../domain/campaign/lifecycle.ts'
import type { Watch } from '../../domain/campaign/watch.ts'
import type { BigIntId, BigIntRef, Defaulted, Json, NullableJson, NullableTimestamp, Timestamp } from './schema.ts'

export interface CampaignsTable {
  id: Defaulted<number>
  public_id: string
  workspace: string
  phone_number_ids: string[]
  name: string
  document: Json<CampaignDocument>
  salt: Defaulted<string>
  state: Defaulted<CampaignState>
  audience_version: Defaulted<number>
  total: Defaulted<number>
  reason_code: string | null
  reason_text: string | null
  send_at: NullableTimestamp
  begin_by: NullableTimestamp
  fed: Defaulted<number>
  later: Defaulted<number>
  paced_at: NullableTimestamp
  next_feed_at: NullableTimestamp
  gated: Defaulted<boolean>
  dearest_micros: Defaulted<string>
  short_since: NullableTimestamp
  watched: NullableJson<Watch>
  parent_id: number | null
  started_at: NullableTimestamp
  over_at: NullableTimestamp
  created_by: Json<Actor>
  created_at: Timestamp
  touched_at: Timestamp
}

export interface CampaignUploadsTable {
  campaign_id: number
  id: number
  header: string[]
  to_column: number
  default_country: string | null
  state: 'loading' | 'ready' | 'failed'
  reason_code: string | null
  reason_text: string | null
  copied: Defaulted<boolean>
  first_position: number
  last_position: number
  rows: Defaulted<number>
  accepted: Defaulted<number>
  duplicates: Defaulted<number>
  invalid: Defaulted<number>
  lease: string | null
  leased_until: NullableTimestamp
  created_at: Timestamp
}

export interface CampaignRecipientsTable {
  campaign_id: number
  position: number
  upload: number
  line: number
  recipient: string
  cells: string
}

export interface CampaignImportErrorsTable {
  campaign_id: number
  upload: number
  line: number
  code: ImportCode
  recipient: string | null
  reason: string
  reason_code: string
  reason_values: unknown
}

export interface CampaignLaterTable {
  campaign_id: number
  position: number
  at: Timestamp
}

export interface CampaignIntentsTable {
  campaign_id: number
  position: number
  intent_id: string
}

export interface CampaignReservationsTable {
  campaign_id: number
  position: number
  micros: string
}

export interface CampaignExceptionsTable {
  campaign_id: number
  position: number
  variant: Defaulted<number>
  state: 'failed' | 'cancelled' | 'suppressed'
  reason_code: string
  reason_text: string
  at: Timestamp
}

export interface CampaignMovesTable {
  campaign_id: number
  variant: Defaulted<number>
  key: string
  n: string
  minute: NullableTimestamp
}

export interface CampaignMinutesTable {
  campaign_id: number
  minute: Timestamp
  sent: string
  failed: string
}

export interface CampaignAnswersTable {
  id: BigIntId
  conversation_id: BigIntRef
  at: Timestamp
  quoted: string | null
  replied: boolean
  tapped: boolean
  stopped: boolean
  beyond: NullableTimestamp
  heard_at: Timestamp
  due_at: Timestamp
}

export interface CampaignEstimatesTable {
  campaign_id: number
  version: number
  total: number
  done: Defaulted<number>
  result: NullableJson<unknown>
  lease: string | null
  leased_until: NullableTimestamp
  at: Timestamp
}
