import { createHmac, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { NO_SCOPE } from '../../domain/identity.ts'
import type { ContactId, WorkspaceId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'
import { scopesBefore } from './scopes.ts'

/*
 * Opt-outs outlive the people who asked for them (P7). Of somebody erased one keyed hash per id stays, and nothing else; whoever becomes
 * known under such an id again starts as opted out. The key is random, stands in the database, and is sealed by CASEMENT_SECRET: without
 * it the hashes of all possible numbers could be computed in an afternoon.
 *
 * It is made when the first opt-out has to be kept. Until then there is nothing to look up and no secret is needed; from then on whoever
 * makes a contact has to be able to open it, and fails (`OptOutsUnreadable`) where it cannot: going on would write to people who said no.
 */

/** Seals and opens short texts; the vault of access tokens is one. */
export interface SealedBox {
  seal(text: string, of: typeof BELONGING): string
  open(sealed: string, of: typeof BELONGING): string
}

export class OptOutsUnreadable extends Error {
  override readonly name = 'OptOutsUnreadable'
}

/** An id of a contact that has just become theirs. */
export interface ClaimedId {
  contactId: ContactId
  scope: string
  key: string
}

export interface OptOutBook {
  /** Those among them who stand in the book are opted out from now on, unless they opted in since. */
  consult(db: Db, workspace: WorkspaceId, claimed: ClaimedId[]): Promise<void>
  /** Of whom nobody knows yet: what they would be opted out from, by `<scope> <key>`. Nothing is written. */
  find(db: Db, workspace: WorkspaceId, ids: Omit<ClaimedId, 'contactId'>[]): Promise<Map<string, Set<Category>>>
  /** Writes the opt-outs of a person down under all their ids, and strikes those that they took back. */
  keep(
    db: Db,
    workspace: WorkspaceId,
    person: { ids: Omit<ClaimedId, 'contactId'>[]; optedOut: Category[] },
  ): Promise<void>
  /** Throws `OptOutsUnreadable` when there is a key that cannot be opened. */
  check(db: Db): Promise<void>
}

type Category = 'marketing' | 'utility'

const NAME = 'opt_outs'
const BELONGING = `secret:${NAME}` as const
const KEY_BYTES = 32

/** @param box null where the process has no CASEMENT_SECRET */
export function optOutBook(box: SealedBox | null): OptOutBook {
  let opened: { sealed: string; key: Buffer } | null = null

  async function readKey(db: Db): Promise<Buffer | null> {
    const { rows } = await sql<{ sealed: string }>`select sealed from sealed_secrets where name = ${NAME}`.execute(db)
    const sealed = rows[0]?.sealed
    if (sealed === undefined) return null
    if (opened?.sealed !== sealed) opened = { sealed, key: open(box, sealed) }
    return opened.key
  }

  async function makeKey(db: Db): Promise<Buffer> {
    if (box === null) throw new OptOutsUnreadable('expected CASEMENT_SECRET, to keep the opt-out of an erased contact')
    await sql`
      insert into sealed_secrets (name, sealed) values (${NAME}, ${box.seal(randomBytes(KEY_BYTES).toString('base64url'), BELONGING)})
      on conflict (name) do nothing`.execute(db)
    return (await readKey(db)) as Buffer
  }

  return {
    async consult(db, workspace, claimed) {
      if (claimed.length === 0) return
      const key = await readKey(db)
      if (key === null) return
      const looked = await underAllScopes(db, claimed)
      const hashes = looked.map((id) => hashOf(key, workspace, id))
      await sql`
        with found as (
          select c.contact_id, o.category, max(o.at) as at
          from unnest(${looked.map((id) => id.contactId)}::bigint[], ${hashes}::text[]) as c (contact_id, hash)
          join opt_outs o on o.workspace = ${workspace} and o.id_hash = decode(c.hash, 'hex')
          group by c.contact_id, o.category
        ), standing as (
          select f.* from found f
          where not exists (
            select from consents n where n.contact_id = f.contact_id and n.category = f.category and n.state = 'in' and n.at > f.at)
        ), kept as (
          insert into consents (contact_id, at, category, state, source, evidence)
          select contact_id, at, category, 'out', 'import', '{"kept":"opt-out of an erased contact"}'::jsonb from standing
        )
        update contacts c set
          marketing = case when s.marketing then 'out' else c.marketing end,
          utility = case when s.utility then 'out' else c.utility end
        from (
          select contact_id, bool_or(category = 'marketing') as marketing, bool_or(category = 'utility') as utility
          from standing group by contact_id
        ) s where c.id = s.contact_id`.execute(db)
    },

    async find(db, workspace, ids) {
      const key = ids.length === 0 ? null : await readKey(db)
      if (key === null) return new Map()
      const asked = ids.map((id) => ({ ...id, name: `${id.scope} ${id.key}` }))
      const looked = await underAllScopes(db, asked)
      const { rows } = await sql<{ name: string; category: Category }>`
        select distinct c.name, o.category
        from unnest(${looked.map((id) => id.name)}::text[], ${looked.map((id) => hashOf(key, workspace, id))}::text[]) as c (name, hash)
        join opt_outs o on o.workspace = ${workspace} and o.id_hash = decode(c.hash, 'hex')`.execute(db)
      const byName = Map.groupBy(rows, ({ name }) => name)
      return new Map([...byName].map(([name, found]) => [name, new Set(found.map(({ category }) => category))]))
    },

    async keep(db, workspace, { ids, optedOut }) {
      const key = optedOut.length > 0 ? ((await readKey(db)) ?? (await makeKey(db))) : await readKey(db)
      if (key === null) return
      const hashes = (await underAllScopes(db, ids)).map((id) => hashOf(key, workspace, id))
      await sql`
        delete from opt_outs where workspace = ${workspace} and category <> all (${optedOut}::text[])
          and id_hash in (select decode(hash, 'hex') from unnest(${hashes}::text[]) as hash)`.execute(db)
      await sql`
        insert into opt_outs (workspace, id_hash, category)
        select ${workspace}, decode(hash, 'hex'), category
        from unnest(${hashes}::text[]) as hash, unnest(${optedOut}::text[]) as category
        order by 2, 3
        on conflict (workspace, id_hash, category) do update set at = excluded.at`.execute(db)
    },

    async check(db) {
      await readKey(db)
    },
  }
}

/** The key sealed anew, for a secret that is being replaced; it stays the same. False when there is none. */
export async function sealOptOutsAnew(db: Db, box: SealedBox): Promise<boolean> {
  const { rows } = await sql<{ sealed: string }>`
    select sealed from sealed_secrets where name = ${NAME} for update`.execute(db)
  const sealed = rows[0]?.sealed
  if (sealed === undefined) return false
  const again = box.seal(open(box, sealed).toString('base64url'), BELONGING)
  await sql`update sealed_secrets set sealed = ${again} where name = ${NAME}`.execute(db)
  return true
}

function open(box: SealedBox | null, sealed: string): Buffer {
  if (box === null) {
    throw new OptOutsUnreadable('expected CASEMENT_SECRET, to look up the opt-outs of erased contacts')
  }
  try {
    return Buffer.from(box.open(sealed, BELONGING), 'base64url')
  } catch (cause) {
    throw new OptOutsUnreadable('expected a CASEMENT_SECRET that opens the key of the opt-outs, got another', { cause })
  }
}

/** In hexadecimal, because a client of somebody else's may have its own way with bytes. */
function hashOf(key: Buffer, workspace: WorkspaceId, { scope, key: id }: Omit<ClaimedId, 'contactId'>): string {
  return createHmac('sha256', key).update(`${workspace}\0${scope}\0${id}`).digest('hex')
}

/** Each BSUID also as it would have been kept before its portfolio was named. */
async function underAllScopes<Id extends { scope: string }>(db: Db, ids: Id[]): Promise<Id[]> {
  const scopes = [...new Set(ids.map((id) => id.scope))].filter((scope) => scope !== NO_SCOPE)
  if (scopes.length === 0) return ids
  const before = await scopesBefore(db, scopes)
  return ids.flatMap((id) => (before.get(id.scope) ?? [id.scope]).map((scope) => ({ ...id, scope })))
}
