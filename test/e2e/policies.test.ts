import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import {
  DAY_MS,
  HOUR_MS,
  KEEP_HELPING,
  ORDER_UPDATE,
  SECOND_MS,
  SPRING_OFFER,
  templateMessage,
  text,
} from './fixtures.ts'

describeEachLaneEngine('what happens to a message by its policy', (engine) => {
  let casement: Harness
  let templates = 0

  beforeAll(async () => {
    casement = await startHarness(engine, { sandbox: { knobs: { templateApprovalMs: null } } })
  })
  afterAll(() => casement.close())

  /** How long ago a customer wrote, and what that leaves of the window. */
  const WINDOWS = {
    open: 0,
    'closing within the margin': DAY_MS - 20 * SECOND_MS,
    closed: 25 * HOUR_MS,
    never: null,
  } as const

  async function customerWith(window: keyof typeof WINDOWS): Promise<string> {
    const customer = casement.stranger()
    const agoMs = WINDOWS[window]
    if (agoMs !== null) await casement.writes(customer, Date.now() - agoMs)
    return customer
  }

  /** A template of its own, as the sandbox has it; Casement knows it after a sync. */
  async function template(status: 'APPROVED' | 'PENDING' | 'PAUSED' | 'DISABLED' | 'REJECTED') {
    const name = `template_${++templates}`
    const { id } = casement.sandbox.addTemplate({
      name,
      language: 'en',
      category: 'UTILITY',
      status,
      components: [{ type: 'BODY', text: 'May we go on?' }],
    })
    await casement.api('POST', '/v1/templates/sync', { waba_id: '102290129340398' })
    return { id, name, reference: { name, language: 'en' } }
  }

  describe('with an open window', () => {
    it.each([
      ['fail', 'fail'],
      ['hold', 'hold'],
      ['downgrade', { downgrade: ORDER_UPDATE }],
      ['follow_up', { follow_up: KEEP_HELPING }],
      ['when_free', { when_free: { downgrade: ORDER_UPDATE }, otherwise: 'fail' }],
    ])('sends the message itself under %s', async (_name, policy) => {
      const customer = await customerWith('open')
      const { id, window, forecast } = await casement.enqueue({
        to: `+${customer}`,
        message: text('Hi'),
        when_closed: policy,
      })
      expect(window.open).toBe(true)
      expect(forecast).toMatchObject({ kind: 'send', reason: { code: 'window_open' } })
      expect(await casement.intentIn(id, 'sent', 'held', 'failed')).toMatchObject({
        state: 'sent',
        sent_as: 'free_form',
      })
      expect(casement.received(customer)).toEqual(['Hi'])
    })
  })

  describe.each(['closed', 'never', 'closing within the margin'] as const)('with a window that is %s', (window) => {
    it('refuses under "fail"', async () => {
      const customer = await customerWith(window)
      const { id, forecast } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: 'fail' })
      expect(forecast.kind).toBe('fail')
      const intent = await casement.intentIn(id, 'failed', 'sent')
      expect(intent).toMatchObject({ state: 'failed', reason: { code: 'window_closed' }, attempts: [], sent_as: null })
      expect(casement.calls(customer)).toEqual([])
    })

    it('waits for the customer under "hold"', async () => {
      const customer = await customerWith(window)
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: 'hold' })
      const held = await casement.intentIn(id, 'held', 'sent')
      expect(held).toMatchObject({ state: 'held', reason: { code: 'awaiting_window' }, attempts: [], due_at: null })
      await casement.writes(customer)
      await casement.intentIn(id, 'sent')
      expect(casement.received(customer)).toEqual(['Hi'])
    })

    it('sends the template instead under "downgrade"', async () => {
      const customer = await customerWith(window)
      const policy = { downgrade: ORDER_UPDATE }
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: policy })
      expect(await casement.intentIn(id, 'sent', 'held')).toMatchObject({ state: 'sent', sent_as: 'template' })
      expect(casement.received(customer)).toEqual(['template order_update'])
    })

    it('invites and waits under "follow_up"', async () => {
      const customer = await customerWith(window)
      const policy = { follow_up: KEEP_HELPING }
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: policy })
      const held = await casement.intentIn(id, 'held', 'sent')
      expect(held).toMatchObject({ state: 'held', reason: { code: 'awaiting_answer' }, attempts: [] })
      const invitation = await casement.intentIn(held.follow_up?.id as string, 'sent')
      expect(invitation).toMatchObject({ follow_up_of: id, sent_as: 'template' })
      expect(casement.received(customer)).toEqual(['template keep_helping'])
    })
  })

  describe('while a template costs nothing', () => {
    /** Came through an ad, was answered within the day, and fell silent: the free entry point is open, the window is not. */
    async function customerInFreeEntryPoint(): Promise<string> {
      const customer = casement.stranger()
      casement.sandbox.customers.arriveFromAd(customer, {})
      await casement.told()
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Welcome') })
      await casement.intentIn(id, 'sent')
      await casement.told()
      expect((await casement.conversation(customer)).free_entry_point).toMatchObject({ open: true })
      await casement.age(customer, 25 * HOUR_MS)
      return customer
    }

    it('downgrades under when_free', async () => {
      const customer = await customerInFreeEntryPoint()
      const policy = { when_free: { downgrade: ORDER_UPDATE }, otherwise: 'fail' }
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: policy })
      expect(await casement.intentIn(id, 'sent', 'failed')).toMatchObject({ state: 'sent', sent_as: 'template' })
      await casement.told()
      expect((await casement.intent(id)).cost).toMatchObject({ type: 'free_entry_point', billable: false })
    })

    it('follows up under when_free', async () => {
      const customer = await customerInFreeEntryPoint()
      const policy = { when_free: { follow_up: KEEP_HELPING }, otherwise: 'fail' }
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: policy })
      expect(await casement.intentIn(id, 'held', 'failed')).toMatchObject({ reason: { code: 'awaiting_answer' } })
    })

    it('still sends nothing free-form', async () => {
      const customer = await customerInFreeEntryPoint()
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: 'hold' })
      expect(await casement.intentIn(id, 'held', 'sent')).toMatchObject({ state: 'held' })
      expect(casement.received(customer)).toEqual(['Welcome'])
    })

    it.each([
      ['hold', 'held', 'awaiting_window'],
      ['fail', 'failed', 'window_closed'],
    ])('does what "otherwise": "%s" says once it costs again', async (otherwise, state, code) => {
      const customer = await customerWith('closed')
      const policy = { when_free: { downgrade: ORDER_UPDATE }, otherwise }
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: policy })
      expect(await casement.intentIn(id, 'held', 'failed', 'sent')).toMatchObject({ state, reason: { code } })
    })
  })

  describe('the default policy', () => {
    it('is the sender’s, as it is when the intent is made', async () => {
      const customer = await customerWith('closed')
      await casement.api('PATCH', `/v1/senders/${casement.sender}`, {
        default_when_closed: { downgrade: ORDER_UPDATE },
      })
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi') })
      await casement.api('PATCH', `/v1/senders/${casement.sender}`, { default_when_closed: 'hold' })
      expect(await casement.intentIn(id, 'sent', 'held')).toMatchObject({ state: 'sent', sent_as: 'template' })
    })

    it('is "hold" when nobody said otherwise', async () => {
      const customer = await customerWith('closed')
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi') })
      expect(await casement.intentIn(id, 'held', 'sent', 'failed')).toMatchObject({
        reason: { code: 'awaiting_window' },
      })
    })
  })

  describe('a template', () => {
    it('that is pending is waited for and goes when Meta approves it', async () => {
      const { id: templateId, reference } = await template('PENDING')
      const customer = casement.stranger()
      const { id } = await casement.enqueue({
        to: `+${customer}`,
        message: text('Hi'),
        when_closed: { downgrade: reference },
      })
      const held = await casement.intentIn(id, 'held', 'sent', 'failed')
      expect(held).toMatchObject({ state: 'held', reason: { code: 'template_pending' } })
      casement.sandbox.changeTemplate(templateId, { status: 'APPROVED' })
      await casement.intentIn(id, 'sent')
      expect(casement.received(customer)).toEqual([`template ${reference.name}`])
    })

    it('that Meta rejects after all ends what waited for it', async () => {
      const { id: templateId, reference } = await template('PENDING')
      const { id } = await casement.enqueue({
        to: `+${casement.stranger()}`,
        message: text('Hi'),
        when_closed: { downgrade: reference },
      })
      await casement.intentIn(id, 'held')
      casement.sandbox.changeTemplate(templateId, { status: 'REJECTED', reason: 'INVALID_FORMAT' })
      expect(await casement.intentIn(id, 'failed', 'sent')).toMatchObject({ reason: { code: 'template_disabled' } })
    })

    it('that is paused is waited for, also as a message of its own', async () => {
      const { id: templateId, reference } = await template('PAUSED')
      const message = { type: 'template', template: { name: reference.name, language: { code: 'en' } } }
      const { id } = await casement.enqueue({ to: `+${casement.stranger()}`, message })
      expect(await casement.intentIn(id, 'held', 'sent', 'failed')).toMatchObject({
        reason: { code: 'template_paused' },
      })
      casement.sandbox.changeTemplate(templateId, { status: 'APPROVED' })
      await casement.intentIn(id, 'sent')
    })

    it('that was paused while the intent was on its way is waited for, too', async () => {
      const { id: templateId, reference } = await template('APPROVED')
      casement.sandbox.setWebhookUrl(null)
      casement.sandbox.changeTemplate(templateId, { status: 'PAUSED' })
      casement.sandbox.setWebhookUrl(`${casement.url}/webhooks/whatsapp`)
      const message = { type: 'template', template: { name: reference.name, language: { code: 'en' } } }
      const { id } = await casement.enqueue({ to: `+${casement.stranger()}`, message })
      const held = await casement.intentIn(id, 'held', 'sent', 'failed')
      expect(held).toMatchObject({
        state: 'held',
        reason: { code: 'template_paused' },
        attempts: [{ outcome: 'refused' }],
      })
      // Casement asks Meta for its templates when one is refused; the second change comes by webhook.
      casement.sandbox.changeTemplate(templateId, { status: 'APPROVED' })
      await casement.intentIn(id, 'sent')
    })

    it.each(['DISABLED', 'REJECTED'] as const)('that is %s fails the intent', async (status) => {
      const { reference } = await template(status)
      const { id } = await casement.enqueue({
        to: `+${casement.stranger()}`,
        message: text('Hi'),
        when_closed: { downgrade: reference },
      })
      expect(await casement.intentIn(id, 'failed', 'held', 'sent')).toMatchObject({
        reason: { code: 'template_disabled' },
      })
    })

    it('that cannot go is replaced by the first alternate that can', async () => {
      const pending = await template('PENDING')
      const disabled = await template('DISABLED')
      const customer = casement.stranger()
      const alternates = [pending.reference, disabled.reference, ORDER_UPDATE, SPRING_OFFER]
      const { id } = await casement.enqueue({
        to: `+${customer}`,
        message: text('Hi'),
        when_closed: { downgrade: alternates },
      })
      await casement.intentIn(id, 'sent')
      expect(casement.received(customer)).toEqual(['template order_update'])
    })

    it.each([
      ['goes', 'PAUSED', 'downgrade'],
      ['goes', 'PENDING', 'follow_up'],
    ] as const)(
      '%s by whichever alternate is approved first, behind one that is %s (%s)',
      async (_what, status, kind) => {
        const [first, second] = [await template(status), await template('PENDING')]
        const customer = casement.stranger()
        const { id } = await casement.enqueue({
          to: `+${customer}`,
          message: text('Hi'),
          when_closed: { [kind]: [first.reference, second.reference] },
        })
        await casement.intentIn(id, 'held')
        casement.sandbox.changeTemplate(second.id, { status: 'APPROVED' })
        await eventually(() => expect(casement.received(customer)).toEqual([`template ${second.name}`]))
      },
    )

    it('fails once none of its alternates can come back any more', async () => {
      const [first, second] = [await template('PAUSED'), await template('PENDING')]
      const { id } = await casement.enqueue({
        to: `+${casement.stranger()}`,
        message: text('Hi'),
        when_closed: { downgrade: [first.reference, second.reference] },
      })
      await casement.intentIn(id, 'held')
      casement.sandbox.changeTemplate(first.id, { status: 'DISABLED' })
      await eventually(async () =>
        expect((await casement.intent(id)).reason).toMatchObject({ code: 'template_pending' }),
      )
      casement.sandbox.changeTemplate(second.id, { status: 'REJECTED' })
      expect(await casement.intentIn(id, 'failed')).toMatchObject({ reason: { code: 'template_disabled' } })
    })

    it('needs no window', async () => {
      const customer = await customerWith('never')
      const { id } = await casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
      expect(await casement.intentIn(id, 'sent', 'held')).toMatchObject({ state: 'sent', sent_as: 'template' })
    })

    it('opens no window', async () => {
      const customer = await customerWith('never')
      const first = await casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
      await casement.intentIn(first.id, 'sent')
      await casement.told()
      const second = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: 'fail' })
      expect(await casement.intentIn(second.id, 'failed', 'sent')).toMatchObject({ reason: { code: 'window_closed' } })
    })
  })

  describe('a customer who stopped marketing in WhatsApp', () => {
    async function stopped(): Promise<string> {
      const customer = await customerWith('open')
      casement.sandbox.customers.stopMarketing(customer)
      await casement.told()
      return customer
    }

    it('gets no marketing template, though the window is open', async () => {
      const customer = await stopped()
      expect((await casement.conversation(customer)).contact.marketing).toBe('out')
      const { id } = await casement.enqueue({ to: `+${customer}`, message: templateMessage(SPRING_OFFER) })
      expect(await casement.intentIn(id, 'suppressed', 'sent')).toMatchObject({ reason: { code: 'opted_out' } })
      expect(casement.calls(customer)).toEqual([])
    })

    it('gets no free-form message of a campaign', async () => {
      const customer = await stopped()
      const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Sale!'), priority: 'campaign' })
      expect(await casement.intentIn(id, 'suppressed', 'sent')).toMatchObject({ reason: { code: 'opted_out' } })
    })

    it('gets utility templates and replies', async () => {
      const customer = await stopped()
      const utility = await casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
      const reply = await casement.enqueue({ to: `+${customer}`, message: text('Hi') })
      await casement.intentIn(utility.id, 'sent')
      await casement.intentIn(reply.id, 'sent')
    })

    it('gets marketing again after "resume"', async () => {
      const customer = await stopped()
      casement.sandbox.customers.resumeMarketing(customer)
      await casement.told()
      const { id } = await casement.enqueue({ to: `+${customer}`, message: templateMessage(SPRING_OFFER) })
      await casement.intentIn(id, 'sent')
    })

    it('is kept from what was enqueued before', async () => {
      const customer = await customerWith('never')
      await casement.api('POST', `/v1/senders/${casement.sender}/pause`)
      const { id } = await casement.enqueue({ to: `+${customer}`, message: templateMessage(SPRING_OFFER) })
      await casement.intentIn(id, 'held')
      casement.sandbox.customers.stopMarketing(customer)
      await casement.told()
      await casement.api('POST', `/v1/senders/${casement.sender}/resume`)
      expect(await casement.intentIn(id, 'suppressed', 'sent')).toMatchObject({ reason: { code: 'opted_out' } })
      expect(casement.calls(customer)).toEqual([])
    })

    it('stays stopped when an older "resume" comes late', async () => {
      const customer = await customerWith('open')
      const change = (value: string, agoS: number) => ({
        field: 'user_preferences',
        value: {
          messaging_product: 'whatsapp',
          metadata: { display_phone_number: '15550783881', phone_number_id: casement.sender },
          contacts: [{ profile: { name: 'Ana' }, wa_id: customer }],
          user_preferences: [
            { wa_id: customer, category: 'marketing_messages', value, timestamp: Math.floor(Date.now() / 1000) - agoS },
          ],
        },
      })
      await casement.webhook(change('stop', 10))
      await casement.webhook(change('resume', 60))
      await casement.told()
      expect((await casement.conversation(customer)).contact.marketing).toBe('out')
    })

    it('is believed when Meta says so in its refusal', async () => {
      const customer = await customerWith('open')
      casement.sandbox.setWebhookUrl(null)
      casement.sandbox.customers.stopMarketing(customer)
      casement.sandbox.setWebhookUrl(`${casement.url}/webhooks/whatsapp`)
      const first = await casement.enqueue({ to: `+${customer}`, message: templateMessage(SPRING_OFFER) })
      const failed = await casement.intentIn(first.id, 'suppressed', 'failed')
      expect(failed).toMatchObject({ state: 'failed', reason: { code: 'opted_out', graph_code: 131050 } })
      const second = await casement.enqueue({ to: `+${customer}`, message: templateMessage(SPRING_OFFER) })
      expect(await casement.intentIn(second.id, 'suppressed', 'failed')).toMatchObject({ attempts: [] })
    })
  })

  it('an intent says why it waits, with the facts it was decided by', async () => {
    const customer = await customerWith('closed')
    const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi'), when_closed: 'hold' })
    const { decisions } = await casement.intentIn(id, 'held')
    expect(decisions).toMatchObject([
      { kind: 'hold', reason: { code: 'awaiting_window' }, facts: { sender: 'active' } },
    ])
    expect(Date.parse(String(decisions[0]?.facts.window_expires_at))).toBeLessThan(Date.now())
  })
})

describeEachLaneEngine('when templates need consent (REQUIRE_OPT_IN)', (engine) => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(engine, { env: { REQUIRE_OPT_IN: 'true' } })
  })
  afterAll(() => casement.close())

  async function consents(customer: string, category: string, state: string): Promise<void> {
    const answer = await casement.api('POST', `/v1/contacts/${customer}/consent`, {
      category,
      state,
      evidence: { form: 'checkout' },
    })
    expect(answer.status).toBeLessThan(300)
  }

  it('suppresses a template to somebody who never consented', async () => {
    const customer = casement.stranger()
    const { id } = await casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
    expect(await casement.intentIn(id, 'suppressed', 'sent')).toMatchObject({ reason: { code: 'no_consent' } })
    expect(casement.calls(customer)).toEqual([])
  })

  it('sends the category that was consented to, and no other', async () => {
    const customer = casement.stranger()
    await casement.writes(customer)
    await consents(customer, 'utility', 'in')
    const utility = await casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
    const marketing = await casement.enqueue({ to: `+${customer}`, message: templateMessage(SPRING_OFFER) })
    await casement.intentIn(utility.id, 'sent')
    expect(await casement.intentIn(marketing.id, 'suppressed', 'sent')).toMatchObject({
      reason: { code: 'no_consent' },
    })
  })

  it('asks no consent for a reply', async () => {
    const customer = casement.stranger()
    await casement.writes(customer)
    const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi') })
    await casement.intentIn(id, 'sent')
  })

  it('sends no marketing to somebody who opted out here', async () => {
    const customer = casement.stranger()
    await casement.writes(customer)
    await consents(customer, 'marketing', 'in')
    await consents(customer, 'marketing', 'out')
    const { id } = await casement.enqueue({ to: `+${customer}`, message: templateMessage(SPRING_OFFER) })
    expect(await casement.intentIn(id, 'suppressed', 'sent')).toMatchObject({ reason: { code: 'opted_out' } })
  })
})
