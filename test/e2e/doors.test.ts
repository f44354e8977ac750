import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API_KEY, type Harness, LINK, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'

describe('what is let out', { timeout: 60_000 }, () => {
  let casement: Harness
  let door: string
  beforeAll(async () => {
    const env = { WEBHOOK_PORT: '0', METRICS_KEY: 'only-for-metrics', DOCS: 'key', TRUST_PROXY: 'loopback' }
    casement = await startHarness(lanesOnPostgres, { env })
    door = casement.app.webhookUrl as string
  })
  afterAll(() => casement.close())

  const status = async (url: string, headers: Record<string, string> = {}) => (await fetch(url, { headers })).status
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

  it('is the way in for webhooks, on a port of its own and on the API’s', async () => {
    for (const base of [door, casement.url]) {
      const customer = casement.stranger()
      const body = JSON.stringify(webhookOf(customer))
      const signature = createHmac('sha256', 'test-app-secret').update(body).digest('hex')
      const headers = { 'x-hub-signature-256': `sha256=${signature}` }
      const answer = await fetch(`${base}/webhooks/whatsapp`, { method: 'POST', headers, body })
      expect(answer.status).toBe(200)
      await eventually(async () => (await casement.api('GET', `/v1/contacts/${customer}`)).status === 200)
      const unsigned = await fetch(`${base}/webhooks/whatsapp`, { method: 'POST', body })
      expect(unsigned.status).toBe(401)
    }
  })

  it('is nothing else on that port', async () => {
    for (const path of [
      '/',
      '/v1/me',
      '/metrics',
      '/healthz',
      '/docs/',
      '/queues/',
      `/v25.0/${LINK.phone_number_id}`,
    ]) {
      expect(await status(`${door}${path}`, bearer(API_KEY)), path).toBe(404)
    }
  })

  it('asks for keys where the settings say so, and believes the proxy that they name', async () => {
    const { url } = casement
    expect(await status(`${url}/metrics`)).toBe(401)
    expect(await status(`${url}/metrics`, bearer('only-for-metrics'))).toBe(200)
    expect(await status(`${url}/openapi.json`)).toBe(401)
    expect(await status(`${url}/openapi.json`, bearer(API_KEY))).toBe(200)

    const pause = `${url}/v1/senders/${casement.sender}/pause`
    const headers = { ...bearer(API_KEY), 'x-forwarded-for': '203.0.113.7' }
    expect((await fetch(pause, { method: 'POST', headers })).status).toBe(200)
    const { body } = await casement.api<{ data: { address: string }[] }>('GET', '/v1/audit?action=sender.pause')
    expect(body.data).toMatchObject([{ address: '203.0.113.7' }])
  })
})

function webhookOf(from: string): object {
  const message = {
    from,
    id: `wamid.${from}`,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'text',
    text: { body: 'Hi' },
  }
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550100000', phone_number_id: LINK.phone_number_id },
    contacts: [{ wa_id: from, profile: { name: 'Ana' } }],
    messages: [message],
  }
  return { object: 'whatsapp_business_account', entry: [{ id: LINK.waba_id, changes: [{ field: 'messages', value }] }] }
}
