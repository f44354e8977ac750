import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { mayBeNear } from '../../src/sandbox/webhooks/near.ts'
import { ANA, call, NUMBER, startHook, startSandbox, TOKEN, WABA } from './support.ts'

interface Knock {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string
}

/** As it is written: `fetch` chooses some headers itself. */
function knock(url: string, { method = 'GET', path = '/sandbox/', headers = {}, body }: Knock): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { method, headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
      if (path.endsWith('/events')) asked.destroy()
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

const json = { 'content-type': 'application/json' }
const ahead = { method: 'POST', path: '/sandbox/clock', body: '{"advance_ms":1000}' }

describe('the door of the sandbox', () => {
  it.each(['rebound.evil.example', 'localhost.evil.example', 'evil.example:8081', '127.0.0.1.nip.io'])(
    'is closed to the name %j, whatever it was bound to',
    async (host) => {
      const { url } = await startSandbox()
      for (const path of ['/', '/sandbox/customers', '/sandbox/events', `/v25.0/${NUMBER}?access_token=${TOKEN}`]) {
        const status = await knock(url, { path, headers: { host } })
        expect([400, 403]).toContain(status)
      }
    },
  )

  it('is open to addresses, to localhost and to the names it was given', async () => {
    const { url, port } = await startSandbox({ hosts: ['sandbox'] })
    for (const host of [
      `127.0.0.1:${port}`,
      '[::1]:80',
      'localhost',
      'LOCALHOST:1',
      'demo.localhost',
      '192.168.0.7',
      `sandbox:${port}`,
    ]) {
      expect(await knock(url, { headers: { host } })).toBe(200)
    }
  })

  it.each<Record<string, string>>([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:9' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('lets no other page drive it: %j', async (from) => {
    const sandbox = await startSandbox()
    const before = sandbox.now()
    for (const type of ['application/json', 'text/plain']) {
      expect(await knock(sandbox.url, { ...ahead, headers: { 'content-type': type, ...from } })).toBe(403)
    }
    for (const path of ['/sandbox/customers', '/sandbox/ledger', '/sandbox/events', '/sandbox/senders']) {
      expect(await knock(sandbox.url, { path, headers: from })).toBe(403)
    }
    expect(sandbox.now()).toBe(before)
  })

  it.each([
    [{ 'content-type': 'text/plain' }, 415],
    [{ 'content-type': 'multipart/form-data; boundary=x' }, 415],
    [{}, 415],
    [{ 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-mode': 'navigate' }, 415],
    [{ 'content-type': 'application/x-www-form-urlencoded', referer: 'http://evil.example/' }, 415],
    [json, 200],
    [{ 'content-type': 'application/json; charset=utf-8' }, 200],
    // What curl says of anything.
    [{ 'content-type': 'application/x-www-form-urlencoded' }, 200],
  ])('takes JSON: %j', async (headers, status) => {
    const { url } = await startSandbox()
    expect(
      await knock(url, {
        ...ahead,
        headers: { ...(headers as Record<string, string>), 'content-length': String(ahead.body.length) },
      }),
    ).toBe(status)
  })

  it('is open to its own page', async () => {
    const { url } = await startSandbox()
    const own = { origin: url, 'sec-fetch-site': 'same-origin', referer: `${url}/`, ...json }
    expect(await knock(url, { ...ahead, headers: own })).toBe(200)
    // A link from the console, which stands on another port.
    expect(
      await knock(url, { path: '/', headers: { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' } }),
    ).toBe(200)
  })
})

describe('webhooks', () => {
  it.each([
    'http://8.8.8.8/hook',
    'https://evil.example@8.8.8.8/',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.100.100.200/latest/meta-data/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://[2001:db8::1]/',
    'http://[::ffff:8.8.8.8]/',
    'http://0x08080808/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'no address',
  ])('do not go to %s', async (url) => {
    const sandbox = await startSandbox()
    expect(mayBeNear(url)).toBe(false)
    expect((await call(sandbox, 'PUT', '/sandbox/webhook-url', { url })).status).toBe(400)
    const subscribed = await call(sandbox, 'POST', `/v25.0/${WABA}/subscribed_apps`, {
      override_callback_uri: url,
      verify_token: 'x',
    })
    expect(subscribed.status).toBe(400)
  })

  it.each([
    'http://127.0.0.1:1/',
    'http://10.1.2.3/',
    'http://172.20.0.5:8080/',
    'http://192.168.1.9/',
    'http://[::1]:80/',
    'http://[fd00::7]/',
    'http://api:8080/',
  ])('may go to %s', (url) => {
    expect(mayBeNear(url)).toBe(true)
  })

  it('go to a name only where it leads near', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url.replace('127.0.0.1', 'localhost') })
    sandbox.customers.say(ANA, { text: 'Hello' })
    await sandbox.settled()
    expect(hook.messages()).toHaveLength(1)
  })
})
