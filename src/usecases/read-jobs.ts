import type { WorkspaceId } from '../domain/ids.ts'
import type { JobRead } from '../store/jobs/jobs.ts'
import { type Answer, done, unknown } from './answer.ts'

export interface ReadJobsIo {
  readJob(workspace: WorkspaceId, id: string): Promise<JobRead | null>
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** How far something has come that runs longer than a request. */
export async function getJob(io: ReadJobsIo, workspace: WorkspaceId, id: string): Promise<Answer<JobRead>> {
  const job = UUID.test(id.toLowerCase()) ? await io.readJob(workspace, id.toLowerCase()) : null
  return job ? done(job) : unknown('job_unknown', `job ${id}`)
}
