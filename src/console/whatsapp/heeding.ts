import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { createStore } from '../api/store.ts'
import type { ServerEvent } from '../api/stream.ts'
import { type Conversation, keyOf, type Message, type Summary } from './model.ts'
import type { ConversationPage } from './queries.ts'

/** Conversations that would stand elsewhere, or at all, if the list were read again: announced, not moved under the pointer. */
export const movedStore = createStore<ReadonlySet<string>>(new Set())

/** A busy conversation is read again this often at most. */
const THREAD_EVERY_MS = 100

/** Patches the row that an event speaks of where it stands, and reads the open thread again. */
export function heedConversation(queries: QueryClient, { type, data: { data } }: ServerEvent): void {
  const about = (data ?? {}) as Record<string, unknown>
  if (type === 'conversation' && isSummary(about)) patchLists(queries, about)
  if (type === 'message') showMessage(queries, about)
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

/** A message stands in its thread at once; what else it changed is read after it. */
function showMessage(queries: QueryClient, about: Record<string, unknown>): void {
  if (typeof about.id !== 'string' || typeof about.at !== 'string') return
  const message = about as Record<string, unknown> & Message
  for (const id of idsIn(about)) {
    queries.setQueryData<Conversation | null>(['conversation', about.sender, id], (thread) => {
      if (thread === undefined || thread === null) return thread
      const { messages } = thread
      const known = messages.some((one) => one.id === message.id)
      if (known) return { ...thread, messages: messages.map((one) => (one.id === message.id ? message : one)) }
      // One that came late has its place among others.
      const isNewest = messages[0] === undefined || messages[0].at <= message.at
      return isNewest ? { ...thread, messages: [message, ...messages] } : thread
    })
  }
}

/** Whom an event is about; an intent calls them `to`. */
function idsIn({ contact, to }: Record<string, unknown>): string[] {
  const { wa_id, user_id } = (contact ?? to ?? {}) as { wa_id?: unknown; user_id?: unknown }
  return [wa_id, user_id].filter((id) => typeof id === 'string')
}

/** Conversations that are about to be read again. */
const waiting = new Set<string>()

/** Each conversation by itself, however busy its number is. */
function readThreadAgain(queries: QueryClient, about: Record<string, unknown>): void {
  const { sender } = about
  const ids = idsIn(about)
  const name = `${sender}/${ids}`
  if (waiting.has(name)) return
  waiting.add(name)
  setTimeout(() => {
    waiting.delete(name)
    const isMeant = ([kind, ofSender, ofContact]: readonly unknown[]) =>
      kind === 'conversation' &&
      (sender === undefined || ofSender === sender) &&
      (ids.length === 0 || ids.includes(String(ofContact)))
    void queries.invalidateQueries({ predicate: ({ queryKey }) => isMeant(queryKey) })
  }, THREAD_EVERY_MS)
}
