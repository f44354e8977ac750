/** Deeper JSON than any message needs; a guard for everything that walks it recursively. */
const MAX_DEPTH = 32

export interface UnstorableJson {
  path: PropertyKey[]
  /** Continues "expected <field> …". */
  message: string
}

/**
 * More values than any message, template or metadata of allowed size has. A check that reports each wrong one would build a million
 * sentences out of a megabyte, and schemas of lists hand theirs up as arguments of one call, which overflows the stack.
 */
const MAX_VALUES = 20_000

interface Visited {
  value: unknown
  key: PropertyKey
  above: Visited | null
  depth: number
}

/**
 * Why a parsed JSON value cannot be kept in a `jsonb` column, or null when it can: PostgreSQL refuses U+0000 and lone surrogates, and
 * endless nesting and endless lists exhaust the stack of whoever walks them. Loose schemas keep fields they do not know, so those need
 * this too; asked before a schema, it also keeps the schema safe. Walks without recursion. Source: PostgreSQL manual, 8.14 JSON Types
 * (read 2026-11).
 */
export function unstorableJson(value: unknown): UnstorableJson | null {
  const pending: Visited[] = [{ value, key: '', above: null, depth: 0 }]
  let values = 0
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, depth } = next
    values += 1
    if (typeof value === 'string' && !isStorableText(value)) {
      return { path: pathOf(next), message: 'to be valid Unicode text without U+0000' }
    }
    if (typeof value !== 'object' || value === null) continue
    if (depth >= MAX_DEPTH) {
      return { path: pathOf(next).slice(0, 3), message: `to be nested at most ${MAX_DEPTH} levels deep` }
    }
    const members = Object.entries(value)
    if (values + pending.length + members.length > MAX_VALUES) {
      return { path: pathOf(next).slice(0, 3), message: `to hold less: there may be ${MAX_VALUES} values in all` }
    }
    const isList = Array.isArray(value)
    for (const [key, member] of members) {
      if (!isStorableText(key)) {
        return { path: pathOf(next), message: 'to have field names that are valid Unicode without U+0000' }
      }
      pending.push({ value: member, key: isList ? Number(key) : key, above: next, depth: depth + 1 })
    }
  }
  return null
}

function pathOf(visited: Visited): PropertyKey[] {
  const path: PropertyKey[] = []
  for (let at: Visited | null = visited; at?.above; at = at.above) path.unshift(at.key)
  return path
}

function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000')
}

/** What is kept beside a message or a consent as it was given: `metadata`, `evidence`. Bytes of its JSON. */
const KEPT_BYTES = 16_384

/** Why a document that is kept as it is would be too large; null where it is not, or can be kept in no size. `path` is where it stands. */
export function oversizedJson(value: unknown, path: string): UnstorableJson | null {
  // What is nested without end is refused for that, and could not be written out.
  if (value === undefined || unstorableJson(value)) return null
  const bytes = new TextEncoder().encode(JSON.stringify(value)).length
  return bytes <= KEPT_BYTES
    ? null
    : { path: [path], message: `to be at most ${KEPT_BYTES} bytes of JSON, got ${bytes}` }
}
