import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_LINK } from '../../src/sandbox/sandbox.ts'
import { API_KEY, type Harness, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { HOUR_MS, KEEP_HELPING, ORDER_UPDATE, SPRING_OFFER, templateMessage, text } from './fixtures.ts'

const RATES = `Market,Currency,Marketing,Utility,Authentication,Authentication-International
Brazil,USD,0.0625,0.0068,0.0068,n/a
India,USD,0.0110,0.0014,0.0014,0.0280
Germany,USD,0.1131,0.0456,0.0456,n/a
`
const BLOCK = 'From,To,Rate type,Rate,vs. List rate'
const NONE = ',n/a'.repeat(10)
const TIERS = `,Currency,${BLOCK},${BLOCK},${BLOCK}
Brazil,USD,0,"250,000",List rate,0.0068,0%${NONE}
,USD,"250,001",--,Tier rate,0.0060,-12%${NONE}
`

const MESSAGES = {
  text: text('Hello'),
  reaction: { type: 'reaction', reaction: { message_id: 'wamid.HBgLNTUxMQ==', emoji: '👍' } },
  utility: templateMessage(ORDER_UPDATE),
  marketing: templateMessage(SPRING_OFFER),
}

/** Numbers of markets that have a row, and of one that has none. */
const PLACES = ['5511930', '9198123', '4915112', '3361234'] as const

interface Cost {
  expected: { amount: string; free_because: string | null } | null
  actual: { amount: string } | null
}

describe('the price in the forecast', () => {
  let casement: Harness
  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
    for (const card of [RATES, TIERS]) {
      await fetch(`${casement.url}/v1/rate-cards?valid_from=2026-10-01`, {
        method: 'POST',
        headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'text/csv' },
        body: card,
      })
    }
    await eventually(async () =>
      expect((await casement.api('GET', `/v1/senders/${casement.sender}`)).body).toMatchObject({ currency: 'USD' }),
    )
  })
  afterAll(() => casement.close())

  let strangers = 0
  const stranger = (place: string) => `${place}${String(++strangers).padStart(6, '0')}`

  /** What is counted of the month, as if others had sent it. */
  async function counted(freeUsed: number, charged: number): Promise<void> {
    await casement.query('truncate costs, cost_deltas')
    await casement.query(
      `insert into costs (workspace, phone_number_id, day, category, market, currency, messages, untold, billable, free, free_service, charged,
         unpriced, expected_micros, expected_untold_micros, actual_micros)
       select 'default', $1, (now() at time zone 'America/Los_Angeles')::date, c, 'Brazil', 'USD', 1, 0, 1, 0, f, n, 0, 0, 0, 0
       from (values ('service', $2::int, 0), ('utility', 0, $3::int)) v (c, f, n)`,
      [casement.sender, freeUsed, charged],
    )
    await eventually(
      async () =>
        expect((await casement.api('GET', `/v1/senders/${casement.sender}`)).body).toMatchObject({
          free_service_left: Math.max(0, 1_000 - freeUsed),
        }),
      { timeoutMs: 20_000 },
    )
  }

  const given = fc.record({
    message: fc.constantFrom(...(Object.keys(MESSAGES) as (keyof typeof MESSAGES)[])),
    place: fc.constantFrom(...PLACES),
    window: fc.constantFrom('never', 'open', 'closed'),
    fromAd: fc.boolean(),
    policy: fc.constantFrom('hold', 'downgrade', 'follow_up'),
  })

  async function promised({ message, place, window, fromAd, policy }: Parameters<Parameters<typeof given.map>[0]>[0]) {
    const customer = stranger(place)
    if (fromAd && window !== 'never') {
      casement.sandbox.customers.arriveFromAd(customer, { text: 'Hi' })
      await casement.told()
      const first = await casement.enqueue({ to: { wa_id: customer }, message: text('Welcome') })
      await casement.intentIn(first.id, 'sent')
      await casement.told()
    } else if (window !== 'never') await casement.writes(customer)
    if (window === 'closed') await casement.age(customer, 25 * HOUR_MS)
    const when_closed = policy === 'hold' ? 'hold' : { [policy]: KEEP_HELPING }
    const asked = { sender: casement.sender, to: { wa_id: customer }, message: MESSAGES[message], when_closed }
    const before = (await casement.api<{ now: { price: unknown } }>('POST', '/v1/intents/forecast', asked)).body.now
      .price
    const { body } = await casement.api<{ id: string; forecast: { kind: string; price: unknown } }>(
      'POST',
      '/v1/intents',
      asked,
    )
    expect(body.forecast.price).toEqual(before)
    const seen = await casement.intentIn(body.id, 'sent', 'held', 'failed')
    const leaves = seen.follow_up ? await casement.intentIn(seen.follow_up.id, 'sent', 'failed') : seen
    const cost = leaves.cost as unknown as Cost | null
    expect(cost?.expected ?? null).toEqual(body.forecast.price)
  }

  it.each([
    ['few messages were counted', 10, 10],
    ['the free ones and a tier are used up', 1_500, 300_000],
  ])(
    'is the one in the decision when nothing has changed: %s',
    async (_name, freeUsed, charged) => {
      await counted(freeUsed, charged)
      // What is known of the counters is some seconds old at most.
      const utility = { sender: casement.sender, to: { wa_id: stranger(PLACES[0]) }, message: MESSAGES.utility }
      await eventually(
        async () => {
          const { body } = await casement.api<{ now: { price: object } }>('POST', '/v1/intents/forecast', utility)
          expect(body.now.price).toMatchObject({ amount: charged > 250_000 ? '0.006000' : '0.006800' })
        },
        { timeoutMs: 20_000 },
      )
      await fc.assert(fc.asyncProperty(given, promised), { numRuns: 20 })
    },
    120_000,
  )

  it('is that of the account’s day, whenever the clock passes its midnight', async () => {
    const { body } = await casement.api<{ waba_id: string }>('GET', `/v1/senders/${casement.sender}`)
    expect(body.waba_id).toBe(DEFAULT_LINK.wabaId)
    await counted(1_500, 10)
    const customer = stranger(PLACES[0])
    await casement.writes(customer)
    const price = async () => {
      const { id } = await casement.enqueue({ to: { wa_id: customer }, message: text('Hello') })
      await casement.intentIn(id, 'sent')
      return ((await casement.intent(id)).cost as unknown as Cost).expected
    }
    await eventually(async () => expect(await price()).toMatchObject({ amount: '0.006800' }), { timeoutMs: 20_000 })
    const [turn] = await casement.query<{ ms: number }>(
      `select (extract(epoch from (date_trunc('month', casement_now() at time zone z) + interval '1 month') at time zone z - casement_now())
         * 1000)::float8 as ms from (values ('America/Los_Angeles')) v (z)`,
    )
    const next = turn?.ms as number
    // Within the minute before, and within the second after: the month of the account turns, and its free replies with it.
    await casement.sandbox.advance(next - 60_000)
    await casement.writes(customer)
    expect(await price()).toMatchObject({ amount: '0.006800', free_because: null })
    await casement.sandbox.advance(61_000)
    expect(await price()).toMatchObject({ amount: '0.000000', free_because: 'free_tier' })
  }, 60_000)
})
