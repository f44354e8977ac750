import { sql } from 'kysely'
import type { Run } from '../../domain/flow/run.ts'
import type { ContactId, ConversationId, FlowRunId, IntentId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import type { Said } from '../../domain/said.ts'
import { type Instant, toIso } from '../../domain/time.ts'
import { isLookedAt } from '../outbox/tell.ts'
import type { Db } from '../pg/postgres.ts'
import { TOLD_COLUMNS, tellingRuns } from './telling.ts'

/*
 * Runs as whoever moves them knows them. Locks are taken in one order: the person, the conversation, the run. Who waits for none of them
 * (`skip locked`) can hold others without ever being in the way.
 */

/** A run that is not over, locked until the transaction ends. */
export interface LiveRun {
  id: FlowRunId
  workspace: WorkspaceId
  flow: number
  flowName: string
  flowState: 'active' | 'paused'
  /** Runs of versions before this one go over to it, or end. */
  liveFrom: number
  version: number
  sender: PhoneNumberId
  conversationId: ConversationId
  contactId: ContactId
  state: 'waiting' | 'paused'
  run: Run
  /** The intent of each message that it asked for. */
  sends: Record<string, IntentId>
  /** The same person is in another run of this flow, in which one is once. */
  merged: boolean
  /** A step of another run has them leave it. */
  leaves: boolean
  /** Its place in the order in which things are recorded. */
  recorded: number
}

export interface LiveRow extends Omit<LiveRun, 'recorded'> {
  recorded: string
}

export const liveColumns = sql`r.id, r.workspace, r.flow_id as flow, f.name as "flowName", f.state as "flowState", f.live_from as "liveFrom", r.version,
  r.phone_number_id as sender, r.conversation_id as "conversationId", r.contact_id as "contactId", r.state, r.run, r.sends, r.merged, r.leaves, r.recorded`

export function liveOf(rows: LiveRow[]): LiveRun[] {
  return rows.map((row) => ({ ...row, recorded: Number(row.recorded) }))
}

/** How long what a customer sent before a step was due is waited for; milliseconds. */
const INBOX_PATIENCE_MS = 10_000
/** Of due runs so many more are looked at than are wanted: others may have some in hand. */
const LOOKED_AT = 3

/** What is due up to here is: now, or the receipt of the oldest webhook that is not applied yet, for a while. As an expression. */
export const dueUpTo = sql`(select least(casement_now(), greatest(
  coalesce((select received_at from webhook_events where state = 'pending' order by id limit 1), casement_now()),
  casement_now() - ${sql.lit(INBOX_PATIENCE_MS)} * interval '1 millisecond')))`

/**
 * Takes runs that are due, the longest due first, with their people and conversations. Whoever is in somebody else's hand is passed by. What
 * customers sent before is applied first: nothing is due that is later than the oldest webhook which is not applied yet, for a while.
 */
export async function claimDueRuns(trx: Db, limit: number): Promise<LiveRun[]> {
  const { rows } = await sql<LiveRow>`
    with moment as materialized (
      select ${dueUpTo} as upto
    ), due as materialized (
      select r.id from flow_runs r
      where r.state = 'waiting' and not r.rests and r.due_at <= (select upto from moment)
        and r.flow_id <> all (array(select id from flows where state = 'paused'))
      order by r.due_at limit ${LOOKED_AT * limit}
    )
    select ${liveColumns}
    from due join flow_runs r on r.id = due.id
    join flows f on f.id = r.flow_id
    join contacts c on c.id = r.contact_id
    join conversations v on v.id = r.conversation_id
    where r.state = 'waiting' and r.due_at <= (select upto from moment) and c.erased_at is null and c.merged_into is null
    limit ${limit}
    for no key update of c skip locked for no key update of v skip locked for no key update of r skip locked`.execute(
    trx,
  )
  return liveOf(rows)
}

/** Due runs among which those of paused flows are looked for, in one round. */
const SET_ASIDE_AMONG = 2_000

/**
 * Takes due runs of paused flows out of the index of what is due, so that they are passed by once and not at each look. The pause stays until the
 * commit; where somebody changes it in this moment, or has the run in hand, another round does it. True: there may be more.
 */
export async function setRestingAside(trx: Db): Promise<boolean> {
  const { rows } = await sql<{ n: number }>`
    with due as materialized (
      select id, flow_id from flow_runs
      where state = 'waiting' and not rests and due_at <= casement_now() and exists (select from flows where state = 'paused')
      order by due_at limit ${SET_ASIDE_AMONG}
    ), paused as materialized (
      select id from flows where id = any (array(select flow_id from due)) and state = 'paused' for share skip locked
    ), chosen as materialized (
      select r.id from flow_runs r where r.id = any (array(select id from due where flow_id in (select id from paused)))
        and r.state = 'waiting' and not r.rests
      order by r.id for no key update skip locked
    ), aside as (
      update flow_runs r set rests = true from chosen where r.id = chosen.id returning 1
    )
    select count(*)::int as n from aside`.execute(trx)
  return (rows[0]?.n ?? 0) > 0
}

/** One of them, in the same way; null where it is in somebody's hand, or over. */
export async function claimRun(trx: Db, id: FlowRunId): Promise<LiveRun | null> {
  const { rows } = await sql<LiveRow>`
    select ${liveColumns}
    from flow_runs r join flows f on f.id = r.flow_id join contacts c on c.id = r.contact_id
    join conversations v on v.id = r.conversation_id
    where r.id = ${id}::uuid and r.state <> 'ended' and c.erased_at is null
    for no key update of c skip locked for no key update of v skip locked for no key update of r skip locked`.execute(
    trx,
  )
  return liveOf(rows)[0] ?? null
}

/** It is due again after so long, unless something happens; nothing where somebody has it in hand. */
export async function putOffRun(trx: Db, id: FlowRunId, ms: number): Promise<void> {
  await sql`
    with chosen as (
      select id from flow_runs where id = ${id}::uuid and state = 'waiting' for no key update skip locked
    )
    update flow_runs r set due_at = casement_now() + ${ms} * interval '1 millisecond' from chosen where r.id = chosen.id`.execute(
    trx,
  )
}

/** All live ones of conversations whose person, or which themselves, the caller has locked; the newest first. */
export async function lockRunsOf(trx: Db, conversations: readonly ConversationId[]): Promise<LiveRun[]> {
  const { rows } = await sql<LiveRow>`
    select ${liveColumns} from flow_runs r join flows f on f.id = r.flow_id
    where r.conversation_id = any (${conversations}::bigint[]) and r.state <> 'ended'
    order by r.id for no key update of r`.execute(trx)
  return liveOf(rows).toReversed()
}

/** What a look made of a run. */
export interface RunMove {
  id: FlowRunId
  /** Of the run as it was; the fence. */
  seq: number
  run: Run
  sends: Record<string, IntentId>
  watches: IntentId | null
  /** It cannot go on, and why. */
  paused: string | null
}

/** A delivery that is recorded while a run begins to wait for it pokes nobody; it is looked at once more. Seconds. */
const LOOKED_AT_AGAIN_AFTER_S = 5

/** Answers the ids of those that were as they had been read. */
export async function saveRuns(trx: Db, moves: readonly RunMove[]): Promise<Set<FlowRunId>> {
  if (moves.length === 0) return new Set()
  const document = moves.map(({ id, seq, run, sends, watches, paused }) => ({
    id,
    was: seq,
    seq: run.seq,
    state: run.state === 'ended' ? 'ended' : paused === null ? null : 'paused',
    reason: run.state === 'ended' ? null : paused,
    step: run.step,
    due_at: run.dueAt === null ? null : toIso(run.dueAt),
    watches: run.state === 'ended' ? null : watches,
    outcome: run.outcome,
    run,
    sends,
  }))
  const { rows } = await sql<{ id: FlowRunId }>`
    with saved as (
    update flow_runs r set
      state = coalesce(m.state, r.state), reason_text = case when m.state = 'ended' then null else coalesce(m.reason, r.reason_text) end,
      step = m.step, seq = m.seq, watches = m.watches, run = m.run, sends = m.sends, outcome = m.outcome,
      due_at = case when m.watches is distinct from r.watches and m.watches is not null
        then least(m.due_at, casement_now() + ${LOOKED_AT_AGAIN_AFTER_S} * interval '1 second') else m.due_at end,
      ended_at = case when m.state = 'ended' then casement_now() end
    from json_to_recordset(${JSON.stringify(document)}::json) as m (
      id uuid, was integer, seq integer, state text, reason text, step text, due_at timestamptz, watches uuid, outcome text, run jsonb, sends jsonb)
    where r.id = m.id and r.seq = m.was and r.state <> 'ended'
    returning ${TOLD_COLUMNS}, m.state as set_to, case when m.outcome is null then '{}' else jsonb_build_object('outcome', m.outcome) end as more
    ), ended as (${tellingRuns('flow.run_ended', 'saved', `n.state = 'ended'`)}
    ), paused as (${tellingRuns('flow.run_paused', 'saved', `n.set_to = 'paused'`)}
    ), moved as (${tellingRuns('flow.run_moved', 'saved', `n.set_to is null and ${isLookedAt('flow')}`)})
    select id from saved`.execute(trx)
  return new Set(rows.map((row) => row.id))
}

export interface NewRunRow {
  id: FlowRunId
  workspace: WorkspaceId
  flow: number
  version: number
  sender: PhoneNumberId
  conversationId: ConversationId
  contactId: ContactId
  onceKey: string | null
  endsOn: string[]
  run: Run
}

/** False where one of the key lives already. */
export async function insertRun(trx: Db, made: NewRunRow): Promise<boolean> {
  const { run } = made
  const { rows } = await sql`
    with begun as (
    insert into flow_runs as r (id, workspace, flow_id, version, phone_number_id, conversation_id, contact_id, once_key, ends_on, step, due_at, seq, run)
    values (${made.id}::uuid, ${made.workspace}, ${made.flow}, ${made.version}, ${made.sender}, ${made.conversationId}::bigint,
      ${made.contactId}::bigint, ${made.onceKey}, ${made.endsOn}::text[], ${run.step}, casement_now(), ${run.seq}, ${JSON.stringify(run)}::jsonb)
    on conflict (flow_id, contact_id, once_key) where once_key is not null and state <> 'ended' do nothing
    returning ${TOLD_COLUMNS}, '{}'::jsonb as more
    ), told as (${tellingRuns('flow.run_started', 'begun')})
    select id from begun`.execute(trx)
  return rows.length === 1
}

/**
 * Takes a place in a flow that somebody may be in once, or once in a while. False where they had theirs, or are in it still: who asks in
 * vain is not put off by that.
 *
 * @param againAfterMs null: never again
 */
export async function enrol(
  trx: Db,
  {
    flow,
    contactId,
    key,
    againAfterMs,
  }: { flow: number; contactId: ContactId; key: string; againAfterMs: number | null },
): Promise<boolean> {
  const again =
    againAfterMs === null ? sql`false` : sql`e.last_at <= casement_now() - ${againAfterMs} * interval '1 millisecond'`
  const { rows } = await sql`
    insert into flow_enrolments as e (flow_id, contact_id, once_key) values (${flow}, ${contactId}::bigint, ${key})
    on conflict (flow_id, contact_id, once_key) do update set last_at = casement_now() where ${again}
      and not exists (
        select from flow_runs r
        where r.flow_id = e.flow_id and r.contact_id = e.contact_id and r.once_key = e.once_key and r.state <> 'ended')
    returning 1`.execute(trx)
  return rows.length === 1
}

/** What customers said is these runs' answer. Where nobody else is there to take it, nobody has to be told. */
export async function takeInbound(
  trx: Db,
  taken: readonly { run: FlowRunId; conversation: ConversationId; order: number }[],
): Promise<void> {
  if (taken.length === 0) return
  await sql`
    update inbound_messages m set flow_run_id = t.run
    from unnest(${taken.map((t) => t.run)}::uuid[], ${taken.map((t) => t.conversation)}::bigint[], ${taken.map((t) => t.order)}::bigint[])
      as t (run, conversation, recorded)
    where m.conversation_id = t.conversation and m.recorded = t.recorded and exists (
      select from flow_runs r where r.conversation_id = t.conversation and r.state <> 'ended' and r.id <> t.run)`.execute(
    trx,
  )
}

export interface RunLine {
  runId: FlowRunId
  at: Instant
  kind: string
  step: string | null
  said: Said
}

export async function writeHistory(trx: Db, lines: readonly RunLine[]): Promise<void> {
  if (lines.length === 0) return
  await sql`
    insert into flow_run_events (run_id, at, kind, step, text, code, filled)
    select * from unnest(${lines.map((l) => l.runId)}::uuid[], ${lines.map((l) => toIso(l.at))}::timestamptz[],
      ${lines.map((l) => l.kind)}::text[], ${lines.map((l) => l.step)}::text[], ${lines.map((l) => l.said.text)}::text[],
      ${lines.map((l) => l.said.code)}::text[], ${lines.map((l) => JSON.stringify(l.said.values))}::jsonb[])`.execute(
    trx,
  )
}

/** How many went on from a step. */
export async function countPasses(
  trx: Db,
  passes: readonly { flow: number; step: string; n: number }[],
): Promise<void> {
  if (passes.length === 0) return
  await sql`
    insert into flow_passes (flow_id, step, n)
    select * from unnest(${passes.map((p) => p.flow)}::integer[], ${passes.map((p) => p.step)}::text[], ${passes.map((p) => p.n)}::bigint[])`.execute(
    trx,
  )
}
