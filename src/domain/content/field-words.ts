/** Names of fields that are also the small words of a sentence: `expected to to be …` is read twice. */
const SMALL_WORDS = new Set('a an and as at be by for from if in is not of on or the to until when with'.split(' '))

/** A field as a sentence names it. */
export function fieldWords(field: string): string {
  return SMALL_WORDS.has(field) ? `"${field}"` : field
}
