import { sql } from 'kysely'
import type { ContactId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/* What is kept of a person beside their contact, for them to see. */

/** Every id they were seen under, as it was spelled, the newest first. */
export async function listIdentities(
  db: Db,
  id: ContactId,
): Promise<{ value: string; scope: string; seen_at: Instant | null }[]> {
  const { rows } = await sql<{ value: string; scope: string; seen_at: Instant | null }>`
    select value, scope, seen_at from contact_identities
    where contact_id = ${id}::bigint order by seen_at desc nulls last, value`.execute(db)
  return rows
}

/** When they last counted against a portfolio's messaging limit. */
export async function listLimitUses(db: Db, id: ContactId): Promise<{ portfolio_id: string; at: Instant }[]> {
  const { rows } = await sql<{ portfolio_id: string; at: Instant }>`
    select portfolio_id, at from messaging_limit_uses where contact_id = ${id}::bigint order by portfolio_id`.execute(
    db,
  )
  return rows
}
