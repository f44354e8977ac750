import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PhoneNumberId, WabaId } from '../domain/ids.ts'
import { fromMetaTimestamp, type Instant } from '../domain/time.ts'
import { ACCOUNT_READERS } from './webhook-account.ts'
import type { WebhookEvent, WebhookOrigin } from './webhook-event.ts'
import {
  readCall,
  readCallStatus,
  readEcho,
  readHandover,
  readMessage,
  readPreference,
  readStatus,
} from './webhook-messages.ts'
import { errorList, id, type Json, list, record, text } from './webhook-read.ts'
import { readTemplateEvents, TEMPLATE_FIELDS } from './webhook-template.ts'

export type * from './webhook-event.ts'

/**
 * Whether `X-Hub-Signature-256` is the HMAC of exactly these bytes under one of the app secrets. Meta signs the body with
 * non-ASCII written as \uXXXX, so JSON that was parsed and written again has another signature. Every secret is tried and every
 * comparison takes the same time. Source: Meta, webhooks/overview (read 2026-11).
 */
export function verifySignature(rawBody: Buffer, header: string | undefined, secrets: readonly string[]): boolean {
  const match = /^sha256=([0-9a-f]{64})$/i.exec(header?.trim() ?? '')
  if (!match) return false
  const given = Buffer.from(match[1] as string, 'hex')
  let valid = false
  for (const secret of secrets) {
    // An empty secret would let anybody sign.
    if (secret === '') continue
    const expected = createHmac('sha256', secret).update(rawBody).digest()
    if (timingSafeEqual(given, expected)) valid = true
  }
  return valid
}

/**
 * Parses the bytes of a webhook. Template ids come as numbers, some of them too long for a double; those are kept as strings.
 * Throws SyntaxError when it is no JSON.
 */
export function readWebhookBody(rawBody: Buffer): unknown {
  const body = rawBody.toString('utf8')
  if (!LONG_NUMBER.test(body)) return JSON.parse(body)
  return JSON.parse(body, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
      ? context?.source
      : value,
  )
}

const LONG_NUMBER = /[:[,]\s*-?\d{16}/

/**
 * Flattens a payload, entries x changes x items, into events in the order they stand. Never throws and never drops: what it
 * does not know is `unknown`, what it cannot read is `malformed`, and neither touches its neighbours.
 */
export function parseWebhook(raw: unknown): WebhookEvent[] {
  const nowhere: WebhookOrigin = { wabaId: null, phoneNumberId: null }
  const root = record(raw)
  if (root === null || !Array.isArray(root.entry)) {
    return [{ kind: 'malformed', ...nowhere, why: 'expected an object with a list of entries', value: raw }]
  }
  return root.entry.flatMap((item) => {
    const entry = record(item)
    if (entry === null) return [{ kind: 'malformed', ...nowhere, why: 'an entry that is no object', value: item }]
    const origin = { ...nowhere, wabaId: id(entry.id) as WabaId | null }
    const at = fromMetaTimestamp(entry.time)
    return list(entry.changes).flatMap((change) => readChange(change, origin, at))
  })
}

function readChange(item: unknown, entry: WebhookOrigin, at: Instant | null): WebhookEvent[] {
  const change = record(item)
  const value = readPayload(change)
  const field = text(change?.field)
  if (value === null || field === null) {
    return [{ kind: 'malformed', ...entry, why: 'a change without field or value', value: item }]
  }
  // A hand-over names the number as who received it.
  const phoneNumberId = id((record(value.metadata) ?? record(value.recipient))?.phone_number_id) as PhoneNumberId | null
  const origin = { ...entry, phoneNumberId }
  const events = readValue(field, value, origin, at)
  const errors = errorList(value.errors)
  if (errors.length > 0) events.push({ kind: 'account_errors', ...origin, errors, at, body: value })
  return events.length > 0 ? events : [{ kind: 'unknown', ...origin, field, value }]
}

/** Of a rejection Meta shows its details within the value and beside it. */
function readPayload(change: Json | null): Json | null {
  const value = record(change?.value)
  const beside = record(change?.rejection_info)
  return value !== null && beside !== null ? { rejection_info: beside, ...value } : value
}

function readValue(field: string, value: Json, origin: WebhookOrigin, at: Instant | null): WebhookEvent[] {
  switch (field) {
    case 'messages':
      return [
        ...each(value.messages, (message) => readMessage(message, value, origin), origin),
        ...each(value.statuses, (status) => anyStatus(status, value, origin), origin),
      ]
    case 'calls':
      return [
        ...each(value.calls, (call) => readCall(call, value, origin), origin),
        ...each(value.statuses, (status) => readCallStatus(status, value, origin), origin),
      ]
    case 'smb_message_echoes':
      return each(value.message_echoes, (echo) => readEcho(echo, value, origin) ?? unread(field, echo, origin), origin)
    case 'standby': {
      // What customers write while another responder has them. Its echoes and receipts are none of ours.
      const standby = record(value.standby) ?? {}
      return each(standby.messages, (message) => readMessage(message, { ...value, ...standby }, origin), origin)
    }
    case 'messaging_handovers':
      return [readHandover(value, origin) ?? unread(field, value, origin)]
    case 'user_preferences':
      return each(value.user_preferences, (wish) => readPreference(wish, value, origin), origin)
    default: {
      if (TEMPLATE_FIELDS.has(field)) return readTemplateEvents(field, value, origin, at)
      const reader = ACCOUNT_READERS.get(field)
      return reader ? [reader(value, origin, at)] : []
    }
  }
}

function unread(field: string, value: unknown, origin: WebhookOrigin): WebhookEvent {
  return { kind: 'unknown', ...origin, field, value }
}

function anyStatus(item: Json, value: Json, origin: WebhookOrigin): WebhookEvent {
  return item.type === 'call' ? readCallStatus(item, value, origin) : readStatus(item, value, origin)
}

function each(items: unknown, read: (item: Json) => WebhookEvent, origin: WebhookOrigin): WebhookEvent[] {
  return list(items).map((item) => {
    const json = record(item)
    return json ? read(json) : { kind: 'malformed', ...origin, why: 'an item that is no object', value: item }
  })
}
