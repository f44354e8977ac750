import { type RawBuilder, sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import { DEFAULT_WORKSPACE, type WorkspaceId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

export type WebhookEventState = 'pending' | 'applied' | 'failed'

export interface WebhookEventRead {
  id: string
  state: WebhookEventState
  tries: number
  error: string | null
  received_at: Instant
  applied_at: Instant | null
  payload_bytes: number
  /** As Meta sent it; null when it is too long for a list. */
  payload: string | null
}

export interface WebhookEventSelection {
  purview: Purview
  state: WebhookEventState | null
  /** Ids below this one. */
  before: string | null
  limit: number
}

/** Of a page with a thousand events, this is still a download and not a dump. */
const LONGEST_SHOWN_BYTES = 16_384

const columns = sql`
  id, state, tries, error, received_at, applied_at, octet_length(payload) as payload_bytes,
  case when octet_length(payload) <= ${sql.lit(LONGEST_SHOWN_BYTES)} then payload end as payload`

/** Newest first. Served by `webhook_events_workspace`, or by the partial index of pending or failed events. */
export async function listWebhookEvents(
  db: Db,
  { purview, state, before, limit }: WebhookEventSelection,
): Promise<WebhookEventRead[]> {
  const inState = state === null ? sql`true` : sql`state = ${sql.lit(state)}`
  const below = before === null ? sql`true` : sql`id < ${before}::bigint`
  const { rows } = await sql<WebhookEventRead>`
    select ${columns} from webhook_events where ${seenBy(purview)} and ${inState} and ${below} order by id desc limit ${limit}`.execute(
    db,
  )
  return rows
}

/**
 * A workspace sees the events of its numbers. What concerns no number that is linked is nobody's, and `default` looks after it. A payload
 * may speak of several numbers, so who is restricted to some sees none.
 */
function seenBy({ workspace, senders }: Purview): RawBuilder<boolean> {
  if (senders !== null) return sql<boolean>`false`
  if (workspace !== DEFAULT_WORKSPACE) return sql<boolean>`workspace = ${workspace}`
  return sql<boolean>`(workspace = ${workspace} or workspace is null)`
}

/** To be applied again, whatever became of it: applying is idempotent. Null when there is no such event. */
export async function replayWebhookEvent(db: Db, purview: Purview, id: string): Promise<WebhookEventRead | null> {
  const { rows } = await sql<WebhookEventRead>`
    update webhook_events set state = 'pending', tries = 0, error = null, applied_at = null
    where id = ${id}::bigint and ${seenBy(purview)}
    returning ${columns}`.execute(db)
  return rows[0] ?? null
}

/** When something was stored last of what a workspace sees; null: nothing that is kept. Of no linked number is `default`'s. */
export async function newestReceived(db: Db, workspace: WorkspaceId): Promise<Instant | null> {
  const { rows } = await sql<{ received_at: Instant }>`
    (select received_at from webhook_events where workspace = ${workspace} order by id desc limit 1)
    union all
    (select received_at from webhook_events where workspace is null and ${workspace === DEFAULT_WORKSPACE} order by id desc limit 1)
    order by received_at desc limit 1`.execute(db)
  return rows[0]?.received_at ?? null
}
