import {
  referenceTo,
  type Template,
  type TemplateReference,
  templateMessage,
  type Values,
} from '../../templates/template.ts'

/* What a person fills in to write a campaign, and the document of the API that comes of it. Pure. */

export const IF_CLOSED = ['template', 'invite', 'hold', 'fail', 'default'] as const
/** `default`: as the number has it. */
export type IfClosed = (typeof IF_CLOSED)[number]

export interface CampaignForm {
  name: string
  /** Meta's phone_number_id. */
  sender: string
  kind: 'template' | 'text'
  text: string
  ifClosed: IfClosed
  /** What is sent, or what goes in the place of the text or before it. */
  template: { name: string; language: string; values: Values; declines: string[] | null } | null
  /** ISO 3166, two letters; empty: none. */
  home: string
  /** ISO 8601; empty: at once. */
  sendAt: string
  skipInvalid: boolean
}

export const EMPTY_FORM: CampaignForm = {
  name: '',
  sender: '',
  kind: 'template',
  text: '',
  ifClosed: 'template',
  template: null,
  home: '',
  sendAt: '',
  skipInvalid: false,
}

export interface Document {
  name: string
  sender: string
  message?: unknown
  when_closed?: unknown
  default_country?: string
  send_at?: string | { local: string; time_zone: string }
  skip_invalid?: boolean
  [other: string]: unknown
}

const MEMBERS = ['name', 'sender', 'message', 'when_closed', 'default_country', 'send_at', 'skip_invalid'] as const
/** What else the API takes, which this form has no fields for and leaves as it is. */
const OTHERS = [
  'senders',
  'variants',
  'languages',
  'late',
  'start_within',
  'valid_for',
  'quiet_hours',
  'max_mps',
  'frequency_cap',
  'budget',
  'pause_when',
] as const
/** All that somebody may write; everything else of a campaign is told by the API. */
export const WRITTEN = [...MEMBERS, ...OTHERS] as const

/** Of what is shown of a campaign, what somebody wrote. */
export function documentIn(campaign: object): Document {
  const members = WRITTEN.map((name) => [name, withoutCounts((campaign as Record<string, unknown>)[name])] as const)
  return Object.fromEntries(members.filter(([, value]) => value !== undefined && value !== null)) as unknown as Document
}

/** What became of each of several messages stands beside it. */
function withoutCounts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCounts)
  if (typeof value !== 'object' || value === null) return value
  const { counts, delivery, ...own } = value as Record<string, unknown>
  const isVersion = counts !== undefined && delivery !== undefined
  return Object.fromEntries(
    Object.entries(isVersion ? own : value).map(([name, member]) => [name, withoutCounts(member)]),
  )
}

/** A change takes out what there was and is not named any more; of what the form has no fields for, only what the document itself left out. */
export function patchOf(document: Document, before: Document, isForm: boolean): Record<string, unknown> {
  const gone = Object.keys(before).filter((name) => !(name in document) && !(isForm && isOther(name)))
  return { ...Object.fromEntries(gone.map((name) => [name, null])), ...document }
}

function isOther(name: string): boolean {
  return (OTHERS as readonly string[]).includes(name)
}

/** What a campaign says beside what the form shows. */
export function othersIn(document: Document): Record<string, unknown> {
  return Object.fromEntries(Object.entries(document).filter(([name]) => isOther(name)))
}

/** Whether a template has to be chosen. */
export function asksTemplate({ kind, ifClosed }: CampaignForm): boolean {
  return kind === 'template' || ifClosed === 'template' || ifClosed === 'invite'
}

/**
 * @param template the chosen one, as Meta describes it; null where none was, or where it is not to be had any more
 * @param declines answers that cancel what waits
 * @returns null while something is missing
 */
export function documentOf(form: CampaignForm, template: Template | null, declines: string[]): Document | null {
  if (form.name.trim() === '' || form.sender === '' || (form.kind === 'text' && form.text.trim() === '')) return null
  if (asksTemplate(form) && template === null) return null
  const reference = template && referenceTo(template, form.template?.values ?? {})
  return {
    name: form.name.trim(),
    sender: form.sender,
    ...contentOf(form, reference, declines),
    ...(form.home === '' ? {} : { default_country: form.home }),
    ...(form.sendAt === '' ? {} : { send_at: form.sendAt }),
    ...(form.skipInvalid ? { skip_invalid: true } : {}),
  }
}

function contentOf({ kind, text, ifClosed }: CampaignForm, reference: TemplateReference | null, decline: string[]) {
  if (kind === 'template') return { message: templateMessage(reference as TemplateReference) }
  const message = { type: 'text', text: { body: text } }
  if (ifClosed === 'invite') return { message, when_closed: { follow_up: { ...reference, decline } } }
  if (ifClosed === 'default') return { message }
  return { message, when_closed: ifClosed === 'template' ? { downgrade: reference } : ifClosed }
}

/** Null where the document says something that this form cannot show: a time on a wall, a file, several templates, several messages. */
export function formOf(document: Document): CampaignForm | null {
  if (document.variants !== undefined || document.languages !== undefined || document.senders !== undefined) return null
  if (typeof document.send_at === 'object') return null
  const { type, ...message } = recordOf(document.message)
  const frame = {
    ...EMPTY_FORM,
    name: document.name,
    sender: document.sender,
    home: document.default_country ?? '',
    sendAt: document.send_at ?? '',
    skipInvalid: document.skip_invalid === true,
  }
  if ('template' in message && hasOnly(message, ['template'])) {
    const template = templateIn(message.template)
    return template && document.when_closed === undefined ? { ...frame, kind: 'template', template } : null
  }
  const text = recordOf(message.text)
  if (!hasOnly(message, ['text']) || !hasOnly(text, ['body']) || typeof text.body !== 'string') return null
  const closed = closedIn(document.when_closed)
  return closed && { ...frame, kind: 'text', text: text.body, ...closed }
}

function closedIn(policy: unknown): Pick<CampaignForm, 'ifClosed' | 'template'> | null {
  if (policy === undefined) return { ifClosed: 'default', template: null }
  if (policy === 'hold' || policy === 'fail') return { ifClosed: policy, template: null }
  const given = recordOf(policy)
  if (hasOnly(given, ['downgrade']) && 'downgrade' in given) {
    const template = templateIn(given.downgrade)
    return template && { ifClosed: 'template', template }
  }
  if (!hasOnly(given, ['follow_up']) || !('follow_up' in given)) return null
  const { decline, ...reference } = recordOf(given.follow_up)
  const template = templateIn(reference)
  return (
    template && { ifClosed: 'invite', template: { ...template, declines: (decline as string[] | undefined) ?? [] } }
  )
}

function templateIn(given: unknown): CampaignForm['template'] {
  const { name, language, components, parameters, ...rest } = recordOf(given)
  const code = typeof language === 'string' ? language : recordOf(language).code
  if (typeof name !== 'string' || typeof code !== 'string' || Object.keys(rest).length > 0) return null
  const values = valuesIn(components, parameters)
  return values && { name, language: code, values, declines: null }
}

/** By the keys of the places that a template has; null where something else than a text stands in one. */
function valuesIn(components: unknown, parameters: unknown): Values | null {
  const entries: [string, string][] = []
  const short = Array.isArray(parameters)
    ? parameters.map((text, index) => [`body:${index + 1}`, text] as const)
    : Object.entries(recordOf(parameters)).map(([name, text]) => [`body:${name}`, text] as const)
  for (const [key, text] of short) {
    if (typeof text !== 'string') return null
    entries.push([key, text])
  }
  for (const component of Array.isArray(components) ? components.map(recordOf) : []) {
    const { type, index, parameters: own } = component
    for (const [position, parameter] of (Array.isArray(own) ? own.map(recordOf) : []).entries()) {
      if (parameter.type !== 'text' || typeof parameter.text !== 'string') return null
      const name = String(parameter.parameter_name ?? position + 1)
      entries.push([type === 'button' ? `button${index}:${name}` : `${type}:${name}`, parameter.text])
    }
  }
  return Object.fromEntries(entries)
}

function hasOnly(value: Record<string, unknown>, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name))
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

const PLACEHOLDER = /\{\{\s*([^{}|]*?)\s*(?:\|\s*([^{}|]*?)\s*)?\}\}/g

/** As it will look for somebody: what their line has nothing for and has no default is left as it is written. */
export function fillIn(text: string, columns: Values): string {
  return text.replace(
    PLACEHOLDER,
    (written, column: string, fallback?: string) => columns[column] || (fallback ?? written),
  )
}

/** The columns that must not be empty, each once. */
export function neededColumns(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) => [...text.matchAll(PLACEHOLDER)])
  return [...new Set(found.filter(([, , fallback]) => fallback === undefined).map(([, column = '']) => column))]
}
