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
  [{ raw: '{}', headers: {} }, AUDIENCE, 415, /text\/csv/],
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
