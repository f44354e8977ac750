import { sql } from 'kysely'
import { type KnownPerson, NO_SCOPE, type Recognition, recognise, type ToldIdentity } from '../../domain/identity.ts'
import type { ContactId, ConversationId, WorkspaceId } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { lockAlone, mergeContacts } from './merge.ts'
import type { OptOutBook } from './opt-outs.ts'
import { columnsOf, share } from './resolve.ts'

/*
 * Who Meta speaks of. What is told together is one person (the rule is the domain's, `recognise`): contacts that turn out to be one are
 * merged, a number that went to somebody else goes to them, and every id is claimed by its key.
 */

export interface Recognised {
  contactId: ContactId
  /** Conversations that are different because people were merged. */
  merged: ConversationId[]
}

/** Somebody else changed the very same person between two looks; the whole transaction may run again, and will find it done. */
export class PersonChanged extends Error {
  override readonly name = 'PersonChanged'
}

const MOST_ROUNDS = 10

/** @param speaker whom the ids were told of, where that is known */
export async function recognisePerson(
  trx: Db,
  workspace: WorkspaceId,
  told: ToldIdentity[],
  speaker: ContactId | null,
  book: OptOutBook,
): Promise<Recognised> {
  const merged: ConversationId[] = []
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const known = await readKnown(trx, workspace, told, speaker)
    const plan = recognise(latestOfEach(told), known, speaker)
    // One person is shared with producers; two are to be merged, alone.
    const held = plan.same.length > 1 ? await lockAlone(trx, plan.same) : await share(trx, plan.same)
    if (!held) continue
    const contactId = plan.same[0] ?? (await createContact(trx, workspace, plan.claimed))
    for (const other of plan.same.slice(1)) merged.push(...(await mergeContacts(trx, contactId, other)))
    const fresh = await claim(trx, workspace, contactId, plan)
    if (fresh === null) {
      if (plan.same.length === 0) await takeBack(trx, contactId)
      continue
    }
    if (plan.same.length > 0) await refuseSecondBsuid(trx, contactId, fresh, known)
    await book.consult(
      trx,
      workspace,
      fresh.map((id) => ({ contactId, scope: id.scope, key: id.key })),
    )
    for (const former of plan.former) await handOver(trx, former, contactId)
    return { contactId, merged: [...new Set(merged)] }
  }
  throw new PersonChanged(`the person was changed by others ${MOST_ROUNDS} times while they were recognised`)
}

interface KnownRow {
  contact_id: ContactId
  scope: string
  key: string
  seen_at: Instant | null
}

async function readKnown(
  trx: Db,
  workspace: WorkspaceId,
  told: ToldIdentity[],
  speaker: ContactId | null,
): Promise<KnownPerson[]> {
  const { rows } = await sql<KnownRow>`
    select i.contact_id::text as contact_id, i.scope, i.key, i.seen_at from contact_identities i
    -- as a list: of an "or" PostgreSQL asks every identity that there is
    where i.contact_id = any (array(
      select ${speaker}::bigint
      union all
      select o.contact_id from unnest(${told.map((id) => id.scope)}::text[], ${told.map((id) => id.key)}::text[]) as t (scope, key)
      join contact_identities o on o.workspace = ${workspace} and o.scope = t.scope and o.key = t.key))`.execute(trx)
  return [...Map.groupBy(rows, (row) => row.contact_id)].map(([id, owned]) => ({
    id,
    identities: owned.map(({ scope, key, seen_at }) => ({ scope, key, seenAt: seen_at })),
  }))
}

/** A change of the BSUID alone names the number before and after it, and a statement can change a row once. */
function latestOfEach(told: ToldIdentity[]): ToldIdentity[] {
  const latest = new Map<string, ToldIdentity>()
  for (const id of told) {
    const known = latest.get(`${id.scope} ${id.key}`)
    const isNewer =
      !known || (known.former && !id.former) || (id.at !== null && (known.at === null || id.at > known.at))
    if (isNewer) latest.set(`${id.scope} ${id.key}`, id)
  }
  return [...latest.values()]
}

async function createContact(trx: Db, workspace: WorkspaceId, ids: ToldIdentity[]): Promise<ContactId> {
  const columns = ids.map(columnsOf)
  const first = (column: 'waId' | 'bsuid' | 'parentBsuid') => columns.find((c) => c[column] !== null)?.[column] ?? null
  const { rows } = await sql<{ id: ContactId }>`
    insert into contacts (workspace, wa_id, bsuid, parent_bsuid)
    values (${workspace}, ${first('waId')}, ${first('bsuid')}, ${first('parentBsuid')}) returning id::text as id`.execute(
    trx,
  )
  return (rows[0] as { id: ContactId }).id
}

/** Nobody else has seen it yet, and nothing hangs on it but what it claimed. */
async function takeBack(trx: Db, contactId: ContactId): Promise<void> {
  await sql`delete from contact_identities where contact_id = ${contactId}::bigint`.execute(trx)
  await sql`delete from contacts where id = ${contactId}::bigint`.execute(trx)
}

/** Answers the ids that are new altogether; null when one of them became somebody else's meanwhile. */
async function claim(
  trx: Db,
  workspace: WorkspaceId,
  contactId: ContactId,
  { claimed, former }: Recognition,
): Promise<{ scope: string; key: string }[] | null> {
  const order = (id: ToldIdentity) => `${id.scope} ${id.key}`
  const inOrder = [...claimed].sort((a, b) => (order(a) < order(b) ? -1 : 1))
  // Only told whose it was, or until when: that is no sign of use.
  const stamps = inOrder.map((id) => (id.former || id.unseen || id.at === null ? null : toDate(id.at)))
  const { rows } = await sql<{ scope: string; key: string; fresh: boolean }>`
    insert into contact_identities as i (workspace, scope, key, value, contact_id, seen_at)
    select ${workspace}, scope, key, value, ${contactId}::bigint, case when at is not null then least(at, casement_now()) end
    from unnest(${inOrder.map((id) => id.scope)}::text[], ${inOrder.map((id) => id.key)}::text[], ${inOrder.map((id) => id.value)}::text[],
      ${stamps}::timestamptz[]) as t (scope, key, value, at)
    on conflict (workspace, scope, key) do update set
      contact_id = excluded.contact_id,
      value = case when excluded.seen_at >= i.seen_at or i.seen_at is null then excluded.value else i.value end,
      seen_at = greatest(i.seen_at, excluded.seen_at)
    where i.contact_id = any (${[contactId, ...former]}::bigint[])
    returning i.scope, i.key, i.xmax = 0 as fresh`.execute(trx)
  return rows.length === inOrder.length ? rows.filter((row) => row.fresh) : null
}

/**
 * Two webhooks with one number and two BSUIDs may both have found nobody to contradict. They meet at the row of the number, and the later
 * one looks again.
 */
async function refuseSecondBsuid(
  trx: Db,
  contactId: ContactId,
  fresh: { scope: string; key: string }[],
  known: KnownPerson[],
): Promise<void> {
  const scopes = fresh.map((id) => id.scope).filter((scope) => scope !== NO_SCOPE)
  if (scopes.length === 0) return
  const before = known.flatMap((person) => person.identities.map((id) => id.key))
  const { rows } = await sql`
    select from contact_identities where contact_id = ${contactId}::bigint and scope = any (${scopes}::text[])
      and key <> all (${[...before, ...fresh.map((id) => id.key)]}::text[])`.execute(trx)
  if (rows.length > 0) throw new PersonChanged('the person got another BSUID while they were recognised')
}

/**
 * The number of `former` belongs to somebody else now. Whom they were stays with them: consent, window, history and what waits. Only a
 * refusal goes along, until the new owner opts in: better one offer too few.
 */
async function handOver(trx: Db, former: ContactId, owner: ContactId): Promise<void> {
  await sql`
    update contacts c set updated_at = casement_now(), wa_id = (
      select value from contact_identities where contact_id = c.id and scope = ${NO_SCOPE} and key ~ '^[0-9]'
      order by seen_at desc nulls last, key limit 1)
    where c.id = ${former}::bigint`.execute(trx)
  await sql`
    with refused as (
      select category from contacts o, contacts f,
        lateral (values ('marketing', f.marketing = 'out' or f.stopped_marketing_at is not null, o.marketing), ('utility', f.utility = 'out', o.utility))
          as c (category, refused, state)
      where o.id = ${owner}::bigint and f.id = ${former}::bigint and c.refused and c.state = 'unknown'
    ), kept as (
      insert into consents (contact_id, category, state, source, evidence)
      select ${owner}::bigint, category, 'out', 'import', jsonb_build_object('kept', 'opt-out of the former owner of the number', 'former_owner', ${former}::text) from refused
    )
    update contacts set
      marketing = case when exists (select from refused where category = 'marketing') then 'out' else marketing end,
      utility = case when exists (select from refused where category = 'utility') then 'out' else utility end
    where id = ${owner}::bigint`.execute(trx)
}
