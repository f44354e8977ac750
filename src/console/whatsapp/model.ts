import type { components } from '../api/schema.d.ts'

type Schemas = components['schemas']

/** A conversation as the list has it. */
export type Summary = Schemas['ConversationSummary']
export type Conversation = Schemas['Conversation']
export type Contact = Summary['contact']
export type LastMessage = NonNullable<Summary['last_message']>
export type Message = Schemas['Message']
export type Intent = Schemas['IntentSummary']
export type Reason = Schemas['Reason']

export type WindowState = 'never' | 'open' | 'closing' | 'late' | 'ended'

/** From here on an open window is about to close, as the filter of the API has it. */
const CLOSING_MS = 2 * 3_600_000

/** What the windows of the API mean at an instant (epoch milliseconds by Casement's clock). */
export function windowStateAt(conversation: Summary, now: number): WindowState {
  const { expires_at } = conversation.customer_service_window
  if (expires_at === null) return 'never'
  const end = Date.parse(expires_at)
  if (now >= end) return 'ended'
  if (now >= freeFormEnd(conversation)) return 'late'
  return end - now < CLOSING_MS ? 'closing' : 'open'
}

function freeFormEnd({ free_form_until, customer_service_window }: Summary): number {
  return Date.parse(free_form_until ?? customer_service_window.expires_at ?? '')
}

export type EntryState = 'none' | 'reply_by' | 'open' | 'over'

/** The second clock: until when a reply opens the free entry point, or how long what is sent stays free. */
export function entryStateAt({ free_entry_point: entry }: Summary, now: number): EntryState {
  if (entry.state === 'possible')
    return entry.reply_by !== null && now < Date.parse(entry.reply_by) ? 'reply_by' : 'none'
  if (entry.state !== 'estimated' && entry.state !== 'confirmed') return 'none'
  return entry.expires_at !== null && now < Date.parse(entry.expires_at) ? 'open' : 'over'
}

export function keyOf({ sender, contact }: Pick<Summary, 'sender' | 'contact'>): string {
  return `${sender}/${contact.wa_id ?? contact.user_id ?? ''}`
}

export function nameOf(contact: Contact): string {
  return contact.name ?? contact.username ?? numberOf(contact)
}

export function numberOf({ wa_id, user_id }: Contact): string {
  return wa_id === null ? (user_id ?? '') : `+${wa_id}`
}
