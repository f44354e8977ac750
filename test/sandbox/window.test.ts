import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConversationRecord } from '../../src/sandbox/records.ts'
import { answersEntryPoint, enterThroughAd, isWindowOpen, openWindow } from '../../src/sandbox/rules/window.ts'
import {
  ANA,
  codeOf,
  DAY_MS,
  NOON,
  NUMBER,
  sendTemplate,
  sendText,
  startHook,
  startSandbox,
  wamidOf,
} from './support.ts'

function conversation(lastInboundAt: number | null = null): ConversationRecord {
  return {
    key: 'n/c1',
    phoneNumberId: 'n',
    customerKey: 'c1',
    lastInboundAt,
    entryPoint: null,
    freeEntryPoint: null,
    pairFullAt: 0,
    typingUntil: 0,
    otherResponder: false,
    wamids: [],
  }
}

describe('the customer service window', () => {
  it('is closed for a customer who never wrote', () => {
    expect(isWindowOpen(conversation(), NOON)).toBe(false)
  })

  it('is open up to, and not at, 24 hours after the last message', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000, max: 2 * DAY_MS }), (age) => {
        expect(isWindowOpen(conversation(NOON), NOON + age)).toBe(age < DAY_MS)
      }),
    )
  })

  it('never moves backwards, in whatever order messages come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1e12, max: 2e12 }), { minLength: 1 }), (stamps) => {
        const one = conversation()
        for (const stamp of stamps) openWindow(one, stamp)
        expect(one.lastInboundAt).toBe(Math.max(...stamps))
      }),
    )
  })

  it('refuses a free-form message with 131047 while it is closed', async () => {
    const sandbox = await startSandbox()
    expect(codeOf(await sendText(sandbox))).toBe(131047)
  })

  it('lets templates through while it is closed', async () => {
    const sandbox = await startSandbox()
    expect((await sendTemplate(sandbox)).status).toBe(200)
  })

  it('opens when the customer writes, and closes 24 hours later', async () => {
    const sandbox = await startSandbox()
    sandbox.customers.say(ANA, { text: 'hi' })
    expect((await sendText(sandbox)).status).toBe(200)
    sandbox.advance(DAY_MS - 1)
    expect((await sendText(sandbox)).status).toBe(200)
    sandbox.advance(1)
    expect(codeOf(await sendText(sandbox))).toBe(131047)
  })

  it('opens when the customer calls, answered or not', async () => {
    const sandbox = await startSandbox()
    sandbox.customers.call(ANA)
    expect((await sendText(sandbox)).status).toBe(200)
  })

  it('counts from the stamp of a message that comes late', async () => {
    const sandbox = await startSandbox()
    sandbox.customers.say(ANA, { text: 'from yesterday', sent_at_ms: NOON - DAY_MS + 60_000 })
    expect((await sendText(sandbox)).status).toBe(200)
    sandbox.advance(60_000)
    expect(codeOf(await sendText(sandbox))).toBe(131047)
  })

  it('is not opened by a reaction, unless the knob says so', async () => {
    const sandbox = await startSandbox()
    const wamid = wamidOf(await sendTemplate(sandbox))
    sandbox.customers.react(ANA, { wamid })
    expect(codeOf(await sendText(sandbox))).toBe(131047)
    sandbox.turn({ reactionsOpenWindow: true })
    sandbox.customers.react(ANA, { wamid })
    expect((await sendText(sandbox)).status).toBe(200)
  })

  it.each(['unsupported', 'edit', 'revoke', 'system'])('is not opened by a message of type %s', async (type) => {
    const sandbox = await startSandbox()
    sandbox.customers.send(ANA, { content: { type } })
    expect(codeOf(await sendText(sandbox))).toBe(131047)
  })

  it('is not opened by our own template', async () => {
    const sandbox = await startSandbox()
    await sendTemplate(sandbox)
    expect(codeOf(await sendText(sandbox))).toBe(131047)
  })

  it('belongs to one business number: another one stays closed', async () => {
    const sandbox = await startSandbox()
    sandbox.addSender({ id: '999', waba_id: '888', display_phone_number: '4930123456' })
    sandbox.customers.say(ANA, { text: 'hi', phone_number_id: '999' })
    expect(codeOf(await sendText(sandbox))).toBe(131047)
  })

  it('follows a customer to a new number', async () => {
    const sandbox = await startSandbox()
    sandbox.customers.say(ANA, { text: 'hi' })
    sandbox.customers.changeNumber(ANA, { wa_id: '5511900000001' })
    expect((await sendText(sandbox, 'hello', { to: '+5511900000001' })).status).toBe(200)
    expect(codeOf(await sendText(sandbox))).toBe(131047)
  })

  it('accepts and reports 131047 later when the error mode is webhook', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url, knobs: { windowErrorMode: 'webhook' } })
    const wamid = wamidOf(await sendText(sandbox, 'hello', { biz_opaque_callback_data: 'attempt-1' }))
    await sandbox.settled()
    expect(hook.statuses()).toMatchObject([
      { id: wamid, status: 'failed', biz_opaque_callback_data: 'attempt-1', errors: [{ code: 131047 }] },
    ])
  })

  it('is written down with every send as the sandbox saw it', async () => {
    const sandbox = await startSandbox()
    await sendText(sandbox)
    sandbox.customers.say(ANA, { text: 'hi' })
    await sendText(sandbox)
    expect(sandbox.ledger().map(({ seq, window_open, outcome, code }) => [seq, window_open, outcome, code])).toEqual([
      [1, false, 'refused', 131047],
      [2, true, 'accepted', null],
    ])
    expect(sandbox.ledger(1)).toMatchObject([{ seq: 2, phone_number_id: NUMBER, to: `+${ANA}`, type: 'text' }])
  })
})

describe('the free entry point', () => {
  it('is answered by the first message within 24 hours, and by no later one', () => {
    const one = conversation()
    enterThroughAd(one, NOON, {})
    expect(answersEntryPoint(one, 'first', NOON + DAY_MS - 1)).toBe(true)
    expect(answersEntryPoint(one, 'second', NOON + DAY_MS - 1)).toBe(false)
  })

  it('never opens when the answer comes at 24 hours', () => {
    const one = conversation()
    enterThroughAd(one, NOON, {})
    expect(answersEntryPoint(one, 'late', NOON + DAY_MS)).toBe(false)
  })

  it('makes messages free for 72 hours from the answer, and frees no free-form message', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.customers.arriveFromAd(ANA, {})
    sandbox.advance(DAY_MS / 2)
    await sendTemplate(sandbox)
    await sandbox.settled()
    const answeredAt = NOON + DAY_MS / 2
    expect(hook.statuses()[0]).toMatchObject({
      status: 'sent',
      conversation: {
        expiration_timestamp: String((answeredAt + 3 * DAY_MS) / 1000),
        origin: { type: 'referral_conversion' },
      },
      pricing: { billable: false, pricing_model: 'PMP', type: 'free_entry_point', category: 'referral_conversion' },
    })

    sandbox.advance(DAY_MS)
    expect(codeOf(await sendText(sandbox))).toBe(131047)
    await sendTemplate(sandbox)
    await sandbox.settled()
    expect(hook.statuses().at(-1)).toMatchObject({ pricing: { type: 'free_entry_point' } })

    sandbox.advance(2 * DAY_MS)
    await sendTemplate(sandbox)
    await sandbox.settled()
    expect(hook.statuses().at(-1)).toMatchObject({ pricing: { type: 'regular', category: 'utility', billable: true } })
  })

  it('does not open for somebody at a desktop', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.customers.arriveFromAd(ANA, { device: 'desktop' })
    await sendTemplate(sandbox)
    await sandbox.settled()
    expect(hook.statuses()[0]).toMatchObject({ pricing: { type: 'regular' } })
  })

  it('stays closed when the answer could not be delivered', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.customers.arriveFromAd(ANA, {})
    sandbox.customers.stopMarketing(ANA)
    const offer = {
      components: [
        {
          type: 'body',
          parameters: [
            { type: 'text', text: 'Ana' },
            { type: 'text', text: '5%' },
          ],
        },
      ],
    }
    await sendTemplate(sandbox, 'spring_offer', {}, offer)
    await sandbox.settled()
    expect(sandbox.phone(ANA)).toMatchObject({ threads: [{ free_entry_point: { open: false } }] })
    await sendText(sandbox)
    await sandbox.settled()
    expect(hook.statuses().at(-1)).toMatchObject({ pricing: { type: 'free_entry_point' } })
  })

  it('gets a new conversation id when the customer arrives from an ad again', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    for (const _ of [1, 2]) {
      sandbox.customers.arriveFromAd(ANA, {})
      await sendText(sandbox)
      await sandbox.settled()
    }
    const ids = hook.statuses().map((status) => (status.conversation as { id: string }).id)
    expect(new Set(ids).size).toBe(2)
  })
})
