import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, type IntentJson, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { DAY_MS, KEEP_HELPING, ORDER_UPDATE, statusOf, templateMessage, text } from './fixtures.ts'

interface ContactJson {
  unreachable: { since: string; review_at: string } | null
}

const UNDELIVERABLE = { errors: [{ code: 131026, title: 'Message undeliverable' }] }

describeEachLaneEngine('somebody whom Meta cannot reach (131026)', (engine) => {
  let casement: Harness
  beforeAll(async () => {
    casement = await startHarness(engine)
  })
  afterAll(() => casement.close())

  const template = (customer: string) =>
    casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
  const unreachable = async (customer: string, from = casement) =>
    (await from.api<ContactJson>('GET', `/v1/contacts/${customer}`)).body.unreachable

  /** Refused at once, or accepted and reported later. */
  async function failing(customer: string, kind: 'graph_error' | 'failed_status' = 'graph_error'): Promise<IntentJson> {
    casement.sandbox.addFault({ kind, code: 131026, match: { to: customer } })
    const { id } = await template(customer)
    const failed = await casement.intentIn(id, 'failed')
    expect(failed).toMatchObject({ reason: { code: 'recipient_unreachable', graph_code: 131026 } })
    return failed
  }

  async function unreachableStranger(): Promise<string> {
    const customer = casement.stranger()
    await failing(customer)
    return customer
  }

  it.each([
    ['by the answer', 'graph_error'],
    ['by webhook', 'failed_status'],
  ] as const)('is left alone until a review date, and told so, when it is known %s', async (_how, kind) => {
    const customer = casement.stranger()
    await failing(customer, kind)
    const { since, review_at } = (await unreachable(customer)) ?? expect.fail('expected a date')
    expect(Date.parse(review_at) - Date.parse(since)).toBe(30 * DAY_MS)

    for (const message of [templateMessage(ORDER_UPDATE), text('Hi')]) {
      const { id, forecast } = await casement.enqueue({ to: `+${customer}`, message })
      expect(forecast).toMatchObject({ kind: 'fail', reason: { code: 'recipient_unreachable' } })
      const left = await casement.intentIn(id, 'failed', 'sent', 'held')
      expect(left).toMatchObject({ state: 'failed', reason: { code: 'recipient_unreachable' }, attempts: [] })
      expect(left.reason?.text).toContain(review_at)
    }
    expect(casement.calls(customer)).toHaveLength(1)
  })

  it('is tried again once the date has passed', async () => {
    const customer = await unreachableStranger()
    await casement.query(
      `update contacts set unreachable_until = now() where id = (select contact_id from contact_identities where value = $1)`,
      [customer],
    )
    expect(await unreachable(customer)).toBeNull()
    await casement.intentIn((await template(customer)).id, 'sent')
  })

  it('can be reached when they write', async () => {
    const customer = await unreachableStranger()
    await casement.writes(customer)
    expect(await unreachable(customer)).toBeNull()
    const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi') })
    await casement.intentIn(id, 'sent')
  })

  it('is tried in an open window all the same', async () => {
    const customer = casement.stranger()
    await casement.writes(customer, Date.now() - 60_000)
    await failing(customer)
    expect(await unreachable(customer)).not.toBeNull()
    const { id } = await casement.enqueue({ to: `+${customer}`, message: text('Hi') })
    await casement.intentIn(id, 'sent')
  })

  it('is tried when an operator asks for it', async () => {
    const customer = await unreachableStranger()
    const { id } = await template(customer)
    expect(await casement.intentIn(id, 'failed')).toMatchObject({ attempts: [] })
    expect((await casement.api('POST', `/v1/intents/${id}/replay`)).status).toBe(200)
    expect(await casement.intentIn(id, 'sent')).toMatchObject({ attempts: [{ outcome: 'accepted' }] })
    expect(await unreachable(customer)).toBeNull()
  })

  it('can be reached when an operator says so, and is marked again by the next refusal', async () => {
    const customer = await unreachableStranger()
    const patch = (unreachable: unknown) => casement.api('PATCH', `/v1/contacts/${customer}`, { unreachable })
    expect((await patch({ since: null })).status).toBe(400)
    expect(await patch(null)).toMatchObject({ status: 200, body: { unreachable: null } })
    await failing(customer)
    expect(await unreachable(customer)).not.toBeNull()
  })

  it('fails what waits for their answer to an invitation', async () => {
    const customer = casement.stranger()
    casement.sandbox.addFault({ kind: 'graph_error', code: 131026, match: { to: customer } })
    const { id } = await casement.enqueue({
      to: `+${customer}`,
      message: text('Hi'),
      when_closed: { follow_up: KEEP_HELPING },
    })
    expect(await casement.intentIn(id, 'failed')).toMatchObject({ reason: { code: 'recipient_unreachable' } })
    expect(await unreachable(customer)).not.toBeNull()
  })

  describe('by webhooks in any order', () => {
    /** Two messages that Meta accepted and reports nothing about but what the test says. */
    async function twoSent() {
      const customer = casement.stranger()
      casement.sandbox.setWebhookUrl(null)
      const [first, second] = [await template(customer), await template(customer)]
      const wamids = []
      for (const { id } of [first, second]) wamids.push((await casement.intentIn(id, 'sent')).wamid as string)
      await casement.sandbox.settled()
      casement.sandbox.setWebhookUrl(`${casement.url}/webhooks/whatsapp`)
      return { customer, ids: [first.id, second.id], wamids: wamids as [string, string] }
    }
    const report = async (wamid: string, status: string, more: object = {}) => {
      await casement.webhook(statusOf(casement.sender, wamid, status, more))
      await casement.told()
    }
    const seconds = (ms: number) => ({ timestamp: String(Math.floor((Date.now() + ms) / 1_000)) })

    it('can be reached when another message is delivered after all', async () => {
      const { customer, wamids } = await twoSent()
      await report(wamids[0], 'failed', UNDELIVERABLE)
      expect(await unreachable(customer)).not.toBeNull()
      await report(wamids[1], 'delivered', seconds(0))
      expect(await unreachable(customer)).toBeNull()
    })

    it('is not marked by what is reported late: another message was delivered since', async () => {
      const { customer, wamids, ids } = await twoSent()
      await report(wamids[1], 'read', seconds(0))
      await report(wamids[0], 'failed', UNDELIVERABLE)
      expect(await casement.intent(ids[0] as string)).toMatchObject({ state: 'failed' })
      expect(await unreachable(customer)).toBeNull()
    })

    it('is not marked by what is reported late: they wrote since', async () => {
      const { customer, wamids } = await twoSent()
      await casement.writes(customer)
      await report(wamids[0], 'failed', UNDELIVERABLE)
      expect(await unreachable(customer)).toBeNull()
    })

    it('stays so when a delivery of long ago is reported late', async () => {
      const { customer, wamids } = await twoSent()
      await report(wamids[0], 'failed', UNDELIVERABLE)
      await report(wamids[1], 'delivered', seconds(-3_600_000))
      expect(await unreachable(customer)).not.toBeNull()
    })
  })

  it('is everybody’s own affair where RECIPIENT_REVIEW_DAYS is 0', async () => {
    const trying = await startHarness(engine, { env: { RECIPIENT_REVIEW_DAYS: '0' } })
    try {
      const customer = trying.stranger()
      for (const kind of ['graph_error', 'failed_status'] as const) {
        trying.sandbox.addFault({ kind, code: 131026, match: { to: customer } })
        const { id } = await trying.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
        await trying.intentIn(id, 'failed')
        expect(await unreachable(customer, trying)).toBeNull()
      }
      const { id } = await trying.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
      await trying.intentIn(id, 'sent')
    } finally {
      await trying.close()
    }
  })
})
