import { describe, expect, it } from 'vitest'
import { DEFAULT_SEED } from '../../src/sandbox/sandbox.ts'
import {
  ANA,
  call,
  codeOf,
  errorOf,
  NOON,
  NUMBER,
  send,
  sendTemplate,
  sendText,
  startSandbox,
  type Wire,
  wamidOf,
  withOpenWindow,
} from './support.ts'

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

  it('says a message_status for a template, and for nothing else', async () => {
    const sandbox = await withOpenWindow()
    const id = expect.any(String)
    expect((await sendTemplate(sandbox)).body.messages).toEqual([{ id, message_status: 'accepted' }])
    expect((await sendText(sandbox, 'hello')).body.messages).toEqual([{ id }])
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
