import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { unstorableJson } from '../domain/content.ts'
import { type CompiledFlow, compileFlow } from '../domain/flow/compile.ts'
import { type FlowProblem, type Path, pathText, sayingOf } from '../domain/flow/problem.ts'
import { hint, problem } from '../domain/flow/sentences.ts'
import type { Said } from '../domain/said.ts'

/*
 * The text of a flow: YAML 1.2, or JSON, which is YAML too. Every problem with its line and column. Aliases may be used; what they expand to is
 * bounded, so a few lines cannot become gigabytes.
 */

/** Bytes of a document, more or less: UTF-16 units. */
export const FLOW_MAX = 256 * 1_024
const DEEPEST = 40
const ALIASES_MAX = 50
const NODES_MAX = 20_000

export interface LocatedProblem extends Omit<FlowProblem, 'severity' | 'path'> {
  path: string
  line?: number
  column?: number
}

export type ReadFlow = {
  compiled: CompiledFlow | null
  problems: LocatedProblem[]
  warnings: LocatedProblem[]
  /** Of what is found later, by who knows more. */
  locate(problem: FlowProblem): LocatedProblem
}

export function readFlow(text: string): ReadFlow {
  const read = readYaml(text, 'flow')
  if (!read.ok) return { compiled: null, problems: read.problems, warnings: [], locate: nowhere }
  const unstorable = unstorableIn(text) ?? unstorableIn(read.value)
  if (unstorable !== null)
    return { compiled: null, problems: [locatedOf(unstorable, read.locate)], warnings: [], locate: nowhere }
  const compiled = compileFlow(read.value)
  const locate = (problem: FlowProblem) => locatedOf(problem, read.locate)
  const problems = compiled.ok ? [] : compiled.problems.map(locate)
  const warnings = compiled.warnings.map(locate).toSorted(byLine)
  return { compiled, problems: problems.toSorted(byLine), warnings, locate }
}

/** The name that a document gives itself; null where it cannot be read, or says none. */
export function flowNameOf(text: string): string | null {
  const read = readYaml(text, 'flow')
  const name = read.ok ? (read.value as { flow?: unknown } | null)?.flow : null
  return typeof name === 'string' && /^[a-z0-9_]{1,64}$/.test(name) ? name : null
}

/** A document that came as JSON inside another has no lines of its own. */
export function readFlowValue(value: unknown): ReadFlow {
  const excess = excessIn(value, 'flow')
  if (excess !== null) return { compiled: null, problems: [excess], warnings: [], locate: nowhere }
  const unstorable = unstorableIn(value)
  if (unstorable !== null) return { compiled: null, problems: [nowhere(unstorable)], warnings: [], locate: nowhere }
  const compiled = compileFlow(value)
  return {
    compiled,
    problems: compiled.ok ? [] : compiled.problems.map(nowhere),
    warnings: compiled.warnings.map(nowhere),
    locate: nowhere,
  }
}

/** An escape of YAML or JSON can say what PostgreSQL cannot keep. */
function unstorableIn(value: unknown): FlowProblem | null {
  const found = unstorableJson(value)
  if (found === null) return null
  const path = found.path.map((part) => (typeof part === 'number' ? part : String(part)))
  return { severity: 'error', path, ...sayingOf(problem('unstorable', { why: found.message })) }
}

/** Of what has no lines. */
function nowhere(problem: FlowProblem): LocatedProblem {
  return locatedOf(problem, () => null)
}

function byLine(a: LocatedProblem, b: LocatedProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}

interface Place {
  line: number
  column: number
}

export function locatedOf(
  { path, severity: _severity, ...said }: FlowProblem,
  locate: (path: Path) => Place | null,
): LocatedProblem {
  return { path: pathText(path), ...locate(path), ...said }
}

export type ReadYaml =
  | { ok: true; value: unknown; locate: (path: Path) => Place | null }
  | { ok: false; problems: LocatedProblem[] }

/** Throws nothing: what cannot be read is a problem with its line. `thing` names it in the sentence. */
export function readYaml(text: string, thing: 'flow' | 'script'): ReadYaml {
  if (text.length > FLOW_MAX) return refusedAs(problem('too_long_text', { thing, max: FLOW_MAX / 1_024 }))
  if (text.trim() === '') return refusedAs(problem('no_text', { thing }), { line: 1, column: 1 })
  const tooDeep = deepestIndent(text)
  if (tooDeep !== null) return refusedAs(problem('too_deep', { max: DEEPEST }), tooDeep)
  const lines = new LineCounter()
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      merge: false,
      uniqueKeys: true,
      version: '1.2',
    })
    const found = [...document.errors, ...document.warnings]
    if (found.length > 0) {
      return {
        ok: false,
        problems: found
          .slice(0, 20)
          .map(({ message, pos }) => ({ path: '', ...at(pos[0]), ...sayingOf(unreadable(message)) })),
      }
    }
    const refused = refuseNodes(document.contents, at)
    if (refused) return { ok: false, problems: [refused] }
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX })
    if (countNodes(value) > NODES_MAX) return refusedAs(problem('too_many_expanded', { max: NODES_MAX }))
    return { ok: true, value, locate: (path) => placeOf(document.contents, path, at) }
  } catch (error) {
    return refusedAs(unreadable(error instanceof Error ? error.message : String(error)))
  }
}

function refusedAs(said: Said, place: Place | null = null): ReadYaml {
  return { ok: false, problems: [{ path: '', ...place, ...sayingOf(said) }] }
}

/** In the words of who reads YAML. */
function unreadable(message: string): Said {
  return problem('unreadable', { why: (message.split('\n')[0] as string).slice(0, 200) })
}

/** Brackets are counted before anything is built of them: a thousand would exhaust the stack of a parser that calls itself. */
function deepestIndent(text: string): Place | null {
  let depth = 0
  let line = 1
  let dashes = 0
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '\n') {
      line++
      dashes = 0
    } else if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1)
    else if (character === '-' && (text[i + 1] === ' ' || text[i + 1] === '\n')) dashes++
    else if (character !== ' ') dashes = Math.min(dashes, DEEPEST)
    if (depth > DEEPEST || dashes > DEEPEST) return { line, column: 1 }
  }
  return null
}

/** Of two unequal readings of a text neither is meant: merge keys and own types are of YAML 1.1. */
function refuseNodes(contents: unknown, at: (offset: number) => Place): LocatedProblem | null {
  let found: LocatedProblem | null = null
  if (!isNode(contents)) return null
  visit(contents, (_key, node, ancestors) => {
    const offset = isPair(node)
      ? ((node.key as Node | null)?.range?.[0] ?? 0)
      : (((node as Node | null)?.range?.[0] as number | undefined) ?? 0)
    if (ancestors.length > 2 * DEEPEST)
      found = { path: '', ...at(offset), ...sayingOf(problem('too_deep', { max: DEEPEST })) }
    else if (isNode(node) && node.tag?.startsWith('!')) found = { path: '', ...at(offset), ...sayingOf(problem('tag')) }
    else if (isPair(node) && isScalar(node.key) && node.key.value === '<<')
      found = { path: '<<', ...at(offset), ...sayingOf(problem('merge_key'), hint('write_out')) }
    else if (isPair(node) && !(isScalar(node.key) && typeof node.key.value === 'string')) {
      found = { path: '', ...at(offset), ...sayingOf(problem('name_no_text'), hint('quote_name')) }
    } else if (isPair(node) && isScalar(node.key) && node.key.value === '__proto__')
      found = { path: '__proto__', ...at(offset), ...sayingOf(problem('name_reserved', { name: '__proto__' })) }
    return found ? visit.BREAK : undefined
  })
  return found
}

/** What came as an object is bounded as a text is; null: it is small enough. */
export function excessIn(value: unknown, thing: 'flow' | 'script'): LocatedProblem | null {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }]
  let nodes = 0
  let length = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (++nodes > NODES_MAX) return { path: '', ...sayingOf(problem('too_many_values', { thing, max: NODES_MAX })) }
    if (next.depth > DEEPEST) {
      return { path: '', ...sayingOf(problem('too_deep', { max: DEEPEST })) }
    }
    if (typeof next.value === 'string') length += next.value.length
    else if (typeof next.value === 'object' && next.value !== null) {
      for (const [name, one] of Object.entries(next.value)) {
        length += name.length
        open.push({ value: one, depth: next.depth + 1 })
      }
    }
    if (length > FLOW_MAX) return { path: '', ...sayingOf(problem('too_long_text', { thing, max: FLOW_MAX / 1_024 })) }
  }
  return null
}

function countNodes(value: unknown): number {
  let count = 0
  const open: unknown[] = [value]
  while (open.length > 0 && count <= NODES_MAX) {
    const next = open.pop()
    count++
    if (typeof next === 'object' && next !== null) for (const one of Object.values(next)) open.push(one)
  }
  return count
}

/** Where a path stands; where it is not, where it would have to be. A name is pointed at itself, an item at its start. */
function placeOf(contents: unknown, path: Path, at: (offset: number) => Place): Place {
  let node: unknown = contents
  let offset = isNode(contents) ? (contents.range?.[0] ?? 0) : 0
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part)
      if (!pair) break
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part]
      if (!isNode(node)) break
      offset = node.range?.[0] ?? offset
    } else break
  }
  return at(offset)
}
