import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Harness, type IntentJson, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { HOUR_MS, KEEP_HELPING, ORDER_UPDATE, templateMessage, text } from './fixtures.ts'

interface WebhookEventJson {
  id: string
  state: string
  error: string | null
}

describeEachLaneEngine('a status webhook', (engine) => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(engine)
  })
  afterAll(() => casement.close())

  async function sent(message: object = text('Hi')): Promise<IntentJson & { wamid: string; customer: string }> {
    const customer = casement.stranger()
    await casement.writes(customer)
    const { id } = await casement.enqueue({ to: `+${customer}`, message })
    const intent = await casement.intentIn(id, 'sent')
    return { ...intent, wamid: intent.wamid as string, customer }
  }

  const status = (wamid: string, kind: string, more: object = {}) => ({
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550783881', phone_number_id: casement.sender },
      statuses: [
        {
          id: wamid,
          status: kind,
          timestamp: String(Math.floor(Date.now() / 1000)),
          ...more,
        },
      ],
    },
  })

  const UNDELIVERABLE = { errors: [{ code: 131026, title: 'Message undeliverable' }] }

  async function deliveryOf(id: string): Promise<string | null> {
    await casement.told()
    return (await casement.intent(id)).delivery_status
  }

  it('of the sandbox brings a message to "delivered" with what it cost', async () => {
    const { id } = await sent()
    expect(await deliveryOf(id)).toBe('delivered')
    expect((await casement.intent(id)).cost).toMatchObject({
      category: 'service',
      type: 'free_customer_service',
      billable: false,
    })
    const template = await sent(templateMessage(ORDER_UPDATE))
    await casement.told()
    expect((await casement.intent(template.id)).cost).toMatchObject({
      category: 'utility',
      type: 'regular',
      billable: true,
    })
  })

  it('may come before our own response', async () => {
    const customer = casement.stranger()
    await casement.writes(customer)
    casement.sandbox.addFault({ kind: 'latency', ms: 1_500, match: { to: customer } })
    const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi') })
    const early = await casement.intentIn(id, 'sent')
    expect(early.wamid).toBe(casement.calls(customer)[0]?.wamid)
    const next = await casement.enqueue({ to: `+${customer}`, message: text('Next') })
    await casement.intentIn(next.id, 'sent')
    expect(await casement.attempted(id, 'accepted')).toMatchObject({
      state: 'sent',
      attempts: [{ outcome: 'accepted' }],
    })
    expect(casement.calls(customer)).toHaveLength(2)
  })

  describe('by hand', () => {
    /** Nothing but what the test reports. */
    beforeEach(() => casement.sandbox.setWebhookUrl(null))
    afterEach(() => casement.sandbox.setWebhookUrl(`${casement.url}/webhooks/whatsapp`))

    /** The window is open before the sandbox falls silent. */
    async function sentInSilence(message?: object) {
      casement.sandbox.setWebhookUrl(`${casement.url}/webhooks/whatsapp`)
      const customer = casement.stranger()
      await casement.writes(customer)
      casement.sandbox.setWebhookUrl(null)
      const { id } = await casement.enqueue({ to: `+${customer}`, message: message ?? text('Hi') })
      const intent = await casement.intentIn(id, 'sent')
      return { id, wamid: intent.wamid as string, customer }
    }

    it.each([
      [['sent', 'delivered', 'read'], 'read'],
      [['read', 'delivered', 'sent'], 'read'],
      [['delivered', 'sent'], 'delivered'],
      [['read', 'sent', 'read', 'delivered', 'delivered'], 'read'],
      [['sent', 'in_orbit'], 'sent'],
      [['in_orbit', 'delivered'], 'delivered'],
      [['sent', 'failed'], 'failed'],
      [['failed', 'sent'], 'failed'],
      [['failed', 'delivered'], 'delivered'],
      [['delivered', 'failed'], 'delivered'],
    ])('%j, one by one, ends at %s', async (order, expected) => {
      const { id, wamid } = await sentInSilence()
      for (const kind of order) {
        await casement.webhook(status(wamid, kind, kind === 'failed' ? UNDELIVERABLE : {}))
        await casement.told()
      }
      const intent = await casement.intent(id)
      expect(intent.delivery_status).toBe(expected)
      expect(intent.state).toBe(expected === 'failed' ? 'failed' : 'sent')
    })

    it.each([
      [['read', 'delivered', 'sent', 'in_orbit'], 'read'],
      [['failed', 'delivered', 'failed'], 'delivered'],
      [['delivered', 'failed', 'sent'], 'delivered'],
    ])('%j, in one payload, ends at %s', async (order, expected) => {
      const { id, wamid } = await sentInSilence()
      await casement.webhook(...order.map((kind) => status(wamid, kind, kind === 'failed' ? UNDELIVERABLE : {})))
      expect(await deliveryOf(id)).toBe(expected)
      expect((await casement.intent(id)).state).toBe('sent')
    })

    it('without recipient_id is matched by its wamid, or by our own data', async () => {
      const one = await sentInSilence()
      await casement.webhook(status(one.wamid, 'delivered', { recipient_id: undefined, recipient_user_id: 'BR.1' }))
      expect(await deliveryOf(one.id)).toBe('delivered')
      const other = await sentInSilence()
      const { attempts } = await casement.intent(other.id)
      await casement.webhook(
        status(other.wamid, 'read', { recipient_id: undefined, biz_opaque_callback_data: attempts[0]?.id }),
      )
      expect(await deliveryOf(other.id)).toBe('read')
    })

    it('of a message of somebody else changes nothing and stops nothing', async () => {
      const { id, wamid } = await sentInSilence()
      await casement.webhook(
        status('wamid.unknown', 'failed', UNDELIVERABLE),
        status('wamid.unknown2', 'delivered', { biz_opaque_callback_data: 'their own' }),
        status('wamid.unknown3', 'delivered', { biz_opaque_callback_data: '01a2032d-642b-7255-ad30-311008bf0cdf.1' }),
        { field: 'messages', value: { metadata: {}, statuses: ['no object', { id: 17 }] } },
        { field: 'something_new', value: { a: 1 } },
        status(wamid, 'delivered'),
      )
      expect(await deliveryOf(id)).toBe('delivered')
    })

    it('of another number proves nothing of our attempts, whatever it names', async () => {
      const { id } = await sentInSilence()
      const before = await casement.intent(id)
      const opaque = { biz_opaque_callback_data: before.attempts[0]?.id }
      const elsewhere = status('wamid.elsewhere', 'failed', { ...UNDELIVERABLE, ...opaque })
      elsewhere.value.metadata.phone_number_id = '100200300400'
      await casement.webhook(elsewhere)
      await casement.told()
      expect(await casement.intent(id)).toEqual(before)
    })

    it('without timestamp, or with a wild one, is taken all the same', async () => {
      const { id, wamid } = await sentInSilence()
      await casement.webhook(
        status(wamid, 'sent', { timestamp: 'soon' }),
        status(wamid, 'delivered', { timestamp: undefined }),
      )
      expect(await deliveryOf(id)).toBe('delivered')
    })

    it('with a failure that is over fails the intent with its reason', async () => {
      const { id, wamid } = await sentInSilence()
      await casement.webhook(status(wamid, 'failed', UNDELIVERABLE))
      expect(await casement.intentIn(id, 'failed')).toMatchObject({
        reason: { code: 'recipient_unreachable', graph_code: 131026 },
        delivery_status: 'failed',
        due_at: null,
      })
    })

    it('twice of the same failure leaves one failed intent', async () => {
      const { id, wamid, customer } = await sentInSilence()
      await casement.webhook(status(wamid, 'failed', UNDELIVERABLE), status(wamid, 'failed', UNDELIVERABLE))
      await casement.webhook(status(wamid, 'failed', UNDELIVERABLE))
      await casement.told()
      expect(await casement.intent(id)).toMatchObject({ state: 'failed' })
      expect(casement.calls(customer)).toHaveLength(1)
    })

    it('of a former message of an intent changes nothing about the newer', async () => {
      const { id, wamid, customer } = await sentInSilence(templateMessage(ORDER_UPDATE))
      await casement.webhook(status(wamid, 'failed', { errors: [{ code: 131026 }] }))
      await casement.intentIn(id, 'failed')
      expect((await casement.api('POST', `/v1/intents/${id}/replay`)).status).toBe(200)
      const again = await casement.intentIn(id, 'sent')
      expect(again.wamid).not.toBe(wamid)
      await casement.webhook(status(wamid, 'failed', { errors: [{ code: 131026 }] }))
      await casement.told()
      expect(await casement.intent(id)).toMatchObject({ state: 'sent', wamid: again.wamid, delivery_status: null })
      expect(casement.calls(customer)).toHaveLength(2)
    })

    it('that comes late settles an intent that was given up', async () => {
      const { id, wamid } = await sentInSilence()
      await casement.webhook(status(wamid, 'failed', UNDELIVERABLE))
      await casement.intentIn(id, 'failed')
      await casement.webhook(status(wamid, 'delivered'))
      expect(await casement.intentIn(id, 'sent')).toMatchObject({ reason: null, delivery_status: 'delivered' })
    })

    it('tells the follow-up that it reached nobody', async () => {
      const customer = casement.stranger()
      const { id } = await casement.enqueue({
        to: `+${customer}`,
        message: text('Hi'),
        when_closed: { follow_up: KEEP_HELPING },
      })
      const held = await casement.intentIn(id, 'held')
      const invitation = await casement.intentIn(held.follow_up?.id as string, 'sent')
      await casement.webhook(status(invitation.wamid as string, 'failed', UNDELIVERABLE))
      expect(await casement.intentIn(id, 'failed')).toMatchObject({ reason: { code: 'recipient_unreachable' } })
    })

    describe('about a free entry point', () => {
      async function arrived() {
        casement.sandbox.setWebhookUrl(`${casement.url}/webhooks/whatsapp`)
        const customer = casement.stranger()
        casement.sandbox.customers.arriveFromAd(customer, { sent_at_ms: Date.now() - HOUR_MS })
        await casement.told()
        casement.sandbox.setWebhookUrl(null)
        return customer
      }

      async function answer(customer: string): Promise<string> {
        const { id } = await casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
        return (await casement.intentIn(id, 'sent')).wamid as string
      }

      const entry = async (customer: string) => {
        await casement.told()
        return (await casement.conversation(customer)).free_entry_point
      }

      const FREE = {
        pricing: { billable: false, pricing_model: 'PMP', type: 'free_entry_point', category: 'referral_conversion' },
      }
      const CHARGED = { pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' } }

      it('estimates it from the delivery alone', async () => {
        const customer = await arrived()
        const wamid = await answer(customer)
        await casement.webhook(status(wamid, 'sent'))
        expect(await entry(customer)).toMatchObject({ state: 'possible', open: false })
        await casement.webhook(status(wamid, 'delivered'))
        const { opened_at, expires_at, ...rest } = await entry(customer)
        expect(rest).toMatchObject({ state: 'estimated', open: true })
        expect(Date.parse(expires_at as string) - Date.parse(opened_at as string)).toBe(72 * HOUR_MS)
      })

      it('confirms it with Meta’s own end', async () => {
        const customer = await arrived()
        const wamid = await answer(customer)
        const end = Math.floor(Date.now() / 1000) + 7 * 24 * 3600
        const conversation = { id: 'c1', expiration_timestamp: String(end), origin: { type: 'referral_conversion' } }
        await casement.webhook(status(wamid, 'sent', { ...FREE, conversation }))
        await casement.webhook(status(wamid, 'delivered', FREE))
        expect(await entry(customer)).toMatchObject({
          state: 'confirmed',
          open: true,
          expires_at: new Date(end * 1000).toISOString(),
        })
      })

      it.each([
        [
          'on sent',
          [
            ['sent', true],
            ['delivered', false],
          ],
        ],
        [
          'on delivered',
          [
            ['sent', false],
            ['delivered', true],
          ],
        ],
        [
          'on delivered, told before sent',
          [
            ['delivered', true],
            ['sent', true],
          ],
        ],
        [
          'on sent, told after delivered',
          [
            ['delivered', false],
            ['sent', true],
          ],
        ],
        ['on read alone', [['read', true]]],
      ] as [string, [string, boolean][]][])(
        'refuses it when its first answer was priced as something else: %s',
        async (_when, told) => {
          for (const pricing of [
            CHARGED,
            { pricing: { billable: false, pricing_model: 'PMP', type: 'free_customer_service', category: 'service' } },
          ]) {
            const customer = await arrived()
            const wamid = await answer(customer)
            for (const [word, priced] of told) await casement.webhook(status(wamid, word, priced ? pricing : {}))
            expect(await entry(customer)).toMatchObject({ state: 'refused', open: false })
          }
        },
      )

      it('refuses it when two prices of the first answer came in one webhook, the newer of them charged', async () => {
        const customer = await arrived()
        const wamid = await answer(customer)
        const seconds = (back: number) => ({ timestamp: String(Math.floor(Date.now() / 1000) - back) })
        const statuses = [
          status(wamid, 'delivered', { ...CHARGED, ...seconds(0) }),
          status(wamid, 'sent', { pricing: null, ...seconds(1) }),
        ].flatMap(({ value }) => (value as { statuses: object[] }).statuses)
        const { field, value } = status(wamid, 'sent')
        await casement.webhook({ field, value: { ...value, statuses } })
        expect(await entry(customer)).toMatchObject({ state: 'refused', open: false })
      })

      it('refuses it when a later message inside the estimate is charged', async () => {
        const customer = await arrived()
        const first = await answer(customer)
        // Delivered a while ago, so that the second message surely left inside the estimate.
        const atS = Math.floor(Date.now() / 1000) - 1
        await casement.webhook(status(first, 'delivered', { timestamp: String(atS) }))
        await casement.told()
        const second = await eventually(async () => (Date.now() / 1000 >= atS + 2 ? answer(customer) : false))
        await casement.webhook(status(second, 'delivered', CHARGED))
        expect(await entry(customer)).toMatchObject({ state: 'refused', open: false })
      })
    })
  })

  describe('that cannot be applied', () => {
    const failedEvents = async () =>
      (await casement.api<{ data: WebhookEventJson[] }>('GET', '/v1/webhook-events?state=failed')).body.data

    it('is kept aside while the others apply, and can be replayed', async () => {
      const { id, wamid } = await sent()
      await casement.told()
      // The database indexes no text of this length.
      const tooLong = randomBytes(8_000).toString('hex')
      const poison = status(`${wamid}${tooLong}`, 'read', {
        biz_opaque_callback_data: (await casement.intent(id)).attempts[0]?.id,
      })
      const [first, second, third] = await Promise.all([
        casement.webhook(poison),
        casement.webhook(status(wamid, 'read')),
        casement.webhook(poison),
      ])
      expect([first, second, third]).toEqual([200, 200, 200])
      expect(await deliveryOf(id)).toBe('read')
      const kept = await eventually(async () => {
        const events = await failedEvents()
        return events.length === 2 ? events : false
      })
      expect(kept.every(({ error }) => error !== null && error !== '')).toBe(true)

      // What made it fail is cured (here: the payload itself), and it is applied again.
      const eventId = kept[0]?.id as string
      await casement.query('update webhook_events set payload = replace(payload, $2, $3) where id = $1', [
        eventId,
        tooLong,
        '',
      ])
      expect((await casement.api('POST', `/v1/webhook-events/${eventId}/replay`)).status).toBe(200)
      await casement.told()
      expect((await failedEvents()).map((event) => event.id)).toEqual([kept[1]?.id])
    })

    it('is no message that the database cannot spell: it opens the window', async () => {
      const customer = casement.stranger()
      const at = Math.floor(Date.now() / 1000)
      await casement.webhook({
        field: 'messages',
        value: {
          messaging_product: 'whatsapp',
          metadata: { display_phone_number: '15550783881', phone_number_id: casement.sender },
          contacts: [{ profile: { name: 'A\u0000na' }, wa_id: customer }],
          messages: [
            {
              from: customer,
              id: `wamid.nul${customer}`,
              timestamp: String(at),
              type: 'text',
              text: { body: 'a\u0000b\ud83d' },
            },
          ],
        },
      })
      await casement.told()
      expect((await casement.conversation(customer)).customer_service_window.open).toBe(true)
    })
  })
})
