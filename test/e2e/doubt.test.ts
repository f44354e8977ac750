import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API_KEY, type Harness, type HarnessOptions, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { text } from './fixtures.ts'

/** What happens to an answer after Meta took the message, or after it did not. */
const LOST = {
  'a timeout after acceptance': { kind: 'timeout_after_accept' },
  'a reset after acceptance': { kind: 'reset_after_accept' },
  'an HTML 502 after acceptance': { kind: 'html_502', accept: true },
  'an empty 200 after acceptance': { kind: 'empty_200', accept: true },
} as const

const NEVER_ARRIVED = {
  'a timeout before acceptance': { kind: 'timeout_before_accept' },
  'a reset before acceptance': { kind: 'reset_before_accept' },
  'an HTML 502 before acceptance': { kind: 'html_502', accept: false },
  'an empty 200 before acceptance': { kind: 'empty_200', accept: false },
} as const

function suite(
  options: HarnessOptions,
  tests: (casement: () => Doubting) => void,
): (engine: Parameters<typeof startHarness>[0]) => void {
  return (engine) => {
    let casement: Doubting
    beforeAll(async () => {
      const harness = await startHarness(engine, options)
      casement = { ...harness, ...doubting(harness) }
    })
    afterAll(() => casement.close())
    tests(() => casement)
  }
}

type Doubting = Harness & ReturnType<typeof doubting>

function doubting(casement: Harness) {
  return {
    async customer(): Promise<string> {
      const customer = casement.stranger()
      await casement.writes(customer)
      return customer
    },
    silence: () => casement.sandbox.setWebhookUrl(null),
    speech: () => casement.sandbox.setWebhookUrl(`${casement.url}/webhooks/whatsapp`),
    async accepted(customer: string): Promise<number> {
      return casement.calls(customer).filter(({ outcome }) => outcome === 'accepted').length
    },
    /** A message whose answer was lost while no webhook came, accepted or not. */
    async inDoubt(customer: string, fault: object, more: object = {}) {
      casement.sandbox.setWebhookUrl(null)
      casement.sandbox.addFault({ ...fault, match: { to: customer } } as never)
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), ...more })
      return casement.intentIn(id, 'in_doubt')
    },
  }
}

describeEachLaneEngine(
  'a lost answer, while the grace is long,',
  suite({ env: { GRAPH_TIMEOUT_MS: '1000' } }, (at) => {
    it.each(Object.entries(LOST))('%s: is settled by the status webhook and sent once', async (_what, fault) => {
      const casement = at()
      const customer = await casement.customer()
      casement.sandbox.addFault({ ...fault, match: { to: customer } })
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi') })
      const sent = await casement.intentIn(id, 'sent')
      expect(sent).toMatchObject({ attempts: [{ outcome: 'accepted' }] })
      await casement.told()
      expect(await casement.intent(id)).toMatchObject({
        state: 'sent',
        wamid: sent.wamid,
        delivery_status: 'delivered',
      })
      expect(await casement.accepted(customer)).toBe(1)
    })

    it.each(Object.entries({ ...LOST, ...NEVER_ARRIVED }))(
      '%s: is in doubt while nobody says',
      async (_what, fault) => {
        const casement = at()
        const customer = await casement.customer()
        const intent = await casement.inDoubt(customer, fault)
        casement.speech()
        expect(intent).toMatchObject({
          reason: { code: 'in_doubt' },
          wamid: null,
          due_at: null,
          attempts: [{ outcome: 'in_doubt', wamid: null }],
        })
        expect((await casement.api('POST', `/v1/intents/${intent.id}/cancel`)).status).toBe(202)
        expect((await casement.api('POST', `/v1/intents/${intent.id}/replay`)).status).toBe(409)
        expect(casement.calls(customer)).toHaveLength(1)
      },
    )

    it('holds back what follows in the conversation, and nobody else', async () => {
      const casement = at()
      const [customer, other] = [await casement.customer(), await casement.customer()]
      const doubt = await casement.inDoubt(customer, LOST['a reset after acceptance'])
      const next = await casement.enqueue({ to: `+${customer}`, message: text('Next') })
      const elsewhere = await casement.enqueue({ to: `+${other}`, message: text('Elsewhere') })
      await casement.intentIn(elsewhere.id, 'sent')
      expect(await casement.intent(next.id)).toMatchObject({ state: 'queued' })
      expect((await casement.api('POST', `/v1/intents/${doubt.id}/settle`, { outcome: 'sent' })).status).toBe(200)
      await casement.intentIn(next.id, 'sent')
      casement.speech()
      expect(casement.received(customer)).toEqual(['Hi', 'Next'])
    })

    describe('settled by an operator', () => {
      it('as sent, with the wamid that they know', async () => {
        const casement = at()
        const customer = await casement.customer()
        const { id } = await casement.inDoubt(customer, LOST['a reset after acceptance'])
        const wamid = casement.calls(customer)[0]?.wamid as string
        expect((await casement.api('POST', `/v1/intents/${id}/settle`, { outcome: 'sent', wamid })).status).toBe(200)
        expect(await casement.intent(id)).toMatchObject({ state: 'sent', wamid, reason: null })
        expect((await casement.api('POST', `/v1/intents/${id}/settle`, { outcome: 'sent' })).status).toBe(409)
        casement.speech()
        expect(await casement.accepted(customer)).toBe(1)
      })

      it('as sent, and the webhook that comes after all is welcome', async () => {
        const casement = at()
        const customer = await casement.customer()
        const { id } = await casement.inDoubt(customer, LOST['a reset after acceptance'])
        await casement.api('POST', `/v1/intents/${id}/settle`, { outcome: 'sent' })
        casement.speech()
        const { wamid, opaque } = casement.calls(customer)[0] as { wamid: string; opaque: string }
        await casement.webhook({
          field: 'messages',
          value: {
            messaging_product: 'whatsapp',
            metadata: { phone_number_id: casement.sender },
            statuses: [
              {
                id: wamid,
                status: 'delivered',
                timestamp: String(Math.floor(Date.now() / 1000)),
                biz_opaque_callback_data: opaque,
              },
            ],
          },
        })
        await casement.told()
        expect(await casement.intent(id)).toMatchObject({ state: 'sent', delivery_status: 'delivered', wamid })
      })

      it('as not sent, and it goes again', async () => {
        const casement = at()
        const customer = await casement.customer()
        const { id } = await casement.inDoubt(customer, NEVER_ARRIVED['a reset before acceptance'])
        expect((await casement.api('POST', `/v1/intents/${id}/settle`, { outcome: 'not_sent' })).status).toBe(200)
        casement.speech()
        expect(await casement.intentIn(id, 'sent')).toMatchObject({
          attempts: [{ outcome: 'in_doubt' }, { outcome: 'accepted' }],
        })
        expect(await casement.accepted(customer)).toBe(1)
      })

      it('as not sent, and it is over where it may go only once', async () => {
        const casement = at()
        const customer = await casement.customer()
        const { id } = await casement.inDoubt(customer, NEVER_ARRIVED['a reset before acceptance'], {
          delivery: 'at_most_once',
        })
        await casement.api('POST', `/v1/intents/${id}/settle`, { outcome: 'not_sent' })
        casement.speech()
        expect(await casement.intent(id)).toMatchObject({ state: 'failed', reason: { code: 'unconfirmed' } })
        expect(casement.calls(customer)).toHaveLength(1)
      })
    })
  }),
)

describeEachLaneEngine(
  'a lost answer, once the grace is over,',
  suite({ env: { GRAPH_TIMEOUT_MS: '1000' }, doubt: { graceMs: 1_500 }, sweepEveryMs: 500 }, (at) => {
    /** Webhook stamps are whole seconds: the next of them is surely after the attempts made so far. */
    async function channelSpeaks(casement: Doubting): Promise<void> {
      const second = Math.floor(Date.now() / 1000)
      await eventually(() => Math.floor(Date.now() / 1000) > second)
      casement.speech()
      await casement.writes(casement.stranger())
    }

    it('is sent again when the channel was alive and said nothing, unless it may go only once', async () => {
      const casement = at()
      const customers = [await casement.customer(), await casement.customer(), await casement.customer()] as const
      const again = await casement.inDoubt(customers[0], NEVER_ARRIVED['a reset before acceptance'])
      const once = await casement.inDoubt(customers[1], NEVER_ARRIVED['a reset before acceptance'], {
        delivery: 'at_most_once',
      })
      const campaign = await casement.inDoubt(customers[2], NEVER_ARRIVED['a reset before acceptance'], {
        priority: 'campaign',
      })
      await channelSpeaks(casement)
      expect(await casement.intentIn(again.id, 'sent')).toMatchObject({
        attempts: [{ outcome: 'in_doubt', error: { why: 'not_accepted' } }, { outcome: 'accepted' }],
      })
      expect(await casement.intentIn(once.id, 'failed')).toMatchObject({ reason: { code: 'unconfirmed' } })
      expect(await casement.intentIn(campaign.id, 'failed')).toMatchObject({ reason: { code: 'unconfirmed' } })
      expect(await Promise.all(customers.map(casement.accepted))).toEqual([1, 0, 0])
    })

    it('waits while no webhook comes at all, and is settled by the first that names it', async () => {
      const casement = at()
      const customer = await casement.customer()
      const doubt = await casement.inDoubt(customer, LOST['a reset after acceptance'])
      // A whole sweep after the grace, seen by what it counts.
      await eventually(
        async () => {
          const metrics = await (
            await fetch(`${casement.url}/metrics`, { headers: { authorization: `Bearer ${API_KEY}` } })
          ).text()
          return /casement_doubts_waiting\S* 1/.test(metrics)
        },
        { timeoutMs: 15_000 },
      )
      expect(await casement.intent(doubt.id)).toMatchObject({ state: 'in_doubt' })
      casement.speech()
      const { wamid, opaque } = casement.calls(customer)[0] as { wamid: string; opaque: string }
      await casement.webhook({
        field: 'messages',
        value: {
          messaging_product: 'whatsapp',
          metadata: { phone_number_id: casement.sender },
          statuses: [
            {
              id: wamid,
              status: 'sent',
              timestamp: String(Math.floor(Date.now() / 1000)),
              biz_opaque_callback_data: opaque,
            },
          ],
        },
      })
      await casement.intentIn(doubt.id, 'sent')
      expect(await casement.accepted(customer)).toBe(1)
    })
  }),
)

describeEachLaneEngine(
  'a lost answer, when nothing was heard for too long,',
  suite({ doubt: { graceMs: 500, maxMs: 3_000 }, sweepEveryMs: 500 }, (at) => {
    it('is judged blindly', async () => {
      const casement = at()
      const customers = [await casement.customer(), await casement.customer()] as const
      const again = await casement.inDoubt(customers[0], NEVER_ARRIVED['a reset before acceptance'])
      const once = await casement.inDoubt(customers[1], NEVER_ARRIVED['a reset before acceptance'], {
        delivery: 'at_most_once',
      })
      await casement.intentIn(again.id, 'sent')
      expect(await casement.intentIn(once.id, 'failed')).toMatchObject({ reason: { code: 'unconfirmed' } })
    })
  }),
)
