import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { viewOfWebhookEvent } from '../../src/app/views/webhook-event.ts'
import { claimEvents, type EventClaim } from '../../src/store/webhooks/claim.ts'
import { listWebhookEvents } from '../../src/store/webhooks/event-reads.ts'
import { markApplied, markFailed, webhookIntake } from '../../src/store/webhooks/events.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  await sql`delete from webhook_events`.execute(rows.postgres.db)
})

const listed = () => listWebhookEvents(rows.postgres.db, { purview: HERE, state: null, before: null, limit: 100 })

async function stored(...payloads: string[]): Promise<string[]> {
  const store = webhookIntake(rows.postgres)
  await Promise.all(payloads.map((payload) => store({ payload, workspace: null, numbers: null })))
  return (await listed()).map(({ id }) => id).toReversed()
}

const claim = (payloads: number) => claimEvents(rows.postgres.pool, { payloads, bytes: 1_000 }, [])
const idsOf = (claimed: EventClaim) => claimed.payloads.map(({ id }) => id)

describe('the inbox', () => {
  it('stores whatever was signed, a zero byte too', async () => {
    await stored('{"a":"\0"}', '', 'no JSON')
    expect((await listed()).map(({ payload }) => payload)).toEqual(['no JSON', '', '{"a":"\ufffd"}'])
  })

  it('hands each event to one of those who apply', async () => {
    const ids = await stored('1', '2', '3')
    const [mine, others] = [await claim(2), await claim(2)]
    expect([idsOf(mine), idsOf(others)]).toEqual([ids.slice(0, 2), ids.slice(2)])
    expect([mine.more, others.more]).toEqual([true, false])
    await Promise.all([mine.release(), others.release()])
  })

  it('hands out again what was not applied, once its applier has let go of it or is gone', async () => {
    const [first, second] = (await stored('1', '2')) as [string, string]
    const mine = await claim(2)
    await markApplied(rows.postgres.db, [first])
    await mine.release()
    const others = await claim(2)
    expect(idsOf(others)).toEqual([second])
    await others.release()
  })

  it('hands out no more bytes at once than asked for, but one event always', async () => {
    const ids = await stored('x'.repeat(700), 'x'.repeat(400), 'x'.repeat(5_000))
    const claimed = []
    for (let i = 0; i < 3; i++) {
      const one = await claimEvents(rows.postgres.pool, { payloads: 10, bytes: 1_000 }, [])
      claimed.push(idsOf(one))
      await markApplied(rows.postgres.db, idsOf(one))
      await one.release()
    }
    expect(claimed).toEqual(ids.map((id) => [id]))
  })

  it('leaves out what an applier does not want yet', async () => {
    const [first, second] = (await stored('1', '2')) as [string, string]
    const claimed = await claimEvents(rows.postgres.pool, { payloads: 10, bytes: 1_000 }, [first])
    expect(idsOf(claimed)).toEqual([second])
    await claimed.release()
  })

  it('does not call an event failed that another one has applied meanwhile', async () => {
    const [id] = (await stored('{}')) as [string]
    await markApplied(rows.postgres.db, [id])
    await markFailed(rows.postgres.db, id, 'lost a race')
    expect(await listed()).toMatchObject([{ state: 'applied', error: null, tries: 1 }])
  })

  it.each([
    ['a payload of Meta’s', '{"entry":[{"changes":[]}]}', { entry: [{ changes: [] }] }],
    ['what is no JSON', '<html>', '<html>'],
    [
      'what nobody could write out again',
      `${'['.repeat(101)}${']'.repeat(101)}`,
      `${'['.repeat(101)}${']'.repeat(101)}`,
    ],
  ])('shows %s', async (_what, payload, shown) => {
    await stored(payload)
    expect((await listed()).map(viewOfWebhookEvent)).toMatchObject([{ payload: shown }])
  })
})
