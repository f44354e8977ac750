import type { Purview } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import type { WebhookEventRead, WebhookEventSelection, WebhookEventState } from '../store/webhooks/event-reads.ts'
import { type Answer, done, invalid, unknown } from './answer.ts'
import { decodeCursor, type Page, pageOf } from './paging.ts'

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

/** Newest first. */
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
  const rows = await io.listWebhookEvents({
    purview,
    state: (state as WebhookEventState | undefined) ?? null,
    before: after.value?.[0] ?? null,
    limit: limit + 1,
  })
  return done(pageOf(rows, limit, (row) => [row.id]))
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
