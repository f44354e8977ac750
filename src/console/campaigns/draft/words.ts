import {
  type Drawn,
  draw,
  likelyDeclines,
  quickRepliesOf,
  referenceTo,
  slotsOf,
  type Template,
  type TemplateReference,
  templateMessage,
  type Values,
} from '../../templates/template.ts'

/* What one message of a campaign says, as a person fills it in, and as the API has it. Pure. */

/** A template with what stands in its places. */
export interface Named {
  name: string
  language: string
  values: Values
  /** Answers that cancel what waits; null: those that look like a no. */
  declines: string[] | null
}

export type Kind = 'template' | 'text'

/** Of both kinds what was written last, so that a look at the other loses nothing. */
export interface Words {
  text: string
  template: Named | null
}

/** Meta's description of a template; null where it is not to be had. */
export type Find = (named: Named) => Template | null

export function emptyPlaces(named: Named, template: Template): string[] {
  return slotsOf(template).flatMap(({ key, name }) => (named.values[key]?.trim() ? [] : [name]))
}

/** Null where it is not to be had, or something in it is empty. */
export function referenceOf(named: Named | null, find: Find): TemplateReference | null {
  const template = named && find(named)
  return template && emptyPlaces(named, template).length === 0 ? referenceTo(template, named.values) : null
}

/** What a message with a template looks like; null where it is another, or the template is not to be had. */
export function drawnOf(message: unknown, find: Find): Drawn | null {
  const named = wordsIn(message)?.template ?? null
  const template = named && find(named)
  return named && template && draw(template, named.values)
}

export function declinesOf(named: Named, template: Template | null): string[] {
  return named.declines ?? (template === null ? [] : likelyDeclines(quickRepliesOf(template)))
}

/** Null while something is missing. */
export function messageOf(kind: Kind, { text, template }: Words, find: Find): Record<string, unknown> | null {
  if (kind === 'text') return text.trim() === '' ? null : { type: 'text', text: { body: text } }
  const reference = referenceOf(template, find)
  return reference && templateMessage(reference)
}

/** Null where the message says something that the form cannot show, such as a file. */
export function wordsIn(message: unknown): ({ kind: Kind } & Words) | null {
  const { type, ...content } = recordOf(message)
  if ('template' in content && hasOnly(content, ['template'])) {
    const template = namedIn(content.template)
    return template && { kind: 'template', text: '', template }
  }
  const text = recordOf(content.text)
  if (!hasOnly(content, ['text']) || !hasOnly(text, ['body']) || typeof text.body !== 'string') return null
  return { kind: 'text', text: text.body, template: null }
}

export function namedIn(given: unknown): Named | null {
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

export function hasOnly(value: Record<string, unknown>, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name))
}

export function recordOf(value: unknown): Record<string, unknown> {
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
