import { sql } from 'kysely'
import type { PhoneNumberId } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { LONGEST_CATCHING_UP_MS } from './intake.ts'

/*
 * What is known of each number's own webhook channel: when it was alive by Meta's stamps, and whether its statuses come. A process that
 * stores webhooks proves nothing about the way from Meta to us: a proxy, a certificate or a name may be broken in front of it, or the
 * number's callback lead elsewhere. So an outage is measured by what was expected. Accepted messages are told `sent` within seconds; from
 * the oldest one for which no status of the number has come since, the number's intake is out, once that is longer than a minute ago.
 *
 * Nothing is written per message or per webhook. Each process notes what it saw and writes it about once a second, a row per number, in a
 * statement of its own: see `app/channel-notes.ts`.
 */

/** An accepted message that has waited for this long for any status of its number says that the intake is out; milliseconds. */
export const STATUS_LATE_AFTER_MS = 60_000

/** Messages of a number that Meta accepted since the last note; milliseconds ago. */
export interface Expectation {
  sender: PhoneNumberId
  firstAgoMs: number
  lastAgoMs: number
}

/** Remembers since when a status of the number is waited for. */
export async function expectStatuses(db: Db, expected: Expectation[]): Promise<void> {
  const inOrder = inOrderOf(expected)
  if (inOrder.length === 0) return
  await sql`
    with noted as (
      select sender, casement_now() - first * interval '1 millisecond' as first_at, casement_now() - last * interval '1 millisecond' as last_at
      from unnest(${inOrder.map((one) => one.sender)}::text[], ${inOrder.map((one) => one.firstAgoMs)}::float8[],
        ${inOrder.map((one) => one.lastAgoMs)}::float8[]) as n (sender, first, last)
    ), known as (
      update webhook_channels c set awaiting_since = case when first_at > coalesce(c.told_at, '-infinity') then first_at else last_at end
      from noted where c.phone_number_id = noted.sender
        and (c.awaiting_since is null or c.awaiting_since <= c.told_at) and last_at > coalesce(c.told_at, '-infinity')
    )
    insert into webhook_channels (phone_number_id, awaiting_since) select sender, first_at from noted order by sender
    on conflict (phone_number_id) do nothing`.execute(db)
}

/** What applied `messages` webhooks of a number told since the last note. */
export interface Heard {
  sender: PhoneNumberId
  /** Meta's newest stamp on a status or on a customer's message. */
  causedAt: Instant | null
  /** When the first and the last payload with a status of the number came in, by our clock. */
  toldFirstAt: Instant | null
  toldLastAt: Instant | null
  /** How far the stamp that is farthest ahead of our clock lies ahead of it; milliseconds. */
  aheadMs: number | null
}

const late = sql`${STATUS_LATE_AFTER_MS} * interval '1 millisecond'`
const longest = sql`${LONGEST_CATCHING_UP_MS} * interval '1 millisecond'`
/** The first status since the number's intake was out. */
const ended = sql`coalesce(c.awaiting_since > coalesce(c.told_at, '-infinity') and h.first_at - c.awaiting_since > ${late}, false)`
/** An outage before the last one was caught up with lengthens it. */
const missedSince = sql`case when c.caught_up_at > c.awaiting_since then c.missed_since else c.awaiting_since end`

/**
 * Remembers that the channels spoke, and ends their outages. No stamp counts for later than the payload could have been caused: one from
 * the future would call the channel alive for attempts that have not begun.
 */
export async function hearChannels(db: Db, heard: Heard[]): Promise<void> {
  const inOrder = inOrderOf(heard)
  if (inOrder.length === 0) return
  const dates = (of: (one: Heard) => Instant | null) =>
    inOrder.map((one) => (of(one) === null ? null : toDate(of(one) as Instant)))
  await sql`
    insert into webhook_channels (phone_number_id)
    select s.phone_number_id from senders s where s.phone_number_id = any (${inOrder.map((one) => one.sender)}::text[]) order by 1
    on conflict (phone_number_id) do nothing`.execute(db)
  await sql`
    update webhook_channels c set
      caused_at = greatest(c.caused_at, least(h.caused_at, casement_now())),
      told_at = greatest(c.told_at, h.last_at),
      revived_at = case when ${ended} then h.first_at else c.revived_at end,
      missed_since = case when ${ended} then ${missedSince} else c.missed_since end,
      caught_up_at = case when ${ended} then h.first_at + least(h.first_at - (${missedSince}), ${longest}) else c.caught_up_at end,
      ahead_ms = coalesce(h.ahead_ms, c.ahead_ms),
      ahead_at = case when h.ahead_ms is null then c.ahead_at else casement_now() end
    from (
      select c.phone_number_id as sender, n.caused_at, n.first_at, n.last_at, n.ahead_ms
      from unnest(${inOrder.map((one) => one.sender)}::text[], ${dates((one) => one.causedAt)}::timestamptz[],
        ${dates((one) => one.toldFirstAt)}::timestamptz[], ${dates((one) => one.toldLastAt)}::timestamptz[],
        ${inOrder.map((one) => one.aheadMs)}::float8[]) as n (sender, caused_at, first_at, last_at, ahead_ms)
      join webhook_channels c on c.phone_number_id = n.sender
      order by 1 for no key update of c
    ) h
    where c.phone_number_id = h.sender`.execute(db)
}

function inOrderOf<One extends { sender: PhoneNumberId }>(all: One[]): One[] {
  return all.toSorted((a, b) => (a.sender < b.sender ? -1 : 1))
}
