/*
 * A webhook payload without a person: the items that name one of their ids go, their neighbours stay as they came. Numbers that are too
 * long for a double keep their digits.
 */

interface RawJson {
  rawJSON(text: string): unknown
  isRawJSON(value: unknown): boolean
}
const json = JSON as unknown as RawJson

/** Whether an id stands in a payload, as a whole string. */
function names(payload: string, ids: readonly string[]): boolean {
  return ids.some((id) => payload.includes(`"${id}"`) || payload.includes(`"+${id}"`))
}

/** `{}` when it is no JSON, or names them where no list is. */
export function withoutPerson(payload: string, ids: readonly string[]): string {
  return scrubbed(payload, ids, (root) => root)
}

/** The same of what has been applied and may still be passed on: where nothing is left of a change it goes too, and `{}` is what is nobody else's. */
export function withoutPersonToPass(payload: string, ids: readonly string[]): string {
  return scrubbed(payload, ids, withoutHollowChanges)
}

function scrubbed(payload: string, ids: readonly string[], finish: (root: unknown) => unknown): string {
  let root: unknown
  try {
    root = JSON.parse(payload, (_key, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' && !Number.isSafeInteger(value) && context?.source !== undefined
        ? json.rawJSON(context.source)
        : value,
    )
  } catch {
    return '{}'
  }
  const left = JSON.stringify(finish(withoutItems(root, ids)))
  return names(left, ids) ? '{}' : left
}

/** A change that spoke of people and speaks of nobody any more says nothing, and a program that reads it might stumble. */
function withoutHollowChanges(root: unknown): unknown {
  const entries = listIn(root, 'entry').flatMap((entry) => {
    const changes = listIn(entry, 'changes').filter((change) => {
      const lists = Object.values(recordIn(change, 'value')).filter(Array.isArray)
      return lists.length === 0 || lists.some((list) => list.length > 0)
    })
    return changes.length > 0 ? [{ ...(entry as object), changes }] : []
  })
  return entries.length > 0 ? { ...(root as object), entry: entries } : {}
}

function recordIn(value: unknown, name: string): Record<string, unknown> {
  const member = (value as Record<string, unknown> | null)?.[name]
  return typeof member === 'object' && member !== null ? (member as Record<string, unknown>) : {}
}

function listIn(value: unknown, name: string): unknown[] {
  const member = recordIn(value, name)
  return Array.isArray(member) ? member : []
}

/** From the inside out: of a list in a list only the item that names them goes, and not what holds it. */
function withoutItems(value: unknown, ids: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || json.isRawJSON(value)) return value
  if (Array.isArray(value)) {
    return value.map((item) => withoutItems(item, ids)).filter((item) => !names(JSON.stringify(item) ?? '', ids))
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutItems(inner, ids)]))
}
