import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { DAY_MS, HOUR_MS, ORDER_UPDATE, SECOND_MS, templateMessage, text } from './fixtures.ts'

const SECOND_SENDER = '106540352242999'

describeEachLaneEngine('the customer service window', (engine) => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(engine)
    casement.sandbox.addSender({ id: SECOND_SENDER, waba_id: LINK.waba_id, display_phone_number: '15550783882' })
    await casement.api('POST', '/v1/senders', { ...LINK, phone_number_id: SECOND_SENDER, throughput_mps: 1000 })
  })
  afterAll(() => casement.close())

  const windowOf = async (customer: string, sender?: string) =>
    (await casement.conversation(customer, sender)).customer_service_window

  /** Meta stamps whole seconds. */
  const stamp = (ms: number) => Math.floor(ms / SECOND_MS) * SECOND_MS
  const iso = (ms: number) => new Date(ms).toISOString()

  /** A message as a webhook of its own making, for stamps and repetitions the sandbox would not send. */
  const message = (customer: string, atMs: number, more: object = {}) => ({
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550783881', phone_number_id: casement.sender },
      contacts: [{ profile: { name: 'Ana' }, wa_id: customer }],
      messages: [
        {
          from: customer,
          id: `wamid.${customer}.${atMs}`,
          timestamp: String(atMs / SECOND_MS),
          type: 'text',
          text: { body: 'Hello' },
          ...more,
        },
      ],
    },
  })

  describe('opens', () => {
    it('by a message, for 24 hours from its stamp', async () => {
      const customer = casement.stranger()
      const { at } = casement.sandbox.customers.say(customer, { text: 'Hello' })
      await casement.told()
      expect(await windowOf(customer)).toEqual({ open: true, opened_at: iso(at), expires_at: iso(at + DAY_MS) })
    })

    it('by a call, answered or not', async () => {
      const customer = casement.stranger()
      const { at } = casement.sandbox.customers.call(customer, { answered: false })
      await casement.told()
      expect(await windowOf(customer)).toMatchObject({ open: true, expires_at: iso(at + DAY_MS) })
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('You called?'), when_closed: 'fail' })
      await casement.intentIn(id, 'sent')
    })

    it('only for what is left of the day when the webhook comes late', async () => {
      const customer = casement.stranger()
      const at = stamp(Date.now() - 23 * HOUR_MS)
      await casement.writes(customer, at)
      expect(await windowOf(customer)).toMatchObject({ open: true, expires_at: iso(at + DAY_MS) })
    })

    it('not at all when the webhook comes a day late', async () => {
      const customer = casement.stranger()
      await casement.writes(customer, Date.now() - 25 * HOUR_MS)
      expect(await windowOf(customer)).toMatchObject({ open: false })
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: 'fail' })
      expect(await casement.intentIn(id, 'failed', 'sent')).toMatchObject({ reason: { code: 'window_closed' } })
    })

    it.each([
      ['a reaction', { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } }],
      [
        'a system message',
        { type: 'system', system: { body: 'Somebody changed a setting', type: 'customer_identity_changed' } },
      ],
    ])('not by %s', async (_what, content) => {
      const customer = casement.stranger()
      await casement.webhook(message(customer, stamp(Date.now()), content))
      await casement.told()
      const answer = await casement.api<{ customer_service_window?: { open: boolean } }>(
        'GET',
        `/v1/conversations/${casement.sender}/${customer}`,
      )
      expect(answer.body.customer_service_window?.open ?? false).toBe(false)
    })

    it('not by a message that claims to come from the future', async () => {
      const customer = casement.stranger()
      await casement.webhook(message(customer, stamp(Date.now() + HOUR_MS)))
      await casement.told()
      expect(await windowOf(customer)).toMatchObject({ open: false })
    })
  })

  describe('moves', () => {
    it('forward with a newer message, and keeps its beginning', async () => {
      const customer = casement.stranger()
      const now = stamp(Date.now())
      await casement.webhook(message(customer, now - 10 * HOUR_MS))
      await casement.webhook(message(customer, now - HOUR_MS))
      await casement.told()
      expect(await windowOf(customer)).toEqual({
        open: true,
        opened_at: iso(now - 10 * HOUR_MS),
        expires_at: iso(now - HOUR_MS + DAY_MS),
      })
    })

    it('not back with an older message that arrives later', async () => {
      const customer = casement.stranger()
      const now = stamp(Date.now())
      await casement.webhook(message(customer, now))
      await casement.webhook(message(customer, now - 20 * HOUR_MS))
      await casement.told()
      expect(await windowOf(customer)).toMatchObject({ expires_at: iso(now + DAY_MS) })
    })

    it('not with the same message again', async () => {
      const customer = casement.stranger()
      const at = stamp(Date.now() - 5 * HOUR_MS)
      await casement.webhook(message(customer, at), message(customer, at))
      await casement.webhook(message(customer, at))
      await casement.told()
      expect(await windowOf(customer)).toEqual({ open: true, opened_at: iso(at), expires_at: iso(at + DAY_MS) })
      expect((await casement.conversation(customer)).messages).toHaveLength(1)
    })

    it('not with our own messages', async () => {
      const customer = casement.stranger()
      const at = stamp(Date.now() - 20 * HOUR_MS)
      await casement.writes(customer, at)
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi') })
      await casement.intentIn(id, 'sent')
      await casement.told()
      expect(await windowOf(customer)).toMatchObject({ expires_at: iso(at + DAY_MS) })
    })
  })

  describe('belongs to one pair', () => {
    it('of a customer and a sender: another sender has its own', async () => {
      const customer = casement.stranger()
      await casement.writes(customer)
      const first = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: 'fail' })
      const second = await casement.enqueue({
        sender: SECOND_SENDER,
        to: `+${customer}`,
        message: text('Hi'),
        when_closed: 'fail',
      })
      await casement.intentIn(first.id, 'sent')
      expect(await casement.intentIn(second.id, 'failed', 'sent')).toMatchObject({ reason: { code: 'window_closed' } })
      casement.sandbox.customers.say(customer, { text: 'Hello', phone_number_id: SECOND_SENDER })
      await casement.told()
      expect(await windowOf(customer, SECOND_SENDER)).toMatchObject({ open: true })
    })

    it('of which the customer may be known by BSUID alone', async () => {
      const bsuid = 'BR.13491208655302741918'
      casement.sandbox.addCustomer({ wa_id: null, user_id: bsuid, name: 'Ana', username: 'ana' })
      const first = await casement.enqueue({ to: { user_id: bsuid }, message: text('Hi'), when_closed: 'hold' })
      await casement.intentIn(first.id, 'held')
      casement.sandbox.customers.say(bsuid, { text: 'Hello' })
      const sent = await casement.intentIn(first.id, 'sent')
      expect(sent.to).toEqual({ wa_id: null, user_id: bsuid })
      await casement.told()
      expect(await windowOf(bsuid)).toMatchObject({ open: true })
      expect(await casement.intent(first.id)).toMatchObject({ delivery_status: 'delivered' })
    })

    it('of which the customer may hide their number, known before', async () => {
      const customer = casement.stranger()
      casement.sandbox.addCustomer({ wa_id: customer, user_id: 'BR.9001', username: 'hidden' })
      await casement.writes(customer)
      casement.sandbox.changeCustomer(customer, { phone_hidden: true })
      await casement.age(customer, 2 * DAY_MS)
      casement.sandbox.customers.say(customer, { text: 'Me again' })
      await casement.told()
      expect(await windowOf(customer)).toMatchObject({ open: true })
      expect(await windowOf('BR.9001')).toMatchObject({ open: true })
    })

    it('and follows the customer to a new number', async () => {
      const customer = casement.stranger()
      const moved = casement.stranger()
      await casement.writes(customer)
      const before = await windowOf(customer)
      casement.sandbox.customers.changeNumber(customer, { wa_id: moved })
      await casement.told()
      expect(await windowOf(moved)).toEqual(before)
      const { id } = await casement.enqueue({ to: `+${moved}`, message: text('Hi'), when_closed: 'fail' })
      await casement.intentIn(id, 'sent')
      expect(casement.received(moved)).toEqual(['Hi'])
    })

    it('and what waited for the customer goes to the new number', async () => {
      const customer = casement.stranger()
      const moved = casement.stranger()
      await casement.writes(customer, Date.now() - 25 * HOUR_MS)
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: 'hold' })
      await casement.intentIn(id, 'held')
      casement.sandbox.customers.changeNumber(customer, { wa_id: moved })
      await casement.told()
      await casement.writes(moved)
      await casement.intentIn(id, 'sent')
      expect(casement.received(moved)).toEqual(['Hi'])
    })

    it('though Meta spells the number of a Brazilian in two ways', async () => {
      const withNine = '5511987650001'
      const without = '551187650001'
      casement.sandbox.addCustomer({ wa_id: without, aliases: [withNine] })
      const { id } = await casement.enqueue({ to: `+${withNine}`, message: text('Hi'), when_closed: 'hold' })
      await casement.intentIn(id, 'held')
      casement.sandbox.customers.say(without, { text: 'Hello' })
      await casement.intentIn(id, 'sent')
      expect(await windowOf(withNine)).toMatchObject({ open: true })
    })
  })

  describe('that closes while the message waits', () => {
    it('in a paused sender: nothing leaves free-form (P1)', async () => {
      const customer = casement.stranger()
      await casement.writes(customer)
      await casement.api('POST', `/v1/senders/${casement.sender}/pause`)
      const { id, forecast } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: 'fail' })
      expect(forecast).toMatchObject({ kind: 'hold', reason: { code: 'sender_paused' } })
      await casement.intentIn(id, 'held')
      await casement.age(customer, DAY_MS)
      await casement.api('POST', `/v1/senders/${casement.sender}/resume`)
      expect(await casement.intentIn(id, 'failed', 'sent')).toMatchObject({ reason: { code: 'window_closed' } })
      expect(casement.calls(customer)).toEqual([])
    })

    it('for its time: nothing leaves free-form (P1)', async () => {
      const customer = casement.stranger()
      await casement.writes(customer)
      const sendAt = new Date(Date.now() + SECOND_MS).toISOString()
      const { id } = await casement.enqueue({
        to: `+${customer}`,
        message: text('Hi'),
        send_at: sendAt,
        when_closed: { downgrade: ORDER_UPDATE },
      })
      await casement.age(customer, DAY_MS - 20 * SECOND_MS)
      await casement.intentIn(id, 'sent')
      expect(casement.received(customer)).toEqual(['template order_update'])
    })

    it('in a slow lane: what has not left by then does not leave (P1)', async () => {
      const customers = Array.from({ length: 6 }, () => casement.stranger())
      for (const customer of customers) casement.sandbox.customers.say(customer, { text: 'Hello' })
      await casement.told()
      await casement.api('PATCH', `/v1/senders/${casement.sender}`, { throughput_mps: 2 })
      // The lane takes its rate with the next announcement, so it is proven slow before the windows close.
      const intents = customers.map((customer) => ({
        sender: casement.sender,
        to: `+${customer}`,
        message: text('Hi'),
        when_closed: 'hold',
      }))
      const { body } = await casement.api<{ results: { id: string }[] }>('POST', '/v1/intents/batch', { intents })
      for (const customer of customers) await casement.age(customer, DAY_MS)
      const atClose = new Set(casement.sandbox.ledger().map(({ seq }) => seq))
      const over = await Promise.all(body.results.map(({ id }) => casement.intentIn(id, 'held', 'sent')))
      await casement.api('PATCH', `/v1/senders/${casement.sender}`, { throughput_mps: 1000 })
      const left = over.filter(({ state }) => state === 'sent').flatMap(({ to }) => casement.calls(to.wa_id as string))
      // One may have been between its facts and its request when the windows closed.
      expect(left.filter(({ seq }) => !atClose.has(seq)).length).toBeLessThanOrEqual(1)
      expect(over.some(({ state }) => state === 'held')).toBe(true)
    })
  })

  describe('that Meta refutes', () => {
    /** Casement believes what Meta knows to be wrong: the customer never wrote. */
    async function believed(): Promise<string> {
      const customer = casement.stranger()
      const probe = await casement.enqueue({ to: `+${customer}`, message: text('Never'), when_closed: 'hold' })
      await casement.intentIn(probe.id, 'held')
      await casement.api('POST', `/v1/intents/${probe.id}/cancel`)
      await casement.age(customer, HOUR_MS)
      expect(await windowOf(customer)).toMatchObject({ open: true })
      return customer
    }

    describe.each(['sync', 'webhook'] as const)('(131047 by %s)', (windowErrorMode) => {
      beforeAll(() => void casement.sandbox.turn({ windowErrorMode }))
      afterAll(() => void casement.sandbox.turn({ windowErrorMode: 'sync' }))

      it('is closed, and the message is decided again: downgraded', async () => {
        const customer = await believed()
        const policy = { downgrade: ORDER_UPDATE }
        const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: policy })
        const sent = await casement.intentIn(id, 'sent', 'failed').then(async () => {
          await casement.told()
          return casement.intentIn(id, 'sent', 'failed')
        })
        expect(sent).toMatchObject({ state: 'sent', sent_as: 'template' })
        expect(sent.attempts).toHaveLength(2)
        expect(casement.received(customer)).toEqual(['template order_update'])
        expect(await windowOf(customer)).toMatchObject({ open: false })
      })

      it('is closed, and the message is decided again: held', async () => {
        const customer = await believed()
        const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: 'hold' })
        expect(await casement.intentIn(id, 'held')).toMatchObject({ reason: { code: 'awaiting_window' } })
        await casement.writes(customer)
        await casement.intentIn(id, 'sent')
        await casement.told()
        expect(await casement.intent(id)).toMatchObject({ state: 'sent', delivery_status: 'delivered' })
        expect(casement.received(customer)).toEqual(['Hi'])
      })

      it('is closed, and the message is decided again: failed', async () => {
        const customer = await believed()
        const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: 'fail' })
        expect(await casement.intentIn(id, 'failed')).toMatchObject({ reason: { code: 'window_closed' } })
        expect(casement.calls(customer)).toHaveLength(1)
      })
    })
  })

  describe('and the free entry point', () => {
    it('keep to the reference timeline', async () => {
      const customer = casement.stranger()
      // 10:00, ad click and message; it is 22:00 now.
      const clicked = stamp(Date.now() - 12 * HOUR_MS)
      casement.sandbox.customers.arriveFromAd(customer, { sent_at_ms: clicked })
      await casement.told()
      expect((await casement.conversation(customer)).free_entry_point).toMatchObject({
        state: 'possible',
        open: false,
        entered_at: iso(clicked),
        reply_by: iso(clicked + DAY_MS),
      })

      // 22:00, a template answer is delivered: 72 h of free templates; free-form until 10:00 of the next day.
      const answer = await casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
      await casement.intentIn(answer.id, 'sent')
      await casement.told()
      const answered = await casement.conversation(customer)
      expect(answered.free_entry_point).toMatchObject({ state: 'confirmed', open: true })
      const opened = Date.parse(answered.free_entry_point.opened_at as string)
      expect(Date.parse(answered.free_entry_point.expires_at as string)).toBeGreaterThanOrEqual(
        opened + 72 * HOUR_MS - SECOND_MS,
      )
      expect(answered.customer_service_window).toMatchObject({ open: true, expires_at: iso(clicked + DAY_MS) })
      const freeForm = await casement.enqueue({ to: `+${customer}`, message: text('Before ten'), when_closed: 'fail' })
      await casement.intentIn(freeForm.id, 'sent')

      // Past 10:00: templates only, and they are free.
      await casement.age(customer, 25 * HOUR_MS)
      const late = await casement.enqueue({ to: `+${customer}`, message: text('After ten'), when_closed: 'fail' })
      expect(await casement.intentIn(late.id, 'failed', 'sent')).toMatchObject({ reason: { code: 'window_closed' } })
      const template = await casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
      await casement.intentIn(template.id, 'sent')
      await casement.told()
      expect((await casement.intent(template.id)).cost).toMatchObject({ type: 'free_entry_point', billable: false })

      // The customer writes again: free-form for 24 h more.
      await casement.writes(customer)
      const again = await casement.enqueue({ to: `+${customer}`, message: text('Again'), when_closed: 'fail' })
      await casement.intentIn(again.id, 'sent')
      expect(casement.received(customer)).toEqual([
        'template order_update',
        'Before ten',
        'template order_update',
        'Again',
      ])
    })

    it('stay apart: unanswered within a day, no free entry point opens', async () => {
      const customer = casement.stranger()
      casement.sandbox.customers.arriveFromAd(customer, { sent_at_ms: Date.now() - 25 * HOUR_MS })
      await casement.told()
      const { id } = await casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
      await casement.intentIn(id, 'sent')
      await casement.told()
      expect((await casement.conversation(customer)).free_entry_point).toMatchObject({ state: 'none', open: false })
      expect((await casement.intent(id)).cost).toMatchObject({ type: 'regular', category: 'utility', billable: true })
    })
  })

  it('never let anything free-form out while Meta had it closed, but where Meta had to say so first (P1)', () => {
    const strays = casement.sandbox
      .ledger()
      .filter(({ type, window_open, code }) => type !== 'template' && !window_open && code !== 131047)
    expect(strays).toEqual([])
  })
})
