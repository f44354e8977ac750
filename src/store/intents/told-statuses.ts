import type pg from 'pg'
import type { Wamid } from '../../domain/ids.ts'
import { isHeard } from '../outbox/tell.ts'

/**
 * How far these messages were, for who is to hear how far they have come; null while nobody listens. Not prepared, here and below: planned
 * while the table was nearly empty, it would be scanned from then on.
 */
export async function statusesHeard(client: pg.PoolClient, wamids: Wamid[]): Promise<Map<string, string> | null> {
  const { rows } = await client.query<{ heard: boolean; before: Record<string, string> | null }>(
    `with heard as materialized (select ${isHeard('message')} as yes)
     select yes as heard,
       (select json_object_agg(wamid, status) from messages where (select yes from heard) and wamid = any ($1) and status is not null) as before
     from heard`,
    [wamids],
  )
  return rows[0]?.heard ? new Map(Object.entries(rows[0].before ?? {})) : null
}

/** Another applier may tell the same; nobody who listens relies on hearing something once. */
export async function tellStatuses(client: pg.PoolClient, wamids: Wamid[]): Promise<void> {
  if (wamids.length === 0) return
  await client.query(
    `insert into outbox (workspace, kind, subject, payload)
     select v.workspace, 'message.' || m.status, m.wamid,
       jsonb_build_object('sender', v.phone_number_id, 'conversation', v.id::text, 'intent', m.intent_id)
     from messages m join conversations v on v.id = m.conversation_id
     where m.wamid = any ($1) and m.status in ('delivered', 'read', 'failed')
     order by array_position($1, m.wamid)`,
    [wamids],
  )
}
