import { describe, expect, it } from 'vitest'
import { ANA, call, NOON, NUMBER, named, sendTemplate, sendText, startHook, startSandbox } from './support.ts'

describe('the controls over HTTP', () => {
  it('play the customer', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    const values = named({ user: 'Ana', your_name: 'Sam', company: 'Lucky Shrub' })
    await sendTemplate(sandbox, 'keep_helping', {}, values)
    const act = (path: string, body: unknown = {}) => call(sandbox, 'POST', `/sandbox/customers/${ANA}/${path}`, body)
    const steps: [string, unknown][] = [
      ['say', { phone_number_id: NUMBER, text: 'hi' }],
      ['tap', { phone_number_id: NUMBER, label: 'Yes, please!' }],
      ['arrive-from-ad', { phone_number_id: NUMBER }],
      ['send', { content: { type: 'location', location: { latitude: 1, longitude: 2 } } }],
      ['call', {}],
      ['react', {}],
      ['read', {}],
      ['stop-marketing', {}],
      ['resume-marketing', {}],
      ['change-number', { wa_id: '5511900000001' }],
    ]
    for (const [path, body] of steps) expect([path, (await act(path, body)).status]).toEqual([path, 200])
    await sandbox.settled()
    expect(hook.messages().map((message) => message.type)).toEqual([
      'text',
      'button',
      'text',
      'location',
      'reaction',
      'system',
    ])
  })

  it('turn the clock', async () => {
    const sandbox = await startSandbox()
    sandbox.customers.say(ANA, { text: 'hi' })
    const { body } = await call(sandbox, 'POST', '/sandbox/clock', { advance_ms: 86_400_000 })
    expect(body).toEqual({ now: new Date(NOON + 86_400_000).toISOString() })
    expect((await sendText(sandbox)).status).toBe(400)
  })

  it('turn knobs, and refuse what is not one', async () => {
    const sandbox = await startSandbox()
    expect((await call(sandbox, 'PATCH', '/sandbox/knobs', { readShare: 0.5 })).body).toMatchObject({ readShare: 0.5 })
    expect((await call(sandbox, 'PATCH', '/sandbox/knobs', { readShare: 5 })).status).toBe(400)
    const unknown = await call(sandbox, 'PATCH', '/sandbox/knobs', { volume: 11 })
    expect([unknown.status, unknown.body]).toMatchObject([
      400,
      { error: { message: expect.stringContaining('volume') } },
    ])
    expect((await call(sandbox, 'GET', '/sandbox/knobs')).body).toMatchObject({ readShare: 0.5, pairBurst: 45 })
  })

  it('script faults and clear them', async () => {
    const sandbox = await startSandbox()
    await call(sandbox, 'POST', '/sandbox/faults', { kind: 'http_500', times: 3 })
    expect((await sendTemplate(sandbox)).status).toBe(500)
    expect((await call(sandbox, 'GET', '/sandbox/faults')).body.data).toMatchObject([{ kind: 'http_500', times: 2 }])
    await call(sandbox, 'DELETE', '/sandbox/faults')
    expect((await sendTemplate(sandbox)).status).toBe(200)
  })

  it('add senders, tokens, templates and customers', async () => {
    const sandbox = await startSandbox()
    const sender = { id: '999', waba_id: '888', display_phone_number: '+49 30 123456', portfolio_id: '777' }
    expect((await call(sandbox, 'POST', '/sandbox/senders', sender)).body).toMatchObject({
      id: '999',
      display_phone_number: '4930123456',
    })
    await call(sandbox, 'POST', '/sandbox/tokens', { token: 'second', waba_ids: ['888'] })
    expect((await call(sandbox, 'GET', '/999', undefined, 'second')).status).toBe(200)
    const template = {
      waba_id: '888',
      name: 'notice',
      language: 'en',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'x' }],
    }
    const { status, body } = await call(sandbox, 'POST', '/sandbox/templates', template)
    expect([status, body.status]).toEqual([201, 'APPROVED'])
    expect(
      (await call(sandbox, 'PATCH', `/sandbox/templates/${String(body.id)}`, { status: 'PAUSED' })).body.status,
    ).toBe('PAUSED')
    expect((await call(sandbox, 'POST', '/sandbox/customers', { wa_id: '4930777', name: 'Mia' })).status).toBe(201)
    expect((await call(sandbox, 'POST', '/sandbox/customers', { wa_id: '4930777' })).status).toBe(409)
    expect((await call(sandbox, 'PATCH', '/sandbox/senders/999', { refuse_with: 131031 })).body.refuse_with).toBe(
      131031,
    )
  })

  it('show the phones, the last active one first', async () => {
    const sandbox = await startSandbox()
    sandbox.customers.say(ANA, { text: 'hi' })
    const { body } = await call(sandbox, 'GET', '/sandbox/customers')
    expect((body.data as unknown[])[0]).toMatchObject({
      wa_id: ANA,
      name: 'Ana Souza',
      threads: [{ phone_number_id: NUMBER, window: { open: true }, messages: [{ direction: 'in', text: 'hi' }] }],
    })
  })

  it('show what became of the webhooks', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox()
    await call(sandbox, 'PUT', '/sandbox/webhook-url', { url: hook.url })
    await call(sandbox, 'POST', '/sandbox/webhooks', { field: 'account_update', value: { event: 'X' } })
    await sandbox.settled()
    expect((await call(sandbox, 'GET', '/sandbox/webhooks')).body).toMatchObject({
      stats: { events: 1, delivered: 1 },
      data: [{ url: hook.url, fields: ['account_update'], status: 200, tries: 1 }],
    })
  })

  it.each([
    ['POST', '/sandbox/customers/nobody/say', { text: 'hi' }, 404],
    ['POST', `/sandbox/customers/${ANA}/say`, {}, 400],
    ['POST', `/sandbox/customers/${ANA}/say`, { text: 'hi', phone_number_id: '0' }, 404],
    ['POST', `/sandbox/customers/${ANA}/tap`, { label: 'none' }, 409],
    ['POST', '/sandbox/faults', { kind: 'earthquake' }, 400],
    ['POST', '/sandbox/clock', { advance_ms: -1 }, 400],
    ['PATCH', '/sandbox/templates/1', { status: 'PAUSED' }, 404],
  ])('say what is wrong: %s %s', async (method, path, body, status) => {
    const sandbox = await startSandbox()
    const answer = await call(sandbox, method, path, body)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ error: { message: expect.any(String) } })
  })
})

describe('the customer’s phone', () => {
  it('is one page that loads nothing from outside', async () => {
    const sandbox = await startSandbox()
    const response = await fetch(`${sandbox.url}/`)
    const html = await response.text()
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(html).toContain('<title>Customer')
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//)
  })

  it('has a script that parses', async () => {
    const sandbox = await startSandbox()
    const html = await (await fetch(`${sandbox.url}/`)).text()
    const script = /<script>([\s\S]*)<\/script>/.exec(html)?.[1] ?? ''
    expect(() => new Function(script)).not.toThrow()
  })

  it('labels every field and button', async () => {
    const sandbox = await startSandbox()
    const html = await (await fetch(`${sandbox.url}/`)).text()
    for (const id of ['number', 'text']) expect(html).toContain(`for="${id}"`)
    for (const [button] of html.matchAll(/<button[^>]*>\s*<\/button>/g)) expect(button).toContain('aria-label')
  })

  it('hears of changes by server-sent events', async () => {
    const sandbox = await startSandbox()
    const response = await fetch(`${sandbox.url}/sandbox/events`)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toContain('event: change')
    sandbox.customers.say(ANA, { text: 'hi' })
    expect((await reader?.read())?.value).toContain('event: change')
    await reader?.cancel()
  })
})
