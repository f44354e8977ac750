import { sql } from 'kysely'
import type { ContactId, ConversationId, WorkspaceId } from '../../domain/ids.ts'
import { SERVER_CLOCK } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'
import { LEASE_MS } from './streams.ts'

/*
 * What is of an erased person among the deliveries. Bodies are made when they go, of what is left then; but a message is named by its wamid,
 * which is made of the person's number.
 */

export async function conversationsOf(trx: Db, contact: ContactId): Promise<ConversationId[]> {
  const { rows } = await sql<{ id: ConversationId }>`
    select id::text as id from conversations where contact_id = ${contact}::bigint order by id`.execute(trx)
  return rows.map((row) => row.id)
}

/** Whether news of their messages, which names a message by its wamid, is still to be put into the queues of those who listen. */
export async function isUntold(trx: Db, conversations: ConversationId[]): Promise<boolean> {
  const { rows } = await sql`
    select from outbox where kind like 'message.%' and payload ->> 'conversation' = any (${conversations}::text[]) limit 1`.execute(
    trx,
  )
  return rows.length > 0
}

/** Of what has been handed out to who listens, and is kept for who lost the connection. */
export async function forgetNews(trx: Db, conversations: ConversationId[]): Promise<void> {
  await sql`
    delete from news where kind like 'message.%' and payload ->> 'conversation' = any (${conversations}::text[])`.execute(
    trx,
  )
}

export interface DeliveryPlace {
  endpoint: string
  stream: string
  id: string
}

/**
 * Of the next `limit` deliveries of the workspace those about one of these conversations go. `place` is null at the end. The transaction holds
 * the lock of the deliveries, or a replay would copy behind the place what goes before it.
 */
export async function forgetDeliveries(
  trx: Db,
  workspace: WorkspaceId,
  conversations: ConversationId[],
  after: DeliveryPlace,
  limit: number,
): Promise<{ place: DeliveryPlace | null; seen: number }> {
  const { rows } = await sql<{ endpoint: string; stream: string; id: string; seen: number }>`
    with next as (
      select d.endpoint_id, d.stream, d.id, d.payload ->> 'conversation' as conversation from deliveries d
      where (d.endpoint_id, d.stream, d.id) > (${after.endpoint}::uuid, ${after.stream}, ${after.id}::bigint)
        and d.endpoint_id in (select e.id from webhook_endpoints e where e.workspace = ${workspace})
      order by d.endpoint_id, d.stream, d.id limit ${limit}
    ), gone as (
      delete from deliveries d using next n
      where d.endpoint_id = n.endpoint_id and d.stream = n.stream and d.id = n.id and n.conversation = any (${conversations}::text[])
    )
    select endpoint_id as endpoint, stream, id::text as id, (count(*) over ())::int as seen from next
    order by next.endpoint_id desc, next.stream desc, next.id desc limit 1`.execute(trx)
  const last = rows[0]
  if (!last) return { place: null, seen: 0 }
  const { seen, ...place } = last
  return { place, seen }
}

/** The server's own clock, by which leases go; as text, since no microsecond of it may be lost. */
export async function leaseClock(trx: Db): Promise<string> {
  const { rows } = await sql<{ at: string }>`select ${sql.raw(SERVER_CLOCK)}::text as at`.execute(trx)
  return (rows[0] as { at: string }).at
}

/** Whether somebody may still hold what they read before then: a lease is renewed before the next is read. */
export async function isHeldSince(trx: Db, workspace: WorkspaceId, at: string): Promise<boolean> {
  const { rows } = await sql`
    select from webhook_endpoints e join delivery_streams s on s.endpoint_id = e.id
      cross join unnest(array[s.leased_until, s.held_until]) as held (until)
    where e.workspace = ${workspace} and held.until > ${sql.raw(SERVER_CLOCK)}
      and held.until < ${at}::timestamptz + ${LEASE_MS} * interval '1 millisecond' limit 1`.execute(trx)
  return rows.length > 0
}
