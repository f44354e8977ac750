import { type RawBuilder, sql } from 'kysely'
import type { EndpointKind, EndpointReason, IdChoice } from '../../domain/endpoint.ts'
import type { PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { SERVER_CLOCK } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'
import type { AttemptOfDelivery, DeliveryState } from './deliveries.ts'

/*
 * Who delivers what. A lease of a stream is a row's, not a lock: it outlives no process by more than its time, works behind a pooler, and is
 * renewed by the statement that records what was delivered. It goes by the server's own clock, which no sandbox moves; when something is due
 * goes by `casement_now()`.
 *
 * A process that does not tell any more that it is there (`desks`) loses its streams before. Should it only have stood still, two deliver what
 * is waiting for a moment, each in order and from where it stood: everything comes first in order all the same, and some of it twice.
 */

const clock = sql.raw(SERVER_CLOCK)

/** How long a process that fell silent keeps a stream; milliseconds. */
export const LEASE_MS = 30_000

/** A process that has not told for so long has died; milliseconds. It tells twice a second. */
const SILENT_FOR_MS = 5_000

export interface StreamKey {
  endpoint: string
  stream: string
}

export interface LeasedStream extends StreamKey {
  lease: string
}

/** For a process: how many streams of an endpoint it may take. */
export interface StreamRoom {
  /** In all. */
  streams: number
  /** Of each endpoint that is not among `less`. */
  perEndpoint: number
  less: { endpoint: string; streams: number }[]
}

/**
 * Streams with something due that nobody delivers, those that have waited longest first. Served by `delivery_streams_due`.
 *
 * @param holder the process, as it tells that it is there
 */
export async function leaseStreams(
  db: Db,
  { lease, holder }: { lease: string; holder: string },
  room: StreamRoom,
): Promise<LeasedStream[]> {
  const { rows } = await sql<LeasedStream>`
    with due as (
      select s.endpoint_id, s.stream
      from webhook_endpoints e
      left join unnest(${room.less.map((one) => one.endpoint)}::uuid[], ${room.less.map((one) => one.streams)}::integer[]) as l (id, streams)
        on l.id = e.id
      cross join lateral (
        select s.endpoint_id, s.stream, s.next_at from delivery_streams s
        where s.endpoint_id = e.id and ${isFree}
        order by s.next_at limit greatest(coalesce(l.streams, ${room.perEndpoint}), 0)
      ) s
      where e.state = 'active' and e.deleted_at is null order by s.next_at limit ${room.streams}
    ), free as (
      select s.endpoint_id, s.stream from delivery_streams s join due on due.endpoint_id = s.endpoint_id and due.stream = s.stream
      where ${isFree} for no key update of s skip locked
    )
    update delivery_streams s set lease = ${lease}::uuid, leased_until = ${LEASE_END}, holder = ${holder}::uuid,
      held_until = case when s.leased_until > ${clock} then s.leased_until when s.held_until > ${clock} then s.held_until end
    from free where s.endpoint_id = free.endpoint_id and s.stream = free.stream
    returning s.endpoint_id as endpoint, s.stream, s.lease`.execute(db)
  return rows
}

/** Of a row `s` with a lease: nobody has it, or who has it fell silent. */
export const IS_LET_GO: RawBuilder<unknown> = sql`(s.leased_until is null or s.leased_until < ${clock}
  or exists (select from desks p where p.id = s.holder and p.at < ${clock} - ${SILENT_FOR_MS} * interval '1 millisecond'))`
const isFree = sql`s.last_id > s.done_id and s.next_at <= casement_now() and ${IS_LET_GO}`
export const LEASE_END: RawBuilder<unknown> = sql`${clock} + ${LEASE_MS} * interval '1 millisecond'`

/** What a delivery is about, to make its body of. */
export interface WaitingDelivery {
  id: string
  type: string
  /** Of the kind `meta`: what Meta sent; null where it is gone. */
  text: string | null
  /** Of the kind `events`. */
  event: { id: string; subject: string; payload: Record<string, unknown>; at: Instant } | null
}

export interface EndpointForDelivery {
  id: string
  workspace: WorkspaceId
  url: string
  kind: EndpointKind
  senders: PhoneNumberId[] | null
  events: string[] | null
  ids: IdChoice
  sealed_secret: string
}

export interface StreamPage {
  endpoint: EndpointForDelivery
  deliveries: WaitingDelivery[]
  /** The newest there was when it was read; nothing comes before that any more. */
  lastId: string
  /** Of the first of them. */
  tries: number
  firstTriedAt: Instant | null
  now: Instant
}

export interface PageLimits {
  deliveries: number
  /** Of all payloads together; one that is longer comes alone. */
  bytes: number
}

/**
 * What goes next in each of these streams; null for one that is not ours any more, or whose endpoint is sent nothing. Of each at most so much.
 */
export async function readStreamPages(
  db: Db,
  leased: readonly LeasedStream[],
  limits: PageLimits,
): Promise<(StreamPage | null)[]> {
  const { rows: heads } = await sql<HeadRow>`
    select l.ord::int as ord, e.id, e.workspace, e.url, e.kind, e.senders, e.events, e.ids, e.sealed_secret, s.tries, s.first_tried_at,
      s.done_id::text as done_id, s.last_id::text as last_id, casement_now() as now
    from ${asRows(leased)} as l (endpoint, stream, lease, ord)
    join delivery_streams s on s.endpoint_id = l.endpoint and s.stream = l.stream and s.lease = l.lease
    join webhook_endpoints e on e.id = s.endpoint_id
    where e.state = 'active' and e.deleted_at is null`.execute(db)
  if (heads.length === 0) return leased.map(() => null)
  const { rows } = await sql<DeliveryRow>`
    select o.ord::int as ord, p.* from unnest(
      ${heads.map((head) => head.id)}::uuid[], ${heads.map((head) => leased[head.ord - 1]?.stream)}::text[],
      ${heads.map((head) => head.done_id)}::bigint[], ${heads.map((head) => head.ord)}::integer[]) as o (endpoint, stream, done, ord)
    cross join lateral (
      select id::text as id, type, event_id, subject, event_payload, at, text from (
        select d.id, d.type, d.event_id, d.subject, d.payload as event_payload, d.at, w.payload as text,
          sum(coalesce(octet_length(w.payload), 0)) over (order by d.id) as bytes, row_number() over (order by d.id) as number
        from (
          select * from deliveries
          where endpoint_id = o.endpoint and stream = o.stream and id > o.done order by id limit ${limits.deliveries}
        ) d left join webhook_events w on w.id = d.webhook_event_id
      ) d where number = 1 or bytes <= ${limits.bytes} order by d.id
    ) p order by o.ord, p.id::bigint`.execute(db)
  const byStream = Map.groupBy(rows, (row) => row.ord)
  const pages = new Map(heads.map((head) => [head.ord, pageOf(head, byStream.get(head.ord) ?? [])]))
  return leased.map((_, index) => pages.get(index + 1) ?? null)
}

function asRows(leased: readonly LeasedStream[]): RawBuilder<unknown> {
  return sql`unnest(${leased.map((one) => one.endpoint)}::uuid[], ${leased.map((one) => one.stream)}::text[],
    ${leased.map((one) => one.lease)}::uuid[]) with ordinality`
}

interface HeadRow extends EndpointForDelivery {
  ord: number
  tries: number
  first_tried_at: Instant | null
  now: Instant
  done_id: string
  last_id: string
}

function pageOf(head: HeadRow, rows: DeliveryRow[]): StreamPage {
  const { ord: _ord, done_id: _done, last_id: lastId, tries, first_tried_at: firstTriedAt, now, ...endpoint } = head
  return { endpoint, deliveries: rows.map(waitingOf), lastId, tries, firstTriedAt, now }
}

interface DeliveryRow {
  ord: number
  id: string
  type: string
  event_id: string | null
  subject: string | null
  event_payload: Record<string, unknown> | null
  at: Instant | null
  text: string | null
}

function waitingOf({ id, type, text, event_id, subject, event_payload, at }: DeliveryRow): WaitingDelivery {
  if (event_id === null) return { id, type, text, event: null }
  const event = { id: event_id, subject: subject ?? '', payload: event_payload ?? {}, at: at as Instant }
  return { id, type, text, event }
}

/** What was done in a stream since its last record. */
export interface StreamRecord extends LeasedStream {
  /** All up to this one are over; null: none more. */
  doneId: string | null
  tried: { id: string; state: Exclude<DeliveryState, 'pending'>; attempt: AttemptOfDelivery }[]
  /** There was nothing to tell any more. */
  dropped: string[]
  /** `keep`: go on. `free`: others may, at once. `later`: the first that is not over failed. `stop`: it waits for its endpoint. */
  next: { kind: 'keep' | 'free' | 'stop' } | { kind: 'later'; tries: number; firstTriedAt: Instant; nextAt: Instant }
}

/**
 * In one transaction. Answers of each whether it was still ours; of what was not, nothing is recorded but what was tried: what became of it is
 * for whoever has it now to say.
 */
export async function recordStreams(trx: Db, records: StreamRecord[]): Promise<boolean[]> {
  const of = <T>(value: (record: StreamRecord) => T) => records.map(value)
  const later = (record: StreamRecord) => (record.next.kind === 'later' ? record.next : null)
  const { rows } = await sql<{ ord: number }>`
    update delivery_streams s set
      done_id = coalesce(r.done_id, s.done_id),
      tries = coalesce(r.tries, case when r.done_id is null then s.tries else 0 end),
      first_tried_at = coalesce(r.first_tried_at, case when r.done_id is null then s.first_tried_at end),
      next_at = coalesce(r.next_at, case when r.kind = 'free' then casement_now() else s.next_at end),
      lease = case when r.kind = 'keep' then s.lease end,
      holder = case when r.kind = 'keep' then s.holder end,
      leased_until = case when r.kind = 'keep' then ${LEASE_END} end
    from (
      select r.* from unnest(${of((r) => r.endpoint)}::uuid[], ${of((r) => r.stream)}::text[], ${of((r) => r.lease)}::uuid[],
        ${of((r) => r.doneId)}::bigint[], ${of((r) => r.next.kind)}::text[], ${of((r) => later(r)?.tries ?? null)}::integer[],
        ${of((r) => dateOrNull(later(r)?.firstTriedAt))}::timestamptz[], ${of((r) => dateOrNull(later(r)?.nextAt))}::timestamptz[]
      ) with ordinality as r (endpoint, stream, lease, done_id, kind, tries, first_tried_at, next_at, ord)
      join delivery_streams s on s.endpoint_id = r.endpoint and s.stream = r.stream
      order by r.endpoint, r.stream for no key update of s
    ) r
    where s.endpoint_id = r.endpoint and s.stream = r.stream and s.lease = r.lease
    returning r.ord::int as ord`.execute(trx)
  const ours = new Set(rows.map((row) => row.ord))
  const isOurs = records.map((_record, index) => ours.has(index + 1))
  await logAttempts(trx, records, isOurs)
  await drop(
    trx,
    records.filter((_record, index) => isOurs[index]),
  )
  return isOurs
}

async function logAttempts(trx: Db, records: StreamRecord[], isOurs: boolean[]): Promise<void> {
  const tried = records.flatMap((record, index) =>
    record.tried.map((one) => ({ ...record, ...one, state: isOurs[index] ? one.state : null })),
  )
  if (tried.length === 0) return
  await sql`
    update deliveries d set state = coalesce(t.state, d.state), attempts = d.attempts || t.attempt
    from unnest(${tried.map((one) => one.endpoint)}::uuid[], ${tried.map((one) => one.stream)}::text[], ${tried.map((one) => one.id)}::bigint[],
      ${tried.map((one) => one.state)}::text[], ${tried.map((one) => JSON.stringify(one.attempt))}::jsonb[]) as t (endpoint, stream, id, state, attempt)
    where d.endpoint_id = t.endpoint and d.stream = t.stream and d.id = t.id`.execute(trx)
}

async function drop(trx: Db, records: StreamRecord[]): Promise<void> {
  const dropped = records.flatMap((record) => record.dropped.map((id) => ({ ...record, id })))
  if (dropped.length === 0) return
  await sql`
    delete from deliveries d using unnest(${dropped.map((one) => one.endpoint)}::uuid[], ${dropped.map((one) => one.stream)}::text[],
      ${dropped.map((one) => one.id)}::bigint[]) as t (endpoint, stream, id)
    where d.endpoint_id = t.endpoint and d.stream = t.stream and d.id = t.id`.execute(trx)
}

function dateOrNull(at: Instant | undefined): Date | null {
  return at === undefined ? null : toDate(at)
}

/**
 * Casement itself gives an endpoint up, for what came of a stream. Answers whose it is; null when somebody was faster, or the stream is not ours
 * any more: what was tried was another address then, or before somebody had it begin anew.
 */
export async function giveUp(
  trx: Db,
  { endpoint, stream, lease }: LeasedStream,
  state: 'paused' | 'gone',
  reason: EndpointReason,
): Promise<WorkspaceId | null> {
  // Locked in the order in which whoever changes it locks; looked at afterwards, since a statement sees what was there when it began.
  await sql`select from webhook_endpoints where id = ${endpoint}::uuid for no key update`.execute(trx)
  const { rows } = await sql<{ workspace: WorkspaceId }>`
    update webhook_endpoints e set state = ${state}, reason_code = ${reason.code}, reason_text = ${reason.text}
    where e.id = ${endpoint}::uuid and e.state = 'active' and e.deleted_at is null and exists (
      select from delivery_streams s where s.endpoint_id = e.id and s.stream = ${stream} and s.lease = ${lease}::uuid)
    returning workspace`.execute(trx)
  // Nothing is kept for who is gone, so nothing need be told for their sake.
  if (state === 'gone' && rows.length > 0) await sql`delete from news_readers where id = ${endpoint}::uuid`.execute(trx)
  return rows[0]?.workspace ?? null
}
