import { sql } from 'kysely'
import type { WabaId, WorkspaceId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/**
 * Whose accounts these are, remembered: an account stays with its workspace. One that is not linked is asked for again, so that it counts
 * from the moment it is.
 */
export function accountOwners(db: Db): (accounts: WabaId[]) => Promise<Map<WabaId, WorkspaceId>> {
  const known = new Map<WabaId, WorkspaceId>()
  return async (accounts) => {
    const unknown = accounts.filter((account) => !known.has(account))
    if (unknown.length > 0) {
      const { rows } = await sql<{ id: WabaId; workspace: WorkspaceId }>`
        select id, workspace from wabas where id = any (${unknown}::text[])`.execute(db)
      for (const { id, workspace } of rows) known.set(id, workspace)
    }
    return new Map(
      accounts.flatMap((account) => (known.has(account) ? [[account, known.get(account) as WorkspaceId]] : [])),
    )
  }
}
