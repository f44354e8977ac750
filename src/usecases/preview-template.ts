import type { Purview } from '../domain/access.ts'
import { dropNulls } from '../domain/content.ts'
import {
  buildTemplateMessage,
  compileTemplate,
  normaliseLanguage,
  type RawTemplate,
  type RenderedTemplate,
  renderTemplate,
  type TemplateDefinition,
} from '../domain/template.ts'
import { type Answer, done, invalid, refused, unknown } from './answer.ts'

/* What a customer would read: of a document, or of a template that is there, with values or without. */

export interface StoredTemplate {
  waba_id: string
  category: string
  document: unknown
}

export interface PreviewTemplateIo {
  /** Of this name and language, those that the caller can see. */
  findTemplates(purview: Purview, name: string, language: string, wabaId: string | null): Promise<StoredTemplate[]>
}

export type Values = Record<string, string | number> | (string | number)[]

export interface PreviewRequest {
  document?: Record<string, unknown> | undefined
  name?: string | undefined
  language?: string | undefined
  waba_id?: string | undefined
  parameters?: Values | undefined
  components?: unknown[] | undefined
}

export async function previewTemplate(
  io: PreviewTemplateIo,
  purview: Purview,
  request: PreviewRequest,
): Promise<Answer<RenderedTemplate>> {
  const { document, parameters, components } = request
  const definition = document === undefined ? await definitionOf(io, purview, request) : done(compileDocument(document))
  return definition.ok ? fill(definition.value, parameters, components) : definition
}

async function definitionOf(
  io: PreviewTemplateIo,
  purview: Purview,
  { name, language, waba_id: wabaId }: PreviewRequest,
): Promise<Answer<TemplateDefinition>> {
  if (name === undefined || language === undefined) {
    return invalid(
      name === undefined ? 'name' : 'language',
      'expected a document, or the name and language of a template',
    )
  }
  const found = await io.findTemplates(purview, name, normaliseLanguage(language), wabaId ?? null)
  const [template] = found
  if (template === undefined) return unknown('template_unknown', `template ${name} (${language})`)
  const accounts = found.map((one) => one.waba_id).join(', ')
  if (found.length > 1) return invalid('waba_id', `expected waba_id to be one of ${accounts}, which all have it`)
  return done(compileTemplate({ ...(template.document as RawTemplate), category: template.category }))
}

/** A document may be half written: what cannot be read is left out. */
export function compileDocument(document: Record<string, unknown>): TemplateDefinition {
  const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return compileTemplate({
    name: textOf(document.name) ?? '',
    language: textOf(document.language) ?? 'en',
    category: textOf(document.category),
    parameter_format: textOf(document.parameter_format),
    components: document.components,
  })
}

/** Values have to fit, as at sending; without any, the variables stay visible. */
function fill(
  definition: TemplateDefinition,
  parameters: Values | undefined,
  components: unknown[] | undefined,
): Answer<RenderedTemplate> {
  if (parameters === undefined && components === undefined) return done(renderTemplate(definition, []))
  const { name, language } = definition
  const values = components === undefined ? { parameters } : { components: dropNulls(components) }
  const built = buildTemplateMessage(
    { name, language, ...values } as Parameters<typeof buildTemplateMessage>[0],
    definition,
  )
  if (built.ok) {
    return done(renderTemplate(definition, built.message.type === 'template' ? built.message.template.components : []))
  }
  return refused({
    status: 400,
    code: 'template_parameters',
    message: built.problem.text,
    field: built.problem.field,
    problems: built.problems.map(({ field, text }) => ({ path: field, message: text })),
  })
}
