import * as z from 'zod'
import { assetSchema, locationSchema, nameDocument } from './media.ts'
import { text } from './text.ts'

/*
 * `type: "template"`: the reference to an approved template and the values that fill it. Whether the values fit the template is
 * `checkTemplateParameters`' business; here only the shape counts. Source: Meta, messages/template messages (read 2026-11).
 */

/** Set on each text parameter of a template whose `parameter_format` is named. */
const named = { parameter_name: text(512).optional() }

const textParameter = z.looseObject({ type: z.literal('text'), text: text(32_768, 0), ...named })
const currencyParameter = z.looseObject({
  type: z.literal('currency'),
  currency: z.looseObject({ fallback_value: text(1024), code: text(3, 3), amount_1000: z.int() }),
  ...named,
})
/** The Cloud API always shows the fallback, whatever else the object says. */
const dateTimeParameter = z.looseObject({
  type: z.literal('date_time'),
  date_time: z.looseObject({ fallback_value: text(1024) }),
  ...named,
})

const headerParameter = z.discriminatedUnion('type', [
  textParameter,
  currencyParameter,
  dateTimeParameter,
  z.looseObject({ type: z.literal('image'), image: assetSchema }),
  z.looseObject({ type: z.literal('video'), video: assetSchema }),
  z.looseObject({ type: z.literal('gif'), gif: assetSchema }),
  z.looseObject({ type: z.literal('document'), document: assetSchema }),
  z.looseObject({ type: z.literal('location'), location: locationSchema }),
  z.looseObject({ type: z.literal('product'), product: z.looseObject({ product_retailer_id: text(512) }) }),
])

const bodyParameter = z.discriminatedUnion('type', [textParameter, currencyParameter, dateTimeParameter])

const buttonParameter = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text: text(2048, 0) }),
  z.looseObject({ type: z.literal('payload'), payload: text(2048, 0) }),
  z.looseObject({ type: z.literal('coupon_code'), coupon_code: text(2048, 0) }),
  z.looseObject({ type: z.literal('action'), action: z.looseObject({}) }),
  z.looseObject({ type: z.literal('ttl_minutes'), ttl_minutes: z.union([z.int(), z.string()]) }),
])

/** Of one component. A body has 1,024 characters, so fewer than that many variables. */
const MAX_PARAMETERS = 256

const header = z.looseObject({
  type: z.literal('header'),
  parameters: z.array(headerParameter).max(MAX_PARAMETERS).optional(),
})
const body = z.looseObject({
  type: z.literal('body'),
  parameters: z.array(bodyParameter).max(MAX_PARAMETERS).optional(),
})
const button = z.looseObject({
  type: z.literal('button'),
  sub_type: text(64),
  /** Position of the button in the approved template. */
  index: z.union([z.string().regex(/^\d{1,2}$/, 'to be a button position such as "0"'), z.int().min(0).max(99)]),
  parameters: z.array(buttonParameter).max(MAX_PARAMETERS).optional(),
})
const limitedTimeOffer = z.looseObject({
  type: z.literal('limited_time_offer'),
  parameters: z
    .array(
      z.looseObject({
        type: z.literal('limited_time_offer'),
        limited_time_offer: z.looseObject({ expiration_time_ms: z.union([z.int(), z.string().regex(/^\d{1,16}$/)]) }),
      }),
    )
    .max(10)
    .optional(),
})
const carousel = z.looseObject({
  type: z.literal('carousel'),
  cards: z
    .array(
      z.looseObject({
        card_index: z.int().min(0).max(9),
        components: z.array(z.discriminatedUnion('type', [header, body, button])).max(32),
      }),
    )
    .min(1)
    .max(10),
})
/** Kinds without variables of their own, or for single markets; passed on as they are. */
const other = z.looseObject({ type: z.enum(['footer', 'tap_target_configuration', 'order_status']) })

export const templateComponentSchema = z.discriminatedUnion('type', [
  header,
  body,
  button,
  limitedTimeOffer,
  carousel,
  other,
])
export const templateComponentsSchema = z.array(templateComponentSchema).max(32)

export type TemplateComponent = z.infer<typeof templateComponentSchema>
export type TemplateCardComponent = z.infer<typeof header> | z.infer<typeof body> | z.infer<typeof button>
export type TextualParameter = z.infer<typeof bodyParameter>
export type HeaderParameter = z.infer<typeof headerParameter>
export type ButtonParameter = z.infer<typeof buttonParameter>

/** Lower case letters, digits and underscores, as Meta creates them. */
export const templateNameSchema = text(512).regex(/^[a-z0-9_]+$/, 'to be lower case letters, digits and underscores')

/** A language as Meta spells it (`pt_BR`); a hyphen is forgiven, see `normaliseLanguage`. */
export const languageCodeSchema = text(20).regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}$/, 'to be a language code')

export const templateSchema = z.looseObject({
  name: templateNameSchema,
  language: z.looseObject({ code: languageCodeSchema, policy: z.string().optional() }),
  components: templateComponentsSchema.optional(),
})

/**
 * A language code as templates carry it: `en-US`, `en_us` → `en_US`. Meta's webhooks use a hyphen where its API uses an underscore, and
 * the API matches the code exactly. Source: Meta, webhooks reference, message_template_status_update (read 2026-11).
 */
export function normaliseLanguage(language: string): string {
  const [code = '', ...rest] = language.trim().split(/[-_]/)
  return [code.toLowerCase(), ...rest.map(spellSubtag)].join('_')
}

function spellSubtag(subtag: string): string {
  if (subtag.length === 4) return subtag.charAt(0).toUpperCase() + subtag.slice(1).toLowerCase()
  return subtag.toUpperCase()
}

/**
 * Spells components as Meta documents them: `type` and `sub_type` in lower case (its own examples also show `BODY` and `CATALOG`), also those
 * of parameters, the button's `index` as a string, and the suffix of an address as a text (the carousel guide has it as a payload). Texts
 * are cleaned, and a document is named. Whatever is no component stays as it is, for the schema to refuse.
 */
export function normaliseComponents(components: unknown): unknown {
  if (!Array.isArray(components)) return components
  return components.map((component: unknown) => {
    if (!isRecord(component)) return component
    const spelled: Record<string, unknown> = { ...component }
    for (const key of ['type', 'sub_type']) {
      if (typeof spelled[key] === 'string') spelled[key] = spelled[key].toLowerCase()
    }
    if (typeof spelled.index === 'number') spelled.index = String(spelled.index)
    if (Array.isArray(spelled.parameters)) {
      const isAddress = spelled.type === 'button' && spelled.sub_type === 'url'
      spelled.parameters = spelled.parameters.map((parameter: unknown) => normaliseParameter(parameter, isAddress))
    }
    if (Array.isArray(spelled.cards)) {
      spelled.cards = spelled.cards.map((card: unknown) =>
        isRecord(card) ? { ...card, components: normaliseComponents(card.components) } : card,
      )
    }
    return spelled
  })
}

function normaliseParameter(parameter: unknown, isAddress: boolean): unknown {
  if (!isRecord(parameter)) return parameter
  const spelled: Record<string, unknown> = { ...parameter }
  if (typeof spelled.type === 'string') spelled.type = spelled.type.toLowerCase()
  if (isAddress && spelled.type === 'payload' && typeof spelled.payload === 'string') {
    return { type: 'text', text: cleanValue(spelled.payload) }
  }
  if (spelled.type === 'text' && typeof spelled.text === 'string') spelled.text = cleanValue(spelled.text)
  for (const key of ['currency', 'date_time']) {
    const shown = spelled[key]
    if (isRecord(shown) && typeof shown.fallback_value === 'string') {
      spelled[key] = { ...shown, fallback_value: cleanValue(shown.fallback_value) }
    }
  }
  if (spelled.type === 'document' && isRecord(spelled.document)) spelled.document = nameDocument(spelled.document)
  return spelled
}

/**
 * A value without what Meta refuses in one: line breaks, tabs and more than four spaces in a row (132018, or 100, each only after the
 * send). They come from spreadsheets and forms, and nobody means them. Source: support/error-codes (read 2026-11), and the field.
 */
export function cleanValue(value: string): string {
  // One run of blanks at a time: an expression that looks for a line break within one takes the square of its length.
  return value
    .replace(/\s+/g, (blanks) => (/[\r\n\t\v\f\u2028\u2029]/.test(blanks) ? ' ' : blanks.replace(/ {5,}/g, ' ')))
    .trim()
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
