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
