import { type RawBuilder, sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { Consent } from '../../domain/decision.ts'
import type { ContactId } from '../../domain/ids.ts'
import { mergeSources, type Places, type Source } from '../pg/merging.ts'
import type { Db } from '../pg/postgres.ts'
import { type ContactRead, contactColumns } from './contacts.ts'
import { isGone } from './lock.ts'
import { hasTrigram, matches } from './search.ts'

/*
 * Which contacts a list has, newest first: along the index of the workspace, whose rows are asked for the rest of the filters, so many and no
 * more for a page (see store/pg/merging.ts); or those that a text fits, where they are few.
 */

export interface ContactSelection {
  purview: Purview
  /** Part of a name, username, number or BSUID. */
  text: string | null
  language: string | null
  /** All of them; a text may stand for a number or a truth, as in a query. Empty: any. */
  attributes: Readonly<Record<string, string>>
  /** What counts: a stop in WhatsApp itself is `out`. */
  marketing: Consent | null
  /** Ids below this one. */
  before: ContactId | null
  limit: number
}

export interface Reach {
  /** How many contacts are looked at for a page, in search of those that fit. */
  rows: number
  /** As many that a text fits are sorted. */
  people: number
}

export const REACH: Reach = { rows: 10_000, people: 2_000 }

/** On a transaction. */
export async function placeContacts(
  db: Db,
  selection: ContactSelection,
  reach: Reach = REACH,
): Promise<Places<ContactId>> {
  // Nothing is known of how often an attribute has a value: PostgreSQL would look through everybody in the hope of a few.
  if (Object.keys(selection.attributes).length > 0) await sql`set local enable_seqscan = off`.execute(db)
  const { rows } = await sourcesOf(selection, reach).execute(db)
  return mergeSources(rows, selection.limit, (a, b) => (BigInt(a) < BigInt(b) ? 1 : BigInt(a) > BigInt(b) ? -1 : 0))
}

export function sourcesOf(selection: ContactSelection, reach: Reach): RawBuilder<Source<ContactId>> {
  const { text } = selection
  const looked = [
    ...(text !== null && hasTrigram(text) ? [matches(text)] : []),
    ...haveAttributes(selection.attributes),
  ]
  if (looked.length === 0) return walked(selection, reach, sql`true`)
  const found = sql`
    select array(
      select c.id from contacts c
      -- so that no other index seems a way to them
      where (c.workspace = ${selection.purview.workspace}) is true and c.merged_into is null and ${sql.join(looked, sql` and `)}
      limit ${reach.people + 1}) as ids`
  const few = sql`
    select array(
      select c.id::text from contacts c
      where c.id = any ((select ids from people)::bigint[]) and ${below(selection)} and ${conditions(selection)}
      order by c.id desc limit ${selection.limit + 1}) as found, null::text as floor
    from people where cardinality(ids) <= ${reach.people}`
  const many = walked(selection, reach, sql`(select cardinality(ids) > ${reach.people} from people)`)
  return sql`with people as materialized (${found}) (${few}) union all (${many})`
}

/** @param gate whether to look at all */
function walked(selection: ContactSelection, reach: Reach, gate: RawBuilder<unknown>): RawBuilder<Source<ContactId>> {
  const all = sql`c.workspace = ${selection.purview.workspace} and ${below(selection)} and ${gate}`
  return sql`
    select h.found, case when cardinality(h.found) <= ${selection.limit}
      then (select c.id::text from contacts c where ${all} order by c.id desc offset ${reach.rows - 1} limit 1) end as floor
    from (
      select array(
        select c.id::text from (select * from contacts c where ${all} order by c.id desc limit ${reach.rows}) c
        where ${conditions(selection)} order by c.id desc limit ${selection.limit + 1}) as found
      offset 0) h`
}

function below({ before }: ContactSelection): RawBuilder<unknown> {
  return before === null ? sql`true` : sql`c.id < ${before}::bigint`
}

function conditions({ purview, text, language, marketing, attributes }: ContactSelection): RawBuilder<unknown> {
  const asked = [
    sql`not ${isGone}`,
    ...(text === null ? [] : [matches(text)]),
    ...haveAttributes(attributes),
    ...(language === null ? [] : [sql`c.language = ${language}`]),
    ...(marketing === null
      ? []
      : [sql`(case when c.stopped_marketing_at is not null then 'out' else c.marketing end) = ${marketing}`]),
    // A key for some numbers sees whom they talk to.
    ...(purview.senders === null
      ? []
      : [
          sql`(select count(*) from conversations v
               where v.contact_id = c.id and v.phone_number_id = any (${purview.senders}::text[])) > 0`,
        ]),
  ]
  return sql.join(asked, sql` and `)
}

/** By `contacts_attributes`. */
function haveAttributes(attributes: ContactSelection['attributes']): RawBuilder<unknown>[] {
  return Object.entries(attributes).map(([name, text]) => {
    const values = [
      text,
      ...(/^(true|false|-?\d+(\.\d+)?)$/.test(text) ? [JSON.parse(canonical(text)) as number | boolean] : []),
    ]
    const documents = values.map((value) => JSON.stringify({ [name]: value }))
    // One by one: an index of containment knows no arrays of them.
    const contained = documents.map((document) => sql`c.attributes @> ${document}::jsonb`)
    return sql`(c.attributes <> '{}' and (${sql.join(contained, sql` or `)}))`
  })
}

/** JSON has no zeros in front. */
function canonical(number: string): string {
  return number.replace(/^(-?)0+(?=\d)/, '$1')
}

/** Newest first. */
export async function readContacts(db: Db, ids: readonly ContactId[]): Promise<ContactRead[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<ContactRead>`
    select ${contactColumns} from contacts c where c.id = any (${ids}::bigint[]) and c.erased_at is null order by c.id desc`.execute(
    db,
  )
  return rows
}
