import * as z from 'zod'
import { dropNulls, unstorableJson, whenClosedSchema } from '../domain/content.ts'
import { PRIORITIES } from '../domain/intent.ts'
import { readNumberText } from '../domain/number-text.ts'
import { ApiError } from './errors.ts'
import { parse } from './validation.ts'

/*
 * A Cloud API request body, read as an intent. Only the envelope is looked at here; the message and the recipient are checked with the
 * intent, like everybody else's.
 */

export type CloudRequest =
  /** A read receipt, with or without a typing indicator: nothing to decide, goes to Meta at once. */
  { kind: 'receipt'; body: Receipt } | { kind: 'send'; intent: Record<string, unknown>; contact: CloudContact }

const receiptSchema = z.object({
  messaging_product: z.literal('whatsapp'),
  status: z.literal('read', 'to be "read"'),
  message_id: z.string().min(1).max(512),
  typing_indicator: z.object({ type: z.literal('text') }).optional(),
})

/** What of a receipt goes to Meta: nothing else that a body may hold. */
export type Receipt = z.infer<typeof receiptSchema>

/** The `contacts` item of the answer: what was given, and the id it was read as. */
export interface CloudContact {
  input: string
  wa_id?: string
  user_id?: string
}

const optionsSchema = z.strictObject({
  when_closed: whenClosedSchema.optional(),
  send_at: z.union([z.string(), z.looseObject({})], 'to be a string or an object').optional(),
  expires_at: z.string().optional(),
  cancel_on: z.array(z.string()).optional(),
  priority: z.enum(PRIORITIES).optional(),
  idempotency_key: z.string().optional(),
})

export type CasementOptions = z.infer<typeof optionsSchema>

/** Throws 400. `sender` is the phone number id of the path. */
export function readCloudRequest(body: unknown, sender: string, options: CasementOptions): CloudRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('', 'expected a JSON object, as the Cloud API documents it')
  }
  const unstorable = unstorableJson(body)
  if (unstorable) {
    const field = unstorable.path.map(String).join('.') || 'body'
    throw invalid(field, `expected ${field} ${unstorable.message}`)
  }
  // Graph takes a token in the body too. Ours is not read from there, and must not travel on.
  const { access_token, messaging_product, ...rest } = dropNulls(body) as Record<string, unknown>
  if (messaging_product !== 'whatsapp') {
    throw invalid('messaging_product', 'expected messaging_product to be "whatsapp"')
  }
  if (rest.status !== undefined) {
    return { kind: 'receipt', body: parse(receiptSchema, { messaging_product, ...rest }) }
  }
  const { recipient_type: recipientType, to, recipient, ...message } = rest
  if (recipientType !== undefined && recipientType !== 'individual') {
    throw invalid('recipient_type', 'expected recipient_type to be "individual": groups are not supported')
  }
  const who = readRecipient(to ?? null, recipient ?? null)
  return { kind: 'send', intent: { sender, to: who.to, message, ...options }, contact: who.contact }
}

/** The header's JSON. Throws 400. */
export function readOptions(header: string | string[] | undefined): CasementOptions {
  if (header === undefined) return {}
  let value: unknown
  try {
    value = JSON.parse(utf8(String(header)))
  } catch {
    throw invalid('X-Casement-Options', 'expected the header X-Casement-Options to be JSON')
  }
  return parse(optionsSchema, value)
}

/** Node reads headers as Latin-1; who writes UTF-8 into one, as curl does, means UTF-8. */
function utf8(header: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'))
  } catch {
    return header
  }
}

/**
 * `to` wins when both are there, as at Meta. Digits without `+` are taken as a wa_id: SDKs send what a webhook gave them, and Meta's
 * reading of them (the sender's own country code in front) is never what they meant. Source: Meta, messages/send-messages (read 2026-11).
 */
function readRecipient(to: unknown, recipient: unknown): { to: unknown; contact: CloudContact } {
  if (to !== null) {
    if (typeof to !== 'string' && !Number.isSafeInteger(to)) throw invalid('to', 'expected "to" to be a phone number')
    const read = readNumberText(String(to))
    if (!read.ok) throw invalid('to', `expected "to" ${read.fault.text}`)
    const contact = { input: String(to), wa_id: read.digits }
    return { to: read.plus ? `+${read.digits}` : { wa_id: read.digits }, contact }
  }
  if (typeof recipient !== 'string')
    throw invalid('to', 'expected "to" or "recipient" to name who gets the message, got neither')
  return { to: { user_id: recipient }, contact: { input: recipient, user_id: recipient } }
}

function invalid(field: string, message: string): ApiError {
  return new ApiError(400, 'invalid', message, { field })
}
