import type { Places } from '../store/pg/merging.ts'
import { type Answer, done, invalid, mapAnswer } from './answer.ts'

export interface Page<T> {
  data: T[]
  next_cursor: string | null
}

/** Where a page ended: the values its list is ordered by. Opaque to callers, so the order may change without breaking them. */
export function encodeCursor(key: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/**
 * Reads a cursor of ours; null when there is none. `shape` tells whether the values are what the list is ordered by, because a cursor
 * comes back from outside and may be from another list.
 */
export function decodeCursor<K extends readonly unknown[]>(
  cursor: string | undefined,
  shape: (key: readonly unknown[]) => key is K,
): Answer<K | null> {
  if (cursor === undefined) return done(null)
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(key) && shape(key)) return done(key)
  } catch {
    // Not JSON: not ours.
  }
  return invalid('cursor', 'expected cursor to be the next_cursor of an earlier page of this list')
}

/** Makes a page of one row more than asked for: the extra row only tells that there is a next page. */
export function pageOf<Row>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => readonly (string | number | null)[],
): Page<Row> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { data: shown, next_cursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null }
}

export function mapPage<T, U>(answer: Answer<Page<T>>, map: (item: T) => U): Answer<Page<U>> {
  return mapAnswer(answer, ({ data, next_cursor }) => ({ data: data.map(map), next_cursor }))
}

/** How often more rows are looked at for a page that is still empty, before the caller is asked to go on from there. */
const LOOKS_FOR_A_PAGE = 5

/** The first page that is not empty, where a look may find nothing and not be at the end. */
export async function foundPage<Key>(
  from: Key | null,
  look: (from: Key | null) => Promise<Places<Key>>,
): Promise<Places<Key>> {
  let places = await look(from)
  for (let looks = 1; looks < LOOKS_FOR_A_PAGE && places.found.length === 0 && places.next !== null; looks++) {
    places = await look(places.next)
  }
  return places
}
