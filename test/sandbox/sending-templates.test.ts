import { describe, expect, it } from 'vitest'
import {
  ANA,
  bodyParameters,
  codeOf,
  named,
  send,
  sendTemplate,
  startSandbox,
  type Wire,
  withOpenWindow,
} from './support.ts'

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
    ['grows beyond 1024 characters', 132005, 'spring_offer', bodyParameters('Ana', 'x'.repeat(1_000))],
    ['grows beyond 32768 characters, alone', 132005, 'order_update', bodyParameters('Ana', 'x'.repeat(32_768))],
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
