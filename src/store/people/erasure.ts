import { sql } from 'kysely'
import type { ContactId, ConversationId, IntentId, WorkspaceId } from '../../domain/ids.ts'
import { spellingsOf } from '../../domain/recipient.ts'
import type { Db } from '../pg/postgres.ts'
import type { OptOutBook } from './opt-outs.ts'

/* The statements of an erasure; its steps are the use-case's (erase-contact.ts). */

export interface KnownId {
  scope: string
  key: string
  values: string[]
}

/** The contact, or the one it was merged into; null when nobody is left. */
export async function liveContact(trx: Db, id: ContactId): Promise<ContactId | null> {
  const { rows } = await sql<{ id: ContactId }>`
    select coalesce(merged_into, id)::text as id from contacts where id = ${id}::bigint`.execute(trx)
  return rows[0]?.id ?? null
}

export async function idsOf(trx: Db, contact: ContactId): Promise<KnownId[]> {
  const { rows } = await sql<{ scope: string; key: string; value: string }>`
    select scope, key, value from contact_identities where contact_id = ${contact}::bigint order by scope, key`.execute(
    trx,
  )
  return rows.map(({ scope, key, value }) => {
    return { scope, key, values: [...new Set([value, ...spellingsOf(key)])] }
  })
}

export async function unsentOf(trx: Db, contact: ContactId, limit: number): Promise<IntentId[]> {
  const { rows } = await sql<{ id: IntentId }>`
    select i.id from conversations v join intents i on i.conversation_id = v.id
    where v.contact_id = ${contact}::bigint and i.state in ('scheduled', 'held') order by i.id limit ${limit}`.execute(
    trx,
  )
  return rows.map((row) => row.id)
}

/** What is on its way, or in doubt, is cancelled when it comes back, and not tried again. */
export async function wishToCancelUnderWay(trx: Db, contact: ContactId): Promise<void> {
  await sql`
    update intents i set cancel_requested_at = casement_now(), cancel_requested_by = 'erased'
    from conversations v
    where v.contact_id = ${contact}::bigint and i.conversation_id = v.id and i.state in ('dispatching', 'in_doubt')
      and i.cancel_requested_at is null`.execute(trx)
}

/** An attempt is open. One in doubt is none: its request is over, whatever became of it, and it is not tried again. */
export async function isUnderWay(trx: Db, contact: ContactId): Promise<boolean> {
  const { rows } = await sql`
    select from conversations v join intents i on i.conversation_id = v.id
    where v.contact_id = ${contact}::bigint and i.state = 'dispatching' limit 1`.execute(trx)
  return rows.length > 0
}

/**
 * Nobody finds them any more, and whoever found them a moment ago adds nothing to them (`erased_at`). Their refusals outlive them, under
 * keyed hashes of their ids.
 */
export async function cutOff(trx: Db, workspace: WorkspaceId, contact: ContactId, book: OptOutBook): Promise<void> {
  const ids = await idsOf(trx, contact)
  const { rows } = await sql<{ marketing: boolean; utility: boolean }>`
    select marketing = 'out' or stopped_marketing_at is not null as marketing, utility = 'out' as utility
    from contacts where id = ${contact}::bigint`.execute(trx)
  const optedOut = (['marketing', 'utility'] as const).filter((category) => rows[0]?.[category])
  await book.keep(trx, workspace, { ids, optedOut })
  await sql`delete from contact_identities where contact_id = ${contact}::bigint`.execute(trx)
  await sql`update contacts set erased_at = casement_now() where id = ${contact}::bigint`.execute(trx)
}

/** Tables by conversation, each before what it refers to. */
const BY_CONVERSATION = [
  'campaign_answers',
  'messages',
  'inbound_messages',
  'intents',
  'turns',
  'told_identities',
  'pair_buckets',
] as const

/**
 * Deletes up to `limit` rows of one kind, the next kind when nothing is left of the one before; attempts, decisions and what was reported of
 * a message go with theirs. Answers how many; 0 when the contact is gone too, with all that was merged into it.
 */
export async function deleteSome(trx: Db, contact: ContactId, limit: number): Promise<number> {
  for (const table of BY_CONVERSATION) {
    const deleted = await sql`
      delete from ${sql.table(table)} where ctid = any (array(
        select t.ctid from ${sql.table(table)} t join conversations v on v.id = t.conversation_id
        where v.contact_id = ${contact}::bigint limit ${limit}))`.execute(trx)
    if (deleted.numAffectedRows) return Number(deleted.numAffectedRows)
  }
  let rest = await deleteConversations(trx, contact)
  for (const table of ['messaging_limit_uses', 'consents', 'contact_identities'] as const) {
    const deleted = await sql`delete from ${sql.table(table)} where contact_id = ${contact}::bigint`.execute(trx)
    rest += Number(deleted.numAffectedRows ?? 0n)
  }
  const people = await sql`
    delete from contacts where id = ${contact}::bigint or merged_into = ${contact}::bigint`.execute(trx)
  return rest + Number(people.numAffectedRows ?? 0n)
}

/** A message may have been added since the messages were deleted, by whoever held the conversation until now: see the table's keys. */
async function deleteConversations(trx: Db, contact: ContactId): Promise<number> {
  const { rows } = await sql<{ id: ConversationId }>`
    delete from conversations where contact_id = ${contact}::bigint returning id`.execute(trx)
  if (rows.length === 0) return 0
  const { numAffectedRows } = await sql`
    delete from messages where conversation_id = any (${rows.map(({ id }) => id)}::bigint[])`.execute(trx)
  return rows.length + Number(numAffectedRows ?? 0n)
}
