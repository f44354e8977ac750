import { sql } from 'kysely'
import type { Wamid, WorkspaceId } from '../../domain/ids.ts'
import type { DropInMessage, DropInMessages, namedMessages } from '../../domain/passing.ts'
import type { Db } from '../pg/postgres.ts'

/** What is named in one workspace. */
export interface NamedIn extends ReturnType<typeof namedMessages> {
  workspace: WorkspaceId
}

/** Which of these came through the drop-in of their workspace, in the order asked. Served by the primary keys of messages and intents. */
export async function findDropInMessages(db: Db, named: readonly NamedIn[]): Promise<DropInMessages[]> {
  const wamids = [...new Set(named.flatMap((one) => one.wamids))]
  const intents = [...new Set(named.flatMap((one) => one.intents))]
  const { rows } = await sql<DropInMessage & { wamid: Wamid | null; workspace: WorkspaceId }>`
    select m.wamid, i.workspace, i.id as intent, i.message ->> 'biz_opaque_callback_data' as opaque
    from messages m join intents i on i.id = m.intent_id
    where m.wamid = any (${wamids}::text[]) and i.created_by ->> 'via' = 'drop_in'
    union all
    select null, i.workspace, i.id, i.message ->> 'biz_opaque_callback_data' from intents i
    where i.id = any (${intents}::uuid[]) and i.created_by ->> 'via' = 'drop_in'`.execute(db)
  const byWorkspace = Map.groupBy(rows, (row) => row.workspace)
  return named.map(({ workspace, ...asked }) => {
    const found = byWorkspace.get(workspace) ?? []
    return {
      wamids: known(found, (row) => row.wamid, asked.wamids),
      intents: known(found, (row) => (row.wamid === null ? row.intent : null), asked.intents),
    }
  })
}

function known<Row extends DropInMessage, Id extends string>(
  rows: Row[],
  idOf: (row: Row) => Id | null,
  asked: readonly Id[],
): Map<Id, DropInMessage> {
  const wanted = new Set(asked)
  return new Map(
    rows.flatMap((row) => {
      const id = idOf(row)
      return id !== null && wanted.has(id) ? [[id, { intent: row.intent, opaque: row.opaque }] as const] : []
    }),
  )
}
