import { randomKey } from '../../api/random-key.ts'
import { type Template, type TemplateButton, variablesIn } from '../template.ts'

/* What a person fills in to write a template, and the document of the Cloud API that comes of it. Pure. */

export type HeaderKind = 'NONE' | 'TEXT' | 'IMAGE' | 'VIDEO' | 'DOCUMENT'
export type ButtonKind = 'QUICK_REPLY' | 'URL' | 'PHONE_NUMBER'

export interface FormButton {
  /** Of the form alone. */
  key: string
  type: ButtonKind
  text: string
  /** The address or the number. */
  target: string
  /** Of an address that ends in a variable: as it will be. */
  example: string
}

export interface TemplateForm {
  name: string
  language: string
  category: 'UTILITY' | 'MARKETING'
  header: { kind: HeaderKind; text: string; handle: string; fileName: string }
  body: string
  footer: string
  buttons: FormButton[]
  /** By `header:name` and `body:name`. */
  examples: Readonly<Record<string, string>>
}

export const EMPTY_FORM: TemplateForm = {
  name: '',
  language: 'en',
  category: 'UTILITY',
  header: { kind: 'NONE', text: '', handle: '', fileName: '' },
  body: '',
  footer: '',
  buttons: [],
  examples: {},
}

/** Names, or numbers: Meta takes no mixture. */
export function isNamed({ header, body }: TemplateForm): boolean {
  const names = [...variablesIn(header.text), ...variablesIn(body)]
  return names.some((name) => !/^\d+$/.test(name))
}

export interface Document {
  name: string
  language: string
  category: string
  parameter_format: 'NAMED' | 'POSITIONAL'
  components: Record<string, unknown>[]
}

export function documentOf(form: TemplateForm): Document {
  const { name, language, category } = form
  return {
    name,
    language,
    category,
    parameter_format: isNamed(form) ? 'NAMED' : 'POSITIONAL',
    components: partsOf(form).map(({ component }) => component),
  }
}

/** Which field of the form a path of the linter speaks of, such as `components.1.text`. */
export function fieldAt(form: TemplateForm, path: string): string {
  const [first, index, ...rest] = path.split('.')
  if (first !== 'components' || index === undefined) return first ?? ''
  const part = partsOf(form)[Number(index)]?.part ?? 'body'
  return part === 'buttons' && rest[0] === 'buttons' ? `buttons.${rest[1]}` : part
}

function partsOf(form: TemplateForm): { part: string; component: Record<string, unknown> }[] {
  const { header, body, footer, buttons } = form
  return [
    ...(header.kind === 'NONE' ? [] : [{ part: 'header', component: headerOf(form) }]),
    { part: 'body', component: { type: 'BODY', text: body, ...examplesOf(form, 'body', body) } },
    ...(footer === '' ? [] : [{ part: 'footer', component: { type: 'FOOTER', text: footer } }]),
    ...(buttons.length === 0
      ? []
      : [{ part: 'buttons', component: { type: 'BUTTONS', buttons: buttons.map(buttonOf) } }]),
  ]
}

function headerOf(form: TemplateForm): Record<string, unknown> {
  const { kind, text, handle } = form.header
  if (kind === 'TEXT') return { type: 'HEADER', format: kind, text, ...examplesOf(form, 'header', text) }
  return { type: 'HEADER', format: kind, ...(handle === '' ? {} : { example: { header_handle: [handle] } }) }
}

function examplesOf(form: TemplateForm, part: 'header' | 'body', text: string): Record<string, unknown> {
  const names = variablesIn(text)
  const given = names.map((name) => ({ param_name: name, example: form.examples[`${part}:${name}`] ?? '' }))
  const filled = given.filter(({ example }) => example !== '')
  if (filled.length === 0) return {}
  if (isNamed(form)) return { example: { [`${part}_text_named_params`]: filled } }
  const values = given.map(({ example }) => example)
  return { example: part === 'body' ? { body_text: [values] } : { header_text: values } }
}

function buttonOf({ type, text, target, example }: FormButton): Record<string, unknown> {
  if (type === 'QUICK_REPLY') return { type, text }
  if (type === 'PHONE_NUMBER') return { type, text, phone_number: target }
  return { type, text, url: target, ...(example === '' ? {} : { example: [example] }) }
}

const KNOWN_PARTS = ['HEADER', 'BODY', 'FOOTER', 'BUTTONS']

/** Null where it has parts that this form has no fields for: a carousel, a code, a flow. */
export function formOf(template: Template): TemplateForm | null {
  const components = template.components ?? []
  const part = (type: string) => components.find((one) => one.type.toUpperCase() === type)
  const buttons = (part('BUTTONS')?.buttons ?? []).map(formButton)
  const category = template.category.toUpperCase()
  const isKnown =
    (category === 'UTILITY' || category === 'MARKETING') &&
    components.every(({ type }) => KNOWN_PARTS.includes(type.toUpperCase())) &&
    buttons.every((button) => button !== null)
  if (!isKnown) return null
  const header = part('HEADER')
  const format = (header?.format?.toUpperCase() ?? 'NONE') as HeaderKind
  if (!['NONE', 'TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT'].includes(format)) return null
  return {
    name: template.name,
    language: template.language,
    category,
    header: { kind: format, text: header?.text ?? '', handle: '', fileName: '' },
    body: part('BODY')?.text ?? '',
    footer: part('FOOTER')?.text ?? '',
    buttons,
    examples: { ...examplesIn('header', header), ...examplesIn('body', part('BODY')) },
  }
}

function formButton(button: TemplateButton & { phone_number?: string; example?: string[] }): FormButton | null {
  const type = button.type.toUpperCase()
  if (type !== 'QUICK_REPLY' && type !== 'URL' && type !== 'PHONE_NUMBER') return null
  const target = button.url ?? button.phone_number ?? ''
  return { key: randomKey(), type, text: button.text ?? '', target, example: button.example?.[0] ?? '' }
}

function examplesIn(part: 'header' | 'body', component: { text?: string; example?: unknown } | undefined) {
  const example = (component?.example ?? {}) as Record<string, unknown>
  const named = (example[`${part}_text_named_params`] ?? []) as { param_name: string; example: string }[]
  const listed = (part === 'body' ? (example.body_text as string[][])?.[0] : (example.header_text as string[])) ?? []
  const byPlace = variablesIn(component?.text).map((name, index) => [name, listed[index] ?? ''] as const)
  const pairs = named.length > 0 ? named.map((one) => [one.param_name, one.example] as const) : byPlace
  return Object.fromEntries(pairs.map(([name, value]) => [`${part}:${name}`, value]))
}
