import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { FlowRunId } from '../../domain/ids.ts'
import type { SaidValues } from '../../domain/said.ts'
import type { Instant } from '../../domain/time.ts'
import { inPurview } from '../access/purview.ts'
import type { Db } from '../pg/postgres.ts'

/* Runs as people read them. */

export interface FoundRun {
  id: FlowRunId
  flow: string
  version: number
  sender: string
  wa_id: string | null
  bsuid: string | null
  state: 'waiting' | 'paused' | 'ended'
  reason_text: string | null
  step: string
  due_at: Instant | null
  outcome: string | null
  data: Record<string, unknown>
  /** What calls answered, as far as it is kept. */
  answers: Record<string, unknown>
  started_at: Instant
  ended_at: Instant | null
}

export interface RunHistoryLine {
  at: Instant
  kind: string
  step: string | null
  text: string
  code: string
  values: SaidValues
}

export const RUN_COLUMNS = sql`r.id, f.name as flow, r.version, r.phone_number_id as sender, c.wa_id, c.bsuid, r.state, r.reason_text, r.step, r.due_at,
  r.outcome, r.run -> 'data' as data, coalesce(r.run -> 'answers', '{}') as answers, r.started_at, r.ended_at`
export const RUNS = sql`flow_runs r join flows f on f.id = r.flow_id join contacts c on c.id = r.contact_id`

export async function findRun(db: Db, purview: Purview, id: string): Promise<FoundRun | null> {
  const { rows } = await sql<FoundRun>`
    select ${RUN_COLUMNS} from ${RUNS} where r.id = ${id}::uuid and ${inPurview('r', purview)}`.execute(db)
  return rows[0] ?? null
}

/** Those of these that the caller sees. */
export async function readRuns(db: Db, purview: Purview, ids: readonly string[]): Promise<FoundRun[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<FoundRun>`
    select ${RUN_COLUMNS} from ${RUNS} where r.id = any (${ids}::uuid[]) and ${inPurview('r', purview)}`.execute(db)
  return rows
}

/** Newest first. @param before runs below this id */
export async function listRunRows(
  db: Db,
  { id }: { id: number },
  purview: Purview,
  { state, before }: { state: FoundRun['state'] | null; before: string | null },
  limit: number,
): Promise<FoundRun[]> {
  const { rows } = await sql<FoundRun>`
    select ${RUN_COLUMNS} from ${RUNS}
    where r.flow_id = ${id} and ${inPurview('r', purview)} and (${state}::text is null or r.state = ${state})
      and (${before}::uuid is null or r.id < ${before}::uuid)
    order by r.id desc limit ${limit}`.execute(db)
  return rows
}

/** Oldest first. */
export async function readHistory(db: Db, id: FlowRunId): Promise<RunHistoryLine[]> {
  const { rows } = await sql<RunHistoryLine>`
    select at, kind, step, text, code, filled as "values" from flow_run_events where run_id = ${id}::uuid order by id`.execute(
    db,
  )
  return rows
}
