import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { HOUR_MS, type Instant, MINUTE_MS, plus } from '../../src/domain/time.ts'
import { findDoubts } from '../../src/store/intents/doubts.ts'
import { expectStatuses, type Heard, hearChannels } from '../../src/store/webhooks/channels.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())

const NOTHING = { causedAt: null, toldFirstAt: null, toldLastAt: null, aheadMs: null }

async function doubtOf(sender: PhoneNumberId, agoMs: number): Promise<IntentId> {
  const { id: conversation } = await rows.conversation(sender)
  const id = await rows.intent(sender, conversation)
  await rows.attempt(sender, id, { event: 'doubt', keepsTurn: false, reason: { code: 'in_doubt', text: '?' } })
  await sql`update attempts set started_at = now() - ${agoMs} * interval '1 millisecond' where intent_id = ${id}::uuid`.execute(
    rows.postgres.db,
  )
  return id
}

const seen = async (id: IntentId) =>
  (await findDoubts(rows.postgres.db, 0, 1_000)).find(({ intentId }) => intentId === id)

const accepted = (sender: PhoneNumberId, agoMs: number) =>
  expectStatuses(rows.postgres.db, [{ sender, firstAgoMs: agoMs, lastAgoMs: agoMs }])

async function told(sender: PhoneNumberId, agoMs: number, more: Partial<Heard> = {}): Promise<void> {
  const at = plus(await rows.now(), -agoMs)
  await hearChannels(rows.postgres.db, [{ sender, ...NOTHING, toldFirstAt: at, toldLastAt: at, ...more }])
}

async function channel(sender: PhoneNumberId) {
  return rows.postgres.db
    .selectFrom('webhook_channels')
    .selectAll()
    .where('phone_number_id', '=', sender)
    .executeTakeFirstOrThrow()
}

describe('the channel of a number', () => {
  it('was alive at the newest stamp it ever brought, and never in the future', async () => {
    const sender = await rows.linkSender()
    const now = await rows.now()
    const aliveAt = async (at: Instant) => {
      await hearChannels(rows.postgres.db, [{ sender, ...NOTHING, causedAt: at }])
      return (await channel(sender)).caused_at as Instant
    }
    expect(await aliveAt(plus(now, -HOUR_MS))).toBe(plus(now, -HOUR_MS))
    expect(await aliveAt(plus(now, -2 * HOUR_MS))).toBe(plus(now, -HOUR_MS))
    expect(await aliveAt(plus(now, HOUR_MS))).toBeLessThan(plus(now, MINUTE_MS))
  })

  it('says nothing of another number of the account', async () => {
    const waba = rows.digits()
    const [spoke, silent] = [await rows.linkSender({ waba }), await rows.linkSender({ waba })]
    const [one, other] = [await doubtOf(spoke, MINUTE_MS), await doubtOf(silent, MINUTE_MS)]
    await hearChannels(rows.postgres.db, [{ sender: spoke, ...NOTHING, causedAt: await rows.now() }])
    expect(await seen(one)).toMatchObject({ channelAlive: true })
    expect(await seen(other)).toMatchObject({ channelAlive: false })
  })

  it('is of no number that is not linked', async () => {
    const stranger = rows.digits() as PhoneNumberId
    await hearChannels(rows.postgres.db, [{ sender: stranger, ...NOTHING, causedAt: await rows.now() }])
    await expect(channel(stranger)).rejects.toThrow()
  })
})

describe('an outage of a number’s intake', () => {
  it('begins with the oldest accepted message for which no status came in a minute', async () => {
    const sender = await rows.linkSender()
    const id = await doubtOf(sender, 30 * MINUTE_MS)
    await accepted(sender, MINUTE_MS - 5_000)
    expect(await seen(id)).toMatchObject({ outage: false })
    await sql`update webhook_channels set awaiting_since = now() - interval '61 seconds' where phone_number_id = ${sender}`.execute(
      rows.postgres.db,
    )
    await accepted(sender, 0)
    expect(await seen(id)).toMatchObject({ outage: true })
  })

  it('is none while statuses come, however many messages wait', async () => {
    const sender = await rows.linkSender()
    const id = await doubtOf(sender, 30 * MINUTE_MS)
    await accepted(sender, 10 * MINUTE_MS)
    await told(sender, 10 * MINUTE_MS - 1_000)
    expect(await seen(id)).toMatchObject({ outage: false })
    expect((await channel(sender)).caught_up_at).toBeNull()
  })

  it('is counted from the message that came after the last status', async () => {
    const sender = await rows.linkSender()
    await told(sender, 5 * MINUTE_MS)
    await expectStatuses(rows.postgres.db, [{ sender, firstAgoMs: 6 * MINUTE_MS, lastAgoMs: 4 * MINUTE_MS }])
    const awaiting = (await channel(sender)).awaiting_since as Instant
    expect(Math.abs(awaiting - plus(await rows.now(), -4 * MINUTE_MS))).toBeLessThan(5_000)
  })

  it('puts a doubt that fell into it off until as long after its end as it lasted (P3)', async () => {
    const sender = await rows.linkSender()
    const [during, after] = [await doubtOf(sender, 8 * MINUTE_MS), await doubtOf(sender, 30_000)]
    await accepted(sender, 11 * MINUTE_MS)
    await told(sender, MINUTE_MS, { causedAt: await rows.now() })
    const found = await seen(during)
    expect(found).toMatchObject({ outage: false, channelAlive: true })
    // It lasted ten minutes and ended one minute ago: caught up with in nine.
    expect(found?.silentMs).toBeLessThan(-8 * MINUTE_MS)
    expect(found?.silentMs).toBeGreaterThan(-10 * MINUTE_MS)
    expect((await seen(after))?.silentMs).toBeGreaterThanOrEqual(30_000)
  })

  it('is waited for no longer than an hour, and longer when it comes back before that', async () => {
    const sender = await rows.linkSender()
    await accepted(sender, 10 * HOUR_MS)
    await told(sender, 0)
    const first = await channel(sender)
    expect((first.caught_up_at as Instant) - (first.revived_at as Instant)).toBe(HOUR_MS)
    await sql`
      update webhook_channels set told_at = now() - interval '20 minutes', revived_at = now() - interval '20 minutes',
        missed_since = now() - interval '50 minutes', caught_up_at = now() + interval '10 minutes'
      where phone_number_id = ${sender}`.execute(rows.postgres.db)
    await accepted(sender, 15 * MINUTE_MS)
    await told(sender, 0)
    const second = await channel(sender)
    expect((second.caught_up_at as Instant) - (second.revived_at as Instant)).toBeGreaterThan(49 * MINUTE_MS)
  })
})

describe('doubts of several numbers', () => {
  it('are found for each of them, however many one has', async () => {
    const [many, few] = [await rows.linkSender(), await rows.linkSender()]
    for (let i = 0; i < 3; i++) await doubtOf(many, HOUR_MS)
    await doubtOf(few, HOUR_MS)
    const found = await findDoubts(rows.postgres.db, 0, 2)
    expect(found.filter(({ sender }) => sender === many)).toHaveLength(2)
    expect(found.filter(({ sender }) => sender === few)).toHaveLength(1)
  })
})
