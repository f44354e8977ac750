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

/** Makes a page of one row more than asked for: the extra row only tells that there is a next page; `isCut` tells it too. */
export function pageOf<Row>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => readonly (string | number | null)[],
  isCut = false,
): Page<Row> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const goesOn = isCut || rows.length > limit
  return { data: shown, next_cursor: goesOn && last !== undefined ? encodeCursor(keyOf(last)) : null }
}

/** Bytes of JSON in a page. One that would be longer ends early: the cursor goes on from there. */
const PAGE_BYTES = 4 * 1024 * 1024

/**
 * Rows for a page, read a few at a time, so that large ones fill neither the answer nor the memory. The first always fits.
 *
 * @param more reads so many rows behind the last one; fewer only at the end
 */
export async function fillPage<Row>(
  { rows: wanted, atOnce }: { rows: number; atOnce: number },
  more: (count: number, last: Row | null) => Promise<Row[]>,
): Promise<{ rows: Row[]; isCut: boolean }> {
  const rows: Row[] = []
  let bytes = 0
  while (rows.length < wanted) {
    const count = Math.min(atOnce, wanted - rows.length)
    const read = await more(count, rows.at(-1) ?? null)
    for (const row of read) {
      bytes += Buffer.byteLength(JSON.stringify(row))
      if (bytes > PAGE_BYTES && rows.length > 0) return { rows, isCut: true }
      rows.push(row)
    }
    if (read.length < count) break
  }
  return { rows, isCut: false }
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
