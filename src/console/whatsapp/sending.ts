import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, dataOf } from '../api/client.ts'
import { tellFailure } from '../parts/toast.tsx'
import type { Contact } from './model.ts'
import type { Chat } from './search.ts'

export interface Order {
  message: Record<string, unknown>
  when_closed?: unknown
  send_at?: unknown
  expires_at?: string
  /** Made with what was written, so that two clicks are one message. */
  idempotency_key: string
}

export function textMessage(body: string): Record<string, unknown> {
  return { type: 'text', text: { body } }
}

/** Asks for a message to somebody, and reads the thread again. */
export function useSend(chat: Chat, contact: Contact, onSent: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (order: Order) =>
      dataOf(api.POST('/v1/intents', { body: { sender: chat.sender, to: recipientOf(contact), ...order } as never })),
    onSuccess: onSent,
    onError: tellFailure,
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['conversation', chat.sender, chat.contact] })
      void queries.invalidateQueries({ queryKey: ['intents'] })
    },
  })
}

function recipientOf({ wa_id, user_id }: Contact): { wa_id: string } | { user_id: string } {
  return wa_id !== null ? { wa_id } : { user_id: user_id ?? '' }
}
