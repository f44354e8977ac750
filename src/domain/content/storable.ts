/** Deeper JSON than any message needs; a guard for everything that walks it recursively. */
const MAX_DEPTH = 32

export interface UnstorableJson {
  path: PropertyKey[]
  /** Continues "expected <field> …". */
  message: string
}

/**
 * Why a parsed JSON value cannot be kept in a `jsonb` column, or null when it can: PostgreSQL refuses U+0000 and lone surrogates, and
 * endless nesting exhausts the stack of whoever serialises it. Loose schemas keep fields they do not know, so those need this too.
 * Walks without recursion. Source: PostgreSQL manual, 8.14 JSON Types (read 2026-11).
 */
export function unstorableJson(value: unknown): UnstorableJson | null {
  const pending: { value: unknown; path: PropertyKey[] }[] = [{ value, path: [] }]
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, path } = next
    if (typeof value === 'string' && !isStorableText(value)) {
      return { path, message: 'to be valid Unicode text without U+0000' }
    }
    if (typeof value !== 'object' || value === null) continue
    if (path.length >= MAX_DEPTH) {
      return { path: path.slice(0, 3), message: `to be nested at most ${MAX_DEPTH} levels deep` }
    }
    for (const [key, member] of Object.entries(value)) {
      if (!isStorableText(key)) return { path, message: 'to have field names that are valid Unicode without U+0000' }
      pending.push({ value: member, path: [...path, Array.isArray(value) ? Number(key) : key] })
    }
  }
  return null
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
