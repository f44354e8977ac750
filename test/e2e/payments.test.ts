import { afterEach, describe, expect, it } from 'vitest'
import { DEFAULT_LINK } from '../../src/sandbox/sandbox.ts'
import { type Harness, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { text } from './fixtures.ts'

interface SenderJson {
  state: string
  reason: { code: string; graph_code?: number } | null
}

const MINUTE_MS = 60_000

describe('an account without a payment method', () => {
  let casement: Harness
  afterEach(() => casement.close())

  const sender = async () => (await casement.api<SenderJson>('GET', `/v1/senders/${casement.sender}`)).body
  const senderIs = (seen: object) =>
    eventually(
      async () => {
        // Whoever leads looks whenever the clock moves.
        await casement.sandbox.advance(1_000)
        expect(await sender()).toMatchObject(seen)
      },
      { timeoutMs: 20_000 },
    )
  const says = (payment_method: boolean) =>
    casement.api('PATCH', `/v1/sandbox/accounts/${DEFAULT_LINK.wabaId}`, { payment_method })

  async function reply(customer: string): Promise<string> {
    return (await casement.enqueue({ to: { wa_id: customer }, message: text('Hello') })).id
  }

  it.each(['refuse', 'fail'] as const)(
    'is recognised by 131042 (%s), and comes back once Meta blames it no more',
    async (unpaidMode) => {
      casement = await startHarness(lanesOnPostgres, { sandbox: { knobs: { unpaidMode, freeServiceMessages: 0 } } })
      expect((await says(false)).body).toMatchObject({ payment_method: false })
      const customer = casement.stranger()
      await casement.writes(customer)
      const met = await reply(customer)
      await senderIs({ state: 'restricted', reason: { code: 'payment_missing', graph_code: 131042 } })
      const other = await reply(customer)
      expect((await casement.intentIn(other, 'held')).reason).toMatchObject({ code: 'sender_account' })
      await eventually(async () => {
        await casement.sandbox.advance(1_000)
        expect(await casement.query('select payment_blamed from senders')).toEqual([{ payment_blamed: true }])
      })
      await says(true)
      await senderIs({ state: 'active', reason: null })
      await casement.intentIn(other, 'sent')
      await casement.intentIn(met, 'sent')
    },
    60_000,
  )

  it('is recognised by replies that are accepted and never heard of, while customers are', async () => {
    const knobs = { unpaidMode: 'vanish', freeServiceMessages: 0 } as const
    casement = await startHarness(lanesOnPostgres, { sandbox: { knobs } })
    await says(false)
    const customers = [casement.stranger(), casement.stranger()]
    for (const customer of customers) await casement.writes(customer)
    for (const id of await Promise.all([0, 1, 0, 1, 0].map((n) => reply(customers[n] as string)))) {
      await casement.intentIn(id, 'sent')
    }
    await casement.sandbox.advance(11 * MINUTE_MS)
    expect(await sender()).toMatchObject({ state: 'active' })
    await casement.writes(customers[0] as string)
    await senderIs({ state: 'restricted', reason: { code: 'payment_missing' } })
    const waits = await reply(customers[1] as string)
    await casement.intentIn(waits, 'held')
    await says(true)
    await senderIs({ state: 'active' })
    await casement.intentIn(waits, 'sent')
  }, 60_000)
})
