import { sql } from 'kysely'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Topic } from '../../domain/news.ts'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/** As it was told; of whom it is about is looked up by whoever tells it on. */
export interface WorkspaceNews {
  id: string
  workspace: WorkspaceId
  kind: string
  subject: string
  payload: Record<string, unknown>
  at: Instant
}

/** The next news of these workspaces, oldest first. Of all of them as far as `last`: of others there was none in between. */
export async function readNewsOf(
  db: Db,
  workspaces: readonly string[],
  topics: readonly Topic[],
  after: string,
  limit: number,
): Promise<{ news: WorkspaceNews[]; last: string; more: boolean }> {
  const { rows } = await sql<WorkspaceNews & { mine: boolean }>`
    select id::text as id, workspace, kind, subject, payload, at,
      workspace = any (${workspaces}::text[]) and split_part(kind, '.', 1) = any (${topics}::text[]) as mine
    from news where id > ${after}::bigint order by news.id limit ${limit}`.execute(db)
  return { news: rows.filter(({ mine }) => mine), last: rows.at(-1)?.id ?? after, more: rows.length === limit }
}

/** Where the news ends now. */
export async function endOfNews(db: Db): Promise<string> {
  const { rows } = await sql<{ last: string }>`select coalesce(max(id), 0)::text as last from news`.execute(db)
  return (rows[0] as { last: string }).last
}
