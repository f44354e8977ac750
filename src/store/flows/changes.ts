import { sql } from 'kysely'
import type { FlowRunId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'
import { wakeCalls } from './calls.ts'
import { claimRun, type LiveRun } from './runs.ts'
import { TOLD_COLUMNS, tellingRuns } from './telling.ts'

/* What is done to runs from outside: by an operator, or because their flow changed. */

/** Waits for whoever has the person in hand, in the order of everybody's locks. Null: it is over. */
export async function lockRun(trx: Db, id: FlowRunId): Promise<LiveRun | null> {
  await sql`
    select from contacts where id = (select contact_id from flow_runs where id = ${id}::uuid) for no key update`.execute(
    trx,
  )
  await sql`
    select from conversations where id = (select conversation_id from flow_runs where id = ${id}::uuid) for no key update`.execute(
    trx,
  )
  await sql`select from flow_runs where id = ${id}::uuid for no key update`.execute(trx)
  return claimRun(trx, id)
}

export async function setRunState(trx: Db, id: FlowRunId, state: 'waiting' | 'paused'): Promise<void> {
  await sql`
    with set_to as (
      update flow_runs r set state = ${state}, reason_text = null, rests = false,
        due_at = case when ${state} = 'waiting' then casement_now() else due_at end
      where id = ${id}::uuid and state <> 'ended'
      returning ${TOLD_COLUMNS}, '{}'::jsonb as more
    ) ${tellingRuns(state === 'paused' ? 'flow.run_paused' : 'flow.run_resumed', 'set_to')}`.execute(trx)
  if (state === 'waiting') await wakeCalls(trx, { run: id })
}

/** Runs that one flow goes on with in a second, after it was paused. */
const RESUMED_A_SECOND = 100

/** What is overdue comes one after the other, the longest due first; nothing of it rests any more. */
export async function spreadDue(trx: Db, flow: number): Promise<void> {
  await sql`
    with late as (
      select id, row_number() over (order by due_at) as place from flow_runs
      where flow_id = ${flow} and state = 'waiting' and (due_at < casement_now() or rests)
    ), chosen as (
      select r.id, late.place from flow_runs r join late on late.id = r.id
      where r.state = 'waiting' order by r.id for no key update of r
    )
    update flow_runs r set rests = false, due_at = case when r.due_at < casement_now()
      then casement_now() + (chosen.place / ${RESUMED_A_SECOND}) * interval '1 second' else r.due_at end
    from chosen where r.id = chosen.id`.execute(trx)
  await wakeCalls(trx, { flow })
}
