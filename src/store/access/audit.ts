import { type RawBuilder, sql } from 'kysely'
import type { Actor, Purview } from '../../domain/access.ts'
import type { AuditObject, Deed, DeedOutcome, Doer } from '../../domain/audit.ts'
import type { WorkspaceId } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { inPurview } from './purview.ts'

/** In the transaction of the deed, where there is one. */
export async function recordDeed(db: Db, doer: Doer, deed: Deed, outcome: DeedOutcome): Promise<void> {
  const { actor, origin, workspace } = doer
  const { action, object, detail = {} } = deed
  const sender = object.kind === 'sender' ? object.id : null
  await sql`
    insert into audit_events (workspace, actor_kind, actor_id, actor_name, address, action, object_kind, object_id, phone_number_id,
      outcome, request_id, detail)
    values (${workspace}, ${actor.kind}, ${actor.id}, ${actor.name}, ${origin.address}, ${action}, ${object.kind}, ${object.id}, ${sender},
      ${outcome}, ${origin.requestId}, ${JSON.stringify(detail)}::jsonb)`.execute(db)
}

export interface AuditRead {
  id: string
  at: Instant
  workspace: WorkspaceId
  actor: Actor
  address: string | null
  action: string
  object: AuditObject
  outcome: DeedOutcome
  request_id: string | null
  detail: Record<string, unknown>
}

export interface AuditSelection {
  purview: Purview
  /** Id of an actor. */
  who: string | null
  /** A name, or `prefix.*`. */
  action: string | null
  /** Ids: any of them. */
  object: { kind: string; ids: string[] | null } | null
  since: Instant | null
  until: Instant | null
  /** Id: older ones only. */
  before: string | null
  limit: number
}

/** Newest first. Whoever sees only some numbers sees what was done to those. */
export async function listAudit(db: Db, selection: AuditSelection): Promise<AuditRead[]> {
  const { rows } = await sql<AuditRead>`
    select id, at, workspace, jsonb_build_object('kind', actor_kind, 'id', actor_id, 'name', actor_name) as actor, address, action,
      jsonb_build_object('kind', object_kind, 'id', object_id) as object, outcome, request_id, detail
    from audit_events a
    where ${sql.join(conditions(selection), sql` and `)}
    order by id desc limit ${selection.limit}`.execute(db)
  return rows
}

function conditions({ purview, who, action, object, since, until, before }: AuditSelection): RawBuilder<boolean>[] {
  const asked = [inPurview('a', purview)]
  if (who !== null) asked.push(sql`actor_id = ${who}`)
  if (action?.endsWith('.*')) asked.push(sql`starts_with(action, ${action.slice(0, -1)})`)
  else if (action !== null) asked.push(sql`action = ${action}`)
  if (object !== null) asked.push(sql`object_kind = ${object.kind}`)
  if (object?.ids) asked.push(sql`object_id = any (${object.ids}::text[])`)
  if (since !== null) asked.push(sql`at >= ${toDate(since)}::timestamptz`)
  if (until !== null) asked.push(sql`at < ${toDate(until)}::timestamptz`)
  if (before !== null) asked.push(sql`id < ${before}::bigint`)
  return asked
}
