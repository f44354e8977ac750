import type { Said } from '../said.ts'
import { didYouMean } from './problem.ts'
import { problem } from './sentences.ts'

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
): { said: Said; hint?: Said | undefined } | null {
  const [root = '', field, ...rest] = path.split('.')
  if (!ROOTS.includes(root)) {
    return {
      said: problem('root_unknown', { roots: ROOTS.join(', '), got: root }),
      hint: didYouMean(root, ROOTS),
    }
  }
  if (root === 'now') return field === undefined ? null : { said: problem('after_now') }
  if (field === undefined || field === '') return { said: problem('field_unnamed', { root }) }
  if (root === 'call') return callProblem([field, ...rest], names.calls)
  const known = root === 'data' ? names.data : FIXED[root]
  if (!known) return null
  if (!known.includes(field) || rest.length > 0) {
    const got = [field, ...rest].join('.')
    const said =
      known.length > 0
        ? problem('path_unknown', { root, known: known.join(', '), got })
        : problem('path_undeclared', { root, got })
    return { said, hint: didYouMean(field, known) }
  }
  return null
}

/** `call.<name>.<field>`: which fields there are, whoever is called says. */
function callProblem([name = '', field, ...rest]: string[], calls: readonly string[]): ReturnType<typeof pathProblem> {
  if (!calls.includes(name)) {
    const known = calls.join(', ')
    const said = known === '' ? problem('call_none', { got: name }) : problem('call_unknown', { known, got: name })
    return { said, hint: didYouMean(name, calls) }
  }
  if (field !== undefined && field !== '' && rest.length === 0) return null
  return { said: problem('call_field', { example: `call.${name}.<field>` }) }
}
