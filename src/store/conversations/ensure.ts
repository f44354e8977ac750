import { sql } from 'kysely'
import type { ContactId, ConversationId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import type { FreeEntryPointState } from '../../domain/window.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * The conversation of a number and a person whose lock is shared (people/resolve.ts), so it cannot be merged away until the transaction
 * ends. Runs inside callers' own transactions too: ids are read as text, instants as epoch milliseconds.
 */

/** Where a conversation stands, as the decision and the API read it. Instants are epoch milliseconds. */
export interface ConversationState {
  id: ConversationId
  contactId: ContactId
  waId: string | null
  bsuid: string | null
  timeZone: string | null
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
    where not exists (
      select from conversations v
      where v.phone_number_id = pair.phone_number_id and v.contact_id = pair.contact_id and v.merged_into is null)
    order by phone_number_id, contact_id
    on conflict (phone_number_id, contact_id) where merged_into is null do nothing`.execute(db)
  return readConversationStates(db, pairs)
}

/**
 * Where each (sender, contact) stands, keyed `<sender> <contact>`; as it would where they have no conversation yet. Nobody is in it of whom
 * there is no contact.
 */
export async function readConversationStates(
  db: Db,
  pairs: { sender: PhoneNumberId; contactId: ContactId }[],
): Promise<Map<string, ConversationState>> {
  const senders = pairs.map((pair) => pair.sender)
  const contacts = pairs.map((pair) => pair.contactId)
  const { rows } = await sql<{ key: string } & ConversationState>`
    select pair.phone_number_id || ' ' || pair.contact_id as key, v.id::text as id, pair.contact_id::text as "contactId", c.wa_id as "waId",
      coalesce(c.bsuid, c.parent_bsuid) as bsuid, c.time_zone as "timeZone",
      case when c.stopped_marketing_at is not null then 'out' else c.marketing end as marketing, c.utility,
      ${ms('c.unreachable_until')} as "unreachableUntil",
      ${ms('v.window_opened_at')} as "windowOpenedAt", ${ms('v.last_inbound_at')} as "lastInboundAt",
      ${ms('v.window_refuted_at')} as "windowRefutedAt", coalesce(v.entry_state, 'none') as "entryState", ${ms('v.entered_at')} as "enteredAt",
      ${ms('v.entry_opened_at')} as "entryOpenedAt", ${ms('v.entry_expires_at')} as "entryExpiresAt",
      v.entry_conversation_id as "entryConversationId", ${ms('b.empties_at')} as "pairEmptiesAt",
      ${ms('v.last_follow_up_at')} as "lastFollowUpAt", v.follow_up_id::text as "followUpId"
    from (select distinct * from unnest(${senders}::text[], ${contacts}::bigint[]) as pair (phone_number_id, contact_id)) pair
    join contacts c on c.id = pair.contact_id
    left join conversations v on v.phone_number_id = pair.phone_number_id and v.contact_id = pair.contact_id and v.merged_into is null
    left join pair_buckets b on b.conversation_id = v.id`.execute(db)
  return new Map(rows.map((row) => [row.key, row]))
}

/** A `timestamptz` as whole epoch milliseconds, whatever type parsers the client has. */
function ms(column: string) {
  return sql`floor(extract(epoch from ${sql.raw(column)}) * 1000)::float8`
}
