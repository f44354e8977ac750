import { didYouMean } from './problem.ts'

/*
 * Texts with places: `{{data.product | your order}}`. Filled in one pass: what comes in is never looked at again, so that a name with braces
 * stays a name.
 */

export interface Place {
  path: string
  /** What stands there when nothing is known; null: then the text cannot be sent. */
  fallback: string | null
}

export interface FlowText {
  source: string
  parts: (string | Place)[]
}

export type Filled = { ok: true; text: string } | { ok: false; missing: string }

/** What `lookUp` gives for a path: null when nothing is known. */
export type LookUp = (path: string) => string | null

/** What is in it is looked at apart: blanks that two parts of it may share take a power of their number. */
const PLACE = /\{\{([^{}|]*)(?:\|([^{}]*))?\}\}/g
const PATH = /^[a-z][A-Za-z0-9_.]{0,200}$/
const MOST_FALLBACK = 500

export function compileFlowText(source: string): FlowText {
  const parts: (string | Place)[] = []
  let from = 0
  for (const match of source.matchAll(PLACE)) {
    const path = (match[1] as string).trim()
    const fallback = match[2]?.trim() ?? null
    if (!PATH.test(path) || (fallback?.length ?? 0) > MOST_FALLBACK) continue
    if (match.index > from) parts.push(source.slice(from, match.index))
    parts.push({ path, fallback })
    from = match.index + match[0].length
  }
  if (from < source.length) parts.push(source.slice(from))
  return { source, parts }
}

/** The first `{{` that is no place; null when all are. */
export function strayBraces({ parts }: FlowText): string | null {
  for (const part of parts) {
    const at = typeof part === 'string' ? part.indexOf('{{') : -1
    if (at >= 0) return (part as string).slice(at, at + 30)
  }
  return null
}

export function placesOf({ parts }: FlowText): Place[] {
  return parts.filter((part) => typeof part !== 'string')
}

export function fillText({ parts }: FlowText, lookUp: LookUp): Filled {
  let text = ''
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    const value = lookUp(part.path) || part.fallback
    if (value === null) return { ok: false, missing: part.path }
    text += value
  }
  return { ok: true, text }
}

const FIXED: Readonly<Record<string, readonly string[]>> = {
  reply: ['text', 'button', 'kind', 'at'],
  window: ['opens', 'closes'],
  free_entry: ['reply_by', 'closes', 'state'],
}
const ROOTS = ['contact', 'data', 'trigger', 'reply', 'window', 'free_entry', 'call', 'now']

/** What is wrong with a path, if anything. */
export function pathProblem(
  path: string,
  names: { data: readonly string[]; calls: readonly string[] },
): { message: string; hint?: string | undefined } | null {
  const [root = '', field, ...rest] = path.split('.')
  if (!ROOTS.includes(root)) {
    return {
      message: `expected one of ${ROOTS.join(', ')} before the first dot, got "${root}"`,
      hint: didYouMean(root, ROOTS),
    }
  }
  if (root === 'now') return field === undefined ? null : { message: 'expected nothing after "now"' }
  if (field === undefined || field === '') return { message: `expected the name of a field after "${root}."` }
  if (root === 'call') return callProblem([field, ...rest], names.calls)
  const known = root === 'data' ? names.data : FIXED[root]
  if (!known) return null
  if (!known.includes(field) || rest.length > 0) {
    const named = known.length > 0 ? known.join(', ') : 'none: declare it under "data"'
    return {
      message: `expected a field of ${root} (${named}), got "${[field, ...rest].join('.')}"`,
      hint: didYouMean(field, known),
    }
  }
  return null
}

/** `call.<name>.<field>`: which fields there are, whoever is called says. */
function callProblem([name = '', field, ...rest]: string[], calls: readonly string[]): ReturnType<typeof pathProblem> {
  if (!calls.includes(name)) {
    const named = calls.length > 0 ? calls.join(', ') : 'none is kept: save: call.<name>'
    return {
      message: `expected an answer that a call keeps (${named}), got "${name}"`,
      hint: didYouMean(name, calls),
    }
  }
  if (field !== undefined && field !== '' && rest.length === 0) return null
  return { message: `expected one field of the answer, as in call.${name}.<field>` }
}
