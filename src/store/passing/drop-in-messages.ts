import { sql } from 'kysely'
import type { IntentId, Wamid, WorkspaceId } from '../../domain/ids.ts'
import type { DropInMessage, DropInMessages, namedMessages } from '../../domain/passing.ts'
import type { Db } from '../pg/postgres.ts'

/** Which of these came through the drop-in, of this workspace. Served by the primary keys of messages and intents. */
export async function findDropInMessages(
  db: Db,
  workspace: WorkspaceId,
  named: ReturnType<typeof namedMessages>,
): Promise<DropInMessages> {
  const { rows } = await sql<{ wamid: Wamid | null; intent: IntentId; opaque: string | null }>`
    select m.wamid, i.id as intent, i.message ->> 'biz_opaque_callback_data' as opaque
    from messages m join intents i on i.id = m.intent_id
    where m.wamid = any (${named.wamids}::text[]) and i.workspace = ${workspace} and i.created_by ->> 'via' = 'drop_in'
    union all
    select null, i.id, i.message ->> 'biz_opaque_callback_data' from intents i
    where i.id = any (${named.intents}::uuid[]) and i.workspace = ${workspace} and i.created_by ->> 'via' = 'drop_in'`.execute(
    db,
  )
  const messageOf = ({ intent, opaque }: DropInMessage): DropInMessage => ({ intent, opaque })
  return {
    wamids: new Map(rows.flatMap((row) => (row.wamid === null ? [] : [[row.wamid, messageOf(row)]]))),
    intents: new Map(rows.flatMap((row) => (row.wamid === null ? [[row.intent, messageOf(row)]] : []))),
  }
}
