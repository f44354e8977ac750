import { fromMetaTimestamp, type Instant } from '../domain/time.ts'
import type { TemplateEvent, TemplateRef, WebhookEvent, WebhookOrigin } from './webhook-event.ts'
import { id, type Json, text } from './webhook-read.ts'

/*
 * What Meta tells of a template. The value's members say what it is, not the field: Meta's own page has the quality under the field of the
 * status, and every member may be missing. `at` is the entry's own time.
 * Source: Meta, webhooks/reference (message_template_status_update, message_template_quality_update, message_template_components_update,
 * template_category_update) (read 2026-11); template_correct_category_detection from typed SDKs.
 */

export const TEMPLATE_FIELDS: ReadonlySet<string> = new Set([
  'message_template_status_update',
  'message_template_quality_update',
  'message_template_components_update',
  'template_category_update',
  'template_correct_category_detection',
])

/** Mostly one; nothing that can be read is malformed, for its field promised something. */
export function readTemplateEvents(
  field: string,
  value: Json,
  origin: WebhookOrigin,
  at: Instant | null,
): WebhookEvent[] {
  const head = { ...origin, ...templateRef(value), at, body: value }
  const events = [
    readStatus(value, head),
    readQuality(value, head),
    readCategory(field, value, head),
    readComponents(value, head),
  ]
  const read = events.filter((event) => event !== null)
  if (read.length > 0) return read
  return [{ kind: 'malformed', ...origin, why: `a ${field} that says nothing`, value }]
}

type Head = WebhookOrigin & TemplateRef & { at: Instant | null; body: Json }

function templateRef(value: Json): TemplateRef {
  return {
    templateId: id(value.message_template_id),
    name: text(value.message_template_name),
    language: text(value.message_template_language)?.replace('-', '_') ?? null,
  }
}

function readStatus(value: Json, head: Head): TemplateEvent | null {
  const status = text(value.event)
  if (status === null) return null
  const info = value.other_info as { title?: unknown } | null | undefined
  return {
    kind: 'template_status',
    ...head,
    status,
    category: text(value.message_template_category),
    reason: text(value.reason),
    title: text(info?.title),
  }
}

function readQuality(value: Json, head: Head): TemplateEvent | null {
  const quality = text(value.new_quality_score)
  if (quality === null) return null
  return { kind: 'template_quality', ...head, quality, previousQuality: text(value.previous_quality_score) }
}

/**
 * Announced: `new_category` is still in force and `correct_category` will be. Done: `previous_category` and `new_category`, or that alone. An
 * empty `correct_category` announces nothing.
 */
function readCategory(field: string, value: Json, head: Head): TemplateEvent | null {
  const correct = text(value.correct_category) || null
  if (field === 'template_correct_category_detection') {
    return { kind: 'template_misfiled', ...head, category: text(value.category), correctCategory: correct }
  }
  const category = text(value.new_category)
  if (category === null && correct === null) return null
  return {
    kind: 'template_category',
    ...head,
    category,
    previousCategory: text(value.previous_category),
    upcomingCategory: correct,
    upcomingFrom: fromMetaTimestamp(value.category_update_timestamp),
  }
}

const PARTS = ['element', 'title', 'footer', 'buttons'].map((part) => `message_template_${part}`)

function readComponents(value: Json, head: Head): TemplateEvent | null {
  return PARTS.some((part) => value[part] !== undefined) ? { kind: 'template_components', ...head } : null
}
