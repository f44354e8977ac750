import { GraphError } from '../graph-error.ts'
import type { Json, TemplateButton, TemplateCategory, TemplateComponent } from '../records.ts'
import { isObject } from './shape.ts'
import { variablesOf } from './template-send.ts'

export type TemplateDraft = {
  name: string
  language: string
  category: TemplateCategory
  parameterFormat: 'NAMED' | 'POSITIONAL'
  components: TemplateComponent[]
  ttlSeconds: number | null
}

/** Chinese, Japanese, Thai, Lao, Khmer and Burmese: Meta approves templates in them that have hardly a space. */
const SPACELESS = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]/

const CATEGORIES: readonly string[] = ['MARKETING', 'UTILITY', 'AUTHENTICATION']

/**
 * Reads the body of a template creation. Throws code 100 with the subcode Meta gives for the rule that was broken.
 * Source: Meta, templates/components and template-management (read 2026-11).
 */
export function readDraft(body: unknown): TemplateDraft {
  if (!isObject(body)) throw refuse(null, 'The request body must be a JSON object')
  const { name, language, category } = body
  if (typeof name !== 'string' || !/^[a-z0-9_]{1,512}$/.test(name)) {
    throw refuse(2388046, `name: lower-case letters, digits and underscores, at most 512 - got "${String(name)}"`)
  }
  if (typeof language !== 'string' || !/^[a-z]{2,3}(_[A-Z]{2,3})?$/.test(language)) {
    throw refuse(null, `language: a code such as en or en_US - got "${String(language)}"`)
  }
  const upper = String(category).toUpperCase()
  if (!CATEGORIES.includes(upper)) throw refuse(null, `category must be one of {${CATEGORIES.join(', ')}}`)
  const components = readComponents(body.components)
  const draft: TemplateDraft = {
    name,
    language,
    category: upper as TemplateCategory,
    parameterFormat: formatOf(body.parameter_format, components),
    components,
    ttlSeconds: typeof body.message_send_ttl_seconds === 'number' ? body.message_send_ttl_seconds : null,
  }
  checkComponents(draft)
  return draft
}

export function readComponents(value: unknown): TemplateComponent[] {
  if (!Array.isArray(value) || !value.every(isObject)) throw refuse(null, 'components must be an array')
  return value.map((component) => {
    if (typeof component.type !== 'string') throw refuse(null, 'Every component needs a type')
    return { ...component, type: component.type.toUpperCase() }
  })
}

export function checkComponents(draft: Pick<TemplateDraft, 'category' | 'components' | 'parameterFormat'>): void {
  const body = draft.components.find((component) => component.type === 'BODY')
  if (!body) throw refuse(2388072, 'A template needs a BODY component')
  for (const component of draft.components) {
    switch (component.type) {
      case 'HEADER':
        checkHeader(component, draft.parameterFormat)
        break
      case 'BODY':
        // Meta writes the body of an authentication template itself.
        if (draft.category !== 'AUTHENTICATION') checkText(component, draft.parameterFormat, 1024, 99)
        break
      case 'FOOTER':
        checkFooter(component)
        break
      case 'BUTTONS':
        checkButtons(component.buttons ?? [])
        break
      default:
    }
  }
}

function formatOf(given: unknown, components: TemplateComponent[]): 'NAMED' | 'POSITIONAL' {
  if (typeof given === 'string') return given.toUpperCase() === 'NAMED' ? 'NAMED' : 'POSITIONAL'
  const named = components.some((component) => variablesOf(component.text ?? '').some((name) => !/^\d+$/.test(name)))
  return named ? 'NAMED' : 'POSITIONAL'
}

function checkText(component: TemplateComponent, format: string, max: number, maxVariables: number): void {
  const where = component.type.toLowerCase()
  const text = component.text ?? ''
  if (text === '') throw refuse(2388047, `${where}: text is missing`)
  if (text.length > max) throw refuse(2388040, `${where}: at most ${max} characters - got ${text.length}`)
  const variables = variablesOf(text)
  if (variables.length > maxVariables) throw refuse(2388047, `${where}: at most ${maxVariables} variable`)
  if (variables.length === 0) return
  checkVariableNames(where, variables, format)
  if (where === 'body') {
    if (/^\s*\{\{|\}\}\s*$/.test(text)) throw refuse(2388299, 'body: a variable may not stand at the start or the end')
    if (/\}\}\s*\{\{/.test(text)) throw refuse(2388293, 'body: two variables may not stand side by side')
    const fixed = text.replace(/\{\{[^}]*\}\}/g, ' ')
    const words = fixed.split(/\s+/).filter(Boolean).length
    if (!SPACELESS.test(fixed) && words < 2 * variables.length + 1)
      throw refuse(2388293, 'body: too many variables for its length')
  }
  if (!hasExamples(component, variables.length)) throw refuse(2388043, `${where}: every variable needs an example`)
}

/** A header of a file shows a sample that was uploaded; a web address or the id of a medium is none. */
function checkHeader(component: TemplateComponent, format: string): void {
  const kind = (component.format ?? 'TEXT').toUpperCase()
  if (kind === 'TEXT') checkText(component, format, 60, 1)
  if (!['IMAGE', 'VIDEO', 'DOCUMENT', 'GIF'].includes(kind)) return
  const handles = isObject(component.example) ? component.example.header_handle : undefined
  const handle: unknown = Array.isArray(handles) ? handles[0] : handles
  if (typeof handle !== 'string' || !/^\d+:.+/.test(handle)) {
    throw refuse(2388273, `header: ${kind.toLowerCase()} needs the handle of an uploaded sample`)
  }
}

function checkVariableNames(where: string, variables: string[], format: string): void {
  if (format === 'NAMED') {
    const wrong = variables.find((name) => !/^[a-z][a-z0-9_]*$/.test(name))
    if (wrong)
      throw refuse(layoutOf(where), `${where}: variable names are lower-case letters, digits and _ - got {{${wrong}}}`)
    return
  }
  const expected = variables.map((_, index) => String(index + 1))
  if (variables.join() !== expected.join()) {
    throw refuse(
      layoutOf(where),
      `${where}: variables must be numbered from {{1}} without gaps - got {{${variables.join('}} {{')}}}`,
    )
  }
}

function layoutOf(where: string): number {
  return where === 'header' ? 2388047 : 2388072
}

function hasExamples(component: TemplateComponent, count: number): boolean {
  const example = isObject(component.example) ? component.example : {}
  const where = component.type.toLowerCase()
  const named = example[`${where}_text_named_params`]
  if (Array.isArray(named)) return named.length >= count
  const positional = example[`${where}_text`]
  if (!Array.isArray(positional)) return false
  return (Array.isArray(positional[0]) ? positional[0] : positional).length >= count
}

function checkFooter(component: TemplateComponent): void {
  const text = component.text ?? ''
  if (text.length > 60) throw refuse(2388040, `footer: at most 60 characters - got ${text.length}`)
  if (variablesOf(text).length > 0) throw refuse(2388073, 'footer: variables are not allowed')
}

function checkButtons(buttons: TemplateButton[]): void {
  if (buttons.length === 0 || buttons.length > 10) throw refuse(2388047, `buttons: 1 to 10 - got ${buttons.length}`)
  for (const button of buttons) {
    const label: Json['text'] = button.text
    if (typeof label === 'string' && label.length > 25) {
      throw refuse(2388040, `buttons: a label has at most 25 characters - got "${label}"`)
    }
    if (button.type.toUpperCase() === 'QUICK_REPLY' && !label) throw refuse(2388047, 'buttons: a label is missing')
    if (button.type.toUpperCase() === 'URL' && !/^https?:\/\//.test(button.url ?? '')) {
      throw refuse(2388047, 'buttons: a URL button needs an http(s) address')
    }
  }
}

/** The way template management says no: code 100, a subcode and a sentence for the user. */
export function refuse(subcode: number | null, userMessage: string): GraphError {
  return new GraphError(100, '', {
    message: 'Invalid parameter',
    userTitle: "Message template couldn't be created",
    userMessage,
    ...(subcode === null ? {} : { subcode }),
  })
}
