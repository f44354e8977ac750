import type { TemplateReference } from '../content.ts'
import type { FlowTemplate } from './program.ts'
import type { FlowText } from './text.ts'

/** A template as a message names it, with its texts filled. */
export function referenceFrom(template: FlowTemplate, fill: (text: FlowText) => string): TemplateReference {
  const { name, header, parameters, urls } = template
  const text = (one: FlowText) => ({ type: 'text', text: fill(one) })
  const named = (key: string, one: FlowText) => (/^\d+$/.test(key) ? text(one) : { ...text(one), parameter_name: key })
  const body = Array.isArray(parameters)
    ? parameters.map(text)
    : Object.entries(parameters ?? {}).map(([key, one]) => named(key, one))
  const components = [
    ...(header ? [{ type: 'header', parameters: [named(...header)] }] : []),
    ...(body.length > 0 ? [{ type: 'body', parameters: body }] : []),
    ...urls.map(([index, suffix]) => ({ type: 'button', sub_type: 'url', index, parameters: [text(suffix)] })),
  ]
  const language = fill(template.language)
  return { name, language, ...(components.length > 0 ? { components } : {}) }
}
