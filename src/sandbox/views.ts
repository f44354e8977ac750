import type { Ledger } from './ledger.ts'
import type { ConversationRecord, CustomerRecord, Json, NumberRecord } from './records.ts'
import { isFreeEntryPointOpen, windowExpiresAt } from './rules/window.ts'

const THREAD_LENGTH = 100

const isoOrNull = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/** A customer's phone as the page and the tests read it: one thread per business number, oldest message first. */
export function phoneView(ledger: Ledger, customer: CustomerRecord, now: number, messages = THREAD_LENGTH): Json {
  const threads = [...ledger.numbers.values()]
    .map((number) => ({ number, conversation: ledger.conversations.get(`${number.id}/${customer.key}`) }))
    .filter(
      (pair): pair is { number: NumberRecord; conversation: ConversationRecord } => pair.conversation !== undefined,
    )
  return {
    ...customerView(customer),
    threads: threads.map(({ number, conversation }) => threadView(ledger, number, conversation, now, messages)),
  }
}

export function customerView(customer: CustomerRecord): Json {
  return {
    key: customer.key,
    wa_id: customer.waId,
    user_id: customer.userId,
    name: customer.name,
    username: customer.username,
    has_whatsapp: customer.hasWhatsApp,
    phone_hidden: customer.phoneHidden,
    marketing_stopped: customer.marketingStopped,
    online: customer.online,
  }
}

function threadView(
  ledger: Ledger,
  number: NumberRecord,
  conversation: ConversationRecord,
  now: number,
  length: number,
): Json {
  const expiresAt = windowExpiresAt(conversation)
  const messages = ledger.thread(conversation)
  return {
    phone_number_id: number.id,
    business: number.verifiedName,
    window: { open: expiresAt !== null && now < expiresAt, expires_at: isoOrNull(expiresAt) },
    free_entry_point: {
      open: isFreeEntryPointOpen(conversation, now),
      expires_at: isoOrNull(conversation.freeEntryPoint?.openedAt ? conversation.freeEntryPoint.expiresAt : null),
      entered_at: isoOrNull(conversation.entryPoint?.enteredAt ?? null),
    },
    other_responder: conversation.otherResponder ?? false,
    typing: now < conversation.typingUntil,
    unread: messages.filter((message) => message.direction === 'out' && message.status === 'delivered').length,
    messages: messages.slice(-length).map((message) => ({
      wamid: message.wamid,
      direction: message.direction,
      at: new Date(message.at).toISOString(),
      type: message.type,
      ...message.bubble,
      context_id: message.contextId,
      status: message.status,
      template: message.template ? message.template.category : null,
      pricing: message.pricing,
      error: message.status === 'failed' ? message.failsWith : null,
    })),
  }
}

export function senderView(number: NumberRecord): Json {
  return {
    id: number.id,
    waba_id: number.wabaId,
    display_phone_number: number.displayPhoneNumber,
    verified_name: number.verifiedName,
    throughput_mps: number.throughputMps,
    quality_rating: number.qualityRating,
    refuse_with: number.refuseWith,
    allowed_to: number.allowedTo ?? null,
  }
}
