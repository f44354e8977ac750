import { describe, expect, it, onTestFinished } from 'vitest'
import { createWebhookServer } from '../../src/http/webhook-server.ts'
import { createLogger } from '../../src/log.ts'
import { ADMIN_KEY, fakeServices, READ_KEY, SENDER, SIGNATURE, VERIFY_TOKEN } from './fake-services.ts'
import { startServer } from './harness.ts'

const basic = (key: string) => ({ authorization: `Basic ${btoa(`any:${key}`)}` })

describe('the port for the internet', () => {
  async function startDoor(overrides: Parameters<typeof fakeServices>[0] = {}) {
    const fake = fakeServices(overrides)
    const lines: string[] = []
    const logger = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } })
    const app = await createWebhookServer({ services: fake.services, logger, trustProxy: 1 })
    onTestFinished(() => app.close())
    return { ...fake, app, log: () => lines.join('') }
  }

  it('takes Meta’s handshake and webhooks', async () => {
    const { app, calls } = await startDoor()
    const query = `hub.mode=subscribe&hub.verify_token=${VERIFY_TOKEN}&hub.challenge=42`
    expect((await app.inject(`/webhooks/whatsapp?${query}`)).body).toBe('42')
    const webhook = { method: 'POST', url: '/webhooks/whatsapp', payload: '{"object":"x","entry":[]}' } as const
    const stored = await app.inject({ ...webhook, headers: { 'x-hub-signature-256': SIGNATURE } })
    expect({ status: stored.statusCode, body: stored.body }).toEqual({ status: 200, body: 'stored' })
    expect(stored.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect((await app.inject({ ...webhook, headers: { 'x-hub-signature-256': 'sha256=bad' } })).statusCode).toBe(401)
    expect(calls.map(({ method }) => method)).toContain('receiveWebhook')
  })

  it('has nothing else, whoever asks', async () => {
    const { app, calls } = await startDoor()
    const paths = [
      '/',
      '/v1/senders',
      '/v1/me',
      '/healthz',
      '/readyz',
      '/metrics',
      '/docs',
      '/openapi.json',
      '/queues/',
    ]
    for (const url of [
      ...paths,
      `/v25.0/${SENDER}`,
      '/webhooks',
      '/webhooks/whatsapp/',
      '/webhooks/../v1/senders',
      '/%zz',
    ]) {
      for (const method of ['GET', 'POST', 'DELETE'] as const) {
        const answer = await app.inject({ method, url, headers: { authorization: `Bearer ${ADMIN_KEY}` } })
        expect([400, 404], `${method} ${url} answered ${answer.statusCode}`).toContain(answer.statusCode)
      }
    }
    expect(calls).toEqual([])
  })

  it('says 503 while the database is away, so that Meta comes again', async () => {
    const { app } = await startDoor({ receiveWebhook: () => Promise.reject(new Error('away')), isAway: () => true })
    const headers = { 'x-hub-signature-256': SIGNATURE }
    const answer = await app.inject({ method: 'POST', url: '/webhooks/whatsapp', payload: '{}', headers })
    expect(answer.statusCode).toBe(503)
  })
})

describe('a proxy in front', () => {
  const FORWARDED = { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' }
  const addressSeen = async (trustProxy: boolean | number | string[]) => {
    const { call, asked } = await startServer({}, { trustProxy })
    await call('GET', '/v1/me', { headers: FORWARDED })
    const [[caller] = []] = asked('me') as [caller: { origin: { address: string } }][]
    return caller?.origin.address
  }

  it('is believed as far as it is trusted', async () => {
    expect(await addressSeen(false)).toBe('127.0.0.1')
    expect(await addressSeen(1)).toBe('203.0.113.7')
    expect(await addressSeen(['loopback'])).toBe('203.0.113.7')
    expect(await addressSeen(['10.0.0.0/8'])).toBe('127.0.0.1')
    expect(await addressSeen(true)).toBe('198.51.100.1')
  })
})

describe('metrics', () => {
  it('are open, or ask for their own key', async () => {
    expect((await (await startServer()).call('GET', '/metrics', { key: null })).statusCode).toBe(200)
    const { call } = await startServer({}, { metricsKey: 'only-for-metrics' })
    expect((await call('GET', '/metrics', { key: 'only-for-metrics' })).body).toContain('casement_up')
    for (const key of [null, 'only-for-metric', ADMIN_KEY]) {
      const answer = await call('GET', '/metrics', { key })
      expect(answer.statusCode).toBe(401)
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    }
    expect((await call('GET', '/v1/me', { key: 'only-for-metrics' })).statusCode).toBe(401)
    expect((await call('GET', '/healthz', { key: null })).statusCode).toBe(200)
  })
})

describe('the documentation', () => {
  const PAGES = ['/openapi.json', '/docs/', '/docs/json']

  it('is for anybody, for whoever has a key, or for nobody', async () => {
    const open = await startServer()
    const closed = await startServer({}, { docs: 'key' })
    const off = await startServer({}, { docs: 'off' })
    for (const page of PAGES) {
      expect((await open.call('GET', page, { key: null })).statusCode, page).toBe(200)
      const refused = await closed.call('GET', page, { key: null })
      expect(refused.statusCode, page).toBe(401)
      expect(refused.headers['www-authenticate'], page).toContain('Basic')
      expect((await closed.call('GET', page, { key: READ_KEY })).statusCode, page).toBe(200)
      expect((await closed.call('GET', page, { key: null, headers: basic(READ_KEY) })).statusCode, page).toBe(200)
      expect((await off.call('GET', page)).statusCode, page).toBe(404)
    }
    expect((await off.call('GET', '/')).body).not.toContain('/docs')
    expect((await open.call('GET', '/')).body).toContain('/docs')
  })
})
