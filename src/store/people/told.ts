import { sql } from 'kysely'
import type { ToldIdentity } from '../../domain/identity.ts'
import type { ContactId, ConversationId } from '../../domain/ids.ts'
import { toDate } from '../../domain/time.ts'
import { type Db, prepared, type Queryable } from '../pg/postgres.ts'

/*
 * Whom a message went to, as Meta tells in its answer and in statuses. Mostly it is who we know it is, and nothing is written. News may
 * make two people one, and has to wait for whoever has them in hand; so it is noted in the transaction that hears it, and learnt in one of
 * its own, as often as it takes.
 */

export interface ToldOfRecipient {
  conversationId: ConversationId
  ids: ToldIdentity[]
}

const noteNews = prepared(
  'note_told',
  `with told as (
     select * from unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
       as t (ord, conversation_id, scope, key, value, at)
   ), news as (
     select distinct t.ord from told t
     join conversations v on v.id = t.conversation_id
     left join contact_identities i on i.workspace = v.workspace and i.scope = t.scope and i.key = t.key
     where i.contact_id is distinct from v.contact_id
   )
   insert into told_identities (conversation_id, ids)
   select t.conversation_id, jsonb_agg(jsonb_build_object('scope', t.scope, 'key', t.key, 'value', t.value,
     'at', floor(extract(epoch from t.at) * 1000)))
   from told t join news using (ord) group by t.ord, t.conversation_id`,
)

/** Keeps what is news; of each message by itself, for a number may go to somebody else between two. */
export async function noteTold(client: Queryable, told: ToldOfRecipient[]): Promise<void> {
  const rows = told.flatMap(({ conversationId, ids }, ord) => ids.map((id) => ({ ord, conversationId, ...id })))
  if (rows.length === 0) return
  await noteNews(client, [
    rows.map((row) => row.ord),
    rows.map((row) => row.conversationId),
    rows.map((row) => row.scope),
    rows.map((row) => row.key),
    rows.map((row) => row.value),
    rows.map((row) => row.at && toDate(row.at)),
  ])
}

export interface NotedTelling {
  id: string
  contactId: ContactId
  sender: string
  ids: ToldIdentity[]
}

/** The oldest one, locked; who is learning another is passed by. Those whose conversation is gone are forgotten. */
export async function takeTold(trx: Db, except: string[]): Promise<NotedTelling | null> {
  const { rows } = await sql<NotedTelling & { contactId: ContactId | null }>`
    select t.id, v.contact_id as "contactId", v.phone_number_id as sender, t.ids
    from (
      select id, conversation_id, ids from told_identities where id <> all (${except}::bigint[]) order by id limit 1 for update skip locked
    ) t left join conversations v on v.id = t.conversation_id`.execute(trx)
  const [row] = rows
  if (!row) return null
  if (row.contactId !== null) return row
  await forgetTold(trx, row.id)
  return takeTold(trx, except)
}

export async function forgetTold(trx: Db, id: string): Promise<void> {
  await trx.deleteFrom('told_identities').where('id', '=', id).execute()
}
