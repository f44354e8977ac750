import { sql } from 'kysely'
import { normaliseLanguage, type TemplateReference } from '../../domain/content.ts'
import type { TemplateFacts } from '../../domain/decision.ts'
import type { WabaId } from '../../domain/ids.ts'
import type { NewsItem } from '../../domain/news.ts'
import { compileTemplate, type RawTemplate, type TemplateDefinition } from '../../domain/template.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { tell } from '../outbox/tell.ts'
import { type Db, prepared, type Queryable, within } from '../pg/postgres.ts'
import type { TemplateRow } from '../pg/schema.ts'

export interface TemplateKey {
  wabaId: WabaId
  reference: TemplateReference
}

export function templateKey(wabaId: WabaId, reference: TemplateReference): string {
  return `${wabaId} ${reference.name} ${normaliseLanguage(reference.language)}`
}

interface FoundTemplate {
  id: string
  waba_id: WabaId
  name: string
  language: string
  category: string
  status: string
  /** As text: a caller's client may read JSON in its own way, and most are compiled already. */
  document: string
}

const selectTemplates = prepared<FoundTemplate>(
  'dispatch_templates',
  `select t.id, t.waba_id, t.name, t.language, t.category, t.status, t.document::text as document
   from (select distinct * from unnest($1::text[], $2::text[], $3::text[]) as asked (waba_id, name, language)) asked
   join templates t on t.waba_id = asked.waba_id and t.name = asked.name and t.language = asked.language`,
)

/** The templates that exist among those asked for, by `templateKey`. Status and category are read fresh every time. */
export async function readTemplates(client: Queryable, keys: TemplateKey[]): Promise<Map<string, TemplateFacts>> {
  const found = new Map<string, TemplateFacts>()
  if (keys.length === 0) return found
  const rows = await selectTemplates(client, [
    keys.map((key) => key.wabaId),
    keys.map((key) => key.reference.name),
    keys.map((key) => normaliseLanguage(key.reference.language)),
  ])
  for (const row of rows) {
    const facts = { definition: compiledFrom(row.document), status: row.status, category: row.category }
    found.set(templateKey(row.waba_id, row), facts)
  }
  return found
}

/** By their text, so that it does not matter whose they are, or which database's. */
const compiled = new Map<string, TemplateDefinition>()
const MOST_COMPILED = 10_000

/** Compiling costs more than reading, and a document seldom changes. */
function compiledFrom(document: string): TemplateDefinition {
  const known = compiled.get(document)
  if (known !== undefined) return known
  if (compiled.size >= MOST_COMPILED) compiled.clear()
  const definition = compileTemplate(JSON.parse(document) as RawTemplate)
  compiled.set(document, definition)
  return definition
}

/** A template as Meta listed it, or as a webhook changed it. */
export interface SyncedTemplate {
  id: string
  name: string
  language: string
  category: string
  status: string
  quality: string | null
  document: unknown
}

export type TemplateField = 'status' | 'category' | 'quality'

export interface TemplateChange {
  id: string
  name: string
  language: string
  field: TemplateField
  was: string | null
  now: string
}

/**
 * Stores what Meta listed, marks what it no longer lists as DELETED, and writes every change of status, category and quality into the
 * history. What was told since Meta was asked stays: the listing is older.
 *
 * @param askedAt when the listing began, by the database's clock
 */
export async function storeSyncedTemplates(
  db: Db,
  wabaId: WabaId,
  listed: SyncedTemplate[],
  askedAt: Instant,
): Promise<TemplateChange[]> {
  return db.transaction().execute(async (trx) => {
    const known = await trx.selectFrom('templates').selectAll().where('waba_id', '=', wabaId).forUpdate().execute()
    const byKey = new Map(known.map((row) => [`${row.name} ${row.language}`, row]))
    const changes: TemplateChange[] = []
    for (const template of listed) {
      const was = byKey.get(`${template.name} ${template.language}`)
      byKey.delete(`${template.name} ${template.language}`)
      // Deleted and created again under the same name: Meta gave it a new id, and the old history goes with the old one.
      const other = was !== undefined && was.id !== template.id
      if (other) await trx.deleteFrom('templates').where('id', '=', was.id).execute()
      const now = was === undefined || other ? template : withNewer(template, was, askedAt)
      changes.push(...changesOf(was ?? null, now))
      await upsertTemplate(trx, wabaId, now, askedAt)
    }
    for (const gone of byKey.values()) {
      if (gone.status === 'DELETED' || isNewer(gone, 'status', askedAt)) continue
      changes.push({ ...keyOf(gone), field: 'status', was: gone.status, now: 'DELETED' })
      await trx
        .updateTable('templates')
        .set({ status: 'DELETED', status_at: toDate(askedAt) })
        .where('id', '=', gone.id)
        .execute()
    }
    await recordChanges(trx, changes)
    await sql`
      update wabas set templates_synced_at = casement_now(),
        templates_wanted_at = case
          when date_trunc('milliseconds', templates_wanted_at) > ${toDate(askedAt)}::timestamptz then templates_wanted_at end
      where id = ${wabaId}`.execute(trx)
    return changes
  })
}

function withNewer(listed: SyncedTemplate, known: TemplateRow, askedAt: Instant): SyncedTemplate {
  return {
    ...listed,
    status: isNewer(known, 'status', askedAt) ? known.status : listed.status,
    category: isNewer(known, 'category', askedAt) ? known.category : listed.category,
    quality: isNewer(known, 'quality', askedAt) ? known.quality : listed.quality,
  }
}

/** Whether a field was told after this. */
export function isNewer(row: TemplateRow, field: TemplateField, than: Instant): boolean {
  const toldAt = row[`${field}_at`]
  return toldAt !== null && toldAt > than
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
    await upsertTemplate(trx, wabaId, template)
    await recordChanges(trx, changesOf(null, template))
  })
}

/** @param toldAt when Meta had it like this, at the latest; null: now. What is newer keeps its time. */
export async function upsertTemplate(
  db: Db,
  wabaId: WabaId,
  template: SyncedTemplate,
  toldAt: Instant | null = null,
): Promise<void> {
  const { id, name, language, category, status, quality } = template
  const at = toldAt === null ? sql<Date>`casement_now()` : toDate(toldAt)
  const latest = (field: TemplateField) => sql<Date>`greatest(templates.${sql.ref(`${field}_at`)}, ${at})`
  const columns = {
    category,
    status,
    quality,
    document: JSON.stringify(template.document),
    synced_at: sql<Date>`casement_now()`,
  }
  await db
    .insertInto('templates')
    .values({ id, waba_id: wabaId, name, language, ...columns, status_at: at, category_at: at, quality_at: at })
    .onConflict((conflict) =>
      conflict.columns(['waba_id', 'name', 'language']).doUpdateSet({
        ...columns,
        status_at: latest('status'),
        category_at: latest('category'),
        quality_at: latest('quality'),
      }),
    )
    .execute()
}

/** Into the history, with what Meta said about it. */
export async function recordChanges(db: Db, changes: TemplateChange[], detail?: unknown): Promise<void> {
  if (changes.length === 0) return
  await db
    .insertInto('template_history')
    .values(
      changes.map((change) => ({
        template_id: change.id,
        field: change.field,
        was: change.was,
        now: change.now,
        detail: detail === undefined ? null : JSON.stringify(detail),
      })),
    )
    .execute()
  await tellChanges(
    db,
    changes.filter(({ field, was, now }) => was !== now && (was !== null || field === 'status')),
  )
}

/** A template that was not there has a status first, and is told once. */
async function tellChanges(db: Db, changes: TemplateChange[]): Promise<void> {
  if (changes.length === 0) return
  const { rows } = await sql<{ id: string; waba: string; workspace: string }>`
    select t.id, w.id as waba, w.workspace from templates t join wabas w on w.id = t.waba_id
    where t.id = any (${changes.map((change) => change.id)}::text[])`.execute(db)
  const places = new Map(rows.map((row) => [row.id, row]))
  const items = changes.flatMap(({ id, name, language, field, was, now }): NewsItem[] => {
    const place = places.get(id)
    if (place === undefined) return []
    const { workspace, waba } = place
    const kind = was === null && field === 'status' ? 'template.created' : (`template.${field}` as const)
    return [{ workspace, kind, subject: id, payload: { waba, name, language, was, now } }]
  })
  await tell(db, items)
}

export function keyOf({ id, name, language }: TemplateRow): Pick<TemplateChange, 'id' | 'name' | 'language'> {
  return { id, name, language }
}

function changesOf(was: TemplateRow | null, now: SyncedTemplate): TemplateChange[] {
  const fields = ['status', 'category', 'quality'] as const
  return fields.flatMap((field) => {
    const value = now[field]
    if (value === null || was?.[field] === value) return []
    return [{ id: now.id, name: now.name, language: now.language, field, was: was?.[field] ?? null, now: value }]
  })
}
