import { describe, expect, it } from 'vitest'
import { asciiJson } from '../../src/sandbox/webhooks/sign.ts'
import { ANA, hmac, sendTemplate, sendText, startHook, startSandbox, wamidOf } from './support.ts'

describe('a webhook', () => {
  it('is signed over exactly the bytes it carries', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.customers.say(ANA, { text: 'Olá 👋 ção' })
    await sandbox.settled()
    const [post] = hook.posts
    expect(post?.headers['x-hub-signature-256']).toBe(hmac(post?.body ?? ''))
  })

  it('escapes everything beyond ASCII in lower-case hex', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.customers.say(ANA, { text: 'Olá 👋' })
    await sandbox.settled()
    expect(hook.posts[0]?.body).toContain('Ol\\u00e1 \\ud83d\\udc4b')
    expect(hook.posts[0]?.body).toMatch(/^[\x20-\x7e]*$/)
    expect(hook.messages()).toMatchObject([{ text: { body: 'Olá 👋' } }])
  })

  it('means the same after escaping', () => {
    const value = { text: 'ÿ\u007f\u2028漢字', list: [1, null] }
    expect(JSON.parse(asciiJson(value))).toEqual(value)
  })

  it('goes unsigned when the knob says so', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url, knobs: { signWebhooks: false } })
    sandbox.customers.say(ANA, { text: 'hi' })
    await sandbox.settled()
    expect(hook.posts[0]?.headers).not.toHaveProperty('x-hub-signature-256')
  })

  it('is not sent while no app is subscribed', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox()
    sandbox.customers.say(ANA, { text: 'nobody hears this' })
    sandbox.setWebhookUrl(hook.url)
    sandbox.customers.say(ANA, { text: 'hi' })
    await sandbox.settled()
    expect(hook.messages()).toMatchObject([{ text: { body: 'hi' } }])
    expect(sandbox.webhookStats()).toMatchObject({ events: 2, unheard: 1, delivered: 1 })
  })
})

describe('the statuses of a message', () => {
  it('come as sent, delivered, read, each with the opaque data', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url, knobs: { readShare: 1 } })
    const wamid = wamidOf(await sendTemplate(sandbox, 'hello_world', { biz_opaque_callback_data: 'attempt.1' }))
    await sandbox.settled()
    const { userId } = sandbox.customers.customer(ANA)
    const common = { id: wamid, recipient_id: ANA, recipient_user_id: userId, biz_opaque_callback_data: 'attempt.1' }
    expect(hook.statuses()).toMatchObject([
      { ...common, status: 'sent', timestamp: expect.stringMatching(/^\d{10}$/), pricing: { category: 'utility' } },
      { ...common, status: 'delivered', pricing: { category: 'utility' } },
      { ...common, status: 'read' },
    ])
    expect(hook.changes()[0]?.value).toMatchObject({
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550783881', phone_number_id: '106540352242922' },
      contacts: [{ profile: { name: 'Ana Souza' }, wa_id: ANA, user_id: userId }],
    })
  })

  it('leave out the contacts when the message failed, and keep the opaque data', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.changeCustomer(ANA, { has_whatsapp: false })
    await sendTemplate(sandbox, 'hello_world', { biz_opaque_callback_data: 'attempt.1' })
    await sandbox.settled()
    expect(hook.changes()[0]?.value).not.toHaveProperty('contacts')
    expect(hook.statuses()).toMatchObject([
      {
        status: 'failed',
        biz_opaque_callback_data: 'attempt.1',
        errors: [{ code: 131026, title: 'Message undeliverable', error_data: { details: expect.any(String) } }],
      },
    ])
  })

  it('leave out the phone number for a message sent to a BSUID', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    const { userId } = sandbox.customers.customer(ANA)
    await sendTemplate(sandbox, 'hello_world', { recipient: userId })
    await sandbox.settled()
    expect(hook.statuses()[0]).not.toHaveProperty('recipient_id')
    expect(hook.statuses()[0]).toMatchObject({ recipient_user_id: userId })
    expect(hook.changes()[0]?.value.contacts?.[0]).not.toHaveProperty('wa_id')
  })

  it('wait for their delay on the sandbox clock', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url, knobs: { statusDelayMs: 60_000 } })
    await sendTemplate(sandbox)
    sandbox.advance(59_999)
    expect(sandbox.webhookStats().events).toBe(0)
    sandbox.advance(1)
    expect(sandbox.webhookStats().events).toBe(1)
    sandbox.advance(60_000)
    expect(sandbox.webhookStats().events).toBe(2)
  })

  it('are read for the share of messages the knob says', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url, knobs: { readShare: 0.5, throughputMps: 1_000 } })
    for (let sent = 0; sent < 40; sent += 1) await sendTemplate(sandbox)
    await sandbox.settled()
    const read = hook.statuses().filter((status) => status.status === 'read').length
    expect(read).toBeGreaterThan(8)
    expect(read).toBeLessThan(32)
  })
})

describe('delivery', () => {
  it('tries again until the answer is 200, and only 200', async () => {
    const hook = await startHook()
    hook.answerWith(500, 204)
    const sandbox = await startSandbox({ webhookUrl: hook.url, knobs: { webhookRetryBaseMs: 0 } })
    sandbox.customers.say(ANA, { text: 'hi' })
    await sandbox.settled()
    expect(hook.posts).toHaveLength(3)
    expect(new Set(hook.posts.map((post) => post.body)).size).toBe(1)
    expect(sandbox.webhookStats()).toMatchObject({ delivered: 1, refused: 2, abandoned: 0 })
  })

  it('gives up after its retries', async () => {
    const hook = await startHook()
    hook.answerWith(500, 500, 500, 500)
    const sandbox = await startSandbox({ webhookUrl: hook.url, knobs: { webhookRetryBaseMs: 0, webhookRetries: 2 } })
    sandbox.customers.say(ANA, { text: 'hi' })
    await sandbox.settled()
    expect(hook.posts).toHaveLength(3)
    expect(sandbox.webhookStats()).toMatchObject({ delivered: 0, abandoned: 1 })
  })

  it('keeps the order within a conversation', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    const texts = Array.from({ length: 30 }, (_, index) => `message ${index}`)
    for (const text of texts) sandbox.customers.say(ANA, { text })
    await sandbox.settled()
    expect(hook.messages().map((message) => (message.text as { body: string }).body)).toEqual(texts)
  })

  it('joins waiting events in one post when batches are allowed', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url, knobs: { webhookBatch: 10 } })
    for (let said = 0; said < 21; said += 1) sandbox.customers.say(ANA, { text: 'hi' })
    await sandbox.settled()
    expect(hook.posts.map((post) => post.changes.length)).toEqual([1, 10, 10])
  })

  it('loses, doubles and disorders events, the same ones for the same seed', async () => {
    const run = async (randomSeed: number) => {
      const hook = await startHook()
      const sandbox = await startSandbox({
        webhookUrl: hook.url,
        clock: Date.now,
        knobs: { randomSeed, webhookLoss: 0.2, webhookDuplicate: 0.2, webhookReorder: 0.2 },
      })
      for (let said = 0; said < 50; said += 1) sandbox.customers.say(ANA, { text: String(said) })
      await sandbox.settled()
      return {
        order: hook.messages().map((message) => (message.text as { body: string }).body),
        stats: sandbox.webhookStats(),
      }
    }
    const first = await run(7)
    expect(first.stats).toMatchObject({ events: 50 })
    expect(first.stats.lost).toBeGreaterThan(0)
    expect(first.stats.duplicated).toBeGreaterThan(0)
    expect(first.stats.reordered).toBeGreaterThan(0)
    expect(first.order).not.toEqual([...first.order].sort((a, b) => Number(a) - Number(b)))
    expect(await run(7)).toEqual(first)
    expect((await run(8)).order).not.toEqual(first.order)
  })

  it('reports any change somebody asks for', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.reportWebhook({ field: 'account_update', value: { event: 'ACCOUNT_RESTRICTION' } })
    await sandbox.settled()
    expect(hook.changes()).toEqual([{ field: 'account_update', value: { event: 'ACCOUNT_RESTRICTION' } }])
  })
})

describe('a webhook that cannot be reached', () => {
  it('does not hold up the answers of the Graph API', async () => {
    const sandbox = await startSandbox({
      webhookUrl: 'http://127.0.0.1:9/none',
      knobs: { webhookRetries: 1, webhookRetryBaseMs: 0 },
    })
    sandbox.customers.say(ANA, { text: 'hi' })
    expect((await sendText(sandbox)).status).toBe(200)
    await sandbox.settled()
    expect(sandbox.webhookStats()).toMatchObject({ delivered: 0, abandoned: 3 })
  })
})
