import type { Wamid } from '../domain/ids.ts'
import { fromMetaTimestamp } from '../domain/time.ts'
import type {
  ButtonReply,
  CallEvent,
  ConversationInfo,
  EchoedMessage,
  Handover,
  InboundMessage,
  MalformedEvent,
  NumberChanged,
  Pricing,
  Referral,
  StatusEvent,
  UserPreference,
  WebhookIdentity,
  WebhookOrigin,
} from './webhook-event.ts'
import { bsuid, errorList, identity, isNobody, type Json, NOBODY, record, text, waId } from './webhook-read.ts'

/*
 * Items of the fields `messages`, `calls`, `smb_message_echoes` and `user_preferences`.
 * Source: Meta, webhooks/reference/messages, messages/status, calls and user_preferences (read 2026-11).
 */

/**
 * Kinds of messages that open or refresh the customer service window. Meta says "a message"; whether it counts a reaction, an
 * unsupported message or a kind that is not known yet is not documented, so only these do: a window believed closed costs a
 * template, one wrongly believed open costs a failed message. Edits, revocations and system notices are no messages.
 */
const OPENING_TYPES: ReadonlySet<string> = new Set([
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contacts',
  'button',
  'interactive',
  'order',
])

/** The first two are of today; `customer_changed_number` came until BSUIDs did, with `wa_id`, before that with `new_wa_id`. */
const NUMBER_CHANGES: ReadonlySet<string> = new Set([
  'user_changed_number',
  'user_changed_user_id',
  'customer_changed_number',
])

export function readMessage(
  item: Json,
  value: Json,
  origin: WebhookOrigin,
): InboundMessage | NumberChanged | MalformedEvent {
  const wamid = text(item.id) as Wamid | null
  const type = text(item.type) ?? 'unknown'
  const system = type === 'system' ? record(item.system) : null
  if (system !== null && NUMBER_CHANGES.has(text(system.type) ?? '')) return readNumberChange(item, system, origin)

  const sender = identity(
    { phone: item.from, userId: item.from_user_id, parentUserId: item.from_parent_user_id },
    value.contacts,
  )
  if (wamid === null) return { kind: 'malformed', ...origin, why: 'a message without id', value: item }
  if (isNobody(sender)) return { kind: 'malformed', ...origin, why: 'a message without sender', value: item }

  const groupId = text(item.group_id)
  const reply = readReply(item, type)
  return {
    kind: 'inbound_message',
    ...origin,
    wamid,
    at: fromMetaTimestamp(item.timestamp),
    sender,
    groupId,
    type,
    opensWindow: groupId === null && opensWindow(item, type),
    text: text(record(item.text)?.body) ?? reply?.text ?? null,
    caption: text(record(item[type])?.caption),
    reply,
    referral: readReferral(item.referral),
    contextWamid: text(record(item.context)?.id) as Wamid | null,
    body: item,
  }
}

/** Changes of a message that was told before: not messages of their own. */
const CHANGES_OF_MESSAGES: ReadonlySet<string> = new Set(['edit', 'revoke', 'system'])

/** Null for a change of a message, which is kept as it came. */
export function readEcho(item: Json, value: Json, origin: WebhookOrigin): EchoedMessage | MalformedEvent | null {
  const wamid = text(item.id) as Wamid | null
  const type = text(item.type) ?? 'unknown'
  if (CHANGES_OF_MESSAGES.has(type)) return null
  const recipient = identity(
    { phone: item.to, userId: item.to_user_id, parentUserId: item.to_parent_user_id },
    value.contacts,
  )
  if (wamid === null) return { kind: 'malformed', ...origin, why: 'an echo without id', value: item }
  if (isNobody(recipient)) return { kind: 'malformed', ...origin, why: 'an echo without recipient', value: item }
  return { kind: 'echo', ...origin, wamid, at: fromMetaTimestamp(item.timestamp), recipient, type, body: item }
}

function opensWindow(item: Json, type: string): boolean {
  // Meta hands over what it could not read as an `interactive` with errors and nothing inside.
  if (type === 'interactive') return text(record(item.interactive)?.type) !== null
  return OPENING_TYPES.has(type)
}

function readReply(item: Json, type: string): ButtonReply | null {
  if (type === 'button') {
    const button = record(item.button)
    return button && { payload: text(button.payload) ?? text(button.text), text: text(button.text), id: null }
  }
  const interactive = type === 'interactive' ? record(item.interactive) : null
  const reply = record(interactive?.button_reply) ?? record(interactive?.list_reply)
  return reply && { payload: text(reply.id), text: text(reply.title), id: text(reply.id) }
}

function readReferral(value: unknown): Referral | null {
  const referral = record(value)
  return (
    referral && {
      sourceType: text(referral.source_type),
      sourceId: text(referral.source_id),
      sourceUrl: text(referral.source_url),
      ctwaClid: text(referral.ctwa_clid),
      headline: text(referral.headline),
    }
  )
}

/** `from`, or `customer` in older payloads, is the number the person had, `system` says what they have now; a change of BSUID alone may name no number at all. */
function readNumberChange(item: Json, system: Json, origin: WebhookOrigin): NumberChanged {
  const current: WebhookIdentity = {
    ...NOBODY,
    waId: waId(system.wa_id) ?? waId(system.new_wa_id),
    bsuid: bsuid(system.user_id),
    parentBsuid: bsuid(system.parent_user_id),
  }
  const sender = bsuid(item.from_user_id)
  const previous: WebhookIdentity = {
    ...NOBODY,
    waId: waId(system.customer) ?? waId(item.from),
    bsuid: bsuid(system.previous_user_id) ?? (sender === current.bsuid ? null : sender),
    parentBsuid: bsuid(system.previous_parent_user_id),
  }
  const wamid = text(item.id) as Wamid | null
  return {
    kind: 'number_changed',
    ...origin,
    wamid,
    at: fromMetaTimestamp(item.timestamp),
    previous,
    current,
    body: item,
  }
}

export function readStatus(item: Json, value: Json, origin: WebhookOrigin): StatusEvent | MalformedEvent {
  const wamid = text(item.id) as Wamid | null
  const status = text(item.status)
  if (wamid === null) return { kind: 'malformed', ...origin, why: 'a status without message id', value: item }
  if (status === null) return { kind: 'malformed', ...origin, why: 'a status without a word for it', value: item }
  // Meta leaves `contacts` out on `failed`, and `recipient_id` for somebody addressed by BSUID. A group is nobody.
  const recipient =
    item.recipient_type === 'group'
      ? NOBODY
      : identity(
          { phone: item.recipient_id, userId: item.recipient_user_id, parentUserId: item.parent_recipient_user_id },
          value.contacts,
        )
  return {
    kind: 'status',
    ...origin,
    wamid,
    status,
    at: fromMetaTimestamp(item.timestamp),
    waId: recipient.waId,
    bsuid: recipient.bsuid,
    parentBsuid: recipient.parentBsuid,
    opaque: text(item.biz_opaque_callback_data),
    errors: errorList(item.errors),
    pricing: readPricing(item.pricing),
    conversation: readConversation(item.conversation),
    body: item,
  }
}

function readPricing(value: unknown): Pricing | null {
  const pricing = record(value)
  return (
    pricing && {
      type: text(pricing.type),
      category: text(pricing.category),
      billable: typeof pricing.billable === 'boolean' ? pricing.billable : null,
      model: text(pricing.pricing_model),
      subtype: text(pricing.subtype),
    }
  )
}

function readConversation(value: unknown): ConversationInfo | null {
  const conversation = record(value)
  return (
    conversation && {
      id: text(conversation.id),
      originType: text(record(conversation.origin)?.type),
      expiresAt: fromMetaTimestamp(conversation.expiration_timestamp),
    }
  )
}

/**
 * A call by the customer opens the window whether or not it is answered, one by the business when it is accepted.
 * `terminate` stamps the end of a call; where it also names the start, that is taken, since the window counts from the call.
 */
export function readCall(item: Json, value: Json, origin: WebhookOrigin): CallEvent | MalformedEvent {
  const callId = text(item.id)
  const event = text(item.event)
  if (callId === null || event === null) {
    return { kind: 'malformed', ...origin, why: 'a call without id or event', value: item }
  }
  const byUser = text(item.direction) !== 'BUSINESS_INITIATED'
  const customer = caller(item, value, byUser)
  if (isNobody(customer)) return { kind: 'malformed', ...origin, why: 'a call without customer', value: item }

  const startedAt = event === 'terminate' ? fromMetaTimestamp(item.start_time) : null
  const answered = event === 'terminate' && text(item.status) === 'COMPLETED' && startedAt !== null
  return {
    kind: 'call',
    ...origin,
    callId,
    event,
    direction: byUser ? 'user_initiated' : 'business_initiated',
    at: startedAt ?? fromMetaTimestamp(item.timestamp),
    customer,
    opensWindow: byUser ? event === 'connect' || event === 'terminate' : answered,
    body: item,
  }
}

/** Meta's own examples disagree on which side stands in `from`, so the business number is recognised by its digits. */
function caller(item: Json, value: Json, byUser: boolean): WebhookIdentity {
  const business = (text(record(value.metadata)?.display_phone_number) ?? '').replace(/\D/g, '')
  const from = { phone: item.from, userId: item.from_user_id, parentUserId: item.from_parent_user_id }
  const to = { phone: item.to, userId: item.to_user_id, parentUserId: item.to_parent_user_id }
  const expected = byUser ? from : to
  const isBusiness = business !== '' && waId(expected.phone) === business
  return identity(isBusiness ? (byUser ? to : from) : expected, value.contacts)
}

/** The progress of a call we placed: `RINGING`, `ACCEPTED`, `REJECTED`. Comes as a status with `type: "call"`. */
export function readCallStatus(item: Json, value: Json, origin: WebhookOrigin): CallEvent | MalformedEvent {
  const callId = text(item.id)
  const event = text(item.status)
  const customer = identity({ phone: item.recipient_id, userId: item.recipient_user_id }, value.contacts)
  if (callId === null || event === null || isNobody(customer)) {
    return { kind: 'malformed', ...origin, why: 'a call status without id, status or customer', value: item }
  }
  return {
    kind: 'call',
    ...origin,
    callId,
    event,
    direction: 'business_initiated',
    at: fromMetaTimestamp(item.timestamp),
    customer,
    opensWindow: event === 'ACCEPTED',
    body: item,
  }
}

/** The value is the whole of it: the customer is the sender, the number the recipient. Null for a type nobody knows yet. */
export function readHandover(value: Json, origin: WebhookOrigin): Handover | MalformedEvent | null {
  const sender = record(value.sender) ?? {}
  const type = text(value.type)
  if (type !== 'control_passed' && type !== 'control_taken') return null
  const customer = identity(
    { phone: sender.phone_number, userId: sender.user_id, parentUserId: sender.parent_user_id },
    null,
  )
  if (isNobody(customer)) return { kind: 'malformed', ...origin, why: 'a hand-over without customer', value }
  const toUs = type === 'control_passed'
  return { kind: 'handover', ...origin, customer, toUs, at: fromMetaTimestamp(value.timestamp), body: value }
}

export function readPreference(item: Json, value: Json, origin: WebhookOrigin): UserPreference | MalformedEvent {
  const customer = identity(
    { phone: item.wa_id, userId: item.user_id, parentUserId: item.parent_user_id },
    value.contacts,
  )
  const wish = text(item.value)
  if (wish === null || isNobody(customer)) {
    return { kind: 'malformed', ...origin, why: 'a preference without value or customer', value: item }
  }
  return {
    kind: 'user_preference',
    ...origin,
    customer,
    category: text(item.category),
    value: wish,
    at: fromMetaTimestamp(item.timestamp),
    body: item,
  }
}
