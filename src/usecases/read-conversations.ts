import type { Purview } from '../domain/access.ts'
import type { ContactId, ConversationId, WorkspaceId } from '../domain/ids.ts'
import { instant } from '../domain/time.ts'
import type { ConversationCounts } from '../store/conversations/count.ts'
import type { ConversationPlace, ConversationSelection } from '../store/conversations/list.ts'
import type { MessagePlace, PlacedMessage } from '../store/conversations/messages.ts'
import type { ConversationRead } from '../store/conversations/reads.ts'
import type { IntentRead } from '../store/intents/reads.ts'
import type { Places } from '../store/pg/merging.ts'
import { type Answer, done, unknown } from './answer.ts'
import { decodeCursor, encodeCursor, foundPage, type Page } from './paging.ts'
import { personKey } from './person-key.ts'
import { type ExplainedMessage, type ExplainIo, explain, MESSAGES_BYTES } from './read-messages.ts'

export interface ReadConversationsIo extends ExplainIo {
  findContact(workspace: WorkspaceId, key: string): Promise<ContactId | null>
  readConversation(purview: Purview, sender: string, contactId: ContactId): Promise<ConversationRead | null>
  /** Which a page has. It may be short, or empty, and there may be more all the same. */
  placeConversations(selection: ConversationSelection): Promise<Places<ConversationPlace>>
  countConversations(purview: Purview, sender: string | null, most: number): Promise<ConversationCounts>
  readConversationsAt(places: ConversationPlace[]): Promise<ConversationRead[]>
  /** The first always fits into the bytes. */
  listExchanged(
    id: ConversationId,
    limit: number,
    maxBytes: number,
    before: MessagePlace | null,
  ): Promise<PlacedMessage[]>
  listWaiting(id: ConversationId, limit: number, maxBytes: number): Promise<IntentRead[]>
}

/** The filters of the list that are counted. */
export const COUNTED_FILTERS = [
  'open',
  'closing',
  'ended',
  'never',
  'waiting',
  'handed_over',
] as const satisfies (keyof ConversationCounts)[]

export interface ConversationQuery {
  sender?: string | undefined
  open?: boolean | undefined
  window?: ConversationSelection['window'] | undefined
  free_entry_point?: ConversationSelection['freeEntryPoint'] | undefined
  waiting?: true | undefined
  unread?: true | undefined
  handed_over?: true | undefined
  q?: string | undefined
  sort?: 'activity' | 'closing' | undefined
  cursor?: string | undefined
  limit: number
}

/**
 * Those who wrote last come first; those who never wrote come after them, newest first. Sorted by `closing`: those whose window is open come
 * first, the one that closes soonest before all others, and then everybody else in the order of activity.
 */
export async function listConversations(
  io: ReadConversationsIo,
  purview: Purview,
  query: ConversationQuery,
): Promise<Answer<Page<ConversationRead>>> {
  const sort = query.sort ?? 'activity'
  const cursor = decodeCursor(query.cursor, isPlaceKeyOf(sort))
  if (!cursor.ok) return cursor
  const selection = selectionOf(purview, query)
  const from = cursor.value
  const last = (key: PlaceKey) => placeOf(key.slice(-2) as [number | null, string])
  if (sort === 'activity') {
    const { found, next } = await look(io, selection, from && last(from))
    return paged(io, found, next && [next.inboundAt, next.id])
  }
  const parts = partsOf(selection)
  let part = from === null ? 0 : parts.findIndex(({ name }) => name === from[0])
  let after = from && last(from)
  let found: ConversationPlace[] = []
  // A page begins where the one before ended, and goes on with the next part while it has room.
  for (; part >= 0 && part < parts.length; part++, after = null) {
    const { name, of } = parts[part] as Part
    const places = await look(io, { ...of, limit: query.limit - found.length }, after)
    found = [...found, ...places.found]
    if (places.next !== null) return paged(io, found, [name, places.next.inboundAt, places.next.id])
    if (found.length === query.limit) {
      const further = parts[part + 1]
      return paged(io, found, further ? [further.name, null, BEFORE_ALL] : null)
    }
  }
  return paged(io, found, null)
}

type Selected = Omit<ConversationSelection, 'after'>

function selectionOf(purview: Purview, query: ConversationQuery): Selected {
  return {
    purview,
    sender: query.sender ?? null,
    open: query.open ?? null,
    window: query.window ?? null,
    freeEntryPoint: query.free_entry_point ?? null,
    waiting: query.waiting ?? false,
    unread: query.unread ?? false,
    handedOver: query.handed_over ?? false,
    text: query.q ?? null,
    oldestFirst: false,
    limit: query.limit,
  }
}

interface Part {
  name: 'open' | 'rest'
  of: Selected
}

/** Of `open` and its opposite those that the filter leaves. */
function partsOf(selection: Selected): Part[] {
  const open: Part = { name: 'open', of: { ...selection, open: true, oldestFirst: true } }
  const rest: Part = { name: 'rest', of: { ...selection, open: false } }
  if (selection.open === null) return [open, rest]
  return selection.open ? [open] : [rest]
}

function look(io: ReadConversationsIo, selection: Selected, from: ConversationPlace | null) {
  return foundPage(from, (after) =>
    io.placeConversations({ ...selection, after: after?.id === BEFORE_ALL ? null : after }),
  )
}

async function paged(
  io: ReadConversationsIo,
  found: ConversationPlace[],
  next: readonly (string | number | null)[] | null,
): Promise<Answer<Page<ConversationRead>>> {
  const data = await io.readConversationsAt(found)
  return done({ data, next_cursor: next && encodeCursor(next) })
}

export interface ConversationInFull {
  conversation: ConversationRead
  /** Newest first. */
  messages: ExplainedMessage[]
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
    io.listExchanged(conversation.id, MESSAGES_SHOWN, MESSAGES_BYTES, null),
    io.listWaiting(conversation.id, WAITING_SHOWN, SHOWN_BYTES),
  ])
  const explained = await explain(
    io,
    messages.map((message) => ({ ...message, conversation_id: conversation.id })),
  )
  return done({ conversation, messages: explained, waiting })
}

type PlaceKey = [inboundAt: number | null, id: string] | [part: Part['name'], inboundAt: number | null, id: string]

/** No row has it: the part begins with its first. */
const BEFORE_ALL = '0' as ConversationId

function isPlaceKeyOf(sort: 'activity' | 'closing') {
  return (key: readonly unknown[]): key is PlaceKey => {
    const [at, id] = key.slice(-2)
    const isPlace = (at === null || isDate(at)) && typeof id === 'string' && /^\d{1,18}$/.test(id)
    if (sort === 'activity') return key.length === 2 && isPlace
    return key.length === 3 && isPlace && (key[0] === 'rest' || (key[0] === 'open' && at !== null))
  }
}

/** What a `Date` can hold and a message can have been stamped with. */
function isDate(at: unknown): at is number {
  return Number.isSafeInteger(at) && (at as number) >= 0 && (at as number) <= 8.64e15
}

function placeOf([at, id]: [number | null, string]): ConversationPlace {
  return { inboundAt: at === null ? null : instant(at), id: id as ConversationId }
}
