import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { keptOf, verdictOnCall } from '../../../src/domain/flow/call.ts'
import { checkCalls } from '../../../src/domain/flow/call-check.ts'
import { Problems } from '../../../src/domain/flow/problem.ts'
import { explore } from '../../../src/domain/flow/simulate/explore.ts'
import { readScript } from '../../../src/domain/flow/simulate/script.ts'
import { readFlow } from '../../../src/usecases/read-flow.ts'
import { simulateFlow } from '../../../src/usecases/simulate-flow.ts'

/* Programs that flows call: what counts as an answer, what is kept of one, and how it is played. */

const FLOW = `
flow: quote
purpose: service
triggers: [ inbound: { text: [ price ] } ]
data: { quote: string? }
steps:
  - id: price
    call: { url: "https://crm.example.com/quotes/{{data.quote | none}}", body: { by: "{{contact.name}}", n: 1 }, save: call.price }
    otherwise: sorry
  - { id: dear, if: has(call.price.total) && call.price.total > 100.0, send: { text: "Ask us." }, when_closed: fail, end: dear }
  - { id: tell, send: { text: "It costs {{call.price.total | little}}." }, when_closed: fail, end: told }
  - { id: sorry, hand_over: { team: desk }, end: unknown }
`
const start = '{ at: "2026-11-23T10:00:00Z", contact: { name: Ana }, inbound: { text: price } }'
const told = (events: string, expected: string) =>
  simulateFlow(FLOW, `start: ${start}\nevents: ${events}\nexpect: ${expected}`, null)
const MET = { ok: true, value: { expect: { met: true, diff: [] } } }

describe('a call in a simulation', () => {
  it('is answered as the script says, and the answer is in conditions and texts', () => {
    const called = '{ called: price, text: \'{"by":"Ana","n":1}\' }'
    expect(readFlow(FLOW)).toMatchObject({ problems: [], warnings: [] })
    expect(
      told(
        '[ { after: 2s, answered: price, with: { total: 7 } } ]',
        `[ ${called}, { sent: tell, text: "costs 7." }, { end: told } ]`,
      ),
    ).toMatchObject(MET)
    expect(
      told('[ { after: 2s, answered: price, with: { total: 101 } } ]', `[ ${called}, { sent: dear }, { end: dear } ]`),
    ).toMatchObject(MET)
    expect(
      told('[ { after: 2s, answered: price } ]', `[ ${called}, { sent: tell, text: little }, { end: told } ]`),
    ).toMatchObject(MET)
  })

  it('fails as it says, or when its time is over', () => {
    const failed = '[ { called: price }, { handed_over: desk }, { end: unknown, at: "11:00" } ]'
    expect(told('[]', failed)).toMatchObject(MET)
    expect(told('[ { after: 5m, failed: price } ]', failed.replace('11:00', '10:05'))).toMatchObject(MET)
    expect(told('[ { after: 5m, answered: tell } ]', failed)).toMatchObject({
      ok: true,
      value: { transcript: expect.arrayContaining([expect.objectContaining({ what: 'ignored', step: 'tell' })]) },
    })
  })

  it('that a run ended at is answered for nobody', () => {
    const stopped = FLOW.replace('data:', 'stop: [ reply ]\ndata:')
    const script = `start: ${start}\nevents: [ { after: 1s, reply: "Never mind" }, { after: 1s, answered: price } ]\nexpect: [ { called: price }, { end: answered } ]`
    expect(simulateFlow(stopped, script, null)).toMatchObject(MET)
  })

  it('is explored both ways', () => {
    const read = readFlow(FLOW)
    const script = readScript(parse(`start: ${start}`))
    if (!read.compiled?.ok || !script.ok) throw new Error('expected both to be read')
    const explored = explore(read.compiled.program, script.script, null, 2)
    expect(explored.ok && explored.value.endings.map(({ outcome }) => outcome)).toEqual(
      expect.arrayContaining(['told', 'unknown']),
    )
  })
})

describe('an answer', () => {
  it('is a yes, a no, or one for another time', () => {
    const by = (status: number) => verdictOnCall(status)
    expect([200, 204, 299].map(by)).toEqual(['answered', 'answered', 'answered'])
    expect([500, 503, 599, 408, 425, 429].map(by)).toEqual(Array(6).fill('again'))
    expect([100, 301, 304, 400, 401, 404, 409, 410, 422].map(by)).toEqual(Array(9).fill('refused'))
  })

  it('is kept as far as it is plain, whatever it is', () => {
    expect(keptOf('[1]')).toBeNull()
    expect(keptOf('null')).toBeNull()
    expect(keptOf('nothing')).toBeNull()
    expect(keptOf('{"a":"x","B_1":1,"c":true,"d":null,"e":[1],"f":{"g":1},"h":1e999,"_i":1,"j-k":1}')).toEqual({
      a: 'x',
      B_1: 1,
      c: true,
    })
    expect(keptOf('{"__proto__":"x","constructor":"y"}')).toEqual({ constructor: 'y' })
    expect(
      keptOf('{"id":9007199254740993,"n":-12345678901234567890,"e":1e300,"m":9007199254740991,"in":{"id":1}}'),
    ).toEqual({ id: '9007199254740993', n: '-12345678901234567890', e: 1e300, m: 9007199254740991 })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.dictionary(fc.string(), fc.anything()).map((one) => String(JSON.stringify(one))),
        ),
        (body) => {
          const kept = keptOf(body)
          for (const [name, value] of Object.entries(kept ?? {})) {
            expect(name).toMatch(/^[A-Za-z]\w*$/)
            expect(['string', 'number', 'boolean']).toContain(typeof value)
            expect(String(value).length).toBeLessThanOrEqual(1_024)
            expect(String(value)).not.toContain('\0')
          }
          expect(Object.keys(kept ?? {}).length).toBeLessThanOrEqual(50)
        },
      ),
    )
  })
})

it.each(
  'api_key X-Api-Key apikey client_secret app-secret access_key secretKey private_key token bearer_token jwt passphrase sig'.split(
    ' ',
  ),
)('has no secret in its address, whatever that is called: %s', (name) => {
  const { problems } = readFlow(FLOW.replace('/quotes/', `/quotes?${name}=1&id=`))
  expect(problems).toMatchObject([{ code: 'address_secret', values: { name } }])
})

it.each('sort_key tokens keyword author id design pass_id monkey'.split(' '))('may say %s in its address', (name) => {
  expect(readFlow(FLOW.replace('/quotes/', `/quotes?${name}=1&id=`)).problems).toEqual([])
})

it('is checked by whoever knows where it may go', () => {
  const { compiled } = readFlow(FLOW)
  const problems = new Problems()
  if (!compiled?.ok) throw new Error('expected a flow')
  const asked: string[] = []
  const problemWith = (url: string) => {
    asked.push(url)
    return 'to be a public address'
  }
  checkCalls(compiled.program, problemWith, problems)
  expect(asked).toEqual(['https://crm.example.com/quotes/x'])
  expect(problems.errors).toMatchObject([
    { path: ['steps', 0, 'call', 'url'], message: 'expected an address to be a public address' },
  ])
})
