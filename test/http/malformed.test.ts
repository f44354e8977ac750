import { expect, it } from 'vitest'
import { instant } from '../../src/domain/time.ts'
import { readRequest } from '../../src/usecases/enqueue/read-request.ts'
import { CONTACT, INTENT, SENDER, SYSTEM_KEY, WABA } from './fake-services.ts'
import { type CallOptions, startServer } from './harness.ts'

/**
 * A table of everything that may be wrong with a request: each is 4xx and says where. Made from what is right, by one wrong member at a
 * time; bad-input.test.ts looks closer at single ones.
 */
interface Malformed extends CallOptions {
  name: string
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  url: string
  /** What the error has to name. */
  field: RegExp
}

const NUMBER = [12, 'a number'] as const
const YES = [true, 'true'] as const
const LIST = [['x'], 'a list'] as const
const OBJECT = [{ a: 1 }, 'an object'] as const
const EMPTY = ['', 'an empty text'] as const
const LONG = ['x'.repeat(5_000), 'a very long text'] as const
const NUL = ['a\u0000', 'U+0000'] as const
const HALF = ['\ud800', 'half a surrogate pair'] as const
const WORD = ['nonsense', 'a word'] as const
const NEGATIVE = [-1, 'a negative number'] as const
const HALVES = [0.5, 'a half'] as const
const HUGE = [2 ** 53, 'a huge number'] as const

const noText = [NUMBER, YES, LIST, OBJECT, NUL, HALF]
const noDigits = [
  ...noText,
  EMPTY,
  WORD,
  ['1'.repeat(33), 'too many digits'],
  ['١٢٣', 'digits of another script'],
  ['12 34', 'digits with a space'],
] as const
const noCount = [WORD, YES, LIST, OBJECT, NEGATIVE, HALVES, HUGE, [0, 'zero']] as const
const noInstant = [
  WORD,
  YES,
  LIST,
  EMPTY,
  ['2026-13-01T00:00:00Z', 'a 13th month'],
  ['2026-11-29', 'a day'],
  ['2026-11-29T10:00:00', 'no zone'],
  ['9999-12-31T23:59:59-14:00', 'a year of five digits'],
  ['0000-01-01T00:00:00Z', 'the year nought'],
] as const
const noChoice = [WORD, NUMBER, LIST, OBJECT, EMPTY] as const

type Wrong = readonly (readonly [value: unknown, what: string])[]

function bodies(
  method: 'POST' | 'PATCH' | 'PUT',
  url: string,
  right: object,
  members: Record<string, Wrong>,
): Malformed[] {
  const wrong = Object.entries(members).flatMap(([member, values]) =>
    values.map(([value, what]): Malformed => {
      const body = put(right, member.split('.'), value)
      return { name: `${method} ${url}: ${member} is ${what}`, method, url, body, field: fieldOf(member) }
    }),
  )
  const extra: Malformed = {
    name: `${method} ${url}: a member nobody knows`,
    method,
    url,
    body: { ...right, nobody: 1 },
    field: /nobody/,
  }
  return [...wrong, extra]
}

function queries(url: string, names: Record<string, readonly string[]>): Malformed[] {
  return Object.entries({ ...names, nobody: ['1'] }).flatMap(([name, values]) =>
    values.map((value) => ({
      name: `GET ${url}: ${name}=${value}`,
      method: 'GET' as const,
      url: `${url}?${new URLSearchParams({ [name]: value })}`,
      field: new RegExp(`^${name}`),
    })),
  )
}

function put(right: object, [name = '', ...rest]: string[], value: unknown): object {
  const copy: Record<string, unknown> = { ...right }
  copy[name] = rest.length === 0 ? value : put((copy[name] ?? {}) as object, rest, value)
  return copy
}

/** The member itself, something inside of it, or what it stands in. */
function fieldOf(member: string): RegExp {
  const parts = member.split('.')
  return new RegExp(
    `^${parts.map((part, i) => (i === 0 ? part : `(?:\\.${part}`)).join('')}${')?'.repeat(parts.length - 1)}(?:\\.|$)`,
  )
}

const limit = ['0', '1001', 'x', '-1', '1.5', '1e9']
const cursor = ['x'.repeat(1025)]
const text = { type: 'text', text: { body: 'Hello' } }
const intent = { sender: SENDER, to: `+${CONTACT}`, message: text }
const ofType = (type: string, body: unknown) => ({ ...intent, message: { type, [type]: body } })
const message = (name: string, body: unknown, field = /^message/): Malformed => ({
  name: `an intent with ${name}`,
  method: 'POST',
  url: '/v1/intents',
  body: body as object,
  field,
})
const template = (more: object) => ofType('template', { name: 'a', language: { code: 'en' }, ...more })
const interactive = (body: object) => ofType('interactive', { body: { text: 'a' }, ...body })

const TABLE: Malformed[] = [
  ...bodies(
    'POST',
    '/v1/senders',
    { phone_number_id: SENDER, waba_id: WABA, access_token: 'EAAG' },
    {
      phone_number_id: noDigits,
      waba_id: noDigits,
      portfolio_id: noDigits,
      access_token: [...noText, EMPTY, LONG, ['a b', 'a text with a space'], ['a\nb', 'a line break']],
      throughput_mps: noCount,
      messaging_limit: noCount,
      display_phone_number: [...noText, EMPTY, LONG],
      verified_name: [...noText, EMPTY, LONG],
      default_when_closed: noChoice,
    },
  ),
  ...bodies(
    'PATCH',
    `/v1/senders/${SENDER}`,
    { throughput_mps: 1 },
    { throughput_mps: noCount, access_token: [...noText, EMPTY], default_when_closed: noChoice },
  ),
  ...bodies(
    'POST',
    '/v1/workspaces',
    { name: 'Shop' },
    { name: [...noText, EMPTY, LONG], id: [...noText, EMPTY, LONG, ['Shop', 'capitals']] },
  ),
  ...bodies(
    'POST',
    '/v1/api-keys',
    { name: 'shop', scopes: ['send'] },
    {
      name: [...noText, EMPTY, LONG],
      scopes: [WORD, NUMBER, OBJECT, [[], 'an empty list'], [['root'], 'a scope nobody knows']],
      senders: [WORD, NUMBER, OBJECT, [[], 'an empty list'], [['x'], 'a word in a list']],
      expires_at: noInstant,
      allow_query: [WORD, NUMBER, LIST],
      workspace: [NUMBER, LIST, ['A', 'a capital']],
    },
  ),
  ...bodies(
    'PATCH',
    '/v1/workspaces/default',
    { name: 'Shop' },
    {
      name: [...noText, EMPTY, LONG],
      stop_words: [
        WORD,
        NUMBER,
        LIST,
        [{ english: ['stop'] }, 'no language'],
        [{ en: 'stop' }, 'a word for a list'],
        [{ en: [1] }, 'a number inside'],
      ],
      stop_buttons: [WORD, NUMBER, OBJECT],
      stop_reply: [WORD, NUMBER, LIST],
    },
  ),
  ...bodies(
    'PATCH',
    `/v1/contacts/${CONTACT}`,
    { name: 'Ana' },
    {
      name: [...noText, EMPTY, LONG],
      language: [...noText, EMPTY, ['english language', 'words']],
      time_zone: [...noText, EMPTY, ['Mars/Olympus', 'no zone of this world']],
    },
  ),
  ...bodies(
    'POST',
    `/v1/contacts/${CONTACT}/consent`,
    { category: 'marketing', state: 'in' },
    {
      category: noChoice,
      state: noChoice,
      evidence: [
        NUL,
        [{ deep: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown }, 'nested too deep'],
        ['x'.repeat(17_000), 'too much'],
      ],
    },
  ),
  ...bodies(
    'POST',
    `/v1/intents/${INTENT}/settle`,
    { outcome: 'sent' },
    { outcome: noChoice, wamid: [NUMBER, LIST, WORD, ['wamid.a b', 'a space']] },
  ),
  ...bodies('POST', '/v1/templates/sync', { waba_id: WABA }, { waba_id: noDigits }),
  ...bodies('POST', '/v1/intents', intent, {
    sender: noDigits,
    to: [
      ...noText,
      EMPTY,
      WORD,
      ['5511987654321', 'a number without +'],
      [{ wa_id: '+1' }, 'a wa_id with +'],
      ['+5,5E+12', 'a number of a spreadsheet'],
    ],
    message: [NUMBER, WORD, LIST, [{}, 'empty'], [{ type: 'telegram' }, 'of no type']],
    when_closed: [
      ...noChoice,
      [{ downgrade: {} }, 'no template'],
      [{ downgrade: { name: 'A', language: 'en' } }, 'a name with capitals'],
      [{ follow_up: [] }, 'no template to try'],
    ],
    send_at: [
      ...noInstant.filter(([value]) => typeof value !== 'object' || value === null || Array.isArray(value)),
      [{}, 'no local time'],
      [{ local: '2026-12-01T09:00' }, 'a local time of nowhere'],
      [{ local: '2026-02-30T09:00', time_zone: 'UTC' }, 'no day of a calendar'],
      [{ local: '2026-12-01T09:00', time_zone: 'Mars/Olympus' }, 'no zone of this planet'],
    ],
    cancel_on: [NUMBER, WORD, [['read'], 'an event that is none'], [['reply', 'reply'], 'an event twice']],
    expires_at: noInstant,
    priority: noChoice,
    delivery: noChoice,
    release: noChoice,
    idempotency_key: [NUMBER, LIST, EMPTY, LONG],
    metadata: [['x'.repeat(17_000), 'too much'], NUL],
  }),
  message('a text that is too long', ofType('text', { body: 'x'.repeat(4_097) })),
  message('an image from nowhere', ofType('image', {})),
  message('an image from two places', ofType('image', { id: '1', link: 'https://a.example' })),
  message('an image by ftp', ofType('image', { link: 'ftp://a.example/b' })),
  message('a place that is nowhere', ofType('location', { latitude: 91, longitude: 0 })),
  message('a place without longitude', ofType('location', { latitude: 1 })),
  message('a reaction to nothing', ofType('reaction', { emoji: '👍' })),
  message('a card without a name', ofType('contacts', [{}])),
  message('no cards', ofType('contacts', [])),
  message('a null among cards', ofType('contacts', [null])),
  message('a birthday that is none', ofType('contacts', [{ name: { formatted_name: 'A' }, birthday: 'May' }])),
  message('a template without language', ofType('template', { name: 'a' })),
  message('a template with capitals', ofType('template', { name: 'Hello', language: { code: 'en' } })),
  message('a null among components', template({ components: [null] })),
  message('a component of no kind', template({ components: [{ type: 'sidebar' }] })),
  message('a parameter of no kind', template({ components: [{ type: 'body', parameters: [{ type: 'song' }] }] })),
  message('a button nowhere', template({ components: [{ type: 'button', sub_type: 'url' }] })),
  message(
    'four buttons',
    interactive({
      type: 'button',
      action: { buttons: [1, 2, 3, 4].map((n) => ({ type: 'reply', reply: { id: `${n}`, title: `${n}` } })) },
    }),
  ),
  message(
    'the same button twice',
    interactive({
      type: 'button',
      action: { buttons: [1, 1].map((n) => ({ type: 'reply', reply: { id: `${n}`, title: `${n}` } })) },
    }),
  ),
  message(
    'eleven rows',
    interactive({
      type: 'list',
      action: {
        button: 'a',
        sections: [{ rows: Array.from({ length: 11 }, (_, n) => ({ id: `${n}`, title: `${n}` })) }],
      },
    }),
  ),
  message('an unknown interactive kind', interactive({ type: 'game', action: {} })),
  message('a recipient inside', { ...intent, message: { ...text, to: CONTACT } }),
  message('a context without an id', { ...intent, message: { ...text, context: { message_id: 1 } } }),
  message('opaque data that is too long', {
    ...intent,
    message: { ...text, biz_opaque_callback_data: 'x'.repeat(513) },
  }),
  ...queries('/v1/intents', {
    state: ['flying', 'SENT'],
    sender: ['x', '-1'],
    to: ['Ana', '+'],
    since: ['yesterday', '2026'],
    until: ['x'],
    limit,
    cursor,
  }),
  ...queries('/v1/conversations', {
    sender: ['x'],
    open: ['yes', '1'],
    q: ['x'.repeat(201)],
    free_entry_point: ['none', 'x'],
    waiting: ['false', '1'],
    unread: ['false', 'yes'],
    handed_over: ['0'],
    sort: ['oldest', 'closing,activity'],
    limit,
    cursor,
  }),
  ...queries(`/v1/conversations/${SENDER}/${CONTACT}/messages`, { limit, cursor }),
  ...queries('/v1/events', { types: ['everything', 'message,'] }),
  ...queries('/v1/templates', { waba_id: ['x'], status: ['approved', 'x'], name: ['x'.repeat(513)], limit }),
  ...queries('/v1/contacts', {
    marketing: ['maybe'],
    'attribute.': ['x'],
    'attribute.Segment': ['x'],
    'attribute.segment': ['x'.repeat(1_025), 'x\u0000y'],
    segment: ['b2b'],
    limit,
  }),
  ...bodies(
    'PUT',
    `/v1/contacts/${CONTACT}`,
    {},
    {
      attributes: [
        [{ Segment: 'x' }, 'of a name in capitals'],
        [{ segment: { deep: 1 } }, 'nested'],
        [{ segment: 'x\u0000y' }, 'not storable'],
        [[1], 'a list'],
      ],
      unreachable: [[null, 'null']],
    },
  ),
  ...queries('/v1/webhook-events', { state: ['done'], limit, cursor }),
  ...queries('/v1/audit', {
    action: ['pause', 'a.b.c', 'A.b'],
    object: ['A', ''.padEnd(300, 'x')],
    since: ['x'],
    until: ['x'],
    limit,
  }),
  ...(
    ['/v1/senders', '/v1/intents', '/v1/intents/batch', '/v1/templates', '/v1/templates/lint', '/v1/api-keys'] as const
  ).flatMap((url): Malformed[] => [
    { name: `POST ${url}: broken JSON`, method: 'POST', url, raw: '{"a":', field: /^body$/ },
    { name: `POST ${url}: no UTF-8`, method: 'POST', url, raw: Buffer.from([0x22, 0xff, 0x22]), field: /^body$/ },
    { name: `POST ${url}: a prototype`, method: 'POST', url, raw: '{"__proto__":{"a":1}}', field: /^body$/ },
    { name: `POST ${url}: too much`, method: 'POST', url, raw: `"${'x'.repeat(1024 * 1024)}"`, field: /^body$/ },
    {
      name: `POST ${url}: a form`,
      method: 'POST',
      url,
      raw: 'a=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      field: /^Content-Type$/,
    },
    { name: `POST ${url}: a list`, method: 'POST', url, body: [], field: /./ },
    { name: `POST ${url}: nothing`, method: 'POST', url, field: /./ },
  ]),
]

const NOW = instant(Date.parse('2026-11-22T12:00:00Z'))

it('is refused with the field at fault, whatever is wrong with it', async () => {
  expect(TABLE.length).toBeGreaterThan(300)
  const names = TABLE.map(({ name }) => name)
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  const { call } = await startServer({
    enqueue: async (_caller, inputs) =>
      inputs.map((input) => {
        const read = readRequest(input, NOW)
        return {
          ok: false,
          error: 'error' in read ? read.error : { status: 404, code: 'fine', message: 'nothing wrong' },
        }
      }),
  })
  const wrong: string[] = []
  for (const { name, method, url, field, ...more } of TABLE) {
    const answer = await call(method, url, { key: SYSTEM_KEY, ...more })
    const { error } = answer.json() as { error?: { field?: string; code: string } }
    const isTold = answer.statusCode >= 400 && answer.statusCode < 500 && field.test(error?.field ?? '')
    if (!isTold) wrong.push(`${name}: ${answer.statusCode} ${answer.body.slice(0, 200)}`)
  }
  expect(wrong).toEqual([])
}, 60_000)

const cloud = { messaging_product: 'whatsapp', to: CONTACT, ...text }

it('is refused by the drop-in in Meta’s words, which name the field too', async () => {
  const { call } = await startServer()
  const send = `/v25.0/${SENDER}/messages`
  const table: [what: string, url: string, options: CallOptions, word: RegExp][] = [
    ...([1.5, true, [], {}, '', 'Ana', '0055', '5,5E+12', '5511987654321.5', '12'] as unknown[]).map(
      (to): [string, string, CallOptions, RegExp] => [
        `to ${JSON.stringify(to)}`,
        send,
        { body: { ...cloud, to } },
        /\bto\b/,
      ],
    ),
    ...([1, true, [], 'BR', ''] as unknown[]).map((recipient): [string, string, CallOptions, RegExp] => [
      `recipient ${JSON.stringify(recipient)}`,
      send,
      { body: { ...cloud, to: undefined, recipient } },
      /recipient/,
    ]),
    ...([undefined, 'telegram', 1, true, []] as unknown[]).map((product): [string, string, CallOptions, RegExp] => [
      `messaging_product ${JSON.stringify(product)}`,
      send,
      { body: { ...cloud, messaging_product: product } },
      /messaging_product/,
    ]),
    ...([1, 'unread', [], true] as unknown[]).map((status): [string, string, CallOptions, RegExp] => [
      `status ${JSON.stringify(status)}`,
      send,
      { body: { messaging_product: 'whatsapp', status, message_id: 'x' } },
      /status/,
    ]),
    ...(['', 'x', '[]', '{"a":1}', '{"priority":"fast"}', '{"send_at":1}', '{"when_closed":"wait"}'] as const).map(
      (header): [string, string, CallOptions, RegExp] => [
        `options ${header}`,
        send,
        { body: cloud, headers: { 'x-casement-options': header } },
        /./,
      ],
    ),
    ...(['method', 'batch', 'callback', 'ids', 'metadata', 'x y', 'a.b', '%'] as const).map(
      (name): [string, string, CallOptions, RegExp] => [
        `query ${name}`,
        `/v25.0/${WABA}/message_templates?${new URLSearchParams({ [name]: '1' })}`,
        {},
        /query|name/,
      ],
    ),
    ...(['pin', 'method', 'batch', 'id', 'override_callback_uri'] as const).map(
      (name): [string, string, CallOptions, RegExp] => [
        `member ${name}`,
        `/v25.0/${WABA}/message_templates`,
        { body: { [name]: '1' } },
        new RegExp(name),
      ],
    ),
  ]
  expect(table.length).toBeGreaterThan(40)
  const wrong: string[] = []
  for (const [what, url, options, word] of table) {
    const answer = await call(url === send || options.body ? 'POST' : 'GET', url, options)
    const { error } = answer.json() as { error?: { code: number; error_data: { details: string } } }
    const isTold = answer.statusCode === 400 && error?.code === 100 && word.test(error.error_data.details)
    if (!isTold) wrong.push(`${what}: ${answer.statusCode} ${answer.body.slice(0, 300)}`)
  }
  expect(wrong).toEqual([])
})
