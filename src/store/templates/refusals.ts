import { sql } from 'kysely'
import { normaliseLanguage, type TemplateReference } from '../../domain/content.ts'
import type { IntentId, WabaId } from '../../domain/ids.ts'
import { templateStatusClass } from '../../domain/template.ts'
import { DAY_MS, type Instant, MINUTE_MS, toIso } from '../../domain/time.ts'
import { type Db, within } from '../pg/postgres.ts'
import type { TemplateRow } from '../pg/schema.ts'
import { isNewer, keyOf, NOT_REFUSED, type TemplateChange, writeChange } from './history.ts'

/*
 * What the refusals of messages prove of templates. Meta's listing counts more than a refusal, for pauses end and the webhook that tells it
 * may be lost. But while Meta reviews a portfolio it refuses all of its templates as paused (132015), and says nowhere that it does: they
 * stay approved. So a template that is refused again after it was listed as approved waits until a message proves that it goes: one at a
 * time tries it. Where that is so of more than one template, it is the portfolio. Source: Meta, business-portfolio pacing (read 2026-11).
 */

/** Between two messages that try it. */
export const PROBED_EVERY_MS = 15 * MINUTE_MS
/** What was refused longer ago is another story. */
const SAME_STORY_MS = DAY_MS
/** Accepted, and not reported as failed for so long: where statuses are lost. */
const SILENT_MS = MINUTE_MS
const PROBES_AT_ONCE = 100

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
  await noteRefusal(trx, row, status, attemptStartedAt)
  return row.status !== status
}

async function noteRefusal(trx: Db, row: TemplateRow, status: 'PAUSED' | 'DISABLED', at: Instant): Promise<void> {
  const metaStatus = row.meta_status ?? (row.status === status ? null : row.status)
  const refused = status === 'PAUSED' ? { refused_at: new Date(at) } : {}
  const probeAt = sql<Date>`casement_now() + ${PROBED_EVERY_MS} * interval '1 millisecond'`
  const probed = status === 'PAUSED' && contradicts(row, at) ? { probe_at: probeAt } : {}
  await trx
    .updateTable('templates')
    .set({ ...NOT_REFUSED, meta_status: metaStatus, ...refused, ...probed })
    .where('id', '=', row.id)
    .execute()
}

/** Meta listed it as approved since it refused it last. */
function contradicts(row: TemplateRow, at: Instant): boolean {
  if (row.probe_at !== null) return true
  const { refused_at: before } = row
  return before !== null && before > at - SAME_STORY_MS && templateStatusClass(row.status) === 'usable'
}

export interface RefusedTemplate {
  id: string
  wabaId: WabaId
  name: string
  language: string
}

const COLUMNS = sql`t.id, t.waba_id as "wabaId", t.name, t.language`

/** A message that tried it has gone, so it is what Meta says it is. Who waits for it is found by asking. */
export function endProvenRefusals(db: Db): Promise<RefusedTemplate[]> {
  return endRefusals(
    db,
    sql`select t.* from templates t
    join intents i on i.id = t.probe_intent_id and i.state = 'sent'
    join messages m on m.wamid = i.wamid and m.sent_as = 'template' and coalesce(m.template_id = t.id, true)
    where t.probe_at is not null
      and (m.status in ('sent', 'delivered', 'read')
        or m.status is null and not exists (select from attempts a where a.intent_id = i.id and a.wamid = m.wamid and a.held_for_quality)
          and m.accepted_at <= casement_now() - ${SILENT_MS} * interval '1 millisecond')
    for update of t`,
  )
}

/** Somebody wants it tried by all at once. Answers whether it was refused. */
export async function endRefusal(db: Db, id: string): Promise<boolean> {
  return (
    (await endRefusals(db, sql`select * from templates where id = ${id} and probe_at is not null for update`)).length >
    0
  )
}

function endRefusals(db: Db, chosen: ReturnType<typeof sql>): Promise<RefusedTemplate[]> {
  return within(db, async (trx) => {
    const { rows } = await sql<TemplateRow>`${chosen}`.execute(trx)
    for (const row of rows) {
      const change: TemplateChange = { ...keyOf(row), field: 'status', was: row.status, now: row.meta_status as string }
      await writeChange(trx, change, { proved_by: row.probe_intent_id }, null)
      await trx.updateTable('templates').set(NOT_REFUSED).where('id', '=', row.id).execute()
    }
    return rows.map(({ id, waba_id, name, language }) => ({ id, wabaId: waba_id as WabaId, name, language }))
  })
}

/** Those that a message may try now; also where the one that was to try it waits for something else, or is over. */
export async function templatesToProbe(db: Db): Promise<RefusedTemplate[]> {
  const { rows } = await sql<RefusedTemplate>`
    select ${COLUMNS} from templates t left join intents i on i.id = t.probe_intent_id
    where t.probe_at is not null
      and (t.probe_at <= casement_now() or i.state in ('held', 'failed', 'expired', 'cancelled', 'suppressed'))
    order by t.probe_at limit ${PROBES_AT_ONCE}`.execute(db)
  return rows
}

/**
 * The oldest message that waits for it and could leave, of a number that sends and no paused campaign, will try it; the caller lets it go in
 * the same transaction. Null where there is none: then nobody could ever prove anything, and it is what Meta says it is.
 */
export async function chooseProbe(trx: Db, template: RefusedTemplate): Promise<IntentId | null> {
  const { id, wabaId, name, language } = template
  const { rows } = await sql<{ id: IntentId }>`
    select w.id from senders s
    cross join lateral (
      select i.id, i.seq from intents i
      where i.phone_number_id = s.phone_number_id and i.waits_kind = 'template' and i.waits_template = ${name} and i.waits_language = ${language}
        and not exists (select from campaigns g where g.id = i.campaign_id and g.gated)
      order by i.seq limit 1
    ) w
    where s.waba_id = ${wabaId} and s.state = 'active' order by w.seq limit 1`.execute(trx)
  const [chosen] = rows
  if (!chosen) {
    await endRefusal(trx, id)
    return null
  }
  await trx
    .updateTable('templates')
    .set({
      probe_intent_id: chosen.id,
      probe_at: sql<Date>`casement_now() + ${PROBED_EVERY_MS} * interval '1 millisecond'`,
    })
    .where('id', '=', id)
    .where('probe_at', 'is not', null)
    .execute()
  return chosen.id
}

/** Which portfolios have more than one template that is refused though it is listed. Answers those where that has changed. */
export async function judgePortfolios(db: Db): Promise<{ id: string; reviewed: boolean }[]> {
  const { rows } = await sql<{ id: string; reviewed: boolean }>`
    with refused as materialized (
      select w.portfolio_id as id from templates t join wabas w on w.id = t.waba_id
      where t.probe_at is not null group by 1 having count(*) > 1
    )
    update portfolios p set reviewed_at = case when p.reviewed_at is null then casement_now() end
    where (p.reviewed_at is null) = exists (select from refused r where r.id = p.id)
    returning p.id, p.reviewed_at is not null as reviewed`.execute(db)
  return rows
}
