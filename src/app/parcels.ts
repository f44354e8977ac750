import { namedMessages, readPayload, rewriteIds, splitPayload } from '../domain/passing.ts'
import { toIso } from '../domain/time.ts'
import { findDropInMessages } from '../store/passing/drop-in-messages.ts'
import { linkedIn, streamOf, wantedBy } from '../store/passing/pass-payloads.ts'
import type { EndpointForDelivery, WaitingDelivery } from '../store/passing/streams.ts'
import type { Db } from '../store/pg/postgres.ts'
import type { Parcel } from '../usecases/courier.ts'
import { dataOf } from './event-data.ts'

/** What goes to an endpoint; null where there is nothing to tell any more. */
export async function parcelsOf(
  db: Db,
  endpoint: EndpointForDelivery,
  stream: string,
  deliveries: WaitingDelivery[],
): Promise<(Parcel | null)[]> {
  return endpoint.kind === 'meta'
    ? metaParcels(db, endpoint, stream, deliveries)
    : eventParcels(db, endpoint, deliveries)
}

/** Meta's bytes, as far as they are of this stream and this endpoint still wants them. */
async function metaParcels(
  db: Db,
  endpoint: EndpointForDelivery,
  stream: string,
  deliveries: WaitingDelivery[],
): Promise<(Parcel | null)[]> {
  const wanted = wantedBy(endpoint, await linkedIn(db, [endpoint.workspace]))
  const texts = deliveries.map(({ text }) => {
    const payload = text === null ? null : readPayload(text)
    const part = payload && splitPayload(payload, wanted).find((one) => streamOf(one) === stream)
    return part?.text ?? null
  })
  const bodies = endpoint.ids === 'meta' ? texts : await withOurIds(db, endpoint, texts)
  return bodies.map((body, index) => (body === null ? null : { id: deliveries[index]?.id as string, body }))
}

async function withOurIds(
  db: Db,
  { workspace }: EndpointForDelivery,
  texts: (string | null)[],
): Promise<(string | null)[]> {
  const named = texts.flatMap((text) => (text === null ? [] : [namedMessages(text)]))
  const wamids = [...new Set(named.flatMap((one) => one.wamids))]
  const intents = [...new Set(named.flatMap((one) => one.intents))]
  if (wamids.length === 0 && intents.length === 0) return texts
  const known = await findDropInMessages(db, workspace, { wamids, intents })
  return texts.map((text) => text && rewriteIds(text, known))
}

/** Under an id that is the same for every endpoint and every time. */
async function eventParcels(
  db: Db,
  { workspace, senders }: EndpointForDelivery,
  deliveries: WaitingDelivery[],
): Promise<(Parcel | null)[]> {
  const events = deliveries.map(({ type, event }) => event && { ...event, type })
  const data = await dataOf(db, { workspace, senders }, events)
  return events.map((event, index) => {
    const known = data[index]
    if (!event || !known) return null
    const body = JSON.stringify({ type: event.type, timestamp: toIso(event.at), data: known })
    return { id: `evt_${event.id}`, body }
  })
}
