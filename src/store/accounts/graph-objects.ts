import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import { accountInPurview, inPurview } from '../access/purview.ts'
import type { Db } from '../pg/postgres.ts'

/** Something at Meta that a client names by its id, and whose it is. */
export type GraphObject =
  | { kind: 'number'; phoneNumberId: string }
  | { kind: 'account'; wabaId: string }
  | { kind: 'template'; wabaId: string }
  | { kind: 'medium'; phoneNumberId: string }

/** Whose token speaks for it. */
export type ObjectOwner = { kind: 'sender'; id: string } | { kind: 'waba'; id: string }

/** Meta keeps an upload for 30 days. Source: Meta, business-phone-numbers/media (read 2026-11). A template is known by the sync before that. */
const KEPT = '31 days'

/**
 * What is known of an id that a caller names: a linked number, its account, a template, a medium that was uploaded through us or that a
 * customer sent. Null when nothing is, or nothing that a token could speak for.
 */
export async function findGraphObject(db: Db, purview: Purview, id: string): Promise<GraphObject | 'elsewhere' | null> {
  const { rows } = await sql<{
    kind: GraphObject['kind']
    phone_number_id: string
    waba_id: string
    mine: boolean
  }>`
    select 'number' as kind, s.phone_number_id, s.waba_id, ${inPurview('s', purview)} as mine from senders s
      where s.phone_number_id = ${id} and s.sealed_access_token is not null
    union all select 'account', null, w.id, ${accountInPurview('w.id', purview)} from wabas w where w.id = ${id}
    union all select 'template', null, t.waba_id, ${accountInPurview('t.waba_id', purview)} from templates t where t.id = ${id}
    union all select 'template', null, o.waba_id, ${accountInPurview('o.waba_id', purview)} from graph_objects o
      where o.id = ${id} and o.waba_id is not null
    union all select 'medium', s.phone_number_id, null, ${inPurview('s', purview)} from graph_objects o
      join senders s on s.phone_number_id = o.phone_number_id where o.id = ${id}
    union all select 'medium', s.phone_number_id, null, ${inPurview('s', purview)} and v.workspace = s.workspace from inbound_messages m
      join conversations v on v.id = m.conversation_id join senders s on s.phone_number_id = v.phone_number_id
      -- the index inbound_messages_medium
      where m.type in ('image', 'video', 'audio', 'document', 'sticker') and m.body -> m.type ->> 'id' = ${id}
    `.execute(db)
  const found = rows.find((row) => row.mine)
  if (found === undefined) return rows.length > 0 ? 'elsewhere' : null
  return found.kind === 'number' || found.kind === 'medium'
    ? { kind: found.kind, phoneNumberId: found.phone_number_id }
    : { kind: found.kind, wabaId: found.waba_id }
}

/** The id as Meta gave it, so nobody can claim another's. */
export async function rememberGraphObject(db: Db, id: string, owner: ObjectOwner): Promise<void> {
  await sql`
    insert into graph_objects (id, phone_number_id, waba_id)
    values (${id}, ${owner.kind === 'sender' ? owner.id : null}, ${owner.kind === 'waba' ? owner.id : null})
    on conflict (id) do nothing`.execute(db)
}

/** Those that Meta has forgotten, or that are known by other means. Answers how many. */
export async function forgetGraphObjects(db: Db, limit: number): Promise<number> {
  const result = await sql`
    delete from graph_objects where id in (
      select id from graph_objects where created_at < casement_now() - ${KEPT}::interval order by created_at limit ${limit})`.execute(
    db,
  )
  return Number(result.numAffectedRows ?? 0)
}
