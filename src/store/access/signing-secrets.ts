import { sql } from 'kysely'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/* What the calls of a workspace's flows are signed with, sealed. */

export async function readSigningSecret(db: Db, workspace: WorkspaceId): Promise<string | null> {
  const { rows } = await sql<{ sealed: string }>`
    select sealed from signing_secrets where workspace = ${workspace}`.execute(db)
  return rows[0]?.sealed ?? null
}

/** Where nobody has made one. Answers the one that counts. */
export async function ensureSigningSecret(db: Db, workspace: WorkspaceId, sealed: string): Promise<string> {
  const { rows } = await sql<{ sealed: string }>`
    insert into signing_secrets (workspace, sealed) values (${workspace}, ${sealed})
    on conflict (workspace) do update set sealed = signing_secrets.sealed returning sealed`.execute(db)
  return rows[0]?.sealed as string
}

/** False where there is no such workspace. */
export async function replaceSigningSecret(trx: Db, workspace: WorkspaceId, sealed: string): Promise<boolean> {
  const { rows } = await sql`
    insert into signing_secrets (workspace, sealed) select id, ${sealed} from workspaces where id = ${workspace}
    on conflict (workspace) do update set sealed = excluded.sealed returning 1`.execute(trx)
  return rows.length === 1
}

/** All of them, locked. */
export async function lockSigningSecrets(trx: Db): Promise<{ workspace: WorkspaceId; sealed: string }[]> {
  const { rows } = await sql<{ workspace: WorkspaceId; sealed: string }>`
    select workspace, sealed from signing_secrets order by workspace for no key update`.execute(trx)
  return rows
}
