import { sql } from 'kysely'
import type { Role } from '../../domain/roles.ts'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { isAlive } from './sessions.ts'

/*
 * Whether those who were let in still would be. For what goes on for hours after a request was let in; asked of many at once, and no use of
 * a session: whoever only has a page open is idle.
 */

export interface SessionIn {
  session: string
  workspace: string
  role: Role
}

/** In their order. False also where the role is another by now: what they see may be. */
export async function areSessionsIn(db: Db, asked: readonly SessionIn[], now: Instant): Promise<boolean[]> {
  if (asked.length === 0) return []
  const { rows } = await sql<{ is_in: boolean }>`
    select exists (
      select from sessions s join memberships m on m.user_id = s.user_id
      where s.id = asked.id and ${isAlive(now)} and m.workspace = asked.workspace and m.role = asked.role and m.disabled_at is null) as is_in
    from unnest(${asked.map(({ session }) => session)}::uuid[], ${asked.map(({ workspace }) => workspace)}::text[],
      ${asked.map(({ role }) => role)}::text[]) with ordinality as asked (id, workspace, role, nth) order by nth`.execute(
    db,
  )
  return rows.map((row) => row.is_in)
}

/** In their order. Keys are never changed, so what they allowed they allow until they are over. */
export async function areKeysIn(db: Db, ids: readonly string[]): Promise<boolean[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{ is_in: boolean }>`
    select exists (
      select from api_keys k
      where k.id = asked.id and k.revoked_at is null and (k.expires_at is null or k.expires_at > casement_now())) as is_in
    from unnest(${ids}::bigint[]) with ordinality as asked (id, nth) order by nth`.execute(db)
  return rows.map((row) => row.is_in)
}
