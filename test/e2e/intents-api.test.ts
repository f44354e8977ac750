import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EnqueuedJson, type Harness, type IntentJson, LINK, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { KEEP_HELPING, ORDER_UPDATE, SECOND_MS, templateMessage, text } from './fixtures.ts'

const SLOW_SENDER = '106540352242777'

interface ErrorJson {
  error: { code: string; message: string; field?: string }
}

type ResultJson = EnqueuedJson & ErrorJson

describeEachLaneEngine('the intents of the API', (engine) => {
  let casement: Harness

  beforeAll(async () => {
    casement = await startHarness(engine, { sweepEveryMs: 500 })
    casement.sandbox.addSender({ id: SLOW_SENDER, waba_id: LINK.waba_id, display_phone_number: '15550783884' })
    await casement.api('POST', '/v1/senders', { ...LINK, phone_number_id: SLOW_SENDER, throughput_mps: 10 })
  })
  afterAll(() => casement.close())

  const post = <Body = ResultJson>(path: string, body?: unknown) => casement.api<Body>('POST', path, body)
  const request = (customer: string, more: object = {}) => ({
    sender: casement.sender,
    to: `+${customer}`,
    message: text('Hi'),
    ...more,
  })
  const batch = async (intents: unknown[]) =>
    (await post<{ results: ResultJson[] }>('/v1/intents/batch', { intents })).body.results
  const stored = async () => (await casement.query<{ n: number }>('select count(*)::int as n from intents'))[0]?.n

  describe('that cannot be read', () => {
    const good = { sender: '106540352242922', to: '+5511900999999', message: text('Hi') }
    const followUp = (more: object) => ({ ...good, when_closed: { follow_up: { ...KEEP_HELPING, ...more } } })

    it.each<[string, object, number, string]>([
      ['no recipient', { ...good, to: undefined }, 400, 'to'],
      ['a number without +', { ...good, to: '5511987654321' }, 400, 'to'],
      ['a number that is too short', { ...good, to: '+5511' }, 400, 'to'],
      ['a wa_id with a +', { ...good, to: { wa_id: '+5511987654321' } }, 400, 'to.wa_id'],
      ['two recipients', { ...good, to: { wa_id: '5511987654321', user_id: 'BR.1' } }, 400, 'to'],
      ['no sender', { ...good, sender: undefined }, 400, 'sender'],
      ['an unknown sender', { ...good, sender: '1' }, 404, 'sender'],
      ['no message', { ...good, message: undefined }, 400, 'message'],
      ['a message of an unknown type', { ...good, message: { type: 'hologram', hologram: {} } }, 400, 'message.type'],
      ['an empty text', { ...good, message: text('') }, 400, 'message.text.body'],
      ['a text that is too long', { ...good, message: text('x'.repeat(4097)) }, 400, 'message.text.body'],
      ['a text with NUL', { ...good, message: text('a\u0000b') }, 400, 'message.text.body'],
      ['an image without link or id', { ...good, message: { type: 'image', image: {} } }, 400, 'message.image'],
      ['an unknown policy', { ...good, when_closed: 'later' }, 400, 'when_closed'],
      ['an unknown template', followUp({ name: 'nobody_knows' }), 404, 'when_closed'],
      ['a template without its parameters', followUp({ parameters: { user: 'Ana' } }), 400, 'when_closed'],
      [
        'an unknown template message',
        { ...good, message: templateMessage({ ...ORDER_UPDATE, name: 'nope' }) },
        404,
        'message.template.name',
      ],
      ['an unknown priority', { ...good, priority: 'urgent' }, 400, 'priority'],
      ['an unknown delivery', { ...good, delivery: 'exactly_once' }, 400, 'delivery'],
      ['a time without zone', { ...good, send_at: '2026-11-23T09:00:00' }, 400, 'send_at'],
      ['an end in the past', { ...good, expires_at: '2020-01-01T00:00:00Z' }, 400, 'expires_at'],
      [
        'an end before the start',
        { ...good, send_at: '2027-01-02T00:00:00Z', expires_at: '2027-01-01T00:00:00Z' },
        400,
        'expires_at',
      ],
      ['a start that was over long ago', { ...good, send_at: '2026-01-01T00:00:00Z' }, 400, 'send_at'],
      ['a start in ten years', { ...good, send_at: '2036-01-01T00:00:00Z' }, 400, 'send_at'],
      ['a key that is too long', { ...good, idempotency_key: 'k'.repeat(256) }, 400, 'idempotency_key'],
    ])('%s: is refused by name, and nothing is stored', async (_what, body, status, field) => {
      const before = await stored()
      const answer = await post('/v1/intents', body)
      expect(answer).toMatchObject({ status, body: { error: { field: expect.stringContaining(field) } } })
      expect(answer.body.error.message).toMatch(/expected|Template/)
      expect(await stored()).toBe(before)
      expect((await casement.api('GET', '/v1/contacts/5511900999999')).status).toBe(404)
    })
  })

  it('with a misspelt member are refused by its name', async () => {
    const answer = await post('/v1/intents', request(casement.stranger(), { expire_at: '2027-01-01T00:00:00Z' }))
    expect(answer).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('expire_at') } } })
  })

  describe('with an idempotency key', () => {
    it('asked for twenty times at once are one', async () => {
      const customer = casement.stranger()
      await casement.writes(customer)
      const body = request(customer, { idempotency_key: `once-${customer}` })
      const answers = await Promise.all(Array.from({ length: 20 }, () => post('/v1/intents', body)))
      expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1)
      expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 202])
      await casement.intentIn(answers[0]?.body.id as string, 'sent')
      expect(casement.received(customer)).toEqual(['Hi'])
    })

    it('are the same however their members are ordered, and a conflict when they are not the same', async () => {
      const customer = casement.stranger()
      const first = await post(
        '/v1/intents',
        request(customer, { idempotency_key: customer, metadata: { a: 1, b: 2 } }),
      )
      const { sender, to, message } = request(customer)
      const again = await post('/v1/intents', {
        metadata: { b: 2, a: 1 },
        idempotency_key: customer,
        message,
        to,
        sender,
      })
      expect(again).toMatchObject({ status: 200, body: { id: first.body.id } })
      const other = await post('/v1/intents', request(customer, { idempotency_key: customer }))
      expect(other).toMatchObject({
        status: 409,
        body: { error: { code: 'idempotency_conflict', field: 'idempotency_key' } },
      })
    })

    it('are known after they are over', async () => {
      const customer = casement.stranger()
      const body = request(customer, { idempotency_key: customer, when_closed: 'fail' })
      const first = await post('/v1/intents', body)
      await casement.intentIn(first.body.id, 'failed')
      expect(await post('/v1/intents', body)).toMatchObject({
        status: 200,
        body: { id: first.body.id, state: 'failed', reason: { code: 'window_closed' } },
      })
    })
  })

  describe('in a batch', () => {
    it('are answered in order, and one mistake stops no other', async () => {
      const [one, two] = [casement.stranger(), casement.stranger()]
      for (const customer of [one, two]) await casement.writes(customer)
      const results = await batch([
        request(one),
        { ...request(one), to: 'nobody' },
        { ...request(two), idempotency_key: two },
        { ...request(one), sender: '1' },
        { ...request(two), idempotency_key: two },
        { ...request(two), idempotency_key: two, metadata: 1 },
        'no object',
      ])
      expect(results.map((result) => result.error?.field ?? (result.error ? 'error' : 'ok'))).toEqual(
        expect.arrayContaining(['ok', 'to', 'sender', 'idempotency_key']),
      )
      expect(results.map((result) => 'id' in result)).toEqual([true, false, true, false, true, false, false])
      expect(results[4]?.id).toBe(results[2]?.id)
      await casement.intentIn(results[0]?.id as string, 'sent')
      await casement.intentIn(results[2]?.id as string, 'sent')
      expect([casement.received(one), casement.received(two)]).toEqual([['Hi'], ['Hi']])
    })

    it('may be none, and not more than a thousand', async () => {
      expect(await batch([])).toEqual([])
      const tooMany = await post('/v1/intents/batch', { intents: Array.from({ length: 1001 }, () => ({})) })
      expect(tooMany).toMatchObject({ status: 400, body: { error: { field: 'intents' } } })
    })
  })

  describe('and their operators', () => {
    it('cancel what has not left, once', async () => {
      const { id } = await casement.enqueue(
        request(casement.stranger(), { send_at: new Date(Date.now() + 60_000).toISOString() }),
      )
      expect(await post<IntentJson>(`/v1/intents/${id}/cancel`)).toMatchObject({
        status: 200,
        body: { state: 'cancelled', reason: { code: 'by_request' }, due_at: null },
      })
      expect((await post(`/v1/intents/${id}/cancel`)).status).toBe(409)
    })

    it('cancel what is held, and a later answer releases nothing', async () => {
      const customer = casement.stranger()
      const { id } = await casement.enqueue(request(customer))
      await casement.intentIn(id, 'held')
      expect((await post(`/v1/intents/${id}/cancel`)).status).toBe(200)
      await casement.writes(customer)
      expect(await casement.intent(id)).toMatchObject({ state: 'cancelled' })
      expect(casement.received(customer)).toEqual([])
    })

    it('cancel nothing that has left', async () => {
      const customer = casement.stranger()
      await casement.writes(customer)
      const { id } = await casement.enqueue(request(customer))
      await casement.intentIn(id, 'sent')
      const refused = await post(`/v1/intents/${id}/cancel`)
      expect(refused).toMatchObject({ status: 409, body: { error: { code: 'wrong_state' } } })
    })

    it('replay what failed or was cancelled, and nothing else', async () => {
      const customer = casement.stranger()
      const { id } = await casement.enqueue(request(customer, { when_closed: 'fail' }))
      await casement.intentIn(id, 'failed')
      await casement.writes(customer)
      expect((await post(`/v1/intents/${id}/replay`)).status).toBe(200)
      await casement.intentIn(id, 'sent')
      expect((await post(`/v1/intents/${id}/replay`)).status).toBe(409)
      expect(casement.received(customer)).toEqual(['Hi'])
    })

    it('settle nothing that is not in doubt', async () => {
      const { id } = await casement.enqueue(request(casement.stranger()))
      await casement.intentIn(id, 'held')
      expect((await post(`/v1/intents/${id}/settle`, { outcome: 'not_sent' })).status).toBe(409)
      expect((await post(`/v1/intents/${id}/settle`, { outcome: 'perhaps' })).status).toBe(400)
    })

    it('meet 404 for what does not exist', async () => {
      const id = '01a20336-ca4d-7052-8ee6-e7ceff508434'
      for (const verb of ['cancel', 'replay']) expect((await post(`/v1/intents/${id}/${verb}`)).status).toBe(404)
      expect((await casement.api('GET', `/v1/intents/${id}`)).status).toBe(404)
      expect((await casement.api('GET', '/v1/intents/nonsense')).status).toBe(404)
    })
  })

  describe('in time', () => {
    it('leave when they are due and not before', async () => {
      const customer = casement.stranger()
      await casement.writes(customer)
      const sendAt = Date.now() + 1_500
      const { id, state } = await casement.enqueue(request(customer, { send_at: new Date(sendAt).toISOString() }))
      expect(state).toBe('scheduled')
      expect(await casement.intent(id)).toMatchObject({ due_at: new Date(sendAt).toISOString() })
      await casement.intentIn(id, 'sent')
      expect(Date.parse(casement.calls(customer)[0]?.at as string)).toBeGreaterThanOrEqual(sendAt)
    })

    it('end when their time is over: held, on their way, or behind a paused sender', async () => {
      const inAMinute = new Date(Date.now() + 60_000).toISOString()
      await casement.api('POST', `/v1/senders/${SLOW_SENDER}/pause`)
      const held = await casement.enqueue(
        request(casement.stranger(), { expires_at: new Date(Date.now() + SECOND_MS).toISOString() }),
      )
      const scheduled = await casement.enqueue(request(casement.stranger(), { send_at: inAMinute }))
      const paused = await casement.enqueue(request(casement.stranger(), { sender: SLOW_SENDER, send_at: inAMinute }))
      await casement.query(
        `update intents set send_at = now() - interval '2 s', expires_at = now() - interval '1 s', due_at = now() where id = any ($1::uuid[])`,
        [[scheduled.id, paused.id]],
      )
      for (const { id } of [held, scheduled, paused]) {
        expect(await casement.intentIn(id, 'expired')).toMatchObject({ reason: { code: 'expired' }, due_at: null })
      }
      await casement.api('POST', `/v1/senders/${SLOW_SENDER}/resume`)
    })
  })

  describe('in order', () => {
    it('twenty messages to one customer leave as they were enqueued (P5)', async () => {
      const customer = casement.stranger()
      await casement.writes(customer)
      const bodies = Array.from({ length: 20 }, (_, n) => `message ${n + 1}`)
      const ids: string[] = []
      for (const body of bodies) ids.push((await casement.enqueue(request(customer, { message: text(body) }))).id)
      await casement.intentIn(ids.at(-1) as string, 'sent')
      expect(casement.received(customer)).toEqual(bodies)
    })

    it('also when they come in one batch, and the first of them stumbles (P5)', async () => {
      const customer = casement.stranger()
      await casement.writes(customer)
      casement.sandbox.addFault({ kind: 'graph_error', code: 131016, match: { to: customer } })
      const bodies = Array.from({ length: 10 }, (_, n) => `message ${n + 1}`)
      const results = await batch(bodies.map((body) => request(customer, { message: text(body) })))
      await Promise.all(results.map(({ id }) => casement.intentIn(id, 'sent')))
      expect(casement.received(customer)).toEqual(bodies)
    })

    it('a reply overtakes a campaign that is due as a whole (P10)', async () => {
      const customer = casement.stranger()
      casement.sandbox.customers.say(customer, { text: 'Hello', phone_number_id: SLOW_SENDER })
      await casement.told()
      const campaign = Array.from({ length: 40 }, () =>
        request(casement.stranger(), {
          sender: SLOW_SENDER,
          message: templateMessage(ORDER_UPDATE),
          priority: 'campaign',
        }),
      )
      const results = await batch(campaign)
      // The campaign has begun.
      await eventually(async () => {
        const states = await casement.query<{ state: string }>(
          `select state from intents where id = any ($1::uuid[])`,
          [results.map(({ id }) => id)],
        )
        return states.some(({ state }) => state === 'sent')
      })
      const reply = await casement.enqueue(request(customer, { sender: SLOW_SENDER }))
      await casement.intentIn(reply.id, 'sent')
      const backlog = await casement.query(
        `select from intents where priority = 3 and state = 'scheduled' and phone_number_id = $1`,
        [SLOW_SENDER],
      )
      expect(backlog.length).toBeGreaterThan(0)
      const order = casement.sandbox.ledger().filter(({ phone_number_id }) => phone_number_id === SLOW_SENDER)
      expect(order.length).toBeLessThan(campaign.length)
    })
  })

  it('are listed, newest first, by state and recipient', async () => {
    const customer = casement.stranger()
    const first = await casement.enqueue(request(customer))
    const second = await casement.enqueue(request(customer, { when_closed: 'fail' }))
    await casement.intentIn(first.id, 'held')
    await casement.intentIn(second.id, 'failed')
    const ids = async (query: string) => {
      const { body } = await casement.api<{ data: IntentJson[] }>('GET', `/v1/intents?to=${customer}${query}`)
      return body.data.map(({ id }) => id)
    }
    expect(await ids('')).toEqual([second.id, first.id])
    expect(await ids('&state=held')).toEqual([first.id])
    expect(await ids('&state=failed&limit=1')).toEqual([second.id])
    expect((await casement.api('GET', '/v1/intents?state=nonsense')).status).toBe(400)
    expect((await casement.api('GET', '/v1/intents?cursor=nonsense')).status).toBe(400)
  })
})
