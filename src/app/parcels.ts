import type { WorkspaceId } from '../domain/ids.ts'
import {
  type DropInMessages,
  type EventName,
  type EventPattern,
  matchesEvents,
  namedMessages,
  readPayload,
  rewriteIds,
  splitPayload,
} from '../domain/passing.ts'
import { toIso } from '../domain/time.ts'
import { findDropInMessages, type NamedIn } from '../store/passing/drop-in-messages.ts'
import { type Linked, linkedIn, streamOf, wantedBy } from '../store/passing/pass-payloads.ts'
import type { EndpointForDelivery, WaitingDelivery } from '../store/passing/streams.ts'
import { coalesce } from '../store/pg/batch.ts'
import { type Db, isPassingDatabaseError } from '../store/pg/postgres.ts'
import type { Parcel } from '../usecases/courier.ts'
import type { Made, PassOnIo } from '../usecases/pass-on.ts'
import { dataOf } from './event-data.ts'

/** What goes to an endpoint, in the order of the deliveries. */
export type MakeParcels = PassOnIo['parcels']

/**
 * Many streams are served at once, and ask the same; so they ask together. What cannot be made is found alone, and its neighbours go.
 *
 * @param onUnmade called with each that cannot
 */
export function parcelMaker(
  db: Db,
  windowMarginMs: number,
  onUnmade: (delivery: string, error: unknown) => void,
): MakeParcels {
  const make = maker(db, windowMarginMs)
  return async function parcels(endpoint, stream, deliveries) {
    try {
      return await make(endpoint, stream, deliveries)
    } catch (error) {
      if (isPassingDatabaseError(error)) throw error
      const [only, ...others] = deliveries
      if (only === undefined) return []
      if (others.length > 0) {
        const alone: Made[] = []
        for (const one of deliveries) alone.push(...(await parcels(endpoint, stream, [one])))
        return alone
      }
      onUnmade(only.id, error)
      return ['unmade']
    }
  }
}

function maker(db: Db, windowMarginMs: number) {
  const together = { maxItems: 64, maxFlights: 2, isPassing: isPassingDatabaseError }
  const linked = coalesce<WorkspaceId, Linked>({
    ...together,
    async run(workspaces) {
      const known = await linkedIn(db, [...new Set(workspaces)])
      return workspaces.map(() => known)
    },
  })
  const dropIns = coalesce<NamedIn, DropInMessages>({ ...together, run: (named) => findDropInMessages(db, named) })

  /** Meta's bytes, as far as they are of this stream and this endpoint still wants them. */
  async function metaParcels(endpoint: EndpointForDelivery, stream: string, deliveries: WaitingDelivery[]) {
    const wanted = wantedBy(endpoint, await linked(endpoint.workspace))
    const texts = deliveries.map(({ text }) => {
      const payload = text === null ? null : readPayload(text)
      const part = payload && splitPayload(payload, wanted).find((one) => streamOf(one) === stream)
      return part?.text ?? null
    })
    const bodies = endpoint.ids === 'meta' ? texts : await withOurIds(endpoint, texts)
    return bodies.map((body, index) => (body === null ? null : { id: deliveries[index]?.id as string, body }))
  }

  async function withOurIds({ workspace }: EndpointForDelivery, texts: (string | null)[]) {
    const named = texts.flatMap((text) => (text === null ? [] : [namedMessages(text)]))
    const wamids = [...new Set(named.flatMap((one) => one.wamids))]
    const intents = [...new Set(named.flatMap((one) => one.intents))]
    if (wamids.length === 0 && intents.length === 0) return texts
    const known = await dropIns({ workspace, wamids, intents })
    return texts.map((text) => text && rewriteIds(text, known))
  }

  return (endpoint: EndpointForDelivery, stream: string, deliveries: WaitingDelivery[]): Promise<(Parcel | null)[]> =>
    endpoint.kind === 'meta'
      ? metaParcels(endpoint, stream, deliveries)
      : eventParcels(db, endpoint, deliveries, windowMarginMs)
}

/** Under an id that is the same for every endpoint and every time. */
async function eventParcels(
  db: Db,
  { workspace, senders, events: asked }: EndpointForDelivery,
  deliveries: WaitingDelivery[],
  windowMarginMs: number,
): Promise<(Parcel | null)[]> {
  // It may have been asked for less since.
  const isAsked = (type: string) => matchesEvents(asked as EventPattern[] | null, type as EventName)
  const events = deliveries.map(({ type, event }) => (event && isAsked(type) ? { ...event, type } : null))
  const data = await dataOf(db, { workspace, senders }, events, windowMarginMs)
  return events.map((event, index) => {
    const known = data[index]
    if (!event || !known) return null
    const body = JSON.stringify({ type: event.type, timestamp: toIso(event.at), data: known })
    return { id: `evt_${event.id}`, body }
  })
}
