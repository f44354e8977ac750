import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FastifyPluginAsync } from 'fastify'
import { describe, expect, it } from 'vitest'
import { ADMIN_KEY, CONTACT, QUERY_KEY, READ_KEY, SENDER } from './fake-services.ts'
import { startServer } from './harness.ts'

describe('for machines that watch', () => {
  it('the process says that it lives, without a key', async () => {
    const { call } = await startServer()
    const answer = await call('GET', '/healthz', { key: null })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ status: 'ok' })
  })

  it('it is ready when nothing is away', async () => {
    const { call } = await startServer()
    const answer = await call('GET', '/readyz', { key: null })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ status: 'ready' })
  })

  it('it says with 503 what is away', async () => {
    const { call } = await startServer({ notReady: async () => ['The database does not answer.'] })
    const answer = await call('GET', '/readyz', { key: null })
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toEqual({ status: 'not_ready', reasons: ['The database does not answer.'] })
  })

  it('it is not ready when the check itself fails', async () => {
    const { call } = await startServer({
      notReady: async () => {
        throw new Error('secret detail')
      },
    })
    const answer = await call('GET', '/readyz', { key: null })
    expect(answer.statusCode).toBe(503)
    expect(answer.body).not.toContain('secret')
  })

  it.each([
    ['/v1/intents/0199a000-0000-7000-8000-000000000001', 'GET'],
    ['/v1/senders', 'GET'],
  ] as const)('a database that is away is 503 with the time to wait, on %s', async (path, method) => {
    class Away extends Error {}
    const away = async () => {
      throw new Away('connect ECONNREFUSED 10.0.0.7:5432')
    }
    const { call } = await startServer({
      getIntent: away,
      listSenders: away,
      isAway: (error) => error instanceof Away,
    })
    const answer = await call(method, path)
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('5')
    expect(answer.json()).toMatchObject({ error: { code: 'unavailable' } })
    expect(answer.body).not.toContain('10.0.0.7')
  })

  it('metrics come in the type that the registry names', async () => {
    const { call } = await startServer()
    const answer = await call('GET', '/metrics', { key: null })
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(answer.body).toBe('casement_up 1\n')
  })
})

describe('the log', () => {
  it('has the pattern of the route and not the contact', async () => {
    const { call, log } = await startServer()
    await call('GET', `/v1/conversations/${SENDER}/${CONTACT}?x=1`)
    await call('GET', `/v1/intents?to=${CONTACT}`)
    expect(log()).toContain('/v1/conversations/:sender/:contact')
    expect(log()).not.toContain(CONTACT)
  })

  it('has neither keys nor bodies', async () => {
    const { call, log } = await startServer()
    const body = { messaging_product: 'whatsapp', to: CONTACT, type: 'text', text: { body: 'Top secret' } }
    await call('POST', `/v25.0/${SENDER}/messages?access_token=${QUERY_KEY}`, { key: null, body })
    await call('GET', `/v25.0/${SENDER}?access_token=${ADMIN_KEY}`, { key: null })
    await call('POST', '/v1/senders', { raw: '{"access_token":"EAAGsecret' })
    expect(log()).toContain('"status":200')
    expect(log()).not.toMatch(new RegExp(`${ADMIN_KEY}|${QUERY_KEY}|Top secret|EAAGsecret|${CONTACT}`))
  })

  it('does not keep the URL of a path nobody knows', async () => {
    const { call, log } = await startServer()
    await call('GET', `/v1/typo/${CONTACT}`)
    expect(log()).toContain('"route":null')
    expect(log()).not.toContain('typo')
  })
})

describe('the landing page', () => {
  it('links what is there', async () => {
    const queuesPlugin: FastifyPluginAsync = async () => {}
    const { call } = await startServer({}, { queuesPlugin, sandboxUrl: 'http://127.0.0.1:8081/?a=1&b="2"' })
    const answer = await call('GET', '/', { key: null })
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.body).toContain('href="/docs"')
    expect(answer.body).toContain('href="/queues"')
    expect(answer.body).toContain('href="http://127.0.0.1:8081/?a=1&#38;b=&#34;2&#34;"')
  })

  it('does not link what is not', async () => {
    const { call } = await startServer()
    const { body } = await call('GET', '/', { key: null })
    expect(body).not.toMatch(/queues|sandbox/i)
  })
})

describe('the queues page', () => {
  const queuesPlugin: FastifyPluginAsync = async (app) => {
    app.get('/', async () => 'the board')
    app.put('/api/queues/x/pause', async () => 'paused')
    // As Bull Board does.
    app.setErrorHandler((_error, _request, reply) => reply.code(500).send('the board failed'))
  }
  const basic = (password: string) => ({ authorization: `Basic ${btoa(`anyone:${password}`)}` })

  it('asks a browser for the key', async () => {
    const { call } = await startServer({}, { queuesPlugin })
    const answer = await call('GET', '/queues', { key: null })
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=/)
  })

  it('opens with the key as password, or as Bearer', async () => {
    const { call } = await startServer({}, { queuesPlugin })
    expect((await call('GET', '/queues', { key: null, headers: basic(ADMIN_KEY) })).body).toBe('the board')
    expect((await call('GET', '/queues')).body).toBe('the board')
  })

  it('stays shut for a wrong key, an empty one and a key that may only read', async () => {
    const { call } = await startServer({}, { queuesPlugin })
    expect((await call('GET', '/queues', { key: null, headers: basic('wrong') })).statusCode).toBe(401)
    expect((await call('GET', '/queues', { key: null, headers: basic('') })).statusCode).toBe(401)
    expect((await call('GET', '/queues', { key: READ_KEY })).statusCode).toBe(403)
  })

  it('takes no orders that another site made the browser send', async () => {
    const { call } = await startServer({}, { queuesPlugin })
    const order = (site: string) =>
      call('PUT', '/queues/api/queues/x/pause', { key: null, headers: { ...basic(ADMIN_KEY), 'sec-fetch-site': site } })
    expect((await order('cross-site')).statusCode).toBe(403)
    expect((await order('same-origin')).statusCode).toBe(200)
  })

  it('loads nothing from elsewhere', async () => {
    const { call } = await startServer({}, { queuesPlugin })
    expect((await call('GET', '/queues')).headers['content-security-policy']).toContain("default-src 'self'")
  })

  it('is not there without a board', async () => {
    const { call } = await startServer()
    expect((await call('GET', '/queues')).statusCode).toBe(404)
  })
})

it.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('answers %s in the shape of an error', async (_what, bytes, status) => {
  const { app } = await startServer()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(bytes)
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
  expect(head).toContain(`HTTP/1.1 ${status} `)
  expect(JSON.parse(body).error.message).toMatch(/^expected /)
})
