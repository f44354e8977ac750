import { sql } from 'kysely'
import type { ContactId, ConversationId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'
import type { PlaceRow } from './triggers.ts'

/* What others tell of a person. */

/** The person, alone with whoever does the same, and their conversations in which a flow is under way. Null: they were merged, or are erased. */
export async function lockPerson(
  trx: Db,
  contact: ContactId,
): Promise<{ contact: ContactId; conversations: ConversationId[] } | null> {
  const person = await sql<{ id: ContactId }>`
    select id::text as id from contacts where id = ${contact}::bigint and merged_into is null and erased_at is null
    for no key update`.execute(trx)
  if (person.rows.length === 0) return null
  const { rows } = await sql<{ id: ConversationId }>`
    select v.id::text as id from conversations v
    where v.contact_id = ${contact}::bigint and v.merged_into is null
      and exists (select from flow_runs r where r.conversation_id = v.id and r.state <> 'ended')
    order by v.id for no key update of v`.execute(trx)
  return { contact, conversations: rows.map((row) => row.id) }
}

/** Its place in the order in which things are recorded; null where the key is known. */
export async function insertEvent(
  trx: Db,
  contact: ContactId,
  { key, name, sender, data = {} }: { key: string; name: string; sender?: string | undefined; data?: unknown },
): Promise<number | null> {
  const { rows } = await sql<{ recorded: string }>`
    insert into flow_events (contact_id, key, name, phone_number_id, data)
    values (${contact}::bigint, ${key}, ${name}, ${sender ?? null}, ${JSON.stringify(data)}::jsonb)
    on conflict (contact_id, key) do nothing returning recorded::text as recorded`.execute(trx)
  return rows[0] ? Number(rows[0].recorded) : null
}

/** Where somebody wrote last, or else was written to first; null: nowhere that is linked. */
export async function newestPlace(
  trx: Db,
  workspace: WorkspaceId,
  contact: ContactId,
  sender: PhoneNumberId | null,
): Promise<PlaceRow | null> {
  const { rows } = await sql<PlaceRow>`
    select v.workspace, v.phone_number_id as sender, v.contact_id::text as "contactId", v.id::text as "conversationId"
    from conversations v join senders s on s.phone_number_id = v.phone_number_id and s.sealed_access_token is not null
    where v.workspace = ${workspace} and v.contact_id = ${contact}::bigint and v.merged_into is null
      and (${sender}::text is null or v.phone_number_id = ${sender})
    order by v.last_inbound_at desc nulls last, v.id limit 1`.execute(trx)
  return rows[0] ?? null
}
