import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api, dataOf } from '../api/client.ts'
import { useMaySend } from '../api/session.ts'
import { useIsLookedAt } from '../parts/looked-at.ts'
import type { Conversation } from './model.ts'
import type { Chat } from './search.ts'

/**
 * What somebody of the team has on screen is read for all of it; the customer is shown nothing of that.
 *
 * @param isAtEnd false while they read back: what is new is below, and nobody saw it
 */
export function useRead(chat: Chat, conversation: Conversation | undefined, isAtEnd: boolean): void {
  const queries = useQueryClient()
  const maySend = useMaySend()
  const isLookedAt = useIsLookedAt()
  const { sender, contact } = chat
  const unread = conversation?.unread ?? 0
  useEffect(() => {
    if (unread === 0 || !maySend || !isAtEnd || !isLookedAt) return
    const params = { path: { sender, contact } }
    dataOf(api.POST('/v1/conversations/{sender}/{contact}/read', { params, body: {} })).then(
      () => {
        void queries.invalidateQueries({ queryKey: ['conversations'] })
        void queries.invalidateQueries({ queryKey: ['conversation', sender, contact] })
      },
      // It is read the next time.
      () => {},
    )
  }, [queries, sender, contact, unread, maySend, isAtEnd, isLookedAt])
}
