import { sql } from 'kysely'
import type { IntentId, WorkspaceId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/** What a run of a flow has asked for. */
export async function intentsOfRun(db: Db, workspace: WorkspaceId, run: string): Promise<IntentId[]> {
  const { rows } = await sql<{ id: IntentId }>`
    select i.id from flow_runs r cross join jsonb_each_text(r.sends) as s (key, id) join intents i on i.id = s.id::uuid
    where r.id = ${run}::uuid and r.workspace = ${workspace} and i.workspace = ${workspace}`.execute(db)
  return rows.map((row) => row.id)
}

/** Intents that are called this: by their own id, the wamid of one of their messages, or their idempotency key. */
export async function findIntents(
  db: Db,
  workspace: WorkspaceId,
  { id, wamid, key }: { id: IntentId | null; wamid: string | null; key: string | null },
): Promise<IntentId[]> {
  const { rows } = await sql<{ id: IntentId }>`
    select i.id from intents i where i.id = ${id}::uuid and i.workspace = ${workspace}
    union select i.id from intents i where i.workspace = ${workspace} and i.idempotency_key = ${key}
    union select i.id from messages m join intents i on i.id = m.intent_id where m.wamid = ${wamid} and i.workspace = ${workspace}`.execute(
    db,
  )
  return rows.map((row) => row.id)
}
