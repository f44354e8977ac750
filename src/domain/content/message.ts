import * as z from 'zod'
import { interactiveSchema } from './interactive.ts'
import {
  audioSchema,
  contactsSchema,
  documentSchema,
  imageSchema,
  locationSchema,
  nameDocument,
  reactionSchema,
  stickerSchema,
  videoSchema,
} from './media.ts'
import { dropNulls, nullItem } from './nulls.ts'
import { unstorableJson } from './storable.ts'
import { isRecord, normaliseComponents, normaliseLanguage, templateSchema } from './template-message.ts'
import { problem, text } from './text.ts'

/*
 * The Cloud API's own message object as producers write it: the body Meta documents for POST /{phone-number-id}/messages, without the
 * recipient. Objects are loose, so a field Meta adds tomorrow travels through; what a type needs is required.
 */

/** Meta's limit for `biz_opaque_callback_data`. Source: Meta, messages/send-messages (read 2026-11). */
const META_OPAQUE_MAX = 512
/** Our attempt id and a space ride in front: a UUID, a dot, up to three digits. */
const ATTEMPT_ID_ROOM = 41
/** How long a producer's own `biz_opaque_callback_data` may be. */
export const OPAQUE_DATA_MAX = META_OPAQUE_MAX - ATTEMPT_ID_ROOM

const envelope = {
  /** The message that is answered: a wamid, or the id of one of our intents. */
  context: z.looseObject({ message_id: text(512) }).optional(),
  biz_opaque_callback_data: text(OPAQUE_DATA_MAX, 0).optional(),
  /** Meta refuses to deliver when the user's identity key has changed. */
  recipient_identity_key_hash: text(512).optional(),
  messaging_account_id: text(64).optional(),
  /** Direct Send: the text goes as if it were a template of this category. Source: Meta, Direct Send (read 2026-11). */
  category: z.enum(['utility', 'authentication']).optional(),
  ttl_seconds: z.int().positive().optional(),
  messaging_product: z.literal('whatsapp').optional(),
  recipient_type: z.literal('individual').optional(),
}

const textSchema = z.looseObject({ body: text(4096), preview_url: z.boolean().optional() })

/**
 * A message, `type` included: for stored messages and answers. It transforms nothing. Requests are read with `messageInputSchema`.
 */
export const messageSchema = z
  .discriminatedUnion('type', [
    z.looseObject({ type: z.literal('text'), text: textSchema, ...envelope }),
    z.looseObject({ type: z.literal('image'), image: imageSchema, ...envelope }),
    z.looseObject({ type: z.literal('video'), video: videoSchema, ...envelope }),
    z.looseObject({ type: z.literal('audio'), audio: audioSchema, ...envelope }),
    z.looseObject({ type: z.literal('document'), document: documentSchema, ...envelope }),
    z.looseObject({ type: z.literal('sticker'), sticker: stickerSchema, ...envelope }),
    z.looseObject({ type: z.literal('location'), location: locationSchema, ...envelope }),
    z.looseObject({ type: z.literal('reaction'), reaction: reactionSchema, ...envelope }),
    z.looseObject({ type: z.literal('contacts'), contacts: contactsSchema, ...envelope }),
    z.looseObject({ type: z.literal('interactive'), interactive: interactiveSchema, ...envelope }),
    z.looseObject({ type: z.literal('template'), template: templateSchema, ...envelope }),
  ])
  .check((ctx) => {
    // A recipient inside the message could differ from the intent's own and win on the wire.
    for (const key of ['to', 'recipient']) {
      if (ctx.value[key] !== undefined) problem(ctx, 'not to be there: the recipient stands beside the message', [key])
    }
    const unstorable = unstorableJson(ctx.value)
    if (unstorable) problem(ctx, unstorable.message, unstorable.path)
  })

export type Message = z.infer<typeof messageSchema>
export type MessageType = Message['type']
export type TemplateMessage = Extract<Message, { type: 'template' }>

/** A message as producers and drop-in clients send it: normalised, then checked. For request bodies only, it cannot be encoded. */
export const messageInputSchema = z.preprocess(
  normaliseMessage,
  messageSchema.check((ctx) => {
    const path = nullItem(ctx.value)
    if (path) problem(ctx, 'to have a value in every place of the list, got null', path)
  }),
)

export const MESSAGE_TYPES: readonly MessageType[] = [
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'reaction',
  'contacts',
  'interactive',
  'template',
]

/**
 * The one spelling of what producers write in several. Never fails: what it cannot read stays for the schema to refuse.
 *
 * - `messaging_product: "whatsapp"` and `recipient_type: "individual"` go, the sender adds them back; so do members that are null, at every depth.
 * - A missing `type` is taken from the only body there is (Meta itself would assume text).
 * - A body sent as a JSON text is read (whatsapp-api-js writes `contacts` like that, and Meta takes it).
 * - Template components and language are spelled as Meta documents them.
 * - A document without a name gets that of its link.
 */
export function normaliseMessage(input: unknown): unknown {
  if (!isRecord(input)) return input
  const message = dropNulls(input) as Record<string, unknown>
  if (message.messaging_product === 'whatsapp') delete message.messaging_product
  if (message.recipient_type === 'individual') delete message.recipient_type
  for (const key of [...MESSAGE_TYPES, 'context']) {
    if (typeof message[key] === 'string') message[key] = dropNulls(readJsonText(message[key]))
  }
  if (message.type === undefined) {
    const bodies = MESSAGE_TYPES.filter((type) => message[type] !== undefined)
    if (bodies.length === 1) message.type = bodies[0]
  }
  if (isRecord(message.document)) message.document = nameDocument(message.document)
  if (isRecord(message.template)) message.template = normaliseTemplate(message.template)
  return message
}

export function isTemplate(message: Message): message is TemplateMessage {
  return message.type === 'template'
}

/** How an accepted message went, as the contract names it. */
export function sentAs(message: Message): 'free_form' | 'template' {
  return isTemplate(message) ? 'template' : 'free_form'
}

function normaliseTemplate(template: Record<string, unknown>): Record<string, unknown> {
  const normal = { ...template }
  const { language, components } = normal
  if (typeof language === 'string') normal.language = { code: normaliseLanguage(language) }
  if (isRecord(language) && typeof language.code === 'string') {
    normal.language = { ...language, code: normaliseLanguage(language.code) }
  }
  if (Array.isArray(components)) normal.components = normaliseComponents(components)
  return normal
}

function readJsonText(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
