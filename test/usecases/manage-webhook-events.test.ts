import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { managementIo } from '../../src/app/management-io.ts'
import { viewOfWebhookEvent } from '../../src/app/views/webhook-event.ts'
import { markFailed } from '../../src/store/webhooks/events.ts'
import {
  listWebhookEvents,
  replayWebhookEvent,
  type WebhookEventQuery,
} from '../../src/usecases/manage-webhook-events.ts'
import { CALLER, HERE } from '../support/access.ts'
import { fakeGraph } from '../support/management.ts'
import { createRows, type Rows } from '../support/rows.ts'

describe('stored webhook events', () => {
  let rows: Rows
  let io: ReturnType<typeof managementIo>['webhookEvents']
  beforeAll(async () => {
    rows = await createRows()
    io = managementIo(rows.postgres, rows.senders, fakeGraph(), rows.optOuts).webhookEvents
  })
  afterAll(() => rows.close())

  async function store(payload: string) {
    const { id } = await rows.postgres.db
      .insertInto('webhook_events')
      .values({ payload })
      .returning('id')
      .executeTakeFirstOrThrow()
    return id
  }

  async function list(query: Partial<WebhookEventQuery>) {
    const answer = await listWebhookEvents(io, HERE, { limit: 100, ...query })
    if (!answer.ok) throw new Error(answer.refusal.message)
    return answer.value
  }

  it('are listed by state, newest first, page by page', async () => {
    const ids = [await store('{"n":1}'), await store('{"n":2}'), await store('{"n":3}')]
    for (const id of ids) await markFailed(rows.postgres.db, id, 'no such conversation')
    await store('{"n":4}')
    const first = await list({ state: 'failed', limit: 2 })
    const second = await list({ state: 'failed', limit: 2, cursor: first.next_cursor ?? undefined })
    expect([...first.data, ...second.data].map((event) => event.id)).toEqual(ids.toReversed())
    expect(first.data.map(viewOfWebhookEvent)[0]).toMatchObject({
      state: 'failed',
      tries: 1,
      error: 'no such conversation',
      payload: { n: 3 },
    })
  })

  it('leave a long payload out of the list', async () => {
    await store(JSON.stringify({ long: 'x'.repeat(20_000) }))
    const { data } = await list({ limit: 1 })
    expect(data.map(viewOfWebhookEvent)[0]).toMatchObject({ payload: null, payload_bytes: 20_011 })
  })

  it('show a body that is no JSON as text', async () => {
    await store('not json')
    expect((await list({ limit: 1 })).data.map(viewOfWebhookEvent)[0]).toMatchObject({ payload: 'not json' })
  })

  it('are pending again when they are replayed', async () => {
    const id = await store('{}')
    await markFailed(rows.postgres.db, id, 'broken')
    expect(await replayWebhookEvent(io, CALLER, id)).toMatchObject({
      ok: true,
      value: { id, state: 'pending', tries: 0, error: null },
    })
  })

  it.each(['0', '99999999999999999999', 'abc'])('know no event %s', async (id) => {
    expect(await replayWebhookEvent(io, CALLER, id)).toMatchObject({ ok: false, refusal: { status: 404 } })
  })

  it('refuse an unknown state and a bad cursor', async () => {
    expect(await listWebhookEvents(io, HERE, { state: 'lost', limit: 1 })).toMatchObject({
      refusal: { field: 'state' },
    })
    expect(await listWebhookEvents(io, HERE, { cursor: '!', limit: 1 })).toMatchObject({ refusal: { field: 'cursor' } })
  })
})
