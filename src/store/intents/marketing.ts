import type { ContactId } from '../../domain/ids.ts'
import { prepared, type Queryable } from '../pg/postgres.ts'

/*
 * How many marketing messages somebody got, or is getting at this moment, by all numbers of their workspace. What failed is none. What Meta calls
 * marketing is, whatever it was sent as; of a template of which nobody knows the category it is assumed.
 */

export interface MarketingAsked {
  contactId: ContactId
  days: number
}

const MESSAGES = `
  select count(*) from conversations v join messages m on m.conversation_id = v.id
  where v.contact_id = a.contact_id and m.accepted_at > casement_now() - a.days * interval '1 day' and m.status is distinct from 'failed'
    and (m.category = 'marketing' or m.told_category in ('marketing', 'marketing_lite')
      or (m.category is null and m.told_category is null and m.sent_as = 'template'))`

const IS_MARKETING = `exists (
  select from (select sent_as, decision from attempts where intent_id = i.id order by number desc limit 1) t
  where t.sent_as = 'template' and coalesce(t.decision -> 'price' ->> 'category', 'marketing') = 'marketing')`

/** By the indexes of turns and of doubts: a conversation may have any number of intents. What is on its way is not in doubt, so nobody is in both. */
const UNDER_WAY = `
  select count(*) from conversations v join lateral (
    select i.id from turns t join intents i on i.id = t.intent_id
    where t.phone_number_id = v.phone_number_id and t.priority = any ('{0,1,2,3}'::smallint[]) and t.conversation_id = v.id and i.state = 'dispatching'
    union all
    select i.id from intents i where i.phone_number_id = v.phone_number_id and i.doubted_at is not null and i.conversation_id = v.id
  ) i on true where v.contact_id = a.contact_id and ${IS_MARKETING}`

const COUNT = `
  select a.ord, ((${MESSAGES}) + (${UNDER_WAY}))::int as n
  from unnest($1::bigint[], $2::int[]) with ordinality as a (contact_id, days, ord)`

interface Counted {
  ord: string
  n: number
}

const count = prepared<Counted>('count_marketing', COUNT)

/**
 * Of each that is asked, in that order. Planned anew each time, for hundreds: a plan that is kept from when there was little to be sent reads all
 * intents for each of them.
 */
export async function countMarketing(client: Queryable, asked: readonly MarketingAsked[]): Promise<number[]> {
  if (asked.length === 0) return []
  return inOrder(asked, (await client.query<Counted>({ text: COUNT, values: valuesOf(asked) })).rows)
}

function valuesOf(asked: readonly MarketingAsked[]): [ContactId[], number[]] {
  return [asked.map(({ contactId }) => contactId), asked.map(({ days }) => days)]
}

function inOrder(asked: readonly MarketingAsked[], rows: readonly Counted[]): number[] {
  const counts = asked.map(() => 0)
  for (const { ord, n } of rows) counts[Number(ord) - 1] = n
  return counts
}

/** "capp". Of all people so many share a lock, so that no page takes more of them than the server has room for. */
const LOCKS = 0x63617070
const SHARED_BY = 4_096

const lock = prepared(
  'lock_marketing',
  `select pg_advisory_xact_lock(${LOCKS}, l.lock) from (
     select distinct (c % ${SHARED_BY})::int as lock from unnest($1::bigint[]) c order by 1) l`,
)

/**
 * The same, and until the caller's transaction ends nobody else counts these people so: of two who would both send them the last that is allowed,
 * by two numbers, the second counts the first's.
 */
export async function lockAndCountMarketing(client: Queryable, asked: readonly MarketingAsked[]): Promise<number[]> {
  if (asked.length === 0) return []
  await lock(client, [asked.map(({ contactId }) => contactId)])
  return inOrder(asked, await count(client, valuesOf(asked)))
}
