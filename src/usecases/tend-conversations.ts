import type { Purview } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import type { ContactId, ConversationId, Wamid, WorkspaceId } from '../domain/ids.ts'
import type { FoundMessage } from '../store/conversations/messages.ts'
import { type Answer, done, refused, unknown } from './answer.ts'
import { downloadMedium, type MetaFile, type PassThroughIo, passThrough } from './pass-through.ts'
import { conversationBetween } from './read-messages.ts'

/* What the team does with a conversation besides writing in it. */

export interface TendConversationsIo {
  findContact(workspace: WorkspaceId, key: string): Promise<ContactId | null>
  findConversation(purview: Purview, sender: string, contactId: ContactId): Promise<ConversationId | null>
  /** For the whole team. */
  markRead(id: ConversationId): Promise<void>
  take(doer: Doer & Purview, id: ConversationId): Promise<void>
  newestInbound(id: ConversationId): Promise<Wamid | null>
  readMessages(purview: Purview, wamids: string[]): Promise<FoundMessage[]>
}

interface Between {
  sender: string
  contact: string
}

/** Read for the whole team; with `receipt` the customer sees it too. That it is read here stands, whether or not Meta can be told. */
export async function readConversation(
  io: TendConversationsIo & { meta: PassThroughIo },
  purview: Purview,
  { sender, contact }: Between,
  receipt: boolean,
): Promise<Answer<null>> {
  const id = await conversationBetween(io, purview, sender, contact)
  if (!id.ok) return id
  await io.markRead(id.value)
  const newest = receipt ? await io.newestInbound(id.value) : null
  return newest === null ? done(null) : sendReceipt(io.meta, purview, sender, newest)
}

/** Everything before it is read with it. Source: Meta, messages/mark-message-as-read (read 2026-11). */
async function sendReceipt(io: PassThroughIo, purview: Purview, sender: string, wamid: Wamid): Promise<Answer<null>> {
  const body = { messaging_product: 'whatsapp', status: 'read', message_id: wamid }
  const answer = await passThrough(io, purview, {
    method: 'POST',
    id: sender,
    kinds: ['number'],
    edge: '/messages',
    query: new URLSearchParams(),
    body: { kind: 'bytes', type: 'application/json', bytes: Buffer.from(JSON.stringify(body)) },
    makes: null,
  })
  if (!answer.ok) return answer
  const { status } = answer.value
  if (status >= 200 && status < 300) return done(null)
  const message = `expected Meta to take the read receipt, got HTTP status ${status}; here the conversation is read`
  return refused({ status: 502, code: 'graph_refused', message, field: 'receipt' })
}

export async function takeConversation(
  io: TendConversationsIo,
  doer: Doer & Purview,
  { sender, contact }: Between,
): Promise<Answer<null>> {
  const id = await conversationBetween(io, doer, sender, contact)
  if (!id.ok) return id
  await io.take(doer, id.value)
  return done(null)
}

export interface MessageFile extends MetaFile {
  /** As its sender called it. */
  filename: string | null
}

/** The file of a message, from Meta: nothing of it is kept here, and Meta keeps it for some weeks. */
export async function messageFile(
  io: TendConversationsIo & { meta: PassThroughIo },
  purview: Purview,
  { sender, contact, wamid, range }: Between & { wamid: string; range: string | null },
): Promise<Answer<MessageFile>> {
  const id = await conversationBetween(io, purview, sender, contact)
  if (!id.ok) return id
  const message = (await io.readMessages(purview, [wamid])).find((one) => one.conversation_id === id.value)
  if (!message) return unknown('message_unknown', 'a message of this id in the conversation')
  const medium = mediumOf(message)
  if (medium === null) return unknown('medium_unknown', 'the message to have a file that Meta keeps')
  // A message of the number itself: whatever else is known of the id, Meta is asked with this number's token.
  const query = new URLSearchParams({ phone_number_id: sender })
  const answer = await downloadMedium(io.meta, purview, { id: medium.id, query, range })
  if (!answer.ok) {
    return answer.refusal.status === 404 ? unknown('medium_unknown', 'the file of the message') : answer
  }
  if ('body' in answer.value) return done({ ...answer.value, filename: medium.filename })
  const { status } = answer.value
  if (status < 500) return unknown('medium_unknown', 'Meta to have the file of the message still')
  return refused({
    status: 502,
    code: 'graph_unclear',
    message: `expected the file from Meta, got HTTP status ${status}`,
  })
}

const KINDS = ['image', 'video', 'audio', 'document', 'sticker']

export interface Medium {
  id: string
  mimeType: string | null
  /** Bytes, where Meta told them. */
  size: number | null
  filename: string | null
}

/** What of a message is a file that Meta keeps; null also for one that stands at an address of its sender's. */
export function mediumOf({ type, body }: Pick<FoundMessage, 'type' | 'body'>): Medium | null {
  const content = KINDS.includes(type) ? (body?.[type] as Record<string, unknown> | null | undefined) : null
  if (typeof content !== 'object' || content === null) return null
  const { id, mime_type: mimeType, file_size: size, filename } = content
  if (typeof id !== 'string' || !/^\d{1,32}$/.test(id)) return null
  return {
    id,
    mimeType: typeof mimeType === 'string' ? mimeType : null,
    size: typeof size === 'number' ? size : null,
    filename: typeof filename === 'string' ? filename : null,
  }
}
