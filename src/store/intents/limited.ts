import { usesOf } from '../accounts/messaging-limits.ts'
import type { Db } from '../pg/postgres.ts'
import { runTransition, transition } from './transitions.ts'

/*
 * Who finds the messaging limit of their portfolio reached is put off for as long as a place is taken at most, and let in earlier, the most
 * urgent and then the oldest first, as places free: by a look that asks how many places there are and how many are on their way to one. So
 * nobody spins, however many wait, and a limit that Meta raises is used at once.
 *
 * Whom Meta itself refused for its limit is not among them: its count is another, and they come again in an hour.
 */

const WAITS = `i.reason_code = 'messaging_limit' and i.reason_graph_code is null and i.due_at is not null`

/** As many are let in at most, and nobody has to know of more. */
const MOST = '$1::int'

const LET_IN = transition({
  asked: `numbers as (
      -- from one number to the next, so that those of whom nobody waits cost nothing
      with recursive found as (
        (select i.phone_number_id from intents i where ${WAITS} order by i.phone_number_id limit 1)
        union all
        select next.phone_number_id from found f cross join lateral (
          select i.phone_number_id from intents i where ${WAITS} and i.phone_number_id > f.phone_number_id
          order by i.phone_number_id limit 1) next
      ) select phone_number_id from found
    ), waiting as (
      select n.phone_number_id, p.id as portfolio_id, p.messaging_limit
      from numbers n join senders s using (phone_number_id) join wabas w on w.id = s.waba_id join portfolios p on p.id = w.portfolio_id
      where s.state = 'active'
    ), free as (
      select w.portfolio_id, greatest(0, coalesce(w.messaging_limit - ${usesOf('w.portfolio_id')}, ${MOST}) - (
        select count(*) from (
          select from waiting o cross join lateral (
            select from intents i where ${WAITS} and i.phone_number_id = o.phone_number_id and i.due_at <= casement_now() limit ${MOST}) due
          where o.portfolio_id = w.portfolio_id limit ${MOST}) coming)) as places
      from (select distinct portfolio_id, messaging_limit from waiting) w
    ), asked as (
      select next.id from free cross join lateral (
        select one.id from waiting w cross join lateral (
          select i.id, i.priority, i.seq from intents i
          where ${WAITS} and i.phone_number_id = w.phone_number_id and i.due_at > casement_now()
          order by i.priority, i.seq limit free.places) one
        where w.portfolio_id = free.portfolio_id
        order by one.priority, one.seq limit free.places) next
      limit ${MOST}
    )`,
  event: 'defer',
  guard: WAITS,
  set: {
    due_at: 'least(i.send_at, casement_now())',
    reason_code: 'i.reason_code',
    reason_text: 'i.reason_text',
  },
  releases: true,
  told: false,
})

/** Lets in up to `limit` of those who wait for a place in their portfolio's messaging limit. Answers how many. */
export async function letInLimited(db: Db, limit: number): Promise<number> {
  return (await runTransition(db, LET_IN, [limit])).length
}
