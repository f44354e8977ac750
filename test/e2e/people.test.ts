import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linkFor, linkForFirstAdmin, rotateSecret } from '../../src/app/at-the-machine.ts'
import { type RunningApp, startApp } from '../../src/app.ts'
import { Browser } from '../support/browser.ts'
import { API_KEY, type Harness, quietLogger, resolvedConfig, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'

interface SignedInJson {
  user: { id: string; email: string; name: string }
  workspace: string
  role: string
  csrf_token: string
  has_password: boolean
}

const PASSWORD = 'a long password of hers'

describe('people', { timeout: 120_000 }, () => {
  let casement: Harness
  let other: RunningApp
  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres, { env: { TRUST_PROXY: 'loopback' } })
    const env = {
      DATABASE_URL: casement.databaseUrl,
      PORT: '0',
      TRUST_PROXY: 'loopback',
      GRAPH_API_URL: casement.sandbox.url,
    }
    const secrets = { CASEMENT_SECRET: '0'.repeat(64), META_APP_SECRET: 'x', META_VERIFY_TOKEN: 'y' }
    const config = resolvedConfig({ ...env, ...secrets })
    other = await startApp({ config, roles: ['api'], logger: quietLogger(), version: 'test', sandboxed: true })
  })
  afterAll(async () => {
    await other.stop()
    await casement.close()
  })

  const stranger = () => new Browser(casement.url)
  const audit = async (action: string) =>
    (
      await casement.api<{ data: { actor: { kind: string; id: string }; outcome: string; object: object }[] }>(
        'GET',
        `/v1/audit?action=${action}`,
      )
    ).body.data

  /** Somebody who was invited, followed the link and chose a password; their session is not confirmed. */
  async function invited(email: string, role: string, more: object = {}) {
    const made = await casement.api<{ id: string; link: string }>('POST', '/v1/users', {
      email,
      name: email.split('@')[0],
      role,
      ...more,
    })
    expect(made.status).toBe(201)
    const browser = stranger()
    const link = made.body.link.replace(/^.*#code=/, '')
    expect((await browser.ask('POST', '/v1/session', { link })).status).toBe(200)
    expect((await browser.ask('POST', '/v1/me/password', { password: PASSWORD })).status).toBe(204)
    return { browser, id: made.body.id, link, email }
  }

  async function signedIn(email: string, more: object = {}) {
    const browser = stranger()
    const answer = await browser.ask('POST', '/v1/session', { email, password: PASSWORD, ...more })
    return { browser, ...answer }
  }

  it('the first start needs nothing but the link, which makes the first admin, once', async () => {
    const first = await linkForFirstAdmin(casement.databaseUrl, { isOpen: true })
    const second = await linkForFirstAdmin(casement.databaseUrl, { isOpen: false })
    const browser = stranger()
    const entered = await browser.ask('POST', '/v1/session', { link: first })
    expect(entered).toMatchObject({ status: 200, body: { role: 'admin', workspace: 'default', has_password: false } })
    expect(await stranger().ask('POST', '/v1/session', { link: first })).toMatchObject({ status: 401 })
    // The next one signs the same admin in.
    const again = await stranger().ask('POST', '/v1/session', { link: second })
    expect((again.body as SignedInJson).user.id).toBe((entered.body as SignedInJson).user.id)

    expect((await browser.ask('GET', '/v1/me')).body).toMatchObject({
      kind: 'user',
      workspaces: [{ id: 'default', name: 'Default', role: 'admin' }],
      scopes: ['admin'],
    })
    // Who has nothing to confirm with is not asked.
    const key = await browser.ask('POST', '/v1/api-keys', { name: 'shop', scopes: ['send'] })
    expect(key.status).toBe(201)
    expect(key.body.created_by).toMatchObject({ kind: 'user', name: 'Admin' })
    expect((await browser.ask('POST', '/v1/me/password', { password: 'short' })).status).toBe(400)
    expect((await browser.ask('POST', '/v1/me/password', { password: 'x'.repeat(20) })).status).toBe(400)
    expect((await browser.ask('POST', '/v1/me/password', { password: PASSWORD })).status).toBe(204)
    expect(await linkForFirstAdmin(casement.databaseUrl, { isOpen: true })).toBeNull()
    expect(await linkForFirstAdmin(casement.databaseUrl, { isOpen: false })).not.toBeNull()
    expect(await linkFor(casement.databaseUrl, 'nobody@example.com', false)).toBeNull()
    const [created] = await audit('session.create')
    expect(created).toMatchObject({ actor: { kind: 'user' }, outcome: 'done' })
  })

  it('come by invitation, and sign in by password', async () => {
    const { browser, link, id } = await invited('ana@example.com', 'operator')
    expect(await stranger().ask('POST', '/v1/session', { link })).toMatchObject({ status: 401 })
    expect((await browser.ask('GET', '/v1/session')).body).toMatchObject({ role: 'operator', has_password: true })
    expect((await browser.ask('POST', `/v1/senders/${casement.sender}/pause`)).status).toBe(403)
    const { status, body } = await signedIn(' Ana@Example.com '.trim())
    expect({ status, id: body.user.id }).toEqual({ status: 200, id })
    expect((await stranger().ask('POST', '/v1/session', { email: 'ana@example.com', password: 'x' })).status).toBe(401)
    expect((await stranger().ask('POST', '/v1/session', { email: 'no@example.com', password: 'x' })).status).toBe(401)
    const again = await casement.api('POST', '/v1/users', { email: 'ANA@example.com', name: 'Ana', role: 'viewer' })
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'user_exists' } } })
    // Nothing that is worth anything stands in the database.
    const everything = JSON.stringify([
      await casement.query('select * from users'),
      await casement.query('select * from sessions'),
      await casement.query('select * from audit_events'),
    ])
    expect(everything).toContain('$argon2id$v=19$m=19456,t=2,p=1$')
    for (const secret of [PASSWORD, link, browser.cookie.split('=')[1] as string])
      expect(everything).not.toContain(secret)
  })

  it('write what they enqueue with their name', async () => {
    const { browser, id } = await invited('sam@example.com', 'operator')
    const made = await browser.ask('POST', '/v1/intents', {
      sender: casement.sender,
      to: `+${casement.stranger()}`,
      message: { type: 'text', text: { body: 'Hi' } },
    })
    expect(made.status).toBe(202)
    const intent = (await casement.intent(made.body.id)) as unknown as { created_by: object }
    expect(intent.created_by).toEqual({ kind: 'user', id, name: 'sam' })
  })

  it('are out at once on all processes, however their session ends', async () => {
    const { browser, id, email } = await invited('lee@example.com', 'operator')
    const elsewhere = browser.at(other.url as string)
    expect((await elsewhere.ask('GET', '/v1/senders')).status).toBe(200)

    const second = (await signedIn(email)).browser
    const { body } = await second.ask('GET', '/v1/sessions')
    expect(body.data).toHaveLength(2)
    const first = body.data.find((one: { current: boolean }) => !one.current)
    expect(first).toMatchObject({ address: browser.address, current: false })
    expect((await second.ask('DELETE', `/v1/sessions/${first.id}`)).status).toBe(204)
    expect((await elsewhere.ask('GET', '/v1/senders')).status).toBe(401)

    // By a new password: all but the one that set it.
    const third = (await signedIn(email)).browser
    expect((await third.ask('POST', '/v1/me/password', { password: PASSWORD })).code).toBe('confirm_required')
    expect((await third.ask('POST', '/v1/session/confirm', { password: 'wrong' })).status).toBe(403)
    expect((await third.ask('POST', '/v1/session/confirm', { password: PASSWORD })).status).toBe(204)
    expect((await third.ask('POST', '/v1/me/password', { password: PASSWORD })).status).toBe(204)
    expect((await second.at(other.url as string).ask('GET', '/v1/senders')).status).toBe(401)
    expect((await third.ask('GET', '/v1/senders')).status).toBe(200)

    // By signing out, with the cookie kept.
    const kept = third.at(other.url as string)
    expect((await third.ask('DELETE', '/v1/session')).status).toBe(204)
    expect((await kept.ask('GET', '/v1/senders')).status).toBe(401)

    // By being disabled, which being let in again does not take back.
    const fourth = (await signedIn(email)).browser.at(other.url as string)
    expect((await fourth.ask('GET', '/v1/senders')).status).toBe(200)
    expect((await casement.api('PATCH', `/v1/users/${id}`, { disabled: true })).status).toBe(200)
    expect((await fourth.ask('GET', '/v1/senders')).status).toBe(401)
    expect((await signedIn(email)).status).toBe(401)
    await casement.api('PATCH', `/v1/users/${id}`, { disabled: false })
    expect((await fourth.ask('GET', '/v1/senders')).status).toBe(401)

    // By being removed.
    const fifth = (await signedIn(email)).browser.at(other.url as string)
    expect((await fifth.ask('GET', '/v1/senders')).status).toBe(200)
    expect((await casement.api('DELETE', `/v1/users/${id}`)).status).toBe(204)
    expect((await fifth.ask('GET', '/v1/senders')).status).toBe(401)
    expect((await casement.api('DELETE', `/v1/users/${id}`)).status).toBe(404)
  })

  it('have another role for their next request', async () => {
    const { browser, id } = await invited('kim@example.com', 'viewer')
    const pause = () => browser.at(other.url as string).ask('POST', `/v1/senders/${casement.sender}/pause`)
    expect((await pause()).status).toBe(403)
    await casement.api('PATCH', `/v1/users/${id}`, { role: 'admin' })
    expect((await pause()).status).toBe(200)
    await browser.ask('POST', `/v1/senders/${casement.sender}/resume`)
    expect((await audit('sender.pause')).map(({ actor, outcome }) => `${actor.id} ${outcome}`)).toEqual([
      `${id} done`,
      `${id} refused`,
      expect.stringMatching(/ refused$/),
    ])
  })

  it('may have a second factor, whose codes are good once', async () => {
    const { browser, email } = await invited('max@example.com', 'admin')
    expect((await browser.ask('POST', '/v1/me/totp')).code).toBe('confirm_required')
    await browser.ask('POST', '/v1/session/confirm', { password: PASSWORD })
    expect((await browser.ask('PUT', '/v1/me/totp', { totp: '123456' })).code).toBe('totp_not_begun')
    const begun = await browser.ask('POST', '/v1/me/totp')
    expect(begun.body.uri).toMatch(/^otpauth:\/\/totp\/Casement:max%40example.com\?/)
    const totp = new TOTP({ secret: Secret.fromBase32(begun.body.secret) })
    // Codes of the steps around now, the oldest first: each is used once here.
    const stepMs = 30_000
    const codes = [-1, 0, 1].map((step) => totp.generate({ timestamp: Date.now() + step * stepMs }))
    const wrong = ['000000', '111111', '222222', '333333'].find((one) => !codes.includes(one)) as string
    expect((await browser.ask('PUT', '/v1/me/totp', { totp: wrong })).status).toBe(400)
    // Until a code of it was given, it does not count.
    expect((await signedIn(email)).status).toBe(200)
    expect((await browser.ask('PUT', '/v1/me/totp', { totp: codes[0] })).status).toBe(204)

    expect(await signedIn(email)).toMatchObject({ status: 401, code: 'totp_required' })
    expect(await signedIn(email, { totp: codes[0] })).toMatchObject({ status: 401, code: 'unauthorized' })
    const { browser: second, status } = await signedIn(email, { totp: codes[1] })
    expect(status).toBe(200)
    expect(await signedIn(email, { totp: codes[1] })).toMatchObject({ status: 401 })
    expect((await second.ask('POST', '/v1/session/confirm', { totp: codes[1] })).status).toBe(403)
    expect((await second.ask('POST', '/v1/session/confirm', { totp: codes[2] })).status).toBe(204)
    expect((await second.ask('DELETE', '/v1/me/totp')).status).toBe(204)
    expect((await signedIn(email)).status).toBe(200)
    expect(JSON.stringify(await casement.query('select * from users'))).not.toContain(begun.body.secret)
  })

  it('need one where the workspace asks it of its admins', async () => {
    await casement.api('POST', '/v1/workspaces', { name: 'Careful' })
    await casement.api('PATCH', '/v1/workspaces/careful', { require_totp: true })
    expect((await casement.api('GET', '/v1/workspaces/careful')).body).toMatchObject({ require_totp: true })
    const { browser } = await invited('eve@example.com', 'admin', { workspace: 'careful' })
    expect(await browser.ask('GET', '/v1/senders')).toMatchObject({ status: 403, code: 'totp_required' })
    await browser.ask('POST', '/v1/session/confirm', { password: PASSWORD })
    const { secret } = (await browser.ask('POST', '/v1/me/totp')).body
    const totp = new TOTP({ secret: Secret.fromBase32(secret) }).generate()
    expect((await browser.ask('PUT', '/v1/me/totp', { totp })).status).toBe(204)
    expect((await browser.ask('GET', '/v1/senders')).status).toBe(200)
    expect(await browser.ask('DELETE', '/v1/me/totp')).toMatchObject({ status: 403, code: 'totp_required' })
  })

  it('are known to a workspace as what they are there, and nothing else', async () => {
    await casement.api('POST', '/v1/workspaces', { name: 'Shrub' })
    const { browser, id } = await invited('pat@example.com', 'admin')
    const known = await casement.api<{ link: null }>('POST', '/v1/users', {
      email: 'pat@example.com',
      name: 'Pat of Shrub',
      role: 'viewer',
      workspace: 'shrub',
    })
    expect(known).toMatchObject({ status: 201, body: { id, link: null, memberships: [{ workspace: 'shrub' }] } })
    expect((await browser.ask('GET', '/v1/me?workspace=shrub')).body).toMatchObject({
      name: 'Pat of Shrub',
      scopes: ['read'],
    })
    expect((await browser.ask('GET', '/v1/senders?workspace=shrub')).body.data).toEqual([])
    expect((await browser.ask('GET', '/v1/users?workspace=shrub')).status).toBe(403)
    const listed = await casement.api<{ data: { name: string }[] }>('GET', '/v1/users?workspace=shrub')
    expect(listed.body.data).toMatchObject([
      { name: 'Pat of Shrub', memberships: [{ workspace: 'shrub', role: 'viewer' }] },
    ])
    await casement.api('DELETE', `/v1/users/${id}?workspace=shrub`)
    expect((await browser.ask('GET', '/v1/me')).body.workspaces).toHaveLength(1)
    expect((await browser.ask('GET', '/v1/me?workspace=shrub')).status).toBe(404)
    // A key of one workspace asks nothing of another's people.
    const key = await casement.api<{ key: string }>('POST', '/v1/api-keys', {
      name: 'theirs',
      scopes: ['admin'],
      workspace: 'shrub',
    })
    const theirs = async (method: string, path: string, body?: object) =>
      (
        await fetch(`${casement.url}${path}`, {
          method,
          headers: { authorization: `Bearer ${key.body.key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
          ...(body ? { body: JSON.stringify(body) } : {}),
        })
      ).status
    expect(await theirs('PATCH', `/v1/users/${id}`, { role: 'viewer' })).toBe(404)
    expect(await theirs('DELETE', `/v1/users/${id}`)).toBe(404)
    expect(await theirs('GET', '/v1/users?workspace=default')).toBe(403)
  })

  it('are given no more than their giver has', async () => {
    const key = await casement.api<{ key: string }>('POST', '/v1/api-keys', {
      name: 'one number',
      scopes: ['admin'],
      senders: [casement.sender],
    })
    const answer = await fetch(`${casement.url}/v1/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.body.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'more@example.com', name: 'More', role: 'admin' }),
    })
    expect(answer.status).toBe(403)
  })

  it('who have lost everything are let in by who is at the machine', async () => {
    const { browser, email } = await invited('joe@example.com', 'viewer')
    const code = await linkFor(casement.databaseUrl, email, true)
    expect((await browser.ask('GET', '/v1/session')).status).toBe(401)
    const again = await stranger().ask('POST', '/v1/session', { link: code })
    expect(again).toMatchObject({ status: 200, body: { has_password: false } })
    expect((await signedIn(email)).status).toBe(401)
  })

  it('keep their second factor when the secret is changed', async () => {
    const { browser, id, email } = await invited('zoe@example.com', 'viewer')
    await browser.ask('POST', '/v1/session/confirm', { password: PASSWORD })
    const { secret } = (await browser.ask('POST', '/v1/me/totp')).body
    const totp = new TOTP({ secret: Secret.fromBase32(secret) })
    const [one, two] = [-1, 0].map((step) => totp.generate({ timestamp: Date.now() + step * 30_000 }))
    expect((await browser.ask('PUT', '/v1/me/totp', { totp: one })).status).toBe(204)
    const sealed = async () =>
      (await casement.query('select totp_sealed from users where id = $1', [id]))[0]?.totp_sealed
    const before = await sealed()
    const old = Buffer.alloc(32)
    expect(await rotateSecret(casement.databaseUrl, [Buffer.alloc(32, 1), old])).toMatchObject({ totps_unreadable: 0 })
    expect(await sealed()).not.toBe(before)
    await rotateSecret(casement.databaseUrl, [old, Buffer.alloc(32, 1)])
    expect((await signedIn(email, { totp: two })).status).toBe(200)
  })

  it('do not depend on the sandbox’s clock', async () => {
    const { browser } = await invited('ken@example.com', 'viewer')
    expect((await casement.api('POST', '/v1/sandbox/clock', { advance_ms: 30 * 24 * 3_600_000 })).status).toBe(200)
    expect((await browser.ask('GET', '/v1/session')).status).toBe(200)
  })

  it('stand in the audit log with everything that they did, and with what was done to them', async () => {
    const { body } = await casement.api<{ data: { action: string; outcome: string; actor: { kind: string } }[] }>(
      'GET',
      '/v1/audit?limit=1000',
    )
    const told = new Set(body.data.map(({ action, outcome, actor }) => `${actor.kind} ${action} ${outcome}`))
    for (const line of [
      'cli user.link done',
      'key user.invite done',
      'key user.invite refused',
      'key user.update done',
      'key user.remove done',
      'key user.remove refused',
      'user session.create done',
      'user session.end done',
      'user session.confirm done',
      'user session.confirm refused',
      'user user.password done',
      'user user.password refused',
      'user user.totp_begin done',
      'user user.totp_set done',
      'user user.totp_set refused',
      'user user.totp_remove done',
      'user key.create done',
      'key access.sign_in refused',
    ]) {
      expect([...told], line).toContain(line)
    }
  })

  it('a wrong cookie is none, and a key needs none', async () => {
    const browser = stranger()
    browser.cookie = `casement_${new URL(casement.url).port}=${'x'.repeat(43)}`
    expect((await browser.ask('GET', '/v1/senders')).status).toBe(401)
    const headers = { authorization: `Bearer ${API_KEY}` }
    expect((await fetch(`${casement.url}/v1/senders`, { headers })).status).toBe(200)
  })
})
