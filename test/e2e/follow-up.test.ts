import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, type IntentJson, LINK, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { DAY_MS, HOUR_MS, KEEP_HELPING, ORDER_UPDATE, templateMessage, text } from './fixtures.ts'

const POLICY = { follow_up: KEEP_HELPING }
const INVITATION = 'template keep_helping'
const NOTICE = { language: 'en', category: 'UTILITY' as const, components: [{ type: 'BODY', text: 'May we go on?' }] }

describeEachLaneEngine('an invitation to answer', (engine) => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(engine, { sweepEveryMs: 500 })
  })
  afterAll(() => casement.close())

  /** Held messages `1` to `count`, and the invitation that is on the customer's phone. */
  async function invited(count = 1, policy: object = POLICY) {
    const customer = casement.stranger()
    const ids: string[] = []
    for (let n = 1; n <= count; n += 1) ids.push((await ask(customer, String(n), policy)).id)
    const held = await Promise.all(ids.map((id) => casement.intentIn(id, 'held')))
    const invitation = held[0]?.follow_up?.id as string
    await casement.intentIn(invitation, 'sent')
    await casement.told()
    return { customer, ids, invitation, held }
  }

  const ask = (customer: string, body: string, policy: object = POLICY) =>
    casement.enqueue({ to: `+${customer}`, message: text(body), when_closed: policy })

  const allIn = (ids: string[], state: string): Promise<IntentJson[]> =>
    Promise.all(ids.map((id) => casement.intentIn(id, state)))

  it('goes once for ten held messages', async () => {
    const customer = casement.stranger()
    const batch = Array.from({ length: 10 }, (_, n) => ({
      sender: casement.sender,
      to: `+${customer}`,
      message: text(String(n + 1)),
      when_closed: POLICY,
    }))
    const { body } = await casement.api<{ results: { id: string }[] }>('POST', '/v1/intents/batch', { intents: batch })
    const held = await allIn(
      body.results.map(({ id }) => id),
      'held',
    )
    expect(new Set(held.map(({ follow_up }) => follow_up?.id)).size).toBe(1)
    expect(held.every(({ reason }) => reason?.code === 'awaiting_answer')).toBe(true)
    await casement.intentIn(held[0]?.follow_up?.id as string, 'sent')
    await casement.told()
    expect(casement.received(customer)).toEqual([INVITATION])
  })

  it('that is answered lets everything go in order, each once', async () => {
    const { customer, ids } = await invited(10)
    casement.sandbox.customers.tap(customer, { label: 'Yes, please!' })
    await allIn(ids, 'sent')
    expect(casement.received(customer)).toEqual([INVITATION, '1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
    expect(casement.calls(customer)).toHaveLength(11)
  })

  it('that is declined cancels what waited', async () => {
    const { customer, ids } = await invited(3)
    casement.sandbox.customers.tap(customer, { label: 'No, thanks!' })
    const cancelled = await allIn(ids, 'cancelled')
    expect(cancelled.map(({ reason }) => reason?.code)).toEqual(['declined', 'declined', 'declined'])
    expect(casement.received(customer)).toEqual([INVITATION])
  })

  it('that is declined lets a message go that did not ask', async () => {
    const { customer, ids } = await invited(1)
    const other = await ask(customer, 'held', 'hold' as never)
    await casement.intentIn(other.id, 'held')
    casement.sandbox.customers.tap(customer, { label: 'No, thanks!' })
    await allIn(ids, 'cancelled')
    await casement.intentIn(other.id, 'sent')
    expect(casement.received(customer)).toEqual([INVITATION, 'held'])
  })

  it('that is answered in words of their own lets everything go', async () => {
    const { customer, ids } = await invited(2)
    casement.sandbox.customers.say(customer, { text: 'Yes, go on' })
    await allIn(ids, 'sent')
    expect(casement.received(customer)).toEqual([INVITATION, '1', '2'])
  })

  it('lets only the latest go where that was asked', async () => {
    const { customer, ids } = await invited(3, { ...POLICY, release: 'latest' })
    casement.sandbox.customers.tap(customer, { label: 'Yes, please!' })
    const [first, second, third] = ids as [string, string, string]
    expect((await allIn([first, second], 'cancelled')).map(({ reason }) => reason?.code)).toEqual([
      'superseded',
      'superseded',
    ])
    await casement.intentIn(third, 'sent')
    expect(casement.received(customer)).toEqual([INVITATION, '3'])
  })

  it('is not repeated for a message that comes while it is out', async () => {
    const { customer, invitation } = await invited(1)
    const later = await ask(customer, '2')
    const held = await casement.intentIn(later.id, 'held')
    expect(held).toMatchObject({ reason: { code: 'awaiting_answer' }, follow_up: { id: invitation } })
    await casement.told()
    expect(casement.received(customer)).toEqual([INVITATION])
  })

  it('is not repeated within the cooldown after its answer', async () => {
    const { customer, ids } = await invited(1)
    casement.sandbox.customers.tap(customer, { label: 'Yes, please!' })
    await allIn(ids, 'sent')
    await casement.age(customer, DAY_MS)
    const next = await ask(customer, 'again')
    expect(await casement.intentIn(next.id, 'held', 'sent')).toMatchObject({
      state: 'held',
      reason: { code: 'awaiting_window' },
    })
    expect(casement.received(customer)).toEqual([INVITATION, '1'])
  })

  it('may be repeated after the cooldown, answered or not', async () => {
    const { customer } = await invited(1)
    await casement.query(
      `update conversations set last_follow_up_at = now() - interval '25 hours'
       where contact_id = (select contact_id from contact_identities where value = $1)`,
      [customer],
    )
    const next = await ask(customer, '2')
    const held = await casement.intentIn(next.id, 'held')
    await casement.intentIn(held.follow_up?.id as string, 'sent')
    expect(casement.received(customer)).toEqual([INVITATION, INVITATION])
    casement.sandbox.customers.tap(customer, { label: 'Yes, please!' })
    await casement.intentIn(next.id, 'sent')
    expect(casement.received(customer)).toEqual([INVITATION, INVITATION, '1', '2'])
  })

  it('to somebody who has no WhatsApp fails what waited for the answer', async () => {
    const customer = casement.stranger()
    casement.sandbox.addCustomer({ wa_id: customer, has_whatsapp: false })
    const { id } = await ask(customer, '1')
    expect(await casement.intentIn(id, 'failed', 'sent')).toMatchObject({
      reason: { code: 'recipient_unreachable', graph_code: 131026 },
      follow_up: { state: 'failed' },
    })
  })

  it('that Meta refuses leaves the message waiting for the customer', async () => {
    const customer = casement.stranger()
    casement.sandbox.addFault({ kind: 'graph_error', code: 100, match: { to: customer } })
    const { id } = await ask(customer, '1')
    const held = await eventually(async () => {
      const seen = await casement.intent(id)
      return seen.follow_up?.state === 'failed' && seen.reason?.code === 'awaiting_window' ? seen : false
    })
    expect(held.state).toBe('held')
    await casement.writes(customer)
    await casement.intentIn(id, 'sent')
  })

  it('ends with the message when its time is over', async () => {
    const { ids, held } = await invited(1)
    expect(held[0]?.expires_at).toBe((await casement.intent(held[0]?.follow_up?.id as string)).expires_at)
    await casement.query(
      `update intents set expires_at = now(), send_at = now() - interval '1 minute' where id = $1`,
      ids,
    )
    expect(await casement.intentIn(ids[0] as string, 'expired')).toMatchObject({
      reason: { code: 'expired' },
      due_at: null,
    })
  })

  it('is not sent any more when the customer wrote first', async () => {
    const customer = casement.stranger()
    await casement.api('POST', `/v1/senders/${casement.sender}/pause`)
    const { id } = await ask(customer, '1')
    await casement.intentIn(id, 'held')
    await casement.writes(customer)
    await casement.api('POST', `/v1/senders/${casement.sender}/resume`)
    await casement.intentIn(id, 'sent')
    expect(casement.received(customer)).toEqual(['1'])
  })

  describe('whose answer is reported', () => {
    const reply = (customer: string, label: string, wamid: string, agoS = 0) => ({
      field: 'messages',
      value: {
        messaging_product: 'whatsapp',
        metadata: { display_phone_number: '15550783881', phone_number_id: casement.sender },
        contacts: [{ profile: { name: 'Ana' }, wa_id: customer }],
        messages: [
          {
            from: customer,
            id: wamid,
            timestamp: String(Math.floor(Date.now() / 1000) - agoS),
            type: 'button',
            button: { text: label, payload: label },
          },
        ],
      },
    })

    it('five times over lets each message go once', async () => {
      const { customer, ids } = await invited(3)
      const change = reply(customer, 'Yes, please!', `wamid.five${customer}`)
      // The sandbox has to know that the window is open, too; its own report comes as a sixth.
      casement.sandbox.customers.tap(customer, { label: 'Yes, please!' })
      await Promise.all(Array.from({ length: 5 }, () => casement.webhook(change)))
      await casement.told()
      await allIn(ids, 'sent')
      expect(casement.calls(customer)).toHaveLength(4)
    })

    it('twice over does not decline what was enqueued in between', async () => {
      const { customer, ids } = await invited(1)
      const change = reply(customer, 'No, thanks!', `wamid.twice${customer}`)
      await casement.webhook(change)
      await allIn(ids, 'cancelled')
      await casement.age(customer, DAY_MS)
      const next = await ask(customer, '2')
      await casement.intentIn(next.id, 'held')
      await casement.webhook(change)
      await casement.told()
      expect(await casement.intent(next.id)).toMatchObject({ state: 'held' })
    })

    it('a day late declines, but opens nothing', async () => {
      const { customer, ids } = await invited(1)
      const other = await casement.enqueue({ to: `+${customer}`, message: text('held'), when_closed: 'hold' })
      await casement.intentIn(other.id, 'held')
      await casement.webhook(reply(customer, 'No, thanks!', `wamid.late${customer}`, 25 * 3600))
      await allIn(ids, 'cancelled')
      expect(await casement.intent(other.id)).toMatchObject({ state: 'held' })
    })
  })

  it('answered with a call lets the messages go', async () => {
    const { customer, ids } = await invited(1)
    casement.sandbox.customers.call(customer)
    await allIn(ids, 'sent')
  })

  it('merely read or reacted to keeps the messages waiting', async () => {
    const { customer, ids } = await invited(1)
    casement.sandbox.customers.read(customer)
    casement.sandbox.customers.react(customer, { emoji: '👍' })
    await casement.told()
    expect(await casement.intent(ids[0] as string)).toMatchObject({ state: 'held' })
  })

  it('does not go when what waited for it was cancelled first', async () => {
    const customer = casement.stranger()
    await casement.api('POST', `/v1/senders/${casement.sender}/pause`)
    const { id } = await ask(customer, '1')
    await casement.intentIn(id, 'held')
    expect((await casement.api('POST', `/v1/intents/${id}/cancel`)).status).toBe(200)
    await casement.api('POST', `/v1/senders/${casement.sender}/resume`)
    const template = await casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
    await casement.intentIn(template.id, 'sent')
    expect(casement.received(customer)).toEqual(['template order_update'])
  })

  it('waits for no answer once the messages are cancelled', async () => {
    const { customer, ids } = await invited(2)
    for (const id of ids) expect((await casement.api('POST', `/v1/intents/${id}/cancel`)).status).toBe(200)
    casement.sandbox.customers.tap(customer, { label: 'Yes, please!' })
    await casement.told()
    expect(casement.received(customer)).toEqual([INVITATION])
  })
})

describeEachLaneEngine('what is put aside in the moment its event comes', (engine) => {
  let casement: Harness
  let applier: pg.Client

  beforeAll(async () => {
    casement = await startHarness(engine)
    applier = new pg.Client(casement.databaseUrl)
    await applier.connect()
  })
  // Whoever fails in between keeps nobody else waiting.
  afterEach(() => applier.query('rollback'))
  afterAll(async () => {
    await applier.end()
    await casement.close()
  })

  /** What a webhook brings, known to the sandbox alone. */
  function unheard(happens: () => void): void {
    casement.sandbox.setWebhookUrl(null)
    happens()
    casement.sandbox.setWebhookUrl(`${casement.url}/webhooks/whatsapp`)
  }

  /** Whoever would hold the message waits for what the applier has locked, and reads once more behind it. */
  async function isWaitedFor(): Promise<void> {
    await eventually(async () => {
      const { rows } = await applier.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length > 0
    })
  }

  const inAnHour = () => new Date(Date.now() + HOUR_MS).toISOString()

  it.each([
    ['a held message', 'hold', ['Hi']],
    ['a message that invites', POLICY, null],
  ])('is let go: %s while the window opens', async (_what, policy, received) => {
    const customer = casement.stranger()
    const to = `+${customer}`
    // So that there is a conversation to be locked; what is asked for behind the lock meets it, however slow the machine is.
    const far = await casement.enqueue({ to, message: text('Later'), when_closed: 'fail', send_at: inAnHour() })
    unheard(() => casement.sandbox.customers.say(customer, { text: 'Hello' }))
    await applier.query('begin')
    await applier.query(
      `update conversations set last_inbound_at = now(), window_opened_at = now()
       where contact_id = (select contact_id from contact_identities where value = $1)`,
      [customer],
    )
    const { id } = await casement.enqueue({ to, message: text('Hi'), when_closed: policy })
    if (received) await isWaitedFor()
    await applier.query('commit')
    await casement.intentIn(id, 'sent')
    if (received) expect(casement.received(customer)).toEqual(received)
    await casement.api('DELETE', `/v1/intents/${far.id}`)
  })

  it('is let go: a message whose template is being approved', async () => {
    const { id: templateId } = casement.sandbox.addTemplate({ ...NOTICE, name: 'late_notice', status: 'PENDING' })
    await casement.api('POST', '/v1/templates/sync', { waba_id: LINK.waba_id })
    const message = { type: 'template', template: { name: 'late_notice', language: { code: 'en' } } }
    unheard(() => casement.sandbox.changeTemplate(templateId, { status: 'APPROVED' }))
    await applier.query('begin')
    await applier.query(`update templates set status = 'APPROVED' where id = $1`, [templateId])
    const { id } = await casement.enqueue({ to: `+${casement.stranger()}`, message })
    await isWaitedFor()
    await applier.query('commit')
    await casement.intentIn(id, 'sent')
  })

  it('does not invite a customer who wrote before the invitation left', async () => {
    const customer = casement.stranger()
    const { id: templateId } = casement.sandbox.addTemplate({ ...NOTICE, name: 'slow_invitation' })
    await casement.api('POST', '/v1/templates/sync', { waba_id: LINK.waba_id })
    unheard(() => casement.sandbox.changeTemplate(templateId, { status: 'PAUSED' }))
    const ask = (name: string) =>
      casement.enqueue({
        to: `+${customer}`,
        message: text(name),
        when_closed: { follow_up: { name, language: 'en' } },
      })
    const first = await ask('slow_invitation')
    const held = await casement.intentIn(first.id, 'held')
    const invitation = held.follow_up?.id as string
    await casement.intentIn(invitation, 'held')
    await casement.writes(customer)
    await casement.intentIn(first.id, 'sent')
    expect(await casement.intent(invitation)).toMatchObject({ state: 'cancelled', reason: { code: 'answered' } })

    // Nobody was invited, so nothing has to cool down.
    await casement.age(customer, DAY_MS)
    casement.sandbox.addTemplate({ ...NOTICE, name: 'next_invitation' })
    await casement.api('POST', '/v1/templates/sync', { waba_id: LINK.waba_id })
    const second = await ask('next_invitation')
    const again = await casement.intentIn(second.id, 'held')
    await casement.intentIn(again.follow_up?.id as string, 'sent')
    expect(casement.received(customer)).toEqual(['slow_invitation', 'template next_invitation'])
  })
})
