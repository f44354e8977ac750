import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/* What runs longer than a request. The row is the work order: whoever leads takes it up, and takes it up again where a process died. */

export type JobState = 'running' | 'done' | 'failed'

export interface JobRead {
  id: string
  kind: string
  state: JobState
  done: number
  total: number | null
  result: unknown
  error: string | null
  created_at: Instant
  finished_at: Instant | null
}

export interface LockedJob {
  id: string
  workspace: WorkspaceId
  kind: string
  input: Record<string, unknown>
  done: number
}

/** Answers the id; of the one that runs already, when there is one of this kind about the same. */
export async function startJob(
  trx: Db,
  workspace: WorkspaceId,
  kind: string,
  about: string,
  input: Record<string, unknown>,
): Promise<string> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${kind} ${about}`}, 0))`.execute(trx)
  const running = await sql<{ id: string }>`
    select id from jobs where state = 'running' and workspace = ${workspace} and kind = ${kind} and input ->> 'about' = ${about}`.execute(
    trx,
  )
  if (running.rows[0]) return running.rows[0].id
  const id = uuidv7()
  await sql`
    insert into jobs (id, workspace, kind, input)
    values (${id}::uuid, ${workspace}, ${kind}, ${JSON.stringify({ ...input, about })}::jsonb)`.execute(trx)
  return id
}

export async function readJob(db: Db, workspace: WorkspaceId, id: string): Promise<JobRead | null> {
  const { rows } = await sql<JobRead>`
    select id, kind, state, done::float8 as done, total::float8 as total, result, error, created_at, finished_at
    from jobs where id = ${id}::uuid and workspace = ${workspace}`.execute(db)
  return rows[0] ?? null
}

/** Oldest first; without those whose last step failed a moment ago. */
export async function runningJobs(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from jobs where state = 'running' and (retry_at is null or retry_at <= casement_now())
    order by created_at limit 100`.execute(db)
  return rows.map((row) => row.id)
}

/** Null when it is over, or somebody else runs a step of it. */
export async function lockJob(trx: Db, id: string): Promise<LockedJob | null> {
  const { rows } = await sql<LockedJob>`
    select id, workspace, kind, input, done::float8 as done from jobs
    where id = ${id}::uuid and state = 'running' for update skip locked`.execute(trx)
  return rows[0] ?? null
}

export async function saveJob(
  trx: Db,
  id: string,
  { input, done, total }: { input: Record<string, unknown>; done: number; total: number | null },
): Promise<void> {
  await sql`
    update jobs set input = ${JSON.stringify(input)}::jsonb, done = ${done}, total = ${total}, error = null, tries = 0, retry_at = null
    where id = ${id}::uuid`.execute(trx)
}

/** What it was given is forgotten: of an erased person it is the last that is known. */
export async function finishJob(trx: Db, id: string, result: unknown): Promise<void> {
  await sql`
    update jobs set state = 'done', input = '{}', error = null, retry_at = null, result = ${JSON.stringify(result)}::jsonb, finished_at = casement_now()
    where id = ${id}::uuid`.execute(trx)
}

const LONGEST_PUT_OFF_S = 3_600

/**
 * A step failed as it should not: it is tried again, at growing distances up to an hour, until what was asked for is done. An erasure that
 * ended half way would keep the ids that it began with, and what is left of the person.
 */
export async function putOffJob(db: Db, id: string, error: string): Promise<void> {
  await sql`
    update jobs set error = ${error.slice(0, 2_000)}, tries = least(tries + 1, 100),
      retry_at = casement_now() + least(power(2, tries), ${LONGEST_PUT_OFF_S}) * interval '1 second'
    where id = ${id}::uuid and state = 'running'`.execute(db)
}
