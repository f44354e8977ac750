import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Harness, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'

describeEachLaneEngine('passing on', (engine) => {
  let casement: Harness
  let bot: Receiver
  let shop: Receiver
  beforeAll(async () => {
    casement = await startHarness(engine, { env: { OUTBOUND_HOSTS: '127.0.0.1' } })
    bot = await startReceiver()
    shop = await startReceiver()
  })
  afterAll(async () => {
    await casement.close()
    await bot.close()
    await shop.close()
  })

  const add = async (body: object) => {
    const made = await casement.api<{ id: string; secret: string }>('POST', '/v1/webhook-endpoints', body)
    expect(made.status).toBe(201)
    return made.body
  }

  it('tells a bot what Meta sent, and a shop what became of its message', async () => {
    const { secret } = await add({ url: bot.url, kind: 'meta' })
    const { id } = await add({ url: shop.url, kind: 'events', events: ['intent.*', 'message.*', 'conversation.*'] })
    const customer = casement.stranger()
    await casement.writes(customer, undefined, 'Hello, shop')
    const told = await bot.received.next(({ body }) => body.includes('Hello, shop'))
    expect(told.headers['x-hub-signature-256']).toBe(
      `sha256=${createHmac('sha256', secret).update(told.body).digest('hex')}`,
    )

    const client = { authorization: `Bearer ${await sendKey()}`, 'content-type': 'application/json' }
    const message = { to: customer, type: 'text', text: { body: 'Hello, you' }, biz_opaque_callback_data: 'order-17' }
    const sent = await fetch(`${casement.url}/v25.0/${casement.sender}/messages`, {
      method: 'POST',
      headers: client,
      body: JSON.stringify({ messaging_product: 'whatsapp', ...message }),
    })
    const [{ id: intent }] = ((await sent.json()) as { messages: [{ id: string }] }).messages
    const status = await bot.received.next(({ body }) => body.includes('"delivered"'))
    const [entry] = JSON.parse(status.body).entry
    const { wamid } = await casement.intent(intent)
    expect(entry.changes[0].value.statuses[0]).toMatchObject({
      id: intent,
      status: 'delivered',
      biz_opaque_callback_data: 'order-17',
      casement: { wamid, intent },
    })

    const types = ['conversation.opened', 'message.received', 'intent.scheduled', 'intent.sent', 'message.delivered']
    for (const type of types) {
      const { body, headers } = await shop.received.next((one) => JSON.parse(one.body).type === type)
      expect(headers['webhook-id']).toMatch(/^evt_\d+$/)
      expect(JSON.parse(body)).toMatchObject({ type, data: { workspace: 'default', sender: casement.sender } })
    }
    const deliveries = await casement.api<{ data: object[] }>('GET', `/v1/webhook-endpoints/${id}/deliveries?limit=3`)
    expect(deliveries.body.data).toHaveLength(3)
  })

  async function sendKey(): Promise<string> {
    const made = await casement.api<{ key: string }>('POST', '/v1/api-keys', { name: 'bot', scopes: ['send'] })
    return made.body.key
  }
})
