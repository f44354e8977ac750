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
  const left = JSON.stringify(withoutItems(root, ids))
  return names(left, ids) ? '{}' : left
}

/** From the inside out: of a list in a list only the item that names them goes, and not what holds it. */
function withoutItems(value: unknown, ids: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || json.isRawJSON(value)) return value
  if (Array.isArray(value)) {
    return value.map((item) => withoutItems(item, ids)).filter((item) => !names(JSON.stringify(item) ?? '', ids))
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutItems(inner, ids)]))
}
