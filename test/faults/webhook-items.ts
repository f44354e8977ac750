/*
 * The items Meta's webhooks are made of, and how they are packed into payloads. Shapes: Meta, webhooks/reference (read 2026-11).
 */

export const WABA = '102290129340398'
export const SENDER = '106540352242922'
/** A number of the same account that is not linked here. */
export const FOREIGN_SENDER = '106540352242999'

type Json = Record<string, unknown>

/** One item as Meta reports it, with its own place in a payload. */
export interface WebhookItem {
  /** Unix seconds, Meta's stamp. */
  at: number
  field: string
  /** The list of `value` it stands in; null when the whole value is the item. */
  list: 'messages' | 'statuses' | 'calls' | 'user_preferences' | null
  item: unknown
  sender: string
  /** What `contacts[]` says beside it. */
  contact: Json | null
}

export interface Identity {
  waId?: string | undefined
  bsuid?: string | undefined
  name?: string | undefined
  username?: string | undefined
}

function contactOf({ waId, bsuid, name, username }: Identity): Json | null {
  if (name === undefined) return null
  return { profile: { name, username }, wa_id: waId, user_id: bsuid }
}

export function inbound(at: number, who: Identity, id: string, message: Json, sender = SENDER): WebhookItem {
  const item = { from: who.waId, from_user_id: who.bsuid, id, timestamp: String(at), ...message }
  return { at, field: 'messages', list: 'messages', item, sender, contact: contactOf(who) }
}

export const textMessage = (body: string): Json => ({ type: 'text', text: { body } })

export function status(at: number, wamid: string, word: string, more: Json = {}): WebhookItem {
  const item = { id: wamid, status: word, timestamp: String(at), recipient_id: '0', ...more }
  return { at, field: 'messages', list: 'statuses', item, sender: SENDER, contact: null }
}

export function call(at: number, who: Identity, id: string, event: string): WebhookItem {
  const item = { id, from: who.waId, from_user_id: who.bsuid, to: '15550783881', event, timestamp: String(at) }
  const direction = 'USER_INITIATED'
  return { at, field: 'calls', list: 'calls', item: { ...item, direction }, sender: SENDER, contact: contactOf(who) }
}

export function preference(at: number, who: Identity, value: 'stop' | 'resume'): WebhookItem {
  const item = { wa_id: who.waId, user_id: who.bsuid, category: 'marketing_messages', value, timestamp: at }
  return { at, field: 'user_preferences', list: 'user_preferences', item, sender: SENDER, contact: null }
}

/** Somebody got another phone number, and with it another business-scoped user id, or another id alone. */
export function numberChange(at: number, id: string, before: Identity, after: Identity): WebhookItem {
  const system = {
    type: after.waId === before.waId ? 'user_changed_user_id' : 'user_changed_number',
    wa_id: after.waId,
    user_id: after.bsuid,
    previous_user_id: before.bsuid,
  }
  const item = { from: before.waId, id, timestamp: String(at), type: 'system', system }
  return { at, field: 'messages', list: 'messages', item, sender: SENDER, contact: null }
}

export function change(at: number, field: string, value: Json): WebhookItem {
  return { at, field, list: null, item: value, sender: SENDER, contact: null }
}

/** An item nobody can read, beside its neighbours. */
export function malformed(at: number, list: 'messages' | 'statuses', item: unknown): WebhookItem {
  return { at, field: 'messages', list, item, sender: SENDER, contact: null }
}

interface Change {
  field: string
  value: Json
}

/** One payload with these items in this order. Neighbours that fit share a value, as Meta batches them. */
export function payloadOf(items: readonly WebhookItem[]): string {
  const entries: { id: string; time: number; changes: Change[] }[] = []
  let before: WebhookItem[] = []
  for (const item of items) {
    const last = entries.at(-1)
    if (last && fitsInto(before, item)) {
      const value = last.changes.at(-1)?.value as Record<string, unknown[]>
      value[item.list as string]?.push(item.item)
      if (item.contact) value.contacts?.push(item.contact)
      before.push(item)
      continue
    }
    entries.push({ id: WABA, time: item.at, changes: [{ field: item.field, value: valueAround(item) }] })
    before = [item]
  }
  return JSON.stringify({ object: 'whatsapp_business_account', entry: entries })
}

function valueAround({ list, item, sender, contact }: WebhookItem): Json {
  if (list === null) return item as Json
  const metadata = { display_phone_number: '15550783881', phone_number_id: sender }
  return { messaging_product: 'whatsapp', metadata, contacts: contact ? [contact] : [], [list]: [item] }
}

/** `contacts[]` has one entry for each person, so two items that tell different things of one person stand apart. */
function fitsInto(before: readonly WebhookItem[], item: WebhookItem): boolean {
  const [first] = before
  if (!first || item.list === null || first.list !== item.list || first.field !== item.field) return false
  if (first.sender !== item.sender) return false
  const known = before.map(({ contact }) => contact).filter((contact) => contact !== null)
  const own = item.contact
  return (
    own === null || known.every((contact) => !sharesId(contact, own) || JSON.stringify(contact) === JSON.stringify(own))
  )
}

function sharesId(a: Json, b: Json): boolean {
  return (['wa_id', 'user_id'] as const).some((id) => a[id] !== undefined && a[id] === b[id])
}
