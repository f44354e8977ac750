import { sql } from 'kysely'
import type { ContactId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * What became of a template's messages, by day: added up by triggers of `messages` as costs are, see the migration, and folded by whoever
 * leads. Sums hold nobody's data, and stay when messages are deleted.
 */

export interface TemplateCounts {
  /** Accepted by Meta, and not failed since. */
  sent: number
  delivered: number
  read: number
  failed: number
  /** People whose newest template this was when they opted out of marketing. */
  stopped: number
}

const SUMS = ['sent', 'delivered', 'read', 'failed', 'stopped']
const DAYS_KEPT = 60

/** Adds what changed to the days, oldest first, and forgets it. One at a time. Answers how many changes it took. */
export async function foldTemplateCounts(db: Db, limit: number): Promise<number> {
  const { rows } = await sql<{ taken: number }>`
    with taken as (
      delete from template_deltas where id = any (array(select id from template_deltas order by id limit ${limit} for update skip locked))
      returning *
    ), added as (
      insert into template_days as t (template_id, day, ${sql.raw(SUMS.join(', '))})
      select template_id, day, ${sql.raw(SUMS.map((name) => `sum(${name})`).join(', '))} from taken group by template_id, day
      on conflict (template_id, day) do update set ${sql.raw(SUMS.map((name) => `${name} = t.${name} + excluded.${name}`).join(', '))}
    ), over as (
      delete from template_days where day < casement_now()::date - ${DAYS_KEPT}::integer and exists (select from taken)
    )
    select count(*)::int as taken from taken`.execute(db)
  return rows[0]?.taken ?? 0
}

/** Of the last 30 days, today with them. Of what is folded and of what is not, in one snapshot. */
export async function readTemplateCounts(db: Db, id: string): Promise<TemplateCounts> {
  const { rows } = await sql<Record<keyof TemplateCounts, string>>`
    select ${sql.raw(SUMS.map((name) => `coalesce(sum(${name}), 0)::text as ${name}`).join(', '))} from (
      select template_id, day, ${sql.raw(SUMS.join(', '))} from template_days
      union all
      select template_id, day, ${sql.raw(SUMS.join(', '))} from template_deltas) t
    where template_id = ${id} and day > (casement_now() at time zone 'UTC')::date - 30`.execute(db)
  const [row] = rows
  const count = (name: keyof TemplateCounts) => Number(row?.[name] ?? 0)
  return {
    sent: count('sent'),
    delivered: count('delivered'),
    read: count('read'),
    failed: count('failed'),
    stopped: count('stopped'),
  }
}

/** Somebody opts out of marketing; of what did not make them, in a week, nobody is told. */
export async function countStop(trx: Db, person: ContactId): Promise<void> {
  await sql`
    insert into template_deltas (template_id, day, sent, delivered, read, failed, stopped)
    select m.template_id, coalesce(m.priced_on, (m.accepted_at at time zone 'UTC')::date), 0, 0, 0, 0, 1
    from conversations c cross join lateral (
      select * from messages m
      where m.conversation_id = c.id and m.template_id is not null and m.accepted_at > casement_now() - interval '7 days'
      order by m.accepted_at desc limit 1) m
    where c.contact_id = ${person}::bigint
    order by m.accepted_at desc limit 1`.execute(trx)
}
