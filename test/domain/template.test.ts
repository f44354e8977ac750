import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanValue } from '../../src/domain/content/template-message.ts'
import { type Message, messageInputSchema, type TemplateReference } from '../../src/domain/content.ts'
import {
  buildTemplateMessage,
  checkTemplateParameters,
  compileTemplate,
  normaliseLanguage,
  type RawTemplate,
  renderTemplate,
  type TemplateDefinition,
  templateStatusClass,
} from '../../src/domain/template.ts'

function template(components: unknown[], more: Partial<RawTemplate> = {}): TemplateDefinition {
  return compileTemplate({ name: 't', language: 'en', category: 'UTILITY', components, ...more })
}

const build = (definition: TemplateDefinition, more: Partial<TemplateReference> = {}) =>
  buildTemplateMessage({ name: 't', language: 'en', ...more }, definition)

const BODY = (text: string) => ({ type: 'BODY', text })
const HEADER = (format: string, text?: string) => ({ type: 'HEADER', format, ...(text ? { text } : {}) })
const BUTTONS = (...buttons: unknown[]) => ({ type: 'BUTTONS', buttons })
const quickReply = (text: string) => ({ type: 'QUICK_REPLY', text })
const text = (value: string, name?: string) => ({
  type: 'text',
  text: value,
  ...(name ? { parameter_name: name } : {}),
})
const body = (...parameters: unknown[]) => ({ type: 'body', parameters })
const header = (...parameters: unknown[]) => ({ type: 'header', parameters })
const button = (index: number, subType: string, ...parameters: unknown[]) => ({
  type: 'button',
  sub_type: subType,
  index: String(index),
  ...(parameters.length > 0 ? { parameters } : {}),
})

const plain = template([BODY('See you soon.')])
const positional = template([BODY('Hi {{1}}, order {{2}} is here.')], { parameter_format: 'POSITIONAL' })
const named = template([BODY('Hi {{user}}, order {{order_id}} is here.')], { parameter_format: 'NAMED' })
const namedHeader = template([HEADER('TEXT', 'Hello {{user}}'), BODY('Order {{order_id}}')], {
  parameter_format: 'named',
})
const withImage = template([HEADER('IMAGE'), BODY('Look.')])
const withUrl = template([
  BODY('Track it.'),
  BUTTONS(quickReply('Stop'), { type: 'URL', text: 'Track', url: 'https://example.com/{{1}}' }),
])
const withCoupon = template([BODY('Save.'), BUTTONS({ type: 'COPY_CODE', example: ['X'] })])
const otp = template([BODY('*{{1}}* is your code.'), BUTTONS({ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy' })], {
  category: 'AUTHENTICATION',
})
const carousel = template([
  BODY('Ours:'),
  {
    type: 'CAROUSEL',
    cards: [0, 1].map(() => ({ components: [HEADER('IMAGE'), BODY('{{1}} only')] })),
  },
])

function message(...components: unknown[]): Message {
  return messageInputSchema.parse({ type: 'template', template: { name: 't', language: { code: 'en' }, components } })
}

describe('compileTemplate', () => {
  it('reads header, body, footer and buttons', () => {
    const definition = template([
      HEADER('TEXT', 'Hello {{1}}'),
      BODY('Order {{2}} for {{1}}'),
      { type: 'FOOTER', text: 'Example Ltd' },
      BUTTONS(quickReply('Yes'), { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+1' }, quickReply('No, thanks!')),
    ])
    expect(definition).toEqual({
      name: 't',
      language: 'en',
      parameterFormat: 'positional',
      header: { kind: 'text', text: 'Hello {{1}}', variables: ['1'] },
      body: { text: 'Order {{2}} for {{1}}', variables: ['1', '2'] },
      footer: 'Example Ltd',
      buttons: [
        { index: 0, type: 'quick_reply', label: 'Yes', needs: 'payload' },
        { index: 1, type: 'phone_number', label: 'Call', needs: 'nothing' },
        { index: 2, type: 'quick_reply', label: 'No, thanks!', needs: 'payload' },
      ],
      cards: [],
      needsOfferExpiration: false,
      quickReplies: ['Yes', 'No, thanks!'],
    })
  })

  it('orders positional variables by number, beyond nine too', () => {
    const all = Array.from({ length: 11 }, (_, i) => `{{${11 - i}}}`).join(' and ')
    expect(template([BODY(all)]).body.variables).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'])
  })

  it('orders named variables by first appearance and counts each once', () => {
    expect(template([BODY('{{b}} {{ a }} {{b}}')]).body.variables).toEqual(['b', 'a'])
  })

  it('takes names in the text for named when Meta does not state a format', () => {
    expect(template([BODY('Hi {{user}}')]).parameterFormat).toBe('named')
    expect(template([BODY('Hi {{1}}')]).parameterFormat).toBe('positional')
  })

  it.each([
    ['IMAGE', 'image'],
    ['VIDEO', 'video'],
    ['DOCUMENT', 'document'],
    ['LOCATION', 'location'],
    ['PRODUCT', 'product'],
    ['HOLOGRAM', 'unknown'],
  ])('reads a header of format %s', (format, kind) => {
    expect(template([HEADER(format), BODY('x')]).header.kind).toBe(kind)
  })

  it.each([
    [{ type: 'URL', text: 'x', url: 'https://example.com' }, 'url', 'nothing'],
    [{ type: 'URL', text: 'x', url: 'https://example.com/{{1}}' }, 'url', 'url_suffix'],
    [
      { type: 'URL', text: 'x', url: 'https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}' },
      'url',
      'otp',
    ],
    [{ type: 'OTP', otp_type: 'ONE_TAP' }, 'url', 'otp'],
    [{ type: 'COPY_CODE' }, 'copy_code', 'coupon'],
    [{ type: 'FLOW', text: 'x' }, 'flow', 'flow_token'],
    [{ type: 'CATALOG', text: 'x' }, 'catalog', 'action'],
    [{ type: 'MPM', text: 'x' }, 'mpm', 'products'],
    [{ type: 'TELEPORT', text: 'x' }, 'teleport', 'unknown'],
  ])('knows what the button %j needs', (raw, type, needs) => {
    expect(template([BODY('x'), BUTTONS(raw)]).buttons[0]).toMatchObject({ type, needs })
  })

  it('gives an authentication template without text its one variable', () => {
    const definition = template([{ type: 'BODY', add_security_recommendation: true }], { category: 'AUTHENTICATION' })
    expect(definition.body.variables).toEqual(['1'])
  })

  it('never throws on components Meta might invent', () => {
    fc.assert(
      fc.property(fc.anything(), (components) => {
        compileTemplate({ name: 't', language: 'en', components })
        compileTemplate({
          name: 't',
          language: 'en',
          components: [components, { type: 'BUTTONS', buttons: [components] }],
        })
      }),
    )
  })
})

describe('buildTemplateMessage', () => {
  const componentsOf = (definition: TemplateDefinition, more: Partial<TemplateReference>) => {
    const built = build(definition, more)
    if (!built.ok || built.message.type !== 'template') throw new Error('expected a template message')
    return built.message.template.components
  }

  it('needs nothing for a template without variables', () => {
    expect(build(plain)).toEqual({
      ok: true,
      message: { type: 'template', template: { name: 't', language: { code: 'en' } } },
    })
  })

  it('puts a list of values in the order of the numbers', () => {
    expect(componentsOf(positional, { parameters: ['Ana', 17] })).toEqual([body(text('Ana'), text('17'))])
  })

  it('takes numbered values from an object too', () => {
    expect(componentsOf(positional, { parameters: { 2: 17, 1: 'Ana' } })).toEqual([body(text('Ana'), text('17'))])
  })

  it('names the values of a named template', () => {
    expect(componentsOf(named, { parameters: { order_id: 17, user: 'Ana' } })).toEqual([
      body(text('Ana', 'user'), text('17', 'order_id')),
    ])
  })

  it('fills a named header from the same object', () => {
    expect(componentsOf(namedHeader, { parameters: { order_id: 17, user: 'Ana' } })).toEqual([
      header(text('Ana', 'user')),
      body(text('17', 'order_id')),
    ])
  })

  it('puts a one-time password into its button too', () => {
    expect(componentsOf(otp, { parameters: ['123456'] })).toEqual([
      body(text('123456')),
      button(0, 'url', text('123456')),
    ])
  })

  it('passes components through once they fit', () => {
    const components = [{ type: 'BODY', parameters: [text('Ana'), text('17')] }]
    expect(componentsOf(positional, { components })).toEqual([body(text('Ana'), text('17'))])
  })

  it("spells the language as the template's own", () => {
    const built = buildTemplateMessage(
      { name: 't', language: 'pt-BR' },
      compileTemplate({ name: 't', language: 'pt_BR' }),
    )
    expect(built.ok && built.message).toMatchObject({ template: { language: { code: 'pt_BR' } } })
  })

  it('builds messages that the schema accepts', () => {
    const built = build(named, { parameters: { user: 'Ana', order_id: 1 } })
    expect(built.ok && messageInputSchema.safeParse(built.message).success).toBe(true)
  })

  const REFUSED: [string, TemplateDefinition, Partial<TemplateReference>, string, string][] = [
    ['too few values', positional, { parameters: ['Ana'] }, 'parameters', 'The body has 2 variables, got 1 value.'],
    ['too many values', plain, { parameters: ['Ana'] }, 'parameters', 'The body has no variables, got 1 value.'],
    ['no values', named, {}, 'parameters', 'The body has 2 variables, got no values.'],
    [
      'a list for names',
      named,
      { parameters: ['Ana', '1'] },
      'parameters',
      'The template names its variables, so parameters have to be an object.',
    ],
    [
      'a missing name',
      named,
      { parameters: { user: 'Ana' } },
      'parameters.order_id',
      'The variable "order_id" is missing.',
    ],
    [
      'an unknown name',
      named,
      { parameters: { usr: 'Ana', order_id: 1 } },
      'parameters.usr',
      'The template has no variable "usr".',
    ],
    [
      'an inherited name',
      template([BODY('Hi {{toString}}')]),
      { parameters: {} },
      'parameters.toString',
      'The variable "toString" is missing.',
    ],
    [
      'an empty value',
      named,
      { parameters: { user: ' ', order_id: 1 } },
      'parameters.user',
      'The value of "user" is empty.',
    ],
    [
      'a media header',
      withImage,
      {},
      'parameters',
      'The template needs a header of type image, which only components can give.',
    ],
    [
      'an address suffix',
      withUrl,
      {},
      'parameters',
      'The template needs the address suffix of button 1, which only components can give.',
    ],
    [
      'components of a bad shape',
      positional,
      { components: [{ type: 'body', parameters: [{ type: 'text' }] }] },
      'components.0.parameters.0.text',
      'expected components.0.parameters.0.text to be a string, got nothing.',
    ],
    [
      'components that do not fit',
      positional,
      { components: [body(text('Ana'))] },
      'components.0.parameters',
      'The body has 2 variables, got 1 parameter.',
    ],
    [
      'a one-time password that is too long',
      otp,
      { parameters: ['1234567890123456'] },
      'parameters',
      'The parameter of button 0 has 16 characters; Meta allows 15.',
    ],
  ]

  it.each(REFUSED)('refuses %s', (_, definition, more, field, sentence) => {
    expect(build(definition, more)).toEqual({
      ok: false,
      problem: { code: 'template_parameters', field, text: sentence },
      problems: expect.arrayContaining([{ code: 'template_parameters', field, text: sentence }]),
    })
  })

  it.each([
    ['A\nB', 'A B'],
    ['A \r\n\r\n B', 'A B'],
    ['A\tB', 'A B'],
    ['A\u2028B', 'A B'],
    ['A     B', 'A B'],
    ['A    B', 'A    B'],
    ['  A ', 'A'],
  ])('cleans %j to %j, in either form', (given, clean) => {
    const short = build(positional, { parameters: [given, 1] })
    const long = build(positional, { components: [body(text(given), text('1'))] })
    for (const built of [short, long]) {
      const components = built.ok && built.message.type === 'template' ? built.message.template.components : null
      expect(components).toMatchObject([{ parameters: [{ text: clean }, { text: '1' }] }])
    }
  })

  it('lists everything that is wrong with the values', () => {
    const built = build(named, { parameters: { usr: 'Ana', order_id: ' ' } })
    expect(built.ok ? [] : built.problems.map(({ field }) => field)).toEqual([
      'parameters.usr',
      'parameters.order_id',
      'parameters.user',
    ])
  })
})

describe('the spellings of components', () => {
  const suffixed = template([
    { type: 'BODY', text: 'See it, {{1}}, over there.' },
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Open', url: 'https://example.com/{{1}}' }] },
  ])
  const spelled = (components: unknown[]) => build(suffixed, { components })
  const address = { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'aloe' }] }

  it.each([
    [
      'as the guide to carousels has them',
      { type: 'BUTTON', sub_type: 'URL', index: 0, parameters: [{ type: 'payload', payload: 'aloe' }] },
    ],
    ['with capitals', { type: 'BUTTON', sub_type: 'URL', index: '0', parameters: [{ type: 'TEXT', text: 'aloe' }] }],
    ['as the reference has them', address],
  ])('are one, %s', (_what, button) => {
    expect(spelled([{ type: 'BODY', parameters: [{ type: 'TEXT', text: 'Ana' }] }, button])).toMatchObject({
      ok: true,
      message: { template: { components: [{ type: 'body', parameters: [{ type: 'text', text: 'Ana' }] }, address] } },
    })
  })

  it('leave the payload of a quick reply alone', () => {
    const reply = {
      type: 'button',
      sub_type: 'quick_reply',
      index: '0',
      parameters: [{ type: 'payload', payload: ' A\n' }],
    }
    const asked = template([
      { type: 'BODY', text: 'Well?' },
      { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Yes' }] },
    ])
    expect(build(asked, { components: [reply] })).toMatchObject({ message: { template: { components: [reply] } } })
  })

  it('refuse a component for a phone button, which Meta has no word for', () => {
    const phone = template([
      { type: 'BODY', text: 'Call us.' },
      { type: 'BUTTONS', buttons: [{ type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550783881' }] },
    ])
    const component = { type: 'button', sub_type: 'phone_number', index: '0' }
    expect(build(phone, { components: [component] })).toMatchObject({
      ok: false,
      problem: { field: 'components.0', text: expect.stringContaining('takes no component') },
    })
    expect(build(phone, {}).ok).toBe(true)
  })

  it('name the document of a header by its link', () => {
    const invoice = template([
      { type: 'HEADER', format: 'DOCUMENT' },
      { type: 'BODY', text: 'Your invoice.' },
    ])
    const header = (document: object) => ({ type: 'header', parameters: [{ type: 'document', document }] })
    expect(
      build(invoice, { components: [header({ link: 'https://example.com/a/invoice-17.pdf?x=1' })] }),
    ).toMatchObject({
      message: { template: { components: [{ parameters: [{ document: { filename: 'invoice-17.pdf' } }] }] } },
    })
  })
})

describe('checkTemplateParameters', () => {
  const location = { latitude: 1, longitude: 2 }
  const FITS: [string, TemplateDefinition, Message][] = [
    ['no components for no variables', plain, message()],
    ['empty parameters for no variables', plain, message(header(), body())],
    ['positional values', positional, message(body(text('Ana'), text('1')))],
    [
      'a currency and a date among them',
      positional,
      message(
        body(
          { type: 'currency', currency: { fallback_value: '$1', code: 'USD', amount_1000: 1000 } },
          { type: 'date_time', date_time: { fallback_value: 'today' } },
        ),
      ),
    ],
    ['named values in any order', named, message(body(text('1', 'order_id'), text('Ana', 'user')))],
    ['a header image', withImage, message(header({ type: 'image', image: { id: '1' } }))],
    ['a header place', template([HEADER('LOCATION'), BODY('x')]), message(header({ type: 'location', location }))],
    [
      'a gif header filled with a video',
      template([HEADER('GIF'), BODY('x')]),
      message(header({ type: 'video', video: { id: '1' } })),
    ],
    ['a header format nobody knows yet', template([HEADER('HOLOGRAM'), BODY('x')]), message()],
    ['an address suffix', withUrl, message(button(1, 'url', text('abc')))],
    [
      'a payload as well',
      withUrl,
      message(button(0, 'quick_reply', { type: 'payload', payload: 'STOP' }), button(1, 'url', text('abc'))),
    ],
    ['a coupon', withCoupon, message(button(0, 'copy_code', { type: 'coupon_code', coupon_code: 'SAVE20' }))],
    ['a one-time password', otp, message(body(text('123456')), button(0, 'url', text('123456')))],
    [
      'a carousel',
      carousel,
      message({
        type: 'carousel',
        cards: [0, 1].map((index) => ({
          card_index: index,
          components: [header({ type: 'image', image: { id: '1' } }), body(text('2 USD'))],
        })),
      }),
    ],
  ]

  it.each(FITS)('takes %s', (_, definition, candidate) => {
    expect(checkTemplateParameters(candidate, definition)).toBeNull()
  })

  const MISFITS: [string, TemplateDefinition, Message, string, string][] = [
    [
      'too few values',
      positional,
      message(body(text('Ana'))),
      'template.components.0.parameters',
      'The body has 2 variables, got 1 parameter.',
    ],
    [
      'no body at all',
      positional,
      message(),
      'template.components.parameters',
      'The body has 2 variables, got no parameters.',
    ],
    [
      'names where Meta counts',
      positional,
      message(body(text('Ana', 'user'), text('1'))),
      'template.components.0.parameters.0.parameter_name',
      'The template counts its body variables, so parameters have no parameter_name.',
    ],
    [
      'counting where Meta names',
      named,
      message(body(text('Ana'), text('1'))),
      'template.components.0.parameters.0.parameter_name',
      'The template names its body variables; parameter_name is missing.',
    ],
    [
      'a name given twice',
      named,
      message(body(text('Ana', 'user'), text('Ana', 'user'))),
      'template.components.0.parameters.1.parameter_name',
      'The body variable "user" is given twice.',
    ],
    [
      'a name left out',
      named,
      message(body(text('Ana', 'user'))),
      'template.components.0.parameters',
      'The body variable "order_id" is missing.',
    ],
    [
      'an empty value',
      positional,
      message(body(text(''), text('1'))),
      'template.components.0.parameters.0',
      'A body parameter is empty.',
    ],
    [
      'a missing header image',
      withImage,
      message(),
      'template.components.parameters',
      'The header needs exactly one parameter, an image; got none.',
    ],
    [
      'a video for an image',
      withImage,
      message(header({ type: 'video', video: { id: '1' } })),
      'template.components.0.parameters',
      'The header needs exactly one parameter, an image; got 1 of type video.',
    ],
    [
      'a header the template does not have',
      plain,
      message(header({ type: 'image', image: { id: '1' } })),
      'template.components.0.parameters',
      'The template has no header to fill.',
    ],
    [
      'a missing address suffix',
      withUrl,
      message(),
      'template.components',
      'Button 1 needs the suffix of its address.',
    ],
    [
      'a suffix for the wrong button',
      withUrl,
      message(button(0, 'url', text('abc'))),
      'template.components.0.sub_type',
      'Button 0 is a quick_reply button, got sub_type url.',
    ],
    [
      'a button that is not there',
      withUrl,
      message(button(2, 'url', text('abc'))),
      'template.components.0.index',
      'The template has 2 buttons; none stands at index 2.',
    ],
    [
      'a coupon that is too long',
      withCoupon,
      message(button(0, 'copy_code', { type: 'coupon_code', coupon_code: 'x'.repeat(21) })),
      'template.components.0.parameters',
      'The parameter of button 0 has 21 characters; Meta allows 20.',
    ],
    [
      'two bodies',
      positional,
      message(body(text('a'), text('b')), body(text('a'), text('b'))),
      'template.components.1',
      'The body component is given twice.',
    ],
    [
      'a hydrated body over 1024 characters',
      template([BODY('Hi {{1}}!'), BUTTONS(quickReply('Ok'))]),
      message(body(text('x'.repeat(1021)))),
      'template.components.0.parameters',
      'The filled body has 1025 characters; Meta allows 1024.',
    ],
    [
      'a hydrated header over 60 characters',
      template([HEADER('TEXT', 'Hi {{1}}'), BODY('x')]),
      message(header(text('x'.repeat(58)))),
      'template.components.0.parameters',
      'The filled header has 61 characters; Meta allows 60.',
    ],
    [
      'an offer without its end',
      template([BODY('x'), { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Now!', has_expiration: true } }]),
      message(),
      'template.components',
      'The limited-time offer needs its expiration time.',
    ],
    [
      'a carousel with a card missing',
      carousel,
      message({ type: 'carousel', cards: [{ card_index: 0, components: [] }] }),
      'template.components.0.cards',
      'The template has 2 cards, got 1.',
    ],
    [
      'a card without its value',
      carousel,
      message({
        type: 'carousel',
        cards: [0, 1].map((index) => ({
          card_index: index,
          components: [header({ type: 'image', image: { id: '1' } }), ...(index === 0 ? [body(text('1 USD'))] : [])],
        })),
      }),
      'template.components.0.cards.1.components.parameters',
      'The body has 1 variable, got no parameters.',
    ],
    [
      'a free-form message',
      plain,
      { type: 'text', text: { body: 'x' } },
      'type',
      'The message is not a template message.',
    ],
  ]

  it.each(MISFITS)('finds %s', (_, definition, candidate, field, sentence) => {
    expect(checkTemplateParameters(candidate, definition)).toEqual({
      code: 'template_parameters',
      field,
      text: sentence,
    })
  })

  it('allows a long body that stands alone', () => {
    expect(checkTemplateParameters(message(body(text('x'.repeat(2000)))), template([BODY('Hi {{1}}!')]))).toBeNull()
  })

  it('accepts whatever buildTemplateMessage builds', () => {
    const value = fc.string({ minLength: 1, maxLength: 30, unit: fc.constantFrom('a', 'é', '👍', '{', '}', '1', '$') })
    fc.assert(
      fc.property(value, value, (user, orderId) => {
        const built = buildTemplateMessage(
          { name: 't', language: 'en', parameters: { user, order_id: orderId } },
          namedHeader,
        )
        expect(built.ok && checkTemplateParameters(built.message, namedHeader)).toBeNull()
      }),
    )
  })
})

describe('renderTemplate', () => {
  it('shows what the customer will read', () => {
    const definition = template([
      HEADER('TEXT', 'Hello {{1}}'),
      BODY('Order {{2}} for {{1}}'),
      { type: 'FOOTER', text: 'Example Ltd' },
      BUTTONS(quickReply('Ok'), { type: 'URL', text: 'Track', url: 'https://example.com/{{1}}' }),
    ])
    const components = [header(text('Ana')), body(text('you'), text('17')), button(1, 'url', text('abc'))]
    expect(renderTemplate(definition, components)).toEqual({
      header: 'Hello Ana',
      body: 'Order 17 for you',
      footer: 'Example Ltd',
      buttons: [
        { type: 'quick_reply', label: 'Ok' },
        { type: 'url', label: 'Track', url: 'https://example.com/abc' },
      ],
    })
  })

  it('shows the kind of a media header', () => {
    expect(renderTemplate(withImage, []).header).toBe('[image]')
  })

  it('shows the cards of a carousel', () => {
    const components = [{ type: 'carousel', cards: [{ card_index: 1, components: [body(text('9 USD'))] }] }]
    expect(renderTemplate(carousel, components).cards?.map((card) => card.body)).toEqual(['{{1}} only', '9 USD only'])
  })

  it('keeps a variable without a value visible', () => {
    expect(renderTemplate(named, [body(text('Ana', 'user'))]).body).toBe('Hi Ana, order {{order_id}} is here.')
  })

  it('never loses a variable: every one shows its value, or itself', () => {
    const name = fc.stringMatching(/^[a-z_]{1,8}$/)
    // Values that look like placeholders or replacement patterns are the ones a careless renderer swallows.
    const value = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('$&', '$1', '{{1}}', '{{user}}', '\\'))
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), fc.array(value), (names, values) => {
        const definition = template([BODY(names.map((n) => `<{{${n}}}>`).join(''))], { parameter_format: 'NAMED' })
        const given = names.map((n, i) => [n, values[i]] as const)
        const parameters = given.flatMap(([n, v]) => (v === undefined ? [] : [text(v, n)]))
        const expected = given.map(([n, v]) => `<${v === undefined ? `{{${n}}}` : cleanValue(v)}>`).join('')
        expect(renderTemplate(definition, [body(...parameters)]).body).toBe(expected)
      }),
    )
  })

  it('never throws, whatever stands for components', () => {
    fc.assert(
      fc.property(fc.anything(), (components) => {
        expect(renderTemplate(named, components).body).toContain('order')
        expect(renderTemplate(carousel, [components, { type: 'carousel', cards: [components] }]).body).toBe('Ours:')
      }),
    )
  })
})

describe('templateStatusClass', () => {
  it.each([
    ['APPROVED', 'usable'],
    ['FLAGGED', 'usable'],
    ['REINSTATED', 'usable'],
    ['UNARCHIVED', 'usable'],
    ['approved', 'usable'],
    ['PENDING', 'waiting'],
    ['IN_APPEAL', 'waiting'],
    ['PAUSED', 'waiting'],
    ['LOCKED', 'waiting'],
    ['IN_ORBIT', 'waiting'],
    ['', 'waiting'],
    ['REJECTED', 'gone'],
    ['DISABLED', 'gone'],
    ['DELETED', 'gone'],
    ['ARCHIVED', 'gone'],
    ['PENDING_DELETION', 'gone'],
    ['LIMIT_EXCEEDED', 'gone'],
  ])('classes %s as %s', (status, expected) => {
    expect(templateStatusClass(status)).toBe(expected)
  })
})

describe('normaliseLanguage', () => {
  it.each([
    ['en-US', 'en_US'],
    ['en_us', 'en_US'],
    ['en', 'en'],
    ['PT_br', 'pt_BR'],
    ['es-419', 'es_419'],
    ['zh-hans-cn', 'zh_Hans_CN'],
    ['fil', 'fil'],
  ])('spells %s as %s', (language, expected) => {
    expect(normaliseLanguage(language)).toBe(expected)
    expect(normaliseLanguage(expected)).toBe(expected)
  })
})
