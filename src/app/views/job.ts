import { toIso } from '../../domain/time.ts'
import type { JobRead } from '../../store/jobs/jobs.ts'

/** A job in the contract's spelling; plain JSON. */
export function viewOfJob({ id, kind, state, done, total, result, error, created_at, finished_at }: JobRead) {
  return {
    id,
    kind,
    state,
    done,
    total,
    result,
    error,
    created_at: toIso(created_at),
    finished_at: finished_at === null ? null : toIso(finished_at),
  }
}
