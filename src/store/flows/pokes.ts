import { sql } from 'kysely'
import type { ContactId, ConversationId, FlowRunId, IntentId } from '../../domain/ids.ts'
import { type Instant, SECOND_MS } from '../../domain/time.ts'
import { cancelForGood } from '../intents/waiting.ts'
import type { Db } from '../pg/postgres.ts'
import { cancelCalls } from './calls.ts'
import type { LiveRun } from './runs.ts'

/*
 * Runs are told that something may concern them. A poke says only: look. What it is about stands in the tables, so one too many changes
 * nothing.
 */

const DRAINED_AT_ONCE = 1_000

/** A run that rests, with the pokes that it is to be looked at for. */
export interface RestingRun {
  id: FlowRunId
  pokes: string[]
}

/**
 * Makes due what was poked by those who wait for no lock. Answers whether there may be more, and those that rest, or whose flow does: they
 * are never due, and what ends them ends them all the same, so they stay poked until somebody has looked.
 *
 * A run that somebody has in hand stays poked until another round. Nobody here has locked its person, so to wait for it, with others locked,
 * would be out of the order: whoever has it in hand may want one of those next.
 */
export async function drainPokes(trx: Db): Promise<{ more: boolean; resting: RestingRun[] }> {
  const { rows } = await sql<{ n: number; resting: RestingRun[] | null }>`
    with found as materialized (
      select id, run_id from flow_pokes order by id limit ${DRAINED_AT_ONCE} for update skip locked
    ), chosen as materialized (
      select id from flow_runs where id = any (array(select run_id from found)) and state = 'waiting' order by id for no key update skip locked
    ), resting as materialized (
      select r.id from flow_runs r join flows f on f.id = r.flow_id
      where r.id = any (array(select run_id from found)) and r.state <> 'ended' and (r.state = 'paused' or f.state = 'paused')
    ), taken as (
      delete from flow_pokes p where p.id = any (array(
        select id from found where run_id <> all (array(select id from resting)) and run_id <> all (array(
          select id from flow_runs where id = any (array(select run_id from found)) and state = 'waiting'
          except select id from chosen))))
      returning run_id
    ), poked as (
      update flow_runs r set due_at = least(r.due_at, casement_now()) from chosen where r.id = chosen.id
    )
    select (select count(*)::int from taken) as n, (
      select json_agg(json_build_object('id', o.run_id, 'pokes', o.pokes)) from (
        select run_id, array_agg(id::text) as pokes from found where run_id in (select id from resting) group by run_id) o) as resting`.execute(
    trx,
  )
  return { more: rows[0]?.n === DRAINED_AT_ONCE, resting: rows[0]?.resting ?? [] }
}

/** A run that rests was looked at for these. */
export async function forgetPokes(trx: Db, pokes: readonly string[]): Promise<void> {
  await sql`delete from flow_pokes where id = any (${pokes}::bigint[])`.execute(trx)
}

/** Whose runs: of a person, or of conversations. */
type Whose = { contact: ContactId } | { conversations: readonly ConversationId[] }

const STOPPED = { code: 'flow_stopped', text: 'The flow that asked for it was stopped.' } as const

/**
 * What ends some runs was recorded in this transaction: nothing of those leaves any more that has not left, and they are looked at, which ends
 * them. All others are looked at too. Whoever looks has the same locks, so what a look asked for just now is found here.
 *
 * @param at when it was, by a stamp in whole seconds, where it may be recorded late: runs that began after it go on; see `isOfTime`
 */
export async function haltRuns(
  trx: Db,
  whose: Whose,
  cause: 'opt_out' | 'person_took_over',
  at: Instant | null = null,
): Promise<void> {
  const theirs =
    'contact' in whose
      ? sql`contact_id = ${whose.contact}::bigint`
      : sql`conversation_id = any (${whose.conversations}::bigint[])`
  const { rows } = await sql<{ id: FlowRunId; sends: Record<string, IntentId>; ends: boolean }>`
    with chosen as (
      select id from flow_runs where ${theirs} and state <> 'ended' order by id for no key update
    )
    update flow_runs r set due_at = casement_now() from chosen where r.id = chosen.id
    returning r.id, r.sends, ${cause}::text = any (r.ends_on)
      and (${at}::bigint is null or (r.run ->> 'triggeredAt')::bigint < ${at}::bigint + ${SECOND_MS}) as ends`.execute(
    trx,
  )
  const unsent = rows.flatMap(({ sends, ends }) => (ends ? Object.values(sends) : []))
  await cancelForGood(trx, unsent, STOPPED)
  const ending = rows.flatMap(({ id, ends }) => (ends ? [id] : []))
  if (ending.length === 0) return
  await cancelCalls(trx, ending)
  await sql`
    insert into flow_pokes (run_id) select r.id from flow_runs r join flows f on f.id = r.flow_id
    where r.id = any (${ending}::uuid[]) and (r.state = 'paused' or f.state = 'paused')`.execute(trx)
}

/** For whoever has locked messages of theirs, and so must not wait for a run: what ends runs is found when they are looked at, soon. */
export async function pokeLater(trx: Db, contact: ContactId): Promise<void> {
  await sql`
    insert into flow_pokes (run_id) select id from flow_runs where contact_id = ${contact}::bigint and state <> 'ended'`.execute(
    trx,
  )
}

/** Attributes or the zone of a person changed: whoever waits by them looks again. */
export async function pokeRunsOf(trx: Db, contact: ContactId): Promise<void> {
  await sql`
    with chosen as (
      select id from flow_runs where contact_id = ${contact}::bigint and state = 'waiting' order by id for no key update
    )
    update flow_runs r set due_at = least(r.due_at, casement_now()) from chosen where r.id = chosen.id`.execute(trx)
}

/**
 * The person's runs of this flow with this number end when they are looked at: all but the one that says so. What they have asked for and has not
 * left does not leave any more, from this moment on.
 */
export async function leaveFlow(
  trx: Db,
  { id, workspace, sender, contactId }: Pick<LiveRun, 'id' | 'workspace' | 'sender' | 'contactId'>,
  flow: string,
): Promise<void> {
  const { rows } = await sql<{ id: FlowRunId; sends: Record<string, IntentId> }>`
    with chosen as (
      select r.id from flow_runs r join flows f on f.id = r.flow_id
      where f.workspace = ${workspace} and f.name = ${flow} and r.phone_number_id = ${sender} and r.contact_id = ${contactId}::bigint and r.state <> 'ended' and r.id <> ${id}::uuid
      order by r.id for no key update of r
    ), leaving as (
      update flow_runs r set leaves = true from chosen where r.id = chosen.id returning r.id, r.sends
    ), poked as (
      insert into flow_pokes (run_id) select id from leaving
    )
    select id, sends from leaving`.execute(trx)
  if (rows.length === 0) return
  await cancelCalls(
    trx,
    rows.map((run) => run.id),
  )
  await cancelForGood(
    trx,
    rows.flatMap(({ sends }) => Object.values(sends)),
    STOPPED,
  )
}
