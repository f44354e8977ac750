import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generatedSecrets } from '../../src/generated-secrets.ts'
import { emptyDirectory, intentAs, runCli, startFakeApi } from './support.ts'

const ID = '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10'
const SENDER = '106540352242922'
const enqueued = {
  id: ID,
  state: 'scheduled',
  reason: null,
  window: { open: false, expires_at: null },
  forecast: { at: '2026-11-22T09:00:00.000Z', kind: 'hold', reason: { code: 'awaiting_window', text: 'Waiting.' } },
}

function fileWith(content: unknown): string {
  const directory = emptyDirectory()
  mkdirSync(directory, { recursive: true })
  const path = join(directory, 'document.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe('the API key', () => {
  const ENVIRONMENT = 'environment-'.repeat(3)
  const ask = async (args: string[], env: Record<string, string>) => {
    const { url, calls } = await startFakeApi(() => ({ body: { data: [], next_cursor: null } }))
    await runCli(['sender', 'list', '--url', url, ...args], env)
    return calls[0]?.authorization
  }

  it('is the one given', async () => {
    expect(await ask(['--key', 'given'], { CASEMENT_API_KEY: ENVIRONMENT })).toBe('Bearer given')
  })

  it('is else that of the environment', async () => {
    expect(await ask([], { CASEMENT_API_KEY: ENVIRONMENT })).toBe(`Bearer ${ENVIRONMENT}`)
  })

  it('is else the one generated in the data directory', async () => {
    const dataDir = emptyDirectory()
    const { apiKey } = await generatedSecrets(dataDir)
    expect(await ask([], { CASEMENT_DATA_DIR: dataDir })).toBe(`Bearer ${apiKey}`)
  })
})

describe('send', () => {
  it('enqueues a text with its options', async () => {
    const { url, calls } = await startFakeApi(() => ({ status: 202, body: enqueued }))
    const options = [
      '--when-closed',
      '{"downgrade":{"name":"hello_world","language":"en_US"}}',
      '--priority',
      'campaign',
    ]
    const times = ['--send-at', '2026-11-23T10:00:00+01:00', '--expires-at', '2026-11-24T00:00:00Z']
    const { code, stdout } = await runCli(['send', SENDER, '+5511987654321', 'Hi', '--url', url, ...options, ...times])
    expect(code).toBe(0)
    expect(calls).toMatchObject([
      {
        method: 'POST',
        path: '/v1/intents',
        body: {
          sender: SENDER,
          to: '+5511987654321',
          message: { type: 'text', text: { body: 'Hi' } },
          when_closed: { downgrade: { name: 'hello_world', language: 'en_US' } },
          priority: 'campaign',
          send_at: '2026-11-23T09:00:00.000Z',
          expires_at: '2026-11-24T00:00:00.000Z',
        },
      },
    ])
    expect(stdout).toContain('never open: the customer has not written')
  })

  it.each([
    [
      'a local time of a zone',
      ['--send-at', '2026-12-01T09:00', '--time-zone', 'contact'],
      { send_at: { local: '2026-12-01T09:00', time_zone: 'contact' } },
    ],
    ['the end of the window', ['--send-at', 'before-close'], { send_at: 'before_close' }],
    ['what ends it first', ['--cancel-on', 'reply,colleague'], { cancel_on: ['reply', 'colleague'] }],
  ])('asks for %s', async (_, words, body) => {
    const { url, calls } = await startFakeApi(() => ({ status: 202, body: enqueued }))
    expect((await runCli(['send', SENDER, '+5511987654321', 'Hi', '--url', url, ...words])).code).toBe(0)
    expect(calls[0]?.body).toMatchObject(body)
  })

  it('takes a zone only for a time without one', async () => {
    const words = ['--send-at', '2026-12-01T09:00Z', '--time-zone', 'UTC']
    expect((await runCli(['send', SENDER, '+5511987654321', 'Hi', '--url', 'http://127.0.0.1:1', ...words])).code).toBe(
      2,
    )
  })

  it('says what will become of it, by word of the server or as an older one tells it', async () => {
    const send = async (forecast: object) => {
      const { url } = await startFakeApi(() => ({ status: 202, body: { ...enqueued, forecast } }))
      return (await runCli(['send', SENDER, '+5511987654321', 'Hi', '--url', url])).stdout
    }
    expect(await send(enqueued.forecast)).toContain('hold: Waiting.')
    const told = await send({ ...enqueued.forecast, text: 'It will wait for the customer to write.' })
    expect(told).toContain('It will wait for the customer to write.')
    expect(told).not.toContain('hold: Waiting.')
  })

  it('is shown with what will become of it for as long as it waits', async () => {
    const show = async (more: object) => {
      const { url } = await startFakeApi(() => ({ body: intentAs('scheduled', { ...more }) }))
      return (await runCli(['intent', 'show', ID, '--url', url])).stdout
    }
    const forecast = { ...enqueued.forecast, text: 'It will wait for the customer to write.' }
    expect(await show({ forecast })).toContain('It will wait for the customer to write.')
    expect(await show({ forecast: null })).not.toContain('forecast')
  })

  it('prints the answer as it came with --json', async () => {
    const { url } = await startFakeApi(() => ({ status: 202, body: { ...enqueued, added_later: 1 } }))
    const { stdout } = await runCli(['send', SENDER, '+5511987654321', 'Hi', '--url', url, '--json'])
    expect(JSON.parse(stdout)).toEqual({ ...enqueued, added_later: 1 })
  })

  it.each([
    [
      'names',
      ['user=Ana', 'company=A=B'],
      [
        { type: 'text', parameter_name: 'user', text: 'Ana' },
        { type: 'text', parameter_name: 'company', text: 'A=B' },
      ],
    ],
    [
      'positions',
      ['2=#17', '1=Ana'],
      [
        { type: 'text', text: 'Ana' },
        { type: 'text', text: '#17' },
      ],
    ],
  ])('puts template values by their %s into the body', async (_, words, parameters) => {
    const { url, calls } = await startFakeApi(() => ({ status: 202, body: enqueued }))
    await runCli(['send', SENDER, '5511987654321', '--url', url, '--template', 'keep_helping', '--param', ...words])
    expect(calls[0]?.body).toMatchObject({
      to: { wa_id: '5511987654321' },
      message: {
        type: 'template',
        template: { name: 'keep_helping', language: { code: 'en' }, components: [{ type: 'body', parameters }] },
      },
    })
  })

  it('writes to a BSUID', async () => {
    const { url, calls } = await startFakeApi(() => ({ status: 202, body: enqueued }))
    await runCli(['send', SENDER, 'BR.13491208655302741918', 'Hi', '--url', url])
    expect(calls[0]?.body).toMatchObject({ to: { user_id: 'BR.13491208655302741918' } })
  })

  it('waits until the intent is sent, and shows it', async () => {
    const states = [enqueued, intentAs('dispatching'), intentAs('sent', { sent_as: 'free_form', wamid: 'wamid.X' })]
    const { url } = await startFakeApi((_, index) => ({ body: states[Math.min(index, 2)] }))
    const { code, stdout, stderr } = await runCli(['send', SENDER, '+5511987654321', 'Hi', '--wait', '--url', url])
    expect(code).toBe(0)
    expect(stderr.split('\n')).toEqual(['dispatching', 'sent'])
    expect(stdout).toContain('wamid.X')
    expect(stdout).not.toContain('a secret between two people')
  })

  it('ends with exit code 1 when the intent ended unsent', async () => {
    const reason = { code: 'window_closed', text: 'The window is closed.' }
    const states = [enqueued, intentAs('failed', { reason })]
    const { url } = await startFakeApi((_, index) => ({ body: states[Math.min(index, 1)] }))
    const { code, stdout } = await runCli(['send', SENDER, '+5511987654321', 'Hi', '--wait', '--json', '--url', url])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ state: 'failed', reason })
  })
})

describe('window', () => {
  it('shows both clocks and what waits', async () => {
    const { url, calls } = await startFakeApi(() => ({
      body: {
        sender: SENDER,
        contact: { wa_id: '5511987654321', user_id: null, name: 'Ana', username: null, marketing: 'unknown' },
        customer_service_window: { open: false, opened_at: null, expires_at: '2026-11-21T09:00:00.000Z' },
        free_entry_point: { state: 'confirmed', open: true, reply_by: null, expires_at: '2026-11-24T09:00:00.000Z' },
        messages: [],
        waiting: [intentAs('held', { reason: { code: 'awaiting_answer', text: 'Asked.' } })],
      },
    }))
    const { code, stdout } = await runCli(['window', SENDER, '+55 11 98765-4321', '--url', url])
    expect(code).toBe(0)
    expect(calls[0]?.path).toBe(`/v1/conversations/${SENDER}/5511987654321`)
    expect(stdout).toContain('closed since 2026-11-21T09:00:00.000Z')
    expect(stdout).toContain('open until 2026-11-24T09:00:00.000Z (confirmed)')
    expect(stdout).toMatch(new RegExp(`${ID} +held +awaiting_answer`))
  })
})

describe('intent', () => {
  it.each([
    ['show', ['show', ID], 'GET', `/v1/intents/${ID}`, undefined],
    [
      'change',
      ['change', ID, '--text', 'Hi', '--send-at', 'before_close', '--priority', 'reply', '--cancel-on', 'reply'],
      'PATCH',
      `/v1/intents/${ID}`,
      {
        message: { type: 'text', text: { body: 'Hi' } },
        send_at: 'before_close',
        priority: 'reply',
        cancel_on: ['reply'],
      },
    ],
    [
      'change without cancel_on',
      ['change', ID, '--send-at', '2026-12-01T09:00:00+01:00', '--cancel-on', ''],
      'PATCH',
      `/v1/intents/${ID}`,
      { send_at: '2026-12-01T08:00:00.000Z', cancel_on: null },
    ],
    ['cancel', ['cancel', ID], 'POST', `/v1/intents/${ID}/cancel`, undefined],
    ['replay', ['replay', ID], 'POST', `/v1/intents/${ID}/replay`, undefined],
    [
      'settle',
      ['settle', ID, '--sent', '--wamid', 'wamid.X'],
      'POST',
      `/v1/intents/${ID}/settle`,
      { outcome: 'sent', wamid: 'wamid.X' },
    ],
    ['settle', ['settle', ID, '--not-sent'], 'POST', `/v1/intents/${ID}/settle`, { outcome: 'not_sent' }],
  ])('%s asks for what it says and prints the intent', async (_, args, method, path, body) => {
    const { url, calls } = await startFakeApi(() => ({ body: intentAs('sent') }))
    const { code, stdout } = await runCli(['intent', ...args, '--url', url, '--json'])
    expect(code).toBe(0)
    expect(calls).toMatchObject([{ method, path, body }])
    expect(JSON.parse(stdout)).toEqual(intentAs('sent'))
  })

  it('lists by its filters, a line each, and tells where to go on', async () => {
    const body = {
      data: [intentAs('held', { reason: { code: 'awaiting_window', text: 'Waits.' } })],
      next_cursor: 'abc',
    }
    const { url, calls } = await startFakeApi(() => ({ body }))
    const filters = ['--state', 'held', '--to', '+5511987654321', '--limit', '5']
    const { stdout, stderr } = await runCli(['intent', 'list', '--url', url, ...filters])
    expect(calls[0]?.path).toBe('/v1/intents?state=held&to=5511987654321&limit=5')
    expect(stdout).toMatch(new RegExp(`${ID} +held +awaiting_window +5511987654321`))
    expect(stderr).toBe('more: --cursor abc')
  })
})

describe('sender', () => {
  const view = {
    phone_number_id: SENDER,
    waba_id: '102290129340398',
    portfolio_id: '506914307656634',
    display_phone_number: null,
    verified_name: 'Lucky Shrub',
    throughput_mps: 80,
    messaging_limit: null,
    default_when_closed: 'hold',
    state: 'active',
    reason: null,
    created_at: '2026-11-22T09:00:00.000Z',
  }

  it('shows what stands in the way of a number, and fails where something does', async () => {
    const checks = [
      { name: 'token', state: 'ok', text: 'It is valid and never expires.', field: 'access_token' },
      { name: 'webhooks', state: 'warn', text: 'No webhook has come yet.', field: null },
      { name: 'subscription', state: 'fail', text: 'No app is subscribed.', field: 'waba_id' },
    ]
    const { url, calls } = await startFakeApi((_, index) => ({
      body: { checks: checks.slice(0, index === 0 ? 3 : 2) },
    }))
    const bad = await runCli(['sender', 'check', SENDER, '--url', url])
    expect(calls[0]).toMatchObject({ method: 'POST', path: '/v1/senders/check', body: { id: SENDER } })
    expect(bad.code).toBe(1)
    expect(bad.stdout).toMatch(
      /^ok {4}token {9}It is valid and never expires\.\nwarn {2}webhooks .*\nFAIL {2}subscription {2}No app/,
    )
    expect(bad.stderr).toContain('1 of 3 checks failed')
    expect((await runCli(['sender', 'check', SENDER, '--url', url])).code).toBe(0)
  })

  it('links with a token from a file and never prints it', async () => {
    const { url, calls } = await startFakeApi(() => ({ status: 201, body: view }))
    const token = ['--access-token-file', fileWith('EAAG-secret\n')]
    const settings = ['--waba', '102290129340398', '--throughput', '80', '--when-closed', 'fail']
    const { code, stdout } = await runCli(['sender', 'link', SENDER, '--url', url, ...token, ...settings])
    expect(code).toBe(0)
    expect(calls[0]).toMatchObject({
      method: 'POST',
      path: '/v1/senders',
      body: {
        phone_number_id: SENDER,
        waba_id: '102290129340398',
        access_token: 'EAAG-secret',
        throughput_mps: 80,
        default_when_closed: 'fail',
      },
    })
    expect(stdout).not.toContain('EAAG-secret')
  })

  it.each(['pause', 'resume'])('%s asks for it', async (action) => {
    const { url, calls } = await startFakeApi(() => ({ body: view }))
    expect((await runCli(['sender', action, SENDER, '--url', url])).code).toBe(0)
    expect(calls).toMatchObject([{ method: 'POST', path: `/v1/senders/${SENDER}/${action}`, body: undefined }])
  })

  it('unlinks', async () => {
    const { url, calls } = await startFakeApi(() => ({ body: { success: true } }))
    const { stdout } = await runCli(['sender', 'unlink', SENDER, '--url', url, '--json'])
    expect(calls).toMatchObject([{ method: 'DELETE', path: `/v1/senders/${SENDER}` }])
    expect(JSON.parse(stdout)).toEqual({ phone_number_id: SENDER, unlinked: true })
  })

  it('lists one per line', async () => {
    const { url } = await startFakeApi(() => ({
      body: { data: [view, { ...view, state: 'paused' }], next_cursor: null },
    }))
    const { stdout } = await runCli(['sender', 'list', '--url', url])
    expect(stdout.split('\n')).toHaveLength(3)
  })
})

describe('template', () => {
  const document = {
    name: 'order_update',
    language: 'en',
    category: 'UTILITY',
    components: [
      { type: 'BODY', text: 'Hi {{1}}, your order {{2}} is on its way.' },
      { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Thanks' }] },
    ],
  }

  it('lint ends with exit code 1 and every problem', async () => {
    const problems = [
      { path: 'name', message: 'expected lower case' },
      { path: 'components.0.text', message: 'expected an example' },
    ]
    const { url, calls } = await startFakeApi(() => ({ body: { problems } }))
    const { code, stdout } = await runCli(['template', 'lint', fileWith(document), '--url', url])
    expect(code).toBe(1)
    expect(calls[0]).toMatchObject({ path: '/v1/templates/lint', body: document })
    expect(stdout).toBe('name: expected lower case\ncomponents.0.text: expected an example')
  })

  it('lint is content with a good document', async () => {
    const { url } = await startFakeApi(() => ({ body: { problems: [] } }))
    expect(await runCli(['template', 'lint', fileWith(document), '--url', url])).toMatchObject({
      code: 0,
      stdout: 'no problems',
    })
  })

  it('lint tells what Meta may object to, and ends well', async () => {
    const warnings = [{ path: 'language', message: 'is rare' }]
    const { url } = await startFakeApi(() => ({ body: { problems: [], warnings } }))
    expect(await runCli(['template', 'lint', fileWith(document), '--url', url])).toMatchObject({
      code: 0,
      stdout: 'warning: language: is rare',
    })
  })

  it('reads a document in YAML', async () => {
    const { url, calls } = await startFakeApi(() => ({ body: { problems: [] } }))
    const file = join(emptyDirectory(), 'order_update.yaml')
    writeFileSync(file, 'name: order_update\ncomponents:\n  - { type: BODY, text: Hello there }\n')
    expect(await runCli(['template', 'lint', file, '--url', url])).toMatchObject({ code: 0 })
    expect(calls[0]?.body).toEqual({ name: 'order_update', components: [{ type: 'BODY', text: 'Hello there' }] })
    writeFileSync(file, 'name: order_update\ncomponents: [\n')
    const { code, stderr } = await runCli(['template', 'lint', file, '--url', url])
    expect(code).toBe(1)
    expect(stderr).toContain('line 3')
  })

  it('preview fills a document without asking anybody', async () => {
    const { code, stdout } = await runCli(['template', 'preview', fileWith(document), '--param', '1=Ana', '2=#17'])
    expect(code).toBe(0)
    expect(stdout).toBe('Hi Ana, your order #17 is on its way.\n[ Thanks ]')
  })

  it('preview keeps variables visible without values', async () => {
    const { stdout } = await runCli(['template', 'preview', fileWith(document)])
    expect(stdout).toContain('Hi {{1}}, your order {{2}} is on its way.')
  })

  it('preview refuses values that do not fit', async () => {
    const { code, stderr } = await runCli(['template', 'preview', fileWith(document), '--param', '1=Ana'])
    expect(code).toBe(2)
    expect(stderr).toContain('2 variables, got 1 value')
  })

  it('preview asks for a synced template in its language', async () => {
    const { url, calls } = await startFakeApi(() => ({
      body: { header: null, body: 'Hi Ana, your order #17 is on its way.', footer: null, buttons: [] },
    }))
    const values = ['--param', '1=Ana', '2=#17']
    const { stdout } = await runCli(['template', 'preview', 'order_update', '--url', url, ...values, '--json'])
    expect(calls).toMatchObject([
      {
        path: '/v1/templates/preview',
        body: { name: 'order_update', language: 'en', parameters: ['Ana', '#17'] },
      },
    ])
    expect(JSON.parse(stdout)).toMatchObject({ body: 'Hi Ana, your order #17 is on its way.' })
  })

  it('create sends the document with its account, and need not wait', async () => {
    const view = { ...document, id: '7', waba_id: '102290129340398', status: 'PENDING' }
    const { url, calls } = await startFakeApi(() => ({ status: 201, body: view }))
    const args = ['template', 'create', '102290129340398', fileWith(document), '--url', url]
    const { code, stdout } = await runCli([...args, '--no-wait'])
    expect(code).toBe(0)
    expect(calls).toMatchObject([{ path: '/v1/templates', body: { ...document, waba_id: '102290129340398' } }])
    expect(stdout).toContain('PENDING')
  })

  it.each([
    ['APPROVED', 0],
    ['REJECTED', 1],
  ])('create follows the template until it is %s', async (end, code) => {
    const view = { ...document, id: '7', waba_id: '102290129340398', rejected_reason: 'PROMOTIONAL' }
    const { url, calls } = await startFakeApi((_call, index) => ({
      body: { ...view, status: index < 2 ? 'PENDING' : end },
    }))
    const run = await runCli(['template', 'create', '102290129340398', fileWith(document), '--url', url])
    expect(run).toMatchObject({ code, stdout: expect.stringContaining(end) })
    expect(calls.map((call) => `${call.method} ${call.path}`)).toEqual([
      'POST /v1/templates',
      'GET /v1/templates/7',
      'GET /v1/templates/7',
    ])
    expect(run.stdout.includes('PROMOTIONAL')).toBe(end === 'REJECTED')
  })

  it('create stops waiting when the time is over', async () => {
    const view = { ...document, id: '7', waba_id: '1', status: 'PENDING' }
    const { url } = await startFakeApi(() => ({ body: view }))
    const run = await runCli(['template', 'create', '1', fileWith(document), '--url', url, '--timeout', '1'])
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('still PENDING') })
  })

  it('create uploads the file that a header names, once, and sends its handle', async () => {
    const directory = emptyDirectory()
    writeFileSync(join(directory, 'shoe.png'), 'a picture')
    const picture = { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['shoe.png'] } }
    const cards = [{ components: [picture] }, { components: [picture] }]
    const named = { ...document, components: [picture, { type: 'CAROUSEL', cards }] }
    writeFileSync(join(directory, 'offer.json'), JSON.stringify(named))
    const view = { ...document, id: '7', waba_id: '1', status: 'APPROVED' }
    const { url, calls } = await startFakeApi(({ path }) => ({
      body: path.startsWith('/v1/templates/samples') ? { handle: '4::aGFuZGxl' } : view,
    }))
    const run = await runCli(['template', 'create', '1', join(directory, 'offer.json'), '--url', url])
    expect(run.code).toBe(0)
    expect(calls[0]).toMatchObject({ method: 'POST', path: '/v1/templates/samples?waba_id=1', body: 'a picture' })
    const handled = { ...picture, example: { header_handle: ['4::aGFuZGxl'] } }
    const sent = [handled, { type: 'CAROUSEL', cards: [{ components: [handled] }, { components: [handled] }] }]
    expect(calls.filter(({ path }) => path.startsWith('/v1/templates/samples'))).toHaveLength(1)
    expect(calls[1]).toMatchObject({ path: '/v1/templates', body: { components: sent } })
  })

  it('create says which file it cannot read', async () => {
    const header = { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['none.png'] } }
    const { url, calls } = await startFakeApi(() => ({ body: {} }))
    const run = await runCli(['template', 'create', '1', fileWith({ ...document, components: [header] }), '--url', url])
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('none.png') })
    expect(calls).toEqual([])
  })

  it('edit sends what an edit may hold', async () => {
    const view = { ...document, id: '7', waba_id: '1', status: 'APPROVED' }
    const { url, calls } = await startFakeApi(() => ({ body: view }))
    expect((await runCli(['template', 'edit', '7', fileWith(document), '--url', url])).code).toBe(0)
    expect(calls[1]).toMatchObject({ method: 'PATCH', path: '/v1/templates/7' })
    expect(Object.keys(calls[1]?.body as object).sort()).toEqual(['category', 'components'])
  })

  const synced = { ...document, id: '7', waba_id: '102290129340398', status: 'PAUSED' }

  it('show tells the history and a category that is to come', async () => {
    const { url, calls } = await startFakeApi(() => ({
      body: {
        ...synced,
        category_change: { at: '2026-12-01T00:00:00.000Z', to: 'MARKETING' },
        history: [{ at: '2026-11-30T00:00:00.000Z', field: 'status', was: 'APPROVED', now: 'PAUSED' }],
      },
    }))
    const { code, stdout } = await runCli(['template', 'show', '7', '--url', url])
    expect([code, calls[0]?.path]).toEqual([0, '/v1/templates/7'])
    expect(stdout).toContain('UTILITY, MARKETING from 2026-12-01')
    expect(stdout).toContain('status: APPROVED → PAUSED')
  })

  it('unpause and delete name the template', async () => {
    const { url, calls } = await startFakeApi(({ method }) =>
      method === 'DELETE' ? { status: 204, body: '' } : { body: { ...synced, status: 'APPROVED' } },
    )
    expect((await runCli(['template', 'unpause', '7', '--url', url])).stdout).toContain('APPROVED')
    expect((await runCli(['template', 'delete', '7', '--url', url])).stdout).toBe('deleted 7')
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/templates/7/unpause',
      'DELETE /v1/templates/7',
    ])
  })

  it('fails for a file that is no document', async () => {
    expect(await runCli(['template', 'lint', fileWith('[1]')])).toMatchObject({ code: 1 })
    expect(await runCli(['template', 'lint', join(emptyDirectory(), 'none.json')])).toMatchObject({ code: 1 })
  })
})
