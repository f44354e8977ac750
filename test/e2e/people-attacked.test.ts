import { connect } from 'node:net'
import { Secret, TOTP } from 'otpauth'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../support/browser.ts'
import { type Harness, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'

/* Two of everything: people, sessions and links that are used, changed and ended at the same time. */

const PASSWORD = 'a long password of hers'
const NEW_PASSWORD = 'another long password'

describe('people who are attacked', { timeout: 120_000 }, () => {
  let casement: Harness
  let outside: pg.Client
  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres, { env: { TRUST_PROXY: 'loopback' } })
    outside = new pg.Client({ connectionString: casement.databaseUrl })
    await outside.connect()
    for (const id of ['shrub', 'twins']) await casement.api('POST', '/v1/workspaces', { id, name: id })
  })
  afterAll(async () => {
    await outside.end()
    await casement.close()
  })

  const stranger = () => new Browser(casement.url)
  const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted()

  async function invite(email: string, role: string, more: object = {}) {
    const made = await casement.api<{ id: string; link: string | null }>('POST', '/v1/users', {
      ...{ email, name: email.split('@')[0], role },
      ...more,
    })
    expect(made.status).toBe(201)
    return { id: made.body.id, link: made.body.link?.replace(/^.*#code=/, '') }
  }

  async function invited(email: string, role: string, more: object = {}) {
    const { id, link } = await invite(email, role, more)
    const browser = stranger()
    expect((await browser.ask('POST', '/v1/session', { link })).status).toBe(200)
    expect((await browser.ask('POST', '/v1/me/password', { password: PASSWORD })).status).toBe(204)
    return { browser, id, email }
  }

  async function signIn(email: string, password = PASSWORD) {
    const browser = stranger()
    return { browser, ...(await browser.ask('POST', '/v1/session', { email, password })) }
  }

  /** Holds what `statement` changes until the deed of `during` waits for it; commits then. */
  async function changedMeanwhile<T>(statement: string, values: unknown[], during: () => Promise<T>): Promise<T> {
    await outside.query('begin')
    await outside.query(statement, values)
    let answered = false
    const running = during().finally(() => {
      answered = true
    })
    // Whoever does not wait has answered already, and is told by what it answered.
    await eventually(async () => answered || (await waitingForLocks()) > 0)
    await outside.query('commit')
    return running
  }

  const waitingForLocks = async () =>
    (
      await casement.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
    ).length

  it('a link that ten redeem at once lets one of them in', async () => {
    const { link } = await invite('link@example.com', 'viewer')
    const answers = await Promise.all(Array.from({ length: 10 }, () => stranger().ask('POST', '/v1/session', { link })))
    expect(statuses(answers)).toEqual([200, ...Array(9).fill(401)])
  })

  it('a code that ten use at once lets one of them in', async () => {
    const { browser, email } = await invited('code@example.com', 'viewer')
    await browser.ask('POST', '/v1/session/confirm', { password: PASSWORD })
    const { secret } = (await browser.ask('POST', '/v1/me/totp')).body
    const totp = new TOTP({ secret: Secret.fromBase32(secret) })
    const [before, now] = [-1, 0].map((step) => totp.generate({ timestamp: Date.now() + step * 30_000 }))
    expect((await browser.ask('PUT', '/v1/me/totp', { totp: before })).status).toBe(204)
    const tries = Array.from({ length: 8 }, () =>
      stranger().ask('POST', '/v1/session', { email, password: PASSWORD, totp: now }),
    )
    expect(statuses(await Promise.all(tries))).toEqual([200, ...Array(7).fill(401)])
  })

  it('a second factor ends the sessions and links that began without', async () => {
    const { browser, email } = await invited('factor@example.com', 'viewer')
    const { browser: thief } = await signIn(email)
    await browser.ask('POST', '/v1/session/confirm', { password: PASSWORD })
    const { secret } = (await browser.ask('POST', '/v1/me/totp')).body
    expect((await thief.ask('GET', '/v1/senders')).status).toBe(200)
    const totp = new TOTP({ secret: Secret.fromBase32(secret) }).generate()
    expect((await browser.ask('PUT', '/v1/me/totp', { totp })).status).toBe(204)
    expect((await thief.ask('GET', '/v1/senders')).status).toBe(401)
    expect((await browser.ask('GET', '/v1/senders')).status).toBe(200)
  })

  it('whoever knows the old password is not let in while it is changed', async () => {
    const { id, email } = await invited('late@example.com', 'viewer')
    const entering = await changedMeanwhile(
      `update users set password_hash = password_hash || 'x' where id = $1`,
      [id],
      () => signIn(email),
    )
    expect(entering.status).toBe(401)
  })

  it('a session that a new password has ended sets none of its own', async () => {
    const { browser, email } = await invited('last@example.com', 'viewer')
    const { browser: thief } = await signIn(email)
    for (const one of [browser, thief]) {
      expect((await one.ask('POST', '/v1/session/confirm', { password: PASSWORD })).status).toBe(204)
    }
    const own = (await browser.ask('GET', '/v1/sessions')).body.data.find((one: { current: boolean }) => one.current)
    const setting = await changedMeanwhile(
      `with locked as (select id from users where email = $1 for no key update)
       delete from sessions s using locked where s.user_id = locked.id and s.id <> $2`,
      [email, own.id],
      () => thief.ask('POST', '/v1/me/password', { password: NEW_PASSWORD }),
    )
    expect(setting).toMatchObject({ status: 401, code: 'unauthorized' })
    expect((await signIn(email, NEW_PASSWORD)).status).toBe(401)
    expect((await browser.ask('GET', '/v1/senders')).status).toBe(200)
    // Nor does it confirm itself, or take on a second factor.
    expect((await thief.ask('POST', '/v1/me/totp')).status).toBe(401)
  })

  it('a request whose body is still on its way when its session ends does nothing', async () => {
    const { browser } = await invited('slow@example.com', 'admin')
    await browser.ask('POST', '/v1/session/confirm', { password: PASSWORD })
    const begun = begin(browser, 'POST', '/v1/api-keys', JSON.stringify({ name: 'mine', scopes: ['admin'] }))
    // It has been let in: the answer to `Expect` is given by then.
    await begun.expected
    expect((await browser.ask('DELETE', '/v1/session')).status).toBe(204)
    expect(await begun.finish()).toMatch(/^HTTP\/1\.1 401 /m)
    const keys = await casement.api<{ data: { name: string }[] }>('GET', '/v1/api-keys')
    expect(keys.body.data.map(({ name }) => name)).not.toContain('mine')
  })

  it('nor does one whose person has another role by then', async () => {
    const { browser, id } = await invited('demoted@example.com', 'admin')
    await browser.ask('POST', '/v1/session/confirm', { password: PASSWORD })
    const begun = begin(browser, 'POST', '/v1/api-keys', JSON.stringify({ name: 'theirs', scopes: ['admin'] }))
    await begun.expected
    await invited('another-admin@example.com', 'admin')
    expect((await casement.api('PATCH', `/v1/users/${id}`, { role: 'operator' })).status).toBe(200)
    expect(await begun.finish()).toMatch(/^HTTP\/1\.1 403 /m)
  })

  it('a key that is revoked while its request is on the way writes nothing', async () => {
    const key = await casement.api<{ id: string; key: string }>('POST', '/v1/api-keys', {
      name: 'k',
      scopes: ['admin'],
    })
    const begun = begin(null, 'POST', '/v1/users', JSON.stringify({ email: 'x@y.z', name: 'X', role: 'admin' }), {
      authorization: `Bearer ${key.body.key}`,
    })
    await begun.expected
    expect((await casement.api('DELETE', `/v1/api-keys/${key.body.id}`)).status).toBe(204)
    expect(await begun.finish()).toMatch(/^HTTP\/1\.1 401 /m)
  })

  it('of two admins who remove each other at once, one is left', async () => {
    const twins = { workspace: 'twins' }
    const [one, two] = [
      await invited('one@example.com', 'admin', twins),
      await invited('two@example.com', 'admin', twins),
    ]
    await outside.query('begin')
    await outside.query(`select from workspaces where id = 'twins' for no key update`)
    let answered = 0
    const acts = [
      one.browser.ask('DELETE', `/v1/users/${two.id}`),
      two.browser.ask('PATCH', `/v1/users/${one.id}`, { role: 'viewer' }),
    ].map((act) => act.finally(() => answered++))
    await eventually(async () => answered === 2 || (await waitingForLocks()) === 2)
    await outside.query('commit')
    const answers = await Promise.all(acts)
    const left = await casement.api<{ data: { memberships: { role: string }[] }[] }>('GET', '/v1/users?workspace=twins')
    const admins = left.body.data.filter(({ memberships }) => memberships[0]?.role === 'admin')
    expect(admins).toHaveLength(1)
    expect(statuses(answers).filter((status) => status < 300)).toHaveLength(1)
  })

  it('the last admin of a workspace stays, until there is another', async () => {
    const { id } = await invite('only@example.com', 'admin', { workspace: 'shrub' })
    const path = `/v1/users/${id}?workspace=shrub`
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', { role: 'operator' }],
      ['PATCH', { disabled: true }],
      ['PATCH', { role: 'viewer', disabled: true }],
    ] as const) {
      const refused = await casement.api<{ error: { code: string } }>(method, path, body)
      expect({ status: refused.status, code: refused.body.error.code }).toEqual({ status: 409, code: 'last_admin' })
    }
    expect((await casement.api('PATCH', path, { name: 'Only', role: 'admin' })).status).toBe(200)
    const second = await invite('second@example.com', 'admin', { workspace: 'shrub' })
    await casement.api('PATCH', `/v1/users/${second.id}?workspace=shrub`, { disabled: true })
    // Who is let in no more counts for nothing.
    expect((await casement.api('DELETE', path)).status).toBe(409)
    await casement.api('PATCH', `/v1/users/${second.id}?workspace=shrub`, { disabled: false })
    expect((await casement.api('DELETE', path)).status).toBe(204)
  })

  it('a link of who removed them opens nothing, where another workspace lets them in', async () => {
    const { id, link } = await invite('squat@example.com', 'viewer')
    await invite('squat@example.com', 'admin', { workspace: 'shrub' })
    expect((await casement.api('DELETE', `/v1/users/${id}`)).status).toBe(204)
    expect((await stranger().ask('POST', '/v1/session', { link })).status).toBe(401)
  })

  it('a session ends when there are fifty newer ones, and no list grows for ever', async () => {
    const { browser, id } = await invited('many@example.com', 'viewer')
    await casement.query(
      `insert into sessions (token_hash, user_id, csrf_secret, created_at, seen_at, expires_at)
       select 'h' || n, $1, 'x', now() + n * interval '1 second', now(), now() + interval '1 day' from generate_series(1, 200) n`,
      [id],
    )
    const { browser: next } = await signIn('many@example.com')
    expect((await browser.ask('GET', '/v1/senders')).status).toBe(401)
    expect((await next.ask('GET', '/v1/sessions')).body.data).toHaveLength(50)
  })

  it('a workspace that is named twice is none', async () => {
    const { browser } = await invited('twice@example.com', 'admin')
    await browser.ask('POST', '/v1/session/confirm', { password: PASSWORD })
    const body = { name: 'x', scopes: ['read'] }
    const twice = await browser.ask('POST', '/v1/api-keys?workspace=shrub&workspace=default', body)
    expect(twice).toMatchObject({ status: 400, body: { error: { field: 'workspace' } } })
  })

  it('names and addresses are what they look like', async () => {
    const user = (more: object) =>
      casement.api('POST', '/v1/users', { email: 'n@e.x', name: 'N', role: 'viewer', ...more })
    for (const name of ['Ana\nadmin', 'Ana \u202egnp', '\u2067x', 'a\u0000b', '\u001b[2J', ' ', '\u200b', '']) {
      expect((await user({ name })).status, JSON.stringify(name)).toBe(400)
    }
    for (const email of ['a\u202eb@c.d', 'a\u0000@b.c', 'a\u200b@b.c', 'a b@c.d', `${'x'.repeat(251)}@b.c`, 'a@b@c']) {
      expect((await user({ email })).status, JSON.stringify(email)).toBe(400)
    }
    for (const name of ['José', '王小明', 'محمد', '👩‍💻 Ada']) {
      expect((await casement.api('POST', '/v1/workspaces', { name, id: `w${name.codePointAt(0)}` })).status, name).toBe(
        201,
      )
    }
  })

  it('a password and an address are the same from every keyboard', async () => {
    const { id, link } = await invite('jos\u00e9@example.com', 'viewer')
    const browser = stranger()
    await browser.ask('POST', '/v1/session', { link })
    expect((await browser.ask('POST', '/v1/me/password', { password: 'contrase\u00f1a larga' })).status).toBe(204)
    const typed = await signIn('Jose\u0301@example.com', 'contrasen\u0303a larga')
    expect({ status: typed.status, id: typed.body.user?.id }).toEqual({ status: 200, id })
  })

  it('what is sent to sign in is never more than refused', async () => {
    const browser = stranger()
    for (const [body, status] of [
      [{ email: 'a@b.c', password: 'x'.repeat(257) }, 400],
      [{ email: 'a@b.c', password: '\u0000' }, 400],
      [{ email: 'a@b.c', password: '\ud800' }, 400],
      [{ email: 'a@b.c', password: 'x', totp: '１２３４５６' }, 400],
      [{ email: ['a@b.c'], password: 'x' }, 400],
      [{ email: { $ne: '' }, password: 'x' }, 400],
      [{ link: 'x'.repeat(65) }, 400],
      [{ link: "x'; drop table users; --aaaaaaaaaaaaaaaa" }, 400],
      [{ link: 'x'.repeat(43), email: 'a@b.c', password: 'x' }, 400],
      [[], 400],
      ['x', 400],
      [{ email: 'a@b.c', password: '\u202e' }, 401],
    ] as const) {
      expect((await browser.ask('POST', '/v1/session', body)).status, JSON.stringify(body).slice(0, 60)).toBe(status)
    }
    const { status } = await browser.ask('POST', '/v1/session', {
      email: 'a@b.c',
      password: 'x',
      pad: 'x'.repeat(5_000),
    })
    expect(status).toBe(413)
  })

  it('where somebody comes from is an address or nothing, whatever a proxy was told', async () => {
    const from = async (forwarded: string) => {
      const headers = { authorization: 'Bearer wrong-key', 'x-forwarded-for': forwarded }
      expect((await fetch(`${casement.url}/v1/me`, { headers })).status).toBe(401)
    }
    for (const forwarded of ['x'.repeat(8_000), '<b>', '198.51.100.77:4711', '[2001:db8::77]:80']) await from(forwarded)
    const { body: told } = await casement.api<{ data: { address: string | null }[] }>(
      'GET',
      '/v1/audit?action=access.sign_in',
    )
    const addresses = told.data.map(({ address }) => address)
    expect(addresses).toEqual(expect.arrayContaining(['198.51.100.77', '2001:db8::77', null]))
    expect(addresses.filter((address) => address !== null && !/^[\d.a-f:]+$/.test(address))).toEqual([])
  })

  it('a name that is written in other letters has no more tries', async () => {
    const browser = stranger()
    const statuses: number[] = []
    for (const email of ['ren\u00e9@example.com', 'rene\u0301@example.com', 'REN\u00c9@example.com']) {
      for (let tries = 0; tries < 4; tries++) {
        browser.address = `192.0.2.${statuses.length}`
        statuses.push((await browser.ask('POST', '/v1/session', { email, password: 'x' })).status)
      }
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
  })

  it('a sign-in that another site makes stands in the audit log', async () => {
    const headers = {
      'content-type': 'application/json',
      'sec-fetch-site': 'cross-site',
      'x-forwarded-for': '198.51.100.9',
    }
    const body = JSON.stringify({ email: 'a@b.c', password: PASSWORD })
    expect((await fetch(`${casement.url}/v1/session`, { method: 'POST', headers, body })).status).toBe(403)
    const { body: told } = await casement.api<{ data: { address: string; outcome: string }[] }>(
      'GET',
      '/v1/audit?action=access.sign_in',
    )
    expect(told.data).toContainEqual(expect.objectContaining({ address: '198.51.100.9', outcome: 'refused' }))
  })

  /** Sends the head, and the body once it is told to. */
  function begin(
    browser: Browser | null,
    method: string,
    path: string,
    body: string,
    more: Record<string, string> = {},
  ) {
    const { hostname, port, host } = new URL(casement.url)
    const socket = connect(Number(port), hostname)
    const headers = {
      host,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      expect: '100-continue',
      connection: 'close',
      ...(browser === null
        ? {}
        : { cookie: browser.cookie, 'x-csrf-token': browser.token, 'sec-fetch-site': 'same-origin' }),
      ...more,
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    socket.write(`${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${body.slice(0, 5)}`)
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
    return {
      // The server has the head then, and what is asked afterwards is answered afterwards.
      expected: eventually(async () => answer.includes('100 Continue')).then(() => casement.api('GET', '/v1/me')),
      async finish() {
        socket.write(body.slice(5))
        await closed
        return answer.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')
      },
    }
  }
})
