import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import { isDeletedStatus } from '../../domain/template.ts'
import { toIso } from '../../domain/time.ts'
import { accountInPurview, inPurview } from '../access/purview.ts'
import type { Db } from '../pg/postgres.ts'
import type { TemplateRow } from '../pg/schema.ts'
import { readTemplateCounts, type TemplateCounts } from './counts.ts'

export interface TemplateSelection {
  purview: Purview
  wabaId: string | null
  name: string | null
  status: string | null
  /** Also those that were hidden. */
  hidden: boolean
  after: TemplatePlace | null
  limit: number
}

/** The order of the list: by name, so that the languages of one template stand together. */
export interface TemplatePlace {
  name: string
  language: string
  id: string
}

export async function listTemplates(db: Db, selection: TemplateSelection): Promise<TemplateRow[]> {
  const { purview, wabaId, name, status, hidden, after } = selection
  let query = db.selectFrom('templates').selectAll().where(accountInPurview('waba_id', purview))
  if (wabaId !== null) query = query.where('waba_id', '=', wabaId)
  if (name !== null) query = query.where('name', '=', name)
  if (status !== null) query = query.where('status', '=', status)
  if (!hidden) query = query.where('hidden_at', 'is', null)
  if (after !== null) {
    query = query.where(sql<boolean>`(name, language, id) > (${after.name}, ${after.language}, ${after.id})`)
  }
  return query.orderBy('name').orderBy('language').orderBy('id').limit(selection.limit).execute()
}

/** Those of them that the caller can see, in no order. */
export async function readTemplates(db: Db, purview: Purview, ids: readonly string[]): Promise<TemplateRow[]> {
  if (ids.length === 0) return []
  return db
    .selectFrom('templates')
    .selectAll()
    .where('id', 'in', ids)
    .where(accountInPurview('waba_id', purview))
    .execute()
}

/** Of this name and language in the accounts that the caller can see; those that were deleted are left out. */
export async function findTemplates(
  db: Db,
  purview: Purview,
  name: string,
  language: string,
  wabaId: string | null,
): Promise<TemplateRow[]> {
  let query = db
    .selectFrom('templates')
    .selectAll()
    .where('name', '=', name)
    .where('language', '=', language)
    .where('status', '!=', 'DELETED')
    .where(accountInPurview('waba_id', purview))
  if (wabaId !== null) query = query.where('waba_id', '=', wabaId)
  return query.orderBy('waba_id').limit(100).execute()
}

/** It is here, and was not deleted by all that is known. */
export async function isKnownToLive(db: Db, id: string): Promise<boolean> {
  const row = await db.selectFrom('templates').select('status').where('id', '=', id).executeTakeFirst()
  return row !== undefined && !isDeletedStatus(row.status)
}

/** One change of a template's status, category or quality, as a sync or a webhook told it. */
export interface TemplateEvent {
  at: string
  field: string
  was: string | null
  now: string | null
  detail: unknown
}

export interface TemplateRead {
  row: TemplateRow
  history: TemplateEvent[]
  /** How many messages wait for it. */
  waiting: number
  counts: TemplateCounts
}

/** Messages that wait are counted up to here. */
const COUNTED_AT_MOST = 100_000

export async function readTemplate(db: Db, purview: Purview, id: string): Promise<TemplateRead | null> {
  const row = await db
    .selectFrom('templates')
    .selectAll()
    .where('id', '=', id)
    .where(accountInPurview('waba_id', purview))
    .executeTakeFirst()
  if (!row) return null
  const events = await db
    .selectFrom('template_history')
    .select(['at', 'field', 'was', 'now', 'detail'])
    .where('template_id', '=', id)
    .orderBy('id')
    .execute()
  // By `intents_waiting_template`, number by number.
  const { rows } = await sql<{ waiting: number }>`
    select count(*)::int as waiting from (
      select 1 from senders s join intents i on i.phone_number_id = s.phone_number_id
      where s.waba_id = ${row.waba_id} and ${inPurview('s', purview)}
        and i.waits_template = ${row.name} and i.waits_language = ${row.language}
      limit ${COUNTED_AT_MOST}) waiting`.execute(db)
  const history = events.map((event) => ({ ...event, at: toIso(event.at) }))
  const counts = await readTemplateCounts(db, id)
  return { row, history, waiting: rows[0]?.waiting ?? 0, counts }
}
