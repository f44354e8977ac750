import { describe, expect, it } from 'vitest'
import { DEFAULT_SEED, type Sandbox } from '../../src/sandbox/sandbox.ts'
import {
  ANA,
  bodyParameters,
  call,
  codeOf,
  DAY_MS,
  errorOf,
  NOON,
  NUMBER,
  named,
  send,
  sendTemplate,
  sendText,
  startHook,
  startSandbox,
  type Wire,
  wamidOf,
} from './support.ts'

/** A sandbox in which Ana has just written. */
async function withOpenWindow(options: Parameters<typeof startSandbox>[0] = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options)
  sandbox.customers.say(ANA, { text: 'hi' })
  return sandbox
}

describe('an accepted message', () => {
  it('is answered with the input, the wa_id and a wamid', async () => {
    const sandbox = await withOpenWindow()
    const { body } = await sendText(sandbox, 'hello', { to: '+55 (11) 98765-4321' })
    expect(body).toEqual({
      messaging_product: 'whatsapp',
      contacts: [{ input: '+55 (11) 98765-4321', wa_id: ANA }],
      messages: [{ id: expect.stringMatching(/^wamid\.[A-Za-z0-9+/]{20,}={0,2}$/) }],
    })
  })

  it('says no message_status for a template that is not paced', async () => {
    const sandbox = await startSandbox()
    expect((await sendTemplate(sandbox)).body.messages).toEqual([{ id: expect.any(String) }])
  })

  it('goes to the wa_id behind another spelling of the number', async () => {
    const seed = { ...DEFAULT_SEED, customers: [{ waId: '551187654321', aliases: ['5511987654321'] }] }
    const sandbox = await startSandbox({ seed })
    expect((await sendTemplate(sandbox)).body.contacts).toEqual([{ input: `+${ANA}`, wa_id: '551187654321' }])
  })

  it('gets the country code of the sender in front when its number has none', async () => {
    const sandbox = await startSandbox()
    expect((await sendTemplate(sandbox, 'hello_world', { to: '(631) 555-1234' })).body.contacts).toMatchObject([
      { wa_id: '16315551234' },
    ])
  })

  it('goes to a BSUID, and names no wa_id then', async () => {
    const sandbox = await startSandbox()
    const { userId } = sandbox.customers.customer(ANA)
    const { body } = await sendTemplate(sandbox, 'hello_world', { recipient: userId })
    expect(body.contacts).toEqual([{ input: userId, user_id: userId }])
  })

  it('goes to the number when a request names both', async () => {
    const sandbox = await startSandbox()
    const { body } = await sendTemplate(sandbox, 'hello_world', { to: `+${ANA}`, recipient: 'US.1' })
    expect(body.contacts).toMatchObject([{ wa_id: ANA }])
  })

  it('may be text without a type, as at Meta', async () => {
    const sandbox = await withOpenWindow()
    expect((await send(sandbox, { text: { body: 'hello' } })).status).toBe(200)
  })
})

const reply = (id: string, title: string) => ({ type: 'reply', reply: { id, title } })
const body = { text: 'Choose' }

describe('a free-form message of every type', () => {
  const messages: Record<string, Wire> = {
    text: { type: 'text', text: { body: 'hello', preview_url: true } },
    image: { type: 'image', image: { link: 'https://example.com/a.png', caption: 'look' } },
    video: { type: 'video', video: { link: 'https://example.com/a.mp4' } },
    audio: { type: 'audio', audio: { link: 'https://example.com/a.ogg', voice: true } },
    document: { type: 'document', document: { link: 'https://example.com/a.pdf', filename: 'a.pdf' } },
    sticker: { type: 'sticker', sticker: { link: 'https://example.com/a.webp' } },
    location: { type: 'location', location: { latitude: '37.44', longitude: -122.16, name: 'Here' } },
    contacts: { type: 'contacts', contacts: [{ name: { formatted_name: 'Sam' }, phones: [{ phone: '+1555' }] }] },
    reaction: { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '' } },
    buttons: { type: 'interactive', interactive: { type: 'button', body, action: { buttons: [reply('a', 'A')] } } },
    list: {
      type: 'interactive',
      interactive: { type: 'list', body, action: { button: 'Open', sections: [{ rows: [{ id: 'a', title: 'A' }] }] } },
    },
    cta_url: {
      type: 'interactive',
      interactive: {
        type: 'cta_url',
        body,
        action: { name: 'cta_url', parameters: { display_text: 'Go', url: 'https://example.com' } },
      },
    },
    location_request: {
      type: 'interactive',
      interactive: { type: 'location_request_message', body, action: { name: 'send_location' } },
    },
  }

  it.each(Object.keys(messages))('is accepted: %s', async (name) => {
    const sandbox = await withOpenWindow()
    expect(await send(sandbox, messages[name] as Wire)).toMatchObject({ status: 200 })
  })
})

describe('a request that is wrong', () => {
  const wrong: [string, number, Wire][] = [
    ['has no messaging_product', 100, { messaging_product: undefined, type: 'text', text: { body: 'x' } }],
    ['has neither to nor recipient', 100, { to: undefined, type: 'text', text: { body: 'x' } }],
    ['has an unknown type', 100, { type: 'hologram', hologram: {} }],
    ['misses the part its type names', 131008, { type: 'text' }],
    ['misses a required field', 131008, { type: 'text', text: {} }],
    ['has an empty text', 131008, { type: 'text', text: { body: '' } }],
    ['has a text beyond 4096 characters', 100, { type: 'text', text: { body: 'x'.repeat(4097) } }],
    ['misspells a field', 100, { type: 'text', text: { body: 'x', preview_ulr: true } }],
    ['has a field of another kind', 100, { type: 'text', text: { body: 'x', preview_url: 'yes' } }],
    ['has media without id or link', 131008, { type: 'image', image: { caption: 'x' } }],
    ['has a link that is none', 131009, { type: 'image', image: { link: 'a.png' } }],
    ['names media nobody uploaded', 100, { type: 'image', image: { id: '12345' } }],
    ['has a latitude beyond the pole', 131009, { type: 'location', location: { latitude: 91, longitude: 0 } }],
    ['has a number that is none', 131009, { to: 'Ana', type: 'text', text: { body: 'x' } }],
    ['has a number that is too long', 131009, { to: '+1234567890123456', type: 'text', text: { body: 'x' } }],
    ['has a recipient that is no BSUID', 131009, { recipient: '5511', type: 'text', text: { body: 'x' } }],
    [
      'has opaque data beyond 512 characters',
      100,
      { type: 'text', text: { body: 'x' }, biz_opaque_callback_data: 'x'.repeat(513) },
    ],
    ['has a context without a message id', 131008, { type: 'text', text: { body: 'x' }, context: {} }],
    ['uses Direct Send without onboarding', 100, { type: 'text', text: { body: 'x' }, category: 'utility' }],
    [
      'has four buttons',
      131009,
      {
        type: 'interactive',
        interactive: { type: 'button', body, action: { buttons: ['a', 'b', 'c', 'd'].map((id) => reply(id, id)) } },
      },
    ],
    [
      'has two buttons of one title',
      131009,
      {
        type: 'interactive',
        interactive: { type: 'button', body, action: { buttons: [reply('a', 'A'), reply('b', 'A')] } },
      },
    ],
    [
      'has a button title beyond 20 characters',
      100,
      { type: 'interactive', interactive: { type: 'button', body, action: { buttons: [reply('a', 'x'.repeat(21))] } } },
    ],
    [
      'has eleven rows',
      131009,
      {
        type: 'interactive',
        interactive: {
          type: 'list',
          body,
          action: {
            button: 'Open',
            sections: [0, 1].map((part) => ({
              title: 'x',
              rows: [0, 1, 2, 3, 4, 5].map((row) => ({ id: `${part}${row}`, title: 'x' })),
            })),
          },
        },
      },
    ],
    [
      'has an unknown interactive type',
      100,
      { type: 'interactive', interactive: { type: 'puppet', body, action: {} } },
    ],
    ['goes to the sending number itself', 131021, { to: '+15550783881', type: 'text', text: { body: 'x' } }],
  ]

  it.each(wrong)('%s: %i', async (_, code, message) => {
    const sandbox = await withOpenWindow()
    const answer = await send(sandbox, message)
    expect(codeOf(answer)).toBe(code)
    expect(answer.status).toBe(400)
  })

  it('is explained in the shape of a Graph error', async () => {
    const sandbox = await startSandbox()
    expect(errorOf(await sendText(sandbox))).toEqual({
      message: '(#131047) Re-engagement message',
      type: 'OAuthException',
      code: 131047,
      error_data: { messaging_product: 'whatsapp', details: expect.stringContaining('24 hours') },
      fbtrace_id: expect.stringMatching(/^A/),
    })
  })

  it('is refused as 100 when its body is no JSON', async () => {
    const sandbox = await startSandbox()
    const response = await fetch(`${sandbox.url}/v25.0/${NUMBER}/messages?access_token=sandbox-access-token`, {
      method: 'POST',
      body: '{"messaging_product":',
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 100 } })
  })
})

describe('a template', () => {
  const values = { user: 'Ana', your_name: 'Sam', company: 'Lucky Shrub' }
  const button = (index: string, sub_type = 'quick_reply', parameter: Wire = { type: 'payload', payload: 'YES' }) => ({
    type: 'button',
    sub_type,
    index,
    parameters: [parameter],
  })
  const wrong: [string, number, string, Wire][] = [
    ['does not exist', 132001, 'no_such_template', {}],
    ['does not exist in that language', 132001, 'keep_helping', { language: { code: 'en_US' }, ...named(values) }],
    ['lacks a parameter', 132000, 'order_update', bodyParameters('Ana')],
    ['has one parameter too many', 132000, 'order_update', bodyParameters('Ana', '#1', 'x')],
    ['has no parameters at all', 132000, 'order_update', {}],
    ['gets names where it counts', 132012, 'order_update', named({ a: 'Ana', b: '#1' })],
    ['gets places where it names', 132012, 'keep_helping', bodyParameters('Ana', 'Sam', 'Lucky Shrub')],
    ['gets a name it does not know', 132012, 'keep_helping', named({ user: 'Ana', your_name: 'Sam', firm: 'x' })],
    ['gets an empty parameter', 131008, 'order_update', bodyParameters('Ana', '')],
    ['gets a parameter with a line break', 132018, 'order_update', bodyParameters('Ana', 'a\nb')],
    ['grows beyond 1024 characters', 132005, 'order_update', bodyParameters('Ana', 'x'.repeat(1_000))],
    [
      'gets a header it has not',
      132000,
      'order_update',
      { components: [{ type: 'header', parameters: [{ type: 'text', text: 'x' }] }] },
    ],
    [
      'gets a button it has not',
      132018,
      'keep_helping',
      { components: [...(named(values).components as Wire[]), button('7')] },
    ],
    [
      'gets a button of another kind',
      132012,
      'keep_helping',
      { components: [...(named(values).components as Wire[]), button('0', 'url', { type: 'text', text: 'x' })] },
    ],
  ]

  it.each(wrong)('%s: %i', async (_, code, name, template) => {
    const sandbox = await startSandbox()
    expect(codeOf(await sendTemplate(sandbox, name, {}, template))).toBe(code)
  })

  it.each([
    ['PAUSED', 132015, 400],
    ['DISABLED', 132016, 400],
    ['REJECTED', 132001, 404],
    ['PENDING', 132001, 404],
  ] as const)('is refused while it is %s: %i', async (status, code, http) => {
    const sandbox = await startSandbox()
    sandbox.addTemplate({
      name: 'notice',
      language: 'en',
      category: 'UTILITY',
      status,
      components: [{ type: 'BODY', text: 'x' }],
    })
    const answer = await sendTemplate(sandbox, 'notice')
    expect([codeOf(answer), answer.status]).toEqual([code, http])
  })

  it('wants media of its header kind', async () => {
    const sandbox = await startSandbox()
    sandbox.addTemplate({
      name: 'poster',
      language: 'en',
      category: 'MARKETING',
      components: [
        { type: 'HEADER', format: 'IMAGE' },
        { type: 'BODY', text: 'Look' },
      ],
    })
    const header = (parameter: Wire) => ({ components: [{ type: 'header', parameters: [parameter] }] })
    expect(codeOf(await sendTemplate(sandbox, 'poster'))).toBe(132012)
    expect(codeOf(await sendTemplate(sandbox, 'poster', {}, header({ type: 'text', text: 'x' })))).toBe(132012)
    expect(codeOf(await sendTemplate(sandbox, 'poster', {}, header({ type: 'image', image: {} })))).toBe(131008)
    const good = header({ type: 'image', image: { link: 'https://example.com/a.png' } })
    expect((await sendTemplate(sandbox, 'poster', {}, good)).status).toBe(200)
  })

  it('wants the suffix of a link and the code of an offer', async () => {
    const sandbox = await startSandbox()
    sandbox.addTemplate({
      name: 'offer',
      language: 'en',
      category: 'MARKETING',
      components: [
        { type: 'BODY', text: 'Look' },
        {
          type: 'BUTTONS',
          buttons: [
            { type: 'URL', text: 'Shop', url: 'https://example.com/{{1}}' },
            { type: 'COPY_CODE', text: 'Copy' },
          ],
        },
      ],
    })
    const link = { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'spring' }] }
    const code = {
      type: 'button',
      sub_type: 'copy_code',
      index: 1,
      parameters: [{ type: 'coupon_code', coupon_code: 'S5' }],
    }
    expect(codeOf(await sendTemplate(sandbox, 'offer', {}, { components: [code] }))).toBe(131008)
    expect(codeOf(await sendTemplate(sandbox, 'offer', {}, { components: [link] }))).toBe(131008)
    expect((await sendTemplate(sandbox, 'offer', {}, { components: [link, code] })).status).toBe(200)
  })

  it('may carry a language policy, or none', async () => {
    const sandbox = await startSandbox()
    const language = { code: 'en_US', policy: 'deterministic' }
    expect((await sendTemplate(sandbox, 'hello_world', {}, { language })).status).toBe(200)
  })

  it('is shown on the phone with its parameters filled in', async () => {
    const sandbox = await startSandbox()
    await sendTemplate(sandbox, 'keep_helping', {}, named(values))
    expect(sandbox.phone(ANA)).toMatchObject({
      threads: [
        {
          messages: [
            {
              text: 'Hello, Ana! I am Sam from Lucky Shrub. I would like to keep helping you. Can I assist you with something else?',
              buttons: [{ label: 'Yes, please!' }, { label: 'No, thanks!' }],
            },
          ],
        },
      ],
    })
  })

  it('of authentication takes its code and goes to numbers only', async () => {
    const sandbox = await startSandbox()
    sandbox.addTemplate({
      name: 'login',
      language: 'en',
      category: 'AUTHENTICATION',
      components: [
        { type: 'BODY', add_security_recommendation: true },
        { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
      ],
    })
    const code = {
      components: [
        { type: 'body', parameters: [{ type: 'text', text: '123456' }] },
        { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '123456' }] },
      ],
    }
    expect((await sendTemplate(sandbox, 'login', {}, code)).status).toBe(200)
    const { userId } = sandbox.customers.customer(ANA)
    expect(codeOf(await sendTemplate(sandbox, 'login', { recipient: userId }, code))).toBe(131062)
  })
})

describe('the marketing messages endpoint', () => {
  const offer = bodyParameters('Ana', '25%')

  it('sends marketing templates', async () => {
    const sandbox = await startSandbox()
    const template = { name: 'spring_offer', language: { code: 'en' }, ...offer }
    expect((await send(sandbox, { type: 'template', template }, 'marketing_messages')).status).toBe(200)
  })

  it('refuses everything else with 131055', async () => {
    const sandbox = await withOpenWindow()
    const template = { name: 'hello_world', language: { code: 'en_US' } }
    expect(codeOf(await send(sandbox, { type: 'template', template }, 'marketing_messages'))).toBe(131055)
    expect(codeOf(await send(sandbox, { type: 'text', text: { body: 'x' } }, 'marketing_messages'))).toBe(131055)
  })
})

describe('limits', () => {
  it('refuse the message beyond a number of messages per second with 130429, for that second', async () => {
    const sandbox = await withOpenWindow({ knobs: { throughputMps: 5, pairBurst: 45 } })
    sandbox.advance(1_000)
    for (let sent = 0; sent < 5; sent += 1) expect((await sendText(sandbox)).status).toBe(200)
    const refused = await sendText(sandbox)
    expect([codeOf(refused), refused.status]).toEqual([130429, 429])
    sandbox.advance(1_000)
    expect((await sendText(sandbox)).status).toBe(200)
  })

  it('count inbound messages towards the throughput', async () => {
    const sandbox = await startSandbox({ knobs: { throughputMps: 2 } })
    sandbox.customers.say(ANA, { text: 'one' })
    sandbox.customers.say(ANA, { text: 'two' })
    expect(codeOf(await sendText(sandbox))).toBe(130429)
  })

  it('leave another number its own throughput', async () => {
    const sandbox = await startSandbox({ knobs: { throughputMps: 1 } })
    sandbox.addSender({ id: '999', waba_id: '888', display_phone_number: '4930123456', throughput_mps: 3 })
    sandbox.customers.say(ANA, { text: 'hi', phone_number_id: '999' })
    const post = () =>
      call(sandbox, 'POST', '/999/messages', { messaging_product: 'whatsapp', to: ANA, text: { body: 'x' } })
    expect((await post()).status).toBe(200)
    expect((await post()).status).toBe(200)
    expect(codeOf(await post())).toBe(130429)
  })

  it('refuse the 46th message of a burst to one user with 131056, and give one back every six seconds', async () => {
    const sandbox = await withOpenWindow({ knobs: { throughputMps: 1_000 } })
    for (let sent = 0; sent < 45; sent += 1) expect((await sendText(sandbox)).status).toBe(200)
    expect(codeOf(await sendText(sandbox))).toBe(131056)
    expect((await sendTemplate(sandbox, 'hello_world', { to: '+447911123456' })).status).toBe(200)
    sandbox.advance(6_000)
    expect((await sendText(sandbox)).status).toBe(200)
    expect(codeOf(await sendText(sandbox))).toBe(131056)
  })

  it('refuse new users beyond the messaging limit of the portfolio, for 24 hours', async () => {
    const sandbox = await startSandbox({ knobs: { messagingLimit: 2 } })
    const to = (number: number) => sendTemplate(sandbox, 'hello_world', { to: `+4930000000${number}` })
    expect((await to(1)).status).toBe(200)
    expect((await to(2)).status).toBe(200)
    expect(codeOf(await to(3))).toBe(131048)
    expect((await to(2)).status).toBe(200)
    sandbox.advance(DAY_MS)
    expect((await to(3)).status).toBe(200)
  })

  it('do not count templates inside an open window towards the messaging limit', async () => {
    const sandbox = await withOpenWindow({ knobs: { messagingLimit: 1 } })
    expect((await sendTemplate(sandbox)).status).toBe(200)
    expect((await sendTemplate(sandbox, 'hello_world', { to: '+447911123456' })).status).toBe(200)
  })

  it('are not spent by refused messages', async () => {
    const sandbox = await startSandbox({ knobs: { pairBurst: 1 } })
    expect(codeOf(await sendText(sandbox))).toBe(131047)
    expect((await sendTemplate(sandbox)).status).toBe(200)
  })
})

describe('a message that cannot be delivered', () => {
  async function failureOf(
    sandbox: Sandbox,
    hook: Awaited<ReturnType<typeof startHook>>,
    message: () => Promise<unknown>,
  ) {
    await message()
    await sandbox.settled()
    return hook.statuses()
  }

  it('fails with 131026 when the number has no WhatsApp', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.addCustomer({ wa_id: '4930111', has_whatsapp: false })
    const statuses = await failureOf(sandbox, hook, () => sendTemplate(sandbox, 'hello_world', { to: '+4930111' }))
    expect(statuses).toMatchObject([{ status: 'failed', errors: [{ code: 131026 }] }])
  })

  it('fails with 131026 when nobody has the BSUID', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    const statuses = await failureOf(sandbox, hook, () => sendTemplate(sandbox, 'hello_world', { recipient: 'US.404' }))
    expect(statuses).toMatchObject([{ status: 'failed', recipient_user_id: 'US.404', errors: [{ code: 131026 }] }])
  })

  it('fails with 131050 when it is marketing and the user stopped that', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.customers.stopMarketing(ANA)
    const statuses = await failureOf(sandbox, hook, () =>
      sendTemplate(sandbox, 'spring_offer', {}, bodyParameters('Ana', '5%')),
    )
    expect(statuses).toMatchObject([{ status: 'failed', errors: [{ code: 131050 }] }])
  })

  it('is still delivered when it is a utility template and the user stopped marketing', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.customers.stopMarketing(ANA)
    await sendTemplate(sandbox)
    await sandbox.settled()
    expect(hook.statuses().map((status) => status.status)).toEqual(['sent', 'delivered'])
  })

  it('fails with 131049 when it is marketing to the United States, and not to Canada', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    const offer = bodyParameters('Sam', '5%')
    await sendTemplate(sandbox, 'spring_offer', { to: '+12125550123' }, offer)
    await sandbox.settled()
    expect(hook.statuses()).toMatchObject([{ status: 'failed', errors: [{ code: 131049 }] }])
    await sendTemplate(sandbox, 'spring_offer', { to: '+14165550123' }, offer)
    await sandbox.settled()
    expect(hook.statuses().at(-1)).toMatchObject({ status: 'delivered' })
  })

  it('waits at sent while the phone is off', async () => {
    const hook = await startHook()
    const sandbox = await startSandbox({ webhookUrl: hook.url })
    sandbox.changeCustomer(ANA, { online: false })
    await sendTemplate(sandbox)
    await sandbox.settled()
    expect(hook.statuses().map((status) => status.status)).toEqual(['sent'])
    sandbox.changeCustomer(ANA, { online: true })
    await sandbox.settled()
    expect(hook.statuses().map((status) => status.status)).toEqual(['sent', 'delivered'])
  })
})

describe('a sender in trouble', () => {
  it.each([131031, 368, 131042, 131048, 131057, 133010])(
    'refuses every send with %i until it is cured',
    async (code) => {
      const sandbox = await startSandbox()
      sandbox.changeSender(NUMBER, { refuse_with: code })
      expect(codeOf(await sendTemplate(sandbox))).toBe(code)
      sandbox.changeSender(NUMBER, { refuse_with: null })
      expect((await sendTemplate(sandbox)).status).toBe(200)
    },
  )
})

describe('a read receipt', () => {
  it('marks the customer’s message read and shows that somebody types', async () => {
    const sandbox = await startSandbox()
    const { wamid } = sandbox.customers.say(ANA, { text: 'hi' })
    const receipt = {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: wamid,
      typing_indicator: { type: 'text' },
    }
    expect((await call(sandbox, 'POST', `/${NUMBER}/messages`, receipt)).body).toEqual({ success: true })
    expect(sandbox.phone(ANA)).toMatchObject({ threads: [{ typing: true, messages: [{ status: 'read' }] }] })
    expect(sandbox.ledger()).toEqual([])
  })

  it('is refused for a message the number never received', async () => {
    const sandbox = await startSandbox()
    const receipt = { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.none' }
    expect(codeOf(await call(sandbox, 'POST', `/${NUMBER}/messages`, receipt))).toBe(131009)
  })
})

describe('the ledger', () => {
  it('keeps body, wamid and opaque data of every send in order', async () => {
    const sandbox = await startSandbox()
    const first = await sendTemplate(sandbox, 'hello_world', { biz_opaque_callback_data: 'attempt.1' })
    await sendTemplate(sandbox, 'hello_world', { biz_opaque_callback_data: 'attempt.2' })
    const { body } = await call(sandbox, 'GET', '/sandbox/ledger?since=0')
    expect(body).toMatchObject({
      last_seq: 2,
      data: [
        { seq: 1, at: new Date(NOON).toISOString(), wamid: wamidOf(first), opaque: 'attempt.1', outcome: 'accepted' },
        { seq: 2, opaque: 'attempt.2', body: { type: 'template' } },
      ],
    })
  })

  it('forgets the oldest beyond its capacity and keeps counting', async () => {
    const sandbox = await startSandbox({ capacity: { sends: 4, messages: 4 } })
    for (let sent = 0; sent < 9; sent += 1) await sendTemplate(sandbox)
    const kept = sandbox.ledger().map((record) => record.seq)
    expect(kept.at(-1)).toBe(9)
    expect(kept.length).toBeLessThanOrEqual(5)
    expect(sandbox.ledger(8).map((record) => record.seq)).toEqual([9])
  })
})
