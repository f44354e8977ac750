import { describe, expect, it } from 'vitest'
import { SandboxActionError } from '../../src/sandbox/sandbox.ts'
import { ANA, NOON, NUMBER, named, send, sendTemplate, startHook, startSandbox, WABA, wamidOf } from './support.ts'

async function withHook() {
  const hook = await startHook()
  const sandbox = await startSandbox({ webhookUrl: hook.url })
  return { hook, sandbox }
}

const INVITATION = named({ user: 'Ana', your_name: 'Sam', company: 'Lucky Shrub' })

describe('a customer', () => {
  it('writes text', async () => {
    const { hook, sandbox } = await withHook()
    const { wamid, window_expires_at } = sandbox.customers.say(ANA, { text: 'hi' })
    await sandbox.settled()
    const { userId } = sandbox.customers.customer(ANA)
    expect(window_expires_at).toBe(NOON + 24 * 3_600_000)
    expect(JSON.parse(hook.posts[0]?.body ?? '')).toEqual({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: WABA,
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata: { display_phone_number: '15550783881', phone_number_id: NUMBER },
                contacts: [{ profile: { name: 'Ana Souza' }, wa_id: ANA, user_id: userId }],
                messages: [
                  {
                    from: ANA,
                    from_user_id: userId,
                    id: wamid,
                    timestamp: String(NOON / 1000),
                    type: 'text',
                    text: { body: 'hi' },
                  },
                ],
              },
            },
          ],
        },
      ],
    })
  })

  it('taps a quick reply of a template: the payload is the label unless one was sent', async () => {
    const { hook, sandbox } = await withHook()
    const wamid = wamidOf(await sendTemplate(sandbox, 'keep_helping', {}, INVITATION))
    sandbox.customers.tap(ANA, { label: 'Yes, please!' })
    const components = [
      ...(INVITATION.components as object[]),
      { type: 'button', sub_type: 'quick_reply', index: '1', parameters: [{ type: 'payload', payload: 'DECLINE' }] },
    ]
    await sendTemplate(sandbox, 'keep_helping', {}, { components })
    sandbox.customers.tap(ANA, { label: 'No, thanks!' })
    await sandbox.settled()
    expect(hook.messages()).toMatchObject([
      {
        type: 'button',
        button: { payload: 'Yes, please!', text: 'Yes, please!' },
        context: { from: '15550783881', id: wamid },
      },
      { type: 'button', button: { payload: 'DECLINE', text: 'No, thanks!' } },
    ])
  })

  it('taps a button or a row of an interactive message', async () => {
    const { hook, sandbox } = await withHook()
    sandbox.customers.say(ANA, { text: 'hi' })
    const body = { text: 'Choose' }
    const buttons = [{ type: 'reply', reply: { id: 'b1', title: 'Left' } }]
    const rows = [{ id: 'r1', title: 'Up', description: 'Higher' }]
    await send(sandbox, { type: 'interactive', interactive: { type: 'button', body, action: { buttons } } })
    await send(sandbox, {
      type: 'interactive',
      interactive: { type: 'list', body, action: { button: 'Open', sections: [{ rows }] } },
    })
    sandbox.customers.tap(ANA, { label: 'Left' })
    sandbox.customers.tap(ANA, { label: 'Up' })
    await sandbox.settled()
    expect(hook.messages().slice(1)).toMatchObject([
      { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'b1', title: 'Left' } } },
      {
        type: 'interactive',
        interactive: { type: 'list_reply', list_reply: { id: 'r1', title: 'Up', description: 'Higher' } },
      },
    ])
  })

  it('answers the message named, even an old one', async () => {
    const { hook, sandbox } = await withHook()
    const old = wamidOf(await sendTemplate(sandbox, 'keep_helping', {}, INVITATION))
    await sendTemplate(sandbox, 'keep_helping', {}, INVITATION)
    sandbox.customers.tap(ANA, { label: 'Yes, please!', wamid: old })
    await sandbox.settled()
    expect(hook.messages()).toMatchObject([{ context: { id: old } }])
  })

  it('cannot tap what no message offers', async () => {
    const { sandbox } = await withHook()
    await sendTemplate(sandbox, 'keep_helping', {}, INVITATION)
    expect(() => sandbox.customers.tap(ANA, { label: 'Maybe' })).toThrow(/it offers \[Yes, please!, No, thanks!\]/)
    expect(() => sandbox.customers.tap(ANA, { label: 'Maybe' })).toThrow(SandboxActionError)
  })

  it('arrives from an ad with a referral', async () => {
    const { hook, sandbox } = await withHook()
    sandbox.customers.arriveFromAd(ANA, { text: 'I saw your ad', referral: { headline: 'Spring sale' } })
    await sandbox.settled()
    expect(hook.messages()).toMatchObject([
      {
        type: 'text',
        text: { body: 'I saw your ad' },
        referral: {
          source_type: 'ad',
          source_id: expect.any(String),
          headline: 'Spring sale',
          ctwa_clid: expect.any(String),
        },
      },
    ])
  })

  it('calls: a connect and a terminate event', async () => {
    const { hook, sandbox } = await withHook()
    const { wamid } = sandbox.customers.call(ANA)
    await sandbox.settled()
    const call = {
      id: wamid,
      from: ANA,
      to: '15550783881',
      direction: 'USER_INITIATED',
      timestamp: String(NOON / 1000),
    }
    expect(hook.changes()).toMatchObject([
      { field: 'calls', value: { calls: [{ ...call, event: 'connect' }] } },
      { field: 'calls', value: { calls: [{ ...call, event: 'terminate' }] } },
    ])
  })

  it('reacts, and takes the reaction back', async () => {
    const { hook, sandbox } = await withHook()
    const wamid = wamidOf(await sendTemplate(sandbox))
    sandbox.customers.react(ANA, { emoji: '❤️' })
    sandbox.customers.react(ANA, { emoji: '' })
    await sandbox.settled()
    expect(hook.messages().map((message) => message.reaction)).toEqual([
      { message_id: wamid, emoji: '❤️' },
      { message_id: wamid },
    ])
  })

  it('sends anything else in its wire form', async () => {
    const { hook, sandbox } = await withHook()
    const image = { id: '1', mime_type: 'image/jpeg', sha256: 'x', caption: 'look' }
    sandbox.customers.send(ANA, { content: { type: 'image', image } })
    sandbox.customers.send(ANA, { content: { type: 'unsupported', errors: [{ code: 131051 }] } })
    await sandbox.settled()
    expect(hook.messages()).toMatchObject([{ type: 'image', image }, { type: 'unsupported' }])
  })

  it('stops and resumes marketing', async () => {
    const { hook, sandbox } = await withHook()
    expect(sandbox.customers.stopMarketing(ANA)).toEqual({ marketing_stopped: true })
    sandbox.customers.resumeMarketing(ANA)
    await sandbox.settled()
    const preference = { wa_id: ANA, category: 'marketing_messages', timestamp: NOON / 1000 }
    expect(hook.changes()).toMatchObject([
      { field: 'user_preferences', value: { user_preferences: [{ ...preference, value: 'stop' }] } },
      { field: 'user_preferences', value: { user_preferences: [{ ...preference, value: 'resume' }] } },
    ])
  })

  it('moves to a new number, told by a system message without contacts', async () => {
    const { hook, sandbox } = await withHook()
    const before = sandbox.customers.customer(ANA).userId
    const { user_id } = sandbox.customers.changeNumber(ANA, { wa_id: '5511900000001' })
    await sandbox.settled()
    expect(user_id).not.toBe(before)
    expect(hook.messages()).toMatchObject([
      {
        from: ANA,
        type: 'system',
        system: { type: 'user_changed_number', wa_id: '5511900000001', user_id, previous_user_id: before },
      },
    ])
    expect(hook.changes()[0]?.value).not.toHaveProperty('contacts')
  })

  it('tells a new number to every business they talk to', async () => {
    const { hook, sandbox } = await withHook()
    sandbox.addSender({ id: '999', waba_id: '888', display_phone_number: '4930123456' })
    sandbox.customers.say(ANA, { text: 'hi' })
    sandbox.customers.say(ANA, { text: 'hi', phone_number_id: '999' })
    sandbox.customers.changeNumber(ANA, { wa_id: '5511900000001' })
    await sandbox.settled()
    expect(hook.messages().filter((message) => message.type === 'system')).toHaveLength(2)
  })

  it('may hide the number: only the user id is told', async () => {
    const { hook, sandbox } = await withHook()
    sandbox.changeCustomer(ANA, { phone_hidden: true, username: 'ana' })
    sandbox.customers.say(ANA, { text: 'hi' })
    await sandbox.settled()
    const { userId } = sandbox.customers.customer(ANA)
    expect(hook.messages()[0]).not.toHaveProperty('from')
    expect(hook.messages()[0]).toMatchObject({ from_user_id: userId })
    expect(hook.changes()[0]?.value.contacts).toEqual([
      { profile: { name: 'Ana Souza', username: 'ana' }, user_id: userId },
    ])
  })

  it('may have no number at all', async () => {
    const { hook, sandbox } = await withHook()
    sandbox.addCustomer({ user_id: 'BR.13491208655302741918', name: 'Bia' })
    sandbox.customers.say('BR.13491208655302741918', { text: 'hi' })
    const answer = await send(sandbox, { recipient: 'BR.13491208655302741918', type: 'text', text: { body: 'hello' } })
    await sandbox.settled()
    expect(answer.body.contacts).toEqual([{ input: 'BR.13491208655302741918', user_id: 'BR.13491208655302741918' }])
    expect(hook.statuses()).toMatchObject([{ status: 'sent' }, { status: 'delivered' }])
    expect(JSON.stringify(hook.changes())).not.toContain('wa_id')
  })

  it('opens the chat and reads what was delivered', async () => {
    const { hook, sandbox } = await withHook()
    await sendTemplate(sandbox)
    await sandbox.settled()
    expect(sandbox.customers.read(ANA)).toEqual({ read: 1 })
    await sandbox.settled()
    expect(hook.statuses().at(-1)).toMatchObject({ status: 'read' })
  })

  it('appears when a number is first written to', async () => {
    const { sandbox } = await withHook()
    await sendTemplate(sandbox, 'hello_world', { to: '+4930555' })
    expect(sandbox.phone('4930555')).toMatchObject({ wa_id: '4930555', user_id: expect.stringMatching(/^DE\.\d+$/) })
  })
})
