import { type RawBuilder, sql } from 'kysely'
import type { ContactId, ConversationId } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/*
 * Whether a person can be reached at all. Meta's "undeliverable" leaves them alone until a review date; a sign of life ends that: they
 * wrote, or another message was delivered to them, or an operator knows better. Reports come late and in any order, so each side looks
 * whether the other knows something newer. Stamps of Meta's are whole seconds and an attempt's start is not, so a sign of life counts as
 * of the end of its second.
 */

/** Meta could not deliver what began at `attemptStartedAt` to the person of this conversation. The newest such attempt counts. */
export async function markUnreachable(
  db: Db,
  conversationId: ConversationId,
  attemptStartedAt: Instant,
  reviewMs: number,
): Promise<void> {
  const startedAt = sql`${toDate(attemptStartedAt)}::timestamptz`
  // Behind the locks of whoever records a message of theirs or takes in a status of ours, and in statements of their own: the next one sees
  // what was recorded.
  await sql`select from conversations where id = ${conversationId}::bigint for no key update`.execute(db)
  await sql`
    select from messages m where m.accepted_at > ${startedAt} - interval '1 day' and m.conversation_id in (
      select v.id from conversations v join conversations this on this.contact_id = v.contact_id where this.id = ${conversationId}::bigint)
    order by m.wamid for no key update`.execute(db)
  await sql`
    update contacts c set
      unreachable_since = greatest(c.unreachable_since, ${startedAt}),
      unreachable_until = greatest(c.unreachable_until, ${startedAt} + ${reviewMs} * interval '1 millisecond'),
      updated_at = casement_now()
    where c.id = (select contact_id from conversations where id = ${conversationId}::bigint)
      and (c.reachable_at is null or date_trunc('milliseconds', c.reachable_at) <= ${startedAt})
      and not exists (
        -- a conversation at a time, from the newest on: as a join all that ever came in is read
        select from conversations v cross join lateral (
          select from inbound_messages m
          where m.conversation_id = v.id and m.at > ${startedAt} - interval '1 second' and ${endOfSecond(sql`m.at`)} >= ${startedAt} limit 1) m
        where v.contact_id = c.id)
      and not exists (
        select from contact_identities i where i.contact_id = c.id and ${endOfSecond(sql`i.seen_at`)} >= ${startedAt})
      and not exists (
        select from conversations v cross join lateral (
          select from messages m
          where m.conversation_id = v.id and ${endOfSecond(sql`greatest(m.delivered_at, m.read_at)`)} >= ${startedAt} limit 1) m
        where v.contact_id = c.id)`.execute(db)
}

/** The person wrote or called. */
export async function contactReached(db: Db, contactId: ContactId, at: Instant): Promise<void> {
  await sql`
    update contacts c set ${reached(sql`${toDate(at)}::timestamptz`)}
    where c.id = ${contactId}::bigint and ${isNews(sql`${toDate(at)}::timestamptz`)}`.execute(db)
}

/** Messages of these conversations were delivered, by Meta's stamp. */
export async function recipientsReached(
  db: Db,
  delivered: { conversationId: ConversationId; at: Instant }[],
): Promise<void> {
  if (delivered.length === 0) return
  await sql`
    update contacts c set ${reached(sql`d.at`)}
    from (
      select v.contact_id, max(one.at) as at
      from unnest(${delivered.map((one) => one.conversationId)}::bigint[], ${delivered.map((one) => toDate(one.at))}::timestamptz[])
        as one (conversation_id, at)
      join conversations v on v.id = one.conversation_id
      group by v.contact_id
    ) d
    where c.id = d.contact_id and ${isNews(sql`d.at`)}`.execute(db)
}

function reached(at: RawBuilder<unknown>) {
  return sql`unreachable_since = null, unreachable_until = null, reachable_at = greatest(c.reachable_at, least(${endOfSecond(at)}, casement_now())), updated_at = casement_now()`
}

/** Most people were never unreachable, and then nothing is written. */
function isNews(at: RawBuilder<unknown>) {
  return sql`c.unreachable_since is not null and ${endOfSecond(at)} >= c.unreachable_since`
}

function endOfSecond(at: RawBuilder<unknown>) {
  return sql`${at} + interval '999 milliseconds'`
}
