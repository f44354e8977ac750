import type { Actor } from '../../domain/access.ts'
import { classify, type GraphErrorFacts } from '../../domain/failure.ts'
import { type Instant, plus, toIso } from '../../domain/time.ts'
import {
  freeEntryPointStateAt,
  isFreeEntryPointOpen,
  isWindowOpen,
  replyBy,
  windowExpiresAt,
} from '../../domain/window.ts'
import type { ExchangedMessage, MentionedMessage } from '../../store/conversations/messages.ts'
import type { ConversationRead } from '../../store/conversations/reads.ts'
import type { ConsentRead } from '../../store/people/consents.ts'
import type { ContactRead } from '../../store/people/contacts.ts'
import { SAYS_NOTHING } from '../../usecases/apply-failure.ts'
import type { ExplainedMessage } from '../../usecases/read-messages.ts'
import { mediumOf } from '../../usecases/tend-conversations.ts'
import { viewOfPricing } from './cost.ts'
import { viewOfPreview } from './template.ts'

/*
 * Conversations and contacts in the contract's spelling; plain JSON.
 */
/** @param windowMarginMs before the end of the window free-form is not sent any more */
export function viewOfConversation(conversation: ConversationRead, windowMarginMs: number) {
  const { sender, contact, window, freeEntryPoint, now, handedOver } = conversation
  const expiresAt = windowExpiresAt(window)
  return {
    sender,
    contact: viewOfPerson(contact),
    customer_service_window: {
      open: isWindowOpen(window, now),
      opened_at: isoOrNull(window.openedAt),
      expires_at: isoOrNull(expiresAt),
    },
    free_entry_point: {
      state: freeEntryPointStateAt(freeEntryPoint, now),
      open: isFreeEntryPointOpen(freeEntryPoint, now),
      entered_at: isoOrNull(freeEntryPoint.enteredAt),
      reply_by: isoOrNull(replyBy(freeEntryPoint)),
      opened_at: isoOrNull(freeEntryPoint.openedAt),
      expires_at: isoOrNull(freeEntryPoint.expiresAt),
    },
    free_form_until: isoOrNull(expiresAt === null ? null : plus(expiresAt, -windowMarginMs)),
    last_message: conversation.lastMessage && viewOfMentioned(conversation.lastMessage),
    unread: conversation.unread,
    waiting_count: conversation.waiting,
    handed_over: handedOver && { team: handedOver.team, note: handedOver.note, at: toIso(handedOver.at) },
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
  const { body } = message
  return {
    id: message.wamid,
    direction: message.direction,
    wamid: message.wamid,
    type: message.type,
    at: toIso(message.at),
    status: message.status,
    text: textOf(message.type, body),
    template: message.template,
    message: body,
    body,
    intent: message.intent_id,
    intent_id: message.intent_id,
    by: writerOf(message),
    reason: message.status === 'failed' ? reasonOfFailure(message.error) : null,
    referral: recordOf(body?.referral),
    media: viewOfMedium(message),
    pricing: viewOfPricing(message.pricing),
  }
}

/** The same with what it answers, and with the words of a template. */
export function viewOfExplained(message: ExplainedMessage) {
  const { quoted, rendered } = message
  const view = viewOfExchanged(message)
  return {
    ...view,
    text: view.text ?? rendered?.body ?? null,
    preview: rendered && viewOfPreview(rendered),
    quoted: quoted && { ...(quoted.message ? viewOfMentioned(quoted.message) : NOTHING_KNOWN), id: quoted.id },
  }
}

/** Of a quote that nobody has any more. */
const NOTHING_KNOWN = { direction: null, type: null, text: null, at: null, status: null }

const MENTIONED_CHARACTERS = 500

function viewOfMentioned({ wamid, direction, type, body, at, status }: MentionedMessage) {
  const text = textOf(type, body)
  return {
    id: wamid,
    direction,
    type,
    text: text === null ? null : [...text.slice(0, 2 * MENTIONED_CHARACTERS)].slice(0, MENTIONED_CHARACTERS).join(''),
    at: toIso(at),
    status,
  }
}

/** Who wrote one of ours. */
function writerOf({ direction, origin, created_by: actor }: ExchangedMessage) {
  if (direction === 'inbound') return null
  if (origin !== null) return { kind: origin, name: null }
  if (actor === null) return null
  const kind = WRITERS[actor.kind]
  return { kind, name: actor.name }
}

const WRITERS = {
  key: 'api',
  library: 'api',
  cli: 'api',
  campaign: 'campaign',
  flow: 'flow',
  user: 'user',
  system: 'system',
} as const satisfies Record<Actor['kind'], string>

/** In words, from Meta's error as it was told. */
function reasonOfFailure(error: unknown) {
  const { reasonCode, text, code } = classify({ ...SAYS_NOTHING, ...recordOf(error) } as GraphErrorFacts)
  return { code: reasonCode, text, ...(code === null ? {} : { graph_code: code }) }
}

function viewOfMedium(message: ExchangedMessage) {
  const medium = mediumOf(message)
  return medium && { mime_type: medium.mimeType, size: medium.size, filename: medium.filename }
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
