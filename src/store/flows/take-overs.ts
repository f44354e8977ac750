import { sql } from 'kysely'
import type { Run } from '../../domain/flow/run.ts'
import type { FlowRunId, IntentId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { toIso } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { type LiveRow, type LiveRun, liveColumns, liveOf } from './runs.ts'

/*
 * Live runs of earlier versions are taken over page by page, each page in a transaction of its own, behind a cursor. A crash leaves it where it
 * was; whoever looks at runs goes on.
 */

/** What is under way for a flow: all runs of before this version go over to it, or end. */
export interface TakeOver {
  flow: number
  version: number
  what: 'migrate' | 'end'
  /** Runs up to this one were asked. */
  after: FlowRunId
}

const FIRST = '00000000-0000-0000-0000-000000000000'

/** Of a flow that is locked, and of which none is under way. */
export async function beginTakeOver(trx: Db, flow: number, version: number, what: TakeOver['what']): Promise<void> {
  await sql`update flows set live_from = ${version} where id = ${flow}`.execute(trx)
  await sql`
    insert into flow_take_overs (flow_id, version, what, after) values (${flow}, ${version}, ${what}, ${FIRST}::uuid)
    on conflict (flow_id) do update set version = excluded.version, what = excluded.what, after = excluded.after, done = false`.execute(
    trx,
  )
}

export async function isTakingOver(trx: Db, flow: number): Promise<boolean> {
  const { rows } = await sql`select from flow_take_overs where flow_id = ${flow} and not done`.execute(trx)
  return rows.length > 0
}

/** Flows of which one is under way. */
export async function takeOversUnderWay(trx: Db): Promise<number[]> {
  const { rows } = await sql<{ flow: number }>`
    select flow_id as flow from flow_take_overs where not done order by flow_id`.execute(trx)
  return rows.map(({ flow }) => flow)
}

/** The one of this flow that is under way, locked. @param others whether whoever does a page of it is waited for, or left to it */
export async function claimTakeOver(trx: Db, flow: number, others: 'waits' | 'skips'): Promise<TakeOver | null> {
  const { rows } = await sql<TakeOver>`
    select flow_id as flow, version, what, after from flow_take_overs
    where not done and flow_id = ${flow} for no key update ${others === 'skips' ? sql`skip locked` : sql``}`.execute(
    trx,
  )
  return rows[0] ?? null
}

/** How runs of before this version go over to it; null: they do not. */
export async function takeOverTo(trx: Db, flow: number, version: number): Promise<TakeOver['what'] | null> {
  const { rows } = await sql<{ what: TakeOver['what'] }>`
    select what from flow_take_overs where flow_id = ${flow} and version = ${version}`.execute(trx)
  return rows[0]?.what ?? null
}

/** Null: it is done. */
export async function moveTakeOver(trx: Db, { flow }: TakeOver, after: FlowRunId | null): Promise<void> {
  await sql`
    update flow_take_overs set after = coalesce(${after}::uuid, after), done = ${after === null} where flow_id = ${flow}`.execute(
    trx,
  )
}

export interface OldRun extends LiveRun {
  onceKey: string | null
  windowOpenedAt: Instant | null
}

/**
 * The next of a flow that live on a version before this one, in the order of their ids, with their people and conversations, locked. Waits for
 * whoever has one in hand. `last`: behind which there may be more; null: there are none.
 */
export async function lockOldRuns(
  trx: Db,
  { flow, version, after }: Pick<TakeOver, 'flow' | 'version' | 'after'>,
  limit: number,
): Promise<{ runs: OldRun[]; last: FlowRunId | null }> {
  const found = await sql<{ id: FlowRunId }>`
    select id from flow_runs where flow_id = ${flow} and id > ${after}::uuid and state <> 'ended' and version < ${version}
    order by id limit ${limit}`.execute(trx)
  const ids = found.rows.map((row) => row.id)
  return { runs: await lockOld(trx, version, ids), last: ids.length < limit ? null : (ids.at(-1) ?? null) }
}

/** One that the caller has locked; null: it is over, or of this version. */
export async function readOldRun(trx: Db, id: FlowRunId, version: number): Promise<OldRun | null> {
  return (await lockThem(trx, version, [id]))[0] ?? null
}

async function lockOld(trx: Db, version: number, ids: readonly FlowRunId[]): Promise<OldRun[]> {
  if (ids.length === 0) return []
  const theirs = (column: string) => sql`(select ${sql.raw(column)} from flow_runs where id = any (${ids}::uuid[]))`
  await sql`select from contacts where id in ${theirs('contact_id')} order by id for no key update`.execute(trx)
  await sql`select from conversations where id in ${theirs('conversation_id')} order by id for no key update`.execute(
    trx,
  )
  return lockThem(trx, version, ids)
}

async function lockThem(trx: Db, version: number, ids: readonly FlowRunId[]): Promise<OldRun[]> {
  const { rows } = await sql<LiveRow & Pick<OldRun, 'onceKey' | 'windowOpenedAt'>>`
    select ${liveColumns}, r.once_key as "onceKey", v.window_opened_at as "windowOpenedAt"
    from flow_runs r join flows f on f.id = r.flow_id join conversations v on v.id = r.conversation_id
    where r.id = any (${ids}::uuid[]) and r.state <> 'ended' and r.version < ${version}
    order by r.id for no key update of r`.execute(trx)
  return liveOf(rows) as OldRun[]
}

export interface RunTakenOver {
  id: FlowRunId
  version: number
  run: Run
  sends: Record<string, IntentId>
  endsOn: readonly string[]
  /** The place that it takes now, and since when; null: none. */
  once: { key: string; since: Instant | null } | null
}

/**
 * They are on the new version from now on, and are looked at at once. Answers those that have no place of their own: an older run of the same
 * person has it, so they go on beside it.
 */
export async function saveTakenOver(trx: Db, flow: number, taken: readonly RunTakenOver[]): Promise<Set<FlowRunId>> {
  if (taken.length === 0) return new Set()
  const document = taken.map(({ id, version, run, sends, endsOn, once }) => ({
    id,
    version,
    run,
    sends,
    ends_on: endsOn,
    once_key: once?.key ?? null,
    since: once?.since == null ? null : toIso(once.since),
  }))
  const given = sql`json_to_recordset(${JSON.stringify(document)}::json) as m (
    id uuid, version integer, run jsonb, sends jsonb, ends_on json, once_key text, since timestamptz)`
  // Places are given up before any is taken: two may change theirs for each other's.
  await sql`
    update flow_runs r set once_key = null, version = m.version, step = m.run ->> 'step', seq = (m.run ->> 'seq')::integer, run = m.run,
      sends = m.sends, ends_on = array(select json_array_elements_text(m.ends_on)), due_at = casement_now()
    from ${given} where r.id = m.id`.execute(trx)
  const { rows } = await sql<{ id: FlowRunId }>`
    with asked as materialized (
      select m.id, m.once_key, m.since, r.contact_id, row_number() over (partition by r.contact_id, m.once_key order by r.started_at, r.id) as place
      from ${given} join flow_runs r on r.id = m.id where m.once_key is not null
    ), given as materialized (
      select a.* from asked a where a.place = 1 and not exists (
        select from flow_runs o where o.flow_id = ${flow} and o.contact_id = a.contact_id and o.once_key = a.once_key and o.state <> 'ended')
    ), placed as (
      update flow_runs r set once_key = g.once_key from given g where r.id = g.id
    ), enrolled as (
      insert into flow_enrolments as e (flow_id, contact_id, once_key, last_at)
      select ${flow}::integer, g.contact_id, g.once_key, g.since from given g where g.since is not null
      on conflict (flow_id, contact_id, once_key) do update set last_at = greatest(e.last_at, excluded.last_at)
    )
    select a.id from asked a where a.id not in (select id from given)`.execute(trx)
  return new Set(rows.map((row) => row.id))
}
