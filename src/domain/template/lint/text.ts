import { isRecord } from '../../content/template-message.ts'
import { characters } from '../../content/text.ts'
import { compileText } from '../definition.ts'
import { inBraces, type LintContext } from './report.ts'

export type TextPart = 'header' | 'body' | 'footer'

export interface TextRule {
  /** Characters. */
  max: number
  maxVariables?: number
}

/**
 * Of a text of so many characters its length is all that is said: looking for emoji in a megabyte of other letters takes a process seconds, and
 * nobody else is answered meanwhile.
 */
export const FAR_TOO_LONG = 10_000

const NAMED = /^[a-z][a-z0-9_]*$/
const NUMBERED = /^\d+$/
const MAX_EMOJI = 10
/** Of Meta's count of words around variables (2388293). */
const WORDS_PER_VARIABLE = 2

/** Letters of scripts that put no space between words: what stands between two spaces is no word there, and nobody can count. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u

/**
 * A header, body or footer with words of its own.
 * Source: Meta, templates/components and support/error-codes, 2388040, 2388047, 2388072, 2388073, 2388293 and 2388299 (read 2026-11); newlines
 * and emoji of bodies from captured answers of Meta.
 */
export function lintText(
  component: Record<string, unknown>,
  part: TextPart,
  { max, maxVariables = Number.POSITIVE_INFINITY }: TextRule,
  path: string,
  context: LintContext,
): void {
  const { report } = context
  const { text } = component
  const at = `${path}.text`
  if (typeof text !== 'string' || text.trim() === '') {
    report(at, 'missing')
    return
  }
  const length = characters(text)
  if (length > max) report(at, 'too_long', { length, max })
  if (length > FAR_TOO_LONG) return
  lintLayout(text, part, at, context)

  const { variables } = compileText(text)
  lintBraces(text, at, context)
  if (variables.length > maxVariables) {
    const count = variables.length
    if (maxVariables === 0) report(at, 'no_variables', { count })
    else report(at, 'too_many_variables', { max: maxVariables, count })
    return
  }
  if (variables.length === 0) return
  lintVariables(variables, at, context)
  lintPlaces(text, part, variables.length, at, context)
  lintExamples(component, part, variables, `${path}.example`, context)
}

/** Formatting characters are told by what they make: a pair around a word. */
export const FORMATTED = /(^|[^\p{L}\p{N}])([*_~`])(?!\s)[^*_~`\n]+(?<!\s)\2(?![\p{L}\p{N}])/u
export const EMOJI = /\p{RGI_Emoji}/gv

function lintLayout(text: string, part: TextPart, at: string, { report, warn }: LintContext): void {
  if (part !== 'body') {
    if (/[\r\n]/.test(text)) report(at, 'line_break', { part })
    // Some templates with them were approved.
    if (text.search(EMOJI) >= 0) warn(at, 'emoji_in', { part })
    if (FORMATTED.test(text)) warn(at, 'formatting_in', { part })
    return
  }
  if (/(\r?\n){3}/.test(text)) report(at, 'line_breaks_in_row')
  const emoji = text.match(EMOJI)?.length ?? 0
  if (emoji > MAX_EMOJI) report(at, 'too_many_emoji', { count: emoji, max: MAX_EMOJI })
}

function lintBraces(text: string, at: string, { report }: LintContext): void {
  const rest = text.replace(/\{\{\s*[A-Za-z0-9_]+\s*\}\}/g, '')
  if (!/\{\{|\}\}/.test(rest)) return
  const special = /\{\{[^{}]*[#$%][^{}]*\}\}/.exec(rest)?.[0]
  if (special !== undefined) report(at, 'variable_sign', { variable: special })
  else report(at, 'braces')
}

/** Named and numbered variables do not mix; numbers count from 1 without gaps. */
function lintVariables(variables: string[], at: string, { report, format }: LintContext): void {
  const named = format === 'named' || (format !== 'positional' && !variables.every((name) => NUMBERED.test(name)))
  if (named) {
    const wrong = variables.filter((name) => !NAMED.test(name))
    if (wrong.length > 0) report(at, 'variable_names', { variables: wrong.map(inBraces).join(', ') })
    return
  }
  if (variables.some((name, index) => name !== String(index + 1))) {
    report(at, 'variable_numbers', { first: inBraces('1'), variables: variables.map(inBraces).join(', ') })
  }
}

/** Meta wants words around every variable, and at least two for each and one more. */
function lintPlaces(text: string, part: TextPart, variables: number, at: string, context: LintContext): void {
  // A header of Meta's own examples ends with its variable: "Forget something {{1}}?"
  const { report, warn } = context
  const say = part === 'body' ? report : warn
  const alone = text.replace(/\{\{[^{}]*\}\}/g, '')
  if (!hasWords(alone)) {
    report(at, 'only_variables')
    return
  }
  if (/^\s*\{\{/.test(text)) say(at, 'variable_first')
  else if (!isSomething(text.slice(0, text.indexOf('{{')))) {
    warn(at, 'punctuation_first')
  }
  const after = text.slice(text.lastIndexOf('}}') + 2)
  if (!isSomething(after)) {
    const signs = after.trim()
    if (signs === '') say(at, 'variable_last')
    else say(at, 'variable_last_but', { signs })
  }
  if (/\}\}\s*\{\{/.test(text)) say(at, 'variables_adjacent')
  if (part === 'body') lintProportion(text, variables, at, context)
}

function lintProportion(text: string, variables: number, at: string, { report }: LintContext): void {
  const fixed = text.replace(/\{\{[^{}]*\}\}/g, ' ')
  if (WITHOUT_SPACES.test(fixed)) return
  // Punctuation that stands alone counts, to be no stricter than Meta, who does not say.
  const words = fixed.match(/\S+/g)?.length ?? 0
  const needed = WORDS_PER_VARIABLE * variables + 1
  if (words < needed) report(at, 'too_few_words', { words, variables, needed })
}

function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text)
}

/** Punctuation does not count as text beside a variable; an emoji may. */
function isSomething(text: string): boolean {
  return hasWords(text) || text.search(EMOJI) >= 0
}

/**
 * `example.body_text` is a list of lists, `example.header_text` a list, and named ones are lists of name and example. Where there is one
 * variable only, a text will do.
 */
function lintExamples(
  component: Record<string, unknown>,
  part: TextPart,
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
      report(`${at}.${part}_text_named_params`, 'examples_missing', { variables: missing.map(inBraces).join(', ') })
    return
  }
  const filled = valuesOf(example[`${part}_text`]).filter((value) => typeof value === 'string' && value !== '').length
  if (filled < variables.length) {
    const count = variables.length
    if (count === 1) report(`${at}.${part}_text`, 'example_missing', { got: filled })
    else report(`${at}.${part}_text`, 'examples_too_few', { count, got: filled })
  }
}

function valuesOf(positional: unknown): unknown[] {
  if (!Array.isArray(positional)) return [positional]
  return Array.isArray(positional[0]) ? positional[0] : positional
}

function hasExample(one: Record<string, unknown>): boolean {
  return typeof one.example === 'string' && one.example !== ''
}
