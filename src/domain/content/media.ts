import * as z from 'zod'
import { httpLink, problem, text } from './text.ts'

/*
 * Media, places, reactions and contact cards. Objects are loose: Meta adds fields, and what it would take is passed on unchanged.
 * Source: Meta, messages/send-messages and its page per type (read 2026-11).
 */

const source = { id: text(512).optional(), link: httpLink().optional() }
const caption = text(1024, 0)

type Source = { id?: string | undefined; link?: string | undefined }

function oneSource(ctx: z.core.ParsePayload<Source>): void {
  const { id, link } = ctx.value
  if (id === undefined && link === undefined) problem(ctx, 'to have id or link, got neither')
  if (id !== undefined && link !== undefined) problem(ctx, 'to have either id or link, got both')
}

/** What JSON Schema can say of `oneSource`. */
const eitherSource = { oneOf: [{ required: ['id'] }, { required: ['link'] }] }

type Media = Source & { caption?: unknown; filename?: unknown }

/** Meta refuses these by name, `(#100) Unexpected key "caption" on param "audio"`, and only when the message leaves. */
function without(...keys: ('caption' | 'filename')[]) {
  return (ctx: z.core.ParsePayload<Media>) => {
    for (const key of keys)
      if (ctx.value[key] !== undefined) problem(ctx, 'not to be there: Meta takes none here', [key])
  }
}

/**
 * Customers see the name of a document; Meta calls one without a name "Untitled". Where its link ends with a name, it gets that one.
 */
export function nameDocument(document: Record<string, unknown>): Record<string, unknown> {
  const { filename, link } = document
  if (filename !== undefined || typeof link !== 'string') return document
  const last = URL.parse(link)?.pathname.split('/').at(-1) ?? ''
  const name = decoded(last)
  return /^[^\p{C}/\\]{1,200}\.[A-Za-z0-9]{1,8}$/u.test(name) ? { ...document, filename: name } : document
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/** A media object without a caption, as headers and template parameters take it. */
export const assetSchema = z.looseObject(source).check(oneSource).meta(eitherSource)

export const imageSchema = z
  .looseObject({ ...source, caption: caption.optional() })
  .check(oneSource, without('filename'))
  .meta(eitherSource)

export const videoSchema = imageSchema.clone()

/** `voice: true` shows a voice message; Meta then wants ogg with opus. */
export const audioSchema = z
  .looseObject({ ...source, voice: z.boolean().optional() })
  .check(oneSource, without('caption', 'filename'))
  .meta(eitherSource)

export const documentSchema = z
  .looseObject({ ...source, caption: caption.optional(), filename: text(1024).optional() })
  .check(oneSource)
  .meta(eitherSource)

export const stickerSchema = z.looseObject(source).check(oneSource, without('caption', 'filename')).meta(eitherSource)

/** Decimal degrees. Meta's examples show numbers, its OpenAPI file strings; both arrive. */
function degrees(limit: number) {
  return z.union([z.number(), z.string().regex(/^[+-]?\d{1,3}(\.\d{1,20})?$/)]).check((ctx) => {
    if (Math.abs(Number(ctx.value)) > limit) problem(ctx, `to be between -${limit} and ${limit} degrees`)
  })
}

export const locationSchema = z.looseObject({
  latitude: degrees(90),
  longitude: degrees(180),
  name: z.string().optional(),
  address: z.string().optional(),
})

/** An empty emoji takes the reaction back. */
export const reactionSchema = z.looseObject({ message_id: text(512), emoji: text(32, 0) })

const kind = z.string().optional()

/** Of a kind on one card. Meta names no limit; nobody has so many. */
const PER_CARD = 100

const contactSchema = z.looseObject({
  name: z.looseObject({ formatted_name: text(1024) }),
  phones: z
    .array(z.looseObject({ phone: z.string().optional(), wa_id: z.string().optional(), type: kind }))
    .max(PER_CARD)
    .optional(),
  emails: z
    .array(z.looseObject({ email: z.string().optional(), type: kind }))
    .max(PER_CARD)
    .optional(),
  urls: z
    .array(z.looseObject({ url: z.string().optional(), type: kind }))
    .max(PER_CARD)
    .optional(),
  addresses: z
    .array(z.looseObject({ type: kind }))
    .max(PER_CARD)
    .optional(),
  org: z.looseObject({}).optional(),
  birthday: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'to be a date such as 1990-12-31')
    .optional(),
})

/** Meta's page allows 257 cards and advises far fewer; its OpenAPI file says 5. The laxer one holds here. */
export const contactsSchema = z.array(contactSchema).min(1).max(257)
