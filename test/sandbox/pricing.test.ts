import { describe, expect, it } from 'vitest'
import type { Knobs } from '../../src/sandbox/knobs.ts'
import {
  ANA,
  bodyParameters,
  call,
  errorOf,
  type Hook,
  NOON,
  NUMBER,
  send,
  sendTemplate,
  sendText,
  startHook,
  startSandbox,
  WABA,
  type Wire,
} from './support.ts'

async function withPrices(knobs: Partial<Knobs> = {}, now = NOON) {
  const hook = await startHook()
  const sandbox = await startSandbox({ webhookUrl: hook.url, knobs, clock: () => now })
  sandbox.customers.say(ANA, { text: 'hi' })
  return { hook, sandbox }
}

const lastPricing = (hook: Hook) => hook.statuses().findLast((status) => status.status === 'delivered')?.pricing

describe('pricing since 2026-10-01', () => {
  it('gives service messages away up to the free tier of the month, and bills them after', async () => {
    const { hook, sandbox } = await withPrices({ freeServiceMessages: 2 })
    for (const expected of ['free_customer_service', 'free_customer_service', 'regular']) {
      await sendText(sandbox)
      await sandbox.settled()
      expect(lastPricing(hook)).toEqual({
        billable: expected === 'regular',
        pricing_model: 'PMP',
        type: expected,
        category: 'service',
      })
    }
  })

  it('starts the free tier anew with the month', async () => {
    const { hook, sandbox } = await withPrices({ freeServiceMessages: 1 })
    await sendText(sandbox)
    await sendText(sandbox)
    await sandbox.settled()
    expect(lastPricing(hook)).toMatchObject({ type: 'regular' })
    // Midnight in Los Angeles.
    sandbox.advance(Date.parse('2026-12-01T07:59:59Z') - NOON)
    sandbox.customers.say(ANA, { text: 'hi again' })
    await sendText(sandbox)
    await sandbox.settled()
    expect(lastPricing(hook)).toMatchObject({ type: 'regular' })
    sandbox.advance(1_000)
    sandbox.customers.say(ANA, { text: 'hi again' })
    await sendText(sandbox)
    await sandbox.settled()
    expect(lastPricing(hook)).toMatchObject({ type: 'free_customer_service' })
  })

  it('bills utility templates inside an open window too', async () => {
    const { hook, sandbox } = await withPrices()
    await sendTemplate(sandbox)
    await sandbox.settled()
    expect(lastPricing(hook)).toEqual({ billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' })
  })

  it('bills marketing by the endpoint it went through', async () => {
    const { hook, sandbox } = await withPrices()
    const template = { name: 'spring_offer', language: { code: 'en' }, ...bodyParameters('Ana', '5%') }
    await send(sandbox, { type: 'template', template })
    await sandbox.settled()
    expect(lastPricing(hook)).toMatchObject({ type: 'regular', category: 'marketing' })
    await send(sandbox, { type: 'template', template }, 'marketing_messages')
    await sandbox.settled()
    expect(lastPricing(hook)).toMatchObject({ type: 'regular', category: 'marketing_lite' })
  })

  it('never bills a reaction, and takes none from the free tier', async () => {
    const { hook, sandbox } = await withPrices({ freeServiceMessages: 1 })
    await send(sandbox, { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } })
    await sendText(sandbox)
    await sandbox.settled()
    expect(hook.statuses().map((status) => (status.pricing as { type: string } | undefined)?.type)).not.toContain(
      'regular',
    )
  })

  it('says nothing about a message that failed', async () => {
    const { hook, sandbox } = await withPrices()
    sandbox.changeCustomer(ANA, { has_whatsapp: false })
    await sendText(sandbox)
    await sandbox.settled()
    expect(hook.statuses()).toMatchObject([{ status: 'failed' }])
    expect(hook.statuses()[0]).not.toHaveProperty('pricing')
  })

  it('carries a conversation with every status in v23 payloads, and in none outside an entry point in v24', async () => {
    const { hook, sandbox } = await withPrices({ apiVersionPayload: 'v23' })
    await sendText(sandbox)
    await sandbox.settled()
    expect(hook.statuses()[0]).toMatchObject({
      conversation: { expiration_timestamp: expect.any(String), origin: { type: 'service' } },
    })
    sandbox.turn({ apiVersionPayload: 'v24' })
    await sendText(sandbox)
    await sandbox.settled()
    expect(hook.statuses().at(-1)).not.toHaveProperty('conversation')
  })
})

describe('pricing around 2026-10-01, at midnight of the account', () => {
  const offer = { name: 'spring_offer', language: { code: 'en' }, ...bodyParameters('Ana', '5%') }

  it.each([
    ['1', '2026-10-01T06:59:59Z', '2026-10-01T07:00:00Z'],
    ['25', '2026-10-01T02:59:59Z', '2026-10-01T03:00:00Z'],
    ['42', '2026-09-30T15:59:59Z', '2026-09-30T16:00:00Z'],
    ['999', '2026-09-30T23:59:59Z', '2026-10-01T00:00:00Z'],
  ])('in zone %s', async (timezone_id, before, after) => {
    const types: unknown[] = []
    for (const at of [before, after]) {
      const { hook, sandbox } = await withPrices({ freeServiceMessages: 0 }, Date.parse(at))
      sandbox.changeAccount(WABA, { timezone_id })
      const price = async (sent: Promise<unknown>) => {
        await sent
        await sandbox.settled()
        const { type, category } = lastPricing(hook) as { type: string; category: string }
        return `${category} ${type}`
      }
      types.push(await price(sendText(sandbox)), await price(sendTemplate(sandbox)))
      types.push(await price(send(sandbox, { type: 'template', template: offer })))
    }
    expect(types).toEqual([
      ...['service free_customer_service', 'utility free_customer_service', 'marketing regular'],
      ...['service regular', 'utility regular', 'marketing regular'],
    ])
  })

  it('charges utility outside a window on both sides', async () => {
    const { hook, sandbox } = await withPrices({}, Date.parse('2026-09-20T12:00:00Z'))
    sandbox.advance(25 * 60 * 60 * 1000)
    await sendTemplate(sandbox)
    await sandbox.settled()
    expect(lastPricing(hook)).toMatchObject({ type: 'regular', category: 'utility' })
  })

  it('counts no reply of September against the free ones of October', async () => {
    const { hook, sandbox } = await withPrices({ freeServiceMessages: 1 }, Date.parse('2026-10-01T06:59:00Z'))
    await sendText(sandbox)
    await sandbox.settled()
    sandbox.advance(60_000)
    await sendText(sandbox)
    await sandbox.settled()
    expect(lastPricing(hook)).toMatchObject({ type: 'free_customer_service' })
  })
})

describe('an account that Meta decides about', () => {
  const CODE = {
    type: 'template',
    template: {
      name: 'login_code',
      language: { code: 'en' },
      components: [
        { type: 'body', parameters: [{ type: 'text', text: '123456' }] },
        { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '123456' }] },
      ],
    },
  }
  const codeTemplate = {
    name: 'login_code',
    language: 'en',
    category: 'AUTHENTICATION' as const,
    components: [
      { type: 'BODY', text: '*{{1}}* is your verification code.' },
      {
        type: 'BUTTONS',
        buttons: [{ type: 'URL', text: 'Copy code', url: 'https://www.whatsapp.com/otp/code/?code=otp{{1}}' }],
      },
    ],
  }

  it('is charged internationally since it was told to be, where there is such a rate, but not at home', async () => {
    const { hook, sandbox } = await withPrices()
    sandbox.addTemplate(codeTemplate)
    const start = Math.floor(NOON / 1000)
    const later = { country_code: 'ID', start_time: start + 60 }
    const rate = { start_time: start, exception_countries: [later] }
    const india = { ...CODE, to: '+919812345678' }
    const category = async (body: Wire) => {
      await send(sandbox, body)
      await sandbox.settled()
      return (lastPricing(hook) as { category: string }).category
    }
    expect(await category(india)).toBe('authentication')
    sandbox.changeAccount(WABA, { auth_international: rate, primary_business_location: 'BR' })
    expect(await category(india)).toBe('authentication-international')
    expect(await category({ ...CODE, to: '+6281234567890' })).toBe('authentication')
    expect(await category({ ...CODE, to: '+5511987654321' })).toBe('authentication')
    sandbox.changeAccount(WABA, { primary_business_location: 'IN' })
    expect(await category(india)).toBe('authentication')
    const told = hook.changes().filter(({ field }) => field === 'account_update')
    expect(told.map(({ value }) => value)).toMatchObject([
      { event: 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE', country: 'BR' },
      { event: 'AUTH_INTL_PRICE_ELIGIBILITY_UPDATE', auth_international_rate_eligibility: rate },
      { event: 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE', country: 'IN' },
    ])
    const answer = await call(sandbox, 'GET', `/${WABA}?fields=auth_international_rate_eligibility,timezone_id`)
    expect(answer.body).toMatchObject({ auth_international_rate_eligibility: rate, timezone_id: '1' })
  })

  it('has reached a volume tier', async () => {
    const { hook, sandbox } = await withPrices()
    sandbox.changeAccount(WABA, {
      volume_tier: { pricing_category: 'UTILITY', tier: '25000001:50000000', region: 'India' },
    })
    await sandbox.settled()
    expect(hook.changes().at(-1)).toMatchObject({
      field: 'account_update',
      value: {
        event: 'VOLUME_BASED_PRICING_TIER_UPDATE',
        volume_tier_info: { tier: '25000001:50000000', effective_month: '2026-11', region: 'India' },
      },
    })
  })

  it.each([
    ['refuse', 400, []],
    ['fail', 200, ['failed']],
    ['vanish', 200, []],
  ] as const)('does not pay: %s', async (unpaidMode, status, statuses) => {
    const { hook, sandbox } = await withPrices({ unpaidMode, freeServiceMessages: 1 })
    sandbox.changeAccount(WABA, { payment_method: false })
    expect((await sendText(sandbox)).status).toBe(200)
    await sandbox.settled()
    expect(hook.statuses().map((one) => one.status)).toEqual(['sent', 'delivered'])
    const beyond = await sendText(sandbox)
    expect(beyond.status).toBe(status)
    if (status === 400) expect(errorOf(beyond)).toMatchObject({ code: 131042 })
    await sandbox.settled()
    expect(
      hook
        .statuses()
        .slice(2)
        .map((one) => one.status),
    ).toEqual(statuses)
    if (unpaidMode === 'fail') expect(hook.statuses().at(-1)).toMatchObject({ errors: [{ code: 131042 }] })
    const health = await call(sandbox, 'GET', `/${NUMBER}?fields=health_status`)
    expect(JSON.stringify(health.body)).toContain('141006')
    sandbox.changeAccount(WABA, { payment_method: true })
    await sendText(sandbox)
    await sandbox.settled()
    expect(lastPricing(hook)).toMatchObject({ type: 'regular', category: 'service' })
  })
})
