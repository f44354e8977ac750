import type { SaidValues } from '../../said.ts'
import { type LINT_SENTENCES, type LintCode, said } from './sentences.ts'

/** One thing about a template document. `path` is dotted (`components.0.text`), `message` continues the sentence it begins. */
export interface TemplateLintProblem {
  path: string
  message: string
  /** What is said, whatever the language. */
  code: string
  values: SaidValues
}

export interface TemplateLint {
  /** What Meta would refuse. */
  problems: TemplateLintProblem[]
  /** What Meta may object to, or take and then treat otherwise than expected. */
  warnings: TemplateLintProblem[]
}

/** Says a sentence of what stands at a path. */
export type Report = <C extends LintCode>(path: string, code: C, ...values: ValuesOf<C>) => void

type ValuesOf<C extends LintCode> = Parameters<(typeof LINT_SENTENCES)[C]>

export function reportInto(add: (problem: TemplateLintProblem) => void): Report {
  return <C extends LintCode>(path: string, code: C, ...values: ValuesOf<C>) => {
    const { text: message, ...rest } = said(code, ...values)
    add({ path, message, ...rest })
  }
}

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

export function isWholeFrom(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
}

export function inBraces(name: string): string {
  return `{{${name}}}`
}
