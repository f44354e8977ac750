import { sql } from 'kysely'
import type { ContactId, ConversationId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/* Flows of two contacts who turned out to be one person; see merge.ts. Both are locked. */

/** How the key of somebody's place in a flow that one is in once for each conversation ends, for those that became a redirect. */
function redirects(kept: ContactId) {
  return sql`redirects as (
    select '] ' || id as was, '] ' || merged_into as here from conversations where contact_id = ${kept}::bigint and merged_into is not null)`
}

/** The key in the conversation that is left; null where it names none. */
function keyThere(table: 'r' | 'g') {
  return sql`left(${sql.ref(`${table}.once_key`)}, -length(d.was)) || d.here`
}

/**
 * Who is in a flow twice that one is in once goes on in the run that began first; the other one ends as soon as it is looked at, which what rests is
 * where it is poked.
 */
export async function mergeRuns(trx: Db, kept: ContactId, gone: ContactId): Promise<void> {
  await sql`
    with ${redirects(kept)}
    update flow_runs r set once_key = ${keyThere('r')} from redirects d
    where r.contact_id = ${gone}::bigint and r.state <> 'ended' and right(r.once_key, length(d.was)) = d.was`.execute(
    trx,
  )
  await sql`
    with theirs as (
      select id, row_number() over (partition by flow_id, once_key order by started_at, id) as place from flow_runs
      where contact_id in (${kept}::bigint, ${gone}::bigint) and state <> 'ended' and once_key is not null
    ), again as (
      update flow_runs r set merged = true, once_key = null, due_at = casement_now()
      from theirs where r.id = theirs.id and theirs.place > 1 returning r.id
    )
    insert into flow_pokes (run_id) select id from again`.execute(trx)
  await sql`
    update flow_runs set contact_id = ${kept}::bigint,
      due_at = case when state = 'ended' then null else least(due_at, casement_now()) end
    where contact_id = ${gone}::bigint`.execute(trx)
  await sql`
    with ${redirects(kept)}
    insert into flow_enrolments as e (flow_id, contact_id, once_key, last_at)
    select g.flow_id, ${kept}::bigint, coalesce(${keyThere('g')}, g.once_key) as key, max(g.last_at)
    from flow_enrolments g left join redirects d on right(g.once_key, length(d.was)) = d.was
    where g.contact_id = ${gone}::bigint group by g.flow_id, key
    on conflict (flow_id, contact_id, once_key) do update set last_at = greatest(e.last_at, excluded.last_at)`.execute(
    trx,
  )
  await sql`delete from flow_enrolments where contact_id = ${gone}::bigint`.execute(trx)
  await sql`
    update flow_events e set contact_id = ${kept}::bigint
    where e.contact_id = ${gone}::bigint
      and not exists (select from flow_events k where k.contact_id = ${kept}::bigint and k.key = e.key)`.execute(trx)
  await sql`delete from flow_events where contact_id = ${gone}::bigint`.execute(trx)
}

/** What is under way in a conversation goes on in the one that is left. */
export async function moveRuns(trx: Db, kept: ConversationId, gone: ConversationId): Promise<void> {
  await sql`
    update flow_runs set conversation_id = ${kept}::bigint,
      due_at = case when state = 'ended' then null else least(due_at, casement_now()) end
    where conversation_id = ${gone}::bigint`.execute(trx)
}
