import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import { toIso } from '../../domain/time.ts'
import { accountInPurview } from '../access/purview.ts'
import type { Db } from '../pg/postgres.ts'
import type { TemplateRow } from '../pg/schema.ts'

export interface TemplateSelection {
  purview: Purview
  wabaId: string | null
  name: string | null
  status: string | null
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
  const { purview, wabaId, name, status, after } = selection
  let query = db.selectFrom('templates').selectAll().where(accountInPurview('waba_id', purview))
  if (wabaId !== null) query = query.where('waba_id', '=', wabaId)
  if (name !== null) query = query.where('name', '=', name)
  if (status !== null) query = query.where('status', '=', status)
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

/** One change of a template's status, category or quality, as a sync or a webhook told it. */
export interface TemplateEvent {
  at: string
  field: string
  was: string | null
  now: string | null
  detail: unknown
}

export async function readTemplate(
  db: Db,
  purview: Purview,
  id: string,
): Promise<{ row: TemplateRow; history: TemplateEvent[] } | null> {
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
  return { row, history: events.map((event) => ({ ...event, at: toIso(event.at) })) }
}
