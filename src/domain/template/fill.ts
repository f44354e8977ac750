import type { HeaderParameter, TextualParameter } from '../content/template-message.ts'
import { PLACEHOLDER, type TemplateText } from './definition.ts'

export function isTextual(parameter: HeaderParameter): parameter is TextualParameter {
  return parameter.type === 'text' || parameter.type === 'currency' || parameter.type === 'date_time'
}

/** What a text parameter shows. The Cloud API always shows the fallback of dates and of currencies it cannot localise. */
export function shownText(parameter: TextualParameter): string {
  switch (parameter.type) {
    case 'text':
      return parameter.text
    case 'currency':
      return parameter.currency.fallback_value
    case 'date_time':
      return parameter.date_time.fallback_value
    default:
      return parameter satisfies never
  }
}

/**
 * A template text with its values in place: named parameters by name, others by position. A variable without a value stays visible as
 * `{{name}}`. One pass, so a value that looks like a placeholder is shown, not filled.
 */
export function fillText(text: TemplateText, parameters: TextualParameter[]): string {
  const values = new Map<string, string>()
  for (const [i, parameter] of parameters.entries()) {
    const name = parameter.parameter_name ?? text.variables[i]
    if (name !== undefined) values.set(name, shownText(parameter))
  }
  return text.text.replace(PLACEHOLDER, (placeholder, name: string) => values.get(name) ?? placeholder)
}
