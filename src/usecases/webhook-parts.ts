import type { Instant } from '../domain/time.ts'
import type {
  CallEvent,
  EchoedMessage,
  Handover,
  InboundMessage,
  NumberChanged,
  StatusEvent,
  UserPreference,
  WebhookEvent,
} from '../graph/webhook-event.ts'
import { idsIn } from './apply-inbound.ts'

/*
 * A payload may hold statuses, messages of several people and news of an account. Each kind is applied by itself, because each locks other
 * rows: statuses many at a time, people one by one, accounts payload by payload.
 */

/** A stored payload on its way through one round. */
export interface Payload {
  id: string
  receivedAt: Instant
  events: WebhookEvent[]
  /** Parts whose effects are not committed yet; at zero the payload is applied. */
  unfinished: number
  /** Marked as applied, in the transaction of its last effects or after it. */
  marked: boolean
  /** Something of it is busy, so it comes again in a later round. */
  left: boolean
  /** Something of it took too long. */
  slow: boolean
  failed: boolean
}

export interface Part<Event extends WebhookEvent> {
  payload: Payload
  events: Event[]
}

export type PersonEvent = InboundMessage | EchoedMessage | Handover | CallEvent | NumberChanged | UserPreference
export type AccountEvent = Exclude<WebhookEvent, PersonEvent | StatusEvent>

export interface Parts {
  /** What is of one person, under whatever ids, stands together. */
  people: Part<PersonEvent>[][]
  /** Also what tells nothing, for it is applied by being marked. */
  statuses: Part<StatusEvent>[]
  accounts: Part<AccountEvent>[]
}

export function payloadOf(id: string, receivedAt: Instant, events: WebhookEvent[]): Payload {
  return { id, receivedAt, events, unfinished: 0, marked: false, left: false, slow: false, failed: false }
}

export function partsOf(payloads: Payload[]): Parts {
  const people: Part<PersonEvent>[] = []
  const parts: Parts = { people: [], statuses: [], accounts: [] }
  for (const payload of payloads) {
    const statuses = payload.events.filter((event) => event.kind === 'status')
    const accounts = payload.events.filter(isAccountEvent)
    for (const events of ofOnePersonEach(payload.events.filter(isPersonEvent))) people.push(partOf(payload, events))
    if (accounts.length > 0) parts.accounts.push(partOf(payload, accounts))
    if (statuses.length > 0 || payload.unfinished === 0) parts.statuses.push(partOf(payload, statuses))
  }
  parts.people = joined(people, (part) => part.events.flatMap(idsIn))
  return parts
}

/** Something of these payloads is busy. */
export function leave(parts: Part<WebhookEvent>[]): void {
  for (const { payload } of parts) payload.left = true
}

function partOf<Event extends WebhookEvent>(payload: Payload, events: Event[]): Part<Event> {
  payload.unfinished += 1
  return { payload, events }
}

function ofOnePersonEach(events: PersonEvent[]): PersonEvent[][] {
  return joined(events, idsIn)
}

/** Puts together what shares an id, also by way of others, in the order in which each group begins. */
function joined<Item>(items: Item[], idsOf: (item: Item) => string[]): Item[][] {
  const groupOf = new Map<string, Group<Item>>()
  const groups = new Set<Group<Item>>()
  for (const item of items) {
    const ids = idsOf(item)
    const [first = { items: [], ids: [] }, ...others] = new Set(ids.flatMap((id) => groupOf.get(id) ?? []))
    groups.add(first)
    first.items.push(item)
    first.ids.push(...ids)
    for (const other of others) {
      first.items.push(...other.items)
      first.ids.push(...other.ids)
      groups.delete(other)
    }
    for (const id of others.length > 0 ? first.ids : ids) groupOf.set(id, first)
  }
  return [...groups].map((group) => group.items)
}

interface Group<Item> {
  items: Item[]
  ids: string[]
}

const OF_PEOPLE: ReadonlySet<WebhookEvent['kind']> = new Set([
  'inbound_message',
  'echo',
  'handover',
  'call',
  'number_changed',
  'user_preference',
])

function isPersonEvent(event: WebhookEvent): event is PersonEvent {
  return OF_PEOPLE.has(event.kind)
}

function isAccountEvent(event: WebhookEvent): event is AccountEvent {
  return event.kind !== 'status' && !isPersonEvent(event)
}
