import { describe, expect, it } from 'vitest'
import type { Knobs } from '../../src/sandbox/knobs.ts'
import {
  ANA,
  bodyParameters,
  type Hook,
  NOON,
  send,
  sendTemplate,
  sendText,
  startHook,
  startSandbox,
} from './support.ts'

async function withPrices(knobs: Partial<Knobs> = {}) {
  const hook = await startHook()
  const sandbox = await startSandbox({ webhookUrl: hook.url, knobs })
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
    sandbox.advance(Date.parse('2026-12-01T00:00:00Z') - NOON)
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
