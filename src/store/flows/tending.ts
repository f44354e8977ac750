import { sql } from 'kysely'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/* What is looked after beside the runs themselves. */

/** With a flow that begins when a window closes; flows are few, so they are read. */
export async function readClosingWorkspaces(db: Db): Promise<WorkspaceId[]> {
  const { rows } = await sql<{ workspace: WorkspaceId }>`
    select distinct f.workspace from flows f join flow_versions d on d.flow_id = f.id and d.version = f.version
    where f.state = 'active' and d.document -> 'triggers' @? '$[*].window_closing'`.execute(db)
  return rows.map((row) => row.workspace)
}

/** Runs, and events that others told, are kept so long after they are over. */
const KEPT_DAYS = 90
const DELETED_AT_ONCE = 5_000
/** Parts of a count that are worth adding up. */
const MANY_PARTS = 200

/** As the index has it. */
const OF_A_WINDOW = sql.raw(`once_key like '["window"%'`)

/** Adds counts up, and deletes what is over for long. */
export async function tidyFlows(db: Db): Promise<void> {
  await sql`
    with gone as (
      delete from flow_passes where flow_id = any (array(
        select flow_id from flow_passes group by flow_id having count(*) > ${MANY_PARTS} limit 100))
      returning flow_id, step, outcome, n
    )
    insert into flow_passes (flow_id, step, outcome, n) select flow_id, step, outcome, sum(n) from gone group by flow_id, step, outcome`.execute(
    db,
  )
  const old = sql`casement_now() - ${KEPT_DAYS} * interval '1 day'`
  await sql`
    delete from flow_runs where id = any (array(
      select id from flow_runs where ended_at is not null and ended_at < ${old} order by ended_at limit ${DELETED_AT_ONCE}))`.execute(
    db,
  )
  await sql`
    delete from flow_begins where ctid = any (array(
      select ctid from flow_begins where due_at is null and at < ${old} limit ${DELETED_AT_ONCE}))`.execute(db)
  // Of a window: that is over for long, and another one is another occasion.
  await sql`
    delete from flow_enrolments where ctid = any (array(
      select ctid from flow_enrolments where ${OF_A_WINDOW} and last_at < ${old} order by last_at limit ${DELETED_AT_ONCE}))`.execute(
    db,
  )
  await sql`
    delete from flow_events where ctid = any (array(select ctid from flow_events where at < ${old} limit ${DELETED_AT_ONCE}))`.execute(
    db,
  )
}
