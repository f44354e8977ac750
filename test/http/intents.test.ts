import { describe, expect, it } from 'vitest'
import { batchView, enqueuedView, intentView } from '../../src/http/views.ts'
import { CONTACT, INTENT, refusal, SENDER } from './fake-services.ts'
import { startServer } from './harness.ts'

const request = { sender: SENDER, to: '+5511987654321', message: { type: 'text', text: { body: 'Hello' } } }

describe('POST /v1/intents', () => {
  it('answers 202 with the window and the forecast', async () => {
    const { call } = await startServer()
    const answer = await call('POST', '/v1/intents', { body: request })
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toEqual({
      id: INTENT,
      state: 'scheduled',
      reason: null,
      window: { open: true, expires_at: '2026-11-22T12:00:00.000Z' },
      forecast: {
        at: '2026-11-22T12:00:00.000Z',
        kind: 'send',
        reason: { code: 'window_open', text: 'The window is open.' },
        price: null,
        text: 'It will go as it is.',
      },
    })
    expect(enqueuedView.safeParse(answer.json()).success).toBe(true)
  })

  it('hands the body to the use-case as it came', async () => {
    const { call, asked } = await startServer()
    await call('POST', '/v1/intents', { body: { ...request, metadata: { order: 17 } } })
    expect(asked('enqueue')[0]?.[1]).toEqual([{ ...request, metadata: { order: 17 } }])
  })

  it('names the workspace of the key', async () => {
    const { call, asked } = await startServer()
    await call('POST', '/v1/intents', { body: request })
    expect(asked('enqueue')[0]?.[0]).toMatchObject({ workspace: 'default' })
  })

  it('answers 200 when the idempotency key came with the same request before', async () => {
    const { call } = await startServer()
    const answer = await call('POST', '/v1/intents', { body: { ...request, idempotency_key: 'repeated' } })
    expect(answer.statusCode).toBe(200)
    expect(answer.json().id).toBe(INTENT)
  })

  it('answers 409 when the idempotency key came with another request', async () => {
    const { call } = await startServer()
    const answer = await call('POST', '/v1/intents', { body: { ...request, idempotency_key: 'conflict' } })
    expect(answer.statusCode).toBe(409)
    expect(answer.json().error.code).toBe('idempotency_conflict')
  })

  it("answers the use-case's 400 with the field", async () => {
    const { call } = await startServer()
    const answer = await call('POST', '/v1/intents', { body: { ...request, message: { type: 'text', text: {} } } })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().error).toMatchObject({ code: 'invalid', field: 'message.text.body' })
  })

  it('answers 404 for a sender that is not linked', async () => {
    const { call } = await startServer()
    const answer = await call('POST', '/v1/intents', { body: { ...request, sender: '1' } })
    expect(answer.statusCode).toBe(404)
    expect(answer.json().error).toMatchObject({ code: 'sender_unknown', field: 'sender' })
  })

  it('keeps the Graph code of a reason', async () => {
    const reason = { code: 'throughput', text: 'Meta says slow down.', graphCode: 130429 } as const
    const { call } = await startServer({
      enqueue: async () => [
        {
          ok: true,
          repeated: true,
          intent: {
            id: INTENT as never,
            state: 'scheduled',
            reason,
            window: { open: false, expiresAt: null },
            forecast: { at: 0 as never, kind: 'hold', reason, price: null, text: 'It waits.' },
          },
        },
      ],
    })
    const answer = await call('POST', '/v1/intents', { body: request })
    expect(answer.json().reason).toEqual({ code: 'throughput', text: 'Meta says slow down.', graph_code: 130429 })
    expect(answer.json().window).toEqual({ open: false, expires_at: null })
  })
})

describe('POST /v1/intents/batch', () => {
  it('answers 200 with a result or an error for each, in order', async () => {
    const { call } = await startServer()
    const intents = [request, { ...request, sender: '1' }, 'nonsense', request]
    const answer = await call('POST', '/v1/intents/batch', { body: { intents } })
    expect(answer.statusCode).toBe(200)
    const { results } = answer.json()
    expect(results.map((one: { id?: string; error?: { code: string } }) => one.id ?? one.error?.code)).toEqual([
      INTENT,
      'sender_unknown',
      'invalid',
      INTENT,
    ])
    expect(batchView.safeParse(answer.json()).success).toBe(true)
  })

  it('takes 1,000 intents in one call of the use-case', async () => {
    const { call, asked } = await startServer()
    const answer = await call('POST', '/v1/intents/batch', { body: { intents: new Array(1000).fill(request) } })
    expect(answer.statusCode).toBe(200)
    expect(asked('enqueueBatch')).toHaveLength(1)
  })

  it('refuses 1,001 intents', async () => {
    const { call, calls } = await startServer()
    const answer = await call('POST', '/v1/intents/batch', { body: { intents: new Array(1001).fill({}) } })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().error).toEqual({
      code: 'invalid',
      message: 'expected intents to have at most 1000 items, got 1001',
      field: 'intents',
    })
    expect(calls).toEqual([])
  })

  it('answers an empty batch with no results', async () => {
    const { call } = await startServer()
    const answer = await call('POST', '/v1/intents/batch', { body: { intents: [] } })
    expect(answer.json()).toEqual({ results: [] })
  })
})

describe('GET /v1/intents', () => {
  it('passes the filters on', async () => {
    const { call, asked } = await startServer()
    const since = '2026-11-20T00:00:00Z'
    await call('GET', `/v1/intents?state=held&sender=${SENDER}&to=%2B${CONTACT}&since=${since}&cursor=abc&limit=1000`)
    expect(asked('listIntents')[0]?.[1]).toEqual({
      state: 'held',
      sender: SENDER,
      to: CONTACT,
      since,
      cursor: 'abc',
      limit: 1000,
    })
  })

  it('lists 100 where no limit is given, and takes an empty filter as none', async () => {
    const { call, asked } = await startServer()
    const answer = await call('GET', '/v1/intents?state=&cursor=')
    expect(asked('listIntents')[0]?.[1]).toEqual({ limit: 100 })
    expect(answer.json()).toMatchObject({ data: [{ id: INTENT }], next_cursor: null })
  })

  it('answers a cursor that the store cannot read with 400', async () => {
    const { call } = await startServer({ listIntents: async () => refusal(400, 'invalid', { field: 'cursor' }) })
    const answer = await call('GET', '/v1/intents?cursor=nonsense')
    expect(answer.statusCode).toBe(400)
    expect(answer.json().error.field).toBe('cursor')
  })
})

describe('one intent', () => {
  it('is read whole', async () => {
    const { call } = await startServer()
    const answer = await call('GET', `/v1/intents/${INTENT}`)
    expect(answer.statusCode).toBe(200)
    expect(intentView.safeParse(answer.json()).error).toBeUndefined()
  })

  it('is found by an id in capitals too', async () => {
    const { call } = await startServer()
    expect((await call('GET', `/v1/intents/${INTENT.toUpperCase()}`)).statusCode).toBe(200)
  })

  it.each(['cancel', 'replay'])('can be asked to %s, with an empty JSON body as clients send it', async (verb) => {
    const { call } = await startServer()
    const answer = await call('POST', `/v1/intents/${INTENT}/${verb}`, { raw: '' })
    expect(answer.statusCode).toBe(200)
    expect(answer.json().id).toBe(INTENT)
  })

  it('answers 409 when it has left already', async () => {
    const { call } = await startServer({ cancelIntent: async () => refusal(409, 'already_dispatching') })
    const answer = await call('POST', `/v1/intents/${INTENT}/cancel`)
    expect(answer.statusCode).toBe(409)
    expect(answer.json().error.code).toBe('already_dispatching')
  })

  it.each([{ outcome: 'sent', wamid: 'wamid.HBgN' }, { outcome: 'sent' }, { outcome: 'not_sent' }])(
    'is settled by %j',
    async (body) => {
      const { call, asked } = await startServer()
      expect((await call('POST', `/v1/intents/${INTENT}/settle`, { body })).statusCode).toBe(200)
      expect(asked('settleIntent')[0]?.[2]).toEqual(body)
    },
  )
})
