import { describe, expect, it } from 'vitest'
import { lintTemplate } from '../../src/domain/template-lint.ts'
import { instant } from '../../src/domain/time.ts'
import { readRequest } from '../../src/usecases/enqueue/read-request.ts'
import { fillPage } from '../../src/usecases/paging.ts'
import { CONTACT, SENDER } from './fake-services.ts'
import { startServer } from './harness.ts'

/** What is small to send and large to judge: nobody pays for it, least of all a neighbour. */

const NOW = instant(Date.parse('2026-11-29T12:00:00Z'))
const many = (count: number) => new Array(count).fill(1)
const text = { type: 'text', text: { body: 'Hello' } }
const template = (components: unknown) => ({
  type: 'template',
  template: { name: 'a', language: { code: 'en' }, components },
})

const HUGE: [what: string, message: unknown][] = [
  ['parameters', template([{ type: 'body', parameters: many(480_000) }])],
  ['components', template(many(480_000))],
  ['parameters in many components', template(new Array(30).fill({ type: 'body', parameters: many(15_000) }))],
  ['cards', template([{ type: 'carousel', cards: many(400_000) }])],
  [
    'buttons',
    { type: 'interactive', interactive: { type: 'button', body: { text: 'a' }, action: { buttons: many(400_000) } } },
  ],
  [
    'rows',
    {
      type: 'interactive',
      interactive: { type: 'list', body: { text: 'a' }, action: { button: 'a', sections: [{ rows: many(400_000) }] } },
    },
  ],
  ['contacts', { type: 'contacts', contacts: many(400_000) }],
  ['phones', { type: 'contacts', contacts: [{ name: { formatted_name: 'a' }, phones: many(400_000) }] }],
  ['members', { ...text, ...Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`m${n}`, 1])) }],
  ['nesting', { ...text, extra: JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown }],
]

describe('an intent', () => {
  it.each(HUGE)('with endless %s is refused by name', (_what, message) => {
    const read = readRequest({ sender: SENDER, to: `+${CONTACT}`, message }, NOW)
    expect(read).toMatchObject({ error: { status: 400, field: expect.stringMatching(/^message/) } })
  })

  it.each([
    ['metadata', { metadata: many(20_001) }],
    ['a policy', { when_closed: { downgrade: { name: 'a', language: 'en', parameters: many(400_000) } } }],
    [
      'components of a policy',
      { when_closed: { downgrade: { name: 'a', language: 'en', components: many(400_000) } } },
    ],
    ['anything else', { other: many(400_000) }],
  ])('with endless %s is refused', (_what, more) => {
    expect(readRequest({ sender: SENDER, to: `+${CONTACT}`, message: text, ...more }, NOW)).toMatchObject({
      error: { status: 400, field: expect.any(String) },
    })
  })

  it('may be as large as Meta takes them', () => {
    const parameters = Array.from({ length: 100 }, (_, n) => ({ type: 'text', text: `value ${n}` }))
    const metadata = many(8_000)
    const read = readRequest(
      { sender: SENDER, to: `+${CONTACT}`, message: template([{ type: 'body', parameters }]), metadata },
      NOW,
    )
    expect(read).not.toHaveProperty('error')
  })
})

it('a batch loses nothing to one of them', async () => {
  const { call } = await startServer({
    enqueue: async () => [],
    enqueueBatch: async (_caller, inputs) =>
      inputs.map((input) => {
        const read = readRequest(input, NOW)
        return { ok: false, error: 'error' in read ? read.error : { status: 404, code: 'fine', message: '' } }
      }),
  })
  const intent = { sender: SENDER, to: `+${CONTACT}`, message: text }
  const intents = [intent, { ...intent, message: HUGE[0]?.[1] }, intent]
  const answer = await call('POST', '/v1/intents/batch', { body: { intents } })
  const codes = answer.json().results.map((one: { error: { code: string } }) => one.error.code)
  expect([answer.statusCode, codes]).toEqual([200, ['fine', 'invalid', 'fine']])
})

it.each([
  ['POST', '/v1/api-keys', { name: 'a', scopes: many(400_000) }],
  ['POST', '/v1/api-keys', { name: 'a', scopes: ['send'], senders: many(400_000) }],
  ['POST', '/v1/senders', { phone_number_id: SENDER, waba_id: '1', access_token: 'x', other: many(400_000) }],
  ['PATCH', `/v1/contacts/${CONTACT}`, { name: many(400_000) }],
  ['POST', `/v1/contacts/${CONTACT}/consent`, { category: 'marketing', state: 'in', evidence: many(400_000) }],
  ['PATCH', '/v1/workspaces/default', { stop_buttons: many(400_000) }],
  ['POST', '/v1/templates/lint', { components: many(400_000) }],
  ['POST', '/v1/templates', { waba_id: '1', components: many(400_000) }],
] as const)('%s %s says 400 of an endless list', async (method, url, body) => {
  const { call } = await startServer()
  const answer = await call(method, url, { body })
  expect(answer.statusCode).toBe(400)
  expect(answer.json().error.field).toBeTruthy()
})

describe('the linter', () => {
  const wrong = { type: 'FOOTER', text: '{{1}} {{2}}' }

  it('stops at a hundred problems', () => {
    const components = new Array(50).fill({ ...wrong, type: 'BODY', text: '{{1}}'.repeat(9) })
    const buttons = new Array(10).fill({ type: 'URL', text: '{{1}}\n*a*' })
    const cards = new Array(10).fill({
      components: [{ type: 'BUTTONS', buttons: buttons.slice(0, 2) }, ...components.slice(0, 9)],
    })
    expect(lintTemplate({ components: [{ type: 'CAROUSEL', cards }] }).problems).toHaveLength(100)
  })

  it('does not look at more components than a document can have', () => {
    const { problems } = lintTemplate({
      name: 'a',
      language: 'en',
      category: 'UTILITY',
      components: new Array(51).fill(wrong),
    })
    expect(problems).toMatchObject([{ path: 'components', message: 'is to be at most 50 components, got 51' }])
  })
})

describe('a page', () => {
  const row = (id: number, bytes: number) => ({ id, text: 'x'.repeat(bytes) })

  it('ends early where its rows are large, and goes on from there', async () => {
    const mib = 1024 * 1024
    const read: number[] = []
    const more = async (count: number, last: { id: number } | null) => {
      read.push(count)
      return Array.from({ length: count }, (_, n) => row((last?.id ?? 0) + 1 + n, mib))
    }
    const { rows, isCut } = await fillPage({ rows: 1_000, atOnce: 10 }, more)
    expect([rows.length, isCut, read]).toEqual([3, true, [10]])
  })

  it('has its first row, however large', async () => {
    const { rows } = await fillPage<{ id: number }>({ rows: 2, atOnce: 1 }, async (_count, last) => [
      row((last?.id ?? 0) + 1, 5_000_000),
    ])
    expect(rows).toHaveLength(1)
  })

  it('is read to its end where rows are small', async () => {
    const all = Array.from({ length: 25 }, (_, n) => row(n + 1, 1))
    const more = async (count: number, last: { id: number } | null) => all.slice(last?.id ?? 0, (last?.id ?? 0) + count)
    expect(await fillPage({ rows: 30, atOnce: 10 }, more)).toEqual({ rows: all, isCut: false })
  })
})
