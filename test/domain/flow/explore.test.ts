import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { exploreFlow } from '../../../src/usecases/simulate-flow.ts'

const folder = (name: string) => fileURLToPath(new URL(`../../../examples/${name}/`, import.meta.url))
const read = (of: string, name: string) => readFileSync(folder(of) + name, 'utf8')
const templates = readdirSync(folder('templates')).map((name) => parse(read('templates', name)))
const names = readdirSync(folder('flows')).filter((name) => !name.endsWith('.script.yaml'))

const explored = (document: string, script: unknown, waits: number) => {
  const answer = exploreFlow(document, script, templates, waits)
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems))
  return answer.value
}

/** As `flow simulate --explore` does unasked. */
const WAITS = 4

describe('all that a customer may do', () => {
  it.each(names)('in %s comes to an end, and every step of it is come to', (name) => {
    const { endings, unreached, complete } = explored(
      read('flows', name),
      read('flows', name.replace('.yaml', '.script.yaml')),
      WAITS,
    )
    expect(complete).toBe(true)
    expect(endings.map(({ outcome }) => outcome)).not.toContain(null)
    expect(unreached.filter((step) => !BY_THE_WORLD.includes(`${name} ${step}`))).toEqual([])
  })

  it('is told with the shortest way to each end, what would not leave, and steps that nobody comes to', () => {
    const document = `
flow: f
purpose: service
triggers: [api]
steps:
  - { id: ask, send: { text: "Well?" }, when_closed: fail, otherwise: shut }
  - { id: answer, wait: { for: reply, up_to: 1h }, then: sort }
  - { id: later, wait: 30h }
  - { id: again, send: { text: "Still there, {{contact.nickname}}?" }, when_closed: hold, otherwise: silent }
  - { id: silent, end: silent }
  - id: sort
    branch:
      - { if: 'reply.text == "yes"', end: "yes" }
      - { if: 'reply.text == "no" && reply.text == "yes"', next: never }
      - { otherwise: { end: other } }
  - { id: never, end: never }
  - { id: shut, end: shut }
`
    const start = { at: '2026-11-23T10:00:00Z', last_inbound: '2026-11-23T09:00:00Z' }
    const { endings, unsent, unreached } = explored(document, { start }, 2)
    const ends = new Map(endings.map(({ outcome, way }) => [outcome, way]))
    expect(ends.get('yes')).toEqual(['answer: writes "yes"'])
    expect(ends.get('other')).toEqual(['answer: writes "no"'])
    expect(unsent).toMatchObject([{ step: 'again', way: expect.arrayContaining(['answer: silent']) }])
    expect(unreached).toEqual(['never', 'shut'])
  })
})

describe('what is played', () => {
  const start = { at: '2026-11-23T10:00:00Z', last_inbound: '2026-11-23T09:59:00Z' }

  it('has nobody tap what has not been sent to them yet', () => {
    const document = `
flow: f
purpose: service
triggers: [api]
steps:
  - { id: hello, send: { text: "Hi" }, when_closed: hold }
  - { id: first, wait: 1h }
  - id: ask
    send: { interactive: { body: "Well?", buttons: { "yes": "Yes" } }, tap: { "yes": agreed } }
    when_closed: hold
  - { id: second, wait: 2h, end: silent }
  - { id: agreed, end: agreed }
`
    // They keep silent, write, or opt out.
    expect(explored(document, { start }, 1).plays).toBe(1 + 3)
  })

  it('is no more than can be kept, and than there is time for', () => {
    const last = 89
    const asks = Array.from({ length: last + 1 }, (_, n) => {
      const to = `ask_${Math.min(n + 1, last)}`
      const buttons = 'buttons: { a: "A", b: "B", c: "C" }'
      const tap = n === last ? '' : `, tap: { a: ${to}, b: ${to}, c: ${to} }`
      return `
  - { id: ask_${n}, send: { interactive: { body: "Well?", ${buttons} }${tap} }, when_closed: hold }
  - { id: wait_${n}, wait: { for: reply, up_to: 1h, fresh: true }, then: ask_${n} }`
    })
    const limits = 'limits: { visits: 20, messages_per_hour: 100 }'
    const document = `flow: f\npurpose: service\ntriggers: [api]\n${limits}\nsteps:${asks.join('')}\n`
    let looks = 0
    const answer = exploreFlow(document, { start }, templates, 20, () => ++looks < 20_000)
    if (!answer.ok) throw new Error(JSON.stringify(answer.problems))
    expect(answer.value.complete).toBe(false)
    expect(answer.value.plays).toBeGreaterThan(1)
    expect(looks).toBeLessThan(20_100)
  })
})

/** What customers do not bring about: Meta refuses a message. */
const BY_THE_WORLD = ['win_back.yaml not_reached']
