import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { LET_GO } from './let-go.ts'

/*
 * Deliveries stand in streams: what is of one number at one endpoint goes in order. A stream knows its newest delivery and up to which they are
 * over, so what waits is a range, and nothing has to be marked as done to be passed by.
 *
 * Their ids are given under a lock, so that they become visible in order: a cursor over them would else miss what commits late.
 */

/** The number is arbitrary and only has to be ours. */
const PASSING_LOCK = 4_711_012_030

/** Whoever adds deliveries holds this until the commit. */
export async function lockDeliveries(trx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(PASSING_LOCK)})`.execute(trx)
}

export interface AttemptOfDelivery {
  /** Epoch milliseconds. */
  at: number
  status: number | null
  error: string | null
  ms: number
}

export type DeliveryState = 'pending' | 'delivered' | 'failed'

export interface DeliveryRead {
  id: string
  stream: string
  type: string
  state: DeliveryState
  attempts: AttemptOfDelivery[]
  created_at: Instant
  /** Null once it is over, and while its endpoint is sent nothing. */
  next_at: Instant | null
}

export interface DeliverySelection {
  endpoint: string
  state: DeliveryState | null
  /** Ids below this one. */
  before: string | null
  limit: number
}

const columns = sql`d.id::text as id, d.stream, d.type, d.state, d.attempts, d.created_at,
  case when d.id > s.done_id and e.state = 'active' then s.next_at end as next_at`

/** Newest first: of each stream the newest, merged. Of the caller's own endpoint. */
export async function listDeliveries(db: Db, selection: DeliverySelection): Promise<DeliveryRead[]> {
  const { endpoint, before, limit, state } = selection
  const below = before === null ? sql`true` : sql`d.id < ${before}::bigint`
  const { rows } = await sql<DeliveryRead>`
    select ${columns}
    from webhook_endpoints e join delivery_streams s on s.endpoint_id = e.id
    cross join lateral (${newestOf(state, below, limit)}) d
    where e.id = ${endpoint}::uuid and ${below} order by d.id desc limit ${limit}`.execute(db)
  return rows
}

/** Only the first that is not over can have failed. */
function newestOf(state: DeliveryState | null, below: RawBuilder<unknown>, limit: number): RawBuilder<unknown> {
  const ofStream = sql`select * from deliveries d where d.endpoint_id = s.endpoint_id and d.stream = s.stream`
  const newest = sql`order by d.id desc limit ${limit}`
  if (state === null) return sql`${ofStream} and ${below} ${newest}`
  // What is over was delivered or skipped; asked for so, PostgreSQL knows that nearly all are, and goes along the key.
  if (state === 'delivered')
    return sql`${ofStream} and d.id <= s.done_id and d.state <> 'failed' and ${below} ${newest}`
  if (state === 'pending') return sql`${ofStream} and d.id > s.done_id and d.state = 'pending' and ${below} ${newest}`
  return sql`select * from (${ofStream} and d.id > s.done_id order by d.id limit 1) d where d.state = 'failed'`
}

/**
 * Again, as a delivery of its own at the end of its stream; what is not over yet goes as soon as it may. Null where there is none. The
 * transaction holds the lock of the deliveries.
 */
export async function replayDelivery(trx: Db, endpoint: string, id: string): Promise<DeliveryRead | null> {
  const { rows } = await sql<{ stream: string; over: boolean }>`
    select s.stream, d.id <= s.done_id as over
    from delivery_streams s join deliveries d on d.endpoint_id = s.endpoint_id and d.stream = s.stream and d.id = ${id}::bigint
    where s.endpoint_id = ${endpoint}::uuid`.execute(trx)
  const found = rows[0]
  if (!found) return null
  if (!found.over) {
    await sql`
      update delivery_streams set next_at = least(next_at, casement_now())
      where endpoint_id = ${endpoint}::uuid and stream = ${found.stream}`.execute(trx)
    return readDelivery(trx, endpoint, found.stream, id)
  }
  const [copy] = await copyDeliveries(trx, endpoint, found.stream, [id])
  return readDelivery(trx, endpoint, found.stream, copy as string)
}

/**
 * Passes by the one that fails, so that what waits behind it goes. It stays in the list as one that failed. `not_failing` where it is over, or
 * waits for its turn; null where there is none.
 */
export async function skipDelivery(
  trx: Db,
  endpoint: string,
  id: string,
): Promise<DeliveryRead | 'not_failing' | null> {
  const { rows } = await sql<{ stream: string; failing: boolean }>`
    select s.stream, d.state = 'failed' and d.id > s.done_id as failing
    from delivery_streams s join deliveries d on d.endpoint_id = s.endpoint_id and d.stream = s.stream and d.id = ${id}::bigint
    where s.endpoint_id = ${endpoint}::uuid for no key update of s`.execute(trx)
  const found = rows[0]
  if (!found?.failing) return found ? 'not_failing' : null
  await sql`
    update delivery_streams set done_id = ${id}::bigint, tries = 0, first_tried_at = null, next_at = casement_now(), ${LET_GO}
    where endpoint_id = ${endpoint}::uuid and stream = ${found.stream}`.execute(trx)
  return readDelivery(trx, endpoint, found.stream, id)
}

async function readDelivery(trx: Db, endpoint: string, stream: string, id: string): Promise<DeliveryRead | null> {
  const { rows } = await sql<DeliveryRead>`
    select ${columns} from webhook_endpoints e
    join delivery_streams s on s.endpoint_id = e.id
    join deliveries d on d.endpoint_id = s.endpoint_id and d.stream = s.stream
    where e.id = ${endpoint}::uuid and s.stream = ${stream} and d.id = ${id}::bigint`.execute(trx)
  return rows[0] ?? null
}

/** In the order of their ids. */
async function copyDeliveries(trx: Db, endpoint: string, stream: string, ids: string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into deliveries (endpoint_id, stream, type, webhook_event_id, event_id, subject, payload, at)
    select endpoint_id, stream, type, webhook_event_id, event_id, subject, payload, at from deliveries
    where endpoint_id = ${endpoint}::uuid and stream = ${stream} and id = any (${ids}::bigint[]) order by id
    returning id::text as id`.execute(trx)
  const copies = rows.map((row) => row.id)
  if (copies.length > 0) await extendStreams(trx, [{ endpoint, stream, last: copies.at(-1) as string }])
  return copies
}

/** What waits in a stream ends with this one. */
export async function extendStreams(
  trx: Db,
  ends: { endpoint: string; stream: string; last: string }[],
): Promise<void> {
  const inOrder = ends.toSorted((a, b) => (`${a.endpoint} ${a.stream}` < `${b.endpoint} ${b.stream}` ? -1 : 1))
  await sql`
    insert into delivery_streams as s (endpoint_id, stream, last_id)
    select * from unnest(${inOrder.map((end) => end.endpoint)}::uuid[], ${inOrder.map((end) => end.stream)}::text[],
      ${inOrder.map((end) => end.last)}::bigint[])
    on conflict (endpoint_id, stream) do update set last_id = greatest(s.last_id, excluded.last_id)`.execute(trx)
}

/** How far a replay has come: behind this delivery of this stream. */
export interface ReplayPlace {
  stream: string
  id: string
}

export async function newestDelivery(trx: Db, endpoint: string): Promise<string> {
  const { rows } = await sql<{ last: string }>`
    select coalesce(max(last_id), 0)::text as last from delivery_streams where endpoint_id = ${endpoint}::uuid`.execute(
    trx,
  )
  return (rows[0] as { last: string }).last
}

/**
 * Of the next `limit` deliveries up to `upTo` copies those that are over and were made from `from` on and before `to`, epoch milliseconds.
 * `place` is null at the end. The transaction holds the lock of the deliveries.
 */
export async function replaySome(
  trx: Db,
  endpoint: string,
  range: { from: number; to: number; upTo: string },
  after: ReplayPlace,
  limit: number,
): Promise<{ place: ReplayPlace | null; replayed: number }> {
  const { rows } = await sql<ReplayPlace & { wanted: boolean }>`
    select d.stream, d.id::text as id,
      d.id <= s.done_id and d.created_at >= to_timestamp(${range.from} / 1000.0) and d.created_at < to_timestamp(${range.to} / 1000.0) as wanted
    from (
      select stream, id, created_at from deliveries
      where endpoint_id = ${endpoint}::uuid and (stream, id) > (${after.stream}, ${after.id}::bigint) order by stream, id limit ${limit}
    ) d join delivery_streams s on s.endpoint_id = ${endpoint}::uuid and s.stream = d.stream
    order by d.stream, d.id`.execute(trx)
  const chosen = rows.filter(({ wanted, id }) => wanted && BigInt(id) <= BigInt(range.upTo))
  for (const [stream, ofStream] of Map.groupBy(chosen, (row) => row.stream)) {
    await copyDeliveries(
      trx,
      endpoint,
      stream,
      ofStream.map((row) => row.id),
    )
  }
  const last = rows.at(-1)
  return { place: last ? { stream: last.stream, id: last.id } : null, replayed: chosen.length }
}
