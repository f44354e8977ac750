import type { PhoneNumberId } from '../../domain/ids.ts'
import { PAUSED_UNTIL } from '../accounts/number-pace.ts'
import { SERVER_CLOCK } from '../pg/clock.ts'
import { prepared, type Queryable } from '../pg/postgres.ts'
import { CAMPAIGN_LETS_GO } from './campaign-gate.ts'

/* Whom somebody should serve. */

/** A number with something scheduled that nobody serves, or not enough. */
export interface Demand {
  sender: PhoneNumberId
  /** Milliseconds until something of it is due; 0 or less: it is. */
  dueInMs: number
  /** Processes that serve it. */
  desks: number
}

interface DemandRow {
  phone_number_id: PhoneNumberId
  due_in_ms: number
  desks: number
}

/**
 * The numbers are read by skipping through `intents_due` from one to the next, so that those without anything scheduled cost nothing; then one
 * probe per priority. Passed by: who cannot send, and who is served by a process that keeps up with it, or by all processes.
 */
const readDemands = prepared<DemandRow>(
  'read_demands',
  `with recursive numbers as (
     (select phone_number_id from intents where due_at is not null order by phone_number_id limit 1)
     union all
     select next.phone_number_id from numbers n cross join lateral (
       select i.phone_number_id from intents i where i.due_at is not null and i.phone_number_id > n.phone_number_id
       order by i.phone_number_id limit 1) as next
   ), live as materialized (
     -- not one of before the clock was set back
     select serves, behind from desks, lateral (select $1 * interval '1 millisecond' as alive) l
     where at between ${SERVER_CLOCK} - alive and ${SERVER_CLOCK} + alive
   ), served as materialized (
     select number as phone_number_id, count(*)::int as desks, bool_and(number = any (behind)) as behind
     from live cross join unnest(serves) as s (number) group by number
   )
   select n.phone_number_id, coalesce(v.desks, 0) as desks, due.in_ms as due_in_ms
   from numbers n
   join senders s on s.phone_number_id = n.phone_number_id
   join wabas w on w.id = s.waba_id
   left join lateral (select ${PAUSED_UNTIL} as paused_until from number_pace n where n.phone_number_id = s.phone_number_id) p on true
   left join served v on v.phone_number_id = n.phone_number_id
   cross join lateral (
     select (extract(epoch from min(first.due_at) - casement_now()) * 1000)::float8 as in_ms
     from generate_series(0, 3) as r (rank)
     cross join lateral (
       select i.due_at from intents i where i.phone_number_id = n.phone_number_id and i.priority = r.rank and i.due_at is not null
         and ${CAMPAIGN_LETS_GO}
       order by i.due_at limit 1) as first
   ) due
   where s.state = 'active' and s.sealed_access_token is not null
     and coalesce(w.calls_paused_until <= casement_now(), true) and coalesce(p.paused_until <= ${SERVER_CLOCK}, true)
     and (v.desks is null or (v.behind and v.desks < (select count(*) from live)))
     and due.in_ms is not null`,
)

/** A process that has not told for so long does not serve any more; milliseconds. */
const DESK_ALIVE_MS = 2_000

export async function demands(client: Queryable): Promise<Demand[]> {
  const rows = await readDemands(client, [DESK_ALIVE_MS])
  return rows.map((row) => ({ sender: row.phone_number_id, dueInMs: row.due_in_ms, desks: row.desks }))
}

const tell = prepared(
  'tell_desk',
  `insert into desks (id, at, serves, behind) values ($1, ${SERVER_CLOCK}, $2, $3)
   on conflict (id) do update set at = excluded.at, serves = excluded.serves, behind = excluded.behind`,
)

/** A process tells whom it serves. Two seconds of silence end it. */
export async function tellDesk(
  client: Queryable,
  id: string,
  serves: PhoneNumberId[],
  behind: PhoneNumberId[],
): Promise<void> {
  await tell(client, [id, serves, behind])
}

export async function closeDesk(client: Queryable, id: string): Promise<void> {
  await client.query(`delete from desks where id = $1 or at < ${SERVER_CLOCK} - interval '1 hour'`, [id])
}
