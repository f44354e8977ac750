import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findDoubts } from '../../src/store/intents/doubts.ts'
import { beatIntake } from '../../src/store/webhooks/intake.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  await sql`delete from webhook_intake`.execute(rows.postgres.db)
})

/** As if so long ago. */
async function age(ms: number): Promise<void> {
  await sql`
    update webhook_intake set alive_at = alive_at - ${ms} * interval '1 millisecond',
      missed_since = missed_since - ${ms} * interval '1 millisecond',
      caught_up_at = caught_up_at - ${ms} * interval '1 millisecond'`.execute(rows.postgres.db)
}

async function catchingUpMs(): Promise<number> {
  const { rows: found } = await sql<{ ms: number }>`
    select (extract(epoch from caught_up_at - now()) * 1000)::float8 as ms from webhook_intake`.execute(
    rows.postgres.db,
  )
  return found[0]?.ms as number
}

describe('the intake of webhooks', () => {
  it('has nothing to catch up with at first, nor while it beats', async () => {
    await beatIntake(rows.postgres.db)
    await age(1_000)
    await beatIntake(rows.postgres.db)
    expect(await catchingUpMs()).toBeLessThan(0)
  })

  it('needs as long to catch up as it was away', async () => {
    await beatIntake(rows.postgres.db)
    await age(30_000)
    await beatIntake(rows.postgres.db)
    expect(await catchingUpMs()).toBeGreaterThan(29_000)
    expect(await catchingUpMs()).toBeLessThan(32_000)
  })

  it('needs longer when it is away again before it has caught up', async () => {
    await beatIntake(rows.postgres.db)
    await age(60_000)
    await beatIntake(rows.postgres.db)
    await age(30_000)
    await beatIntake(rows.postgres.db)
    expect(await catchingUpMs()).toBeGreaterThan(89_000)
  })

  it('needs no longer than the last outage once it had caught up', async () => {
    await beatIntake(rows.postgres.db)
    await age(60_000)
    await beatIntake(rows.postgres.db)
    await sql`update webhook_intake set caught_up_at = now() - interval '10 minutes', missed_since = now() - interval '1 hour'`.execute(
      rows.postgres.db,
    )
    await age(5_000)
    await beatIntake(rows.postgres.db)
    expect(await catchingUpMs()).toBeLessThan(8_000)
  })

  it('lets the silence about an attempt count only from when it has caught up (P3)', async () => {
    const sender = await rows.linkSender()
    const { id: conversation } = await rows.conversation(sender)
    const id = await rows.intent(sender, conversation)
    await beatIntake(rows.postgres.db)
    await rows.attempt(sender, id, { event: 'doubt', keepsTurn: true, reason: { code: 'in_doubt', text: '?' } })
    await sql`update attempts set started_at = started_at - interval '1 minute'`.execute(rows.postgres.db)
    await age(60_000)
    await beatIntake(rows.postgres.db)
    const [doubt] = await findDoubts(rows.postgres.db, 30_000, 10)
    expect(doubt?.ageMs).toBeGreaterThan(59_000)
    expect(doubt?.silentMs).toBeLessThan(0)
  })

  it('counts the silence about an attempt that began after the outage from its own start', async () => {
    const sender = await rows.linkSender()
    const { id: conversation } = await rows.conversation(sender)
    const id = await rows.intent(sender, conversation)
    await beatIntake(rows.postgres.db)
    await age(3_600_000)
    await beatIntake(rows.postgres.db)
    await rows.attempt(sender, id, { event: 'doubt', keepsTurn: true, reason: { code: 'in_doubt', text: '?' } })
    const doubts = await findDoubts(rows.postgres.db, 0, 1_000)
    expect(doubts.find((doubt) => doubt.intentId === id)?.silentMs).toBeGreaterThanOrEqual(0)
  })

  it('takes no silence for proof while nobody listens (P3)', async () => {
    const sender = await rows.linkSender()
    const { id: conversation } = await rows.conversation(sender)
    const id = await rows.intent(sender, conversation)
    await beatIntake(rows.postgres.db)
    await rows.attempt(sender, id, { event: 'doubt', keepsTurn: true, reason: { code: 'in_doubt', text: '?' } })
    await sql`update attempts set started_at = started_at - interval '5 minutes' where intent_id = ${id}::uuid`.execute(
      rows.postgres.db,
    )
    await age(300_000)
    const doubts = await findDoubts(rows.postgres.db, 30_000, 1_000)
    const doubt = doubts.find(({ intentId }) => intentId === id)
    expect(doubt?.ageMs).toBeGreaterThan(299_000)
    expect(doubt?.outage).toBe(true)
  })
})
