import type { Purview } from '../domain/access.ts'
import {
  isTemplate,
  type Message,
  normaliseLanguage,
  type TemplateReference,
  templateOfMessage,
  templatesOf,
} from '../domain/content.ts'
import type { TemplateFacts } from '../domain/decision.ts'
import { type ContactId, type ConversationId, type IntentId, isIntentId, type WorkspaceId } from '../domain/ids.ts'
import { buildTemplateMessage, type RenderedTemplate, renderTemplate } from '../domain/template.ts'
import type { ExchangedMessage, MessagePlace, PlacedMessage, QuotedMessage } from '../store/conversations/messages.ts'
import type { TemplateKey } from '../store/templates/templates.ts'
import { type Answer, done, unknown } from './answer.ts'
import { decodeCursor, encodeCursor, type Page } from './paging.ts'
import { personKey } from './person-key.ts'

/* What was exchanged in a conversation, with what it takes to read it: the words of templates, and what a message answers. */

export interface ExplainIo {
  /** By wamid, or by the id of an intent of ours, of any conversation. */
  readQuoted(wamids: string[], intents: IntentId[]): Promise<QuotedMessage[]>
  readTemplates(keys: TemplateKey[]): Promise<Map<string, TemplateFacts>>
  templateKey(wabaId: TemplateKey['wabaId'], reference: TemplateReference): string
}

export interface ReadMessagesIo extends ExplainIo {
  findContact(workspace: WorkspaceId, key: string): Promise<ContactId | null>
  findConversation(purview: Purview, sender: string, contactId: ContactId): Promise<ConversationId | null>
  /** Newest first; the first always fits into the bytes. */
  listExchanged(
    id: ConversationId,
    limit: number,
    maxBytes: number,
    before: MessagePlace | null,
  ): Promise<PlacedMessage[]>
}

export interface ExplainedMessage extends ExchangedMessage {
  /** Null: it quotes nothing. `message` is null where nobody has it any more, or it is of another conversation. */
  quoted: { id: string; message: QuotedMessage | null } | null
  /** Of a template that is known here, with the values that were sent; as it is today, for Meta tells no older texts. */
  rendered: RenderedTemplate | null
}

export interface MessagesQuery {
  cursor?: string | undefined
  limit: number
}

/** Of a page: a message is as large as the body that it came in. */
export const MESSAGES_BYTES = 2 * 1024 * 1024

/** Newest first. */
export async function listMessages(
  io: ReadMessagesIo,
  purview: Purview,
  { sender, contact }: { sender: string; contact: string },
  query: MessagesQuery,
): Promise<Answer<Page<ExplainedMessage>>> {
  const cursor = decodeCursor(query.cursor, isPlace)
  if (!cursor.ok) return cursor
  const id = await conversationBetween(io, purview, sender, contact)
  if (!id.ok) return id
  const [at, cameInAt, wamid] = cursor.value ?? []
  const before = at === undefined ? null : { at, cameInAt: cameInAt as string, wamid: wamid as string }
  const found = await io.listExchanged(id.value, query.limit + 1, MESSAGES_BYTES, before)
  const shown = found.slice(0, query.limit)
  const last = shown.at(-1)
  const goesOn = found.length > query.limit || found.length < (found[0]?.there ?? 0)
  return done({
    data: await explain(
      io,
      shown.map((message) => ({ ...message, conversation_id: id.value })),
    ),
    next_cursor: goesOn && last ? encodeCursor([last.kept_us, last.came_in_us, last.wamid]) : null,
  })
}

export async function conversationBetween(
  io: Pick<ReadMessagesIo, 'findContact' | 'findConversation'>,
  purview: Purview,
  sender: string,
  contact: string,
): Promise<Answer<ConversationId>> {
  const key = personKey(contact)
  const contactId = key === null ? null : await io.findContact(purview.workspace, key)
  const id = contactId && (await io.findConversation(purview, sender, contactId))
  return id ? done(id) : unknown('conversation_unknown', `a conversation of sender ${sender} with ${contact}`)
}

type Place = [at: string, cameInAt: string, wamid: string]

/** Microseconds since the epoch that PostgreSQL can hold, in digits: no sign, no end of its calendar. */
const MICROSECONDS = /^\d{1,17}$/

function isPlace(key: readonly unknown[]): key is Place {
  const [at, cameInAt, wamid] = key
  const isTime = (value: unknown) => typeof value === 'string' && MICROSECONDS.test(value)
  return key.length === 3 && isTime(at) && isTime(cameInAt) && typeof wamid === 'string' && !wamid.includes('\0')
}

/** Messages of any conversations, in their order. */
export async function explain<M extends ExchangedMessage & { conversation_id: ConversationId }>(
  io: ExplainIo,
  messages: readonly M[],
): Promise<(M & ExplainedMessage)[]> {
  const quotes = messages.map((message) => quotedBy(message))
  const ids = [...new Set(quotes.filter((id) => id !== null))]
  const intents = ids.filter(isIntentId)
  const found = await io.readQuoted(
    ids.filter((id) => !isIntentId(id)),
    intents,
  )
  const references = messages.map(referenceOf)
  const keys = messages.flatMap(({ waba_id: wabaId }, i) => {
    const reference = references[i]
    return reference ? [{ wabaId, reference }] : []
  })
  const templates = keys.length === 0 ? new Map<string, TemplateFacts>() : await io.readTemplates(keys)
  return messages.map((message, i) => {
    const id = quotes[i] ?? null
    const isQuoted = (one: QuotedMessage) =>
      (one.wamid === id || one.intent_id === id) && one.conversation_id === message.conversation_id
    const reference = references[i] ?? null
    const template = reference && templates.get(io.templateKey(message.waba_id, reference))
    return {
      ...message,
      quoted: id === null ? null : { id, message: found.find(isQuoted) ?? null },
      rendered: reference && template ? render(reference, template) : null,
    }
  })
}

/** A reaction names what it is about elsewhere, and quotes nothing. */
function quotedBy({ body }: ExchangedMessage): string | null {
  const context = body?.context as { id?: unknown; message_id?: unknown } | null | undefined
  const id = context?.id ?? context?.message_id
  return typeof id === 'string' && id.length <= 512 && !id.includes('\0') ? id : null
}

function referenceOf({ type, body, template, substitute }: ExchangedMessage): TemplateReference | null {
  if (type !== 'template') return null
  if (substitute === null) {
    const message = body as Message | null
    return message !== null && isTemplate(message) ? { components: [], ...templateOfMessage(message) } : null
  }
  const { language, when_closed: policy } = substitute
  if (policy === null || policy === undefined) return null
  const isSent = (one: TemplateReference) =>
    one.name === template && (language === null || normaliseLanguage(one.language) === normaliseLanguage(language))
  return templatesOf(policy).find(isSent) ?? null
}

function render(reference: TemplateReference, { definition }: TemplateFacts): RenderedTemplate {
  const built = buildTemplateMessage(reference, definition)
  const { components } = reference as { components?: unknown }
  const sent = built.ok && built.message.type === 'template' ? built.message.template.components : components
  return renderTemplate(definition, sent ?? [])
}
