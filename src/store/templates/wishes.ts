import { sql } from 'kysely'
import type { WabaId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * Single templates that are to be read from Meta, because a webhook told of one that is unknown here, or of an edit. However often it is
 * told before it was read, it is one wish; and where very many are told, their account is read instead.
 */

export interface TemplateWish {
  templateId: string
  wabaId: WabaId
  /** Exactly, as text of the database: which telling the wish was of. */
  wantedAt: string
}

/** The oldest of each account that may be granted now: not while Meta asks the account to wait. */
export async function wishedTemplates(db: Db, perAccount: number): Promise<TemplateWish[]> {
  const { rows } = await sql<TemplateWish>`
    select wish.template_id as "templateId", w.id as "wabaId", wish.wanted_at::text as "wantedAt" from wabas w
    cross join lateral (
      select template_id, wanted_at from template_wishes
      where waba_id = w.id and due_at <= casement_now() order by wanted_at, template_id limit ${perAccount}
    ) wish
    where coalesce(greatest(w.management_paused_until, w.calls_paused_until) <= casement_now(), true)
      and exists (select from senders s where s.waba_id = w.id and s.sealed_access_token is not null)
    order by wish.wanted_at`.execute(db)
  return rows
}

/** It was read, or there is none to be read. What was told since is another wish. */
export async function endWish(db: Db, { templateId, wantedAt }: TemplateWish): Promise<void> {
  await sql`
    delete from template_wishes where template_id = ${templateId} and wanted_at = ${wantedAt}::timestamptz`.execute(db)
}

/** Meta could not be asked: later again. */
export async function putOffWish(db: Db, templateId: string, forMs: number): Promise<void> {
  await sql`
    update template_wishes set due_at = casement_now() + ${forMs} * interval '1 millisecond'
    where template_id = ${templateId}`.execute(db)
}
