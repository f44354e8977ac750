import { describe, expect, it } from 'vitest'
import { LINT_SENTENCES } from '../../src/domain/template/lint/sentences.ts'
import { lintTemplate } from '../../src/domain/template-lint.ts'

/*
 * Every rule with a document that keeps it and one that breaks it. Who breaks one is told so at the path, in words that fit, and of nothing
 * else; who keeps it hears nothing.
 */

type Document = Record<string, unknown>

interface Rule {
  rule: string
  keeps: Document
  breaks: Document
  at: string
  says: RegExp
  /** Meta takes it, or may. */
  warns?: true
}

const BODY = { type: 'BODY', text: 'Shall we go on?' }
const HANDLE = { header_handle: ['4::aW1hZ2U=:ARZ'] }
const HASH = 'K8a/AINcGX7'

const utility = (...components: unknown[]): Document => ({ name: 'a', language: 'en', category: 'UTILITY', components })
const marketing = (...components: unknown[]): Document => ({ ...utility(...components), category: 'MARKETING' })
const authentication = (...components: unknown[]): Document => ({
  ...utility(...components),
  category: 'AUTHENTICATION',
})
const text = (words: string, example?: unknown) => ({ type: 'BODY', text: words, ...(example ? { example } : {}) })
const one = { body_text: [['Ana']] }
const two = { body_text: [['Ana', '17']] }
const header = (words: string) => utility({ type: 'HEADER', text: words }, BODY)
const footer = (words: string) => utility(BODY, { type: 'FOOTER', text: words })
const buttons = (...list: unknown[]) => utility(BODY, { type: 'BUTTONS', buttons: list })
const reply = (label: string) => ({ type: 'QUICK_REPLY', text: label })
const url = (more: object = {}) => ({ type: 'URL', text: 'Open', url: 'https://example.com/a', ...more })
const call = (more: object = {}) => ({ type: 'VOICE_CALL', text: 'Call us', ...more })
const flow = (more: object = {}) => ({ type: 'FLOW', text: 'Begin', flow_id: '1', flow_action: 'navigate', ...more })
const media = (format: string, example: object = HANDLE) => ({ type: 'HEADER', format, example })
const otp = (more: object = {}) => ({ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy', ...more })
const app = (more: object = {}) => ({ package_name: 'com.example.shop', signature_hash: HASH, ...more })
const oneTap = (...apps: unknown[]) => otp({ otp_type: 'ONE_TAP', supported_apps: apps })
const code = (...list: unknown[]) => authentication({ type: 'BODY' }, { type: 'BUTTONS', buttons: list })
const card = (...more: unknown[]) => ({ components: [media('IMAGE'), ...more, { type: 'BUTTONS', buttons: [url()] }] })
const product = (kind = 'SPM') => ({
  components: [
    { type: 'HEADER', format: 'PRODUCT' },
    { type: 'BUTTONS', buttons: [kind === 'SPM' ? { type: 'SPM', text: 'View' } : reply('Yes')] },
  ],
})
const carousel = (...cards: unknown[]) => marketing(BODY, { type: 'CAROUSEL', cards })
const coupon = (example = 'SPRING25') => ({ type: 'COPY_CODE', example })
const offer = (more: object = {}, list: unknown[] = [coupon(), url()], ...components: unknown[]) =>
  marketing(
    { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends soon!', has_expiration: true, ...more } },
    BODY,
    { type: 'BUTTONS', buttons: list },
    ...components,
  )
const mpm = { type: 'BUTTONS', buttons: [{ type: 'MPM', text: 'View items' }] }
const words = (count: number) => `${'a '.repeat(count).slice(0, count - 1)}b`
const library = (more: object) => ({
  name: 'a',
  language: 'en',
  category: 'UTILITY',
  library_template_name: 'delivery_update_1',
  ...more,
})
const linked = (base_url: string) => library({ library_template_button_inputs: [{ type: 'URL', url: { base_url } }] })

const RULES: Rule[] = [
  // Around the components.
  {
    rule: 'a name is 512 characters at most',
    keeps: { ...utility(BODY), name: 'a'.repeat(512) },
    breaks: { ...utility(BODY), name: 'a'.repeat(513) },
    at: 'name',
    says: /1 to 512 lower-case/,
  },
  {
    rule: 'a name has no capitals',
    keeps: { ...utility(BODY), name: 'keep_helping_2' },
    breaks: { ...utility(BODY), name: 'Keep_helping' },
    at: 'name',
    says: /lower-case/,
  },
  {
    rule: 'a language has an underscore',
    keeps: { ...utility(BODY), language: 'pt_BR' },
    breaks: { ...utility(BODY), language: 'pt-BR' },
    at: 'language',
    says: /underscore/,
  },
  {
    rule: 'a language is one of those Meta names',
    keeps: { ...utility(BODY), language: 'zh_HK' },
    breaks: { ...utility(BODY), language: 'pt_AO' },
    at: 'language',
    says: /not among the codes/,
    warns: true,
  },
  {
    rule: 'a category is one of three',
    keeps: utility(BODY),
    breaks: { ...utility(BODY), category: 'SERVICE' },
    at: 'category',
    says: /MARKETING, UTILITY, AUTHENTICATION/,
  },
  {
    rule: 'parameters are named or positional',
    keeps: { ...utility(BODY), parameter_format: 'NAMED' },
    breaks: { ...utility(BODY), parameter_format: 'both' },
    at: 'parameter_format',
    says: /named, positional/,
  },
  ...(
    [
      ['UTILITY', 30, 29],
      ['UTILITY', 43_200, 43_201],
      ['UTILITY', -1, 0],
    ] as const
  ).map(([category, good, bad]) => ({
    rule: `a ${category} template lives ${good} s, not ${bad}`,
    keeps: { ...utility(BODY), message_send_ttl_seconds: good },
    breaks: { ...utility(BODY), message_send_ttl_seconds: bad },
    at: 'message_send_ttl_seconds',
    says: /30 to 43200 seconds/,
  })),
  {
    rule: 'an AUTHENTICATION template lives 900 s, not 901',
    keeps: { ...code(otp()), message_send_ttl_seconds: 900 },
    breaks: { ...code(otp()), message_send_ttl_seconds: 901 },
    at: 'message_send_ttl_seconds',
    says: /30 to 900 seconds/,
  },
  {
    rule: 'the time to live of marketing counts elsewhere only',
    keeps: marketing(BODY),
    breaks: { ...marketing(BODY), message_send_ttl_seconds: 43_200 },
    at: 'message_send_ttl_seconds',
    says: /Marketing Messages API only/,
    warns: true,
  },
  // Texts.
  {
    rule: 'a body is mandatory',
    keeps: utility(BODY),
    breaks: utility({ type: 'HEADER', text: 'Hello' }),
    at: 'components',
    says: /has no BODY/,
  },
  {
    rule: 'a component stands once',
    keeps: header('Hello'),
    breaks: utility(BODY, BODY),
    at: 'components.1',
    says: /second BODY/,
  },
  {
    rule: 'a header has 60 characters',
    keeps: header(words(60)),
    breaks: header(words(61)),
    at: 'components.0.text',
    says: /61 characters; Meta allows 60/,
  },
  {
    rule: 'a body has 1,024',
    keeps: utility(text(words(1024))),
    breaks: utility(text(words(1025))),
    at: 'components.0.text',
    says: /allows 1024/,
  },
  {
    rule: 'a footer has 60',
    keeps: footer(words(60)),
    breaks: footer(words(61)),
    at: 'components.1.text',
    says: /allows 60/,
  },
  {
    rule: 'a header has one variable',
    keeps: utility({ type: 'HEADER', text: 'For {{1}} only', example: { header_text: ['Ana'] } }, BODY),
    breaks: utility({ type: 'HEADER', text: 'For {{1}} or {{2}} only', example: { header_text: ['Ana'] } }, BODY),
    at: 'components.0.text',
    says: /may hold 1 variable, got 2/,
  },
  {
    rule: 'a footer has none',
    keeps: footer('Lucky Shrub'),
    breaks: footer('By {{1}} today'),
    at: 'components.1.text',
    says: /may not hold variables/,
  },
  {
    rule: 'a header is one line',
    keeps: header('Hello there'),
    breaks: header('Hello\nthere'),
    at: 'components.0.text',
    says: /line break/,
  },
  {
    rule: 'a footer is one line',
    keeps: footer('Bye then'),
    breaks: footer('Bye\nthen'),
    at: 'components.1.text',
    says: /line break/,
  },
  {
    rule: 'a header is without emoji',
    keeps: header('Hello'),
    breaks: header('Hello 👋'),
    at: 'components.0.text',
    says: /emoji/,
    warns: true,
  },
  {
    rule: 'a footer is without emoji',
    keeps: footer('Bye'),
    breaks: footer('Bye 👋'),
    at: 'components.1.text',
    says: /emoji/,
    warns: true,
  },
  {
    rule: 'a header is not formatted',
    keeps: header('Hello a*b'),
    breaks: header('Hello *you*'),
    at: 'components.0.text',
    says: /formatting/,
    warns: true,
  },
  {
    rule: 'a body breaks its line twice at most',
    keeps: utility(text('One.\n\nTwo.')),
    breaks: utility(text('One.\n\n\nTwo.')),
    at: 'components.0.text',
    says: /more than two line breaks/,
  },
  {
    rule: 'a body has ten emoji',
    keeps: utility(text(`Hi ${'👨‍👩‍👧'.repeat(10)}`)),
    breaks: utility(text(`Hi ${'👨‍👩‍👧'.repeat(11)}`)),
    at: 'components.0.text',
    says: /11 emoji; Meta allows 10/,
  },
  {
    rule: 'a body is words',
    keeps: utility(text('Hello {{1}}, welcome back', one)),
    breaks: utility(text('{{1}} - {{2}}!', two)),
    at: 'components.0.text',
    says: /nothing but variables/,
  },
  {
    rule: 'no variable begins a body',
    keeps: utility(text('Dear {{1}}, welcome back', one)),
    breaks: utility(text('{{1}}, welcome back', one)),
    at: 'components.0.text',
    says: /very start; put words/,
  },
  {
    rule: 'a full stop is no text behind the last variable',
    keeps: utility(text('Welcome back, {{1}}, to us.', one)),
    breaks: utility(text('Welcome back to us, {{1}}.', one)),
    at: 'components.0.text',
    says: /very end; put words behind it and its \./,
  },
  {
    rule: 'punctuation in front of the first is doubtful',
    keeps: utility(text('*Dear {{1}}*, welcome back', one)),
    breaks: utility(text('*{{1}}*, welcome back to us', one)),
    at: 'components.0.text',
    says: /nothing but punctuation/,
    warns: true,
  },
  {
    rule: 'a header may end with its variable, though a rule says no',
    keeps: utility({ type: 'HEADER', text: 'For {{1}} only', example: { header_text: ['Ana'] } }, BODY),
    breaks: utility({ type: 'HEADER', text: 'Forget something, {{1}}?', example: { header_text: ['Ana'] } }, BODY),
    at: 'components.0.text',
    says: /very end/,
    warns: true,
  },
  {
    rule: 'variables are apart',
    keeps: utility(text('Dear {{1}}, your order {{2}} has come', two)),
    breaks: utility(text('Dear {{1}} {{2}}, your order has come', two)),
    at: 'components.0.text',
    says: /side by side/,
  },
  {
    rule: 'words are twice the variables and one',
    keeps: utility(text('Dear {{1}}, order {{2}} has left', two)),
    breaks: utility(text('Dear {{1}}, order {{2}} left', two)),
    at: 'components.0.text',
    says: /4 words around 2 variables; Meta wants 5/,
  },
  {
    rule: 'numbers have no gaps',
    keeps: utility(text('Dear {{1}}, welcome back', one)),
    breaks: utility(text('Dear {{2}}, welcome back', one)),
    at: 'components.0.text',
    says: /from \{\{1\}\} without gaps/,
  },
  {
    rule: 'a name of a variable is lower case',
    keeps: utility(
      text('Dear {{first_name}}, welcome back', {
        body_text_named_params: [{ param_name: 'first_name', example: 'Ana' }],
      }),
    ),
    breaks: utility(
      text('Dear {{firstName}}, welcome back', {
        body_text_named_params: [{ param_name: 'firstName', example: 'Ana' }],
      }),
    ),
    at: 'components.0.text',
    says: /lower-case letters/,
  },
  {
    rule: 'a name of a variable has no # $ %',
    keeps: utility(text('You are #{{1}} in the queue', one)),
    breaks: utility(text('You are {{#1}} in the queue')),
    at: 'components.0.text',
    says: /leave #, \$ and % out/,
  },
  {
    rule: 'braces hold a variable',
    keeps: utility(text('Dear {{1}}, welcome back', one)),
    breaks: utility(text('Dear {{first name}}, welcome back')),
    at: 'components.0.text',
    says: /braces around something/,
  },
  {
    rule: 'a variable has an example',
    keeps: utility(text('Dear {{1}}, welcome back', { body_text: 'Ana' })),
    breaks: utility(text('Dear {{1}}, welcome back')),
    at: 'components.0.example.body_text',
    says: /an example for its variable/,
  },
  {
    rule: 'a named variable has an example',
    keeps: utility(
      text('Dear {{who}}, welcome back', { body_text_named_params: [{ param_name: 'who', example: 'Ana' }] }),
    ),
    breaks: utility(
      text('Dear {{who}}, welcome back', { body_text_named_params: [{ param_name: 'you', example: 'Ana' }] }),
    ),
    at: 'components.0.example.body_text_named_params',
    says: /no example for \{\{who\}\}/,
  },
  {
    rule: 'an address in a body is https',
    keeps: utility(text('See https://example.com for more')),
    breaks: utility(text('See http://example.com for more')),
    at: 'components.0.text',
    says: /refuses http/,
  },
  {
    rule: 'an address in a body says where it leads',
    keeps: utility(text('See https://example.com for more')),
    breaks: utility(text('See https://bit.ly/x for more')),
    at: 'components.0.text',
    says: /bit\.ly/,
  },
  // Headers.
  {
    rule: 'a media header has a sample',
    keeps: utility(media('IMAGE'), BODY),
    breaks: utility(media('IMAGE', {}), BODY),
    at: 'components.0.example.header_handle',
    says: /handle of an uploaded sample/,
  },
  {
    rule: 'the id of a medium is no handle',
    keeps: utility(media('VIDEO'), BODY),
    breaks: utility(media('VIDEO', { header_handle: ['1234567890'] }), BODY),
    at: 'components.0.example.header_handle',
    says: /id of a medium/,
    warns: true,
  },
  {
    rule: 'an address elsewhere is no handle',
    keeps: utility(media('DOCUMENT', { header_handle: ['https://scontent.whatsapp.net/v/1'] }), BODY),
    breaks: utility(media('DOCUMENT', { header_handle: ['https://example.com/1.pdf'] }), BODY),
    at: 'components.0.example.header_handle',
    says: /address elsewhere/,
    warns: true,
  },
  {
    rule: 'a moving picture is for marketing',
    keeps: marketing(BODY),
    breaks: utility(media('GIF'), BODY),
    at: 'components.0.format',
    says: /marketing templates only/,
  },
  {
    rule: 'a moving picture goes another way',
    keeps: marketing(media('VIDEO'), BODY),
    breaks: marketing(media('GIF'), BODY),
    at: 'components.0.format',
    says: /Marketing Messages API only/,
    warns: true,
  },
  // Buttons.
  {
    rule: 'there are ten buttons',
    keeps: buttons(...Array.from({ length: 10 }, (_, n) => reply(`No ${n}`))),
    breaks: buttons(...Array.from({ length: 11 }, (_, n) => reply(`No ${n}`))),
    at: 'components.1.buttons',
    says: /1 to 10 buttons, got 11/,
  },
  {
    rule: 'two of them addresses',
    keeps: buttons(url(), url()),
    breaks: buttons(url(), url(), url()),
    at: 'components.1.buttons',
    says: /3 URL buttons; Meta allows 2/,
  },
  {
    rule: 'one a number',
    keeps: buttons({ type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550783881' }),
    breaks: buttons(...Array(2).fill({ type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550783881' })),
    at: 'components.1.buttons',
    says: /2 PHONE_NUMBER buttons/,
  },
  {
    rule: 'one a code',
    keeps: buttons(coupon()),
    breaks: buttons(coupon(), coupon()),
    at: 'components.1.buttons',
    says: /2 COPY_CODE buttons/,
  },
  {
    rule: 'one a call',
    keeps: buttons(call()),
    breaks: buttons(call(), call()),
    at: 'components.1.buttons',
    says: /2 VOICE_CALL buttons/,
  },
  {
    rule: 'quick replies stand together',
    keeps: buttons(reply('A'), reply('B'), url()),
    breaks: buttons(reply('A'), url(), reply('B')),
    at: 'components.1.buttons',
    says: /stand together/,
  },
  {
    rule: 'a label has 25 characters',
    keeps: buttons(reply(words(25))),
    breaks: buttons(reply(words(26))),
    at: 'components.1.buttons.0.text',
    says: /allows 25/,
  },
  {
    rule: 'the label of a call has 20',
    keeps: buttons(call({ text: words(20) })),
    breaks: buttons(call({ text: words(21) })),
    at: 'components.1.buttons.0.text',
    says: /allows 20/,
  },
  {
    rule: 'a label holds no variable',
    keeps: buttons(reply('Yes')),
    breaks: buttons(reply('Yes, {{1}} it')),
    at: 'components.1.buttons.0.text',
    says: /variables/,
  },
  {
    rule: 'no emoji',
    keeps: buttons(reply('Shop now')),
    breaks: buttons(reply('Shop now 🌱')),
    at: 'components.1.buttons.0.text',
    says: /emoji/,
  },
  {
    rule: 'no line break',
    keeps: buttons(reply('Go on')),
    breaks: buttons(reply('Go\non')),
    at: 'components.1.buttons.0.text',
    says: /line breaks/,
  },
  {
    rule: 'no formatting',
    keeps: buttons(reply('Go 2*3')),
    breaks: buttons(reply('Go *on*')),
    at: 'components.1.buttons.0.text',
    says: /formatting/,
  },
  {
    rule: 'a label is there',
    keeps: buttons(reply('Yes')),
    breaks: buttons(reply(' ')),
    at: 'components.1.buttons.0.text',
    says: /missing/,
  },
  {
    rule: 'an address is https',
    keeps: buttons(url()),
    breaks: buttons(url({ url: 'http://example.com' })),
    at: 'components.1.buttons.0.url',
    says: /refuses http/,
  },
  {
    rule: 'and says where it leads',
    keeps: buttons(url()),
    breaks: buttons(url({ url: 'https://tinyurl.com/x' })),
    at: 'components.1.buttons.0.url',
    says: /shorteners/,
  },
  {
    rule: 'an address has 2,000 characters',
    keeps: buttons(url({ url: `https://example.com/${'a'.repeat(1_980)}` })),
    breaks: buttons(url({ url: `https://example.com/${'a'.repeat(1_981)}` })),
    at: 'components.1.buttons.0.url',
    says: /allows 2000/,
  },
  {
    rule: 'one variable',
    keeps: buttons(url({ url: 'https://example.com/{{1}}', example: ['https://example.com/a'] })),
    breaks: buttons(url({ url: 'https://example.com/{{1}}/{{2}}', example: ['https://example.com/a/b'] })),
    at: 'components.1.buttons.0.url',
    says: /one variable, got 2/,
  },
  {
    rule: 'at its end',
    keeps: buttons(url({ url: 'https://example.com/{{1}}', example: ['https://example.com/a'] })),
    breaks: buttons(url({ url: 'https://example.com/{{1}}/b', example: ['https://example.com/a/b'] })),
    at: 'components.1.buttons.0.url',
    says: /very end/,
  },
  {
    rule: 'with an example',
    keeps: buttons(url({ url: 'https://example.com/{{1}}', example: 'https://example.com/a' })),
    breaks: buttons(url({ url: 'https://example.com/{{1}}' })),
    at: 'components.1.buttons.0.example',
    says: /as it will be/,
  },
  {
    rule: 'an example in full',
    keeps: buttons(url({ url: 'https://example.com/{{1}}', example: ['https://example.com/a'] })),
    breaks: buttons(url({ url: 'https://example.com/{{1}}', example: ['a'] })),
    at: 'components.1.buttons.0.example',
    says: /whole address/,
    warns: true,
  },
  {
    rule: 'a number has 20 characters',
    keeps: buttons({ type: 'PHONE_NUMBER', text: 'Call', phone_number: '1'.repeat(20) }),
    breaks: buttons({ type: 'PHONE_NUMBER', text: 'Call', phone_number: '1'.repeat(21) }),
    at: 'components.1.buttons.0.phone_number',
    says: /at most 20/,
  },
  {
    rule: 'a code has 20',
    keeps: buttons(coupon('A'.repeat(20))),
    breaks: buttons(coupon('A'.repeat(21))),
    at: 'components.1.buttons.0.example',
    says: /allows 20/,
  },
  {
    rule: 'a code is shown',
    keeps: buttons(coupon()),
    breaks: buttons({ type: 'COPY_CODE' }),
    at: 'components.1.buttons.0.example',
    says: /show a code/,
  },
  {
    rule: 'a form has one source',
    keeps: buttons(flow()),
    breaks: buttons(flow({ flow_name: 'a' })),
    at: 'components.1.buttons.0',
    says: /exactly one of flow_id, flow_name, flow_json, got flow_id and flow_name/,
  },
  {
    rule: 'a form does one of two',
    keeps: buttons(flow({ flow_action: 'data_exchange' })),
    breaks: buttons(flow({ flow_action: 'open' })),
    at: 'components.1.buttons.0.flow_action',
    says: /navigate, data_exchange/,
  },
  {
    rule: 'a form begins on a screen',
    keeps: buttons(flow({ navigate_screen: 'A' })),
    breaks: buttons(flow({ navigate_screen: '' })),
    at: 'components.1.buttons.0.navigate_screen',
    says: /id of a screen/,
  },
  {
    rule: 'a form has one of three icons',
    keeps: buttons(flow({ icon: 'REVIEW' })),
    breaks: buttons(flow({ icon: 'STAR' })),
    at: 'components.1.buttons.0.icon',
    says: /DOCUMENT, PROMOTION, REVIEW/,
  },
  {
    rule: 'a call may be made for a day at least',
    keeps: buttons(call({ ttl_minutes: 1_440 })),
    breaks: buttons(call({ ttl_minutes: 1_439 })),
    at: 'components.1.buttons.0.ttl_minutes',
    says: /1440 to 43200/,
  },
  {
    rule: 'Meta asks for contact details in its own words',
    keeps: buttons({ type: 'REQUEST_CONTACT_INFO', text: 'Share contact info' }),
    breaks: buttons({ type: 'REQUEST_CONTACT_INFO', text: 'Your number' }),
    at: 'components.1.buttons.0.text',
    says: /Share Contact Info/,
  },
  {
    rule: 'and names its catalogue',
    keeps: buttons({ type: 'CATALOG', text: 'View catalog' }),
    breaks: buttons({ type: 'CATALOG', text: 'All we have' }),
    at: 'components.1.buttons.0.text',
    says: /View catalog/,
  },
  // Authentication.
  {
    rule: 'one OTP button',
    keeps: code(otp()),
    breaks: code(otp(), otp()),
    at: 'components',
    says: /exactly one button, of type OTP, got 2/,
  },
  {
    rule: 'OTP and no other',
    keeps: code(otp()),
    breaks: code(reply('Copy')),
    at: 'components.1.buttons.0.type',
    says: /to be OTP/,
  },
  {
    rule: 'OTP for authentication only',
    keeps: buttons(reply('Copy')),
    breaks: buttons(otp()),
    at: 'components.1.buttons.0.type',
    says: /authentication templates only/,
  },
  {
    rule: 'OTP of three types',
    keeps: code(otp()),
    breaks: code(otp({ otp_type: 'TWO_TAP' })),
    at: 'components.1.buttons.0.otp_type',
    says: /COPY_CODE, ONE_TAP, ZERO_TAP/,
  },
  {
    rule: 'an autofill label of 25',
    keeps: code(otp({ autofill_text: words(25) })),
    breaks: code(otp({ autofill_text: words(26) })),
    at: 'components.1.buttons.0.autofill_text',
    says: /allows 25/,
  },
  {
    rule: 'one tap names its app',
    keeps: code(oneTap(app())),
    breaks: code(oneTap()),
    at: 'components.1.buttons.0.supported_apps',
    says: /1 to 5 apps/,
  },
  {
    rule: 'one tap names five apps',
    keeps: code(oneTap(...Array(5).fill(app()))),
    breaks: code(oneTap(...Array(6).fill(app()))),
    at: 'components.1.buttons.0.supported_apps',
    says: /1 to 5 apps, got 6/,
  },
  {
    rule: 'a package has 224 characters',
    keeps: code(oneTap(app({ package_name: 'a'.repeat(224) }))),
    breaks: code(oneTap(app({ package_name: 'a'.repeat(225) }))),
    at: 'components.1.buttons.0.supported_apps.0.package_name',
    says: /at most 224/,
  },
  {
    rule: 'a hash has 11',
    keeps: code(oneTap(app())),
    breaks: code(oneTap(app({ signature_hash: 'K8a' }))),
    at: 'components.1.buttons.0.supported_apps.0.signature_hash',
    says: /11 characters/,
  },
  {
    rule: 'a hash in plain',
    keeps: code(oneTap(app())),
    breaks: code(oneTap(app({ signature_hash: 'K8a%2FAINcGX7' }))),
    at: 'components.1.buttons.0.supported_apps.0.signature_hash',
    says: /percent-encoded/,
    warns: true,
  },
  {
    rule: 'zero tap has its terms accepted',
    keeps: code(otp({ otp_type: 'ZERO_TAP', supported_apps: [app()], zero_tap_terms_accepted: true })),
    breaks: code(otp({ otp_type: 'ZERO_TAP', supported_apps: [app()] })),
    at: 'components.1.buttons.0.zero_tap_terms_accepted',
    says: /terms/,
  },
  {
    rule: 'its text is of Meta',
    keeps: code(otp()),
    breaks: authentication({ type: 'BODY', text: 'Your code is {{1}}' }, { type: 'BUTTONS', buttons: [otp()] }),
    at: 'components.0.text',
    says: /written by Meta/,
  },
  {
    rule: 'its advice is yes or no',
    keeps: authentication({ type: 'BODY', add_security_recommendation: true }, { type: 'BUTTONS', buttons: [otp()] }),
    breaks: authentication({ type: 'BODY', add_security_recommendation: 'yes' }, { type: 'BUTTONS', buttons: [otp()] }),
    at: 'components.0.add_security_recommendation',
    says: /true or false/,
  },
  {
    rule: 'its code lives 90 minutes',
    keeps: {
      ...code(otp()),
      components: [
        { type: 'BODY' },
        { type: 'FOOTER', code_expiration_minutes: 90 },
        { type: 'BUTTONS', buttons: [otp()] },
      ],
    },
    breaks: {
      ...code(otp()),
      components: [
        { type: 'BODY' },
        { type: 'FOOTER', code_expiration_minutes: 91 },
        { type: 'BUTTONS', buttons: [otp()] },
      ],
    },
    at: 'components.1.code_expiration_minutes',
    says: /1 to 90 minutes/,
  },
  {
    rule: 'its footer is of Meta',
    keeps: code(otp()),
    breaks: authentication({ type: 'BODY' }, { type: 'FOOTER', text: 'Bye' }, { type: 'BUTTONS', buttons: [otp()] }),
    at: 'components.1.text',
    says: /code_expiration_minutes/,
  },
  {
    rule: 'it has no header',
    keeps: code(otp()),
    breaks: authentication({ type: 'HEADER', text: 'Hi' }, { type: 'BODY' }, { type: 'BUTTONS', buttons: [otp()] }),
    at: 'components.0',
    says: /has none/,
  },
  // Cards.
  {
    rule: 'two cards at least',
    keeps: carousel(card(), card()),
    breaks: carousel(card()),
    at: 'components.1.cards',
    says: /2 to 10 cards, got 1/,
  },
  {
    rule: 'ten at most',
    keeps: carousel(...Array(10).fill(card())),
    breaks: carousel(...Array(11).fill(card())),
    at: 'components.1.cards',
    says: /got 11/,
  },
  {
    rule: 'with the same parts',
    keeps: carousel(card(BODY), card(BODY)),
    breaks: carousel(card(BODY), card()),
    at: 'components.1.cards.1',
    says: /other parts than the first/,
  },
  {
    rule: 'a text of 160',
    keeps: carousel(card(text(words(160))), card(text(words(160)))),
    breaks: carousel(card(text(words(161))), card(text(words(160)))),
    at: 'components.1.cards.0.components.1.text',
    says: /allows 160/,
  },
  {
    rule: 'two buttons',
    keeps: carousel(card(), card()),
    breaks: carousel(
      { components: [media('IMAGE'), { type: 'BUTTONS', buttons: Array(3).fill(reply('A')) }] },
      { components: [media('IMAGE'), { type: 'BUTTONS', buttons: Array(3).fill(reply('A')) }] },
    ),
    at: 'components.1.cards.0.components.1.buttons',
    says: /1 to 2 buttons/,
  },
  {
    rule: 'a picture on top',
    keeps: carousel(card(), card()),
    breaks: carousel(
      {
        components: [
          { type: 'HEADER', text: 'Hi' },
          { type: 'BUTTONS', buttons: [url()] },
        ],
      },
      card(),
    ),
    at: 'components.1.cards.0.components.0.format',
    says: /IMAGE, VIDEO, PRODUCT/,
  },
  {
    rule: 'a carousel is marketing',
    keeps: carousel(card(), card()),
    breaks: utility(BODY, { type: 'CAROUSEL', cards: [card(), card()] }),
    at: 'components.1',
    says: /for MARKETING templates/,
  },
  {
    rule: 'beside a body alone',
    keeps: carousel(card(), card()),
    breaks: marketing(BODY, { type: 'CAROUSEL', cards: [card(), card()] }, { type: 'FOOTER', text: 'Bye' }),
    at: 'components.2',
    says: /may not stand beside a CAROUSEL/,
  },
  {
    rule: 'a product has its button',
    keeps: carousel(product(), product()),
    breaks: carousel(product('QUICK_REPLY'), product('QUICK_REPLY')),
    at: 'components.1.cards.0.components',
    says: /SPM, URL/,
  },
  {
    rule: 'two products are made',
    keeps: carousel(product(), product()),
    breaks: carousel(product(), product(), product()),
    at: 'components.1.cards',
    says: /creates two/,
    warns: true,
  },
  // Offers, calls, products.
  {
    rule: 'an offer has 16 characters',
    keeps: offer({ text: words(16) }),
    breaks: offer({ text: words(17) }),
    at: 'components.0.limited_time_offer.text',
    says: /1 to 16/,
  },
  {
    rule: 'its end is yes or no',
    keeps: offer({ has_expiration: false }),
    breaks: offer({ has_expiration: 'soon' }),
    at: 'components.0.limited_time_offer.has_expiration',
    says: /true or false/,
  },
  {
    rule: 'its code comes first',
    keeps: offer(),
    breaks: offer({}, [url(), coupon()]),
    at: 'components',
    says: /COPY_CODE and then URL/,
  },
  {
    rule: 'its code has 15',
    keeps: offer({}, [coupon('A'.repeat(15)), url()]),
    breaks: offer({}, [coupon('A'.repeat(16)), url()]),
    at: 'components.2.buttons.0.example',
    says: /allows 15/,
  },
  {
    rule: 'it has no footer',
    keeps: offer(),
    breaks: offer({}, undefined, { type: 'FOOTER', text: 'Bye' }),
    at: 'components.3',
    says: /FOOTER, which may not stand/,
  },
  {
    rule: 'its header is a picture',
    keeps: offer({}, undefined, media('IMAGE')),
    breaks: offer({}, undefined, { type: 'HEADER', text: 'Hi' }),
    at: 'components',
    says: /IMAGE or a VIDEO/,
  },
  {
    rule: 'it is marketing',
    keeps: offer(),
    breaks: { ...offer(), category: 'UTILITY' },
    at: 'components.0',
    says: /for MARKETING templates/,
  },
  {
    rule: 'its body has 600',
    keeps: marketing({ type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends' } }, text(words(600)), {
      type: 'BUTTONS',
      buttons: [url()],
    }),
    breaks: marketing({ type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends' } }, text(words(601)), {
      type: 'BUTTONS',
      buttons: [url()],
    }),
    at: 'components.1.text',
    says: /allows 600/,
  },
  {
    rule: 'who asks to call shows no buttons',
    keeps: utility(BODY, { type: 'CALL_PERMISSION_REQUEST' }),
    breaks: utility(BODY, { type: 'CALL_PERMISSION_REQUEST' }, { type: 'BUTTONS', buttons: [reply('A')] }),
    at: 'components.2',
    says: /BUTTONS, which may not stand/,
  },
  {
    rule: 'many products have a header',
    keeps: marketing({ type: 'HEADER', text: 'Hi' }, BODY, mpm),
    breaks: marketing(BODY, mpm),
    at: 'components',
    says: /HEADER with a text/,
  },
  {
    rule: 'a single product has 160',
    keeps: marketing({ type: 'HEADER', format: 'PRODUCT' }, text(words(160)), {
      type: 'BUTTONS',
      buttons: [{ type: 'SPM', text: 'View' }],
    }),
    breaks: marketing({ type: 'HEADER', format: 'PRODUCT' }, text(words(161)), {
      type: 'BUTTONS',
      buttons: [{ type: 'SPM', text: 'View' }],
    }),
    at: 'components.1.text',
    says: /allows 160/,
  },
  {
    rule: 'a product has a button',
    keeps: marketing({ type: 'HEADER', format: 'PRODUCT' }, BODY, {
      type: 'BUTTONS',
      buttons: [{ type: 'SPM', text: 'View' }],
    }),
    breaks: marketing({ type: 'HEADER', format: 'PRODUCT' }, BODY),
    at: 'components',
    says: /SPM button/,
  },
  // The library, and what utility sounds like.
  {
    rule: 'the library is utility',
    keeps: library({}),
    breaks: library({ category: 'MARKETING' }),
    at: 'category',
    says: /UTILITY/,
  },
  {
    rule: 'the library has the components',
    keeps: library({}),
    breaks: library({ components: [BODY] }),
    at: 'components',
    says: /left out/,
  },
  {
    rule: 'an address for it is https',
    keeps: linked('https://example.com/{{1}}'),
    breaks: linked('http://example.com/{{1}}'),
    at: 'library_template_button_inputs.0.url.base_url',
    says: /refuses http/,
  },
  {
    rule: 'utility does not advertise',
    keeps: utility(text('Your order has left us')),
    breaks: utility(text('Our spring sale has begun')),
    at: 'components.0.text',
    says: /"sale", which reads like an advertisement/,
    warns: true,
  },
  {
    rule: 'nor in other languages',
    keeps: { ...utility(text('Seu pedido saiu')), language: 'pt_BR' },
    breaks: { ...utility(text('Seu desconto chegou')), language: 'pt_BR' },
    at: 'components.0.text',
    says: /"desconto"/,
    warns: true,
  },
  {
    rule: 'nor on a button',
    keeps: marketing(BODY, { type: 'BUTTONS', buttons: [reply('Shop now')] }),
    breaks: buttons(reply('Shop now')),
    at: 'components.1.buttons.0.text',
    says: /"shop now"/,
    warns: true,
  },
  // What is no document at all, or has parts that are none.
  {
    rule: 'a document is an object',
    keeps: utility(BODY),
    breaks: [] as unknown as Document,
    at: '',
    says: /is to be a JSON object/,
  },
  {
    rule: 'components are a list',
    keeps: utility(BODY),
    breaks: { ...utility(), components: 'BODY' },
    at: 'components',
    says: /list of components/,
  },
  {
    rule: 'components are not endless',
    keeps: utility(BODY),
    breaks: utility(...Array.from({ length: 51 }, (_, n) => ({ type: `KIND_${n}` }))),
    at: 'components',
    says: /at most 50 components, got 51/,
  },
  {
    rule: 'a component names its kind',
    keeps: utility(BODY),
    breaks: utility(BODY, { text: 'Hello' }),
    at: 'components.1.type',
    says: /name the kind of component/,
  },
  {
    rule: 'a button names its kind',
    keeps: buttons(reply('Yes')),
    breaks: buttons({ text: 'Yes' }),
    at: 'components.1.buttons.0.type',
    says: /name the kind of button/,
  },
  {
    rule: 'an address is one',
    keeps: buttons(url()),
    breaks: buttons(url({ url: 17 })),
    at: 'components.1.buttons.0.url',
    says: /is to be an https address/,
  },
  {
    rule: 'a card is a list of components',
    keeps: carousel(card(), card()),
    breaks: carousel(card(), { components: 'HEADER' }),
    at: 'components.1.cards.1.components',
    says: /list of components/,
  },
  {
    rule: 'a component of a card names its kind',
    keeps: carousel(card(), card()),
    breaks: carousel(card(), { components: [{ text: 'Shoes' }] }),
    at: 'components.1.cards.1.components.0.type',
    says: /name the kind of component/,
  },
  {
    rule: 'a card has no footer',
    keeps: carousel(card(), card()),
    breaks: carousel(card({ type: 'FOOTER', text: 'Bye' }), card({ type: 'FOOTER', text: 'Bye' })),
    at: 'components.1.cards.0.components.1',
    says: /is a FOOTER; a card has/,
  },
  {
    rule: 'a card shows something',
    keeps: carousel(card(), card()),
    breaks: carousel(card(), { components: [{ type: 'BUTTONS', buttons: [url()] }] }),
    at: 'components.1.cards.1.components',
    says: /has no HEADER/,
  },
  {
    rule: 'a card has a button',
    keeps: carousel(card(), card()),
    breaks: carousel(card(), { components: [media('IMAGE')] }),
    at: 'components.1.cards.1.components',
    says: /has no BUTTONS/,
  },
  {
    rule: 'a catalogue is offered once',
    keeps: buttons({ type: 'CATALOG', text: 'View catalog' }),
    breaks: buttons({ type: 'CATALOG', text: 'View catalog' }, { type: 'CATALOG', text: 'View catalog' }),
    at: 'components',
    says: /more than one CATALOG button/,
  },
  {
    rule: 'a template of the library is named',
    keeps: library({}),
    breaks: library({ library_template_name: '' }),
    at: 'library_template_name',
    says: /a name from the library/,
  },
  {
    rule: 'what is put into the buttons of the library is a list',
    keeps: linked('https://shop.example/'),
    breaks: library({ library_template_button_inputs: '{' }),
    at: 'library_template_button_inputs',
    says: /a list, one for each button/,
  },
  {
    rule: 'a button of the library names its kind',
    keeps: linked('https://shop.example/'),
    breaks: library({ library_template_button_inputs: [{ url: {} }] }),
    at: 'library_template_button_inputs.0.type',
    says: /name the kind of button/,
  },
  {
    rule: 'a button of the library has an address',
    keeps: linked('https://shop.example/'),
    breaks: library({ library_template_button_inputs: [{ type: 'URL', url: {} }] }),
    at: 'library_template_button_inputs.0.url.base_url',
    says: /an https address/,
  },
  {
    rule: 'an address leads to a host',
    keeps: linked('https://shop.example/'),
    breaks: linked('shop'),
    at: 'library_template_button_inputs.0.url.base_url',
    says: /an https address/,
  },
  {
    rule: 'a text does not end with a variable',
    keeps: utility(text('Thank you for coming, {{1}}, goodbye', one)),
    breaks: utility(text('Thank you for coming, {{1}}', one)),
    at: 'components.0.text',
    says: /at its very end; put words behind it$/,
  },
  {
    rule: 'a button of the library has a number',
    keeps: linked('https://shop.example/'),
    breaks: library({ library_template_button_inputs: [{ type: 'PHONE_NUMBER' }] }),
    at: 'library_template_button_inputs.0.phone_number',
    says: /a phone number/,
  },
  {
    rule: 'an address in a text leads to a host',
    keeps: utility(text('Read more at https://shop.example/a today')),
    breaks: utility(text('Read more at https://[shop today')),
    at: 'components.0.text',
    says: /an https address/,
  },
  {
    rule: 'each of several variables has an example',
    keeps: utility(text('Hello {{1}}, your order {{2}} is on its way', two)),
    breaks: utility(text('Hello {{1}}, your order {{2}} is on its way', one)),
    at: 'components.0.example.body_text',
    says: /an example for each of the 2 variables, got 1/,
  },
  {
    rule: 'buttons are a list',
    keeps: buttons(reply('Yes')),
    breaks: utility(BODY, { type: 'BUTTONS', buttons: 'Yes' }),
    at: 'components.1.buttons',
    says: /1 to 10 buttons, got no list/,
  },
  {
    rule: 'the button of a flow names one',
    keeps: buttons(flow()),
    breaks: buttons({ type: 'FLOW', text: 'Begin' }),
    at: 'components.1.buttons.0',
    says: /exactly one of .*, got none/,
  },
  {
    rule: 'apps are a list',
    keeps: code(oneTap(app())),
    breaks: code(otp({ otp_type: 'ONE_TAP', supported_apps: 'com.example.shop' })),
    at: 'components.1.buttons.0.supported_apps',
    says: /1 to 5 apps, got no list/,
  },
  {
    rule: 'cards are a list',
    keeps: carousel(card(), card()),
    breaks: marketing(BODY, { type: 'CAROUSEL', cards: 'two' }),
    at: 'components.1.cards',
    says: /2 to 10 cards, got no list/,
  },
]

describe('the linter', () => {
  it('has no rule without an example that breaks it', () => {
    const said = RULES.flatMap(({ breaks }) => {
      const { problems, warnings } = lintTemplate(breaks)
      return [...problems, ...warnings].map((one) => one.code)
    })
    expect(Object.keys(LINT_SENTENCES).filter((one) => !said.includes(one))).toEqual([])
  })
})

describe('the linter knows that', () => {
  it.each(RULES)('$rule', ({ keeps, breaks, at, says, warns }) => {
    const found = lintTemplate(breaks)
    const list = warns ? found.warnings : found.problems
    const told = list.filter(({ path, message }) => path === at && says.test(message))
    expect(told, JSON.stringify(found)).toHaveLength(1)
    if (warns) expect(found.problems).toEqual([])
    const kept = lintTemplate(keeps)
    expect(kept.problems).toEqual([])
    expect(kept.warnings.filter(({ path, message }) => path === at && says.test(message))).toEqual([])
  })

  it.each([
    ['zh_CN', '您好 *{{1}}*，感谢您付款。我们已收到您为「*{{2}}*」支付的款项，金额：*{{3}}*。您的报名现已确认。'],
    ['zh_HK', '多謝{{1}}，訂單{{2}}共{{3}}，我們已收到。'],
    ['ja', 'ご注文{{1}}は{{2}}に{{3}}へ届きます。'],
    ['th', 'คุณ{{1}} คำสั่งซื้อ{{2}}จะถึง{{3}}นะคะ'],
  ])('in %s no word ends with a space', (language, words) => {
    const document = { ...utility(text(words, { body_text: [['A', 'B', 'C']] })), language }
    expect(lintTemplate(document)).toEqual({ problems: [], warnings: [] })
  })

  it('passes what Meta invented later', () => {
    const later = utility(BODY, { type: 'TAP_TARGET' }, { type: 'BUTTONS', buttons: [{ type: 'TELEPORT' }] })
    expect(lintTemplate(later)).toEqual({ problems: [], warnings: [] })
  })

  it('does not look for advertisements in marketing', () => {
    expect(lintTemplate(marketing(text('Our spring sale has begun'))).warnings).toEqual([])
  })
})
