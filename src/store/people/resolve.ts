import { sql } from 'kysely'
import type { Identity } from '../../domain/identity.ts'
import type { ContactId, WorkspaceId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'
import { isGone } from './lock.ts'
import type { OptOutBook } from './opt-outs.ts'

/*
 * Who is written to. A person is found by any id they were ever seen under; each id belongs to one contact (the primary key of
 * `contact_identities`, over the canonical spelling), so two processes that meet a new person at once end up with one.
 *
 * Locks are taken in one order, by everybody: the person, their conversations, the intents. Whoever adds something to a person shares the
 * lock on the contact, and whoever merges or erases has it alone. So what was enqueued is seen by a merge or comes after it, and then finds
 * the person that is left.
 *
 * These statements run inside callers' own transactions too (the library's `enqueue(intent, { trx })`), on a client whose type parsers
 * are not ours. So they cast what they read: ids to text, instants to epoch milliseconds.
 */

/** Merges and erasures that come between looking somebody up and locking them; each is a matter of milliseconds. */
const MOST_ROUNDS = 20

/** Finds or creates the contact of each id, and keeps it from being merged or erased until the transaction ends; in the order asked. */
export async function resolveContacts(
  db: Db,
  workspace: WorkspaceId,
  ids: Identity[],
  book: OptOutBook,
): Promise<ContactId[]> {
  if (ids.length === 0) return []
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const owners = await findOwners(db, workspace, ids)
    const unknown = new Map(ids.filter((id) => !owners.has(keyOf(id))).map((id) => [keyOf(id), id]))
    if (unknown.size > 0) await createContacts(db, workspace, [...unknown.values()], owners, book)
    if (await share(db, [...new Set(owners.values())])) return ids.map((id) => owners.get(keyOf(id)) as ContactId)
  }
  throw new Error(`somebody was merged or erased ${MOST_ROUNDS} times while they were looked up`)
}

function keyOf({ scope, key }: Pick<Identity, 'scope' | 'key'>): string {
  return `${scope} ${key}`
}

export async function findOwners(db: Db, workspace: WorkspaceId, ids: Identity[]): Promise<Map<string, ContactId>> {
  const { rows } = await sql<{ scope: string; key: string; contact_id: ContactId }>`
    select i.scope, i.key, i.contact_id::text as contact_id
    from (select distinct scope, key from unnest(${ids.map((id) => id.scope)}::text[], ${ids.map((id) => id.key)}::text[]) as k (scope, key)) k
    join contact_identities i on i.workspace = ${workspace} and i.scope = k.scope and i.key = k.key`.execute(db)
  return new Map(rows.map((row) => [keyOf(row), row.contact_id]))
}

/** False when one of them was merged or erased meanwhile. Waits for whoever is merging them, which does not take long. */
export async function share(db: Db, ids: ContactId[]): Promise<boolean> {
  const { rows } = await sql<{ gone: boolean }>`
    select ${isGone} as gone from contacts where id = any (${ids}::bigint[]) order by id for key share`.execute(db)
  return rows.length === ids.length && rows.every((row) => !row.gone)
}

/** Whoever commits a key first owns it; the contacts this transaction made for nothing are taken back. */
async function createContacts(
  db: Db,
  workspace: WorkspaceId,
  ids: Identity[],
  owners: Map<string, ContactId>,
  book: OptOutBook,
): Promise<void> {
  const inOrder = [...ids].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const columns = inOrder.map(columnsOf)
  const created = await sql<{ id: ContactId; value: string }>`
    insert into contacts (workspace, wa_id, bsuid, parent_bsuid)
    select ${workspace}, wa_id, bsuid, parent_bsuid
    from unnest(${columns.map((c) => c.waId)}::text[], ${columns.map((c) => c.bsuid)}::text[], ${columns.map((c) => c.parentBsuid)}::text[])
      as p (wa_id, bsuid, parent_bsuid)
    returning id::text as id, coalesce(wa_id, bsuid, parent_bsuid) as value`.execute(db)
  const made = Map.groupBy(created.rows, (row) => row.value)
  const claimed = await sql<{ scope: string; key: string; contact_id: ContactId }>`
    insert into contact_identities (workspace, scope, key, value, contact_id)
    select ${workspace}, scope, key, value, id
    from unnest(${inOrder.map((id) => id.scope)}::text[], ${inOrder.map((id) => id.key)}::text[], ${inOrder.map((id) => id.value)}::text[],
      ${inOrder.map((id) => made.get(id.value)?.pop()?.id)}::bigint[]) as c (scope, key, value, id)
    on conflict (workspace, scope, key) do nothing
    returning scope, key, contact_id::text as contact_id`.execute(db)
  for (const row of claimed.rows) owners.set(keyOf(row), row.contact_id)
  await book.consult(
    db,
    workspace,
    claimed.rows.map(({ scope, key, contact_id }) => ({ scope, key, contactId: contact_id })),
  )
  const owning = new Set(claimed.rows.map((row) => row.contact_id))
  const lost = created.rows.filter((row) => !owning.has(row.id))
  if (lost.length === 0) return
  await sql`delete from contacts where id = any (${lost.map((row) => row.id)}::bigint[])`.execute(db)
  for (const [key, contact] of await findOwners(db, workspace, inOrder)) owners.set(key, contact)
}

/** Where the first id of a contact stands in its row. */
export function columnsOf({ scope, value }: Identity): {
  waId: string | null
  bsuid: string | null
  parentBsuid: string | null
} {
  const isNumber = /^\d/.test(value)
  return {
    waId: isNumber ? value : null,
    bsuid: !isNumber && scope !== '' ? value : null,
    parentBsuid: !isNumber && scope === '' ? value : null,
  }
}
