import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { createStore } from '../api/store.ts'
import type { ServerEvent } from '../api/stream.ts'
import { keyOf, type Summary } from './model.ts'
import type { ConversationPage } from './queries.ts'

/** Conversations that would stand elsewhere, or at all, if the list were read again: announced, not moved under the pointer. */
export const movedStore = createStore<ReadonlySet<string>>(new Set())

/** A busy conversation is read again this often at most. */
const THREAD_EVERY_MS = 100

/** Patches the row that an event speaks of where it stands, and reads the open thread again. */
export function heedConversation(queries: QueryClient, { type, data: { data } }: ServerEvent): void {
  const about = (data ?? {}) as Record<string, unknown>
  if (type === 'conversation' && isSummary(about)) patchLists(queries, about)
  if (type === 'conversation' || type === 'message' || type === 'intent') readThreadAgain(queries, about)
  if (type === 'resync' || type === 'hello') movedStore.set(new Set())
}

function isSummary(data: Record<string, unknown>): data is Record<string, unknown> & Summary {
  return typeof data.sender === 'string' && typeof data.contact === 'object' && data.contact !== null
}

function patchLists(queries: QueryClient, summary: Summary): void {
  const key = keyOf(summary)
  let isInPlace = false
  queries.setQueriesData<InfiniteData<ConversationPage>>({ queryKey: ['conversations'] }, (lists) => {
    if (lists === undefined) return lists
    const patch = (row: Summary) => {
      if (keyOf(row) !== key) return row
      isInPlace = row.customer_service_window.opened_at === summary.customer_service_window.opened_at
      return { ...row, ...summary }
    }
    return { ...lists, pages: lists.pages.map((page) => ({ ...page, data: page.data.map(patch) })) }
  })
  // Who wrote last stands first: only a new message of theirs moves a row.
  if (!isInPlace) movedStore.set(new Set(movedStore.get()).add(key))
}

const waiting = new Set<string>()

function readThreadAgain(queries: QueryClient, data: Record<string, unknown>): void {
  const hash = String(data.sender ?? '')
  if (waiting.has(hash)) return
  waiting.add(hash)
  setTimeout(() => {
    waiting.delete(hash)
    void queries.invalidateQueries({ queryKey: hash === '' ? ['conversation'] : ['conversation', hash] })
  }, THREAD_EVERY_MS)
}
