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

/** Conversations that are about to be read again. */
const waiting = new Set<string>()

/** Whom an event is about: an intent calls them `to`. Each conversation by itself, however busy its number is. */
function readThreadAgain(queries: QueryClient, { sender, contact, to }: Record<string, unknown>): void {
  const who = (contact ?? to ?? {}) as { wa_id?: unknown; user_id?: unknown }
  const ids = [who.wa_id, who.user_id].filter((id) => typeof id === 'string')
  const name = `${sender}/${ids}`
  if (waiting.has(name)) return
  waiting.add(name)
  setTimeout(() => {
    waiting.delete(name)
    const isMeant = ([kind, ofSender, ofContact]: readonly unknown[]) =>
      kind === 'conversation' &&
      (sender === undefined || ofSender === sender) &&
      (ids.length === 0 || ids.includes(ofContact as string))
    void queries.invalidateQueries({ predicate: ({ queryKey }) => isMeant(queryKey) })
  }, THREAD_EVERY_MS)
}
