import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readFlowValue } from '../../src/usecases/read-flow.ts'
import { startServer } from './harness.ts'

const FLOW = readFileSync('examples/flows/keep_window_open.yaml', 'utf8')
const SCRIPT = readFileSync('examples/flows/keep_window_open.script.yaml', 'utf8')
const START = { at: '2026-11-23T10:00:00Z' }
const RESTLESS = {
  flow: 'restless',
  purpose: 'service',
  triggers: ['api'],
  limits: { visits: 1_000 },
  steps: Array.from({ length: 12 }, (_, i) => ({ id: `rest_${i}`, wait: '1s', next: `rest_${(i + 1) % 12}` })),
}

describe('POST /v1/flows/check', () => {
  const check = async (raw: string, type = 'application/yaml') =>
    (await startServer()).call('POST', '/v1/flows/check', { raw, headers: { 'content-type': type } })

  it('says that nothing is wrong with a flow that ships', async () => {
    const answer = await check(FLOW)
    expect(answer.statusCode).toBe(200)
    expect(answer.json().problems).toEqual([])
  })
  it.each(['application/yaml', 'application/json', 'text/yaml; charset=utf-8'])(
    'gives a mistake its line, as %s',
    async (type) => {
      const text = type === 'application/json' ? '{"flow": "a",\n"purpose": "utilty"}' : 'flow: a\npurpose: utilty\n'
      const { problems } = (await check(text, type)).json()
      expect(problems).toContainEqual(
        expect.objectContaining({ path: 'purpose', line: 2, hint: 'did you mean "utility"?' }),
      )
    },
  )
  it('takes nothing else, and no more than anybody writes', async () => {
    expect((await check('flow: a', 'text/csv')).statusCode).toBe(415)
    expect((await check(`flow: ${'a'.repeat(900_000)}`)).statusCode).toBe(413)
    expect((await check('a'.repeat(300_000))).json().problems).toMatchObject([
      { message: expect.stringContaining('256 kB') },
    ])
  })
})

describe('POST /v1/flows/simulate', () => {
  const simulate = async (body: object) => (await startServer()).call('POST', '/v1/flows/simulate', { body })

  it('plays a flow that ships as its script expects', async () => {
    const answer = await simulate({ document: FLOW, script: SCRIPT })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ expect: { met: true, diff: [] }, ended: { outcome: expect.any(String) } })
  })
  it('says which of the two is wrong, and where', async () => {
    const answer = await simulate({ document: 'flow: a\npurpose: utilty\n', script: SCRIPT })
    expect(answer.statusCode).toBe(422)
    expect(answer.json().error).toMatchObject({ code: 'flow_invalid' })
    expect(answer.json().error.problems).toContainEqual(expect.objectContaining({ path: 'document.purpose', line: 2 }))
    const other = await simulate({ document: FLOW, script: { start: {} } })
    expect(other.json().error.problems[0].path).toMatch(/^script\.start/)
  })
  it('refuses one that does not come to its end', async () => {
    const { error } = (await simulate({ document: RESTLESS, script: { start: START } })).json()
    expect(error.problems).toMatchObject([{ message: expect.stringMatching(/comes to its end/) }])
  })
  it('bounds an object as it bounds a text', async () => {
    const { error } = (await simulate({ document: { flow: 'a'.repeat(400_000) }, script: { start: START } })).json()
    expect(error.problems).toMatchObject([{ path: 'document', message: expect.stringContaining('at most 256 kB') }])
  })
})

it('GET /v1/flows/schema.json is a schema', async () => {
  const answer = await (await startServer()).call('GET', '/v1/flows/schema.json')
  expect(answer.json()).toMatchObject({ title: 'A flow of Casement', type: 'object' })
})

it('an object that is nested without end is no flow', () => {
  let deep: unknown = 1
  for (let i = 0; i < 100_000; i++) deep = { a: deep }
  expect(readFlowValue(deep).problems).toMatchObject([{ message: expect.stringContaining('at most 40 levels') }])
})

it('nor is one of more values than anybody writes', () => {
  const many = Array.from({ length: 30_000 }, () => 1)
  expect(readFlowValue({ flow: many }).problems).toMatchObject([{ message: expect.stringContaining('at most 20000') }])
})
