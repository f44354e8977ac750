/*
 * Pages of a list that is merged from several ranges of an index.
 */

export interface Source<Key> {
  /** In the order of the list; one more than a page has, if there are as many. */
  found: Key[]
  /** The source was not looked at beyond it. Null: it was, to its end, or until it had found enough. */
  floor: Key | null
}

export interface Places<Key> {
  /** In the order of the list. */
  found: Key[]
  /** Where the next page begins: beyond this one. Null at the end. */
  next: Key | null
}

/** The first of all sources, down to where each of them was looked at: a page may be short and have a next one. */
export function mergeSources<Key>(
  sources: readonly Source<Key>[],
  limit: number,
  compare: (a: Key, b: Key) => number,
): Places<Key> {
  let floor: Key | null = null
  for (const source of sources) {
    if (source.floor !== null && (floor === null || compare(source.floor, floor) < 0)) floor = source.floor
  }
  const seen = sources.flatMap(({ found }) => found.filter((key) => floor === null || compare(key, floor) <= 0))
  const first = seen.toSorted(compare)
  if (first.length > limit) return { found: first.slice(0, limit), next: first[limit - 1] as Key }
  return { found: first, next: floor }
}
