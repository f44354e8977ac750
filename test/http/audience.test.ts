import { expect, it } from 'vitest'
import { CAMPAIGN } from './fake-services.ts'
import { startServer } from './harness.ts'

const AUDIENCE = `/v1/campaigns/${CAMPAIGN}/audience`

it('hands a list on as it streams, with how it is written and where it is from', async () => {
  const { call, asked } = await startServer()
  const headers = { 'content-type': 'text/csv; charset="iso-8859-1"' }
  const answer = await call('POST', `${AUDIENCE}?default_country=BR`, { raw: 'to\n+1\n', headers })
  expect(answer.statusCode, answer.body).toBe(200)
  expect(asked('importAudience')[0]?.[2]).toMatchObject({ charset: 'iso-8859-1', defaultCountry: 'BR' })
})

it('takes a list that is larger than any JSON may be', async () => {
  const { call } = await startServer({}, { maxJsonBytes: 1_000 })
  const answer = await call('POST', AUDIENCE, { raw: 'to\n'.repeat(10_000), headers: { 'content-type': 'text/csv' } })
  expect(answer.json()).toMatchObject({ rows: 10_001 })
})

it.each([
  ['application/x-ndjson', '{"to":"+1"}\n{"to":"+2"}\n', 'lines'],
  ['application/json', ' [{"to":"+1"},\n{"to":"+2"}\n]', 'array'],
  ['application/json', '\ufeff[]\n\n', 'array'],
  ['application/json; charset=utf-8', `[${'{"to":"+1"},\n\n'.repeat(20_000)}{}]`, 'array'],
])('hands on rows of %s as they stream', async (type, raw, format) => {
  const { call, asked } = await startServer({}, { maxJsonBytes: 1_000 })
  const answer = await call('POST', AUDIENCE, { raw, headers: { 'content-type': type } })
  expect(answer.json()).toMatchObject({ rows: raw.split('\n').length })
  expect(asked('importAudience')[0]?.[2]).toMatchObject({ format })
  expect(asked('copyAudience')).toEqual([])
})

it.each(['utf16le', 'utf16be'])('knows an array of rows in %s', async (kind) => {
  const raw = Buffer.from('\ufeff[{"to":"+1"}]', 'utf16le')
  if (kind === 'utf16be') raw.swap16()
  const { call, asked } = await startServer()
  await call('POST', AUDIENCE, { raw, headers: { 'content-type': 'application/json' } })
  expect(asked('importAudience')[0]?.[2]).toMatchObject({ format: 'array' })
})

const CONTACTS = { kind: 'contacts', text: null, language: null, marketing: null, attributes: {}, sender: null }
const CAMPAIGNS = { kind: 'campaign', id: CAMPAIGN, states: null, reasons: null, delivered: null, read: null }

it.each([
  [{ from_contacts: {} }, { ...CONTACTS, columns: ['name'] }],
  [
    {
      from_contacts: { q: 'Ana', language: 'pt_BR', marketing: 'in', attribute: { n: '3' }, sender: '1', columns: [] },
    },
    { ...CONTACTS, text: 'Ana', language: 'pt_BR', marketing: 'in', attributes: { n: '3' }, sender: '1', columns: [] },
  ],
  [{ from_campaign: { id: CAMPAIGN } }, CAMPAIGNS],
  [
    { from_campaign: { id: CAMPAIGN, states: ['sent'], reasons: ['expired'], delivered: true, read: false } },
    { ...CAMPAIGNS, states: ['sent'], reasons: ['expired'], delivered: true, read: false },
  ],
])('hands on who %j are, and says that they are still to come', async (body, source) => {
  const { call, asked } = await startServer()
  const answer = await call('POST', AUDIENCE, { body })
  expect(answer.statusCode, answer.body).toBe(202)
  expect(answer.json()).toEqual({ upload: 1, state: 'loading' })
  expect(asked('copyAudience')[0]?.slice(1)).toEqual([CAMPAIGN, source])
})

it('says that they are all there', async () => {
  const whole = { upload: 1, state: 'ready', rows: 0, accepted: 0, duplicates: 0, invalid: 0 }
  const copied = { ...whole, errors: [], errors_truncated: false }
  const { call } = await startServer({ copyAudience: async () => ({ ok: true, value: copied }) })
  const answer = await call('POST', AUDIENCE, { body: { from_contacts: {} } })
  expect(answer.statusCode, answer.body).toBe(200)
  expect(answer.json()).toEqual(copied)
})

it.each([
  [{}, 'one of from_contacts and from_campaign'],
  [null, 'body'],
  ['a', 'body'],
  [{ from_contacts: {}, from_campaign: { id: CAMPAIGN } }, 'one of from_contacts and from_campaign'],
  [{ from_contacts: { limit: 3 } }, 'limit'],
  [{ from_contacts: { attribute: { 'A B': 'c' } } }, 'attribute'],
  [{ from_contacts: { columns: ['to'] } }, 'columns'],
  [{ from_contacts: { columns: ['a', 'a'] } }, 'columns'],
  [{ from_contacts: { q: 'a\u0000' } }, 'q'],
  [{ from_campaign: {} }, 'id'],
  [{ from_campaign: { id: '12' } }, 'id'],
  [{ from_campaign: { id: CAMPAIGN, states: ['queued'] } }, 'states'],
])('refuses to look for %j', async (body, said) => {
  const { call, asked } = await startServer()
  const raw = { raw: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const answer = await call('POST', AUDIENCE, raw)
  expect(answer.statusCode, answer.body).toBe(400)
  expect(answer.body).toContain(said)
  expect(asked('copyAudience')).toEqual([])
})

it('refuses a country of numbers where there are none, what is no JSON, and more than a source can be', async () => {
  const { call } = await startServer()
  const headers = { 'content-type': 'application/json' }
  const country = await call('POST', `${AUDIENCE}?default_country=BR`, { body: { from_contacts: {} } })
  expect(country.json()).toMatchObject({ error: { code: 'invalid', field: 'default_country' } })
  expect((await call('POST', AUDIENCE, { raw: '{', headers })).json()).toMatchObject({ error: { code: 'malformed' } })
  expect((await call('POST', AUDIENCE, { raw: `"${'a'.repeat(70_000)}"`, headers })).statusCode).toBe(413)
})

it.each([
  [{ raw: 'to\n', headers: { 'content-type': 'text/plain' } }, AUDIENCE, 415, /text\/csv/],
  [{ raw: '', headers: { 'content-type': 'application/json' } }, AUDIENCE, 415, /text\/csv/],
  [{}, AUDIENCE, 415, /text\/csv/],
  [{ raw: 'to\n', headers: { 'content-type': 'text/csv' } }, `${AUDIENCE}?default_country=Brazil`, 400, /two letters/],
  [{ raw: 'to\n', headers: { 'content-type': 'text/csv' } }, `${AUDIENCE}?country=BR`, 400, /country/],
  [{ raw: 'to\n', headers: { 'content-type': 'text/csv' } }, '/v1/campaigns/12/audience', 404, /./],
])('refuses %j at %s with %i', async (more, url, status, said) => {
  const { call, asked } = await startServer()
  const answer = await call('POST', url, more)
  expect(answer.statusCode, answer.body).toBe(status)
  expect(answer.body).toMatch(said)
  expect(asked('importAudience')).toEqual([])
})

it('answers the errors as a file', async () => {
  const { call } = await startServer()
  const answer = await call('GET', `${AUDIENCE}/errors.csv`)
  expect(answer.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="errors.csv"',
  })
  expect(answer.body).toBe('line,to,code,reason\r\n')
})
