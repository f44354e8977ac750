import { fromMetaTimestamp, type Instant } from '../domain/time.ts'
import type {
  AccountUpdate,
  CapabilityUpdate,
  MalformedEvent,
  PhoneQualityUpdate,
  TemplateCategoryEvent,
  TemplateQualityEvent,
  TemplateRef,
  TemplateStatusEvent,
  WebhookEvent,
  WebhookOrigin,
} from './webhook-event.ts'
import { id, type Json, list, record, text } from './webhook-read.ts'
import { messagingLimitOf } from './wire.ts'

/*
 * Fields whose value is one event about the account, a number or a template. `at` is the entry's own time.
 * Source: Meta, webhooks/reference (account_update, business_capability_update, message_template_status_update,
 * message_template_quality_update, phone_number_quality_update, template_category_update) (read 2026-11).
 */

type AccountReader = (value: Json, origin: WebhookOrigin, at: Instant | null) => WebhookEvent

/** One reader per field; a field without one is kept as `unknown`. */
export const ACCOUNT_READERS: ReadonlyMap<string, AccountReader> = new Map<string, AccountReader>([
  ['message_template_status_update', readTemplateStatus],
  ['message_template_quality_update', readTemplateQuality],
  ['template_category_update', readTemplateCategory],
  ['account_update', readAccountUpdate],
  ['phone_number_quality_update', readPhoneQuality],
  ['business_capability_update', readCapability],
])

function templateRef(value: Json): TemplateRef {
  return {
    templateId: id(value.message_template_id),
    name: text(value.message_template_name),
    language: text(value.message_template_language)?.replace('-', '_') ?? null,
  }
}

function readTemplateStatus(
  value: Json,
  origin: WebhookOrigin,
  at: Instant | null,
): TemplateStatusEvent | MalformedEvent {
  const status = text(value.event)
  if (status === null) return { kind: 'malformed', ...origin, why: 'a template status without event', value }
  return {
    kind: 'template_status',
    ...origin,
    ...templateRef(value),
    status,
    category: text(value.message_template_category),
    reason: text(value.reason),
    title: text(record(value.other_info)?.title),
    at,
    body: value,
  }
}

/** Announced: `new_category` is still in force and `correct_category` will be. Done: `previous_category`, `new_category`. */
function readTemplateCategory(value: Json, origin: WebhookOrigin, at: Instant | null): TemplateCategoryEvent {
  return {
    kind: 'template_category',
    ...origin,
    ...templateRef(value),
    category: text(value.new_category),
    previousCategory: text(value.previous_category),
    upcomingCategory: text(value.correct_category),
    at,
    body: value,
  }
}

function readTemplateQuality(value: Json, origin: WebhookOrigin, at: Instant | null): TemplateQualityEvent {
  return {
    kind: 'template_quality',
    ...origin,
    ...templateRef(value),
    quality: text(value.new_quality_score),
    previousQuality: text(value.previous_quality_score),
    at,
    body: value,
  }
}

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
