import { describe, expect, it } from 'vitest'
import { dropInView, graphErrorView } from '../../src/http/views.ts'
import type { ClientRequest } from '../../src/usecases/pass-through.ts'
import { ADMIN_KEY, CONTACT, INTENT, QUERY_KEY, refusal, SENDER, WABA } from './fake-services.ts'
import { startServer } from './harness.ts'

const send = `/v25.0/${SENDER}/messages`
const message = { messaging_product: 'whatsapp', to: '+5511987654321', type: 'text', text: { body: 'Hello' } }

describe('a send at the drop-in path', () => {
  it.each([send, `/v16.0/${SENDER}/messages`, `/${SENDER}/messages`])(
    'is answered as the Cloud API would: %s',
    async (url) => {
      const { call } = await startServer()
      const answer = await call('POST', url, { body: message })
      expect(answer.statusCode).toBe(200)
      expect(answer.json()).toEqual({
        messaging_product: 'whatsapp',
        contacts: [{ input: '+5511987654321', wa_id: CONTACT }],
        messages: [{ id: INTENT, message_status: 'accepted' }],
      })
      expect(dropInView.safeParse(answer.json()).error).toBeUndefined()
    },
  )

  it('becomes an intent that keeps context and opaque data', async () => {
    const { call, asked } = await startServer()
    const more = { context: { message_id: 'wamid.HBgN' }, biz_opaque_callback_data: 'order-17' }
    await call('POST', send, { body: { ...message, recipient_type: 'individual', ...more } })
    expect(asked('enqueue')[0]?.[1]).toEqual([
      { sender: SENDER, to: '+5511987654321', message: { type: 'text', text: { body: 'Hello' }, ...more } },
    ])
  })

  it.each([
    ['+55 11 98765-4321', '+5511987654321'],
    [CONTACT, { wa_id: CONTACT }],
    ['55 (11) 98765-4321', { wa_id: CONTACT }],
    [Number(CONTACT), { wa_id: CONTACT }],
  ])('reads the recipient %j', async (to, expected) => {
    const { call, asked } = await startServer()
    const answer = await call('POST', send, { body: { ...message, to } })
    expect(asked('enqueue')[0]?.[1]).toMatchObject([{ to: expected }])
    expect(answer.json().contacts).toEqual([{ input: String(to), wa_id: CONTACT }])
  })

  it('reads a BSUID, which the answer names as user_id', async () => {
    const { call, asked } = await startServer()
    const { to: _to, ...rest } = message
    const answer = await call('POST', send, { body: { ...rest, recipient: 'BR.13491208655302741918' } })
    expect(asked('enqueue')[0]?.[1]).toMatchObject([{ to: { user_id: 'BR.13491208655302741918' } }])
    expect(answer.json().contacts).toEqual([{ input: 'BR.13491208655302741918', user_id: 'BR.13491208655302741918' }])
  })

  it('prefers the phone number when both are there, as Meta does', async () => {
    const { call, asked } = await startServer()
    await call('POST', send, { body: { ...message, recipient: 'BR.13491208655302741918' } })
    expect(asked('enqueue')[0]?.[1]).toMatchObject([{ to: '+5511987654321' }])
  })

  it('takes the key from the query, and never makes it part of the message', async () => {
    const { call, asked } = await startServer()
    const body = { ...message, access_token: QUERY_KEY }
    const answer = await call('POST', `${send}?access_token=${QUERY_KEY}`, { key: null, body })
    expect(answer.statusCode).toBe(200)
    expect(JSON.stringify(asked('enqueue')[0]?.[1])).not.toContain(QUERY_KEY)
  })

  it('takes the older scheme of Graph', async () => {
    const { call } = await startServer()
    const answer = await call('POST', send, {
      key: null,
      body: message,
      headers: { authorization: `OAuth ${ADMIN_KEY}` },
    })
    expect(answer.statusCode).toBe(200)
  })

  it('carries the options of the header into the intent', async () => {
    const { call, asked } = await startServer()
    const options = {
      when_closed: { downgrade: { name: 'hi', language: 'pt_BR', parameters: { user: 'João' } } },
      send_at: '2026-11-23T09:00:00Z',
      expires_at: '2026-11-30T09:00:00Z',
      priority: 'transactional',
      idempotency_key: 'order-17',
    }
    // As curl sends it: UTF-8 bytes, which Node reads one by one.
    const header = Buffer.from(JSON.stringify(options)).toString('latin1')
    const answer = await call('POST', send, { body: message, headers: { 'x-casement-options': header } })
    expect(answer.statusCode).toBe(200)
    expect(asked('enqueue')[0]?.[1]).toMatchObject([options])
  })

  it('answers a repeated idempotency key with 200 and the first intent', async () => {
    const { call } = await startServer()
    const headers = { 'x-casement-options': '{"idempotency_key":"repeated"}' }
    const answer = await call('POST', send, { body: message, headers })
    expect(answer.statusCode).toBe(200)
    expect(answer.json().messages[0].id).toBe(INTENT)
  })
})

describe("errors in the Cloud API's shape", () => {
  const cases: [
    what: string,
    status: number,
    code: number,
    url: string,
    more: Parameters<Awaited<ReturnType<typeof startServer>>['call']>[2],
  ][] = [
    ['no key', 401, 190, send, { key: null, body: message }],
    ['a wrong key', 401, 190, send, { key: 'wrong', body: message }],
    ['a wrong key in the query', 401, 190, `${send}?access_token=wrong`, { key: null, body: message }],
    [
      'a key in the query that was not made for it',
      401,
      190,
      `${send}?access_token=${ADMIN_KEY}`,
      { key: null, body: message },
    ],
    ['a key twice', 401, 190, `${send}?access_token=${ADMIN_KEY}&access_token=x`, { key: null, body: message }],
    ['an unknown number', 400, 100, '/v25.0/1/messages', { body: message }],
    ['a number that is none', 400, 100, '/v25.0/abc/messages', { body: message }],
    ['broken JSON', 400, 100, send, { raw: '{' }],
    ['no body', 400, 100, send, {}],
    ['a list', 400, 100, send, { body: [] }],
    ['a form', 415, 100, send, { raw: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['a body over 1 MiB', 413, 100, send, { raw: `"${'x'.repeat(1024 * 1024)}"` }],
    ['no messaging_product', 400, 100, send, { body: { ...message, messaging_product: undefined } }],
    ['nobody to send to', 400, 100, send, { body: { ...message, to: undefined } }],
    ['a list to send to', 400, 100, send, { body: { ...message, to: [CONTACT] } }],
    ['a word to send to', 400, 100, send, { body: { ...message, to: 'Ana' } }],
    ['a group', 400, 100, send, { body: { ...message, recipient_type: 'group' } }],
    ['a text without body', 400, 100, send, { body: { ...message, text: {} } }],
    ['a text that is too long', 400, 100, send, { body: { ...message, text: { body: 'x'.repeat(4097) } } }],
    ['another status than read', 400, 100, send, { body: { messaging_product: 'whatsapp', status: 'delivered' } }],
    ['options that are no JSON', 400, 100, send, { body: message, headers: { 'x-casement-options': 'fail' } }],
    ['an option nobody knows', 400, 100, send, { body: message, headers: { 'x-casement-options': '{"prio":1}' } }],
    [
      'a policy nobody knows',
      400,
      100,
      send,
      { body: message, headers: { 'x-casement-options': '{"when_closed":"wait"}' } },
    ],
    [
      'a conflicting key',
      409,
      100,
      send,
      { body: message, headers: { 'x-casement-options': '{"idempotency_key":"conflict"}' } },
    ],
    [
      'an unknown template',
      404,
      132001,
      send,
      {
        body: {
          messaging_product: 'whatsapp',
          to: CONTACT,
          type: 'template',
          template: { name: 'no_such', language: { code: 'en' } },
        },
      },
    ],
    ['an unknown path', 404, 2500, `/v25.0/${SENDER}/a/b/c`, { body: {} }],
    ['a broken escape', 400, 100, '/v25.0/%E0%A4/messages', { body: message }],
    ['a call past the window', 400, 3, `/v25.0/${SENDER}/marketing_messages`, { body: message }],
    ['a registration', 400, 3, `/v25.0/${SENDER}/deregister`, { body: {} }],
  ]

  it.each(cases)('%s: %i, code %i', async (_what, status, code, url, more) => {
    const { call, asked } = await startServer()
    const answer = await call('POST', url, more)
    expect(answer.statusCode).toBe(status)
    expect(graphErrorView.safeParse(answer.json()).error).toBeUndefined()
    expect(answer.json().error.code).toBe(code)
    expect(asked('passThrough')).toEqual([])
  })

  it('an unknown number has the subcode 33', async () => {
    const { call } = await startServer()
    expect((await call('POST', '/v25.0/1/messages', { body: message })).json().error.error_subcode).toBe(33)
  })

  it('a wrong key is answered like none', async () => {
    const { call } = await startServer()
    const details = async (key: string | null) => {
      const { fbtrace_id: _trace, ...error } = (await call('POST', send, { key, body: message })).json().error
      return error
    }
    expect(await details('wrong')).toEqual(await details(null))
  })

  it('the details name the field as the client wrote it', async () => {
    const { call } = await startServer()
    const details = async (body: object) =>
      (await call('POST', send, { body: { ...message, ...body } })).json().error.error_data.details
    expect(await details({ text: {} })).toMatch(/^expected text\.body /)
    expect(await details({ to: '12' })).toMatch(/^expected "to" to be /)
    expect(await details({ to: null, recipient: 'x' })).toMatch(/^expected recipient to be /)
  })

  it('a failure of ours is code 1, without its cause', async () => {
    const { call, log } = await startServer({
      enqueue: async () => {
        throw new Error('the database is away')
      },
    })
    const answer = await call('POST', send, { body: message })
    expect(answer.statusCode).toBe(500)
    expect(answer.json().error.code).toBe(1)
    expect(answer.body).not.toContain('database')
    expect(log()).toContain(answer.json().error.fbtrace_id)
  })
})

describe('what is passed through to Meta', () => {
  it('is a read of media, with the number that the client names', async () => {
    const { call, asked } = await startServer()
    const url = `/v25.0/42?phone_number_id=${SENDER}&access_token=${QUERY_KEY}&fields=url`
    const answer = await call('GET', url, { key: null, headers: { range: 'bytes=0-9', cookie: 'a=b' } })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['x-fb-trace-id']).toBe('A1')
    const [, request] = asked('passThrough')[0] as [unknown, ClientRequest]
    expect(request).toMatchObject({ method: 'GET', id: '42', edge: '', body: null })
    expect(String(request.query)).toBe(`phone_number_id=${SENDER}&fields=url`)
  })

  it('is a read without a version too', async () => {
    const { call, asked } = await startServer()
    await call('GET', `/${WABA}/message_templates?limit=5`)
    const [, request] = asked('passThrough')[0] as [unknown, ClientRequest]
    expect(request).toMatchObject({ id: WABA, edge: '/message_templates', kinds: ['account'] })
    expect(String(request.query)).toBe('limit=5')
  })

  it('is an upload, streamed and beyond the limit of JSON', async () => {
    const { call } = await startServer()
    const raw = Buffer.alloc(3 * 1024 * 1024, 1)
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    const answer = await call('POST', `/v25.0/${SENDER}/media?messaging_product=whatsapp`, { raw, headers })
    expect(answer.statusCode).toBe(200)
    expect(answer.json().received).toBeGreaterThan(0)
  })

  it.each([
    ['x', 200],
    ['"x"', 200],
    ['----WebKitFormBoundary7MA4YWxkTrZu0gW', 200],
    // Some readers end it there, and see other parts than we do.
    ['x,y', 400],
    ['x"y', 400],
    ['"x"y', 400],
    ['x; boundary=y', 400],
    ['', 400],
  ])('is an upload with the boundary %s: %i', async (boundary, status) => {
    const { call } = await startServer()
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
    const answer = await call('POST', `/v25.0/${SENDER}/media`, { raw: Buffer.from('form'), headers })
    expect(answer.statusCode).toBe(status)
  })

  it('is a read receipt with a typing indicator, and of its body nothing else', async () => {
    const { call, asked } = await startServer()
    const receipt = {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: 'wamid.HBgN',
      typing_indicator: { type: 'text' },
    }
    await call('POST', send, { body: { ...receipt, access_token: ADMIN_KEY, pin: '123456', method: 'delete' } })
    const [, request] = asked('passThrough')[0] as [unknown, ClientRequest]
    expect(request).toMatchObject({ method: 'POST', id: SENDER, edge: '/messages', kinds: ['number'] })
    expect(JSON.parse(String(request.body?.kind === 'bytes' && request.body.bytes))).toEqual(receipt)
    expect(asked('enqueue')).toEqual([])
  })

  it.each([
    ['GET', `/v25.0/${SENDER}/whatsapp_business_profile`],
    ['POST', `/v25.0/${SENDER}/whatsapp_business_profile`],
    ['POST', `/v25.0/${WABA}/message_templates`],
    ['DELETE', `/v25.0/${WABA}/message_templates?name=x`],
    ['POST', '/v25.0/594425479261596'],
    ['DELETE', '/v25.0/42'],
    ['DELETE', `/v25.0/${SENDER}/block_users`],
    ['DELETE', `/v25.0/${SENDER}/message_qrdls/ABC`],
    ['GET', `/v25.0/${SENDER}/message_qrdls/ABC`],
    ['POST', `/v25.0/${SENDER}/message_qrdls`],
    ['GET', '/v25.0/message_template_library?topic=PAYMENTS'],
    ['GET', '/message_template_library'],
  ] as const)('is %s %s', async (method, url) => {
    const { call, asked } = await startServer()
    const answer = await call(method, url, method === 'GET' ? {} : { body: {} })
    expect(answer.statusCode).toBe(200)
    expect(asked('passThrough')).toHaveLength(1)
  })

  it.each([
    ['GET', '/v25.0/me'],
    ['GET', '/v25.0/debug_token?input_token=x'],
    ['GET', '/v25.0/abc/media'],
  ] as const)('is not %s %s', async (method, url) => {
    const { call, asked } = await startServer()
    const answer = await call(method, url)
    expect(answer.statusCode).toBe(404)
    expect(answer.json().error.code).toBe(2500)
    expect(asked('passThrough')).toEqual([])
  })

  it('needs a key', async () => {
    const { call, calls } = await startServer()
    const answer = await call('GET', '/v25.0/42', { key: null })
    expect(answer.statusCode).toBe(401)
    expect(answer.json().error.code).toBe(190)
    expect(calls).toEqual([])
  })

  it('comes back with the status of Meta', async () => {
    const { call } = await startServer({
      passThrough: async () => ({ ok: true, value: { status: 418, headers: {}, json: { error: {} }, kind: null } }),
    })
    const answer = await call('GET', '/v25.0/42')
    expect([answer.statusCode, answer.json()]).toEqual([418, { error: {} }])
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it('is a file, under an address of ours, which no browser shows as a page', async () => {
    const { call } = await startServer()
    const { url } = (await call('GET', '/v25.0/42', { headers: { host: 'casement.example' } })).json()
    expect(url).toBe('http://casement.example/v25.0/42/content')
    const answer = await call('GET', new URL(url).pathname)
    expect(answer.rawPayload).toEqual(Buffer.from([0, 255, 1]))
    expect(answer.headers).toMatchObject({ 'content-type': 'image/png', 'content-disposition': 'attachment' })
    expect(answer.headers['content-security-policy']).toContain('sandbox')
  })

  it('has addresses of ours as the configuration names us, behind whatever proxy', async () => {
    const { call } = await startServer({}, { publicUrl: 'https://casement.example/wa' })
    expect((await call('GET', '/v25.0/42')).json().url).toBe('https://casement.example/wa/v25.0/42/content')
    expect((await call('GET', '/42')).json().url).toBe('https://casement.example/wa/42/content')
  })

  it.each([
    [404, 400, 100],
    [502, 503, 2],
  ] as const)('answers a refusal %i in the shape, too', async (refused, status, code) => {
    const { call } = await startServer({ passThrough: async () => refusal(refused, 'no_token') })
    const answer = await call('GET', '/v25.0/42')
    expect(answer.statusCode).toBe(status)
    expect(answer.json().error.code).toBe(code)
  })
})
