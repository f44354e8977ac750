import { isRecord, normaliseLanguage } from '../content/template-message.ts'

/** An item of Meta's GET /{waba-id}/message_templates, as far as it is read. Everything may be missing or new. */
export interface RawTemplate {
  name: string
  language: string
  category?: string | undefined
  parameter_format?: string | undefined
  components?: unknown
}

/** `{{…}}` in a text. `variables` in the order values are given: by number, or by first appearance of the name. */
export interface TemplateText {
  text: string
  variables: string[]
}

export type TemplateHeader =
  | { kind: 'none' }
  | ({ kind: 'text' } & TemplateText)
  | { kind: 'image' | 'video' | 'document' | 'gif' | 'location' | 'product' }
  /** A format Meta added later; passed unchecked. */
  | { kind: 'unknown'; format: string }

/**
 * What a send has to or may give for a button:
 * `nothing` takes no parameter; `payload`, `flow_token` and `action` are optional; the others are required; `unknown` passes unchecked.
 */
export type ButtonNeed =
  | 'nothing'
  | 'payload'
  | 'url_suffix'
  | 'coupon'
  | 'otp'
  | 'flow_token'
  | 'action'
  | 'products'
  | 'unknown'

export interface TemplateButton {
  /** Position among all buttons of the template: the `index` of the Cloud API. */
  index: number
  /** Lower case, as `sub_type` names it: `quick_reply`, `url`, `phone_number`, `copy_code`, `flow`, … */
  type: string
  label: string
  needs: ButtonNeed
  /** Of url buttons; may hold one variable at its end. */
  url?: string
}

/** A card of a carousel has the same parts as a template of its own. */
export interface TemplateParts {
  header: TemplateHeader
  body: TemplateText
  buttons: TemplateButton[]
}

export interface TemplateDefinition extends TemplateParts {
  name: string
  language: string
  parameterFormat: 'named' | 'positional'
  footer: string | null
  cards: TemplateParts[]
  /** The send has to say when the limited-time offer ends. */
  needsOfferExpiration: boolean
  /** Labels of the quick-reply buttons: what a customer may tap as an answer. */
  quickReplies: string[]
}

/**
 * Reads a template as Meta lists it into what a send needs to know. Total: unknown components and button types are kept as `unknown` or
 * left out, never an error, because Meta adds them faster than anybody reads the changelog.
 * Source: Meta, templates/template-management and templates/components (read 2026-11).
 */
export function compileTemplate(raw: RawTemplate): TemplateDefinition {
  const components = recordsOf(raw.components)
  const parts = compileParts(components, raw.category)
  const offer = ofType(components, 'LIMITED_TIME_OFFER')
  return {
    name: raw.name,
    language: normaliseLanguage(raw.language),
    parameterFormat: parameterFormatOf(raw, parts),
    ...parts,
    footer: footerOf(components),
    cards: recordsOf(ofType(components, 'CAROUSEL')?.cards).map((card) => compileParts(recordsOf(card.components))),
    needsOfferExpiration: isRecord(offer?.limited_time_offer) && offer.limited_time_offer.has_expiration === true,
    quickReplies: parts.buttons.filter((button) => button.type === 'quick_reply').map((button) => button.label),
  }
}

/** A text with its variables, read as Meta reads it: digits count upwards, names go by first appearance. */
export function compileText(text: string): TemplateText {
  const names = [...new Set([...text.matchAll(PLACEHOLDER)].map((match) => match[1] as string))]
  const numbered = names.every((name) => /^\d+$/.test(name))
  return { text, variables: numbered ? names.sort((a, b) => Number(a) - Number(b)) : names }
}

export const PLACEHOLDER = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g

function compileParts(components: Record<string, unknown>[], category?: string): TemplateParts {
  const body = ofType(components, 'BODY')
  return {
    header: compileHeader(ofType(components, 'HEADER')),
    body: compileText(stringOf(body?.text) ?? fixedBody(category)),
    buttons: recordsOf(ofType(components, 'BUTTONS')?.buttons).map(compileButton),
  }
}

/** Authentication bodies are fixed by Meta; a document that was not listed by Meta yet has none to show. */
function fixedBody(category: string | undefined): string {
  return category?.toUpperCase() === 'AUTHENTICATION' ? '{{1}}' : ''
}

function footerOf(components: Record<string, unknown>[]): string | null {
  return stringOf(ofType(components, 'FOOTER')?.text)
}

function compileHeader(component: Record<string, unknown> | undefined): TemplateHeader {
  if (!component) return { kind: 'none' }
  const format = (stringOf(component.format) ?? 'TEXT').toUpperCase()
  switch (format) {
    case 'TEXT':
      return { kind: 'text', ...compileText(stringOf(component.text) ?? '') }
    case 'IMAGE':
      return { kind: 'image' }
    case 'VIDEO':
      return { kind: 'video' }
    case 'DOCUMENT':
      return { kind: 'document' }
    case 'GIF':
      return { kind: 'gif' }
    case 'LOCATION':
      return { kind: 'location' }
    case 'PRODUCT':
      return { kind: 'product' }
    default:
      return { kind: 'unknown', format }
  }
}

function compileButton(raw: Record<string, unknown>, index: number): TemplateButton {
  const type = (stringOf(raw.type) ?? '').toLowerCase()
  const label = stringOf(raw.text) ?? LABELS[type] ?? type
  const url = stringOf(raw.url)
  // One-time-password buttons are sent as url buttons, and Meta lists them as such once they are approved.
  if (type === 'otp' || (url !== null && /[?&]otp_type=/.test(url))) {
    return { index, type: 'url', label, needs: 'otp' }
  }
  if (type === 'url') {
    const needs = url !== null && compileText(url).variables.length > 0 ? 'url_suffix' : 'nothing'
    return { index, type, label, needs, ...(url === null ? {} : { url }) }
  }
  return { index, type, label, needs: NEEDS[type] ?? 'unknown' }
}

/** What a type needs where that does not depend on the single button. */
const NEEDS: Readonly<Record<string, ButtonNeed>> = {
  quick_reply: 'payload',
  phone_number: 'nothing',
  copy_code: 'coupon',
  flow: 'flow_token',
  catalog: 'action',
  mpm: 'products',
  spm: 'nothing',
}

/** Labels that Meta fixes and does not list. */
const LABELS: Readonly<Record<string, string>> = {
  copy_code: 'Copy code',
  otp: 'Copy code',
  catalog: 'View catalog',
  mpm: 'View items',
  spm: 'View',
  request_contact_info: 'Share contact info',
  voice_call: 'Call',
}

function parameterFormatOf(raw: RawTemplate, parts: TemplateParts): 'named' | 'positional' {
  const stated = raw.parameter_format?.toLowerCase()
  if (stated === 'named' || stated === 'positional') return stated
  const names = [...parts.body.variables, ...(parts.header.kind === 'text' ? parts.header.variables : [])]
  return names.some((name) => !/^\d+$/.test(name)) ? 'named' : 'positional'
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

function ofType(components: Record<string, unknown>[], type: string): Record<string, unknown> | undefined {
  return components.find((component) => stringOf(component.type)?.toUpperCase() === type)
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
