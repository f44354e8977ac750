import type { Actor } from '../../domain/access.ts'
import type { BigIntId, BigIntRef, Defaulted, Json, NullableJson, NullableTimestamp, Timestamp } from './schema.ts'

export interface WebhookEndpointsTable {
  id: string
  workspace: string
  url: string
  kind: 'meta' | 'events'
  senders: string[] | null
  events: string[] | null
  ids: Defaulted<'casement' | 'meta'>
  sealed_secret: string
  sealed_verify_token: string | null
  verified: boolean | null
  state: Defaulted<'active' | 'paused' | 'gone'>
  reason_code: string | null
  reason_text: string | null
  created_by: Json<Actor>
  created_at: Timestamp
  asks_since: Timestamp
  deleted_at: NullableTimestamp
}

export interface PayloadsToPassTable {
  webhook_event_id: BigIntRef
  again_at: NullableTimestamp
}

export interface DeliveryStreamsTable {
  endpoint_id: string
  stream: string
  last_id: BigIntRef
  done_id: Defaulted<string>
  next_at: Timestamp
  tries: Defaulted<number>
  first_tried_at: NullableTimestamp
  lease: string | null
  leased_until: NullableTimestamp
  holder: string | null
  held_until: NullableTimestamp
}

export interface DeliveriesTable {
  endpoint_id: string
  stream: string
  id: BigIntId
  type: string
  webhook_event_id: string | null
  event_id: string | null
  subject: string | null
  payload: NullableJson<Record<string, unknown>>
  at: NullableTimestamp
  state: Defaulted<'pending' | 'delivered' | 'failed'>
  attempts: Json<unknown[]>
  created_at: Timestamp
}

export interface ToldWindowsTable {
  workspace: string
  closing_to: Timestamp
  ended_to: Timestamp
}
