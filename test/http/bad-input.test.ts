import { describe, expect, it } from 'vitest'
import type { Services } from '../../src/http/services.ts'
import { errorView } from '../../src/http/views.ts'
import { CONTACT, INTENT, refusal, SENDER, WABA } from './fake-services.ts'
import { type CallOptions, type Harness, startServer } from './harness.ts'

interface BadInput extends CallOptions {
  name: string
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'
  url: string
  status: number
  /** Expected at `error.field`; not looked at where left out. */
  field?: string
}

const linked = { phone_number_id: SENDER, waba_id: WABA, access_token: 'EAAGtoken' }
const senders = '/v1/senders'
const oneSender = `/v1/senders/${SENDER}`
const settle = `/v1/intents/${INTENT}/settle`
const oneContact = `/v1/contacts/${CONTACT}`
const mib = 1024 * 1024

const inputs: BadInput[] = [
  // No JSON, or not what was said.
  { name: 'broken JSON', url: senders, raw: '{"phone_number_id":', status: 400 },
  { name: 'JSON with a prototype in it', url: senders, raw: '{"__proto__":{"admin":true}}', status: 400 },
  { name: 'bytes that are no UTF-8', url: senders, raw: Buffer.from([0x22, 0xff, 0x22]), status: 400 },
  { name: 'a body over 1 MiB', url: senders, raw: `"${'x'.repeat(mib)}"`, status: 413 },
  { name: 'plain text', url: senders, raw: 'hi', headers: { 'content-type': 'text/plain' }, status: 415 },
  {
    name: 'a form',
    url: senders,
    raw: 'a=b',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
  },
  { name: 'a content type that is none', url: senders, raw: '{}', headers: { 'content-type': ';;' }, status: 415 },
  { name: 'no body where one is needed', url: senders, status: 400 },
  { name: 'an empty body where one is needed', url: senders, raw: '', status: 400 },
  { name: 'null for a body', url: senders, raw: 'null', status: 400 },
  { name: 'a list for a body', url: senders, body: [], status: 400 },

  // Senders.
  {
    name: 'a missing member',
    url: senders,
    body: { ...linked, access_token: undefined },
    status: 400,
    field: 'access_token',
  },
  {
    name: 'a number for an id',
    url: senders,
    body: { ...linked, phone_number_id: 1 },
    status: 400,
    field: 'phone_number_id',
  },
  { name: 'letters in an id', url: senders, body: { ...linked, waba_id: '12ab' }, status: 400, field: 'waba_id' },
  {
    name: 'an id of 33 digits',
    url: senders,
    body: { ...linked, waba_id: '1'.repeat(33) },
    status: 400,
    field: 'waba_id',
  },
  { name: 'an empty token', url: senders, body: { ...linked, access_token: '' }, status: 400, field: 'access_token' },
  {
    name: 'a token with a line break',
    url: senders,
    body: { ...linked, access_token: 'a\nb' },
    status: 400,
    field: 'access_token',
  },
  {
    name: 'no throughput at all',
    url: senders,
    body: { ...linked, throughput_mps: 0 },
    status: 400,
    field: 'throughput_mps',
  },
  {
    name: 'too much throughput',
    url: senders,
    body: { ...linked, throughput_mps: 1001 },
    status: 400,
    field: 'throughput_mps',
  },
  {
    name: 'half a message per second',
    url: senders,
    body: { ...linked, throughput_mps: 0.5 },
    status: 400,
    field: 'throughput_mps',
  },
  {
    name: 'a limit beyond the column',
    url: senders,
    body: { ...linked, messaging_limit: 2 ** 31 },
    status: 400,
    field: 'messaging_limit',
  },
  { name: 'a policy nobody knows', url: senders, body: { ...linked, default_when_closed: 'wait' }, status: 400 },
  { name: 'a misspelt member', url: senders, body: { ...linked, acces_token: 'x' }, status: 400, field: 'acces_token' },
  {
    name: 'U+0000 in a text',
    url: senders,
    body: { ...linked, verified_name: 'a\u0000' },
    status: 400,
    field: 'verified_name',
  },
  {
    name: 'half a surrogate pair',
    url: senders,
    raw: JSON.stringify({ ...linked, verified_name: '\ud800' }),
    status: 400,
    field: 'verified_name',
  },
  {
    name: 'a name of 257 characters',
    url: senders,
    body: { ...linked, verified_name: 'x'.repeat(257) },
    status: 400,
    field: 'verified_name',
  },
  {
    name: 'a new id by PATCH',
    method: 'PATCH',
    url: oneSender,
    body: { phone_number_id: '1' },
    status: 400,
    field: 'phone_number_id',
  },
  { name: 'a sender id with letters', method: 'GET', url: '/v1/senders/abc', status: 404 },
  { name: 'a sender id with U+0000', method: 'GET', url: '/v1/senders/1%00', status: 404 },

  // Intents.
  { name: 'an intent id that is none', method: 'GET', url: '/v1/intents/17', status: 404 },
  { name: 'an intent id of 300 characters', method: 'GET', url: `/v1/intents/${'a'.repeat(300)}`, status: 404 },
  { name: 'a broken escape in a path', method: 'GET', url: '/v1/intents/%E0%A4', status: 400 },
  { name: 'an outcome nobody knows', url: settle, body: { outcome: 'maybe' }, status: 400, field: 'outcome' },
  { name: 'a wamid that is none', url: settle, body: { outcome: 'sent', wamid: 'x' }, status: 400, field: 'wamid' },
  {
    name: 'a wamid of what was not sent',
    url: settle,
    body: { outcome: 'not_sent', wamid: 'wamid.x' },
    status: 400,
    field: 'wamid',
  },
  { name: 'a batch without intents', url: '/v1/intents/batch', body: {}, status: 400, field: 'intents' },
  { name: 'a batch that is a list', url: '/v1/intents/batch', body: [], status: 400 },
  {
    name: 'a batch with a misspelt member',
    url: '/v1/intents/batch',
    body: { intents: [], x: 1 },
    status: 400,
    field: 'x',
  },
  { name: 'a batch without a body', url: '/v1/intents/batch', status: 400 },

  // Filters and pages.
  { name: 'a state nobody knows', method: 'GET', url: '/v1/intents?state=in_orbit', status: 400, field: 'state' },
  { name: 'a filter nobody knows', method: 'GET', url: '/v1/intents?stat=held', status: 400, field: 'stat' },
  {
    name: 'a filter given twice',
    method: 'GET',
    url: '/v1/intents?state=held&state=sent',
    status: 400,
    field: 'state',
  },
  { name: 'a recipient that is none', method: 'GET', url: '/v1/intents?to=Ana', status: 400, field: 'to' },
  { name: 'a date without a zone', method: 'GET', url: '/v1/intents?since=2026-11-22', status: 400, field: 'since' },
  { name: 'a limit of 0', method: 'GET', url: '/v1/intents?limit=0', status: 400, field: 'limit' },
  { name: 'a limit of 1,001', method: 'GET', url: '/v1/intents?limit=1001', status: 400, field: 'limit' },
  { name: 'a limit that is no number', method: 'GET', url: '/v1/intents?limit=ten', status: 400, field: 'limit' },
  {
    name: 'a cursor of 2,000 characters',
    method: 'GET',
    url: `/v1/intents?cursor=${'a'.repeat(2000)}`,
    status: 400,
    field: 'cursor',
  },
  { name: 'U+0000 in a search', method: 'GET', url: '/v1/conversations?q=%00', status: 400, field: 'q' },
  { name: 'neither open nor closed', method: 'GET', url: '/v1/conversations?open=maybe', status: 400, field: 'open' },
  {
    name: 'a template status nobody knows',
    method: 'GET',
    url: '/v1/templates?status=FINE',
    status: 400,
    field: 'status',
  },
  {
    name: 'an event state nobody knows',
    method: 'GET',
    url: '/v1/webhook-events?state=lost',
    status: 400,
    field: 'state',
  },
  { name: 'an event id beyond a bigint', url: `/v1/webhook-events/${'9'.repeat(19)}/replay`, status: 404 },

  // Templates and contacts.
  { name: 'a sync without an account', url: '/v1/templates/sync', body: {}, status: 400, field: 'waba_id' },
  { name: 'a template without an account', url: '/v1/templates', body: { name: 'x' }, status: 400, field: 'waba_id' },
  { name: 'a template that is a text', url: '/v1/templates/lint', body: 'x', status: 400 },
  { name: 'a contact that is no id', method: 'GET', url: '/v1/contacts/ana', status: 404 },
  { name: 'a conversation with nobody', method: 'GET', url: `/v1/conversations/${SENDER}/ana`, status: 404 },
  {
    name: 'a time zone that is none',
    method: 'PATCH',
    url: oneContact,
    body: { time_zone: 'Mars/Base' },
    status: 400,
    field: 'time_zone',
  },
  {
    name: 'somebody who is to be unreachable by request',
    method: 'PATCH',
    url: oneContact,
    body: { unreachable: { since: '2026-11-22T12:00:00Z' } },
    status: 400,
    field: 'unreachable',
  },
  {
    name: 'a language that is none',
    method: 'PATCH',
    url: oneContact,
    body: { language: '?' },
    status: 400,
    field: 'language',
  },
  { name: 'consent for nothing', url: `${oneContact}/consent`, body: { state: 'in' }, status: 400, field: 'category' },
  {
    name: 'consent that is neither',
    url: `${oneContact}/consent`,
    body: { category: 'marketing', state: 'maybe' },
    status: 400,
    field: 'state',
  },
  {
    name: 'U+0000 deep in evidence',
    url: `${oneContact}/consent`,
    body: { category: 'marketing', state: 'in', evidence: { a: ['\u0000'] } },
    status: 400,
    field: 'evidence.a.0',
  },
  {
    name: 'evidence of more than 16 KiB',
    url: `${oneContact}/consent`,
    body: { category: 'marketing', state: 'in', evidence: { page: 'ü'.repeat(8_200) } },
    status: 400,
    field: 'evidence',
  },
  {
    name: 'evidence nested without end',
    url: `${oneContact}/consent`,
    raw: `{"category":"marketing","state":"in","evidence":${'['.repeat(5000)}${']'.repeat(5000)}}`,
    status: 400,
  },

  // Routes.
  { name: 'a path nobody knows', method: 'GET', url: '/v1/nothing', status: 404 },
  { name: 'a path outside of /v1', method: 'GET', url: '/nothing', status: 404 },
  { name: 'a method nobody offers', method: 'PUT', url: oneSender, body: {}, status: 404 },
  { name: 'a path with a slash too many', method: 'GET', url: '/v1/intents/', status: 404 },
]

describe('bad input', () => {
  it.each(inputs)(
    'is refused with $status: $name',
    async ({ name: _name, method = 'POST', url, status, field, ...request }) => {
      const { call, calls, log } = await startServer()
      const answer = await call(method, url, request)
      expect(answer.statusCode).toBe(status)
      expect(answer.headers['content-type']).toContain('application/json')
      expectErrorShape(answer.json())
      if (field !== undefined) expect(answer.json().error.field).toBe(field)
      expect(calls).toEqual([])
      expect(log()).not.toContain('"level":50')
    },
  )

  it('is never a failure of ours, whatever stands in a path', async () => {
    const { call, log } = await startServer()
    const { paths } = (await call('GET', '/openapi.json')).json() as { paths: Record<string, Record<string, unknown>> }
    const wild = [
      '%00',
      '%F0%9F%92%A5',
      '..%2f..',
      '-1',
      '0',
      '1e3',
      '1.5',
      '0x10',
      '%20',
      'BR.1',
      "'",
      '{}',
      'NaN',
      '9'.repeat(40),
    ]
    for (const [path, methods] of Object.entries(paths).filter(([, one]) => one !== undefined)) {
      for (const method of Object.keys(methods)) {
        for (const value of [...wild, '019ad000-0000-7000-8000-000000000000']) {
          const url = path.replaceAll(/\{\w+\}/g, value)
          if (url === path) continue
          const answer = await call(method.toUpperCase() as 'GET', url, method === 'get' ? {} : { body: {} })
          expect(answer.statusCode, `${method} ${url} answered ${answer.body}`).toBeLessThan(500)
        }
      }
    }
    expect(log()).not.toContain('"level":50')
  })

  it('takes a body of exactly 1 MiB', async () => {
    const { call, asked } = await startServer()
    const frame = '{"intents":[""]}'
    const raw = `{"intents":["${'x'.repeat(mib - frame.length)}"]}`
    expect((await call('POST', '/v1/intents/batch', { raw })).statusCode).toBe(200)
    expect(asked('enqueueBatch')).toHaveLength(1)
  })

  it('says in a sentence what was expected and what came', async () => {
    const { call } = await startServer()
    const answer = await call('GET', '/v1/intents?limit=1001')
    expect(answer.json()).toEqual({
      error: { code: 'invalid', message: 'expected limit to be at most 1000, got 1001', field: 'limit' },
    })
  })

  it.each([
    ['limit=ten', 'expected limit to be a whole number, got another text'],
    ['limit=1.5', 'expected limit to be a whole number, got another text'],
    ['limit=0x10', 'expected limit to be a whole number, got another text'],
    ['limit=1e2', 'expected limit to be a whole number, got another text'],
    ['limit=%2010', 'expected limit to be a whole number, got another text'],
    ['limit=10&limit=20', 'expected limit to be a whole number, got another text'],
    ['limit=99999', 'expected limit to be at most 1000, got 99999'],
    ['to=Ana', 'expected "to" to be the digits of a wa_id, or a BSUID'],
  ])('explains ?%s', async (query, message) => {
    const { call } = await startServer()
    expect((await call('GET', `/v1/intents?${query}`)).json().error.message).toBe(message)
  })

  it('names an unknown member', async () => {
    const { call } = await startServer()
    const answer = await call('POST', senders, { body: { ...linked, acces_token: 'x' } })
    expect(answer.json().error.message).toContain('"acces_token"')
  })

  it('never quotes a text that was sent', async () => {
    const { call } = await startServer()
    const answer = await call('PATCH', oneContact, { body: { name: 'Ana Maria Secret', language: 'Ana Maria Secret' } })
    expect(answer.statusCode).toBe(400)
    expect(answer.body).not.toContain('Secret')
  })
})

describe('refusals of the use-cases', () => {
  const cases: [
    status: 400 | 403 | 404 | 409 | 422 | 502 | 503,
    call: (server: Harness) => ReturnType<Harness['call']>,
    override: (answer: never) => Partial<Services>,
  ][] = [
    [400, ({ call }) => call('GET', '/v1/templates?cursor=x'), (no) => ({ listTemplates: async () => no })],
    [404, ({ call }) => call('GET', '/v1/templates/1'), (no) => ({ getTemplate: async () => no })],
    [409, ({ call }) => call('DELETE', oneSender), (no) => ({ unlinkSender: async () => no })],
    [
      422,
      ({ call }) => call('POST', '/v1/templates', { body: { waba_id: WABA } }),
      (no) => ({ createTemplate: async () => no }),
    ],
    [
      502,
      ({ call }) => call('POST', '/v1/templates/sync', { body: { waba_id: WABA } }),
      (no) => ({ syncTemplates: async () => no }),
    ],
  ]

  it.each(cases)('leave as %i in the one shape', async (status, call, override) => {
    const problems = [{ path: 'components.0.text', message: 'is missing' }]
    const server = await startServer(override(refusal(status, 'some_code', { problems }) as never))
    const answer = await call(server)
    expect(answer.statusCode).toBe(status)
    expectErrorShape(answer.json())
    expect(answer.json().error).toMatchObject({ code: 'some_code', problems })
  })
})

describe('failures of ours', () => {
  const failing = async () => {
    throw new Error('connect ECONNREFUSED 10.0.0.7:5432')
  }

  it('answer 500 without the cause, and log it under the id they name', async () => {
    const { call, log } = await startServer({ listSenders: failing })
    const answer = await call('GET', senders)
    expect(answer.statusCode).toBe(500)
    expectErrorShape(answer.json())
    expect(answer.body).not.toMatch(/ECONNREFUSED|stack|\.ts/)
    const [, id] = /request ([0-9a-f-]{36})/.exec(answer.json().error.message) ?? []
    const line = log()
      .split('\n')
      .find((one) => one.includes('ECONNREFUSED'))
    expect(line).toContain(String(id))
  })

  it('look the same when the key cannot be checked', async () => {
    const { call } = await startServer({ authenticate: failing })
    expect((await call('GET', senders)).statusCode).toBe(500)
  })
})

function expectErrorShape(body: unknown): void {
  expect(errorView.safeParse(body).error).toBeUndefined()
  const { error } = body as { error: { code: string; message: string } }
  expect(Object.keys(body as object)).toEqual(['error'])
  expect(error.code).toMatch(/^[a-z][a-z_]*$/)
  expect(error.message).toMatch(/^(expected|unexpected) /)
  expect(JSON.stringify(body)).not.toMatch(/\bat .+:\d+:\d+|node_modules/)
}
