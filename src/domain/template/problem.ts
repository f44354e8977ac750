/** Why values do not fit a template. `field` is a dotted path into what was checked, `text` an operator's sentence without values. */
export interface TemplateProblem {
  code: 'template_parameters'
  field: string
  text: string
}

export function problemAt(field: string, text: string): TemplateProblem {
  return { code: 'template_parameters', field, text }
}

/** What Meta refuses in a text value, or null. The rest of what it refuses was cleaned away, see `cleanValue`. */
export function faultOfValue(value: string): string | null {
  return value.trim() === '' ? 'is empty' : null
}

export function countOf(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`
}
