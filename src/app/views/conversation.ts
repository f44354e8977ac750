import { type Instant, toIso } from '../../domain/time.ts'
import {
  freeEntryPointStateAt,
  isFreeEntryPointOpen,
  isWindowOpen,
  replyBy,
  windowExpiresAt,
} from '../../domain/window.ts'
import type { ExchangedMessage } from '../../store/conversations/messages.ts'
import type { ConversationRead } from '../../store/conversations/reads.ts'
import type { ConsentRead } from '../../store/people/consents.ts'
import type { ContactRead } from '../../store/people/contacts.ts'
import { viewOfPricing } from './cost.ts'

/*
 * Conversations and contacts in the contract's spelling; plain JSON.
 */
export function viewOfConversation({ sender, contact, window, freeEntryPoint, now }: ConversationRead) {
  return {
    sender,
    contact: viewOfPerson(contact),
    customer_service_window: {
      open: isWindowOpen(window, now),
      opened_at: isoOrNull(window.openedAt),
      expires_at: isoOrNull(windowExpiresAt(window)),
    },
    free_entry_point: {
      state: freeEntryPointStateAt(freeEntryPoint, now),
      open: isFreeEntryPointOpen(freeEntryPoint, now),
      entered_at: isoOrNull(freeEntryPoint.enteredAt),
      reply_by: isoOrNull(replyBy(freeEntryPoint)),
      opened_at: isoOrNull(freeEntryPoint.openedAt),
      expires_at: isoOrNull(freeEntryPoint.expiresAt),
    },
  }
}

function viewOfPerson(contact: ContactRead) {
  const { wa_id, bsuid, username, name, language, time_zone, marketing } = contact
  return { wa_id, user_id: bsuid, username, name, language, time_zone, marketing }
}

export function viewOfContact({ consents, ...contact }: ContactRead & { consents: ConsentRead[] }) {
  return {
    ...viewOfContactInList(contact),
    consents: consents.map(({ at, ...consent }) => ({ ...consent, at: toIso(at) })),
  }
}

export function viewOfContactInList(contact: ContactRead) {
  const { unreachable_since: since, unreachable_until: until } = contact
  return {
    ...viewOfPerson(contact),
    utility: contact.utility,
    attributes: contact.attributes,
    stopped_marketing_at: isoOrNull(contact.stopped_marketing_at),
    unreachable: since === null || until === null ? null : { since: toIso(since), review_at: toIso(until) },
    created_at: toIso(contact.contact_created_at),
  }
}

export function viewOfExchanged(message: ExchangedMessage) {
  return {
    direction: message.direction,
    wamid: message.wamid,
    type: message.type,
    at: toIso(message.at),
    status: message.status,
    text: textOf(message.type, message.body),
    template: message.template,
    body: message.body,
    intent_id: message.intent_id,
    by: message.origin === null ? null : { kind: message.origin, name: null },
    pricing: viewOfPricing(message.pricing),
  }
}

/** The words of a message as a chat would show them; null when it has none, and for templates, whose words are Meta's to put together. */
function textOf(type: string, body: Record<string, unknown> | null): string | null {
  const content = recordOf(body?.[type])
  if (content === null) return null
  if (type === 'interactive') {
    const reply = recordOf(content.button_reply) ?? recordOf(content.list_reply)
    return stringOf(reply?.title) ?? stringOf(recordOf(content.body)?.text)
  }
  return stringOf(content.body) ?? stringOf(content.text) ?? stringOf(content.caption) ?? stringOf(content.emoji)
}

function recordOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : toIso(at)
}
