import { sql } from 'kysely'
import type { PhoneNumberId, WabaId, WorkspaceId } from '../../domain/ids.ts'
import type { ToldEvent } from '../../domain/news.ts'
import { type EventName, type EventPattern, matchesEvents } from '../../domain/passing.ts'
import type { Db } from '../pg/postgres.ts'
import { extendStreams, lockDeliveries } from './deliveries.ts'

/* Who gets what of the news: in the transaction that takes it out of the outbox, so that it is told to all of them or to none yet. */

export interface NewDelivery {
  endpoint: string
  stream: string
  type: string
  webhookEventId: string | null
  event: Pick<ToldEvent, 'id' | 'subject' | 'payload' | 'at'> | null
}

/** What is of no number goes in the order of its account. */
export function streamOfAccount(wabaId: string | null): string {
  return wabaId === null ? '' : `account:${wabaId}`
}

/** Behind what waits, in this order. The transaction holds the lock of the deliveries. */
export async function addDeliveries(trx: Db, deliveries: NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return
  const of = <T>(value: (delivery: NewDelivery) => T) => deliveries.map(value)
  const { rows } = await sql<{ endpoint: string; stream: string; last: string }>`
    with added as (
      insert into deliveries (endpoint_id, stream, type, webhook_event_id, event_id, subject, payload, at)
      select endpoint, stream, type, webhook_event, event, subject, payload, at from unnest(
        ${of((d) => d.endpoint)}::uuid[], ${of((d) => d.stream)}::text[], ${of((d) => d.type)}::text[],
        ${of((d) => d.webhookEventId)}::bigint[], ${of((d) => d.event?.id ?? null)}::text[], ${of((d) => d.event?.subject ?? null)}::text[],
        ${of((d) => d.event && JSON.stringify(d.event.payload))}::jsonb[], ${of((d) => d.event?.at ?? null)}::timestamptz[]
      ) with ordinality as d (endpoint, stream, type, webhook_event, event, subject, payload, at, ord) order by ord
      returning endpoint_id, stream, id
    )
    select endpoint_id as endpoint, stream, max(id)::text as last from added group by 1, 2`.execute(trx)
  await extendStreams(trx, rows)
}

interface Listening {
  id: string
  workspace: WorkspaceId
  senders: string[] | null
  events: EventPattern[] | null
}

/** Answers how many deliveries were made. */
export async function passEvents(trx: Db, events: ToldEvent[]): Promise<number> {
  if (events.length === 0) return 0
  const workspaces = [...new Set(events.map((event) => event.workspace))]
  const { rows: endpoints } = await sql<Listening>`
    select id, workspace, senders, events from webhook_endpoints
    where kind = 'events' and state <> 'gone' and deleted_at is null and workspace = any (${workspaces}::text[]) order by id`.execute(
    trx,
  )
  const asked = endpoints.flatMap((endpoint) =>
    events.filter((event) => isAsked(endpoint, event)).map((event) => ({ endpoint, event })),
  )
  if (asked.length === 0) return 0
  const places = await placesOf(trx, [...new Set(asked.map(({ event }) => event))], endpoints)
  const deliveries = asked.flatMap(({ endpoint, event }): NewDelivery[] => {
    const place = places.get(event)
    if (!place?.isOf(endpoint.senders)) return []
    return [{ endpoint: endpoint.id, stream: place.stream, type: event.kind, webhookEventId: null, event }]
  })
  if (deliveries.length > 0) await lockDeliveries(trx)
  await addDeliveries(trx, deliveries)
  return deliveries.length
}

function isAsked({ workspace, events: patterns }: Listening, event: ToldEvent): boolean {
  return event.workspace === workspace && matchesEvents(patterns, event.kind as EventName)
}

interface Place {
  stream: string
  /** Whether it is about one of these numbers; null: of all. */
  isOf(senders: readonly string[] | null): boolean
}

interface EventPayload {
  sender?: string
  /** Of a campaign that has several. */
  senders?: string[]
  waba?: string
  contact?: string
}

/** Which number each event is about; of some an account, or a person with conversations. */
async function placesOf(trx: Db, events: ToldEvent[], endpoints: Listening[]): Promise<Map<ToldEvent, Place>> {
  const chosen = [...new Set(endpoints.flatMap(({ senders }) => senders ?? []))]
  const intents = await numbersOfIntents(trx, events)
  const accounts = await accountsOf(trx, chosen, events)
  const contacts = events.flatMap(({ payload }) => (typeof payload.contact === 'string' ? [payload.contact] : []))
  const talked = await numbersOfContacts(trx, chosen, contacts)
  const places = events.map((event): [ToldEvent, Place] | null => {
    const { sender, senders: several, waba, contact } = event.payload as EventPayload
    const number = sender ?? (isAbout(event, 'intent') ? intents.get(event.subject) : undefined)
    if (number !== undefined) {
      const numbers = several ?? [number]
      return [
        event,
        { stream: number, isOf: (senders) => senders === null || numbers.every((one) => senders.includes(one)) },
      ]
    }
    // Of an intent that is gone there is nothing to tell.
    if (isAbout(event, 'intent')) return null
    const numbers = contact === undefined ? accounts.get(waba ?? '') : talked.get(contact)
    const isOf: Place['isOf'] = (senders) => senders === null || senders.some((one) => numbers?.has(one) === true)
    return [event, { stream: streamOfAccount(waba ?? null), isOf }]
  })
  return new Map(places.filter((place) => place !== null))
}

function isAbout({ kind }: ToldEvent, topic: string): boolean {
  return kind.startsWith(`${topic}.`)
}

async function numbersOfIntents(trx: Db, events: ToldEvent[]): Promise<Map<string, PhoneNumberId>> {
  const ids = events.filter((event) => isAbout(event, 'intent')).map((event) => event.subject)
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: string; number: PhoneNumberId }>`
    select id, phone_number_id as number from intents where id = any (${ids}::uuid[])`.execute(trx)
  return new Map(rows.map(({ id, number }) => [id, number]))
}

async function accountsOf(trx: Db, chosen: string[], events: ToldEvent[]): Promise<Map<string, Set<string>>> {
  if (chosen.length === 0 || !events.some((event) => isAbout(event, 'template'))) return new Map()
  const { rows } = await sql<{ of: WabaId; number: string }>`
    select waba_id as of, phone_number_id as number from senders where phone_number_id = any (${chosen}::text[])`.execute(
    trx,
  )
  return setsOf(rows)
}

/** Which of the chosen numbers each of these people talked with, also where they are one with somebody since; who talked with none is not there. */
export async function numbersOfContacts(
  trx: Db,
  chosen: readonly string[],
  contacts: readonly string[],
): Promise<Map<string, Set<string>>> {
  if (chosen.length === 0 || contacts.length === 0) return new Map()
  const { rows } = await sql<{ of: string; number: string }>`
    select c.id::text as of, v.phone_number_id as number
    from contacts c join conversations v on v.contact_id = coalesce(c.merged_into, c.id)
    where c.id = any (${contacts}::bigint[]) and v.phone_number_id = any (${chosen}::text[])`.execute(trx)
  return setsOf(rows)
}

function setsOf(rows: { of: string; number: string }[]): Map<string, Set<string>> {
  const byKey = Map.groupBy(rows, (row) => row.of)
  return new Map([...byKey].map(([key, group]) => [key, new Set(group.map((row) => row.number))]))
}
