import type { Purview } from '../domain/access.ts'
import type { ContactId, ConversationId, WorkspaceId } from '../domain/ids.ts'
import { instant } from '../domain/time.ts'
import type { ConversationPlace, ConversationSelection } from '../store/conversations/list.ts'
import type { ExchangedMessage } from '../store/conversations/messages.ts'
import type { ConversationRead } from '../store/conversations/reads.ts'
import type { IntentRead } from '../store/intents/reads.ts'
import type { Places } from '../store/pg/merging.ts'
import { type Answer, done, unknown } from './answer.ts'
import { decodeCursor, encodeCursor, foundPage, type Page } from './paging.ts'
import { personKey } from './person-key.ts'

export interface ReadConversationsIo {
  findContact(workspace: WorkspaceId, key: string): Promise<ContactId | null>
  readConversation(purview: Purview, sender: string, contactId: ContactId): Promise<ConversationRead | null>
  /** Which a page has. It may be short, or empty, and there may be more all the same. */
  placeConversations(selection: ConversationSelection): Promise<Places<ConversationPlace>>
  readConversationsAt(places: ConversationPlace[]): Promise<ConversationRead[]>
  /** The first always fits into the bytes. */
  listExchanged(id: ConversationId, limit: number, maxBytes: number): Promise<ExchangedMessage[]>
  listWaiting(id: ConversationId, limit: number, maxBytes: number): Promise<IntentRead[]>
}

export interface ConversationQuery {
  sender?: string | undefined
  open?: boolean | undefined
  window?: ConversationSelection['window'] | undefined
  q?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** Those who wrote last come first; those who never wrote come after them, newest first. */
export async function listConversations(
  io: ReadConversationsIo,
  purview: Purview,
  query: ConversationQuery,
): Promise<Answer<Page<ConversationRead>>> {
  const cursor = decodeCursor(query.cursor, isPlaceKey)
  if (!cursor.ok) return cursor
  const selection = {
    purview,
    sender: query.sender ?? null,
    open: query.open ?? null,
    window: query.window ?? null,
    text: query.q ?? null,
    limit: query.limit,
  }
  const { found, next } = await foundPage(cursor.value && placeOf(cursor.value), (after) =>
    io.placeConversations({ ...selection, after }),
  )
  const data = await io.readConversationsAt(found)
  return done({ data, next_cursor: next === null ? null : encodeCursor([next.inboundAt, next.id]) })
}

export interface ConversationInFull {
  conversation: ConversationRead
  /** Newest first. */
  messages: ExchangedMessage[]
  /** In the order they will leave. */
  waiting: IntentRead[]
}

const MESSAGES_SHOWN = 50
const WAITING_SHOWN = 100
/** Of each of the two: a message is as large as the body that it came in. */
const SHOWN_BYTES = 2 * 1024 * 1024

export async function getConversation(
  io: ReadConversationsIo,
  purview: Purview,
  sender: string,
  contact: string,
): Promise<Answer<ConversationInFull>> {
  const key = personKey(contact)
  const contactId = key === null ? null : await io.findContact(purview.workspace, key)
  const conversation = contactId && (await io.readConversation(purview, sender, contactId))
  if (!conversation) return unknown('conversation_unknown', `a conversation of sender ${sender} with ${contact}`)
  const [messages, waiting] = await Promise.all([
    io.listExchanged(conversation.id, MESSAGES_SHOWN, SHOWN_BYTES),
    io.listWaiting(conversation.id, WAITING_SHOWN, SHOWN_BYTES),
  ])
  return done({ conversation, messages, waiting })
}

type PlaceKey = [inboundAt: number | null, id: string]

function isPlaceKey(key: readonly unknown[]): key is PlaceKey {
  const [at, id] = key
  return key.length === 2 && (at === null || isDate(at)) && typeof id === 'string' && /^\d{1,18}$/.test(id)
}

/** What a `Date` can hold and a message can have been stamped with. */
function isDate(at: unknown): at is number {
  return Number.isSafeInteger(at) && (at as number) >= 0 && (at as number) <= 8.64e15
}

function placeOf([at, id]: PlaceKey): ConversationPlace {
  return { inboundAt: at === null ? null : instant(at), id: id as ConversationId }
}
