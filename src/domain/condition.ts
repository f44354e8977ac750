import { type ASTNode, Environment } from '@marcbachmann/cel-js'

/*
 * Conditions in CEL, the only user of cel-js. An expression is checked when it is written and can do no more than compare what it is given:
 * no regular expressions and no loops, so its cost grows with its length alone.
 */

export type FieldType = 'string' | 'number' | 'boolean' | 'date'

/** What an expression may name beside what is always there. */
export interface ConditionScope {
  data: Readonly<Record<string, FieldType>>
  /** In a condition on an event. */
  event?: boolean
}

/** Dates as `Date`; what is not known is absent. Reading it makes the condition untold, not true. */
export type ConditionValues = Readonly<Record<string, unknown>>

export type Verdict = { told: true; holds: boolean } | { told: false; why: string }

export interface Condition {
  readonly source: string
  /** Reads nothing that can change. */
  readonly constant: boolean
  /** Dotted paths that it reads, `contact.name`. */
  readonly reads: readonly string[]
  holds(values: ConditionValues): Verdict
}

export type CompiledCondition =
  | { ok: true; condition: Condition }
  /** `offset`: characters from the start of the expression. */
  | { ok: false; message: string; offset: number }

const TYPES: Readonly<Record<FieldType, string>> = {
  string: 'string',
  number: 'double',
  boolean: 'bool',
  date: 'google.protobuf.Timestamp',
}
const TIME = TYPES.date

/** Longest expression, in UTF-16 units. */
export const CONDITION_MAX = 2_000

/** Everything that may be called: each does work in proportion to its operands. */
const CALLS = new Set(
  (
    'has size contains startsWith endsWith lowerAscii upperAscii trim indexOf string int double bool duration timestamp ' +
    'getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds'
  ).split(' '),
)

export function compileCondition(source: string, scope: ConditionScope): CompiledCondition {
  if (source.length > CONDITION_MAX) {
    return { ok: false, message: `expected a condition of at most ${CONDITION_MAX} characters`, offset: 0 }
  }
  try {
    const environment = environmentOf(scope)
    const parsed = environment.parse(source)
    const refused = refusedIn(parsed.ast)
    if (refused) return { ok: false, ...refused }
    const checked = environment.check(source)
    if (!checked.valid) return { ok: false, ...sentenceOf(checked.error) }
    if (checked.type !== 'bool' && checked.type !== 'dyn') {
      return {
        ok: false,
        message: `expected a condition that is true or false, got one of type ${checked.type}`,
        offset: 0,
      }
    }
    const reads = readsOf(parsed.ast)
    const holds = (values: ConditionValues): Verdict => evaluate(parsed, values)
    return { ok: true, condition: { source, reads, constant: reads.length === 0, holds } }
  } catch (error) {
    return { ok: false, ...sentenceOf(error) }
  }
}

function environmentOf({ data, event }: ConditionScope): Environment {
  const limits = { maxAstNodes: 300, maxDepth: 24, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 4 }
  const fields = Object.fromEntries(Object.entries(data).map(([name, type]) => [name, TYPES[type]]))
  const environment = new Environment({ limits })
    .registerVariable('contact', 'map')
    .registerVariable('trigger', 'map')
    .registerVariable('call', 'map')
    .registerVariable('now', TIME)
    .registerVariable({ name: 'data', schema: fields })
    .registerVariable({ name: 'reply', schema: { text: 'string', button: 'string', kind: 'string', at: TIME } })
    .registerVariable({ name: 'window', schema: { open: 'bool', opens: TIME, closes: TIME } })
    .registerVariable({ name: 'free_entry', schema: { open: 'bool', state: 'string', reply_by: TIME, closes: TIME } })
  return event ? environment.registerVariable('event', 'map') : environment
}

function evaluate(run: (values: Record<string, unknown>) => unknown, values: ConditionValues): Verdict {
  try {
    const value = run({ ...values })
    if (typeof value === 'boolean') return { told: true, holds: value }
    return { told: false, why: 'it is neither true nor false' }
  } catch (error) {
    return { told: false, why: sentenceOf(error).message }
  }
}

type Node = ASTNode | Node[] | unknown

function isNode(value: Node): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
}

function* nodesIn(value: Node): Generator<ASTNode> {
  if (Array.isArray(value)) for (const one of value) yield* nodesIn(one)
  else if (isNode(value)) {
    yield value
    yield* nodesIn(value.args)
  }
}

function refusedIn(ast: ASTNode): { message: string; offset: number } | null {
  for (const node of nodesIn(ast)) {
    if (node.op !== 'call' && node.op !== 'rcall') continue
    const name = String((node.args as unknown[])[0])
    if (CALLS.has(name)) continue
    const why =
      name === 'matches'
        ? 'regular expressions are not offered; use contains, startsWith or endsWith'
        : 'it is not offered'
    return { message: `expected no call of ${name.slice(0, 40)}: ${why}`, offset: startOf(node) }
  }
  return null
}

function startOf(node: ASTNode): number {
  const { start } = node as { start?: unknown }
  return typeof start === 'number' ? start : 0
}

function readsOf(ast: ASTNode): string[] {
  const paths = new Set<string>()
  const visit = (value: Node): void => {
    if (Array.isArray(value)) for (const one of value) visit(one)
    if (!isNode(value)) return
    const path = pathOf(value)
    if (path === null) visit(value.args)
    else paths.add(path)
  }
  visit(ast)
  return [...paths]
}

function pathOf(node: Node): string | null {
  if (!isNode(node)) return null
  if (node.op === 'id') return String(node.args)
  if (node.op !== '.') return null
  const [base, name] = node.args as unknown as [Node, string]
  const above = pathOf(base)
  return above === null ? null : `${above}.${name}`
}

function sentenceOf(error: unknown): { message: string; offset: number } {
  const { message, range } = error as { message?: string; range?: { start?: number } }
  const line = String(message ?? error).split('\n')[0] as string
  return { message: line, offset: range?.start ?? 0 }
}
