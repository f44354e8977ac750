import { describe, expect, it } from 'vitest'
import { ADMIN_KEY, CONTACT, INTENT, READ_KEY, SEND_KEY, SENDER, WABA } from './fake-services.ts'
import { startServer } from './harness.ts'

const protectedRoutes: [method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string][] = [
  ['POST', '/v1/intents'],
  ['POST', '/v1/intents/batch'],
  ['GET', '/v1/intents'],
  ['GET', `/v1/intents/${INTENT}`],
  ['POST', `/v1/intents/${INTENT}/cancel`],
  ['POST', `/v1/intents/${INTENT}/replay`],
  ['POST', `/v1/intents/${INTENT}/settle`],
  ['GET', '/v1/conversations'],
  ['GET', `/v1/conversations/${SENDER}/${CONTACT}`],
  ['GET', `/v1/contacts/${CONTACT}`],
  ['PATCH', `/v1/contacts/${CONTACT}`],
  ['DELETE', `/v1/contacts/${CONTACT}`],
  ['POST', `/v1/contacts/${CONTACT}/consent`],
  ['GET', `/v1/contacts/${CONTACT}/export`],
  ['POST', '/v1/senders'],
  ['GET', '/v1/senders'],
  ['GET', `/v1/senders/${SENDER}`],
  ['PATCH', `/v1/senders/${SENDER}`],
  ['DELETE', `/v1/senders/${SENDER}`],
  ['POST', `/v1/senders/${SENDER}/pause`],
  ['POST', `/v1/senders/${SENDER}/resume`],
  ['GET', '/v1/templates'],
  ['POST', '/v1/templates'],
  ['POST', '/v1/templates/sync'],
  ['POST', '/v1/templates/lint'],
  ['POST', '/v1/templates/preview'],
  ['POST', '/v1/templates/samples'],
  ['GET', '/v1/templates/library'],
  ['GET', '/v1/templates/1'],
  ['GET', '/v1/webhook-events'],
  ['GET', '/v1/audit'],
  ['POST', '/v1/webhook-events/1/replay'],
  ['GET', '/v1/unknown'],
]

describe('without a valid key', () => {
  it.each(protectedRoutes)('%s %s answers 401 and asks nothing', async (method, url) => {
    const { call, calls } = await startServer()
    const answer = await call(method, url, { key: null })
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    expect(calls).toEqual([])
  })

  it('the answer is the same for no key, a wrong key and another scheme', async () => {
    const { call } = await startServer()
    const answers = await Promise.all([
      call('GET', '/v1/senders', { key: null }),
      call('GET', '/v1/senders', { key: 'wrong' }),
      call('GET', '/v1/senders', { key: null, headers: { authorization: `Basic ${btoa(`x:${ADMIN_KEY}`)}` } }),
      call('GET', '/v1/senders', { key: null, headers: { authorization: 'Bearer' } }),
    ])
    expect(new Set(answers.map((answer) => `${answer.statusCode} ${answer.body}`)).size).toBe(1)
  })

  it('a key in the query does not count outside of the drop-in paths', async () => {
    const { call } = await startServer()
    expect((await call('GET', `/v1/senders?access_token=${ADMIN_KEY}`, { key: null })).statusCode).toBe(401)
  })

  it('the body is not looked at', async () => {
    const { call } = await startServer()
    expect((await call('POST', '/v1/intents', { key: null, raw: '{broken' })).statusCode).toBe(401)
  })
})

it('reads the scheme in any case', async () => {
  const { call } = await startServer()
  const answer = await call('GET', '/v1/senders', { key: null, headers: { authorization: `bearer ${ADMIN_KEY}` } })
  expect(answer.statusCode).toBe(200)
})

describe('scopes', () => {
  it('let a reading key read', async () => {
    const { call } = await startServer()
    expect((await call('GET', '/v1/intents', { key: READ_KEY })).statusCode).toBe(200)
  })

  it('let a sending key enqueue and read', async () => {
    const { call } = await startServer()
    const body = { sender: SENDER, to: '+5511987654321', message: { type: 'text', text: { body: 'Hello' } } }
    expect((await call('POST', '/v1/intents', { key: SEND_KEY, body })).statusCode).toBe(202)
    expect((await call('GET', '/v1/intents', { key: SEND_KEY })).statusCode).toBe(200)
  })

  it.each([
    ['enqueue', READ_KEY, '/v1/intents'],
    ['cancel', READ_KEY, `/v1/intents/${INTENT}/cancel`],
    ['link a sender', SEND_KEY, '/v1/senders'],
    ['create a template', SEND_KEY, '/v1/templates'],
    ['send through the drop-in paths', READ_KEY, `/v25.0/${SENDER}/messages`],
    ['create a template at Meta', SEND_KEY, `/v25.0/${WABA}/message_templates`],
  ])('refuse with 403 what a key may not: %s', async (_what, key, url) => {
    const { call, calls } = await startServer()
    const answer = await call('POST', url, { key, body: {} })
    expect(answer.statusCode).toBe(403)
    expect(answer.json().error.message).toBeTypeOf('string')
    expect(calls).toEqual([])
  })
})
