/*
 * A template as Meta describes it, and what a person has to fill in to send it. Pure. How it will look is put together here only for the eye;
 * whether it may go, and with what, is the API's to say.
 */

export interface Template {
  id: string
  waba_id: string
  name: string
  language: string
  category: string
  status: string
  quality?: string | null
  hidden?: boolean
  synced_at?: string
  parameter_format?: string
  components?: TemplateComponent[]
  category_change?: { at: string | null; to: string } | null
}

export interface TemplateComponent {
  type: string
  format?: string
  text?: string
  buttons?: TemplateButton[]
  example?: unknown
}

export interface TemplateButton {
  type: string
  text?: string
  url?: string
}

/** A place to fill in. `key` is unique within the template. */
export interface Slot {
  key: string
  where: 'header' | 'body' | 'button'
  /** Of a button, among the buttons. */
  index: number
  /** As the template writes it: a name, or a number. */
  name: string
}

export interface Drawn {
  header: string | null
  body: string
  footer: string | null
  buttons: { type: string; text: string }[]
}

export type Values = Readonly<Record<string, string>>

const VARIABLE = /\{\{\s*([^{}\s]+)\s*\}\}/g
/** Buttons that need nothing from the sender. */
const PLAIN_BUTTONS = ['QUICK_REPLY', 'URL', 'PHONE_NUMBER']

export function slotsOf(template: Template): Slot[] {
  const header = partOf(template, 'HEADER')
  const inText = (where: 'header' | 'body', text: string | undefined) =>
    variablesIn(text).map((name): Slot => ({ key: `${where}:${name}`, where, index: 0, name }))
  return [
    ...(header?.format === 'TEXT' ? inText('header', header.text) : []),
    ...inText('body', partOf(template, 'BODY')?.text),
    ...buttonsOf(template).flatMap(({ type, url }, index) =>
      type === 'URL'
        ? variablesIn(url).map((name): Slot => ({ key: `button${index}:${name}`, where: 'button', index, name }))
        : [],
    ),
  ]
}

/** Why it cannot be filled in here: a header that is a file, a button that asks for a code. Null where it can. */
export function unfillable(template: Template): 'media' | 'button' | null {
  const header = partOf(template, 'HEADER')
  if (header !== undefined && header.format !== 'TEXT') return 'media'
  if (!buttonsOf(template).every(({ type }) => PLAIN_BUTTONS.includes(type.toUpperCase()))) return 'button'
  return null
}

/** Empty places are left as the template writes them. */
export function draw(template: Template, values: Values): Drawn {
  const fill = (where: string, text: string) =>
    text.replace(VARIABLE, (written, name: string) => values[`${where}:${name}`] || written)
  const header = partOf(template, 'HEADER')
  return {
    header:
      header === undefined ? null : header.format === 'TEXT' ? fill('header', header.text ?? '') : `[${header.format}]`,
    body: fill('body', partOf(template, 'BODY')?.text ?? ''),
    footer: partOf(template, 'FOOTER')?.text ?? null,
    buttons: buttonsOf(template).map(({ type, text = '' }) => ({ type, text })),
  }
}

export interface TemplateReference {
  name: string
  language: string
  components?: object[]
  decline?: string[]
}

/** What the API is asked to send. */
export function referenceTo(template: Template, values: Values): TemplateReference {
  const slots = slotsOf(template)
  const isNamed = template.parameter_format?.toUpperCase() === 'NAMED'
  const parameter = ({ key, where, name }: Slot) => ({
    type: 'text',
    text: values[key] ?? '',
    ...(isNamed && where !== 'button' ? { parameter_name: name } : {}),
  })
  const ofText = (where: 'header' | 'body') => {
    const own = slots.filter((slot) => slot.where === where)
    return own.length === 0 ? [] : [{ type: where, parameters: own.map(parameter) }]
  }
  const ofButtons = slots
    .filter(({ where }) => where === 'button')
    .map((slot) => ({ type: 'button', sub_type: 'url', index: String(slot.index), parameters: [parameter(slot)] }))
  const components = [...ofText('header'), ...ofText('body'), ...ofButtons]
  return { name: template.name, language: template.language, ...(components.length > 0 ? { components } : {}) }
}

export function templateMessage({ name, language, components }: TemplateReference): Record<string, unknown> {
  return { type: 'template', template: { name, language: { code: language }, ...(components ? { components } : {}) } }
}

export function quickRepliesOf(template: Template): string[] {
  return buttonsOf(template)
    .filter(({ type }) => type.toUpperCase() === 'QUICK_REPLY')
    .map(({ text = '' }) => text)
}

const NO = /^(no|não|nao|nein|non)\b/iu

/** Which answers look like a no; a person looks at them before anything is sent. */
export function likelyDeclines(replies: readonly string[]): string[] {
  return replies.filter((text) => NO.test(text.trim()))
}

/** By what the place is called: what we know of the customer, of whoever writes, and what was last written there. */
export function prefill(
  slots: readonly Slot[],
  about: { customer: string | null; writer: string; last: Values },
): Values {
  return Object.fromEntries(
    slots.map((slot, position) => {
      const isFirstNumber = slot.where === 'body' && slot.name === '1' && position === 0
      if (CUSTOMER.test(slot.name) || isFirstNumber) return [slot.key, about.customer ?? '']
      if (WRITER.test(slot.name)) return [slot.key, about.writer]
      return [slot.key, about.last[slot.name] ?? '']
    }),
  )
}

const CUSTOMER = /^(user|name|first_?name|customer(_name)?|contact(_name)?|nome|nombre|cliente)$/i
const WRITER = /^(your_?name|agent(_name)?|sender_name|seu_nome|tu_nombre)$/i

/** The contact's own language first, then what is shared with it, then by name. */
export function inOrderFor(language: string | null, templates: readonly Template[]): Template[] {
  const rank = (template: Template) => {
    if (language === null) return 2
    if (template.language === language) return 0
    return template.language.slice(0, 2) === language.slice(0, 2) ? 1 : 2
  }
  return templates.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}

/** Each once; numbers in their order, which is that of their values, wherever they stand. */
export function variablesIn(text: string | undefined): string[] {
  const names = [...new Set([...(text ?? '').matchAll(VARIABLE)].map(([, name]) => name as string))]
  return names.every((name) => /^\d+$/.test(name)) ? names.toSorted((a, b) => Number(a) - Number(b)) : names
}

function partOf({ components = [] }: Template, type: string): TemplateComponent | undefined {
  return components.find((component) => component.type.toUpperCase() === type)
}

function buttonsOf(template: Template): TemplateButton[] {
  return partOf(template, 'BUTTONS')?.buttons ?? []
}
