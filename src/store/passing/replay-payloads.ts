import { sql } from 'kysely'
import type { PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import { readPayload, splitPayload, type Wanted } from '../../domain/passing.ts'
import { type Instant, MINUTE_MS, plus, SECOND_MS } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { addDeliveries, type NewDelivery } from './fan-out.ts'
import { deliveryOf, linkedIn, type PassLimits, wantedBy } from './pass-payloads.ts'

/*
 * Telling an endpoint of the kind `meta` again what Meta sent in a time: all that is kept of it and that the endpoint wants now, also from
 * before it was there, or while it was gone. The inbox is walked along the index of the workspace, from where the time begins: ids follow the
 * time in which payloads came in, but for some that were stored beside each other.
 */

/** By so much two payloads may stand in another order than they came in. */
const ASIDE_MS = MINUTE_MS

export interface PayloadRange {
  /** Epoch milliseconds, the first included. */
  from: number
  to: number
  /** The newest payload when the replay began. */
  upTo: string
}

/** `at` is null at the end. The transaction holds the lock of the deliveries. */
export async function replayPayloads(
  trx: Db,
  endpoint: string,
  range: PayloadRange,
  after: string | null,
  limits: PassLimits,
): Promise<{ at: string | null; replayed: number }> {
  const { rows: found } = await sql<{
    workspace: WorkspaceId
    senders: PhoneNumberId[] | null
    events: string[] | null
    asks_since: Instant
  }>`
    select workspace, senders, events, asks_since from webhook_endpoints
    where id = ${endpoint}::uuid and kind = 'meta' and deleted_at is null`.execute(trx)
  const asked = found[0]
  if (asked === undefined) return { at: null, replayed: 0 }
  const from = after ?? (await lastBefore(trx, range.from - ASIDE_MS, range.upTo))
  const next = await nextPayloads(trx, asked.workspace, from, range, limits)
  const wanted = wantedBy(asked, await linkedIn(trx, [asked.workspace]))
  const parts = await partsOf(trx, endpoint, next.ids, wanted)
  const deliveries = await withoutWaiting(trx, endpoint, parts, plus(asked.asks_since, PASSED_WITHIN_MS))
  await addDeliveries(trx, deliveries)
  return { at: next.at, replayed: deliveries.length }
}

interface Replayed extends NewDelivery {
  receivedAt: Instant
}

async function partsOf(trx: Db, endpoint: string, ids: string[], wanted: Wanted): Promise<Replayed[]> {
  const { rows } = await sql<{ id: string; payload: string; received_at: Instant }>`
    select id::text as id, payload, received_at from webhook_events e where id = any (${ids}::bigint[]) order by e.id`.execute(
    trx,
  )
  return rows.flatMap(({ id, payload, received_at: receivedAt }) => {
    const read = readPayload(payload)
    const parts = read === null ? [] : splitPayload(read, wanted)
    return parts.map((part) => ({ ...deliveryOf(endpoint, id, part), receivedAt }))
  })
}

/** Longer than a payload waits to be passed on for the first time; what is told again is older. */
const PASSED_WITHIN_MS = 10 * SECOND_MS

/**
 * What came in since the oldest that waits in its stream waits too, and goes anyway. So one row of each stream tells; what each payload was made
 * into is served by no index, which every delivery would have to pay for.
 *
 * @param wholeSince of what came before, some was not asked for, or came to nobody; it is told again, whether it waits or not
 */
async function withoutWaiting(
  trx: Db,
  endpoint: string,
  deliveries: Replayed[],
  wholeSince: Instant,
): Promise<NewDelivery[]> {
  const streams = [...new Set(deliveries.map(({ stream }) => stream))]
  const { rows } = await sql<{ stream: string; since: Instant | null }>`
    select s.stream, (
      select greatest(w.received_at, d.created_at - ${PASSED_WITHIN_MS} * interval '1 millisecond')
      from deliveries d left join webhook_events w on w.id = d.webhook_event_id
      where d.endpoint_id = s.endpoint_id and d.stream = s.stream and d.id > s.done_id order by d.id limit 1) as since
    from delivery_streams s where s.endpoint_id = ${endpoint}::uuid and s.stream = any (${streams}::text[])`.execute(
    trx,
  )
  const since = new Map(rows.map((row) => [row.stream, row.since]))
  return deliveries.filter(
    ({ stream, receivedAt }) => receivedAt < wholeSince || receivedAt < (since.get(stream) ?? Number.POSITIVE_INFINITY),
  )
}

/** Those of the time among the next, as many as there is room for. What is about to be passed on for the first time is left. */
async function nextPayloads(
  trx: Db,
  workspace: WorkspaceId,
  after: string,
  { from, to, upTo }: PayloadRange,
  limits: PassLimits,
): Promise<{ ids: string[]; at: string | null }> {
  const { rows } = await sql<{ id: string; bytes: number; received_at: Instant; queued: boolean }>`
    select e.id::text as id, octet_length(e.payload) as bytes, e.received_at,
      exists (select from payloads_to_pass q where q.webhook_event_id = e.id) as queued
    from webhook_events e where e.workspace = ${workspace} and e.id > ${after}::bigint and e.id <= ${upTo}::bigint
    order by e.id limit ${limits.payloads}`.execute(trx)
  const ids: string[] = []
  let bytes = 0
  for (const row of rows) {
    bytes += row.bytes
    if (ids.length > 0 && bytes > limits.bytes) return { ids, at: ids.at(-1) as string }
    if (row.received_at >= to + ASIDE_MS) return { ids, at: null }
    if (!row.queued && row.received_at >= from && row.received_at < to) ids.push(row.id)
  }
  return { ids, at: rows.length < limits.payloads ? null : (rows.at(-1)?.id as string) }
}

/** An id up to which everything came in before this; by halves, since no index has the time. */
async function lastBefore(trx: Db, at: number, upTo: string): Promise<string> {
  let [before, notBefore] = [0n, BigInt(upTo) + 1n]
  while (notBefore - before > 1n) {
    const middle = (before + notBefore) / 2n
    const { rows } = await sql<{ id: string; old: boolean }>`
      select id::text as id, received_at < to_timestamp(${at} / 1000.0) as old from webhook_events e
      where id >= ${String(middle)}::bigint order by e.id limit 1`.execute(trx)
    const [found] = rows
    if (found?.old === true) before = BigInt(found.id) > middle ? BigInt(found.id) : middle
    else notBefore = middle
  }
  return String(before)
}
