import { sql } from 'kysely'
import type { Bsuid, ContactId, ConversationId, PhoneNumberId, WaId, WorkspaceId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import type { FreeEntryPointState } from '../../domain/window.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * Who is written to. A person is found by any id they were ever seen under; each id belongs to one contact (the primary key of
 * `contact_identities`), so two processes that meet a new person at once end up with one.
 *
 * These statements run inside callers' own transactions too (the library's `enqueue(intent, { trx })`), on a client whose type parsers
 * are not ours. So they cast what they read: ids to text, instants to epoch milliseconds.
 */

/** One person as an intent or a webhook names them: the ids to look under, best first, and what to store when they are new. */
export interface PersonKey {
  candidates: string[]
  waId: WaId | null
  bsuid: Bsuid | null
}

/** Finds or creates the contact of each key; answers in the order asked. */
export async function resolveContacts(db: Db, workspace: WorkspaceId, people: PersonKey[]): Promise<ContactId[]> {
  const known = await findIdentities(
    db,
    workspace,
    people.flatMap((person) => person.candidates),
  )
  const unknown = new Map<string, PersonKey>()
  for (const person of people) {
    if (!contactOf(person, known)) unknown.set(person.candidates[0] as string, person)
  }
  if (unknown.size > 0) await createContacts(db, workspace, [...unknown.values()], known)
  return people.map((person) => contactOf(person, known) as ContactId)
}

function contactOf(person: PersonKey, known: Map<string, ContactId>): ContactId | null {
  for (const candidate of person.candidates) {
    const contact = known.get(candidate)
    if (contact) return contact
  }
  return null
}

async function findIdentities(db: Db, workspace: WorkspaceId, values: string[]): Promise<Map<string, ContactId>> {
  const { rows } = await sql<{ value: string; contact_id: ContactId }>`
    select value, contact_id::text as contact_id from contact_identities
    where workspace = ${workspace} and value = any (${values}::text[])`.execute(db)
  return new Map(rows.map((row) => [row.value, row.contact_id]))
}

/** Whoever commits an id first owns it; the contacts this transaction made for nothing are taken back. */
async function createContacts(
  db: Db,
  workspace: WorkspaceId,
  people: PersonKey[],
  known: Map<string, ContactId>,
): Promise<void> {
  const inOrder = [...people].sort((a, b) => ((a.candidates[0] as string) < (b.candidates[0] as string) ? -1 : 1))
  const created = await sql<{ id: ContactId; value: string }>`
    with made as (
      insert into contacts (workspace, wa_id, bsuid)
      select ${workspace}, wa_id, bsuid from unnest(${inOrder.map((p) => p.waId)}::text[], ${inOrder.map((p) => p.bsuid)}::text[]) as p (wa_id, bsuid)
      returning id, coalesce(wa_id, bsuid) as value
    )
    select id::text as id, value from made order by value`.execute(db)
  const claimed = await sql<{ value: string; contact_id: ContactId }>`
    insert into contact_identities (workspace, value, contact_id)
    select ${workspace}, value, id from unnest(${created.rows.map((row) => row.value)}::text[], ${created.rows.map((row) => row.id)}::bigint[]) as c (value, id)
    on conflict (workspace, scope, key) do nothing
    returning value, contact_id::text as contact_id`.execute(db)
  for (const row of claimed.rows) known.set(row.value, row.contact_id)
  const lost = created.rows.filter((row) => known.get(row.value) !== row.id)
  if (lost.length === 0) return
  await sql`delete from contacts where id = any (${lost.map((row) => row.id)}::bigint[])`.execute(db)
  for (const [value, contact] of await findIdentities(
    db,
    workspace,
    lost.map((row) => row.value),
  ))
    known.set(value, contact)
}

/** Where a conversation stands, as the decision and the API read it. Instants are epoch milliseconds. */
export interface ConversationState {
  id: ConversationId
  contactId: ContactId
  marketing: 'unknown' | 'in' | 'out'
  utility: 'unknown' | 'in' | 'out'
  unreachableUntil: Instant | null
  windowOpenedAt: Instant | null
  lastInboundAt: Instant | null
  windowRefutedAt: Instant | null
  entryState: FreeEntryPointState
  enteredAt: Instant | null
  entryOpenedAt: Instant | null
  entryExpiresAt: Instant | null
  entryConversationId: string | null
  pairEmptiesAt: Instant | null
  lastFollowUpAt: Instant | null
  followUpId: string | null
}

/** Finds or creates the conversation of each (sender, contact), keyed `<sender> <contact>`. */
export async function ensureConversations(
  db: Db,
  workspace: WorkspaceId,
  pairs: { sender: PhoneNumberId; contactId: ContactId }[],
): Promise<Map<string, ConversationState>> {
  const senders = pairs.map((pair) => pair.sender)
  const contacts = pairs.map((pair) => pair.contactId)
  await sql`
    insert into conversations (workspace, phone_number_id, contact_id)
    select distinct ${workspace}, phone_number_id, contact_id from unnest(${senders}::text[], ${contacts}::bigint[]) as pair (phone_number_id, contact_id)
    -- looked for first: where there is one, on conflict would wait for whoever is changing it, an applier that opens its window
    where not exists (select from conversations v where v.phone_number_id = pair.phone_number_id and v.contact_id = pair.contact_id)
    order by phone_number_id, contact_id
    on conflict (phone_number_id, contact_id) do nothing`.execute(db)
  const { rows } = await sql<{ key: string } & ConversationState>`
    select v.phone_number_id || ' ' || v.contact_id as key, v.id::text as id, v.contact_id::text as "contactId",
      case when c.stopped_marketing_at is not null then 'out' else c.marketing end as marketing, c.utility,
      ${ms('c.unreachable_until')} as "unreachableUntil",
      ${ms('v.window_opened_at')} as "windowOpenedAt", ${ms('v.last_inbound_at')} as "lastInboundAt",
      ${ms('v.window_refuted_at')} as "windowRefutedAt", v.entry_state as "entryState", ${ms('v.entered_at')} as "enteredAt",
      ${ms('v.entry_opened_at')} as "entryOpenedAt", ${ms('v.entry_expires_at')} as "entryExpiresAt",
      v.entry_conversation_id as "entryConversationId", ${ms('b.empties_at')} as "pairEmptiesAt",
      ${ms('v.last_follow_up_at')} as "lastFollowUpAt", v.follow_up_id::text as "followUpId"
    from (select distinct * from unnest(${senders}::text[], ${contacts}::bigint[]) as pair (phone_number_id, contact_id)) pair
    join conversations v on v.phone_number_id = pair.phone_number_id and v.contact_id = pair.contact_id
    left join pair_buckets b on b.conversation_id = v.id
    join contacts c on c.id = v.contact_id`.execute(db)
  return new Map(rows.map((row) => [row.key, row]))
}

/** A `timestamptz` as whole epoch milliseconds, whatever type parsers the client has. */
function ms(column: string) {
  return sql`floor(extract(epoch from ${sql.raw(column)}) * 1000)::float8`
}
