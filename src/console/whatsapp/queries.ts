import { type InfiniteData, infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, dataOf } from '../api/client.ts'
import type { Conversation, Intent, Summary } from './model.ts'
import type { Chat, ChatSearch } from './search.ts'

export type Cut = Pick<ChatSearch, 'filter' | 'q' | 'number' | 'sort'>

export interface ConversationPage {
  data: Summary[]
  next_cursor: string | null
}

type Lists = InfiniteData<ConversationPage>

const PAGE = 50
/** Who scrolls on wants many; who only looks waits for few. */
const NEXT_PAGES = 1000
const WINDOWS = ['open', 'closing', 'ended', 'never'] as const

export function conversationsQuery(cut: Cut) {
  return infiniteQueryOptions({
    queryKey: ['conversations', cut],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) =>
      (await dataOf(api.GET('/v1/conversations', { params: { query: queryOf(cut, pageParam) } }))) as ConversationPage,
    getNextPageParam: (last) => last.next_cursor,
  })
}

export function firstPageOf({ pages, pageParams }: Lists): Lists {
  return { pages: pages.slice(0, 1), pageParams: pageParams.slice(0, 1) }
}

function queryOf({ filter, q, number, sort }: Cut, cursor: string | null) {
  const window = WINDOWS.find((name) => name === filter)
  return {
    limit: cursor === null ? PAGE : NEXT_PAGES,
    ...(window ? { window } : {}),
    ...(filter === 'waiting' ? { waiting: 'true' as const } : {}),
    ...(filter === 'handed_over' ? { handed_over: 'true' as const } : {}),
    ...(q ? { q } : {}),
    ...(number ? { sender: number } : {}),
    ...(sort ? { sort } : {}),
    ...(cursor ? { cursor } : {}),
  }
}

/** In the background nobody reads them, and windows end without a word. */
const COUNT_EVERY_MS = 10_000

export function countsQuery(number: string | undefined) {
  return queryOptions({
    queryKey: ['conversation-counts', number],
    queryFn: () => dataOf(api.GET('/v1/conversations/counts', { params: { query: number ? { sender: number } : {} } })),
    refetchInterval: COUNT_EVERY_MS,
    staleTime: COUNT_EVERY_MS / 2,
  })
}

export function conversationQuery(chat: Chat) {
  return queryOptions({
    queryKey: ['conversation', chat.sender, chat.contact],
    queryFn: () =>
      dataOf(
        api.GET('/v1/conversations/{sender}/{contact}', { params: { path: chat, query: { unknown: 'empty' } } }),
        // Nothing, where nothing was exchanged.
      ).then((conversation) => (conversation ?? null) as Conversation | null),
  })
}

/** Of these a message of WhatsApp tells nothing: it has none yet, or never will. */
const UNSENT: readonly Intent['state'][] = ['queued', 'dispatching', 'in_doubt', 'failed', 'expired', 'suppressed']
const LOOKED_THROUGH = 30

/** What was asked for lately, is not waiting, and is no message of the thread: under way, or gone wrong before Meta took it. */
export function unsentQuery({ sender, contact }: Chat) {
  return queryOptions({
    queryKey: ['conversation', sender, contact, 'unsent'],
    queryFn: async () => {
      const query = { sender, to: contact, limit: LOOKED_THROUGH }
      const { data } = await dataOf(api.GET('/v1/intents', { params: { query } }))
      return data.filter(({ state, wamid }) => wamid === null && UNSENT.includes(state))
    },
  })
}

/** More than the conversation brings along: twice as much, and the pages before, as the reader goes back. */
export function earlierQuery(chat: Chat) {
  return infiniteQueryOptions({
    queryKey: ['earlier', chat.sender, chat.contact],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => {
      const query = { limit: 2 * PAGE, ...(pageParam ? { cursor: pageParam } : {}) }
      return dataOf(api.GET('/v1/conversations/{sender}/{contact}/messages', { params: { path: chat, query } }))
    },
    getNextPageParam: (last) => last.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
  })
}
