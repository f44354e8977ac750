import { fromMetaTimestamp, type Instant } from '../domain/time.ts'
import type {
  AccountUpdate,
  CapabilityUpdate,
  InternationalNews,
  MalformedEvent,
  PhoneQualityUpdate,
  VolumeTierNews,
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
    volumeTier: readVolumeTier(record(value.volume_tier_info)),
    international: readInternational(record(value.auth_international_rate_eligibility)),
    homeCountry: event === 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE' ? countryCode(value.country) : null,
    at,
    body: value,
  }
}

function countryCode(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Z]{2}$/.test(value) ? value : null
}

function readVolumeTier(info: Json | null): VolumeTierNews | null {
  const [category, region, month] = [text(info?.pricing_category), text(info?.region), text(info?.effective_month)]
  const from = /^(\d{1,15}):/.exec(text(info?.tier) ?? '')?.[1]
  if (category === null || region === null || from === undefined) return null
  if (month === null || !/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) return null
  return { category, region, month, from: Number(from), at: fromMetaTimestamp(info?.tier_update_time) }
}

function readInternational(rate: Json | null): InternationalNews | null {
  const from = fromMetaTimestamp(rate?.start_time)
  if (from === null) return null
  const exceptions = list(rate?.exception_countries).flatMap((value) => {
    const one = record(value)
    const [country, since] = [countryCode(one?.country_code), fromMetaTimestamp(one?.start_time)]
    return country === null || since === null ? [] : [{ country, from: since }]
  })
  return { from, exceptions }
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
