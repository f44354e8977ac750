import { sql } from 'kysely'
import type { ContactId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/** Of `contacts`: nothing may be added to them, because they are somebody else by now, or are being erased. */
export const isGone = sql`(merged_into is not null or erased_at is not null)`

/**
 * Locks those of these people that nobody else has locked, until the transaction ends, and answers which. Never waits. The weakest lock
 * that two appliers cannot both have: foreign keys, and so producers who enqueue to the person, are not concerned by it.
 */
export async function lockPeople(trx: Db, ids: ContactId[]): Promise<Set<ContactId>> {
  if (ids.length === 0) return new Set()
  const { rows } = await sql<{ id: ContactId }>`
    select id::text as id from contacts where id = any (${ids}::bigint[]) order by id for no key update skip locked`.execute(
    trx,
  )
  return new Set(rows.map((row) => row.id))
}

/** A chain of merges that each come between two looks is a matter of milliseconds. */
const MOST_MERGES = 20

/**
 * The person who this contact is by now, whose lock is shared until the transaction ends, so that they are neither merged nor erased before
 * what is added to them is there. Null when they are being erased, or were.
 */
export async function shareLive(trx: Db, id: ContactId): Promise<ContactId | null> {
  let asked = id
  for (let merge = 0; merge < MOST_MERGES; merge += 1) {
    const { rows } = await sql<{ into: ContactId | null; erased: boolean }>`
      select merged_into::text as into, erased_at is not null as erased from contacts where id = ${asked}::bigint for key share`.execute(
      trx,
    )
    const [row] = rows
    if (!row || row.erased) return null
    if (row.into === null) return asked
    asked = row.into
  }
  throw new Error(`somebody was merged ${MOST_MERGES} times while they were looked up`)
}
