import { isRecord } from '../content/template-message.ts'
import { characters } from '../content/text.ts'
import { compileText } from './definition.ts'
import type { LintContext } from './lint-report.ts'

export interface TextRule {
  /** Characters. */
  max: number
  maxVariables?: number
}

const NAMED = /^[a-z][a-z0-9_]*$/
const NUMBERED = /^\d+$/

/** A header, body or footer with words of its own. */
export function lintText(
  component: Record<string, unknown>,
  part: 'header' | 'body' | 'footer',
  { max, maxVariables = Number.POSITIVE_INFINITY }: TextRule,
  path: string,
  context: LintContext,
): void {
  const { report } = context
  const { text } = component
  const at = `${path}.text`
  if (typeof text !== 'string' || text.trim() === '') {
    report(at, 'is missing')
    return
  }
  const length = characters(text)
  if (length > max) report(at, `has ${length} characters; Meta allows ${max}`)

  const { variables } = compileText(text)
  if (hasStrayBraces(text)) report(at, 'has braces around something that is neither a number nor a name')
  if (variables.length > maxVariables) {
    const allowed = maxVariables === 0 ? 'may not hold variables' : `may hold ${maxVariables} variable`
    report(at, `${allowed}, got ${variables.length}`)
    return
  }
  if (variables.length === 0) return
  lintVariables(variables, at, context)
  if (part === 'body') lintPlaces(text, variables.length, at, context)
  lintExamples(component, part, variables, `${path}.example`, context)
}

function hasStrayBraces(text: string): boolean {
  return /\{\{|\}\}/.test(text.replace(/\{\{\s*[A-Za-z0-9_]+\s*\}\}/g, ''))
}

/** Named and numbered variables do not mix; numbers count from 1 without gaps. */
function lintVariables(variables: string[], at: string, { report, format }: LintContext): void {
  const named = format === 'named' || (format !== 'positional' && !variables.every((name) => NUMBERED.test(name)))
  if (named) {
    const wrong = variables.filter((name) => !NAMED.test(name))
    const rule = 'names are lower-case letters, digits and underscores, a letter first'
    if (wrong.length > 0) report(at, `has the variable ${wrong.map(inBraces).join(', ')}; ${rule}`)
    return
  }
  if (variables.some((name, index) => name !== String(index + 1))) {
    report(at, `is to number its variables from {{1}} without gaps, got ${variables.map(inBraces).join(', ')}`)
  }
}

/** Meta wants words around every variable, and at least two for each and one more (2388293, 2388299). */
function lintPlaces(text: string, variables: number, at: string, { report }: LintContext): void {
  if (/^\s*\{\{/.test(text)) report(at, 'has a variable at its very start')
  if (/\}\}\s*$/.test(text)) report(at, 'has a variable at its very end')
  if (/\}\}\s*\{\{/.test(text)) report(at, 'has two variables side by side')
  const words = text.replace(/\{\{[^{}]*\}\}/g, ' ').match(/\S+/g)?.length ?? 0
  const needed = 2 * variables + 1
  if (words < needed) report(at, `has ${words} words around ${variables} variables; Meta wants ${needed}`)
}

/** `example.body_text` is a list of lists, `example.header_text` a list, and named ones are lists of name and example. */
function lintExamples(
  component: Record<string, unknown>,
  part: string,
  variables: string[],
  at: string,
  { report }: LintContext,
): void {
  const example = isRecord(component.example) ? component.example : {}
  const named = example[`${part}_text_named_params`]
  if (Array.isArray(named)) {
    const given = new Set(
      named
        .filter(isRecord)
        .filter(hasExample)
        .map((one) => one.param_name),
    )
    const missing = variables.filter((name) => !given.has(name))
    if (missing.length > 0)
      report(`${at}.${part}_text_named_params`, `has no example for ${missing.map(inBraces).join(', ')}`)
    return
  }
  const positional = example[`${part}_text`]
  const values: unknown[] = Array.isArray(positional) ? (Array.isArray(positional[0]) ? positional[0] : positional) : []
  const filled = values.filter((value) => typeof value === 'string' && value !== '').length
  if (filled < variables.length) {
    report(`${at}.${part}_text`, `is to hold an example for each of the ${variables.length} variables, got ${filled}`)
  }
}

function hasExample(one: Record<string, unknown>): boolean {
  return typeof one.example === 'string' && one.example !== ''
}

function inBraces(name: string): string {
  return `{{${name}}}`
}
