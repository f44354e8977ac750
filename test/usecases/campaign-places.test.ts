import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContactId, PhoneNumberId } from '../../src/domain/ids.ts'
import { reserveMessagingLimit } from '../../src/store/accounts/messaging-limits.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { HERE } from '../support/access.ts'
import { type CampaignStage, openCampaignStage } from '../support/campaign-stage.ts'

const OFFER = { template: { name: 'offer', language: 'en' } }

describe('the messaging limit of a portfolio, as campaigns are handed over', () => {
  let { rows, campaigns, some, feed } = {} as CampaignStage
  beforeAll(async () => {
    ;({ rows, campaigns, some, feed } = await openCampaignStage())
  })
  afterAll(() => rows.close())

  const query = async <T extends object>(text: string, values: unknown[]) =>
    (await rows.postgres.pool.query<T>(text, values)).rows

  /** Numbers of a portfolio that may write to so many, with a template that is approved. */
  async function limited(limit: number | null, count = 1): Promise<{ portfolio: string; numbers: PhoneNumberId[] }> {
    const [portfolio, waba] = [rows.digits(), rows.digits()]
    const numbers: PhoneNumberId[] = []
    for (let i = 0; i < count; i += 1) numbers.push(await rows.linkSender({ portfolio, waba }))
    await rows.senders.update(HERE, numbers[0] as PhoneNumberId, { messagingLimit: limit })
    const document = { name: 'offer', language: 'en', components: [{ type: 'BODY', text: 'Hello' }] }
    await query(
      `insert into templates (id, waba_id, name, language, category, status, document)
       values ($1, $1, 'offer', 'en', 'UTILITY', 'APPROVED', $2)`,
      [waba, JSON.stringify(document)],
    )
    return { portfolio, numbers }
  }

  async function running(numbers: readonly PhoneNumberId[], people: readonly string[], given: object = {}) {
    const senders = numbers.map((sender) => ({ sender }))
    const csv = `to\n${people.map((one) => `+${one}`).join('\n')}\n`
    const campaign = await campaigns.listed({ senders, message: OFFER, ...given }, csv)
    await campaigns.command(campaign.id, 'start')
    return campaign
  }

  const handOver = async (row: number) => {
    await query('update campaigns set next_feed_at = casement_now() where id = $1 and next_feed_at is not null', [row])
    return (await feed(row)).intents
  }

  const take = (portfolio: string, people: ContactId[]) =>
    inTransaction(rows.postgres.pool, (_trx, client) =>
      reserveMessagingLimit(
        client,
        people.map((contactId) => ({ portfolioId: portfolio, contactId })),
      ),
    )

  /** What was handed over leaves. */
  async function leave(portfolio: string, numbers: readonly PhoneNumberId[]): Promise<number> {
    let left = 0
    for (const number of numbers) {
      const due = await query<{ contact: ContactId }>(
        `select v.contact_id::text as contact from intents i join conversations v on v.id = i.conversation_id
         where i.phone_number_id = $1 and i.due_at <= casement_now()`,
        [number],
      )
      await take(
        portfolio,
        due.map(({ contact }) => contact),
      )
      for (const id of await rows.page(number, 1_000)) await rows.closeAttempt(id, 1, { event: 'accept' })
      left += due.length
    }
    return left
  }

  /** As if so long had passed since. */
  const passed = async (portfolio: string, minutes: number) => {
    for (const [table, column] of [
      ['messaging_limit_uses', 'at'],
      ['messaging_limit_buckets', 'minute'],
    ]) {
      await query(`update ${table} set ${column} = ${column} - $2 * interval '1 minute' where portfolio_id = $1`, [
        portfolio,
        minutes,
      ])
    }
  }

  it('spreads a list over days, hands over to nobody who would only wait, and leaves some to others', async () => {
    const { portfolio, numbers } = await limited(100, 2)
    const [other] = numbers as [PhoneNumberId]
    const others: ContactId[] = []
    for (let i = 0; i < 20; i += 1) others.push((await rows.conversation(other)).contactId)
    await take(portfolio, others)
    const campaign = await running(numbers, some(300))
    expect(await handOver(campaign.row)).toBe(75)
    expect(await handOver(campaign.row)).toBe(0)
    expect(await leave(portfolio, numbers)).toBe(75)
    expect(await handOver(campaign.row)).toBe(0)
    expect(await campaigns.counts(campaign.id)).toMatchObject({ total: 300, sent: 75, scheduled: 225 })
    const waited = await query(
      'select from decisions d join intents i on i.id = d.intent_id where i.campaign_id = $1',
      [campaign.row],
    )
    expect(waited).toEqual([])
    // A day later those places are free again, and of the others' none was taken anew.
    await passed(portfolio, 24 * 60 + 2)
    expect(await handOver(campaign.row)).toBe(95)
    await rows.senders.update(HERE, other, { messagingLimit: 200 })
    expect(await handOver(campaign.row)).toBe(95)
    await rows.senders.update(HERE, other, { messagingLimit: null })
    expect(await handOver(campaign.row)).toBe(35)
    expect(await campaigns.counts(campaign.id)).toMatchObject({ total: 300, sent: 75, scheduled: 0, queued: 225 })
  })

  it('is asked for again in seconds, and frees by the minute', async () => {
    const { portfolio, numbers } = await limited(20)
    const campaign = await running(numbers, some(60))
    expect(await handOver(campaign.row)).toBe(19)
    await leave(portfolio, numbers)
    expect(await handOver(campaign.row)).toBe(0)
    const [{ wait }] = (await query<{ wait: number }>(
      'select extract(epoch from next_feed_at - casement_now())::float8 as wait from campaigns where id = $1',
      [campaign.row],
    )) as [{ wait: number }]
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(5)
    // Eleven of them were written to a day and a few minutes ago.
    await query(
      `update messaging_limit_uses set at = at - interval '1 day 2 minutes'
       where portfolio_id = $1 and contact_id in (select contact_id from messaging_limit_uses where portfolio_id = $1 limit 11)`,
      [portfolio],
    )
    await query(
      `with moved as (update messaging_limit_buckets set used = used - 11 where portfolio_id = $1 returning portfolio_id, minute)
       insert into messaging_limit_buckets (portfolio_id, minute, used) select portfolio_id, minute - interval '1 day 2 minutes', 11 from moved`,
      [portfolio],
    )
    expect(await handOver(campaign.row)).toBe(11)
  })

  it('keeps nobody who has a place already or whose window is open', async () => {
    const { portfolio, numbers } = await limited(3)
    const [number] = numbers as [PhoneNumberId]
    const people = some(8)
    await take(portfolio, [(await rows.conversation(number, people[0])).contactId])
    const open = await rows.conversation(number, people[1])
    await query(
      'update conversations set window_opened_at = casement_now(), last_inbound_at = casement_now() where id = $1',
      [open.id],
    )
    const campaign = await running(numbers, people)
    // The one with a place, the one with a window, and two for whom there are places.
    expect(await handOver(campaign.row)).toBe(4)
    expect(await handOver(campaign.row)).toBe(0)
  })

  it('is given away once, by however many campaigns of however many numbers', async () => {
    const { numbers } = await limited(40, 2)
    const [one, two] = numbers as [PhoneNumberId, PhoneNumberId]
    const three = [await running([one], some(30)), await running([two], some(30)), await running([one, two], some(30))]
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(three.map(({ row }) => handOver(row)))
    }
    const [{ n }] = (await query<{ n: number }>(
      'select count(*)::int as n from intents where phone_number_id = any ($1)',
      [numbers],
    )) as [{ n: number }]
    expect(n).toBe(38)
  })

  it('is not kept by what waits at a number that is unlinked', async () => {
    const { portfolio, numbers } = await limited(20, 2)
    const [one, two] = numbers as [PhoneNumberId, PhoneNumberId]
    const campaign = await running(numbers, some(60))
    expect(await handOver(campaign.row)).toBe(19)
    await rows.senders.unlink(HERE, two)
    const left = await leave(portfolio, [one])
    expect(left).toBeLessThan(19)
    expect(await handOver(campaign.row)).toBe(19 - left)
    await leave(portfolio, [one])
    await passed(portfolio, 24 * 60 + 2)
    expect(await handOver(campaign.row)).toBe(19)
  })

  it.each(['paused', 'restricted'] as const)(
    'is not kept by what waits at a number that is %s, which waits for places itself once it goes on',
    async (state) => {
      const { portfolio, numbers } = await limited(20, 2)
      const [one, two] = numbers as [PhoneNumberId, PhoneNumberId]
      const campaign = await running(numbers, some(60))
      expect(await handOver(campaign.row)).toBe(19)
      const reason = { code: 'sender_account' as const, text: 'Meta refuses it.' }
      if (state === 'paused') await rows.senders.pause(HERE, two)
      else await rows.senders.restrict(two, reason, false)
      const left = await leave(portfolio, [one])
      const waiting = 19 - left
      expect(waiting).toBeGreaterThan(0)
      expect(await handOver(campaign.row)).toBe(waiting)
      await leave(portfolio, [one])
      await rows.senders.resume(HERE, two)
      // All places are taken, and those who wait come first.
      await passed(portfolio, 24 * 60 + 2)
      expect(await handOver(campaign.row)).toBe(left)
      expect(await leave(portfolio, numbers)).toBe(19)
    },
  )

  it('is not kept by a campaign that is paused', async () => {
    const { portfolio, numbers } = await limited(20)
    const paused = await running(numbers, some(30))
    expect(await handOver(paused.row)).toBe(19)
    const other = await running(numbers, some(60))
    expect(await handOver(other.row)).toBe(0)
    await campaigns.command(paused.id, 'pause')
    expect(await handOver(other.row)).toBe(19)
    await campaigns.command(paused.id, 'resume')
    expect([await handOver(other.row), await handOver(paused.row)]).toEqual([0, 0])
    await passed(portfolio, 0)
    expect(await campaigns.counts(paused.id)).toMatchObject({ total: 30, queued: 19, scheduled: 11 })
  })

  it('holds within a budget, whichever of them is shorter', async () => {
    const { portfolio, numbers } = await limited(10)
    const [number] = numbers as [PhoneNumberId]
    await query(`update senders set currency = 'USD' where phone_number_id = $1`, [number])
    const rates = { validFrom: '2020-01-01', markets: new Map([['Brazil', { utility: 10_000n }]]) }
    const money = {
      currency: 'USD',
      timeZone: null,
      month: '2026-11',
      freeServiceUsed: 0,
      charged: new Map(),
      international: null,
      held: new Set<string>(),
      book: { rates: [rates], tiers: [] },
    }
    const priced = { of: async () => new Map([[number, money]]) }
    const campaign = await running(numbers, some(40), { budget: { amount: '0.15', currency: 'USD' } })
    const feedPriced = async () => {
      await query('update campaigns set next_feed_at = casement_now() where id = $1 and next_feed_at is not null', [
        campaign.row,
      ])
      return feed(campaign.row, { pricing: priced as never })
    }
    expect(await feedPriced()).toEqual({ positions: 10, intents: 10 })
    expect(await feedPriced()).toEqual({ positions: 0, intents: 0 })
    expect(await campaigns.getCampaign({ ...HERE } as never, campaign.id)).toMatchObject({
      value: { state: 'running' },
    })
    await passed(portfolio, 0)
    await rows.senders.update(HERE, number, { messagingLimit: null })
    expect(await feedPriced()).toEqual({ positions: 5, intents: 5 })
  })
})
