import type { Conversation, Intent, Message } from './model.ts'
import type { Chat } from './search.ts'

export interface Day {
  day: string
  messages: Message[]
}

/**
 * Oldest first, as people read; the API has the newest first.
 *
 * @param dayOf the day of an instant in the zone that the page shows; a key
 */
export function byDay(newestFirst: readonly Message[], dayOf: (iso: string) => string): Day[] {
  const days: Day[] = []
  for (const message of newestFirst.toReversed()) {
    const day = dayOf(message.at)
    const last = days.at(-1)
    if (last?.day === day) last.messages.push(message)
    else days.push({ day, messages: [message] })
  }
  return days
}

/** Newest first, each once; what the conversation says of a message is newer than what a page before said. */
export function joined(newest: readonly Message[], earlier: readonly Message[]): Message[] {
  const known = new Set(newest.map(({ id }) => id))
  return [...newest, ...earlier.filter(({ id }) => !known.has(id))]
}

/**
 * What waits, and what did not go, each once; the conversation is the newer of the two. What has become a message since is said above and does
 * not stand here as well, unless that one failed and it is to go again.
 */
export function notSent({ waiting, messages }: Conversation, unsent: readonly Intent[]): Intent[] {
  const known = new Set(waiting.map(({ id }) => id))
  const said = new Set(messages.flatMap(({ intent, status }) => (status === 'failed' ? [] : [intent])))
  return [...waiting, ...unsent.filter(({ id }) => !known.has(id))].filter(({ id }) => !said.has(id))
}

/** Somebody whom nothing was sent to and who never wrote: there is nothing to read, and a template may go. */
export function unknownConversation({ sender, contact }: Chat): Conversation {
  const isNumber = /^\d+$/.test(contact)
  return {
    sender,
    contact: {
      wa_id: isNumber ? contact : null,
      user_id: isNumber ? null : contact,
      username: null,
      name: null,
      language: null,
      time_zone: null,
      marketing: 'unknown',
    },
    customer_service_window: { open: false, opened_at: null, expires_at: null },
    free_entry_point: {
      state: 'none',
      open: false,
      entered_at: null,
      reply_by: null,
      opened_at: null,
      expires_at: null,
    },
    free_form_until: null,
    last_message: null,
    unread: 0,
    waiting_count: 0,
    handed_over: null,
    messages: [],
    waiting: [],
  }
}
