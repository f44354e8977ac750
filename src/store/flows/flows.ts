import { sql } from 'kysely'
import type { Actor, Purview } from '../../domain/access.ts'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { tell } from '../outbox/tell.ts'
import type { Db } from '../pg/postgres.ts'
import { watchClosings } from './triggers.ts'

/* Flows and their versions. A version never changes; a flow names the one that new runs take. */

export interface FlowRead {
  id: number
  workspace: WorkspaceId
  name: string
  /** Phone number id, as in the document; null: any. */
  sender: string | null
  state: 'active' | 'paused'
  version: number
  created_at: Instant
  state_at: Instant
}

export interface FlowVersion {
  version: number
  source: string
  document: unknown
  at: Instant
  by: Actor
}

const columns = sql`f.id, f.workspace, f.name, f.phone_number_id as sender, f.state, f.version, f.created_at, f.state_at`

/** Of any number of the workspace, or of one that the caller sees. */
function seen({ workspace, senders }: Purview) {
  const own =
    senders === null ? sql`true` : sql`(f.phone_number_id is null or f.phone_number_id = any (${[...senders]}::text[]))`
  return sql`f.workspace = ${workspace} and ${own}`
}

export async function readFlowRow(db: Db, purview: Purview, name: string): Promise<FlowRead | null> {
  const { rows } = await sql<FlowRead>`
    select ${columns} from flows f where ${seen(purview)} and f.name = ${name}`.execute(db)
  return rows[0] ?? null
}

/** Those of these names that the caller sees. */
export async function readFlowRows(db: Db, purview: Purview, names: readonly string[]): Promise<FlowRead[]> {
  if (names.length === 0) return []
  const { rows } = await sql<FlowRead>`
    select ${columns} from flows f where ${seen(purview)} and f.name = any (${names}::text[])`.execute(db)
  return rows
}

/** The same, and nobody changes it until the transaction ends. */
export async function lockFlow(trx: Db, purview: Purview, name: string): Promise<FlowRead | null> {
  const { rows } = await sql<FlowRead>`
    select ${columns} from flows f where ${seen(purview)} and f.name = ${name} for no key update`.execute(trx)
  return rows[0] ?? null
}

/** By name. @param after names after this one */
export async function listFlowRows(db: Db, purview: Purview, after: string | null, limit: number): Promise<FlowRead[]> {
  const { rows } = await sql<FlowRead>`
    select ${columns} from flows f where ${seen(purview)} and (${after}::text is null or f.name > ${after})
    order by f.name limit ${limit}`.execute(db)
  return rows
}

export interface NewVersion {
  workspace: WorkspaceId
  name: string
  sender: string | null
  source: string
  document: unknown
  by: Actor
  listens: readonly Listening[]
  /** How long before a window closes it begins, at the longest; milliseconds. Null: by no window. */
  closesWithinMs: number | null
}

/** It begins by messages of ours: of those that are sent, or that nobody answers for so long. */
export interface Listening {
  trigger: 'campaign' | 'unanswered'
  of: 'campaign' | 'template' | 'flow'
  name: string
  afterMs: number
}

/** A first version, or the next one of a flow that is locked. Null: somebody else made the flow at the same time. */
export async function writeVersion(trx: Db, known: FlowRead | null, made: NewVersion): Promise<FlowRead | null> {
  const written = known === null ? await insertFlow(trx, made) : await nextVersion(trx, known, made)
  if (written === null) return null
  await sql`
    insert into flow_versions (flow_id, version, source, document, by)
    values (${written.id}, ${written.version}, ${made.source}, ${JSON.stringify(made.document)}::jsonb, ${JSON.stringify(made.by)}::jsonb)`.execute(
    trx,
  )
  await listen(trx, written, made.listens)
  await watchClosings(trx, written.id, made.closesWithinMs)
  await tellFlow(trx, 'flow.deployed', written)
  await turnEpoch(trx, made.workspace)
  return written
}

/**
 * What it begins by from now on. Messages that it was to begin by are looked at anew: their time may be another one. That of one which is due
 * already is being worked out by the text of before, maybe, so whoever does that is waited for.
 */
async function listen(trx: Db, { id, workspace }: FlowRead, listens: readonly Listening[]): Promise<void> {
  await sql`delete from flow_listens where flow_id = ${id}`.execute(trx)
  await sql`
    insert into flow_listens (flow_id, workspace, trigger, of, name, after_ms)
    select ${id}::integer, ${workspace}, l.trigger, l.of, l.name, min(l.ms)
    from unnest(${listens.map((l) => l.trigger)}::text[], ${listens.map((l) => l.of)}::text[], ${listens.map((l) => l.name)}::text[],
      ${listens.map((l) => l.afterMs)}::bigint[]) as l (trigger, of, name, ms)
    group by l.trigger, l.of, l.name`.execute(trx)
  await sql`
    update flow_begins set due_at = casement_now() where flow_id = ${id} and due_at is not null`.execute(trx)
}

async function insertFlow(trx: Db, { workspace, name, sender }: NewVersion): Promise<FlowRead | null> {
  const { rows } = await sql<FlowRead>`
    insert into flows as f (workspace, name, phone_number_id, version) values (${workspace}, ${name}, ${sender}, 1)
    on conflict (workspace, name) do nothing returning ${columns}`.execute(trx)
  return rows[0] ?? null
}

async function nextVersion(trx: Db, { id }: FlowRead, { sender }: NewVersion): Promise<FlowRead> {
  const { rows } = await sql<FlowRead>`
    update flows f set version = f.version + 1, phone_number_id = ${sender} where f.id = ${id} returning ${columns}`.execute(
    trx,
  )
  return rows[0] as FlowRead
}

/** Of a flow that is locked. Answers how it is now. */
export async function setFlowState(trx: Db, { id, workspace }: FlowRead, state: FlowRead['state']): Promise<FlowRead> {
  const { rows } = await sql<FlowRead>`
    update flows f set state = ${state}, state_at = casement_now() where f.id = ${id} returning ${columns}`.execute(trx)
  await turnEpoch(trx, workspace)
  const set = rows[0] as FlowRead
  await tellFlow(trx, state === 'paused' ? 'flow.paused' : 'flow.resumed', set)
  return set
}

async function tellFlow(
  trx: Db,
  kind: 'flow.deployed' | 'flow.paused' | 'flow.resumed',
  { workspace, name, sender }: FlowRead,
): Promise<void> {
  const payload = { flow: name, ...(sender === null ? {} : { sender }) }
  await tell(trx, [{ workspace, kind, subject: name, payload }])
}

/** Whoever remembers the flows of the workspace reads them anew with the next message. */
async function turnEpoch(trx: Db, workspace: WorkspaceId): Promise<void> {
  await sql`update workspaces set flows_epoch = flows_epoch + 1 where id = ${workspace}`.execute(trx)
}

export async function readEpoch(db: Db, workspace: WorkspaceId): Promise<string> {
  const { rows } = await sql<{ epoch: string }>`
    select flows_epoch::text as epoch from workspaces where id = ${workspace}`.execute(db)
  return rows[0]?.epoch ?? '0'
}

/** Newest first. */
export async function readVersions(db: Db, flow: number): Promise<Pick<FlowVersion, 'version' | 'at' | 'by'>[]> {
  const { rows } = await sql<Pick<FlowVersion, 'version' | 'at' | 'by'>>`
    select version, at, by from flow_versions where flow_id = ${flow} order by version desc`.execute(db)
  return rows
}

export async function readVersion(db: Db, flow: number, version: number): Promise<FlowVersion | null> {
  const { rows } = await sql<FlowVersion>`
    select version, source, document, at, by from flow_versions where flow_id = ${flow} and version = ${version}`.execute(
    db,
  )
  return rows[0] ?? null
}

export interface ActiveFlowRow {
  id: number
  name: string
  version: number
  document: unknown
}

/** Those of a workspace that take new runs, with the version that they take. */
export async function readActiveFlows(db: Db, workspace: WorkspaceId): Promise<ActiveFlowRow[]> {
  const { rows } = await sql<ActiveFlowRow>`
    select f.id, f.name, f.version, d.document from flows f join flow_versions d on d.flow_id = f.id and d.version = f.version
    where f.workspace = ${workspace} and f.state = 'active' order by f.id`.execute(db)
  return rows
}

/** All that the caller sees, by name, with the flows that each has people begin. */
export async function readEnrolling(db: Db, purview: Purview): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ name: string; enrols: string[] }>`
    select f.name, array(select s -> 'enrol' ->> 'flow' from jsonb_array_elements(d.document -> 'steps') s where s ? 'enrol') as enrols
    from flows f join flow_versions d on d.flow_id = f.id and d.version = f.version where ${seen(purview)}`.execute(db)
  return new Map(rows.map(({ name, enrols }) => [name, enrols]))
}

const NAMED_AT_MOST = 1_000

/** Of any number, or of one of this account, and somewhere in the document that new runs take this word. By name. */
export async function flowsOfAccount(
  db: Db,
  purview: Purview,
  wabaId: string,
  word: string,
): Promise<(FlowRead & { document: unknown })[]> {
  const { rows } = await sql<FlowRead & { document: unknown }>`
    select ${columns}, d.document from flows f join flow_versions d on d.flow_id = f.id and d.version = f.version
    where ${seen(purview)}
      and (f.phone_number_id is null or exists (
        select from senders s where s.phone_number_id = f.phone_number_id and s.waba_id = ${wabaId}))
      and position(to_json(${word}::text)::text in d.document::text) > 0
    order by f.name limit ${NAMED_AT_MOST}`.execute(db)
  return rows
}

export interface FlowCounts {
  waiting: number
  ended: Record<string, number>
  steps: { id: string; waiting: number; passed: number; left: Record<string, number> }[]
}

interface CountRow {
  step: string
  outcome: string | null
  n: number
}

/** One snapshot: who entered a step is there, went on, or ended there. Of runs that are kept no more it is remembered where they did. */
export async function countRuns(db: Db, flow: number): Promise<FlowCounts> {
  const { rows } = await sql<CountRow & { what: 'runs' | 'passed' }>`
    select 'runs' as what, step, outcome, count(*)::int as n from flow_runs where flow_id = ${flow} group by step, outcome
    union all
    select case when outcome is null then 'passed' else 'runs' end, step, outcome, sum(n)::int from flow_passes
    where flow_id = ${flow} group by step, outcome`.execute(db)
  const counts: FlowCounts = { waiting: 0, ended: {}, steps: [] }
  const steps = new Map<string, FlowCounts['steps'][number]>()
  for (const { what, step, outcome, n } of rows) {
    const one = steps.get(step) ?? { id: step, waiting: 0, passed: 0, left: {} }
    steps.set(step, one)
    if (what === 'passed') one.passed += n
    else if (outcome === null) {
      one.waiting += n
      counts.waiting += n
    } else {
      one.left[outcome] = (one.left[outcome] ?? 0) + n
      counts.ended[outcome] = (counts.ended[outcome] ?? 0) + n
    }
  }
  counts.steps = [...steps.values()]
  return counts
}

/** On which steps live runs of a flow stand. */
export async function stepsInUse(trx: Db, flow: number): Promise<{ step: string; runs: number }[]> {
  const { rows } = await sql<{ step: string; runs: number }>`
    select step, count(*)::int as runs from flow_runs where flow_id = ${flow} and state <> 'ended' group by step order by step`.execute(
    trx,
  )
  return rows
}
