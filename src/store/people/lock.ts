import { sql } from 'kysely'
import type { ContactId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

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
