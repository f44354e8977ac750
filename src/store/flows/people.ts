import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { ContactId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { inPurview } from '../access/purview.ts'
import { type Db, parseTimestamptz } from '../pg/postgres.ts'
import { type FoundRun, RUN_COLUMNS, RUNS, type RunHistoryLine } from './run-reads.ts'

/* What flows keep of a person. */

/** Of a program of the business, as a run had it made. */
export interface MadeCall {
  step: string
  url: string
  body: string
  state: string
  answer: Record<string, unknown> | null
}

/** Oldest first, each with its history and its calls, oldest first. */
export async function listRunsOf(
  db: Db,
  purview: Purview,
  contact: ContactId,
): Promise<(FoundRun & { history: RunHistoryLine[]; calls: MadeCall[] })[]> {
  const { rows } = await sql<
    FoundRun & { history: (Omit<RunHistoryLine, 'at'> & { at: string })[]; calls: MadeCall[] }
  >`
    select ${RUN_COLUMNS}, (
      select coalesce(json_agg(json_build_object('at', e.at::text, 'kind', e.kind, 'step', e.step, 'text', e.text, 'code', e.code, 'values', e.filled) order by e.id), '[]')
      from flow_run_events e where e.run_id = r.id) as history, (
      select coalesce(json_agg(json_build_object('step', c.step, 'url', c.url, 'body', c.body, 'state', c.state, 'answer', c.answer) order by c.call), '[]')
      from flow_calls c where c.run_id = r.id) as calls
    from ${RUNS} where r.contact_id = ${contact}::bigint and ${inPurview('r', purview)} order by r.id`.execute(db)
  return rows.map(({ history, ...run }) => ({
    ...run,
    history: history.map((line) => ({ ...line, at: parseTimestamptz(line.at) })),
  }))
}

export interface ToldEvent {
  key: string
  name: string
  /** Null: of all their conversations. */
  sender: string | null
  data: Record<string, unknown>
  at: Instant
}

/** What others told of them, oldest first. */
export async function listEventsOf(db: Db, { senders }: Purview, contact: ContactId): Promise<ToldEvent[]> {
  const { rows } = await sql<ToldEvent>`
    select key, name, phone_number_id as sender, data, at from flow_events
    where contact_id = ${contact}::bigint and (${senders}::text[] is null or phone_number_id = any (${senders}::text[]))
    order by recorded`.execute(db)
  return rows
}

/** When they last began a flow that is begun once, under what it is once for; outlives the runs. */
export async function listEnrolmentsOf(
  db: Db,
  { senders }: Purview,
  contact: ContactId,
): Promise<{ flow: string; key: string; last_at: Instant }[]> {
  const { rows } = await sql<{ flow: string; key: string; last_at: Instant }>`
    select f.name as flow, e.once_key as key, e.last_at from flow_enrolments e join flows f on f.id = e.flow_id
    where e.contact_id = ${contact}::bigint and (${senders}::text[] is null or f.phone_number_id = any (${senders}::text[]))
    order by e.last_at, f.name, e.once_key`.execute(db)
  return rows
}
