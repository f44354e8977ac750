import Tokens from '@fastify/csrf'
import type { FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import {
  ADMIN_KEY,
  CONTACT,
  CSRF_SECRET,
  INTENT,
  LINK_CODE,
  PASSWORD,
  SENDER,
  TOKENS,
  USER,
  WABA,
} from './fake-services.ts'
import { type CallOptions, type Harness, startServer } from './harness.ts'

const HOST = 'localhost:80'
const csrf = Tokens()

/** What a browser sends with the session of `who`, from a page of ours. */
function asPerson(who: keyof typeof TOKENS, headers: Record<string, string> = {}): CallOptions {
  return {
    key: null,
    headers: {
      host: HOST,
      cookie: `casement_80=${TOKENS[who]}`,
      'sec-fetch-site': 'same-origin',
      'x-csrf-token': csrf.create(CSRF_SECRET),
      ...headers,
    },
  }
}

const sign = ({ call }: Harness, body: object, headers: Record<string, string> = {}) =>
  call('POST', '/v1/session', { key: null, body, headers: { host: HOST, ...headers } })

describe('signing in', () => {
  const GIVEN = { email: 'ana@example.com', password: PASSWORD }

  it('answers who it is, and gives the cookie', async () => {
    const harness = await startServer()
    const answer = await sign(harness, GIVEN)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      user: { id: USER, email: 'ana@example.com', name: 'Ana' },
      workspace: 'default',
      role: 'admin',
      csrf_token: expect.any(String),
      expires_at: expect.any(String),
    })
    expect(csrf.verify(CSRF_SECRET, answer.json().csrf_token)).toBe(true)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers['set-cookie']).toMatch(
      new RegExp(`^casement_80=${TOKENS.admin}; Path=/; Expires=[^;]+; HttpOnly; SameSite=Strict$`),
    )
    expect((await sign(harness, { link: LINK_CODE })).json().role).toBe('operator')
  })

  it.each([
    ['a wrong password', { ...GIVEN, password: 'another' }, 'unauthorized'],
    ['a link that is none', { link: 'x'.repeat(43) }, 'unauthorized'],
    ['a right password without the code', { ...GIVEN, email: 'careful@example.com' }, 'totp_required'],
  ])('refuses %s', async (_what, body, code) => {
    const harness = await startServer()
    const answer = await sign(harness, body)
    expect(answer.statusCode).toBe(401)
    expect(answer.json().error.code).toBe(code)
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(harness.asked('signInRefused')).toHaveLength(1)
  })

  it('gives a cookie for https that no other site of the domain can set', async () => {
    const proxied = await startServer({}, { trustProxy: true })
    const answer = await sign(proxied, GIVEN, { host: 'casement.example.com', 'x-forwarded-proto': 'https' })
    expect(answer.headers['set-cookie']).toMatch(/^__Host-casement=.*; Path=\/; .*HttpOnly; Secure; SameSite=Strict$/)
    expect(answer.headers['set-cookie']).not.toContain('Domain')
    const told = await startServer({}, { publicUrl: 'https://casement.example.com' })
    expect((await sign(told, GIVEN, { host: 'casement.example.com' })).headers['set-cookie']).toContain('__Host-')
  })

  it('gives none over plain http, but on this machine or where the operator says that people come so', async () => {
    const harness = await startServer()
    const foreign = await sign(harness, GIVEN, { host: 'rebound.example.com' })
    expect(foreign.statusCode).toBe(403)
    expect(harness.asked('signIn')).toEqual([])
    for (const host of ['127.0.0.1:8080', '[::1]:8080', 'localhost:8080']) {
      expect((await sign(harness, GIVEN, { host })).headers['set-cookie']).toMatch(/^casement_8080=/)
    }
    const inside = await startServer({}, { publicUrl: 'http://casement.lan:8080' })
    expect((await sign(inside, GIVEN, { host: 'casement.lan:8080' })).headers['set-cookie']).toMatch(/^casement_8080=/)
  })

  it('refuses what another site sends', async () => {
    const harness = await startServer()
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'http://localhost:81' },
      { origin: 'null' },
    ] as Record<string, string>[]) {
      expect((await sign(harness, GIVEN, headers)).statusCode, JSON.stringify(headers)).toBe(403)
    }
    expect(harness.asked('signIn')).toEqual([])
    expect((await sign(harness, GIVEN, { origin: `http://${HOST}` })).statusCode).toBe(200)
    const form = await harness.call('POST', '/v1/session', {
      key: null,
      raw: `email=a@b&password=${PASSWORD}`,
      headers: { host: HOST, 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(form.statusCode).toBe(415)
  })

  it('counts failures only, per address and per name, and looks at nothing beyond', async () => {
    const harness = await startServer()
    const wrong = { ...GIVEN, password: 'wrong' }
    for (let tries = 0; tries < 3; tries++) expect((await sign(harness, GIVEN)).statusCode).toBe(200)
    for (let tries = 0; tries < 5; tries++) expect((await sign(harness, wrong)).statusCode).toBe(401)
    const before = harness.asked('signIn').length
    const limited = await sign(harness, GIVEN)
    expect(limited.statusCode).toBe(429)
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0)
    expect(harness.asked('signIn')).toHaveLength(before)
  })
})

describe('a session', () => {
  it('is of the person, in the workspace that they choose', async () => {
    const { call } = await startServer()
    expect((await call('GET', '/v1/session', asPerson('admin'))).json()).toMatchObject({ role: 'admin' })
    const elsewhere = await call('GET', '/v1/session?workspace=shrub', asPerson('admin'))
    expect(elsewhere.json()).toMatchObject({ workspace: 'shrub', role: 'viewer', user: { name: 'Ana S.' } })
    expect((await call('GET', '/v1/intents?workspace=shrub', asPerson('admin'))).statusCode).toBe(200)
    expect((await call('POST', `/v1/senders/${SENDER}/pause?workspace=shrub`, asPerson('admin'))).statusCode).toBe(403)
    const nowhere = await call('GET', '/v1/intents?workspace=theirs', asPerson('admin'))
    expect(nowhere.json().error.code).toBe('workspace_unknown')
    expect(nowhere.statusCode).toBe(404)
  })

  it('is none without the right cookie', async () => {
    const { call } = await startServer()
    for (const cookie of [
      `casement_80=${'x'.repeat(43)}`,
      `casement_81=${TOKENS.admin}`,
      `__Host-casement=${TOKENS.admin}`,
      'casement_80=',
      `casement_80=${TOKENS.admin}x`,
    ]) {
      expect((await call('GET', '/v1/session', asPerson('admin', { cookie }))).statusCode, cookie).toBe(401)
    }
    const rebound = await call('GET', '/v1/session', asPerson('admin', { host: 'rebound.example.com' }))
    expect(rebound.statusCode).toBe(401)
  })

  it('does not help a key that is wrong, and a key is no person', async () => {
    const { call } = await startServer()
    const both = await call('GET', '/v1/senders', asPerson('admin', { authorization: 'Bearer wrong' }))
    expect(both.statusCode).toBe(401)
    for (const [method, url] of [
      ['GET', '/v1/session'],
      ['GET', '/v1/sessions'],
      ['DELETE', '/v1/session'],
      ['DELETE', '/v1/me/totp'],
    ] as const) {
      expect((await call(method, url, { key: ADMIN_KEY })).statusCode, url).toBe(403)
    }
  })

  it('counts on the drop-in and the webhook for nothing', async () => {
    const { call, asked } = await startServer()
    for (const [method, url] of [
      ['POST', `/v25.0/${SENDER}/messages`],
      ['GET', `/v25.0/${WABA}/message_templates`],
      ['DELETE', '/v25.0/42'],
      ['POST', '/webhooks/whatsapp'],
    ] as const) {
      expect((await call(method, url, asPerson('confirmed'))).statusCode, url).toBe(401)
    }
    expect(asked('authenticateSession')).toEqual([])
  })

  it('opens the lanes to an admin of default, and no other site writes there', async () => {
    const plugin = async (app: FastifyInstance) => {
      app.get('/', async () => 'board')
      app.post('/', async () => 'written')
    }
    const { call } = await startServer({}, { queuesPlugin: plugin })
    expect((await call('GET', '/queues/', asPerson('admin'))).statusCode).toBe(200)
    expect((await call('GET', '/queues/', asPerson('operator'))).statusCode).toBe(403)
    // Wherever else they are somebody; and nowhere without the second factor that default asks for.
    expect((await call('GET', '/queues/?workspace=shrub', asPerson('admin'))).statusCode).toBe(200)
    expect((await call('GET', '/queues/?workspace=shrub', asPerson('operator'))).statusCode).toBe(403)
    for (const query of ['', '?workspace=shrub']) {
      expect((await call('GET', `/queues/${query}`, asPerson('withoutTotp'))).statusCode).toBe(403)
    }
    expect((await call('POST', '/queues/', asPerson('admin'))).statusCode).toBe(200)
    expect((await call('POST', '/queues/', asPerson('admin', { 'sec-fetch-site': 'same-site' }))).statusCode).toBe(403)
  })

  it('ends with its cookie', async () => {
    const { call, asked } = await startServer()
    const out = await call('DELETE', '/v1/session', asPerson('admin'))
    expect(out.statusCode).toBe(204)
    expect(out.headers['set-cookie']).toMatch(/^casement_80=; Max-Age=0; Path=\/;/)
    expect(asked('endSession')[0]?.[1]).toBe('session-admin')
  })
})

describe('forged requests', () => {
  const write = ({ call }: Harness, headers: Record<string, string>) =>
    call('POST', `/v1/senders/${SENDER}/pause`, asPerson('admin', headers))

  it('are refused where the browser says that they come from elsewhere, or nothing says that they do not', async () => {
    const harness = await startServer()
    const without = { 'sec-fetch-site': '' }
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      without,
    ]) {
      expect((await write(harness, headers)).statusCode, JSON.stringify(headers)).toBe(403)
    }
    expect(harness.calls).toEqual([])
  })

  it('are told by their origin where there is no Sec-Fetch-Site', async () => {
    const { app } = await startServer()
    const { headers } = asPerson('admin')
    const { 'sec-fetch-site': _none, ...others } = headers as Record<string, string>
    const status = async (more: Record<string, string>) =>
      (
        await app.inject({
          method: 'POST',
          url: `/v1/senders/${SENDER}/pause`,
          headers: { ...others, ...more },
        })
      ).statusCode
    expect(await status({})).toBe(403)
    expect(await status({ origin: 'https://evil.example' })).toBe(403)
    expect(await status({ origin: 'null' })).toBe(403)
    expect(await status({ origin: 'http://localhost:81' })).toBe(403)
    expect(await status({ origin: 'http://localhost' })).toBe(200)
  })

  it('are refused without the token that a page of ours has read', async () => {
    const harness = await startServer()
    for (const token of ['', 'x', csrf.create('another secret of the same')]) {
      const answer = await write(harness, { 'x-csrf-token': token })
      expect(answer.statusCode, token).toBe(403)
      expect(answer.json().error.field).toBe('x-csrf-token')
    }
    expect(harness.calls).toEqual([])
    expect(harness.asked('record')).toHaveLength(3)
    expect((await write(harness, {})).statusCode).toBe(200)
  })

  it('do not read either', async () => {
    const { call } = await startServer()
    const status = async (site: string) =>
      (await call('GET', '/v1/senders', asPerson('admin', { 'sec-fetch-site': site }))).statusCode
    expect(await status('cross-site')).toBe(403)
    expect(await status('same-site')).toBe(403)
    expect(await status('none')).toBe(200)
  })
})

/** What somebody may do by their role, one of each kind. */
const DEEDS: [method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, viewer: boolean, operator: boolean][] = [
  ['GET', '/v1/me', true, true],
  ['GET', '/v1/intents', true, true],
  ['GET', `/v1/intents/${INTENT}`, true, true],
  ['GET', `/v1/conversations/${SENDER}/${CONTACT}`, true, true],
  ['GET', '/v1/contacts', true, true],
  ['GET', `/v1/contacts/${CONTACT}`, true, true],
  ['GET', '/v1/senders', true, true],
  ['GET', '/v1/templates', true, true],
  ['POST', '/v1/templates/lint', true, true],
  ['GET', '/v1/sessions', true, true],
  ['POST', '/v1/intents', false, true],
  ['POST', '/v1/intents/batch', false, true],
  ['POST', `/v1/intents/${INTENT}/cancel`, false, true],
  ['POST', `/v1/intents/${INTENT}/settle`, false, true],
  ['PATCH', `/v1/contacts/${CONTACT}`, false, true],
  ['POST', `/v1/contacts/${CONTACT}/consent`, false, true],
  ['POST', '/v1/templates', false, true],
  ['POST', '/v1/templates/sync', false, true],
  ['GET', `/v1/contacts/${CONTACT}/export`, false, false],
  ['DELETE', `/v1/contacts/${CONTACT}`, false, false],
  ['POST', '/v1/senders', false, false],
  ['PATCH', `/v1/senders/${SENDER}`, false, false],
  ['POST', `/v1/senders/${SENDER}/pause`, false, false],
  ['DELETE', `/v1/senders/${SENDER}`, false, false],
  ['GET', '/v1/webhook-events', false, false],
  ['GET', '/v1/audit', false, false],
  ['GET', '/v1/api-keys', false, false],
  ['POST', '/v1/api-keys', false, false],
  ['GET', '/v1/users', false, false],
  ['POST', '/v1/users', false, false],
  ['PATCH', `/v1/users/${USER}`, false, false],
  ['DELETE', `/v1/users/${USER}`, false, false],
  ['GET', '/v1/workspaces/default', false, false],
  ['PATCH', '/v1/workspaces/default', false, false],
]

describe('roles', () => {
  it('let do what they say and nothing else', async () => {
    const { call } = await startServer()
    for (const [method, url, viewer, operator] of DEEDS) {
      for (const [who, may] of [
        ['viewer', viewer],
        ['operator', operator],
        ['confirmed', true],
      ] as const) {
        const { statusCode } = await call(method, url, { ...asPerson(who), ...(method === 'GET' ? {} : { body: {} }) })
        expect(statusCode === 403, `${who}: ${method} ${url} is ${statusCode}`).toBe(!may)
      }
    }
  })

  it('make nobody see all workspaces', async () => {
    const { call } = await startServer()
    expect((await call('GET', '/v1/workspaces', asPerson('confirmed'))).statusCode).toBe(403)
    expect((await call('POST', '/v1/workspaces', { ...asPerson('confirmed'), body: { name: 'x' } })).statusCode).toBe(
      403,
    )
  })
})

describe('what cannot be taken back', () => {
  const KEY = { name: 'shop', scopes: ['send'] }
  const ASKED: [method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT', url: string, body?: object][] = [
    ['POST', '/v1/senders', { phone_number_id: '1', waba_id: '2', access_token: 'EAAG' }],
    ['PATCH', `/v1/senders/${SENDER}`, { access_token: 'EAAG' }],
    ['POST', '/v1/api-keys', KEY],
    ['GET', `/v1/contacts/${CONTACT}/export`],
    ['DELETE', `/v1/contacts/${CONTACT}`],
    ['POST', '/v1/me/password', { password: 'another long password' }],
    ['POST', '/v1/me/totp'],
    ['PUT', '/v1/me/totp', { totp: '123456' }],
    ['DELETE', '/v1/me/totp'],
  ]

  it.each(ASKED)('asks for the password again: %s %s', async (method, url, body) => {
    const { call, calls } = await startServer()
    const more = body === undefined ? {} : { body }
    const asked = await call(method, url, { ...asPerson('admin'), ...more })
    expect(asked.statusCode).toBe(403)
    expect(asked.json().error.code).toBe('confirm_required')
    expect(calls).toEqual([])
    expect((await call(method, url, { ...asPerson('confirmed'), ...more })).statusCode).toBeLessThan(300)
  })

  it('asks no key, and nothing of a sender’s other settings', async () => {
    const { call } = await startServer()
    expect((await call('POST', '/v1/api-keys', { body: KEY })).statusCode).toBe(201)
    const patch = { ...asPerson('admin'), body: { throughput_mps: 10 } }
    expect((await call('PATCH', `/v1/senders/${SENDER}`, patch)).statusCode).toBe(200)
  })

  it('is confirmed by the password or a code, and guessing is limited', async () => {
    const { call } = await startServer()
    const confirm = (body: object) => call('POST', '/v1/session/confirm', { ...asPerson('admin'), body })
    expect((await confirm({ password: PASSWORD })).statusCode).toBe(204)
    expect((await confirm({ totp: '123456' })).statusCode).toBe(204)
    expect((await confirm({})).statusCode).toBe(400)
    for (let tries = 0; tries < 5; tries++) expect((await confirm({ totp: '000000' })).statusCode).toBe(403)
    expect((await confirm({ totp: '000000' })).statusCode).toBe(429)
  })
})

describe('where admins need a second factor', () => {
  it('one who has none can only set it up', async () => {
    const { call } = await startServer()
    for (const url of ['/v1/senders', '/v1/users', `/v1/contacts/${CONTACT}/export`, '/v1/audit']) {
      const answer = await call('GET', url, asPerson('withoutTotp'))
      expect(answer.statusCode, url).toBe(403)
      expect(answer.json().error.code, url).toBe('totp_required')
    }
    expect((await call('GET', '/v1/session', asPerson('withoutTotp'))).statusCode).toBe(200)
    expect((await call('GET', '/v1/me', asPerson('withoutTotp'))).statusCode).toBe(200)
    expect((await call('POST', '/v1/me/totp', asPerson('withoutTotp'))).statusCode).toBe(200)
    const code = { ...asPerson('withoutTotp'), body: { totp: '123456' } }
    expect((await call('PUT', '/v1/me/totp', code)).statusCode).toBe(204)
    expect((await call('DELETE', '/v1/session', asPerson('withoutTotp'))).statusCode).toBe(204)
  })
})

describe('an invitation', () => {
  it('carries its code where browsers send it nowhere', async () => {
    const { call } = await startServer({}, { publicUrl: 'https://casement.example.com' })
    const invite = (email: string) => call('POST', '/v1/users', { body: { email, name: 'Ana', role: 'viewer' } })
    const made = await invite('ana@example.com')
    expect(made.statusCode).toBe(201)
    expect(made.json()).toMatchObject({
      id: USER,
      link: `https://casement.example.com/#code=${LINK_CODE}`,
      link_expires_at: expect.any(String),
    })
    expect((await invite('known@example.com')).json()).toMatchObject({ link: null, link_expires_at: null })
  })
})

it('the page at / allows its own script and no other, and names no inline one', async () => {
  const { call } = await startServer()
  const page = await call('GET', '/', { key: null })
  expect(page.headers['content-security-policy']).toContain("script-src 'self';")
  expect(page.body).toContain('<script src="sign-in.js" defer></script>')
  expect(page.body.match(/<script/g)).toHaveLength(1)
  const script = await call('GET', '/sign-in.js', { key: null })
  expect(script.headers['content-type']).toContain('text/javascript')
  expect(() => new Function(script.body)).not.toThrow()
  expect(script.body).not.toMatch(/innerHTML|document\.write|eval/)
  // What the script looks for is there.
  for (const [, id] of script.body.matchAll(/\bat\('(\w+)'\)/g)) expect(page.body, id).toContain(`id="${id}"`)
  expect(page.headers['cross-origin-opener-policy']).toBe('same-origin')
})
