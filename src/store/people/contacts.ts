import { sql } from 'kysely'
import { ATTRIBUTES_BYTES, type Attributes, attributesBytes, withAttributes } from '../../domain/attributes.ts'
import type { Consent } from '../../domain/decision.ts'
import type { ContactId, WorkspaceId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/** What is known of a person. `marketing` is what counts: a stop in WhatsApp itself is stronger than any consent on record. */
export interface ContactRead {
  contact_id: ContactId
  wa_id: string | null
  bsuid: string | null
  username: string | null
  name: string | null
  language: string | null
  time_zone: string | null
  attributes: Attributes
  marketing: Consent
  utility: Consent
  stopped_marketing_at: Instant | null
  /** Meta could not deliver: the newest attempt, and when they are tried again. Null once that date has passed. */
  unreachable_since: Instant | null
  unreachable_until: Instant | null
  contact_created_at: Instant
}

/** The columns of `ContactRead`, from `contacts c`. */
export const contactColumns = sql`
  c.id as contact_id, c.wa_id, c.bsuid, c.username, c.name, c.language, c.time_zone, c.attributes,
  case when c.stopped_marketing_at is not null then 'out' else c.marketing end as marketing, c.utility, c.stopped_marketing_at,
  case when c.unreachable_until > casement_now() then c.unreachable_since end as unreachable_since,
  case when c.unreachable_until > casement_now() then c.unreachable_until end as unreachable_until,
  c.created_at as contact_created_at`

/**
 * The person of a workspace known under this key. A BSUID stands in a path without its portfolio, so all of the workspace's are looked
 * through; should two have given the same one to two people, it is the one who was seen last.
 */
export async function findContact(db: Db, workspace: WorkspaceId, key: string): Promise<ContactId | null> {
  const { rows } = await sql<{ contact_id: ContactId }>`
    select contact_id from contact_identities
    where workspace = ${workspace} and key = ${key}
      and scope in (select id from portfolios where workspace = ${workspace} union all select '')
    order by seen_at desc nulls last limit 1`.execute(db)
  return rows[0]?.contact_id ?? null
}

/** Our own ids of the person, those included that were merged into them. */
export async function idsInLog(db: Db, workspace: WorkspaceId, key: string): Promise<ContactId[]> {
  const id = await findContact(db, workspace, key)
  if (id === null) return []
  const { rows } = await sql<{ id: ContactId }>`
    select id from contacts where id = ${id}::bigint or merged_into = ${id}::bigint`.execute(db)
  return rows.map((row) => row.id)
}

/** Null also while they are being erased. */
export async function readContact(db: Db, id: ContactId): Promise<ContactRead | null> {
  const { rows } = await sql<ContactRead>`
    select ${contactColumns} from contacts c where c.id = ${id}::bigint and c.erased_at is null`.execute(db)
  return rows[0] ?? null
}

/** Undefined keeps a value, null forgets it. */
export interface ContactPatch {
  name?: string | null | undefined
  language?: string | null | undefined
  time_zone?: string | null | undefined
  /** One by one, unless `replace`; null removes one. */
  attributes?: Record<string, Attributes[string] | null> | undefined
  /** Only null: they can be reached again, somebody knows. */
  unreachable?: null | undefined
}

/**
 * On a transaction. `gone`: they are being erased.
 *
 * @param replace the attributes that are given are all of them
 */
export async function updateContact(
  db: Db,
  id: ContactId,
  { name, language, time_zone, attributes, unreachable }: ContactPatch,
  replace = false,
): Promise<'updated' | 'gone' | 'attributes_too_large'> {
  const row = await db
    .selectFrom('contacts')
    .select('attributes')
    .where('id', '=', id)
    .where('erased_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) return 'gone'
  const merged = attributes === undefined ? row.attributes : withAttributes(replace ? {} : row.attributes, attributes)
  if (attributes !== undefined && attributesBytes(merged) > ATTRIBUTES_BYTES) return 'attributes_too_large'
  await db
    .updateTable('contacts')
    .set({
      ...(name === undefined ? {} : { name }),
      ...(language === undefined ? {} : { language }),
      ...(time_zone === undefined ? {} : { time_zone }),
      ...(attributes === undefined ? {} : { attributes: JSON.stringify(merged) }),
      ...(unreachable === undefined ? {} : REACHABLE_NOW),
      updated_at: sql<Date>`casement_now()`,
    })
    .where('id', '=', id)
    .execute()
  return 'updated'
}

const REACHABLE_NOW = { unreachable_since: null, unreachable_until: null, reachable_at: sql<Date>`casement_now()` }
