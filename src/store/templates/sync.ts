import { type RawBuilder, sql } from 'kysely'
import type { WabaId } from '../../domain/ids.ts'
import { templateStatusesOf } from '../../domain/template.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { databaseNow } from '../pg/clock.ts'
import { type Db, within } from '../pg/postgres.ts'
import type { TemplateRow } from '../pg/schema.ts'
import { keyOf, NOT_REFUSED, recordChanges, type TemplateChange } from './history.ts'
import { changesOf, isSince, onePerName, type Placed, placePage, type SyncedTemplate } from './placing.ts'
import { wantTemplate } from './upkeep.ts'

export interface StoredListing {
  changes: TemplateChange[]
  /** Ids of which something else was told or read meanwhile: they are wished for. */
  unclear: string[]
}

/**
 * Stores a page of what Meta listed, and writes every change into the history: of status, category and quality, of an announced category,
 * and of what a message has to fit.
 *
 * @param askedAt before Meta was asked for the page, by the database's clock
 */
export async function storeListedTemplates(
  db: Db,
  wabaId: WabaId,
  listed: SyncedTemplate[],
  askedAt: Instant,
): Promise<StoredListing> {
  const page = onePerName(listed)
  if (page.length === 0) return { changes: [], unclear: [] }
  return within(db, async (trx) => {
    await oneWriterOf(trx, wabaId)
    const placed = await placeListed(trx, wabaId, page, askedAt)
    const { replaced } = placed
    if (replaced.length > 0) await trx.deleteFrom('templates').where('id', 'in', replaced).execute()
    await write(trx, wabaId, placed.stored, { toldAt: toDate(askedAt), readAt: toDate(askedAt) })
    await recordChanges(trx, placed.changes)
    for (const id of placed.unclear) await wantTemplate(trx, wabaId, id)
    return { changes: placed.changes, unclear: placed.unclear }
  })
}

/** Those who read a page, make or delete templates of an account, one after another; webhooks change rows that are there. */
async function oneWriterOf(trx: Db, wabaId: WabaId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`templates ${wabaId}`}, 0))`.execute(trx)
}

async function placeListed(trx: Db, wabaId: WabaId, page: SyncedTemplate[], askedAt: Instant): Promise<Placed> {
  const known = await lockKnown(trx, wabaId, page)
  return placePage(page, known, askedAt, await wereDeletedSince(trx, wabaId, askedAt))
}

/** Until the end of the transaction nobody notes another one. */
async function wereDeletedSince(trx: Db, wabaId: WabaId, askedAt: Instant): Promise<boolean> {
  const { rows } = await sql<{ since: boolean }>`
    select coalesce(templates_deleted_at >= ${toDate(askedAt)}::timestamptz, false) as since
    from wabas where id = ${wabaId} for share`.execute(trx)
  return rows[0]?.since ?? false
}

/** Templates were deleted of which some may be unknown here, and still be in a page that is on its way. */
export async function noteDeletion(db: Db, wabaId: WabaId): Promise<void> {
  await sql`update wabas set templates_deleted_at = casement_now() where id = ${wabaId}`.execute(db)
}

/** A reading of all begins. Answers when, by the database's clock. */
export async function beginTemplateSync(db: Db, wabaId: WabaId): Promise<Instant> {
  await sql`update wabas set templates_asked_at = casement_now() where id = ${wabaId}`.execute(db)
  return databaseNow(db)
}

/** After the last page: what was on none of them is gone at Meta. */
export async function endTemplateSync(
  db: Db,
  wabaId: WabaId,
  listed: string[],
  beganAt: Instant,
): Promise<TemplateChange[]> {
  return within(db, async (trx) => {
    await oneWriterOf(trx, wabaId)
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
      .filter((row) => !isSince(row, beganAt))
      .map((row) => ({ ...keyOf(row), field: 'status', was: row.status, now: 'DELETED' }))
    await markDeleted(trx, changes, beganAt)
    await sql`
      update wabas set templates_synced_at = casement_now(),
        templates_wanted_at = case
          when date_trunc('milliseconds', templates_wanted_at) > ${toDate(beganAt)}::timestamptz then templates_wanted_at end
      where id = ${wabaId}`.execute(trx)
    await sql`delete from template_wishes where waba_id = ${wabaId} and wanted_at < ${toDate(beganAt)}`.execute(trx)
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
    await oneWriterOf(trx, wabaId)
    await noteDeletion(trx, wabaId)
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
  const when = at === null ? sql<Date>`casement_now()` : toDate(at)
  await trx
    .updateTable('templates')
    .set({ status: 'DELETED', status_at: when, document_at: when, ...NOT_REFUSED })
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

/**
 * A template Meta has just made for us. One that was deleted under the same name goes, as in a sync; and what came before Meta's answer, by a
 * webhook or a reading, stays. Every webhook of it is news.
 *
 * @param askedAt before Meta was asked to make it
 */
export async function storeCreatedTemplate(
  db: Db,
  wabaId: WabaId,
  template: SyncedTemplate,
  askedAt: Instant,
): Promise<void> {
  await within(db, async (trx) => {
    await oneWriterOf(trx, wabaId)
    const [row] = await lockKnown(trx, wabaId, [template])
    if (row?.id === template.id) return
    if (row !== undefined) {
      await trx.deleteFrom('templates').where('id', '=', row.id).execute()
      if (isSince(row, askedAt)) await wantTemplate(trx, wabaId, row.id)
    }
    await write(trx, wabaId, [template], { toldAt: null, readAt: toDate(askedAt) })
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
  const at = toldAt === null ? sql`casement_now()` : toDate(toldAt)
  await write(db, wabaId, templates, { toldAt: at, readAt: at })
}

type When = Date | RawBuilder<unknown> | null

async function write(
  db: Db,
  wabaId: WabaId,
  templates: SyncedTemplate[],
  { toldAt, readAt }: { toldAt: When; readAt: When },
): Promise<void> {
  const rows = templates.map(({ nextCategory, metaStatus, ...template }) => ({
    ...template,
    next_category: nextCategory ?? null,
    meta_status: metaStatus ?? null,
  }))
  await sql`
    insert into templates (id, waba_id, name, language, category, status, quality, document, synced_at, status_at, category_at, quality_at,
                           document_at, next_category, meta_status, was_usable)
    select t.id, ${wabaId}, t.name, t.language, t.category, t.status, t.quality, t.document, casement_now(), told.at, told.at, told.at,
           told.read_at, t.next_category, t.meta_status, upper(t.status) = any (${templateStatusesOf('usable')})
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as t (id text, name text, language text, category text, status text, quality text, document jsonb, next_category text,
            meta_status text)
    cross join (select ${toldAt}::timestamptz as at, ${readAt}::timestamptz as read_at) told
    on conflict (waba_id, name, language) do update set
      category = excluded.category, status = excluded.status, quality = excluded.quality, document = excluded.document,
      synced_at = excluded.synced_at,
      status_at = greatest(templates.status_at, excluded.status_at),
      category_at = greatest(templates.category_at, excluded.category_at),
      quality_at = greatest(templates.quality_at, excluded.quality_at),
      document_at = greatest(templates.document_at, excluded.document_at),
      -- a listing that it can go is no telling of a pause: the next refusal contradicts it
      refused_at = case when excluded.meta_status is not null or upper(excluded.status) = any (${templateStatusesOf('usable')}) then templates.refused_at end,
      probe_at = case when excluded.meta_status is not null then templates.probe_at end,
      probe_intent_id = case when excluded.meta_status is not null then templates.probe_intent_id end,
      meta_status = excluded.meta_status,
      was_usable = templates.was_usable or excluded.was_usable,
      next_category = excluded.next_category,
      next_category_from = case when excluded.next_category = templates.next_category then templates.next_category_from end`.execute(
    db,
  )
}
