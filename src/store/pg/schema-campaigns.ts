import type { Actor } from '../../domain/access.ts'
import type { CampaignDocument } from '../../domain/campaign/document.ts'
import type { ImportCode } from '../../domain/campaign/import-error.ts'
import type { Defaulted, Json, NullableTimestamp, Timestamp } from './schema.ts'

export type CampaignState = 'draft' | 'scheduled' | 'running' | 'paused' | 'finished' | 'cancelled'

export interface CampaignsTable {
  id: Defaulted<number>
  public_id: string
  workspace: string
  phone_number_id: string
  name: string
  document: Json<CampaignDocument>
  state: Defaulted<CampaignState>
  audience_version: Defaulted<number>
  total: Defaulted<number>
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
}
