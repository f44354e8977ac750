import { sql } from 'kysely'
import type { ContactId, ConversationId, PhoneNumberId, Wamid } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { lockConversation } from '../conversations/conversations.ts'
import { STAND_IN } from '../intents/stand-in.ts'
import { type Db, within } from '../pg/postgres.ts'

/*
 * What customers make of a campaign's messages: that they answered, tapped a button, asked for no more. It stands with the message that they
 * mean, once, where a trigger counts it beside what was delivered and read; so it is counted as often as the report has it, goes when the message
 * turns out to have failed, and stays where two people turn out to be one.
 *
 * They mean the message that they quote, as every tap does. Who quotes nothing means the newest of the last three days. What was said while such a
 * message was on its way or in doubt is kept until that is over, for it may be the newest: an answer may be here before Meta's answer to us.
 *
 * Nor is that the end of it: a doubt that was given up may prove to be sent, and what failed to be delivered. Nothing tells of the answers to such a
 * message, for whoever learns of it holds no conversation. So what was said counts with the newest that is known, and is kept beyond that one as long
 * as a newer message of then may turn up. It is asked again, more seldom with time.
 */

/** What somebody said, or did, in a conversation that is locked. */
export interface Answer {
  conversationId: ConversationId
  /** Meta's stamp: whole seconds. */
  at: Instant
  /** The message that it answers by its own account. */
  quoted: Wamid | null
  /** They wrote, and did not only say so in WhatsApp's settings. */
  replied: boolean
  tapped: boolean
  /** They want no more. */
  stopped: boolean
}

const ANSWERED_WITHIN_H = 72

/** Nothing turns up that long after it was said: Meta repeats what it tells for seven days. */
const TURNS_UP_WITHIN_H = 168

/** Of `messages m`: it stands for somebody on a list. An invitation (-2) is none. */
const COUNTS = sql`(m.campaign_id is not null and m.campaign_variant is distinct from -2)`

/** Nothing that was said in a conversation to which no campaign's message was ever on its way is worth asking about (`campaigned`). */
export async function heedAnswer(trx: Db, answer: Answer): Promise<void> {
  const placed = await place(trx, answer, null)
  if (placed !== 'over') await keep(trx, answer, placed.beyond)
}

async function keep(trx: Db, answer: Answer, beyond: Moment | null): Promise<void> {
  const { conversationId, at, quoted, replied, tapped, stopped } = answer
  await sql`
    insert into campaign_answers (conversation_id, at, quoted, replied, tapped, stopped, beyond)
    values (${conversationId}::bigint, ${toDate(at)}::timestamptz, ${quoted}, ${replied}, ${tapped}, ${stopped}, ${beyond}::timestamptz)`.execute(
    trx,
  )
}

/**
 * They want no more marketing, and said so in WhatsApp itself: to this number, or, where null, to the business. The person is locked. It is about
 * the newest that a campaign sent them by then, or was sending them.
 */
export async function heedStop(trx: Db, contact: ContactId, sender: PhoneNumberId | null, at: Instant): Promise<void> {
  const { rows } = await sql<{ id: ConversationId; beyond: Moment | null }>`
    with here as (
      select v.id, v.phone_number_id, coalesce(v.merged_into, v.id) as live from conversations v
      where v.contact_id = ${contact}::bigint and (${sender}::text is null or v.phone_number_id = ${sender})
    ), newest as (
      select live, at from (
        select here.live, m.at from here cross join lateral (${newestIn('here', at)}) m
        union all
        select here.live, w.at from here cross join lateral (${waitingIn('here', at)}) w
      ) of order by at desc limit 1
    ), lost as (
      select distinct here.live from here cross join lateral (${lostIn('here', at)}) l
      where l.at > coalesce((select at from newest), '-infinity') and here.live is distinct from (select live from newest)
    )
    select live::text as id, null as beyond from newest
    union all
    select live::text, coalesce((select at from newest), '-infinity')::text from lost`.execute(trx)
  const said = { at, quoted: null, replied: false, tapped: false, stopped: true }
  for (const { id, beyond } of rows.toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id)))) {
    const { id: conversationId } = await lockConversation(trx, id)
    if (beyond === null) await heedAnswer(trx, { conversationId, ...said })
    else await keep(trx, { conversationId, ...said }, beyond)
  }
}

/** An instant as the database writes it, to the microsecond. */
type Moment = string

/** Where it is not over: it is about nothing that left up to `beyond`; and why it is looked at again. */
type Placed = 'over' | { beyond: Moment | null; until: 'settled' | 'turned up' }

interface Meant {
  quotes: Wamid | null
  /** The message that is quoted is of a campaign. */
  quotes_campaign: boolean
  newest: Wamid | null
  newest_at: Moment | null
  /** A campaign's message to them that left by then is on its way, or in doubt. */
  waits: boolean
  /** One that may be the newest, or the one that is quoted, is given up for lost. */
  lost: boolean
}

/** Writes what was said to the message that is meant, if there is one. */
async function place(trx: Db, answer: Answer, beyond: Moment | null): Promise<Placed> {
  const meant = await meantBy(trx, answer, beyond)
  if (meant.quotes !== null) {
    if (meant.quotes_campaign && !(await mark(trx, meant.quotes, answer))) return place(trx, answer, beyond)
    return 'over'
  }
  if (meant.waits) return { beyond, until: 'settled' }
  // A message that nobody here knows is no campaign's, unless its wamid could not be known.
  const { newest } = meant
  const isMeant = newest !== null && (answer.quoted === null || newest.startsWith(STAND_IN))
  if (isMeant && !(await mark(trx, newest, answer))) return place(trx, answer, beyond)
  return meant.lost ? { beyond: isMeant ? meant.newest_at : beyond, until: 'turned up' } : 'over'
}

async function meantBy(trx: Db, { conversationId, at, quoted }: Answer, beyond: Moment | null): Promise<Meant> {
  const after = sql`coalesce(${beyond}::timestamptz, '-infinity')`
  const { rows } = await sql<Meant>`
    with here as (
      select v.id, v.phone_number_id from conversations v where v.id = ${conversationId}::bigint or v.merged_into = ${conversationId}::bigint
    ), quoted as (
      select m.wamid, ${COUNTS} as counts from messages m where m.wamid = ${quoted} and m.conversation_id in (select id from here)
    ), newest as (
      select m.wamid, m.at from here cross join lateral (${newestIn('here', at)}) m where m.at > ${after} order by m.at desc limit 1
    )
    select q.wamid as quotes, coalesce(q.counts, false) as quotes_campaign, n.wamid as newest, n.at::text as newest_at,
      exists (select from here cross join lateral (${waitingIn('here', at)}) w) as waits,
      exists (
        select from here cross join lateral (${lostIn('here', at)}) l
        where case when ${quoted}::text is null then l.at > greatest(n.at, ${after}) else l.wamid is null end) as lost
    from (select) one left join quoted q on true left join newest n on true`.execute(trx)
  return rows[0] as Meant
}

/** Stamps of answers are whole seconds. */
const secondOf = (at: Instant) => sql`${toDate(at)}::timestamptz`

/**
 * The newest of a campaign's messages in a conversation `here` that had left by then, of the days in which it is answered without a quote. It left
 * when its attempt began: that Meta accepted it is on record later, by minutes after an outage, and its customer may have answered by then.
 */
function newestIn(here: string, at: Instant) {
  return sql`
    select m.wamid, a.started_at as at from messages m join attempts a on a.intent_id = m.intent_id and a.number = m.attempt
    where m.conversation_id = ${sql.ref(`${here}.id`)} and m.accepted_at > ${secondOf(at)} - ${ANSWERED_WITHIN_H} * interval '1 hour' and ${COUNTS}
      and m.status is distinct from 'failed' and date_trunc('second', a.started_at) <= ${secondOf(at)}
    order by a.started_at desc limit 1`
}

/** A campaign's messages in a conversation `here` that were on their way by then and are, or that nobody knows more of. */
function waitingIn(here: string, at: Instant) {
  const leftAt = sql`join attempts a on a.intent_id = i.id and a.number = i.attempts and date_trunc('second', a.started_at) <= ${secondOf(at)}`
  const ofCampaign = sql`i.campaign_position is not null`
  return sql`
    select a.started_at as at from turns t join intents i on i.id = t.intent_id ${leftAt}
    where t.phone_number_id = ${sql.ref(`${here}.phone_number_id`)} and t.priority between 0 and 3 and t.conversation_id = ${sql.ref(`${here}.id`)}
      and ${ofCampaign} and i.state = 'dispatching'
    union all
    select a.started_at from intents i ${leftAt}
    where i.phone_number_id = ${sql.ref(`${here}.phone_number_id`)} and i.doubted_at is not null and i.conversation_id = ${sql.ref(`${here}.id`)}
      and ${ofCampaign}`
}

/**
 * A campaign's messages in a conversation `here` that may have left by then, and of which it is not known, or not any more: doubts that were given
 * up, whose wamid nobody knows, and what was reported as failed. Of what has a reason there is little, so it has an index of its own.
 */
function lostIn(here: string, at: Instant) {
  const leftBy = sql`date_trunc('second', a.started_at) <= ${secondOf(at)} and a.started_at > ${secondOf(at)} - ${ANSWERED_WITHIN_H} * interval '1 hour'
    and ${secondOf(at)} > casement_now() - ${TURNS_UP_WITHIN_H} * interval '1 hour'`
  return sql`
    select null as wamid, a.started_at as at from attempts a
    where a.intent_id = any (array(
        select i.id from intents i
        where i.conversation_id = ${sql.ref(`${here}.id`)} and i.campaign_position is not null and i.reason_code is not null))
      and coalesce(a.outcome, 'in_doubt') = 'in_doubt' and ${leftBy}
    union all
    select m.wamid, a.started_at from messages m join attempts a on a.intent_id = m.intent_id and a.number = m.attempt
    where m.conversation_id = ${sql.ref(`${here}.id`)} and m.accepted_at > ${secondOf(at)} - ${ANSWERED_WITHIN_H} * interval '1 hour' and ${COUNTS}
      and m.status = 'failed' and ${leftBy}`
}

/** Whatever is said again, or is known of later, changes nothing but for an earlier stamp. False: the message is not there any more. */
async function mark(trx: Db, wamid: Wamid, { at, replied, tapped, stopped }: Answer): Promise<boolean> {
  const first = (isSaid: boolean) => sql`case when ${isSaid} then ${toDate(at)}::timestamptz end`
  const { numAffectedRows } = await sql`
    update messages m set replied_at = least(m.replied_at, n.replied_at), tapped_at = least(m.tapped_at, n.tapped_at),
      stopped_at = least(m.stopped_at, n.stopped_at)
    from (values (${first(replied)}, ${first(tapped)}, ${first(stopped)})) as n (replied_at, tapped_at, stopped_at)
    where m.wamid = ${wamid} and (n.replied_at < coalesce(m.replied_at, 'infinity') or n.tapped_at < coalesce(m.tapped_at, 'infinity')
      or n.stopped_at < coalesce(m.stopped_at, 'infinity'))`.execute(trx)
  if (numAffectedRows === 1n) return true
  const there = await sql`select from messages where wamid = ${wamid}`.execute(trx)
  return there.rows.length === 1
}

interface KeptAnswer extends Omit<Answer, 'conversationId'> {
  id: string
  conversation_id: ConversationId
  beyond: Moment | null
}

/** Looked at again after a quarter of the time that it has waited. */
const LEAST_WAIT_S = 1
const MOST_WAIT_S = { settled: 60, 'turned up': 3_600 }

const againAfter = (mostS: number) => sql`casement_now()
  + least(${mostS}, greatest(${LEAST_WAIT_S}, extract(epoch from casement_now() - a.heard_at) / 4)) * interval '1 second'`

/** Places what was kept, as far as it can be told by now. Answers how many were looked at. */
export async function placeAnswers(db: Db, limit: number): Promise<number> {
  const { rows } = await sql<KeptAnswer>`
    update campaign_answers a set due_at = ${againAfter(MOST_WAIT_S.settled)}
    where a.id = any (array(select id from campaign_answers where due_at <= casement_now() order by due_at limit ${limit}))
    returning a.id::text as id, a.conversation_id::text as conversation_id, a.at, a.quoted, a.replied, a.tapped, a.stopped, a.beyond::text as beyond`.execute(
    db,
  )
  for (const { id, conversation_id, beyond, ...said } of rows) {
    await within(db, async (trx) => {
      const { id: conversationId } = await lockConversation(trx, conversation_id)
      const placed = await place(trx, { ...said, conversationId }, beyond)
      if (placed === 'over') await sql`delete from campaign_answers where id = ${id}::bigint`.execute(trx)
      else
        await sql`
          update campaign_answers a set beyond = ${placed.beyond}::timestamptz, due_at = ${againAfter(MOST_WAIT_S[placed.until])}
          where id = ${id}::bigint`.execute(trx)
    })
  }
  return rows.length
}
