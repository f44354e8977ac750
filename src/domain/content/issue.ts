import type * as z from 'zod'
import { counted } from '../counted.ts'
import { fieldWords } from './field-words.ts'

export interface ZodIssueSentence {
  /** Dotted path of what is at fault; empty when it is the whole value. */
  field: string
  /** What was expected and what came, without quoting texts, names or numbers of people. */
  message: string
}

export interface FormatOptions {
  /** What was parsed. Lets the sentence say what came where Zod itself does not keep it. */
  input?: unknown
  /** Put before the path, for a value that was parsed apart from its request: `message`. */
  root?: string
}

type Issue = z.core.$ZodIssue
interface Located {
  issue: Issue
  path: PropertyKey[]
}

/**
 * One sentence for a failed parse, from its most specific problem: of a union's branches, the one the value comes closest to.
 * A schema's own message counts as a whole sentence, unless it starts with "to" or "not to": then it continues "expected <field>".
 */
export function formatZodIssue(
  error: { readonly issues: readonly Issue[] },
  options: FormatOptions = {},
): ZodIssueSentence {
  const first = pick(error.issues)
  if (!first) return { field: options.root ?? '', message: 'expected a valid value' }
  const { issue, path } = locate(first, [])
  const field = [...(options.root ? [options.root] : []), ...path.map(String)].join('.')
  if (issue.code === 'custom' && !isPredicate(issue.message)) return { field, message: issue.message }
  const predicate = isPredicate(issue.message) ? issue.message : describe(issue)
  const came = predicate.includes(', got ') ? '' : describeCame(issue, path, options)
  const message = `expected ${field ? fieldWords(field) : 'the value'} ${predicate}${came}`
  // The field at fault is the member that should not be there, not the object around it.
  const extra = issue.code === 'unrecognized_keys' ? safeWord(issue.keys[0] ?? '') : null
  if (extra !== null) return { field: field ? `${field}.${extra}` : extra, message }
  return { field, message }
}

function isPredicate(message: string): boolean {
  return /^(not )?to /.test(message)
}

/** A misspelt field explains the missing one beside it, so it goes first. */
function pick(issues: readonly Issue[]): Issue | undefined {
  return issues.find((issue) => issue.code === 'unrecognized_keys') ?? issues[0]
}

/** Follows unions, records and sets down to the problem inside. */
function locate(issue: Issue, above: PropertyKey[]): Located {
  const path = [...above, ...issue.path]
  if (issue.code === 'invalid_union') {
    const branch = closestBranch(issue.errors)
    const inner = branch && pick(branch)
    if (inner) return locate(inner, path)
  }
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    const inner = pick(issue.issues)
    if (inner) return locate(inner, path)
  }
  return { issue, path }
}

/** Null when the value is of no branch's kind: then the union as a whole has to be described. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  let closest: readonly Issue[] | null = null
  let least = WRONG_KIND
  for (const branch of branches) {
    const distance = branch.reduce((sum, issue) => sum + distanceOf(issue), 0)
    if (distance < least) {
      closest = branch
      least = distance
    }
  }
  return closest
}

const WRONG_KIND = 1_000

function distanceOf(issue: Issue): number {
  if (issue.path.length === 0) {
    if (issue.code === 'unrecognized_keys') return 2 * issue.keys.length
    if (issue.code === 'invalid_type' || issue.code === 'invalid_value') return WRONG_KIND
    if (issue.code === 'invalid_union') return closestBranch(issue.errors) ? 0 : WRONG_KIND
  }
  return issue.path.length === 1 && isMissing(issue) ? 1 : 0
}

function isMissing(issue: Issue): boolean {
  return (issue.code === 'invalid_type' || issue.code === 'invalid_value') && issue.message.endsWith('undefined')
}

function describe(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `to be ${kindName(issue.expected)}`
    case 'invalid_value':
      return `to be ${oneOf(issue.values.map((value) => JSON.stringify(value)))}`
    case 'too_big':
      return describeBound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)
    case 'too_small':
      return describeBound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)
    case 'invalid_format':
      return issue.format === 'regex' ? `to match ${issue.pattern}` : `to be ${FORMATS[issue.format] ?? issue.format}`
    case 'not_multiple_of':
      return `to be a multiple of ${issue.divisor}`
    case 'unrecognized_keys':
      return `not to have ${oneOf(issue.keys.map((key) => `the field "${safeWord(key) ?? '…'}"`))}`
    case 'invalid_union':
      return `to be ${oneOf(unionForms(issue))}`
    default:
      return 'to be valid'
  }
}

function describeBound(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return `to be ${bound} ${counted(Number(limit), 'character')}`
  if (origin === 'array' || origin === 'set') return `to have ${bound} ${counted(Number(limit), 'item')}`
  return `to be ${bound} ${limit}`
}

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'an ISO 8601 date and time',
  date: 'an ISO 8601 date',
  time: 'an ISO 8601 time',
  url: 'a URL',
  uuid: 'a UUID',
  email: 'an e-mail address',
  base64: 'base64',
}

function unionForms(issue: z.core.$ZodIssueInvalidUnion): string[] {
  const { options } = issue as { options?: unknown[] }
  if (options) return options.filter((option) => option !== undefined).map((option) => JSON.stringify(option))
  const forms = issue.errors.flatMap((branch) =>
    branch.flatMap((inner) => {
      if (inner.code === 'invalid_type') return [kindName(inner.expected)]
      if (inner.code === 'invalid_value') return inner.values.map((value) => JSON.stringify(value))
      return inner.code === 'invalid_union' ? unionForms(inner) : []
    }),
  )
  return forms.length > 0 ? [...new Set(forms)] : ['valid']
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  undefined: 'nothing',
  null: 'null',
}

function kindName(kind: string): string {
  return KINDS[kind] ?? kind
}

function oneOf(forms: string[]): string {
  if (forms.length < 2) return forms.join('')
  if (forms.length === 2) return forms.join(' or ')
  return `one of ${forms.join(', ')}`
}

function describeCame(issue: Issue, path: PropertyKey[], options: FormatOptions): string {
  const came = received(issue, path, options)
  return came === null ? '' : `, got ${came}`
}

/** What came, in words; null when it is not known or would add nothing. */
function received(issue: Issue, path: PropertyKey[], options: FormatOptions): string | null {
  if (issue.code === 'unrecognized_keys' || issue.code === 'custom') return null
  const known = issue.input !== undefined ? issue.input : 'input' in options ? at(options.input, path) : NOT_KNOWN
  if (known === NOT_KNOWN) {
    const kind = /received (\w+)$/.exec(issue.message)?.[1]
    return kind ? kindName(kind) : null
  }
  if (issue.code === 'too_big' || issue.code === 'too_small') {
    if (typeof known === 'string') return countText(known)
    if (Array.isArray(known)) return String(known.length)
    if (typeof known === 'number' && Math.abs(known) < 1_000_000) return String(known)
    return null
  }
  if (issue.code === 'invalid_format') return typeof known === 'string' ? null : kindOf(known)
  if (typeof known === 'string' && issue.code !== 'invalid_type') {
    const word = safeWord(known)
    return word === null ? 'another text' : `"${word}"`
  }
  return kindOf(known)
}

const NOT_KNOWN = Symbol('not known')

function at(input: unknown, path: PropertyKey[]): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return NOT_KNOWN
    value = Object.hasOwn(value, key) ? (value as Record<PropertyKey, unknown>)[key] : undefined
  }
  return value
}

function countText(text: string): string {
  return String([...text].length)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return kindName(Array.isArray(value) ? 'array' : typeof value)
}

/** An identifier-like word may be shown: it stands where a keyword was expected. Anything else could be content. */
function safeWord(word: string): string | null {
  return /^[A-Za-z_][A-Za-z0-9_]{0,39}$/.test(word) ? word : null
}
