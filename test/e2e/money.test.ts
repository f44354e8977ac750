import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { ORDER_UPDATE, SPRING_OFFER, templateMessage, text } from './fixtures.ts'

interface Costs {
  rows: {
    key: string
    currency: string
    messages: number
    billable: number
    free: number
    expected: string
    actual: string
  }[]
  total: { currency: string; messages: number; expected: string; actual: string }[]
}

describe('what messages cost', () => {
  let casement: Harness
  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
  })
  afterAll(() => casement.close())

  const sender = async () => (await casement.api<Record<string, unknown>>('GET', `/v1/senders/${casement.sender}`)).body

  async function enqueue(message: object, given: object = {}) {
    const customer = casement.stranger()
    await casement.writes(customer)
    const { id } = await casement.enqueue({ sender: casement.sender, to: { wa_id: customer }, message, ...given })
    return id
  }

  async function priced(message: object) {
    const customer = casement.stranger()
    await casement.writes(customer)
    const answer = await casement.api<{ id: string; forecast: { price: object | null } }>('POST', '/v1/intents', {
      ...{ sender: casement.sender, to: { wa_id: customer }, message },
    })
    await casement.intentIn(answer.body.id, 'sent')
    await casement.told()
    const { cost } = (await casement.intent(answer.body.id)) as unknown as {
      cost: { expected: object; actual: object; type: string }
    }
    return { forecast: answer.body.forecast.price, cost }
  }

  it('is known before and after, by the account that Meta told of and the example card', async () => {
    await eventually(async () =>
      expect(await sender()).toMatchObject({ currency: 'USD', time_zone: 'America/Los_Angeles' }),
    )
    const offer = await priced(templateMessage(SPRING_OFFER))
    const price = {
      currency: 'USD',
      category: 'marketing',
      market: 'Brazil',
      free_because: null,
      amount: '0.060000',
    }
    expect(offer.forecast).toEqual(price)
    expect(offer.cost).toMatchObject({ type: 'regular', expected: price, actual: price })
    const reply = await priced(text('Hello'))
    expect(reply.forecast).toMatchObject({ amount: '0.000000', free_because: 'free_tier' })
    expect(reply.cost).toMatchObject({
      type: 'free_customer_service',
      actual: { amount: '0.000000', free_because: 'free_tier' },
    })
    const { body } = await casement.api<Costs>('GET', '/v1/costs?by=category&from=2020-01-01&to=2100-01-01')
    expect(body.rows).toMatchObject([
      { key: 'marketing', messages: 1, billable: 1, expected: '0.060000', actual: '0.060000' },
      { key: 'service', messages: 1, free: 1, expected: '0.000000' },
    ])
    expect(body.total).toMatchObject([{ currency: 'USD', messages: 2, actual: '0.060000' }])
    expect(await sender()).toMatchObject({ free_service_left: 999 })
  })

  it('may be held by a budget, until that is raised', async () => {
    const budget = { amount: '0.01', currency: 'USD' }
    const patched = await casement.api('PATCH', `/v1/senders/${casement.sender}`, { budget })
    expect(patched.body).toMatchObject({ budget: { amount: '0.01', warn_at: 0.8, hold: ['marketing'] } })
    await eventually(async () =>
      expect(await casement.query(`select level from budget_levels where phone_number_id <> ''`)).toEqual([
        { level: 'spent' },
      ]),
    )
    const held = await enqueue(templateMessage(SPRING_OFFER))
    const free = await enqueue(templateMessage(ORDER_UPDATE))
    expect((await casement.intentIn(held, 'held', 'sent')).reason).toMatchObject({ code: 'budget' })
    await casement.intentIn(free, 'sent')
    await casement.intentIn(await enqueue(text('A reply in an open window')), 'sent')
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { budget: { ...budget, amount: '100' } })
    await casement.intentIn(held, 'sent')
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { budget: null })
  }, 60_000)

  it('may be a workspace’s to hold, replies too where it says so', async () => {
    const budget = { amount: '0', currency: 'USD', hold: ['service'] }
    await casement.api('PATCH', '/v1/workspaces/default', { budget })
    await eventually(async () =>
      expect(await casement.query(`select level from budget_levels where phone_number_id = ''`)).toEqual([
        { level: 'spent' },
      ]),
    )
    await eventually(async () => {
      const id = await enqueue(text('Hello'))
      expect((await casement.intentIn(id, 'held', 'sent')).reason).toMatchObject({ code: 'budget' })
    })
    await casement.api('PATCH', '/v1/workspaces/default', { budget: null })
    const waiting = await casement.query<{ id: string }>(`select id from intents where waits_kind = 'budget'`)
    for (const { id } of waiting) await casement.intentIn(id, 'sent')
  }, 60_000)
})
