/** One thing Meta would refuse. `path` is dotted (`components.0.text`), `message` continues the sentence it begins. */
export interface TemplateLintProblem {
  path: string
  message: string
}

export type Report = (path: string, message: string) => void

export interface LintContext {
  report: Report
  /** In upper case; empty when it is missing. */
  category: string
  /** `named` or `positional`; anything else means that nobody said. */
  format: string
}

/** The kind of a component or button, however it is spelled. */
export function typeOf(value: Record<string, unknown>): string {
  return typeof value.type === 'string' ? value.type.toUpperCase() : ''
}

export function countOf(value: unknown): string {
  return Array.isArray(value) ? String(value.length) : 'no list'
}
