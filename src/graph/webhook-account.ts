import { fromMetaTimestamp, type Instant } from '../domain/time.ts'
import type {
  AccountUpdate,
  CapabilityUpdate,
  MalformedEvent,
  PhoneQualityUpdate,
  WebhookEvent,
  WebhookOrigin,
} from './webhook-event.ts'
import { type Json, list, record, text } from './webhook-read.ts'
import { messagingLimitOf } from './wire.ts'

/*
 * Fields whose value is one event about the account or a number. `at` is the entry's own time. Templates: webhook-template.ts.
 * Source: Meta, webhooks/reference (account_update, business_capability_update, phone_number_quality_update) (read 2026-11).
 */

type AccountReader = (value: Json, origin: WebhookOrigin, at: Instant | null) => WebhookEvent

/** One reader per field; a field without one is kept as `unknown`. */
export const ACCOUNT_READERS: ReadonlyMap<string, AccountReader> = new Map<string, AccountReader>([
  ['account_update', readAccountUpdate],
  ['phone_number_quality_update', readPhoneQuality],
  ['business_capability_update', readCapability],
])

function readAccountUpdate(value: Json, origin: WebhookOrigin, at: Instant | null): AccountUpdate | MalformedEvent {
  const event = text(value.event)
  if (event === null) return { kind: 'malformed', ...origin, why: 'an account update without event', value }
  const restrictions = Array.isArray(value.restriction_info) ? value.restriction_info : [value.restriction_info]
  return {
    kind: 'account_update',
    ...origin,
    event,
    restrictions: list(restrictions).flatMap(readRestriction),
    banState: text(record(value.ban_info)?.waba_ban_state),
    displayPhoneNumber: text(value.phone_number),
    at,
    body: value,
  }
}

function readRestriction(value: unknown): AccountUpdate['restrictions'] {
  const restriction = record(value)
  const type = text(restriction?.restriction_type)
  return type === null ? [] : [{ type, expiresAt: fromMetaTimestamp(restriction?.expiration) }]
}

function readPhoneQuality(value: Json, origin: WebhookOrigin, at: Instant | null): PhoneQualityUpdate {
  return {
    kind: 'phone_quality',
    ...origin,
    displayPhoneNumber: text(value.display_phone_number),
    event: text(value.event),
    // `current_limit` is on its way out and still seen.
    messagingLimit: messagingLimitOf(value.max_daily_conversations_per_business ?? value.current_limit),
    at,
    body: value,
  }
}

function readCapability(value: Json, origin: WebhookOrigin, at: Instant | null): CapabilityUpdate {
  return {
    kind: 'capability_update',
    ...origin,
    messagingLimit: messagingLimitOf(
      value.max_daily_conversations_per_business ?? value.max_daily_conversation_per_phone,
    ),
    at,
    body: value,
  }
}
