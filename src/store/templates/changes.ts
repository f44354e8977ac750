import { sql } from 'kysely'
import type { WabaId } from '../../domain/ids.ts'
import { type Freshness, freshnessOf, isDeletedStatus } from '../../domain/template.ts'
import { type Instant, plus, SECOND_MS, toDate } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import type { TemplateRow } from '../pg/schema.ts'
import {
  keyOf,
  knownSince,
  NOT_REFUSED,
  recordChanges,
  type TemplateChange,
  type TemplateField,
  writeChange,
} from './history.ts'

/*
 * What a webhook tells of a single template; what the refusal of a message does, see refusals.ts. News comes late, twice and in any order, so
 * each field is kept with its time, and older news changes nothing.
 */

/** A template that nobody here has heard of, or news that is older than what is known, or may be: then Meta is to be asked. */
export type NoChange = 'unknown' | 'older' | 'unclear'

/** `doubtful`: what was known may be the newer, so Meta is to be asked. */
export type ToldChange = TemplateChange & { wabaId: WabaId; doubtful: boolean }

/**
 * A webhook told of one field. Returns the template with what it was and is, equal when that was known already. Webhooks spell languages
 * `en-US`, the API `en_US`, so the id decides.
 *
 * @param at Meta's stamp; null: now
 */
export async function changeTemplate(
  db: Db,
  templateId: string,
  field: TemplateField,
  value: string,
  detail: unknown,
  at: Instant | null = null,
): Promise<ToldChange | NoChange> {
  const row = await lockTemplate(db, templateId)
  if (!row) return 'unknown'
  const freshness = weigh(row, field, value, at)
  if (freshness === 'older' || freshness === 'unclear') return freshness
  const change: TemplateChange = { ...keyOf(row), field, was: row[field], now: value }
  // What we read ourselves is not younger for being told again: a reading that was asked for since may be stored behind this.
  if (!isKnownByUs(row, field, value, at)) await writeChange(db, change, detail, upTo(at))
  if (field === 'status' && (row.refused_at !== null || row.meta_status !== null)) {
    await db.updateTable('templates').set(NOT_REFUSED).where('id', '=', templateId).execute()
  }
  // Whatever was announced has happened by this, or will not.
  if (field === 'category' && row.next_category !== null) await setNextCategory(db, templateId, null, null)
  return { ...change, wabaId: row.waba_id as WabaId, doubtful: freshness === 'doubtful' }
}

function isKnownByUs(row: TemplateRow, field: TemplateField, value: string, at: Instant | null): boolean {
  return row[field] === value && freshnessOf(at, knownSince(row, field)) === 'unclear'
}

/**
 * What says the same as is known is of no doubt. Nor is a deletion, for an id never lives again; what says that one does is asked for at
 * Meta, since we may have missed it in a listing.
 */
function weigh(row: TemplateRow, field: TemplateField, value: string | null, at: Instant | null): Freshness {
  const freshness = freshnessOf(at, knownSince(row, field))
  if (field === 'status' && isDeletedStatus(row.status) !== isDeletedStatus(value ?? '')) {
    if (isDeletedStatus(value ?? '')) return 'newer'
    return freshness === 'older' ? 'older' : 'unclear'
  }
  return freshness !== 'older' && row[field] === value ? 'newer' : freshness
}

/**
 * Meta will change the category of a template: what it is today, what it will be, and from when, where Meta says so. It is told again and
 * again until then.
 */
export async function announceCategory(
  db: Db,
  templateId: string,
  { today, next, from }: { today: string | null; next: string; from: Instant | null },
  detail: unknown,
  at: Instant | null = null,
): Promise<'announced' | 'doubtful' | NoChange> {
  const row = await lockTemplate(db, templateId)
  if (!row) return 'unknown'
  const category = today ?? row.category
  const freshness = weigh(row, 'category', category, at)
  if (freshness === 'older' || freshness === 'unclear') return freshness
  await writeChange(db, { ...keyOf(row), field: 'category', was: row.category, now: category }, detail, upTo(at))
  await setNextCategory(db, templateId, next, from)
  if (row.next_category !== next) {
    await recordChanges(db, [{ ...keyOf(row), field: 'next_category', was: row.next_category, now: next }], detail)
  }
  return freshness === 'doubtful' ? 'doubtful' : 'announced'
}

function lockTemplate(db: Db, id: string): Promise<TemplateRow | undefined> {
  return db.selectFrom('templates').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

/** The latest that a stamp of whole seconds may mean. */
function upTo(at: Instant | null): Instant | null {
  return at === null ? null : plus(at, SECOND_MS - 1)
}

/** Whether lists leave it out. */
export async function setHidden(db: Db, id: string, hidden: boolean): Promise<void> {
  await db
    .updateTable('templates')
    .set({ hidden_at: hidden ? sql<Date>`coalesce(hidden_at, casement_now())` : null })
    .where('id', '=', id)
    .execute()
}

/** Somebody has looked at its category. Answers whether it was held for that. */
export async function endCategoryHold(db: Db, id: string): Promise<boolean> {
  const result = await db
    .updateTable('templates')
    .set({ category_held_at: null })
    .where('id', '=', id)
    .where('category_held_at', 'is not', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

async function setNextCategory(db: Db, id: string, next: string | null, from: Instant | null): Promise<void> {
  await db
    .updateTable('templates')
    .set({ next_category: next, next_category_from: from === null ? null : toDate(from) })
    .where('id', '=', id)
    .execute()
}
