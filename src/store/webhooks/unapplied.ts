import { sql } from 'kysely'
import type { PhoneNumberId } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/** Payloads that came in and are not applied: one of them may hold the status that is missed. */
export interface Unapplied {
  /** Null: of any number, because it could not be told, or because there are too many to look through. */
  sender: PhoneNumberId | null
  /** When the newest of them came in. */
  receivedAt: Instant
  /** Waits to be applied; else it was kept aside. */
  pending: boolean
}

/** More than these are not looked through: whoever is so far behind has not read what is asked for. */
const MOST = 10_000

/** What is pending, but for what has just come in, and what failed since `since`. */
export async function findUnapplied(db: Db, since: Instant): Promise<Unapplied[]> {
  const { rows } = await sql<{ sender: PhoneNumberId | null; received_at: Instant; pending: boolean; count: number }>`
    with waiting as (
      select numbers, received_at from webhook_events
      where state = 'pending' and received_at < casement_now() - interval '1 second' order by id limit ${MOST}
    ), failed as (
      select numbers, received_at from webhook_events
      where state = 'failed' and received_at > ${toDate(since)}::timestamptz order by id desc limit ${MOST}
    ), unapplied as (
      select numbers, received_at, true as pending from waiting union all select numbers, received_at, false from failed
    )
    select sender, max(received_at) as received_at, pending, sum(count(*)) over (partition by pending)::int as count
    from unapplied left join lateral unnest(numbers) as sender on true
    where numbers is null or sender is not null
    group by sender, pending`.execute(db)
  return rows.map(({ sender, received_at, pending, count }) => ({
    sender: count >= MOST ? null : sender,
    receivedAt: received_at,
    pending,
  }))
}
