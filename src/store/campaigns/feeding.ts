import { sql } from 'kysely'
import type { CampaignDocument } from '../../domain/campaign/document.ts'
import { type CampaignSender, sendersOf } from '../../domain/campaign/senders.ts'
import type { ContactId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import type { ReasonCode } from '../../domain/intent.ts'
import { effectiveMps } from '../../domain/throughput.ts'
import { type Instant, toIso } from '../../domain/time.ts'
import { type PaceRow, paceColumns, paceOf } from '../accounts/pace.ts'
import type { Db } from '../pg/postgres.ts'
import { addMoves } from './counts.ts'

/*
 * Handing over: from the list to intents, a range of positions at a time. One at a time does it for a campaign, by a lock of its own, so positions
 * are handed over once and in order, and `fed` moves in the transaction that makes the intents of what it passes. Its row is only read first and
 * held at the end, where it is still the same one: a pause never waits for a round, and a round that was overtaken by one never was.
 */

/** A campaign of which nobody else hands anything over until the end of the transaction. */
export interface FeedingCampaign {
  row: number
  /** Of the row as it was read: any change of it makes another. */
  version: string
  id: string
  workspace: WorkspaceId
  name: string
  document: CampaignDocument
  /** Of the choice of variants. */
  salt: string
  total: number
  fed: number
  /** Of those, whose turn comes later. */
  later: number
  beganAt: Instant
  /** When its next message is due at the earliest, where it has a pace of its own; null: at once. */
  pacedAt: Instant | null
  /** Those of its numbers that may send now, in the order of the document and of one portfolio; one at least. */
  numbers: FeedingNumber[]
  now: Instant
  /** Since when nothing fits into its budget. */
  short_since: Instant | null
}

export interface FeedingNumber extends CampaignSender {
  /** Campaigns of it that have something to hand over about now, this one among them. */
  beside: number
  /** Messages per second. */
  mps: number
}

/** Those that may have room for more, whoever waited longest first. Those of numbers that cannot send wait longest of all, and are left out. */
export async function campaignsToFeed(db: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select c.id from campaigns c
    where c.next_feed_at <= casement_now() and exists (
      select from senders s where s.phone_number_id = any (c.phone_number_ids) and s.workspace = c.workspace and ${canSend})
    order by c.next_feed_at limit 1000`.execute(db)
  return rows.map(({ id }) => id)
}

const canSend = sql`s.state = 'active' and s.sealed_access_token is not null`

/** Whose next turns are further away leaves the room to others. */
const SOON = sql.raw(`interval '10 seconds'`)

/** "feed" */
const LOCK = 0x66656564

/** Nobody hands anything over of this campaign until the end of the transaction; whoever does so now is waited for. */
export async function keepFromFeeding(trx: Db, row: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK}::integer, ${row}::integer)`.execute(trx)
}

/** Null where it runs no more, somebody else hands over, or none of its numbers can send. */
export async function lockToFeed(trx: Db, row: number): Promise<FeedingCampaign | null> {
  const got = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(${LOCK}::integer, ${row}::integer) as locked`.execute(trx)
  if (!got.rows[0]?.locked) return null
  const { rows } = await sql<Omit<FeedingCampaign, 'numbers'>>`
    select c.id as row, c.xmin::text as version, c.public_id as id, c.workspace, c.name, c.document, c.salt, c.total, c.fed, c.later, c.started_at as "beganAt",
      c.paced_at as "pacedAt", casement_now() as now, c.short_since
    from campaigns c where c.id = ${row}::integer and c.state = 'running' and c.next_feed_at is not null`.execute(trx)
  const [found] = rows
  if (found === undefined) return null
  const { rows: able } = await sql<PaceRow & { sender: PhoneNumberId; portfolio: string; beside: number }>`
    select s.phone_number_id as sender, w.portfolio_id as portfolio, ${paceColumns}, (select count(*)::integer from campaigns o
      where s.phone_number_id = any (o.phone_number_ids) and (o.next_feed_at < casement_now() + ${SOON} or o.id = ${row}::integer)) as beside
    from campaigns c join senders s on s.phone_number_id = any (c.phone_number_ids) and s.workspace = c.workspace
    join wabas w on w.id = s.waba_id
    where c.id = ${row}::integer and ${canSend}`.execute(trx)
  const given = sendersOf(found.document).flatMap((one) => {
    const number = able.find(({ sender }) => sender === one.sender)
    return number ? [{ ...one, number }] : []
  })
  // One may have been linked anew, with another portfolio: ids of people and the messaging limit are a portfolio's.
  const numbers = given
    .filter(({ number }) => number.portfolio === given[0]?.number.portfolio)
    .map(({ number, ...one }) => ({ ...one, beside: number.beside, mps: effectiveMps(paceOf(number), number.now) }))
  return numbers.length > 0 ? { ...found, numbers } : null
}

/** Its row is ours until the end of the transaction. False where it is not the one that was read: nothing that was decided by that may stand. */
export async function holdToFeed(trx: Db, { row, version }: FeedingCampaign): Promise<boolean> {
  const { rows } = await sql`
    select from campaigns where id = ${row}::integer and xmin::text = ${version} for no key update`.execute(trx)
  return rows.length > 0
}

export interface ListedLine {
  position: number
  upload: number
  line: number
  /** Empty: they were erased. */
  recipient: string
  cells: string[]
}

const lineColumns = sql`position, upload, line, recipient, cells::json as cells`

export async function readLines(trx: Db, row: number, after: number, limit: number): Promise<ListedLine[]> {
  const { rows } = await sql<ListedLine>`
    select ${lineColumns} from campaign_recipients
    where campaign_id = ${row}::integer and position between ${after + 1}::integer and ${after + limit}::integer
    order by position`.execute(trx)
  return rows
}

export interface ListShape {
  upload: number
  columns: string[]
  to: number
  home: string | null
}

export async function readShapes(db: Db, row: number): Promise<ListShape[]> {
  const { rows } = await sql<ListShape>`
    select id as upload, header as columns, to_column as "to", default_country as home from campaign_uploads
    where campaign_id = ${row}::integer and state = 'ready' order by id`.execute(db)
  return rows
}

/**
 * Those of these people whom the campaign has written to, or is about to, under another id of theirs. Of each conversation what is as new as
 * the first that this campaign handed over: no index of `intents` knows campaigns, and somebody may have got thousands of messages before.
 */
export async function alreadyLinked(trx: Db, row: number, contacts: ContactId[]): Promise<Set<ContactId>> {
  const { rows } = await sql<{ contact: ContactId }>`
    select distinct v.contact_id::text as contact from unnest(${contacts}::bigint[]) as asked (contact_id)
    join conversations v on v.contact_id = asked.contact_id
    join intents i on i.conversation_id = v.id
    where i.campaign_id = ${row}::integer and i.campaign_position is not null
      and i.id >= (select l.intent_id from campaign_intents l where l.campaign_id = ${row}::integer order by l.intent_id limit 1)`.execute(
    trx,
  )
  return new Set(rows.map(({ contact }) => contact))
}

/** A recipient who ends as they are handed over, without an intent. */
export interface FeedException {
  position: number
  /** Which of the campaign's messages they would have got. */
  variant: number
  state: 'failed' | 'cancelled' | 'suppressed'
  code: ReasonCode
  text: string
}

export async function insertExceptions(trx: Db, row: number, ends: readonly FeedException[]): Promise<void> {
  if (ends.length === 0) return
  await sql`
    insert into campaign_exceptions (campaign_id, position, variant, state, reason_code, reason_text)
    select ${row}::integer, * from unnest(${ends.map((e) => e.position)}::integer[], ${ends.map((e) => e.variant)}::smallint[],
      ${ends.map((e) => e.state)}::text[],
      ${ends.map((e) => e.code)}::text[], ${ends.map((e) => e.text)}::text[])`.execute(trx)
  const keys = Map.groupBy(ends, (end) => `${end.variant} ${end.state}:${end.code}`)
  const moves = [...keys.values()].map((some) => {
    const [{ variant, state, code }] = some as [FeedException]
    return { variant, key: `${state}:${code}`, n: some.length }
  })
  await addMoves(trx, row, moves)
}

/** Lines that were put off and whose turn has come, the earliest first. */
export async function readLater(trx: Db, row: number, limit: number): Promise<ListedLine[]> {
  const taken = await sql<{ position: number }>`
    select position from campaign_later where campaign_id = ${row}::integer and at <= casement_now() order by at, position limit ${limit}`.execute(
    trx,
  )
  if (taken.rows.length === 0) return []
  const positions = taken.rows.map(({ position }) => position)
  // By their range: the index of a list has no single lines, and those of one turn stand close to each other.
  const { rows } = await sql<ListedLine>`
    select ${lineColumns} from campaign_recipients
    where campaign_id = ${row}::integer and position between ${Math.min(...positions)}::integer and ${Math.max(...positions)}::integer
      and position + 0 = any (${positions}::integer[])
    order by position`.execute(trx)
  return rows
}

/** Their turn has come: they are put off no more. */
export async function dropLater(trx: Db, row: number, lines: readonly ListedLine[]): Promise<void> {
  if (lines.length === 0) return
  await sql`
    delete from campaign_later where campaign_id = ${row}::integer and at <= casement_now()
      and position = any (${lines.map(({ position }) => position)}::integer[])`.execute(trx)
}

/** Whose turn comes later is gone past, and looked at again then. */
export async function putLater(
  trx: Db,
  row: number,
  ones: readonly { position: number; at: Instant }[],
): Promise<void> {
  if (ones.length === 0) return
  await sql`
    insert into campaign_later (campaign_id, position, at)
    select ${row}::integer, * from unnest(${ones.map(({ position }) => position)}::integer[], ${ones.map(({ at }) => toIso(at))}::timestamptz[])`.execute(
    trx,
  )
}

/** Where a campaign stands after a round. */
export interface Advanced {
  /** All up to here was handed over, or put off. */
  fed: number
  /** So many more are put off, or fewer. */
  later: number
  /** When its next message may be due, where it has a pace of its own; null: as it was. */
  pacedAt: Instant | null
  /** Until it is looked at again, where something is left; where that is nothing but what is put off, not before their turn. */
  inMs: number
}

export async function advance(trx: Db, row: number, { fed, later, pacedAt, inMs }: Advanced): Promise<void> {
  await sql`
    update campaigns set fed = ${fed}::integer, later = later + ${later}::integer,
      paced_at = coalesce(${pacedAt === null ? null : toIso(pacedAt)}::timestamptz, paced_at),
      next_feed_at = case when ${fed}::integer < total then casement_now() + ${inMs} * interval '1 millisecond'
        when later + ${later}::integer > 0 then greatest(casement_now() + ${inMs} * interval '1 millisecond',
          (select min(l.at) from campaign_later l where l.campaign_id = ${row}::integer)) end
    where id = ${row}::integer`.execute(trx)
}

/** How many of it were handed over and wait for the end of quiet hours: they are not on their way. */
export async function countPutOff(trx: Db, row: number, numbers: readonly PhoneNumberId[]): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::integer as n from intents i where i.phone_number_id = any (${numbers}::text[]) and i.priority = 3
      and ${IS_PUT_OFF} and i.campaign_id = ${row}::integer and i.campaign_position is not null`.execute(trx)
  return rows[0]?.n ?? 0
}

const IS_PUT_OFF = sql`i.due_at > casement_now() + ${SOON} and i.reason_code = 'quiet_hours'`

/**
 * Of each of these numbers: how many of it were handed over and have not left, without those that wait for the end of quiet hours. Found where
 * what is under way stands in the indexes, which is no more than may be handed over ahead.
 */
export async function countAhead(
  trx: Db,
  row: number,
  numbers: readonly PhoneNumberId[],
): Promise<Map<PhoneNumberId, number>> {
  const { rows } = await sql<{ number: PhoneNumberId; n: number }>`
    select n.number, (
      (select count(*) from intents i where i.phone_number_id = n.number and i.priority = 3 and i.due_at is not null
        and i.campaign_id = ${row}::integer and i.campaign_position is not null and (${IS_PUT_OFF}) is not true)
      + (select count(*) from turns t join intents i on i.id = t.intent_id
        where t.phone_number_id = n.number and t.priority = 3 and i.state = 'dispatching' and i.campaign_id = ${row}::integer))::integer as n
    from unnest(${numbers}::text[]) n (number)`.execute(trx)
  return new Map(rows.map(({ number, n }) => [number, n]))
}

/** Others go on meanwhile. */
export async function putOff(db: Db, row: number, inMs: number): Promise<void> {
  await sql`
    update campaigns set next_feed_at = casement_now() + ${inMs} * interval '1 millisecond'
    where id = ${row}::integer and next_feed_at is not null`.execute(db)
}
