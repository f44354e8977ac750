import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import {
  alternatesOf,
  characters,
  formatZodIssue,
  isTemplate,
  type Message,
  messageInputSchema,
  messageSchema,
  normaliseMessage,
  OPAQUE_DATA_MAX,
  releaseOf,
  sentAs,
  type TemplateReference,
  templateOfMessage,
  templateReferenceSchema,
  templatesOf,
  unstorableJson,
  type WhenClosed,
  whenClosedSchema,
} from '../../src/domain/content.ts'

const body = { text: 'Which one?' }
const image = { link: 'https://example.com/a.png' }
const reply = (id: string, title = id) => ({ type: 'reply', reply: { id, title } })
const rows = (count: number, prefix = 'row') =>
  Array.from({ length: count }, (_, i) => ({ id: `${prefix}-${i}`, title: `Row ${i}` }))
const buttons = (...list: unknown[]) => interactive({ type: 'button', body, action: { buttons: list } })
const list = (...sections: unknown[]) => interactive({ type: 'list', body, action: { button: 'Open', sections } })
const flow = (parameters: object) =>
  interactive({
    type: 'flow',
    body,
    action: { name: 'flow', parameters: { flow_message_version: '3', flow_cta: 'Go', ...parameters } },
  })
const card = (index: number) => ({
  card_index: index,
  type: 'cta_url',
  header: { type: 'image', image },
  body: { text: 'Card' },
  action: { name: 'cta_url', parameters: { display_text: 'See', url: 'https://example.com' } },
})

function interactive(value: object): object {
  return { type: 'interactive', interactive: value }
}

function problemOf(input: unknown): { field: string; message: string } {
  const result = messageInputSchema.safeParse(input)
  if (result.success) throw new Error('expected the message to be refused')
  return formatZodIssue(result.error, { input: normaliseMessage(input), root: 'message' })
}

const ACCEPTED: Record<string, object> = {
  'a text': { type: 'text', text: { body: 'Hello', preview_url: true } },
  'an image by id': { type: 'image', image: { id: '123', caption: '' } },
  'a video by link': { type: 'video', video: { link: 'http://example.com/v.mp4', caption: 'Look' } },
  'a voice message': { type: 'audio', audio: { id: '123', voice: true } },
  'a document': { type: 'document', document: { id: '123', filename: 'a.pdf', caption: 'Invoice' } },
  'a sticker': { type: 'sticker', sticker: { id: '123' } },
  'a place in numbers': { type: 'location', location: { latitude: -23.55, longitude: -46.63, name: 'Here' } },
  'a place in strings': { type: 'location', location: { latitude: '37.4847', longitude: '-122.1486' } },
  'a reaction': { type: 'reaction', reaction: { message_id: 'wamid.A', emoji: '👍' } },
  'a reaction taken back': { type: 'reaction', reaction: { message_id: 'wamid.A', emoji: '' } },
  'a contact card': {
    type: 'contacts',
    contacts: [
      {
        name: { formatted_name: 'Ana Lima', first_name: 'Ana' },
        phones: [{ phone: '+55 11 98765-4321', type: 'WORK', wa_id: '5511987654321' }],
        emails: [{ email: 'ana@example.com', type: 'HOME' }],
        urls: [{ url: 'https://example.com', type: 'WORK' }],
        addresses: [{ city: 'São Paulo', country_code: 'br', type: 'HOME' }],
        org: { company: 'Example' },
        birthday: '1990-12-31',
      },
    ],
  },
  'reply buttons': buttons(reply('yes'), reply('no')),
  'buttons below an image': interactive({
    type: 'button',
    header: { type: 'image', image },
    body,
    footer: { text: 'Example' },
    action: { buttons: [reply('yes')] },
  }),
  'a list': list({ rows: rows(10) }),
  'a list in sections': list({ title: 'A', rows: rows(5, 'a') }, { title: 'B', rows: rows(5, 'b') }),
  'a url button': interactive({
    type: 'cta_url',
    body,
    action: { name: 'cta_url', parameters: { display_text: 'See', url: 'https://example.com' } },
  }),
  'a flow': flow({ flow_id: '1', flow_token: 't', mode: 'published', flow_action: 'navigate' }),
  'a product': interactive({ type: 'product', action: { catalog_id: '1', product_retailer_id: 'sku' } }),
  'a product list': interactive({
    type: 'product_list',
    header: { type: 'text', text: 'Ours' },
    body,
    action: { catalog_id: '1', sections: [{ title: 'All', product_items: [{ product_retailer_id: 'sku' }] }] },
  }),
  'a catalog': interactive({ type: 'catalog_message', body, action: { name: 'catalog_message' } }),
  'a location request': interactive({ type: 'location_request_message', body, action: { name: 'send_location' } }),
  'a contact info request': interactive({
    type: 'request_contact_info',
    body,
    action: { name: 'request_contact_info' },
  }),
  'a call permission request': interactive({
    type: 'call_permission_request',
    body,
    action: { name: 'call_permission_request' },
  }),
  'a call button': interactive({
    type: 'voice_call',
    body,
    action: { name: 'voice_call', parameters: { display_text: 'Call us', ttl_minutes: 100 } },
  }),
  'a carousel': interactive({ type: 'carousel', body, action: { cards: [card(0), card(1)] } }),
  'an address form': interactive({
    type: 'address_message',
    body,
    action: { name: 'address_message', parameters: {} },
  }),
  'order details': interactive({ type: 'order_details', body, action: { name: 'review_and_pay', parameters: {} } }),
  'an order status': interactive({ type: 'order_status', body, action: { name: 'review_order', parameters: {} } }),
  'a template with every component': {
    type: 'template',
    template: {
      name: 'order_update',
      language: { code: 'en_US', policy: 'deterministic' },
      components: [
        { type: 'header', parameters: [{ type: 'image', image: { id: '1' } }] },
        {
          type: 'body',
          parameters: [
            { type: 'text', text: 'Ana' },
            { type: 'currency', currency: { fallback_value: '$1.00', code: 'USD', amount_1000: 1000 } },
            { type: 'date_time', date_time: { fallback_value: 'tomorrow', day_of_week: 5 } },
          ],
        },
        { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'ACK' }] },
        { type: 'button', sub_type: 'url', index: 1, parameters: [{ type: 'text', text: 'suffix' }] },
        {
          type: 'button',
          sub_type: 'copy_code',
          index: '2',
          parameters: [{ type: 'coupon_code', coupon_code: 'SAVE' }],
        },
        {
          type: 'button',
          sub_type: 'flow',
          index: '3',
          parameters: [{ type: 'action', action: { flow_token: 't', flow_action_data: {} } }],
        },
        {
          type: 'limited_time_offer',
          parameters: [{ type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 1_790_000_000_000 } }],
        },
        {
          type: 'carousel',
          cards: [
            {
              card_index: 0,
              components: [{ type: 'header', parameters: [{ type: 'video', video: { id: '1' } }] }],
            },
          ],
        },
      ],
    },
  },
}

describe('messages that are accepted', () => {
  it.each(Object.entries(ACCEPTED))('accepts %s', (_, message) => {
    expect(messageSchema.safeParse(message).error).toBeUndefined()
  })

  it('keeps fields it does not know', () => {
    const message = { type: 'text', text: { body: 'Hello', new_field: 1 }, another: { deep: true } }
    expect(messageInputSchema.parse(message)).toEqual(message)
  })

  it('accepts the envelope fields of a send', () => {
    const message = {
      type: 'text',
      text: { body: 'Hello' },
      context: { message_id: 'wamid.A' },
      biz_opaque_callback_data: 'x'.repeat(OPAQUE_DATA_MAX),
      recipient_identity_key_hash: 'DF2lS5v2W6x=',
      category: 'utility',
      ttl_seconds: 60,
    }
    expect(messageInputSchema.parse(message)).toEqual(message)
  })

  it('leaves room for the attempt id in front of the own callback data', () => {
    expect(OPAQUE_DATA_MAX + '0192f1c0-0000-7000-8000-000000000001.999 '.length).toBe(512)
  })
})

const long = (length: number) => 'x'.repeat(length)

const REFUSED: [name: string, message: unknown, field: string, sentence: string][] = [
  [
    'a text over 4096 characters',
    { type: 'text', text: { body: long(5001) } },
    'message.text.body',
    'expected message.text.body to be at most 4096 characters, got 5001',
  ],
  [
    'an empty text',
    { type: 'text', text: { body: '' } },
    'message.text.body',
    'expected message.text.body to be at least 1 character, got 0',
  ],
  [
    'a type without its body',
    { type: 'image', text: { body: 'Hello' } },
    'message.image',
    'expected message.image to be an object, got nothing',
  ],
  [
    'a body of the wrong kind',
    { type: 'text', text: 'Hello' },
    'message.text',
    'expected message.text to be an object, got a string',
  ],
  [
    'an unknown type',
    { type: 'txt', text: { body: 'Hello' } },
    'message.type',
    'expected message.type to be one of "text", "image", "video", "audio", "document", "sticker", "location", "reaction", ' +
      '"contacts", "interactive", "template", got "txt"',
  ],
  ['something that is no object', 'Hello', 'message', 'expected message to be an object, got a string'],
  [
    'media without id and link',
    { type: 'image', image: { caption: 'x' } },
    'message.image',
    'expected message.image to have id or link, got neither',
  ],
  [
    'media with id and link',
    { type: 'image', image: { id: '1', link: 'https://example.com' } },
    'message.image',
    'expected message.image to have either id or link, got both',
  ],
  [
    'a link that is no web address',
    { type: 'image', image: { link: 'file:///etc/passwd' } },
    'message.image.link',
    'expected message.image.link to be an http or https address',
  ],
  [
    'a caption over 1024 characters',
    { type: 'video', video: { id: '1', caption: long(1025) } },
    'message.video.caption',
    'expected message.video.caption to be at most 1024 characters, got 1025',
  ],
  ...(
    [
      ['audio', 'caption'],
      ['audio', 'filename'],
      ['sticker', 'caption'],
      ['sticker', 'filename'],
      ['image', 'filename'],
      ['video', 'filename'],
    ] as const
  ).map(([type, key]): [string, object, string, string] => [
    `a ${key} of ${type}`,
    { type, [type]: { id: '1', [key]: 'Listen' } },
    `message.${type}.${key}`,
    `expected message.${type}.${key} not to be there: Meta takes none here`,
  ]),
  [
    'a latitude that is none',
    { type: 'location', location: { latitude: 91, longitude: 0 } },
    'message.location.latitude',
    'expected message.location.latitude to be between -90 and 90 degrees',
  ],
  [
    'a contact card without a name',
    { type: 'contacts', contacts: [{}] },
    'message.contacts.0.name',
    'expected message.contacts.0.name to be an object, got nothing',
  ],
  [
    'an unknown interactive kind',
    interactive({ type: 'buttons', body, action: {} }),
    'message.interactive.type',
    'expected message.interactive.type to be one of "button", "list", "cta_url", "flow", "product", "product_list", ' +
      '"catalog_message", "location_request_message", "request_contact_info", "call_permission_request", "voice_call", ' +
      '"carousel", "address_message", "order_details", "order_status", got "buttons"',
  ],
  [
    'a button title over 20 characters',
    buttons(reply('a', long(21))),
    'message.interactive.action.buttons.0.reply.title',
    'expected message.interactive.action.buttons.0.reply.title to be at most 20 characters, got 21',
  ],
  [
    'a button id with spaces at its end',
    buttons(reply('a ', 'A')),
    'message.interactive.action.buttons.0.reply.id',
    'expected message.interactive.action.buttons.0.reply.id to have no spaces at its start or end',
  ],
  [
    'two buttons with one id',
    buttons(reply('a', 'A'), reply('a', 'B')),
    'message.interactive.action.buttons.1.reply.id',
    'expected message.interactive.action.buttons.1.reply.id to be unique within the message, got a repeated one',
  ],
  [
    'two buttons with one title',
    buttons(reply('a', 'A'), reply('b', 'A')),
    'message.interactive.action.buttons.1.reply.title',
    'expected message.interactive.action.buttons.1.reply.title to be unique within the message, got a repeated one',
  ],
  [
    'four buttons',
    buttons(reply('a'), reply('b'), reply('c'), reply('d')),
    'message.interactive.action.buttons',
    'expected message.interactive.action.buttons to have at most 3 items, got 4',
  ],
  [
    'eleven rows in two sections',
    list({ title: 'A', rows: rows(6, 'a') }, { title: 'B', rows: rows(5, 'b') }),
    'message.interactive.action.sections',
    'expected message.interactive.action.sections to have at most 10 rows in all sections together, got 11',
  ],
  [
    'a row id in two sections',
    list({ title: 'A', rows: rows(1) }, { title: 'B', rows: rows(1) }),
    'message.interactive.action.sections.1.rows.0.id',
    'expected message.interactive.action.sections.1.rows.0.id to be unique within the message, got a repeated one',
  ],
  [
    'several sections without titles',
    list({ title: 'A', rows: rows(1, 'a') }, { rows: rows(1, 'b') }),
    'message.interactive.action.sections.1.title',
    'expected message.interactive.action.sections.1.title to be given when there are several sections, got nothing',
  ],
  [
    'a row title over 24 characters',
    list({ rows: [{ id: '1', title: long(25) }] }),
    'message.interactive.action.sections.0.rows.0.title',
    'expected message.interactive.action.sections.0.rows.0.title to be at most 24 characters, got 25',
  ],
  [
    'a header over 60 characters',
    interactive({
      type: 'button',
      header: { type: 'text', text: long(61) },
      body,
      action: { buttons: [reply('a')] },
    }),
    'message.interactive.header.text',
    'expected message.interactive.header.text to be at most 60 characters, got 61',
  ],
  [
    'a footer over 60 characters',
    interactive({ type: 'button', body, footer: { text: long(61) }, action: { buttons: [reply('a')] } }),
    'message.interactive.footer.text',
    'expected message.interactive.footer.text to be at most 60 characters, got 61',
  ],
  [
    'a flow named twice',
    flow({ flow_id: '1', flow_name: 'x' }),
    'message.interactive.action.parameters',
    'expected message.interactive.action.parameters to have either flow_id or flow_name, got both',
  ],
  [
    'a product with a header',
    interactive({
      type: 'product',
      header: { type: 'text', text: 'x' },
      action: { catalog_id: '1', product_retailer_id: 's' },
    }),
    'message.interactive.header',
    'expected message.interactive.header not to be there: a product message has no header',
  ],
  [
    'a carousel of one card',
    interactive({ type: 'carousel', body, action: { cards: [card(0)] } }),
    'message.interactive.action.cards',
    'expected message.interactive.action.cards to have at least 2 items, got 1',
  ],
  [
    'a template name in capitals',
    { type: 'template', template: { name: 'Order', language: { code: 'en' } } },
    'message.template.name',
    'expected message.template.name to be lower case letters, digits and underscores',
  ],
  [
    'a template without language',
    { type: 'template', template: { name: 'order' } },
    'message.template.language',
    'expected message.template.language to be an object, got nothing',
  ],
  [
    'a recipient inside the message',
    { type: 'text', text: { body: 'Hello' }, to: '+5511987654321' },
    'message.to',
    'expected message.to not to be there: the recipient stands beside the message',
  ],
  [
    'a group',
    { type: 'text', text: { body: 'Hello' }, recipient_type: 'group' },
    'message.recipient_type',
    'expected message.recipient_type to be "individual", got "group"',
  ],
  [
    'callback data without room for the attempt id',
    { type: 'text', text: { body: 'Hello' }, biz_opaque_callback_data: long(472) },
    'message.biz_opaque_callback_data',
    'expected message.biz_opaque_callback_data to be at most 471 characters, got 472',
  ],
  [
    'a NUL character in a field it does not know',
    { type: 'text', text: { body: 'Hello', extra: 'a\u0000b' } },
    'message.text.extra',
    'expected message.text.extra to be valid Unicode text without U+0000',
  ],
]

describe('messages that are refused', () => {
  it.each(REFUSED)('refuses %s', (_, message, field, sentence) => {
    expect(problemOf(message)).toEqual({ field, message: sentence })
  })

  it('counts characters as Unicode code points', () => {
    expect(messageSchema.safeParse({ type: 'text', text: { body: '👍'.repeat(4096) } }).success).toBe(true)
    expect(problemOf({ type: 'text', text: { body: '👍'.repeat(4097) } }).message).toContain('got 4097')
  })

  it('never quotes the text of a message', () => {
    const secret = 'my card is 4111 1111 1111 1111'
    for (const message of [
      { type: secret },
      { type: 'text', text: secret },
      { type: 'text', text: { body: secret.repeat(200) } },
      { type: 'image', image: { link: secret } },
      buttons(reply(secret, secret)),
      { type: 'template', template: { name: secret, language: { code: secret } } },
      { type: 'text', text: { body: 'Hello' }, recipient_type: secret },
    ]) {
      expect(problemOf(message).message).not.toContain('4111')
    }
  })
})

describe('normaliseMessage', () => {
  it('strips what the sender adds back and members that are null', () => {
    expect(
      normaliseMessage({
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        context: null,
        type: 'text',
        text: { body: 'Hello' },
      }),
    ).toEqual({ type: 'text', text: { body: 'Hello' } })
  })

  it.each(Object.values(ACCEPTED).map((message) => [(message as { type: string }).type, message]))(
    'infers the type %s from the only body',
    (_, message) => {
      const { type: _type, ...rest } = message as Record<string, unknown>
      expect(messageInputSchema.parse(rest)).toEqual(messageInputSchema.parse(message))
    },
  )

  it('does not guess between two bodies', () => {
    expect(problemOf({ text: { body: 'Hello' }, image: { id: '1' } }).field).toBe('message.type')
  })

  it('reads a body that a client library sent as a JSON text', () => {
    const contacts = [{ name: { formatted_name: 'Ana' } }]
    expect(messageInputSchema.parse({ type: 'contacts', contacts: JSON.stringify(contacts) })).toEqual({
      type: 'contacts',
      contacts,
    })
  })

  it('spells template components and languages as Meta documents them', () => {
    const template = {
      name: 'offer',
      language: 'pt-br',
      components: [
        { type: 'BODY', parameters: [] },
        { type: 'BUTTON', sub_type: 'CATALOG', index: 0 },
        { type: 'CAROUSEL', cards: [{ card_index: 0, components: [{ type: 'HEADER' }] }] },
      ],
    }
    expect(normaliseMessage({ template })).toEqual({
      type: 'template',
      template: {
        name: 'offer',
        language: { code: 'pt_BR' },
        components: [
          { type: 'body', parameters: [] },
          { type: 'button', sub_type: 'catalog', index: '0' },
          { type: 'carousel', cards: [{ card_index: 0, components: [{ type: 'header' }] }] },
        ],
      },
    })
  })

  it('changes nothing the second time', () => {
    for (const message of Object.values(ACCEPTED)) {
      const once = normaliseMessage(message)
      expect(normaliseMessage(once)).toEqual(once)
    }
  })

  it('never throws, whatever came, and neither does the sentence', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        const result = messageInputSchema.safeParse(input)
        if (!result.success) expect(formatZodIssue(result.error, { input }).message).toMatch(/^expected /)
      }),
    )
  })
})

describe('templates in messages', () => {
  const template = messageInputSchema.parse({
    type: 'template',
    template: { name: 'order', language: { code: 'en-US' }, components: [{ type: 'body' }] },
  })
  const text = messageInputSchema.parse({ type: 'text', text: { body: 'Hello' } })

  it('tells templates from free-form messages', () => {
    expect([template, text].map(isTemplate)).toEqual([true, false])
    expect([template, text].map(sentAs)).toEqual(['template', 'free_form'])
  })

  it('reads the reference out of a template message', () => {
    expect(isTemplate(template) && templateOfMessage(template)).toEqual({
      name: 'order',
      language: 'en_US',
      components: [{ type: 'body' }],
    })
  })

  it('narrows the type', () => {
    const name = (message: Message) => (message.type === 'template' ? message.template.name : null)
    expect(name(template)).toBe('order')
  })
})

describe('template references', () => {
  const reference = { name: 'keep_helping', language: 'en' }

  it.each([
    ['nothing else', reference],
    ['named values', { ...reference, parameters: { user: 'Ana', count: 2 } }],
    ['positional values', { ...reference, parameters: ['Ana', 2] }],
    ['components', { ...reference, components: [{ type: 'BODY', parameters: [{ type: 'text', text: 'Ana' }] }] }],
    ['declines', { ...reference, decline: ['No, thanks!'] }],
  ])('accepts %s', (_, value) => {
    expect(templateReferenceSchema.parse(value)).toEqual(value)
  })

  it.each([
    [
      'parameters beside components',
      { ...reference, parameters: [], components: [] },
      '',
      'expected the value to have either parameters or components, got both',
    ],
    [
      'a misspelt field',
      { ...reference, paramters: {} },
      'paramters',
      'expected the value not to have the field "paramters"',
    ],
    [
      'a component of an unknown kind',
      { ...reference, components: [{ type: 'bodi' }] },
      'components.0.type',
      'expected components.0.type to be one of "header", "body", "button", "limited_time_offer", "carousel", "footer", ' +
        '"tap_target_configuration", "order_status"',
    ],
    [
      'a value that is no text or number',
      { ...reference, parameters: { user: null } },
      'parameters.user',
      'expected parameters.user to be a string or a number, got null',
    ],
    ['no language', { name: 'x' }, 'language', 'expected language to be a string, got nothing'],
  ])('refuses %s', (_, input, field, message) => {
    const { error } = templateReferenceSchema.safeParse(input)
    expect(error && formatZodIssue(error, { input })).toEqual({
      field,
      message: expect.stringContaining(message),
    })
  })
})

describe('policies for a closed window', () => {
  const t: TemplateReference = { name: 't', language: 'en' }
  const u: TemplateReference = { name: 'u', language: 'en' }
  const policies: [WhenClosed, TemplateReference[], 'all' | 'latest'][] = [
    ['fail', [], 'all'],
    ['hold', [], 'all'],
    [{ downgrade: t }, [t], 'all'],
    [{ downgrade: [t, u] }, [t, u], 'all'],
    [{ follow_up: t, release: 'latest' }, [t], 'latest'],
    [{ when_free: { downgrade: t }, otherwise: 'hold' }, [t], 'all'],
    [{ when_free: { follow_up: [t, u] }, otherwise: 'fail', release: 'latest' }, [t, u], 'latest'],
    [{ when_free: { follow_up: t, release: 'latest' }, otherwise: 'hold' }, [t], 'latest'],
  ]

  it.each(policies)('accepts %j', (policy, templates, release) => {
    expect(whenClosedSchema.parse(policy)).toEqual(policy)
    expect(templatesOf(policy)).toEqual(templates)
    expect(releaseOf(policy)).toBe(release)
  })

  it.each([
    ['wait', 'expected when_closed to be one of "fail", "hold", an object, got "wait"', 'when_closed'],
    [{ downgrad: t }, 'expected when_closed not to have the field "downgrad"', 'when_closed.downgrad'],
    [
      { follow_up: { name: 'Keep', language: 'en' } },
      'expected when_closed.follow_up.name to be lower case letters, digits and underscores',
      'when_closed.follow_up.name',
    ],
    [
      { downgrade: [t, { name: 'u' }] },
      'expected when_closed.downgrade.1.language to be a string, got nothing',
      'when_closed.downgrade.1.language',
    ],
    [{ downgrade: [] }, 'expected when_closed.downgrade to have at least 1 item, got 0', 'when_closed.downgrade'],
    [
      { when_free: { downgrade: t } },
      'expected when_closed.otherwise to be "hold" or "fail", got nothing',
      'when_closed.otherwise',
    ],
  ])('refuses %j', (input, message, field) => {
    const { error } = whenClosedSchema.safeParse(input)
    expect(error && formatZodIssue(error, { input, root: 'when_closed' })).toEqual({ field, message })
  })

  it('treats one template as a list of one', () => {
    expect(alternatesOf(t)).toEqual([t])
    expect(alternatesOf([t, u])).toEqual([t, u])
  })
})

describe('the schemas in an OpenAPI document', () => {
  const schemas: [string, z.ZodType][] = [
    ['message', messageSchema],
    ['message input', messageInputSchema],
    ['template reference', templateReferenceSchema],
    ['when closed', whenClosedSchema],
  ]

  it.each(schemas)('converts %s in both directions', (_, schema) => {
    for (const io of ['input', 'output'] as const) expect(() => z.toJSONSchema(schema, { io })).not.toThrow()
  })

  it('states character limits', () => {
    expect(JSON.stringify(z.toJSONSchema(messageSchema))).toContain(
      '"body":{"type":"string","minLength":1,"maxLength":4096}',
    )
  })

  it('serialises an answer without transforming it', () => {
    const message = messageSchema.parse(ACCEPTED['reply buttons'])
    expect(z.encode(messageSchema, message)).toEqual(message)
  })
})

describe('formatZodIssue for any schema', () => {
  const schema = z.strictObject({
    at: z.iso.datetime(),
    count: z.int().min(1).max(10),
    mode: z.enum(['fast', 'slow']),
    tags: z.array(z.string()).max(2),
  })
  const valid = { at: '2026-11-23T09:00:00Z', count: 1, mode: 'fast', tags: [] }

  it.each([
    [{ ...valid, at: 'soon' }, 'expected "at" to be an ISO 8601 date and time'],
    [{ ...valid, count: 11 }, 'expected count to be at most 10, got 11'],
    [{ ...valid, count: 1.5 }, 'expected count to be a whole number, got a number'],
    [{ ...valid, mode: 'quick' }, 'expected mode to be "fast" or "slow", got "quick"'],
    [{ ...valid, tags: ['a', 'b', 'c'] }, 'expected tags to have at most 2 items, got 3'],
    [{ ...valid, tags: undefined }, 'expected tags to be a list, got nothing'],
    [{ ...valid, extra: 1 }, 'expected the value not to have the field "extra"'],
  ])('describes %j', (input, message) => {
    const { error } = schema.safeParse(input)
    expect(error && formatZodIssue(error, { input }).message).toBe(message)
  })

  it('says what came even when the input is not at hand', () => {
    const { error } = schema.safeParse({ ...valid, count: '1' })
    expect(error && formatZodIssue(error).message).toBe('expected count to be a number, got a string')
  })

  it("keeps a schema's own sentence", () => {
    const own = z.object({ a: z.number() }).refine(() => false, 'send_at has to be before expires_at')
    const { error } = own.safeParse({ a: 1 })
    expect(error && formatZodIssue(error)).toEqual({ field: '', message: 'send_at has to be before expires_at' })
  })
})

describe('unstorableJson', () => {
  it.each([
    ['a NUL character', { a: ['x', '\u0000'] }, ['a', 1]],
    ['a lone surrogate', { a: '\ud800' }, ['a']],
    ['a NUL character in a name', { a: { 'b\u0000': 1 } }, ['a']],
  ])('finds %s', (_, value, path) => {
    expect(unstorableJson(value)?.path).toEqual(path)
  })

  it('finds endless nesting without exhausting the stack', () => {
    expect(unstorableJson(JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)))?.message).toContain('nested at most 32')
  })

  it('passes what JSON.parse can build from well-formed text', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (json) => {
        const value: unknown = JSON.parse(json)
        fc.pre(!json.includes('\\u0000'))
        expect(unstorableJson(value)).toBeNull()
      }),
    )
  })
})

describe('characters', () => {
  it('is never more than the UTF-16 length', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => characters(text) <= text.length))
  })
})

describe('the name of a document', () => {
  const named = (link: string, more: object = {}) => {
    const message = normaliseMessage({ type: 'document', document: { link, ...more } })
    return (message as { document: { filename?: string } }).document.filename
  }

  it.each([
    ['https://example.com/invoice-17.pdf', 'invoice-17.pdf'],
    ['https://example.com/a/Rechnung%20M%C3%A4rz.pdf?token=1#x', 'Rechnung März.pdf'],
    ['https://example.com/download', undefined],
    ['https://example.com/', undefined],
    ['https://example.com/a%2Fb.pdf', undefined],
    ['https://example.com/%E0%A4%A.pdf', undefined],
    ['no address', undefined],
  ])('is that of its link: %s', (link, name) => {
    expect(named(link)).toBe(name)
  })

  it('is the given one', () => {
    expect(named('https://example.com/invoice-17.pdf', { filename: 'yours.pdf' })).toBe('yours.pdf')
  })
})
