/** One thing about a template document. `path` is dotted (`components.0.text`), `message` continues the sentence it begins. */
export interface TemplateLintProblem {
  path: string
  message: string
}

export interface TemplateLint {
  /** What Meta would refuse. */
  problems: TemplateLintProblem[]
  /** What Meta may object to, or take and then treat otherwise than expected. */
  warnings: TemplateLintProblem[]
}

export type Report = (path: string, message: string) => void

export interface LintContext {
  report: Report
  warn: Report
  /** In upper case; empty when it is missing. */
  category: string
  /** `named` or `positional`; anything else means that nobody said. */
  format: string
}

/** The kind of a component or button, however it is spelled. */
export function typeOf(value: Record<string, unknown>): string {
  return upper(value.type)
}

export function upper(value: unknown): string {
  return typeof value === 'string' ? value.toUpperCase() : ''
}

export function lower(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : ''
}

export function countOf(value: unknown): string {
  return Array.isArray(value) ? String(value.length) : 'no list'
}

export function isWholeFrom(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
}

export function inBraces(name: string): string {
  return `{{${name}}}`
}
