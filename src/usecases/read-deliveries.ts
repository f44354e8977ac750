import type { Purview } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import { type Instant, instant } from '../domain/time.ts'
import type { DeliveryRead, DeliverySelection, DeliveryState } from '../store/passing/deliveries.ts'
import type { EndpointRead } from '../store/passing/endpoints.ts'
import { type Answer, done, refused, unknown } from './answer.ts'
import { unknownEndpoint } from './manage-endpoints.ts'
import { decodeCursor, type Page, pageOf } from './paging.ts'

/* What an endpoint was told, telling it again, and telling it not at all. */

export interface ReadDeliveriesIo {
  read(purview: Purview, endpoint: string): Promise<EndpointRead | null>
  list(selection: DeliverySelection): Promise<DeliveryRead[]>
  /** Null when there is none. */
  replay(doer: Doer, endpoint: string, delivery: string): Promise<DeliveryRead | null>
  /** See the store's. */
  skip(doer: Doer, endpoint: string, delivery: string): Promise<DeliveryRead | 'not_failing' | null>
  /** Answers the job. */
  startReplay(doer: Doer, endpoint: Pick<EndpointRead, 'id' | 'kind'>, from: Instant, to: Instant): Promise<string>
}

export interface DeliveryQuery {
  state?: DeliveryState | undefined
  cursor?: string | undefined
  limit: number
}

/** Newest first. */
export async function listDeliveries(
  io: ReadDeliveriesIo,
  caller: Purview,
  endpoint: string,
  { state = undefined, cursor, limit }: DeliveryQuery,
): Promise<Answer<Page<DeliveryRead>>> {
  if ((await io.read(caller, endpoint)) === null) return unknownEndpoint(endpoint)
  const from = decodeCursor(cursor, isKey)
  if (!from.ok) return from
  const [before = null] = from.value ?? []
  const rows = await io.list({ endpoint, state: state ?? null, before, limit: limit + 1 })
  return done(pageOf(rows, limit, (row) => [row.id]))
}

function isKey(key: readonly unknown[]): key is readonly [string] {
  return key.length === 1 && typeof key[0] === 'string' && /^\d{1,18}$/.test(key[0])
}

export async function replayDelivery(
  io: ReadDeliveriesIo,
  caller: Doer,
  endpoint: string,
  delivery: string,
): Promise<Answer<DeliveryRead>> {
  if ((await io.read(caller, endpoint)) === null) return unknownEndpoint(endpoint)
  const replayed = await io.replay(caller, endpoint, delivery)
  return replayed ? done(replayed) : unknown('delivery_unknown', `delivery ${delivery}`)
}

/** What an endpoint will never take need not hold up what comes after it. */
export async function skipDelivery(
  io: ReadDeliveriesIo,
  caller: Doer,
  endpoint: string,
  delivery: string,
): Promise<Answer<DeliveryRead>> {
  if ((await io.read(caller, endpoint)) === null) return unknownEndpoint(endpoint)
  const skipped = await io.skip(caller, endpoint, delivery)
  if (skipped === null) return unknown('delivery_unknown', `delivery ${delivery}`)
  if (skipped !== 'not_failing') return done(skipped)
  const message = `expected delivery ${delivery} to be one that fails and is tried again, it is over or waits for its turn`
  return refused({ status: 409, code: 'delivery_not_failing', message })
}

/** @param range ISO instants, the first included */
export async function replayDeliveries(
  io: ReadDeliveriesIo,
  caller: Doer,
  endpoint: string,
  range: { from: string; to: string },
): Promise<Answer<{ job: string }>> {
  const found = await io.read(caller, endpoint)
  if (found === null) return unknownEndpoint(endpoint)
  const [from, to] = [instant(Date.parse(range.from)), instant(Date.parse(range.to))]
  return done({ job: await io.startReplay(caller, found, from, to) })
}
