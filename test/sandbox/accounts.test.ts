import { describe, expect, it } from 'vitest'
import { createSandbox, DEFAULT_LINK } from '../../src/sandbox/sandbox.ts'
import {
  ANA,
  APP_SECRET,
  call,
  codeOf,
  errorOf,
  NUMBER,
  sendTemplate,
  startHook,
  startSandbox,
  TOKEN,
  VERIFY_TOKEN,
  WABA,
  wamidOf,
} from './support.ts'

describe('an access token', () => {
  it('may stand in the query', async () => {
    const sandbox = await startSandbox()
    expect((await fetch(`${sandbox.url}/v25.0/${NUMBER}?access_token=${TOKEN}`)).status).toBe(200)
  })

  it('is missed with 104', async () => {
    const sandbox = await startSandbox()
    const response = await fetch(`${sandbox.url}/v25.0/${NUMBER}`)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { code: 104, type: 'OAuthException' } })
  })

  it('that nobody knows is refused with 190', async () => {
    const sandbox = await startSandbox()
    const answer = await call(sandbox, 'GET', `/v25.0/${NUMBER}`, undefined, 'nonsense')
    expect([answer.status, codeOf(answer)]).toEqual([401, 190])
    expect(answer.headers.get('www-authenticate')).toContain('OAuth')
  })

  it('expires with 190 and subcode 463', async () => {
    const sandbox = await startSandbox()
    sandbox.setToken({ token: TOKEN, expires_in_ms: 60_000 })
    expect((await sendTemplate(sandbox)).status).toBe(200)
    sandbox.advance(60_000)
    expect(errorOf(await sendTemplate(sandbox))).toMatchObject({ code: 190, error_subcode: 463 })
  })

  it('is no good once revoked', async () => {
    const sandbox = await startSandbox()
    sandbox.setToken({ token: TOKEN, revoked: true })
    expect(errorOf(await sendTemplate(sandbox))).toMatchObject({ code: 190, error_subcode: 460 })
  })

  it('sees nothing of a WABA it was not given', async () => {
    const sandbox = await startSandbox()
    sandbox.setToken({ token: 'other', waba_ids: ['888'] })
    const answer = await call(sandbox, 'GET', `/${NUMBER}`, undefined, 'other')
    expect(errorOf(answer)).toMatchObject({ code: 100, error_subcode: 33 })
  })

  it('needs the permission of what it does', async () => {
    const sandbox = await startSandbox()
    sandbox.setToken({ token: TOKEN, scopes: ['whatsapp_business_management'] })
    expect(codeOf(await sendTemplate(sandbox))).toBe(10)
    sandbox.setToken({ token: TOKEN, scopes: ['whatsapp_business_messaging'] })
    expect(codeOf(await call(sandbox, 'GET', `/${WABA}/message_templates`))).toBe(10)
  })

  it('can be looked into', async () => {
    const sandbox = await startSandbox()
    const { body } = await call(sandbox, 'GET', `/v25.0/debug_token?input_token=${TOKEN}`)
    expect(body.data).toMatchObject({
      is_valid: true,
      expires_at: 0,
      scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'],
    })
    expect((await call(sandbox, 'GET', '/debug_token?input_token=nonsense')).body.data).toMatchObject({
      is_valid: false,
    })
    expect((await call(sandbox, 'GET', '/me')).body).toMatchObject({ id: expect.any(String) })
    expect((await call(sandbox, 'GET', '/me/permissions')).body.data).toContainEqual({
      permission: 'whatsapp_business_messaging',
      status: 'granted',
    })
  })
})

describe('paths', () => {
  it.each(['', '/v16.0', '/v23.0', '/v25.0', '/v26.0', '/v26'])('work behind %j', async (version) => {
    const sandbox = await startSandbox()
    expect((await call(sandbox, 'GET', `${version}/${NUMBER}`)).status).toBe(200)
  })

  it.each([
    ['GET', '/v99.0/me', 2500],
    ['GET', '/nothing', 2500],
    ['GET', '/123456789', 100],
    ['GET', `/${NUMBER}/nothing`, 2500],
    ['POST', `/${NUMBER}/phone_numbers`, 2500],
    ['DELETE', `/${NUMBER}`, 100],
    ['GET', '/a/b/c', 2500],
  ])('that lead nowhere are refused as Graph does: %s %s', async (method, path, code) => {
    const sandbox = await startSandbox()
    const answer = await call(sandbox, method, path)
    expect(answer.status).toBe(400)
    expect(errorOf(answer)).toMatchObject({ code, type: 'OAuthException', fbtrace_id: expect.any(String) })
  })

  it('take a chunked body without a content type', async () => {
    const sandbox = await startSandbox()
    const body = JSON.stringify({
      messaging_product: 'whatsapp',
      to: ANA,
      type: 'template',
      template: { name: 'hello_world', language: { code: 'en_US' } },
    })
    const response = await fetch(`${sandbox.url}/${NUMBER}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: new Blob([body]).stream(),
      duplex: 'half',
    })
    expect(response.status).toBe(200)
  })

  it('take a form, as the Graph API does', async () => {
    const sandbox = await startSandbox()
    const form = new URLSearchParams({
      messaging_product: 'whatsapp',
      to: ANA,
      type: 'template',
      template: JSON.stringify({ name: 'hello_world', language: { code: 'en_US' } }),
    })
    const response = await fetch(`${sandbox.url}/${NUMBER}/messages?access_token=${TOKEN}`, {
      method: 'POST',
      body: form,
    })
    expect(response.status).toBe(200)
  })
})

describe('a phone number', () => {
  it('tells its name, throughput, limit and health', async () => {
    const sandbox = await startSandbox({ knobs: { messagingLimit: 2_000 } })
    const fields =
      'display_phone_number,verified_name,throughput,whatsapp_business_manager_messaging_limit,quality_rating,health_status'
    const { body } = await call(sandbox, 'GET', `/v25.0/${NUMBER}?fields=${fields}`)
    expect(body).toMatchObject({
      id: NUMBER,
      display_phone_number: '+15550783881',
      verified_name: 'Lucky Shrub',
      throughput: { level: 'STANDARD' },
      whatsapp_business_manager_messaging_limit: 'TIER_2K',
      quality_rating: 'GREEN',
      health_status: { can_send_message: 'AVAILABLE' },
    })
    expect(body).not.toHaveProperty('code_verification_status')
  })

  it('says what keeps it from sending', async () => {
    const sandbox = await startSandbox()
    sandbox.changeSender(NUMBER, { refuse_with: 131031 })
    expect((await call(sandbox, 'GET', `/${NUMBER}?fields=health_status`)).body.health_status).toMatchObject({
      can_send_message: 'BLOCKED',
      entities: expect.arrayContaining([expect.objectContaining({ errors: [{ error_code: 131031 }] })]),
    })
  })

  it('is listed under its WABA, which is owned by the portfolio', async () => {
    const sandbox = await startSandbox()
    const { body } = await call(sandbox, 'GET', `/v25.0/${WABA}/phone_numbers`)
    expect(body.data).toMatchObject([{ id: NUMBER, display_phone_number: '+15550783881' }])
    expect((await call(sandbox, 'GET', `/${WABA}?fields=owner_business_info,name`)).body).toMatchObject({
      id: WABA,
      owner_business_info: { id: DEFAULT_LINK.portfolioId },
    })
  })

  it('remembers its messages', async () => {
    const sandbox = await startSandbox()
    const wamid = wamidOf(await sendTemplate(sandbox))
    await sandbox.settled()
    const { body } = await call(sandbox, 'GET', `/${NUMBER}/message_history?message_id=${encodeURIComponent(wamid)}`)
    expect(body.data).toMatchObject([
      {
        message_id: wamid,
        events: {
          data: [{ delivery_status: 'SENT' }, { delivery_status: 'DELIVERED' }],
        },
      },
    ])
  })
})

describe('webhook subscription', () => {
  const path = `/v25.0/${WABA}/subscribed_apps`

  it('is listed, ended and begun again', async () => {
    const sandbox = await startSandbox()
    expect((await call(sandbox, 'GET', path)).body.data).toMatchObject([
      { whatsapp_business_api_data: { id: expect.any(String) } },
    ])
    await call(sandbox, 'DELETE', path)
    expect((await call(sandbox, 'GET', path)).body.data).toEqual([])
    expect((await call(sandbox, 'POST', path)).body).toEqual({ success: true })
    expect((await call(sandbox, 'GET', path)).body.data).toHaveLength(1)
  })

  it('moves to an overriding url once that answers the handshake', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox()
    const override = { override_callback_uri: hook.url, verify_token: VERIFY_TOKEN }
    expect((await call(sandbox, 'POST', path, override)).body).toEqual({ success: true })
    sandbox.customers.say(ANA, { text: 'hi' })
    await sandbox.settled()
    expect(hook.messages()).toHaveLength(1)
    expect((await call(sandbox, 'GET', path)).body.data).toMatchObject([{ override_callback_uri: hook.url }])
  })

  it.each([
    ['a wrong token', (url: string) => ({ override_callback_uri: url, verify_token: 'wrong' })],
    ['a dead url', () => ({ override_callback_uri: 'http://127.0.0.1:9/', verify_token: VERIFY_TOKEN })],
    ['no url', () => ({ override_callback_uri: 'nonsense', verify_token: VERIFY_TOKEN })],
  ])('is refused with 2200 for %s', async (_, override) => {
    const hook = await startHook()
    const sandbox = await startSandbox()
    expect(codeOf(await call(sandbox, 'POST', path, override(hook.url)))).toBe(2200)
  })
})

describe('management calls', () => {
  it('say how much of the hour is used', async () => {
    const sandbox = await startSandbox({ knobs: { managementCallsPerHour: 4 } })
    const { headers } = await call(sandbox, 'GET', `/${WABA}/message_templates`)
    expect(JSON.parse(headers.get('x-business-use-case-usage') ?? '')).toEqual({
      [WABA]: [
        {
          type: 'whatsapp_business_management',
          call_count: 25,
          total_cputime: 1,
          total_time: 1,
          estimated_time_to_regain_access: 0,
        },
      ],
    })
    expect(JSON.parse(headers.get('x-app-usage') ?? '')).toMatchObject({ call_count: 25 })
  })

  it('are refused with 80008 past the limit, until the hour ends', async () => {
    const sandbox = await startSandbox({ knobs: { managementCallsPerHour: 1 } })
    await call(sandbox, 'GET', `/${WABA}`)
    const refused = await call(sandbox, 'GET', `/${WABA}`)
    expect(codeOf(refused)).toBe(80008)
    expect(refused.headers.get('x-business-use-case-usage')).toContain('"estimated_time_to_regain_access":60')
    sandbox.advance(3_600_000)
    expect((await call(sandbox, 'GET', `/${WABA}`)).status).toBe(200)
  })

  it('do not count sends', async () => {
    const sandbox = await startSandbox({ knobs: { managementCallsPerHour: 1 } })
    for (let sent = 0; sent < 3; sent += 1) expect((await sendTemplate(sandbox)).status).toBe(200)
  })
})

describe('the options of a sandbox', () => {
  it('are refused when a knob is not one', async () => {
    const options = { appSecret: APP_SECRET, verifyToken: VERIFY_TOKEN }
    await expect(createSandbox({ ...options, knobs: { readShare: 2 } })).rejects.toThrow(/readShare/)
  })
})
