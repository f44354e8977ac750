import { sql } from 'kysely'
import type { WabaId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * Which accounts' templates are to be read from Meta again, and when. A wish is a column, so it outlives the process that had it, may come
 * from one that reads no templates, and waits when Meta asks to wait.
 */

/** The channel on which a wish wakes whoever reads templates. */
export const TEMPLATES_CHANNEL = 'casement_templates'

/**
 * Somebody met a template that is not as we know it. Many do at once, so a wish is not repeated within the second, unless a reading has begun
 * since, which may not know of it.
 */
export async function wantTemplates(db: Db, wabaId: WabaId): Promise<void> {
  await sql`
    with wanted as (
      update wabas set templates_wanted_at = casement_now()
      where id = ${wabaId}
        and (templates_wanted_at is null or templates_wanted_at < casement_now() - interval '1 second' or templates_wanted_at <= templates_asked_at)
      returning id
    )
    select pg_notify(${TEMPLATES_CHANNEL}, '') from wanted`.execute(db)
}

/** A webhook told of one template that is unknown here, or other than here, see wishes.ts. Nothing where the account is none of ours. */
export async function wantTemplate(db: Db, wabaId: WabaId, templateId: string): Promise<void> {
  await sql`
    with wanted as (
      insert into template_wishes (template_id, waba_id)
      select ${templateId}, id from wabas where id = ${wabaId}
      on conflict (template_id) do update set wanted_at = casement_now(), due_at = least(template_wishes.due_at, casement_now())
      returning template_id
    )
    select pg_notify(${TEMPLATES_CHANNEL}, '') from wanted`.execute(db)
}

/** Wishes that may be granted now: not soon after the last reading, and not while Meta asks the account to wait. */
export async function wantedTemplates(db: Db, quietMs: number): Promise<WabaId[]> {
  const { rows } = await sql<{ id: WabaId }>`
    select w.id from wabas w
    where w.templates_wanted_at is not null
      and (w.templates_synced_at is null or w.templates_synced_at <= casement_now() - ${quietMs} * interval '1 millisecond')
      and coalesce(greatest(w.management_paused_until, w.calls_paused_until) <= casement_now(), true)
      and exists (select from senders s where s.waba_id = w.id and s.sealed_access_token is not null)
    order by w.templates_wanted_at`.execute(db)
  return rows.map((row) => row.id)
}

/** A wish that cannot be granted, however often it is tried. */
export async function forgetWanted(db: Db, wabaId: WabaId): Promise<void> {
  await sql`update wabas set templates_wanted_at = null where id = ${wabaId}`.execute(db)
}

/**
 * Wishes for accounts with messages that wait for a template, which were not read for so long: the webhook they wait for may have been
 * lost.
 */
export async function wantForWaiters(db: Db, olderThanMs: number): Promise<void> {
  await sql`
    with wanted as (
      update wabas w set templates_wanted_at = casement_now()
      where w.templates_wanted_at is null
        and (w.templates_synced_at is null or w.templates_synced_at <= casement_now() - ${olderThanMs} * interval '1 millisecond')
        and exists (
          select from senders s join intents i on i.phone_number_id = s.phone_number_id and i.waits_template is not null
          where s.waba_id = w.id)
      returning id
    )
    select pg_notify(${TEMPLATES_CHANNEL}, '') from wanted`.execute(db)
}

/** So many in one round; the next has the others. */
const UNDECIDED_AT_ONCE = 100

/**
 * Wishes for the templates that Meta reviews and that were not read for so long, whether a message waits for them or not: the webhook that
 * tells the end of a review may have been lost. Served by `templates_undecided`.
 */
export async function wantUndecided(db: Db, olderThanMs: number): Promise<void> {
  await sql`
    insert into template_wishes (template_id, waba_id)
    select t.id, t.waba_id from templates t
    where t.status in ('PENDING', 'IN_APPEAL') and t.synced_at <= casement_now() - ${olderThanMs} * interval '1 millisecond'
      and exists (select from senders s where s.waba_id = t.waba_id and s.sealed_access_token is not null)
    order by t.synced_at limit ${UNDECIDED_AT_ONCE}
    on conflict (template_id) do nothing`.execute(db)
}
