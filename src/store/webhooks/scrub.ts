import { sql } from 'kysely'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'
import { CLAIM_LOCK_CLASS } from './claim.ts'

/*
 * What is of an erased person in the inbox. There is no index on what stands inside a payload, and erasing is rare: it is read along the
 * primary key, a range at a time. Ids stand in JSON as whole strings.
 *
 * The same person may be the customer of several workspaces. What another of them was told is theirs; what concerns no number that is
 * linked is nobody's, and is emptied with the rest.
 */

const within = (workspace: WorkspaceId) => sql`(workspace = ${workspace} or workspace is null)`

const naming = (values: string[]) => sql`exists (
  select from unnest(${values}::text[]) as id where strpos(payload, '"' || id || '"') > 0 or strpos(payload, '"+' || id || '"') > 0)`

export async function newestWebhook(db: Db): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select coalesce(max(id), 0)::text as id from webhook_events`.execute(db)
  return (rows[0] as { id: string }).id
}

export interface PendingPayload {
  id: string
  payload: string
  /** Ours until the transaction ends: nobody applies it meanwhile. */
  free: boolean
}

/** The oldest that wait to be applied and name one of these. An applier's claim is an advisory lock, see claim.ts. */
export async function pendingNaming(
  trx: Db,
  workspace: WorkspaceId,
  values: string[],
  after: string,
  upTo: string,
  limit: number,
): Promise<PendingPayload[]> {
  const { rows } = await sql<{ id: string; free: boolean }>`
    select id::text as id, pg_try_advisory_xact_lock(${CLAIM_LOCK_CLASS}, (id & 2147483647)::integer) as free
    from (
      select id from webhook_events
      where state = 'pending' and id > ${after}::bigint and id <= ${upTo}::bigint
        and ${within(workspace)} and ${naming(values)} order by id limit ${limit}
    ) found order by id`.execute(trx)
  // Read behind the locks: who had one of them before may have applied it after the look above.
  const payloads = await sql<{ id: string; payload: string }>`
    select id::text as id, payload from webhook_events
    where id = any (${rows.map((row) => row.id)}::bigint[]) and state = 'pending'`.execute(trx)
  const payloadOf = new Map(payloads.rows.map((row) => [row.id, row.payload]))
  return rows.map(({ id, free }) => ({ id, free, payload: payloadOf.get(id) ?? '' }))
}

export async function rewritePayload(trx: Db, id: string, payload: string): Promise<void> {
  await sql`update webhook_events set payload = ${payload} where id = ${id}::bigint and state = 'pending'`.execute(trx)
}

/** Of the next `limit` events those that were applied or kept aside and name one of these. `last` is null at the end. */
export async function emptyPayloads(
  trx: Db,
  workspace: WorkspaceId,
  values: string[],
  after: string,
  upTo: string,
  limit: number,
): Promise<{ last: string | null; seen: number }> {
  const { rows } = await sql<{ last: string | null; seen: number }>`
    with next as (
      select id from webhook_events where id > ${after}::bigint and id <= ${upTo}::bigint order by id limit ${limit}
    ), emptied as (
      update webhook_events e set payload = '{}', error = 'The payload was erased with a contact.'
      from next where e.id = next.id and e.state <> 'pending' and ${within(workspace)} and ${naming(values)}
    )
    select max(id)::text as last, count(*)::int as seen from next`.execute(trx)
  return rows[0] as { last: string | null; seen: number }
}
