import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { hurried, meeting } from './failing.ts'
import { DAY_MS, HOUR_MS, SPRING_OFFER, statusOf, templateMessage } from './fixtures.ts'

interface SenderJson {
  state: string
  reason: { code: string } | null
}

describeEachLaneEngine('a failure', (engine) => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(engine)
  })
  afterAll(() => casement.close())

  const sender = async () => (await casement.api<SenderJson>('GET', `/v1/senders/${casement.sender}`)).body

  describe('that keeps marketing from a person for now (131049)', () => {
    const CAPPED = { errors: [{ code: 131049, title: 'Healthy ecosystem engagement' }] }

    it.each([
      ['by the answer', 'graph_error', 'suppressed'],
      ['by webhook', 'failed_status', 'failed'],
    ])('is tried once more after a day, and then no more, when it comes %s', async (_how, kind, state) => {
      const { id, customer } = await meeting(casement, { kind, code: 131049, times: null })
      const waiting = await capped(id)
      const due = Date.parse(waiting.due_at as string)
      expect(due).toBeGreaterThan(Date.now() + DAY_MS - 10_000)
      expect(due).toBeLessThan(Date.now() + 1.2 * DAY_MS)
      expect(casement.calls(customer)).toHaveLength(1)
      expect(await hurried(casement, id, state)).toMatchObject({ reason: { code: 'capped', graph_code: 131049 } })
      casement.sandbox.clearFaults()
      expect(casement.calls(customer)).toHaveLength(2)
    })

    it('waits no less and no more often for a report that comes three times', async () => {
      const { id, customer } = await meeting(casement, { kind: 'failed_status', code: 131049 })
      const { due_at } = await capped(id)
      await casement.told()
      await reportAgain(customer, CAPPED, 3)
      expect(await casement.intent(id)).toMatchObject({ state: 'scheduled', due_at })
      await hurried(casement, id, 'sent')
      expect(casement.calls(customer)).toHaveLength(2)
    })

    it('loses neither its second try nor its second message to a report that comes late', async () => {
      const { id, customer } = await meeting(casement, { kind: 'failed_status', code: 131049 })
      await capped(id)
      casement.sandbox.addFault({ kind: 'latency', ms: 5_000, match: { to: customer } })
      await hurried(casement, id, 'dispatching')
      await reportAgain(customer, CAPPED, 2)
      expect(await casement.intentIn(id, 'sent', 'scheduled', 'failed')).toMatchObject({ state: 'sent' })
      await reportAgain(customer, CAPPED, 1)
      expect(await casement.intent(id)).toMatchObject({ state: 'sent' })
      expect(casement.calls(customer)).toHaveLength(2)
    })

    it('is not tried again when the message was delivered after all', async () => {
      const { id, customer } = await meeting(casement, { kind: 'failed_status', code: 131049 })
      await capped(id)
      const { wamid } = lastCall(customer)
      await casement.webhook(statusOf(casement.sender, wamid as string, 'delivered'))
      expect(await casement.intentIn(id, 'sent')).toMatchObject({ delivery_status: 'delivered', reason: null })
      expect(casement.calls(customer)).toHaveLength(1)
    })

    const capped = (id: string) =>
      eventually(async () => {
        const seen = await casement.intent(id)
        return seen.reason?.code === 'recipient_capped' && seen.due_at !== null ? seen : false
      })
  })

  const lastCall = (customer: string) => casement.calls(customer).at(-1) ?? expect.fail('expected a call')

  /** Meta reports the failure of the first message once more. */
  async function reportAgain(customer: string, errors: object, times: number) {
    const { wamid, opaque } = casement.calls(customer)[0] ?? expect.fail('expected a call')
    for (let again = 0; again < times; again++) {
      const more = { ...errors, biz_opaque_callback_data: opaque }
      await casement.webhook(statusOf(casement.sender, wamid as string, 'failed', more))
      await casement.told()
    }
  }

  describe('that is reported by webhook', () => {
    it.each([
      [999999, 'graph_refused'],
      [1, 'graph_refused'],
      [100, 'graph_refused'],
      [130472, 'capped'],
      [130497, 'country_blocked'],
    ])('(%i) fails the intent, and never sends it again', async (code, reason) => {
      const { id, customer } = await meeting(casement, { kind: 'failed_status', code })
      expect(await casement.intentIn(id, 'failed')).toMatchObject({ reason: { code: reason, graph_code: code } })
      await reportAgain(customer, { errors: [{ code }] }, 2)
      expect(await casement.intent(id)).toMatchObject({ state: 'failed' })
      expect(casement.calls(customer)).toHaveLength(1)
    })

    it.each([131000, 131053])('(%i) is tried once more and no more often', async (code) => {
      const { id, customer } = await meeting(casement, { kind: 'failed_status', code, times: null })
      expect(await hurried(casement, id, 'failed')).toMatchObject({ reason: { graph_code: code } })
      casement.sandbox.clearFaults()
      expect(casement.calls(customer)).toHaveLength(2)
    })

    it.each([
      [132069, HOUR_MS],
      [134101, HOUR_MS / 6],
    ])('(%i) is tried again after a known while', async (code, ms) => {
      const { id, customer } = await meeting(casement, { kind: 'failed_status', code })
      const { due_at } = await eventually(async () => {
        const seen = await casement.intent(id)
        return seen.reason?.graph_code === code ? seen : false
      })
      expect(Date.parse(due_at as string)).toBeGreaterThan(Date.now() + ms - 10_000)
      await hurried(casement, id, 'sent')
      expect(casement.calls(customer)).toHaveLength(2)
    })

    it('(131050) stops marketing to the person, and not again after they resumed it', async () => {
      const customer = casement.stranger()
      await casement.writes(customer)
      const marketing = async () =>
        (await casement.api<{ marketing: string }>('GET', `/v1/contacts/${customer}`)).body.marketing
      casement.sandbox.addFault({ kind: 'failed_status', code: 131050, match: { to: customer } })
      const { id } = await casement.enqueue({ to: `+${customer}`, message: templateMessage(SPRING_OFFER) })
      expect(await casement.intentIn(id, 'failed')).toMatchObject({ reason: { code: 'opted_out' } })
      expect(await marketing()).toBe('out')
      await eventually(
        async () =>
          (
            await casement.query(
              `select from attempts where intent_id = $1 and started_at < date_trunc('second', now())`,
              [id],
            )
          ).length === 1,
      )
      casement.sandbox.customers.resumeMarketing(customer)
      await casement.told()
      expect(await marketing()).toBe('unknown')
      await reportAgain(customer, { errors: [{ code: 131050 }] }, 2)
      expect(await marketing()).toBe('unknown')
    })
  })

  describe('about the account, reported late', () => {
    const UNPAID = { errors: [{ code: 131042, title: 'Business eligibility payment issue' }] }
    const resume = () => casement.api('POST', `/v1/senders/${casement.sender}/resume`)
    /** Of the account itself, stamped so long ago. */
    const accountWebhook = async (field: string, value: object, agoMs: number) => {
      const time = Math.floor((Date.now() - agoMs) / 1_000)
      const entry = [{ id: LINK.waba_id, time, changes: [{ field, value }] }]
      await casement.post(JSON.stringify({ object: 'whatsapp_business_account', entry }))
      await casement.told()
    }
    const DISABLED = { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE', waba_ban_date: '2026-11-22' } }

    it('restricts the sender once, and not again when an operator has resumed it since', async () => {
      const { id, customer } = await meeting(casement, { kind: 'failed_status', code: 131042 })
      await eventually(async () => (await sender()).state === 'restricted')
      expect(await casement.intentIn(id, 'held')).toMatchObject({
        reason: { code: 'sender_account', graph_code: 131042 },
      })
      await resume()
      await casement.intentIn(id, 'sent')
      await reportAgain(customer, UNPAID, 3)
      expect(await sender()).toMatchObject({ state: 'active' })
      expect(await casement.intent(id)).toMatchObject({ state: 'sent' })
    })

    it.each([
      ['account_update', DISABLED, 'sender_account'],
      ['messages', { metadata: { phone_number_id: LINK.phone_number_id }, ...UNPAID }, 'payment_missing'],
      ['messages', UNPAID, 'payment_missing'],
    ])('by %s counts by the stamp of Meta', async (field, value, code) => {
      await resume()
      await casement.query(`update senders set updated_at = now() - interval '1 minute'`)
      await accountWebhook(field, value, 10 * 60_000)
      expect(await sender()).toMatchObject({ state: 'active' })
      await accountWebhook(field, value, 0)
      expect(await sender()).toMatchObject({ state: 'restricted', reason: { code } })
      await resume()
    })
  })
})
