import { sql } from 'kysely'
import type { WabaId, WorkspaceId } from '../../domain/ids.ts'
import { coalesce } from '../pg/batch.ts'
import { type Db, isPassingDatabaseError } from '../pg/postgres.ts'

/**
 * Whose accounts these are. Asked for every time and remembered by nobody, for an account that its workspace has let go may be linked by
 * another, on any process; what arrives at once shares a statement.
 */
export function accountOwners(db: Db): (accounts: WabaId[]) => Promise<Map<WabaId, WorkspaceId>> {
  return coalesce<WabaId[], Map<WabaId, WorkspaceId>>({
    maxItems: 500,
    maxFlights: 2,
    isPassing: isPassingDatabaseError,
    async run(asked) {
      const accounts = [...new Set(asked.flat())]
      const { rows } = await sql<{ id: WabaId; workspace: WorkspaceId }>`
        select id, workspace from wabas where id = any (${accounts}::text[])`.execute(db)
      const owners = new Map(rows.map(({ id, workspace }) => [id, workspace]))
      return asked.map((some) => {
        const found = some.flatMap((id): [WabaId, WorkspaceId][] => {
          const owner = owners.get(id)
          return owner === undefined ? [] : [[id, owner]]
        })
        return new Map(found)
      })
    },
  })
}
