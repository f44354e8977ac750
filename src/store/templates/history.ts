import { sql } from 'kysely'
import type { Actor } from '../../domain/access.ts'
import type { NewsItem, NewsKind } from '../../domain/news.ts'
import { type KnownSince, templateStatusClass } from '../../domain/template.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { tell } from '../outbox/tell.ts'
import type { Db } from '../pg/postgres.ts'
import type { TemplateRow } from '../pg/schema.ts'

/** What has a column of its own, with the time when it was last told. */
export type TemplateField = 'status' | 'category' | 'quality'

export interface TemplateChange {
  id: string
  name: string
  language: string
  field: TemplateField | 'components' | 'next_category'
  was: string | null
  now: string
}

/** Whether a field was told after this. */
export function isNewer(row: TemplateRow, field: TemplateField, than: Instant): boolean {
  const toldAt = row[`${field}_at`]
  return toldAt !== null && toldAt > than
}

export function knownSince(row: TemplateRow, field: TemplateField): KnownSince {
  const toldAt = row[`${field}_at`]
  return { toldAt, byUs: toldAt !== null && toldAt === row.document_at }
}

export function keyOf({ id, name, language }: TemplateRow): Pick<TemplateChange, 'id' | 'name' | 'language'> {
  return { id, name, language }
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
  await holdForCategory(db, changes)
  await tellChanges(
    db,
    changes.filter(({ field, was, now }) => was !== now && (was !== null || !COMES_WITH_STATUS.has(field))),
  )
}

function isUsable(status: string | null): boolean {
  return status !== null && templateStatusClass(status) === 'usable'
}

/** Meta has told of its status since a message was refused. */
export const NOT_REFUSED = { meta_status: null, refused_at: null, probe_at: null, probe_intent_id: null } as const

/** A change is remembered with its time, never with one that lies ahead: nothing that happens until then could be newer. */
export async function writeChange(db: Db, change: TemplateChange, detail: unknown, at: Instant | null): Promise<void> {
  const { id, field, was, now } = change
  const told = at === null ? sql<Date>`casement_now()` : sql<Date>`least(${toDate(at)}::timestamptz, casement_now())`
  await db
    .updateTable('templates')
    .set({
      [field]: now,
      [`${field}_at`]: sql`greatest(${sql.ref(`${field}_at`)}, ${told})`,
      ...(field === 'status' && [was, now].some(isUsable) ? { was_usable: true } : {}),
    })
    .where('id', '=', id)
    .execute()
  if (was !== now) await recordChanges(db, [change], detail)
}

/** Where the workspace wants to look at a changed category before anything uses the template. */
async function holdForCategory(db: Db, changes: TemplateChange[]): Promise<void> {
  const ids = changes.filter(isRecategorised).map(({ id }) => id)
  if (ids.length === 0) return
  await sql`
    update templates t set category_held_at = casement_now()
    from wabas w join workspaces s on s.id = w.workspace
    where t.id = any (${ids}::text[]) and w.id = t.waba_id and s.on_category_change = 'hold'`.execute(db)
}

function isRecategorised({ field, was, now }: TemplateChange): boolean {
  return field === 'category' && was !== null && was !== now
}

/** A template that was not there has a status first, and is told once. */
const COMES_WITH_STATUS: ReadonlySet<TemplateChange['field']> = new Set(['category', 'quality'])

async function tellChanges(db: Db, changes: TemplateChange[]): Promise<void> {
  if (changes.length === 0) return
  const { rows } = await sql<{ id: string; waba: string; workspace: string }>`
    select t.id, w.id as waba, w.workspace from templates t join wabas w on w.id = t.waba_id
    where t.id = any (${changes.map((change) => change.id)}::text[])`.execute(db)
  const places = new Map(rows.map((row) => [row.id, row]))
  const items = changes.flatMap((change): NewsItem[] => {
    const place = places.get(change.id)
    if (place === undefined) return []
    const { name, language, was, now } = change
    const { workspace, waba } = place
    const about = { workspace, subject: change.id, payload: { waba, name, language, was, now } }
    const alarm = isRecategorised(change) ? [{ ...about, kind: 'template.category_changed' as const }] : []
    return [{ ...about, kind: kindOf(change) }, ...alarm]
  })
  await tell(db, items)
}

type TemplateKind = Exclude<Extract<NewsKind, `template.${string}`>, 'template.category_changed'>

function kindOf({ field, was }: TemplateChange): TemplateKind {
  if (field === 'status' && was === null) return 'template.created'
  return field === 'next_category' ? 'template.category_announced' : `template.${field}`
}

/** What was asked for it, and by whom: `create`, `edit`, `delete`, `unpause`, `archive`, `hide` … */
export async function recordCommand(db: Db, templateId: string, command: string, by: Actor): Promise<void> {
  const detail = JSON.stringify({ by: { kind: by.kind, id: by.id, name: by.name } })
  await db
    .insertInto('template_history')
    .values({ template_id: templateId, field: 'command', was: null, now: command, detail })
    .execute()
}

/** When it was edited by us, since then; the oldest first. */
export async function editsSince(db: Db, templateId: string, since: Instant): Promise<Instant[]> {
  const rows = await db
    .selectFrom('template_history')
    .select('at')
    .where('template_id', '=', templateId)
    .where('field', '=', 'command')
    .where('now', '=', 'edit')
    .where(sql<boolean>`at > ${toDate(since)}`)
    .orderBy('id')
    .execute()
  return rows.map((row) => row.at)
}
