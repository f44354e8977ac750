/** As deep as anything that is kept may be; what is deeper is refused afterwards, and left as it is here. */
const MAX_DEPTH = 32

/**
 * A copy in which no object has a member that is null: in what the Cloud API documents, null and absent are one, at every depth, and
 * clients in typed languages write every member they know. Items of a list stay, because their place counts.
 */
export function dropNulls(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value
  if (Array.isArray(value)) return value.map((item) => dropNulls(item, depth + 1))
  const kept: [string, unknown][] = []
  for (const [name, member] of Object.entries(value)) {
    if (member !== null) kept.push([name, dropNulls(member, depth + 1)])
  }
  return Object.fromEntries(kept)
}

/** Where a list has an item that is null, or null when none has: Graph would refuse it, after the message was accepted here. */
export function nullItem(value: unknown): PropertyKey[] | null {
  const pending: { value: unknown; path: PropertyKey[] }[] = [{ value, path: [] }]
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value: here, path } = next
    if (typeof here !== 'object' || here === null || path.length > MAX_DEPTH) continue
    const isList = Array.isArray(here)
    for (const [name, member] of Object.entries(here)) {
      const at = [...path, isList ? Number(name) : name]
      if (member === null && isList) return at
      pending.push({ value: member, path: at })
    }
  }
  return null
}
