import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { askJson } from '../api/client.ts'
import type { Contact, Reason } from './model.ts'
import type { Chat } from './search.ts'
import type { Order } from './sending.ts'

/*
 * What would become of a message, before it is asked for: the API decides, without storing anything. A server that cannot say yet is asked
 * once and not again.
 */

export interface Fate {
  at: string
  kind: 'send' | 'downgrade' | 'follow_up' | 'hold' | 'defer' | 'expire' | 'suppress' | 'fail'
  reason: Reason | null
  template: { name: string; language: string } | null
  price: Price | null
}

export interface Price {
  amount: string
  currency: string
  category: string
  free_because: string | null
}

export interface Forecast {
  window: { open: boolean; expires_at: string | null }
  now: Fate
  at_send_at: Fate | null
}

const TYPED_MS = 400

export function useForecast(
  chat: Chat,
  contact: Contact,
  wish: Omit<Order, 'idempotency_key'> | null,
): Forecast | null {
  const [asked] = useDebouncedValue(wish === null ? null : JSON.stringify(wish), TYPED_MS)
  const { data } = useQuery({
    queryKey: ['forecast', chat.sender, chat.contact, asked],
    enabled: asked !== null,
    staleTime: 5_000,
    gcTime: 30_000,
    queryFn: () => {
      const to = contact.wa_id !== null ? { wa_id: contact.wa_id } : { user_id: contact.user_id }
      const intent = { sender: chat.sender, to, ...(JSON.parse(asked as string) as object) }
      // What is wrong with it is said where it is sent.
      return askJson<Forecast>('POST', '/v1/intents/forecast', intent).catch(() => null)
    },
  })
  return wish === null ? null : (data ?? null)
}
