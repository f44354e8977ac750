import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { WabaId } from '../../domain/ids.ts'
import { compileTemplate, type RawTemplate } from '../../domain/template.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { type Db, within } from '../pg/postgres.ts'
import type { TemplateRow } from '../pg/schema.ts'
import { isNewer, keyOf, recordChanges, type TemplateChange, type TemplateField } from './history.ts'

/*
 * What Meta lists, stored page by page, so that an account with thousands of templates needs the memory of one page. What was told since
 * Meta was asked stays: the listing is older.
 */

/** A template as Meta listed it, or as it answered to a creation. */
export interface SyncedTemplate {
  id: string
  name: string
  language: string
  category: string
  status: string
  quality: string | null
  /** The category that Meta announced, where it did. */
  nextCategory?: string | null
  document: unknown
}

/**
 * Stores a page of what Meta listed, and writes every change into the history: of status, category and quality, of an announced category,
 * and of what a message has to fit.
 *
 * @param askedAt when the listing began, by the database's clock
 */
export async function storeListedTemplates(
  db: Db,
  wabaId: WabaId,
  listed: SyncedTemplate[],
  askedAt: Instant,
): Promise<TemplateChange[]> {
  // Of a name that comes twice, which happens while one is being deleted, the last counts.
  const page = new Map(listed.map((template) => [nameOf(template), template]))
  if (page.size === 0) return []
  return within(db, async (trx) => {
    const known = new Map((await lockKnown(trx, wabaId, [...page.values()])).map((row) => [nameOf(row), row]))
    const changes: TemplateChange[] = []
    const replaced: string[] = []
    const stored: SyncedTemplate[] = []
    for (const [name, template] of page) {
      const row = known.get(name) ?? null
      // Deleted and created again under the same name: Meta gave it a new id, and the old history goes with the old one.
      if (row !== null && row.id !== template.id) replaced.push(row.id)
      const same = row !== null && row.id === template.id ? row : null
      const now = same ? withNewer(template, same, askedAt) : template
      changes.push(...changesOf(row, now), ...(same ? changesWithin(same, now) : []))
      stored.push(now)
    }
    if (replaced.length > 0) await trx.deleteFrom('templates').where('id', 'in', replaced).execute()
    await upsertTemplates(trx, wabaId, stored, askedAt)
    await recordChanges(trx, changes)
    return changes
  })
}

/** After the last page: what was on none of them is gone at Meta. */
export async function endTemplateSync(
  db: Db,
  wabaId: WabaId,
  listed: string[],
  askedAt: Instant,
): Promise<TemplateChange[]> {
  return within(db, async (trx) => {
    const gone = await trx
      .selectFrom('templates')
      .selectAll()
      .where('waba_id', '=', wabaId)
      .where('status', '!=', 'DELETED')
      .where(sql<boolean>`not exists (select from unnest(${listed}::text[]) as l (id) where l.id = templates.id)`)
      .orderBy('id')
      .forUpdate()
      .execute()
    const changes: TemplateChange[] = gone
      .filter((row) => !isNewer(row, 'status', askedAt))
      .map((row) => ({ ...keyOf(row), field: 'status', was: row.status, now: 'DELETED' }))
    await markDeleted(trx, changes, askedAt)
    await sql`
      update wabas set templates_synced_at = casement_now(),
        templates_wanted_at = case
          when date_trunc('milliseconds', templates_wanted_at) > ${toDate(askedAt)}::timestamptz then templates_wanted_at end
      where id = ${wabaId}`.execute(trx)
    await sql`delete from template_wishes where waba_id = ${wabaId} and wanted_at < ${toDate(askedAt)}`.execute(trx)
    return changes
  })
}

/** Of an account what was deleted at Meta: a name in all of its languages, or these ids. */
export async function forgetTemplates(
  db: Db,
  wabaId: WabaId,
  which: { name: string; id?: string } | { ids: string[] },
): Promise<TemplateChange[]> {
  return within(db, async (trx) => {
    let query = trx.selectFrom('templates').selectAll().where('waba_id', '=', wabaId).where('status', '!=', 'DELETED')
    if ('ids' in which) query = query.where('id', 'in', which.ids)
    else {
      query = query.where('name', '=', which.name)
      if (which.id !== undefined) query = query.where('id', '=', which.id)
    }
    const rows = await query.orderBy('id').forUpdate().execute()
    const changes: TemplateChange[] = rows.map((row) => ({
      ...keyOf(row),
      field: 'status',
      was: row.status,
      now: 'DELETED',
    }))
    await markDeleted(trx, changes, null)
    return changes
  })
}

async function markDeleted(trx: Db, changes: TemplateChange[], at: Instant | null): Promise<void> {
  if (changes.length === 0) return
  await trx
    .updateTable('templates')
    .set({ status: 'DELETED', status_at: at === null ? sql<Date>`casement_now()` : toDate(at) })
    .where(
      'id',
      'in',
      changes.map((change) => change.id),
    )
    .execute()
  await recordChanges(trx, changes)
}

function lockKnown(trx: Db, wabaId: WabaId, page: SyncedTemplate[]): Promise<TemplateRow[]> {
  return trx
    .selectFrom('templates')
    .selectAll()
    .where('waba_id', '=', wabaId)
    .where(sql<boolean>`(name, language) in (
      select * from unnest(${page.map(({ name }) => name)}::text[], ${page.map(({ language }) => language)}::text[]))`)
    .orderBy('id')
    .forUpdate()
    .execute()
}

function nameOf({ name, language }: { name: string; language: string }): string {
  return `${name} ${language}`
}

function withNewer(listed: SyncedTemplate, known: TemplateRow, askedAt: Instant): SyncedTemplate {
  const isTold = (field: TemplateField) => isNewer(known, field, askedAt)
  return {
    ...listed,
    status: isTold('status') ? known.status : listed.status,
    category: isTold('category') ? known.category : listed.category,
    quality: isTold('quality') ? known.quality : listed.quality,
    nextCategory: isTold('category') ? known.next_category : (listed.nextCategory ?? null),
  }
}

/** A template Meta has just made for us. One that was deleted under the same name goes, as in a sync. */
export async function storeCreatedTemplate(db: Db, wabaId: WabaId, template: SyncedTemplate): Promise<void> {
  const { id, name, language } = template
  await within(db, async (trx) => {
    await trx
      .deleteFrom('templates')
      .where('waba_id', '=', wabaId)
      .where('name', '=', name)
      .where('language', '=', language)
      .where('id', '!=', id)
      .execute()
    await upsertTemplates(trx, wabaId, [template], null)
    await recordChanges(trx, changesOf(null, template))
  })
}

/**
 * @param templates each of another name or language
 * @param toldAt when Meta had them like this, at the latest; null: now. What is newer keeps its time.
 */
export async function upsertTemplates(
  db: Db,
  wabaId: WabaId,
  templates: SyncedTemplate[],
  toldAt: Instant | null = null,
): Promise<void> {
  const at = toldAt === null ? null : toDate(toldAt)
  const rows = templates.map(({ nextCategory, ...template }) => ({ ...template, next_category: nextCategory ?? null }))
  await sql`
    insert into templates (id, waba_id, name, language, category, status, quality, document, synced_at, status_at, category_at, quality_at,
                           next_category)
    select t.id, ${wabaId}, t.name, t.language, t.category, t.status, t.quality, t.document, casement_now(), told.at, told.at, told.at,
           t.next_category
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as t (id text, name text, language text, category text, status text, quality text, document jsonb, next_category text)
    cross join (select coalesce(${at}::timestamptz, casement_now()) as at) told
    on conflict (waba_id, name, language) do update set
      category = excluded.category, status = excluded.status, quality = excluded.quality, document = excluded.document,
      synced_at = excluded.synced_at,
      status_at = greatest(templates.status_at, excluded.status_at),
      category_at = greatest(templates.category_at, excluded.category_at),
      quality_at = greatest(templates.quality_at, excluded.quality_at),
      next_category = excluded.next_category,
      next_category_from = case when excluded.next_category = templates.next_category then templates.next_category_from end`.execute(
    db,
  )
}

function changesOf(was: TemplateRow | null, now: SyncedTemplate): TemplateChange[] {
  const fields = ['status', 'category', 'quality'] as const
  return fields.flatMap((field) => {
    const value = now[field]
    if (value === null || was?.[field] === value) return []
    return [{ id: now.id, name: now.name, language: now.language, field, was: was?.[field] ?? null, now: value }]
  })
}

/** Of one that stays the same template: what a message has to fit, and what is announced. */
function changesWithin(was: TemplateRow, now: SyncedTemplate): TemplateChange[] {
  const changes: TemplateChange[] = []
  const { name, language, category } = now
  const compiled = (document: unknown) => compileTemplate({ ...(document as RawTemplate), name, language, category })
  const [before, after] = [compiled(was.document), compiled(now.document)]
  if (!isDeepStrictEqual(before, after)) {
    changes.push({ ...keyOf(was), field: 'components', was: before.body.text, now: after.body.text })
  }
  const { nextCategory = null } = now
  if (nextCategory !== null && nextCategory !== was.next_category) {
    changes.push({ ...keyOf(was), field: 'next_category', was: was.next_category, now: nextCategory })
  }
  return changes
}
