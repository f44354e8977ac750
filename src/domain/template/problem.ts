/** Why values do not fit a template. `field` is a dotted path into what was checked, `text` an operator's sentence without values. */
export interface TemplateProblem {
  code: 'template_parameters'
  field: string
  text: string
}

export function problemAt(field: string, text: string): TemplateProblem {
  return { code: 'template_parameters', field, text }
}

/**
 * What Meta refuses in a text value, or null. Empty values and whitespace that breaks the layout fail with 131008, 132018 or 100,
 * each only after the send. Source: Meta, support/error-codes (read 2026-11); the whitespace rule from the field.
 */
export function faultOfValue(value: string): string | null {
  if (value.trim() === '') return 'is empty'
  if (/[\r\n\u2028\u2029]/.test(value)) return 'has a line break'
  if (value.includes('\t')) return 'has a tab'
  if (/ {5}/.test(value)) return 'has more than four spaces in a row'
  return null
}

export function countOf(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`
}
