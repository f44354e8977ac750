import { sql } from 'kysely'
import type { PhoneNumberId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { OUTAGE_AFTER_MS } from '../webhooks/intake.ts'

/* What a number's messages say of its account's means to pay. */

export interface SilentNumber {
  sender: PhoneNumberId
  /** When the oldest of the replies was accepted of which nothing was heard. */
  since: Instant
  /** By our count all of them had to be paid. */
  beyondFree: boolean
}

export interface UnpaidNumber {
  sender: PhoneNumberId
  /** Something that is charged was sent since. */
  paidAgain: boolean
  /** Meta blamed the payment itself. */
  blamed: boolean
}

/** A status is told within seconds; of what is accepted and not told by then nothing will be. */
const LATE_AFTER = sql`interval '10 minutes'`
/** So many of the newest, to more than one person. */
const SILENT_REPLIES = 5
/** Of a number's newest messages; served by `intents_listed`. */
const LOOKED_AT = 50

const newest = sql`
  select m.accepted_at, m.status, m.conversation_id, m.category, m.free_because, m.sent_as, coalesce(m.sent_at, m.delivered_at) as told_at
  from (
    select i.wamid from intents i
    where i.workspace = s.workspace and i.phone_number_id = s.phone_number_id and i.shelf = 'left' order by i.id desc limit ${LOOKED_AT}
  ) i join messages m on m.wamid = i.wamid
  where m.accepted_at > casement_now() - interval '1 day' and m.origin is null`

/**
 * Active numbers whose newest replies were accepted and never told of, while their webhooks came: a message of a customer, or a status of something
 * else. Only since the number was changed last: whoever resumed it has another try.
 */
export async function findSilent(db: Db): Promise<SilentNumber[]> {
  const { rows } = await sql<{ sender: PhoneNumberId; since: Instant; beyond_free: boolean }>`
    select s.phone_number_id as sender, l.since, l.beyond_free
    from senders s join webhook_channels c on c.phone_number_id = s.phone_number_id
    cross join lateral (
      select count(*) filter (where late) as silent, count(distinct conversation_id) as people, bool_or(status is not null) as told,
        min(accepted_at) filter (where late) as since, max(accepted_at) filter (where late) as until,
        bool_and(free_because is null) filter (where late) as beyond_free
      from (
        select n.*, n.accepted_at < casement_now() - ${LATE_AFTER} as late,
          count(*) filter (where n.accepted_at < casement_now() - ${LATE_AFTER}) over (order by n.accepted_at desc) as nth
        from (${newest}) n
        where n.accepted_at > s.updated_at and n.sent_as = 'free_form' and n.category = 'service'
          and coalesce(n.free_because, 'free_tier') = 'free_tier'
      ) n where nth <= ${SILENT_REPLIES}
    ) l
    where s.state = 'active' and s.sealed_access_token is not null and not l.told and l.silent >= ${SILENT_REPLIES} and l.people > 1
      and c.caused_at > l.until + ${LATE_AFTER} and coalesce(c.caught_up_at < casement_now(), true)
      and exists (select from costs k where k.workspace = s.workspace and k.phone_number_id = s.phone_number_id
        and k.day > (casement_now() - interval '3 days')::date and k.category = 'service' and k.untold >= ${SILENT_REPLIES})
      and not exists (select from webhook_intake w
        where w.caught_up_at > casement_now() or w.alive_at < casement_now() - ${OUTAGE_AFTER_MS} * interval '1 millisecond')
    order by 1`.execute(db)
  return rows.map(({ sender, since, beyond_free }) => ({ sender, since, beyondFree: beyond_free }))
}

/** What was on its way when it was restricted says nothing. */
export async function findUnpaid(db: Db): Promise<UnpaidNumber[]> {
  const { rows } = await sql<{ sender: PhoneNumberId; paid_again: boolean; blamed: boolean }>`
    select s.phone_number_id as sender, s.payment_blamed as blamed, exists (
      select from (${newest}) n where n.free_because is null and n.status <> 'failed' and n.told_at > s.reason_since + interval '1 minute'
    ) as paid_again
    from senders s where s.state = 'restricted' and s.reason_code = 'payment_missing' and s.sealed_access_token is not null
    order by 1`.execute(db)
  return rows.map(({ sender, paid_again, blamed }) => ({ sender, paidAgain: paid_again, blamed }))
}

/** Meta says itself that the account cannot pay. */
export async function blamePayment(db: Db, sender: PhoneNumberId): Promise<void> {
  await sql`
    update senders set payment_blamed = true
    where phone_number_id = ${sender} and state = 'restricted' and reason_code = 'payment_missing'`.execute(db)
}
