import type { Purview } from '../domain/access.ts'
import type { IntentId, WorkspaceId } from '../domain/ids.ts'
import type { IntentRead } from '../store/intents/reads.ts'
import type { JobRead } from '../store/jobs/jobs.ts'
import { type Answer, done, unknown } from './answer.ts'
import { decodeCursor, type Page } from './paging.ts'
import { isIdKey, pageOfIntents, type ReadIntentsIo } from './read-intents.ts'

export interface ReadJobsIo {
  readJob(workspace: WorkspaceId, id: string): Promise<JobRead | null>
}

export interface ReadJobItemsIo extends ReadJobsIo, Pick<ReadIntentsIo, 'readIntents'> {
  /** Ids below `before` that the job has changed, newest first. */
  changedByJob(
    purview: Purview,
    job: string,
    page: { before: IntentId | null; limit: number },
  ): Promise<readonly IntentId[]>
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** How far something has come that runs longer than a request. */
export async function getJob(io: ReadJobsIo, workspace: WorkspaceId, id: string): Promise<Answer<JobRead>> {
  const job = UUID.test(id.toLowerCase()) ? await io.readJob(workspace, id.toLowerCase()) : null
  return job ? done(job) : unknown('job_unknown', `job ${id}`)
}

/** The intents that a bulk job has changed so far, as they are now, newest first. Other jobs have none. */
export async function listJobItems(
  io: ReadJobItemsIo,
  purview: Purview,
  id: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<Answer<Page<IntentRead>>> {
  const after = decodeCursor(cursor, isIdKey)
  if (!after.ok) return after
  const job = await getJob(io, purview.workspace, id)
  if (!job.ok) return job
  const found = await io.changedByJob(purview, job.value.id, { before: after.value?.[0] ?? null, limit: limit + 1 })
  const shown = found.slice(0, limit)
  const next = found.length > limit ? (shown.at(-1) ?? null) : null
  return done(await pageOfIntents(io, purview, { found: shown, next }))
}
