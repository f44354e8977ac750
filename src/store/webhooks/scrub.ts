import { sql } from 'kysely'
import type { WorkspaceId } from '../../domain/ids.ts'
import { withoutPerson, withoutPersonToPass } from '../../domain/scrub.ts'
import type { Db } from '../pg/postgres.ts'

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

/** Whether one of these up to `upTo` waits to be applied. Served by `webhook_events_pending`. */
export async function hasPendingNaming(
  trx: Db,
  workspace: WorkspaceId,
  values: string[],
  upTo: string,
): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (
      select from webhook_events
      where state = 'pending' and id <= ${upTo}::bigint and ${within(workspace)} and ${naming(values)}) as found`.execute(
    trx,
  )
  return rows[0]?.found === true
}

/**
 * Of the next `limit` events those that were applied or kept aside and name one of these lose what is theirs: what is their neighbours' may
 * still be passed on, or applied by hand. `last` is null at the end.
 */
export async function emptyPayloads(
  trx: Db,
  workspace: WorkspaceId,
  values: string[],
  after: string,
  upTo: string,
  limit: number,
): Promise<{ last: string | null; seen: number }> {
  const { rows } = await sql<{ last: string | null; seen: number; naming: string[] | null }>`
    with next as (
      select id from webhook_events where id > ${after}::bigint and id <= ${upTo}::bigint order by id limit ${limit}
    )
    select max(n.id)::text as last, count(*)::int as seen, array_agg(e.id::text) filter (where e.id is not null) as naming
    from next n left join webhook_events e
      on e.id = n.id and e.state in ('applied', 'failed') and ${within(workspace)} and ${naming(values)}`.execute(trx)
  const { naming: found, ...seen } = rows[0] as { last: string | null; seen: number; naming: string[] | null }
  if (found !== null) await takeOut(trx, values, found)
  return seen
}

async function takeOut(trx: Db, values: string[], ids: string[]): Promise<void> {
  const { rows } = await sql<{ id: string; payload: string; state: 'applied' | 'failed' | 'pending' }>`
    select id::text as id, payload, state from webhook_events
    where id = any (${ids}::bigint[]) and state in ('applied', 'failed') order by id for no key update`.execute(trx)
  for (const { id, payload, state } of rows) {
    const left = state === 'applied' ? withoutPersonToPass(payload, values) : withoutPerson(payload, values)
    const told =
      left === '{}' ? 'The payload was erased with a contact.' : 'What was of an erased contact was taken out.'
    // The error may quote what it could not apply.
    await sql`update webhook_events set payload = ${left}, error = ${told} where id = ${id}::bigint`.execute(trx)
  }
}
