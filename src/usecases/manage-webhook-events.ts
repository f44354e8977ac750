import type { Purview } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import type { WebhookEventRead, WebhookEventSelection, WebhookEventState } from '../store/webhooks/event-reads.ts'
import { type Answer, done, invalid, unknown } from './answer.ts'
import { decodeCursor, fillPage, type Page, pageOf } from './paging.ts'

export interface ManageWebhookEventsIo {
  listWebhookEvents(selection: WebhookEventSelection): Promise<WebhookEventRead[]>
  replayWebhookEvent(doer: Doer, id: string): Promise<WebhookEventRead | null>
}

export interface WebhookEventQuery {
  state?: string | undefined
  cursor?: string | undefined
  limit: number
}

const STATES: readonly string[] = ['pending', 'applied', 'failed'] satisfies WebhookEventState[]

/** A payload has up to 3 MiB. */
const READ_AT_ONCE = 25

/** Newest first. A page may be shorter than asked for; only without a `next_cursor` it is the last. */
export async function listWebhookEvents(
  io: ManageWebhookEventsIo,
  purview: Purview,
  { state, cursor, limit }: WebhookEventQuery,
): Promise<Answer<Page<WebhookEventRead>>> {
  if (state !== undefined && !STATES.includes(state)) {
    return invalid('state', `expected state to be one of ${STATES.join(', ')}`)
  }
  const after = decodeCursor(cursor, isIdKey)
  if (!after.ok) return after
  const { rows, isCut } = await fillPage<WebhookEventRead>({ rows: limit + 1, atOnce: READ_AT_ONCE }, (count, last) =>
    io.listWebhookEvents({
      purview,
      state: (state as WebhookEventState | undefined) ?? null,
      before: last?.id ?? after.value?.[0] ?? null,
      limit: count,
    }),
  )
  return done(pageOf(rows, limit, (row) => [row.id], isCut))
}

export async function replayWebhookEvent(
  io: ManageWebhookEventsIo,
  doer: Doer,
  id: string,
): Promise<Answer<WebhookEventRead>> {
  const event = isEventId(id) ? await io.replayWebhookEvent(doer, id) : null
  return event ? done(event) : unknown('webhook_event_unknown', `webhook event ${id}`)
}

function isIdKey(key: readonly unknown[]): key is [id: string] {
  return key.length === 1 && isEventId(key[0])
}

const MAX_BIGINT = 9_223_372_036_854_775_807n

function isEventId(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,19}$/.test(value) && BigInt(value) <= MAX_BIGINT
}
