import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { HOUR_MS, type Instant, plus } from '../../src/domain/time.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { listWebhookEvents, viewOfWebhookEvent } from '../../src/store/webhooks/event-reads.ts'
import {
  claimPendingEvents,
  markApplied,
  markFailed,
  recordLiveness,
  webhookIntake,
} from '../../src/store/webhooks/events.ts'
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
  const store = webhookIntake(rows.postgres.pool)
  await Promise.all(payloads.map(store))
  return (await listed()).map(({ id }) => id).toReversed()
}

describe('the inbox', () => {
  it('stores whatever was signed, a zero byte too', async () => {
    await stored('{"a":"\0"}', '', 'no JSON')
    expect((await listed()).map(({ payload }) => payload)).toEqual(['no JSON', '', '{"a":"\ufffd"}'])
  })

  it('hands each event to one of those who apply', async () => {
    const ids = await stored('1', '2', '3')
    const claimed = await inTransaction(rows.postgres.pool, async (trx) => {
      const mine = await claimPendingEvents(trx, 2)
      const others = await inTransaction(rows.postgres.pool, (other) => claimPendingEvents(other, 2))
      return [mine, others].map((events) => events.map(({ id }) => id))
    })
    expect(claimed).toEqual([ids.slice(0, 2), ids.slice(2)])
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

describe('the channel of an account', () => {
  it('was alive at the newest stamp it ever brought, and never in the future', async () => {
    const waba = await rows.wabaOf(await rows.linkSender())
    const now = await rows.now()
    const aliveAt = async (at: Instant) => {
      await recordLiveness(rows.postgres.db, new Map([[waba, at]]))
      const row = await rows.postgres.db
        .selectFrom('wabas')
        .select('webhook_caused_at')
        .where('id', '=', waba)
        .executeTakeFirstOrThrow()
      return row.webhook_caused_at
    }
    expect(await aliveAt(plus(now, -HOUR_MS))).toBe(plus(now, -HOUR_MS))
    expect(await aliveAt(plus(now, HOUR_MS))).toBe(plus(now, -HOUR_MS))
    expect(await aliveAt(now)).toBe(now)
    expect(await aliveAt(plus(now, -HOUR_MS))).toBe(now)
  })
})
