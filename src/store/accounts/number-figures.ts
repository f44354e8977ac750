import { sql } from 'kysely'
import type { PhoneNumberId } from '../../domain/ids.ts'
import { SERVER_CLOCK } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * What workers count of the numbers they serve, for people who look. Told every few seconds and never with a message, so a process that is
 * killed takes the last of it along.
 */

export interface NumberFigures {
  /** Messages that left in the last minute. */
  left: ReadonlyMap<PhoneNumberId, number>
  /** How often the pair limit has been met since it was told last. */
  pairLimited: ReadonlyMap<PhoneNumberId, number>
}

/** A process that was silent for so long counts no more. */
const SILENT = sql.raw(`interval '15 seconds'`)

/** In place of what the process told before. */
export async function tellFigures(trx: Db, process: string, { left, pairLimited }: NumberFigures): Promise<void> {
  await sql`
    with gone as (
      delete from number_minutes
      where (process = ${process}::uuid and phone_number_id <> all (${[...left.keys()]}::text[]))
        or at < ${sql.raw(SERVER_CLOCK)} - interval '1 hour'
    )
    insert into number_minutes as m (process, phone_number_id, at, messages)
    select ${process}::uuid, u.number, ${sql.raw(SERVER_CLOCK)}, u.messages
    from unnest(${[...left.keys()]}::text[], ${[...left.values()]}::integer[]) as u (number, messages)
    on conflict (phone_number_id, process) do update set at = excluded.at, messages = excluded.messages`.execute(trx)
  if (pairLimited.size === 0) return
  await sql`
    with old as (delete from pair_limited_hours where hour < casement_now() - interval '2 days')
    insert into pair_limited_hours as h (phone_number_id, hour, met)
    select u.number, date_trunc('hour', casement_now()), u.met
    from unnest(${[...pairLimited.keys()]}::text[], ${[...pairLimited.values()]}::integer[]) as u (number, met) order by 1
    on conflict (phone_number_id, hour) do update set met = h.met + excluded.met`.execute(trx)
}

/** Of `senders`. Served by the primary keys. */
export const leftInAMinute = sql<number>`(
  select coalesce(sum(m.messages), 0)::integer from number_minutes m
  where m.phone_number_id = senders.phone_number_id and m.at > ${sql.raw(SERVER_CLOCK)} - ${SILENT})`

export const pairLimitedInADay = sql<number>`(
  select coalesce(sum(h.met), 0)::integer from pair_limited_hours h
  where h.phone_number_id = senders.phone_number_id and h.hour > casement_now() - interval '24 hours' and h.hour <= casement_now())`
