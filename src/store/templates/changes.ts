import { sql } from 'kysely'
import { normaliseLanguage, type TemplateReference } from '../../domain/content.ts'
import type { WabaId } from '../../domain/ids.ts'
import { type Instant, plus, SECOND_MS, toDate, toIso } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { isNewer, keyOf, recordChanges, type TemplateChange, type TemplateField } from './templates.ts'

/*
 * What is told of a single template: by a webhook, or by the refusal of a message. News comes late, twice and in any order, so each field
 * is kept with its time, and older news changes nothing.
 */

/**
 * A webhook told of one field. Returns the template with what it was and is, equal when that was known already; null when the template
 * is unknown here (a sync will bring it), or the field was told later already. Webhooks spell languages `en-US`, the API `en_US`, so the
 * id decides.
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
): Promise<(TemplateChange & { wabaId: WabaId }) | null> {
  const row = await db.selectFrom('templates').selectAll().where('id', '=', templateId).forUpdate().executeTakeFirst()
  if (!row) return null
  // Stamps are whole seconds: what happened later in the same one may be the newer.
  const toldAt = at === null ? null : plus(at, SECOND_MS - 1)
  if (toldAt !== null && isNewer(row, field, toldAt)) return null
  const change: TemplateChange = { ...keyOf(row), field, was: row[field], now: value }
  await writeChange(db, change, detail, toldAt)
  return { ...change, wabaId: row.waba_id as WabaId }
}

/**
 * Meta refused an attempt because the template is paused or disabled, so it is, for everybody, until a webhook or a sync says otherwise.
 * Only when nothing newer than the attempt is known of it: a report may come days late. Answers whether that is news.
 */
export async function refuseTemplate(
  trx: Db,
  wabaId: WabaId,
  { name, language }: Pick<TemplateReference, 'name' | 'language'>,
  status: 'PAUSED' | 'DISABLED',
  attemptStartedAt: Instant,
): Promise<boolean> {
  const row = await trx
    .selectFrom('templates')
    .selectAll()
    .where('waba_id', '=', wabaId)
    .where('name', '=', name)
    .where('language', '=', normaliseLanguage(language))
    .forUpdate()
    .executeTakeFirst()
  if (!row || row.status_at === attemptStartedAt || isNewer(row, 'status', attemptStartedAt)) return false
  const change: TemplateChange = { ...keyOf(row), field: 'status', was: row.status, now: status }
  await writeChange(trx, change, { refused_at: toIso(attemptStartedAt) }, attemptStartedAt)
  return row.status !== status
}

/** A change is remembered with its time, never with one that lies ahead: nothing that happens until then could be newer. */
async function writeChange(db: Db, change: TemplateChange, detail: unknown, at: Instant | null): Promise<void> {
  const { id, field, was, now } = change
  const told = at === null ? sql<Date>`casement_now()` : sql<Date>`least(${toDate(at)}::timestamptz, casement_now())`
  await db
    .updateTable('templates')
    .set({ [field]: now, [`${field}_at`]: told })
    .where('id', '=', id)
    .execute()
  if (was !== now) await recordChanges(db, [change], detail)
}
