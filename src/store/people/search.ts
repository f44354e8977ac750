import { type RawBuilder, sql } from 'kysely'

/* How people are looked for by a part of a name, username, number or BSUID: by trigrams of `contacts.searched`. */

/** What an index of trigrams can look up. Source: PostgreSQL 18, F.35 pg_trgm, index support (read 2026-11-29). */
const HAS_TRIGRAM = /[\p{L}\p{N}]{3}/u

/** Whether the index can look it up; else whoever looks has to look at people one by one. */
export function hasTrigram(text: string): boolean {
  return HAS_TRIGRAM.test(text)
}

/** Of `contacts c`. A number is found by its digits, however it is written. */
export function matches(text: string): RawBuilder<unknown> {
  const part = (piece: string) => `%${piece.replace(/[\\%_]/g, '\\$&')}%`
  const named = sql`c.searched like lower(${part(text)})`
  const digits = text.replace(/\D/g, '')
  const isNumber =
    /^[\d\s()+.-]+$/.test(text) && (HAS_TRIGRAM.test(digits) || (digits !== '' && !HAS_TRIGRAM.test(text)))
  return isNumber ? sql`(${named} or c.searched like ${part(digits)})` : named
}
