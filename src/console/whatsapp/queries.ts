import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, dataOf } from '../api/client.ts'
import type { Conversation, Summary } from './model.ts'
import type { Chat, ChatSearch } from './search.ts'

export type Cut = Pick<ChatSearch, 'filter' | 'q' | 'number' | 'sort'>

export interface ConversationPage {
  data: Summary[]
  next_cursor: string | null
}

const PAGE = 50
const WINDOWS = ['open', 'closing', 'ended', 'never'] as const

export function conversationsQuery(cut: Cut) {
  return infiniteQueryOptions({
    queryKey: ['conversations', cut],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) =>
      (await dataOf(
        api.GET('/v1/conversations', { params: { query: queryOf(cut, pageParam) } }),
      )) as unknown as ConversationPage,
    getNextPageParam: (last) => last.next_cursor,
  })
}

function queryOf({ filter, q, number, sort }: Cut, cursor: string | null) {
  const window = WINDOWS.find((name) => name === filter)
  return {
    limit: PAGE,
    ...(window ? { window } : {}),
    ...(filter === 'waiting' ? { waiting: 'true' } : {}),
    ...(filter === 'handed_over' ? { handed_over: 'true' } : {}),
    ...(q ? { q } : {}),
    ...(number ? { sender: number } : {}),
    ...(sort ? { sort } : {}),
    ...(cursor ? { cursor } : {}),
  }
}

export function conversationQuery(chat: Chat) {
  return queryOptions({
    queryKey: ['conversation', chat.sender, chat.contact],
    queryFn: async () =>
      (await dataOf(
        api.GET('/v1/conversations/{sender}/{contact}', { params: { path: chat } }),
      )) as unknown as Conversation,
  })
}
