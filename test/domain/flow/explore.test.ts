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

describe('all that a customer may do', () => {
  it.each(names)('in %s comes to an end, and every step of it is come to', (name) => {
    const { endings, unreached, complete } = explored(
      read('flows', name),
      read('flows', name.replace('.yaml', '.script.yaml')),
      3,
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

/** What customers do not bring about: Meta refuses a message. */
const BY_THE_WORLD = ['win_back.yaml not_reached']
