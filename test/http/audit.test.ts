import type { FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { ADMIN_KEY, CONTACT, READ_KEY, refusal, SENDER } from './fake-services.ts'
import { CALLER_OVER_HTTP, startServer } from './harness.ts'

describe('the audit log is told of', () => {
  it('a command that was refused, with the object and the request', async () => {
    const { call, asked } = await startServer({ pauseSender: async () => refusal(404, 'sender_unknown') })
    const answer = await call('POST', `/v1/senders/${SENDER}/pause`)
    const route = '/v1/senders/:id/pause'
    const deed = {
      action: 'sender.pause',
      object: { kind: 'sender', id: SENDER },
      detail: { method: 'POST', route, status: 404 },
    }
    expect(asked('record')).toEqual([
      [
        { ...CALLER_OVER_HTTP, origin: { address: '127.0.0.1', requestId: answer.headers['x-request-id'] } },
        deed,
        'refused',
      ],
    ])
  })

  it('a command that failed', async () => {
    const { call, asked } = await startServer({ pauseSender: () => Promise.reject(new Error('broken')) })
    expect((await call('POST', `/v1/senders/${SENDER}/pause`)).statusCode).toBe(500)
    expect(asked('record')).toMatchObject([[{}, { action: 'sender.pause' }, 'failed']])
  })

  it('a command with a body that was not looked at', async () => {
    const { call, asked } = await startServer()
    await call('POST', '/v1/api-keys', { body: { name: 1 } })
    expect(asked('record')).toMatchObject([
      [{}, { action: 'key.create', object: { kind: 'key', id: null } }, 'refused'],
    ])
  })

  it('nothing where the deed has told it itself', async () => {
    const { call, asked } = await startServer()
    await call('POST', `/v1/senders/${SENDER}/pause`)
    expect(asked('record')).toEqual([])
  })

  it('what was done at Meta', async () => {
    const { call, asked } = await startServer()
    await call('DELETE', '/v25.0/42')
    expect(asked('record')).toMatchObject([
      [{}, { action: 'media.delete', object: { kind: 'media', id: '42' } }, 'done'],
    ])
  })

  it('a scope that was lacking, of a reader too', async () => {
    const { call, asked } = await startServer()
    await call('GET', '/v1/audit', { key: READ_KEY })
    await call('POST', `/v1/senders/${SENDER}/pause`, { key: READ_KEY })
    expect(asked('record')).toMatchObject([
      [{}, { action: 'access.refuse', detail: { route: '/v1/audit' } }, 'refused'],
      [{}, { action: 'sender.pause' }, 'refused'],
    ])
  })

  it('a wrong key, on every door that takes one', async () => {
    const { call, asked } = await startServer(
      {},
      { queuesPlugin: async (app: FastifyInstance) => void app.get('/', async () => 'board') },
    )
    for (const url of ['/v1/senders', `/v25.0/${SENDER}`, '/queues/', '/v1/unknown'])
      await call('GET', url, { key: 'wrong' })
    expect(asked('signInRefused')).toHaveLength(4)
    expect(asked('signInRefused')[0]).toEqual([{ address: '127.0.0.1', requestId: expect.any(String) }])
    expect(asked('record')).toEqual([])
  })

  it('no person by their number', async () => {
    const { call, asked } = await startServer({ eraseContact: async () => refusal(404, 'contact_unknown') })
    await call('DELETE', `/v1/contacts/${CONTACT}`)
    expect(JSON.stringify(asked('record'))).toContain('contact.erase')
    expect(JSON.stringify(asked('record'))).not.toContain(CONTACT)
  })

  it('and an answer stands, whether or not it could be written down', async () => {
    const away = () => Promise.reject(new Error('away'))
    const { call, log } = await startServer({ pauseSender: async () => refusal(404, 'sender_unknown'), record: away })
    expect((await call('POST', `/v1/senders/${SENDER}/pause`)).statusCode).toBe(404)
    expect(log()).toContain('an audit row could not be written')
  })
})

describe('a request has one name', () => {
  it('in every answer, and in the log beside who asked and from where', async () => {
    const { call, log } = await startServer()
    for (const [url, key] of [
      ['/v1/senders', ADMIN_KEY],
      ['/v1/senders', 'wrong'],
      ['/v1/nothing', ADMIN_KEY],
      [`/v25.0/${SENDER}`, ADMIN_KEY],
      ['/v25.0/%zz', ADMIN_KEY],
      ['/healthz', null],
      ['/nowhere', null],
    ] as const) {
      const { headers } = await call('GET', url, { key })
      expect(headers['x-request-id'], url).toMatch(/^[0-9a-f-]{36}$/)
    }
    const lines = log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const first = lines.find(({ route }) => route === '/v1/senders')
    expect(first).toMatchObject({ reqId: expect.any(String), by: 'ops', address: '127.0.0.1', status: 200 })
  })
})
