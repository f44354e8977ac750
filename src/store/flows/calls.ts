import { sql } from 'kysely'
import type { CallFact } from '../../domain/flow/facts.ts'
import type { DataValue } from '../../domain/flow/run.ts'
import type { ContactId, FlowRunId, WorkspaceId } from '../../domain/ids.ts'
import { type Instant, toIso } from '../../domain/time.ts'
import { IS_LET_GO, LEASE_END, type StreamRoom } from '../passing/streams.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * Calls of programs that steps of runs have asked for: an outbox, written with the step. Whoever makes one holds its lease, as with deliveries;
 * what came of it is recorded under that, and the run looks at it. A call is made at least once; it is its number by which a program tells
 * that it has had it.
 */

/** A call of a run, by its number there. */
export interface CallKey {
  run: FlowRunId
  call: number
}

export interface NewCall extends CallKey {
  workspace: WorkspaceId
  step: string
  url: string
  /** The very text of each try. */
  body: string
  keeps: boolean
  triedForMs: number
}

export async function insertCalls(trx: Db, calls: readonly NewCall[]): Promise<void> {
  if (calls.length === 0) return
  await sql`
    insert into flow_calls (run_id, call, workspace, target, step, url, body, keeps, tried_for_ms)
    select * from unnest(${calls.map((c) => c.run)}::uuid[], ${calls.map((c) => c.call)}::integer[], ${calls.map((c) => c.workspace)}::text[],
      ${calls.map(targetOf)}::text[], ${calls.map((c) => c.step)}::text[], ${calls.map((c) => c.url)}::text[],
      ${calls.map((c) => c.body)}::text[], ${calls.map((c) => c.keeps)}::boolean[], ${calls.map((c) => c.triedForMs)}::bigint[])`.execute(
    trx,
  )
}

/** Who does not answer takes room of their own, and of nobody else. */
function targetOf({ workspace, url }: NewCall): string {
  return `${workspace} ${URL.parse(url)?.origin ?? ''}`
}

/** What runs that end have asked for and has not been answered: it is made no more. What is on its way cannot be called back. */
export async function cancelCalls(trx: Db, runs: readonly FlowRunId[]): Promise<void> {
  if (runs.length === 0) return
  await sql`
    with waiting as (
      select run_id, call from flow_calls where run_id = any (${runs}::uuid[]) and state = 'waiting'
      order by run_id, call for no key update
    )
    update flow_calls c set state = 'cancelled', next_at = null, rests = false
    from waiting w where c.run_id = w.run_id and c.call = w.call`.execute(trx)
}

/** Of somebody who is erased. */
export async function cancelCallsOf(trx: Db, contact: ContactId): Promise<void> {
  const { rows } = await sql<{ id: FlowRunId }>`
    select id from flow_runs where contact_id = ${contact}::bigint and state <> 'ended'`.execute(trx)
  await cancelCalls(
    trx,
    rows.map(({ id }) => id),
  )
}

/** Whether a call for one of their runs may still be on its way, also of one that was taken back meanwhile. */
export async function isCalling(trx: Db, contact: ContactId): Promise<boolean> {
  const { rows } = await sql`
    select from flow_calls s join flow_runs r on r.id = s.run_id
    where s.lease is not null and r.contact_id = ${contact}::bigint and not ${IS_LET_GO} limit 1`.execute(trx)
  return rows.length > 0
}

/** What became of these. */
export async function readCalls(trx: Db, asked: readonly CallKey[]): Promise<Map<FlowRunId, CallFact>> {
  if (asked.length === 0) return new Map()
  const { rows } = await sql<
    CallKey & { state: string; error: string | null; answer: Record<string, DataValue> | null }
  >`
    select c.run_id as run, c.call, c.state, c.error, c.answer
    from unnest(${asked.map(({ run }) => run)}::uuid[], ${asked.map(({ call }) => call)}::integer[]) as asked (run, call)
    join flow_calls c on c.run_id = asked.run and c.call = asked.call`.execute(trx)
  return new Map(
    rows.map(({ run, call, state, error, answer }): [FlowRunId, CallFact] => {
      if (state === 'waiting') return [run, { call, state }]
      if (state === 'answered') return [run, { call, state, answer: answer ?? {} }]
      return [run, { call, state: 'failed', why: error ?? state }]
    }),
  )
}

/** A call to make. */
export interface LeasedCall extends CallKey {
  workspace: WorkspaceId
  target: string
  url: string
  body: string
  keeps: boolean
  triedForMs: number
  /** Before this one. */
  tries: number
  firstTriedAt: Instant | null
  lease: string
  now: Instant
}

/**
 * Calls that are due and nobody makes, of each target at most so many, those that have waited longest first. Those of runs and flows that
 * are paused are set aside; who resumes one finds them, for the pause stays until the commit. Waits for nobody.
 *
 * @param holder the process, as it tells that it is there
 */
export async function leaseCalls(
  db: Db,
  { lease, holder }: { lease: string; holder: string },
  room: StreamRoom,
): Promise<LeasedCall[]> {
  const { rows } = await sql<LeasedCall>`
    with recursive targets as (
      (select target from flow_calls where next_at is not null and not rests order by target limit 1)
      union all
      select (
        select c.target from flow_calls c where c.next_at is not null and not c.rests and c.target > t.target order by c.target limit 1)
      from targets t where t.target is not null
    ), due as materialized (
      select d.run_id, d.call from targets t
      left join unnest(${room.less.map((one) => one.endpoint)}::text[], ${room.less.map((one) => one.streams)}::integer[]) as l (target, calls)
        on l.target = t.target
      cross join lateral (
        select s.run_id, s.call, s.next_at from flow_calls s
        where s.target = t.target and ${isDue} order by s.next_at limit greatest(coalesce(l.calls, ${room.perEndpoint}), 0)
      ) d
      order by d.next_at limit ${room.streams}
    ), paused as materialized (
      select r.id from flow_runs r join flows f on f.id = r.flow_id
      where r.id = any (array(select run_id from due)) and (r.state = 'paused' or f.state = 'paused')
      for share of r, f skip locked
    ), resting as (
      select s.run_id, s.call from flow_calls s
      where s.run_id = any (array(select id from paused)) and ${isDue} for no key update of s skip locked
    ), aside as (
      update flow_calls c set rests = true from resting where c.run_id = resting.run_id and c.call = resting.call
    ), free as (
      select s.run_id, s.call from flow_calls s join due on due.run_id = s.run_id and due.call = s.call
      join flow_runs r on r.id = s.run_id join flows f on f.id = r.flow_id
      where ${isDue} and r.state = 'waiting' and f.state = 'active' and not r.id = any (array(select id from paused))
      for no key update of s skip locked
    )
    update flow_calls c set lease = ${lease}::uuid, leased_until = ${LEASE_END}, holder = ${holder}::uuid
    from free where c.run_id = free.run_id and c.call = free.call
    returning c.run_id as run, c.call, c.workspace, c.target, c.url, c.body, c.keeps, c.tried_for_ms::float8 as "triedForMs", c.tries,
      c.first_tried_at as "firstTriedAt", c.lease, casement_now() as now`.execute(db)
  return rows
}

const isDue = sql`s.next_at <= casement_now() and not s.rests and ${IS_LET_GO}`

/** What came of a try. */
export interface CallRecord extends CallKey {
  lease: string
  became:
    | { state: 'answered'; answer: Record<string, DataValue> }
    | { state: 'failed'; why: string }
    | { state: 'waiting'; tries: number; firstTriedAt: Instant; nextAt: Instant; why: string }
    /** Nothing was tried. */
    | { state: 'free' }
}

/** In one transaction: the runs whose call is over are told. What is not ours any more is recorded by whoever has it now. */
export async function recordCalls(trx: Db, records: readonly CallRecord[]): Promise<void> {
  const document = records.map(({ run, call, lease, became }) => {
    const again = became.state === 'waiting' ? became : null
    return {
      run,
      call,
      lease,
      state: became.state === 'free' ? 'waiting' : became.state,
      why: 'why' in became ? became.why : null,
      answer: became.state === 'answered' ? became.answer : null,
      tries: again?.tries ?? null,
      first_tried_at: again && toIso(again.firstTriedAt),
      next_at: again && toIso(again.nextAt),
    }
  })
  // Nobody erases a person between these: what is said below is said of a run that is there.
  await sql`
    select from flow_runs where id = any (${records.map(({ run }) => run)}::uuid[]) order by id for key share`.execute(
    trx,
  )
  const keys = sql`unnest(${records.map(({ run }) => run)}::uuid[], ${records.map(({ call }) => call)}::integer[], ${records.map(({ lease }) => lease)}::uuid[])`
  await sql`
    with back as (
      select s.run_id, s.call from ${keys} as t (run, call, lease)
      join flow_calls s on s.run_id = t.run and s.call = t.call and s.lease = t.lease and s.state <> 'waiting'
      order by s.run_id, s.call for no key update of s
    )
    update flow_calls c set lease = null, leased_until = null, holder = null from back b where c.run_id = b.run_id and c.call = b.call`.execute(
    trx,
  )
  await sql`
    with told as (
      select t.*, s.run_id from json_to_recordset(${JSON.stringify(document)}::json) as t (
        run uuid, call integer, lease uuid, state text, why text, answer jsonb, tries integer, first_tried_at timestamptz, next_at timestamptz)
      join flow_calls s on s.run_id = t.run and s.call = t.call and s.lease = t.lease and s.state = 'waiting'
      order by s.run_id, s.call for no key update of s
    ), recorded as (
      update flow_calls c set state = t.state, error = t.why, answer = t.answer, tries = coalesce(t.tries, c.tries),
        first_tried_at = coalesce(t.first_tried_at, c.first_tried_at),
        next_at = case when t.state = 'waiting' then coalesce(t.next_at, c.next_at) end,
        lease = null, leased_until = null, holder = null
      from told t where c.run_id = t.run and c.call = t.call
      returning c.run_id, c.step, c.state, t.tries, c.error, c.next_at
    ), history as (
      insert into flow_run_events (run_id, at, kind, step, text, code, filled)
      select run_id, casement_now(), 'call_tried', step, error || '; tried again at ' || again, 'call_tried', jsonb_build_object('why', error, 'at', again)
      from recorded cross join lateral (values (to_char(next_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))) as t (again)
      where tries is not null
    )
    insert into flow_pokes (run_id) select run_id from recorded where state <> 'waiting'`.execute(trx)
}

/** Whose pause is over is looked for again: of one run, or of all of a flow. */
export async function wakeCalls(trx: Db, of: { run: FlowRunId } | { flow: number }): Promise<void> {
  const theirs =
    'run' in of
      ? sql`run_id = ${of.run}::uuid`
      : sql`run_id in (select id from flow_runs where flow_id = ${of.flow} and state <> 'ended')`
  await sql`
    with resting as (
      select run_id, call from flow_calls where rests and ${theirs} order by run_id, call for no key update
    )
    update flow_calls c set rests = false from resting r where c.run_id = r.run_id and c.call = r.call`.execute(trx)
}
