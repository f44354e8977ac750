import { type RawBuilder, sql } from 'kysely'
import type { ContactId, PhoneNumberId, Wamid } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { tellConsent } from './consents.ts'

/*
 * Wishes about marketing that people say themselves, in a word or by a button. They stand in `consents` like those that producers record,
 * and the newest of all counts. Stamps of messages are whole seconds and other records are not, so age is compared by seconds, and within
 * one by the order in which they were written: a STOP that was typed right after an opt-in was recorded is the newer one.
 */

const second = (at: RawBuilder<unknown>) => sql`date_trunc('second', ${at})`

/** A stamp that lies ahead counts as of now, or nothing that happens until then would be newer. */
const stamp = (at: Instant) => sql`least(${toDate(at)}::timestamptz, casement_now())`

/** They want no marketing. What was recorded later than `at` stands. */
export async function recordOptOut(
  trx: Db,
  contactId: ContactId,
  source: 'word' | 'button',
  at: Instant,
  evidence: unknown,
): Promise<void> {
  await lockContact(trx, contactId)
  await sql`
    insert into consents (contact_id, at, category, state, source, evidence)
    values (${contactId}::bigint, ${stamp(at)}, 'marketing', 'out', ${source}, ${JSON.stringify(evidence)}::jsonb)`.execute(
    trx,
  )
  await takeNewest(trx, contactId)
  await tellConsent(trx, contactId, 'marketing', 'out', source)
}

/**
 * They want marketing again. Recorded only where it ends something: by `at` they were out by a word or a button of their own, and nobody
 * else had recorded that they are.
 */
export async function liftOptOut(trx: Db, contactId: ContactId, at: Instant, evidence: unknown): Promise<void> {
  await lockContact(trx, contactId)
  const newest = (what: RawBuilder<unknown>, among: RawBuilder<unknown>) => sql`(
    select ${what} from consents k
    where k.contact_id = ${contactId}::bigint and k.category = 'marketing' and k.source <> 'whatsapp'
      and ${second(sql`k.at`)} <= ${second(stamp(at))} and ${among}
    order by ${second(sql`k.at`)} desc, k.id desc limit 1)`
  const theirs = sql`k.source in ('word', 'button')`
  const lifted = await sql`
    insert into consents (contact_id, at, category, state, source, evidence)
    select ${contactId}::bigint, ${stamp(at)}, 'marketing', 'in', 'word', ${JSON.stringify(evidence)}::jsonb
    where ${newest(sql`k.state = 'out' and ${theirs}`, sql`true`)}
      and ${newest(sql`k.state`, sql`not ${theirs}`)} is distinct from 'out'`.execute(trx)
  if (lifted.numAffectedRows !== 1n) return
  await takeNewest(trx, contactId)
  await tellConsent(trx, contactId, 'marketing', 'in', 'word')
}

/** Behind whoever writes a wish of the same person, so that each sees what the other wrote. */
async function lockContact(trx: Db, contactId: ContactId): Promise<void> {
  await sql`select from contacts where id = ${contactId}::bigint for no key update`.execute(trx)
}

async function takeNewest(trx: Db, contactId: ContactId): Promise<void> {
  await sql`
    update contacts c set updated_at = casement_now(), marketing = (
      select k.state from consents k where k.contact_id = c.id and k.category = 'marketing' and k.source <> 'whatsapp'
      order by ${second(sql`k.at`)} desc, k.id desc limit 1)
    where c.id = ${contactId}::bigint`.execute(trx)
}

export async function contactLanguage(trx: Db, contactId: ContactId): Promise<string | null> {
  const row = await trx.selectFrom('contacts').select('language').where('id', '=', contactId).executeTakeFirst()
  return row?.language ?? null
}

/** So many newer messages of one person are looked at; a STOP that is older than that many is not late but lost. */
const LATER_LOOKED_AT = 100

interface TypedRow {
  wamid: Wamid
  at: Instant
  sender: PhoneNumberId
  text: string
}

/** What a person typed after `at`, oldest first, to any of the numbers. */
export async function typedAfter(trx: Db, contactId: ContactId, at: Instant): Promise<TypedRow[]> {
  const { rows } = await sql<TypedRow>`
    select m.wamid, m.at, v.phone_number_id as sender, m.body -> 'text' ->> 'body' as text
    from conversations v join inbound_messages m on m.conversation_id = v.id
    where v.contact_id = ${contactId}::bigint and m.at > ${toDate(at)}::timestamptz and m.type = 'text'
      and m.body -> 'text' ->> 'body' is not null
    order by m.at, m.wamid limit ${LATER_LOOKED_AT}`.execute(trx)
  return rows
}
