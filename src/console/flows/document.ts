/* A flow as it is written, and what its steps say in a line. Pure. */

/** The name in a document, YAML or JSON; null where none is written yet. */
export function nameIn(text: string): string | null {
  return /^\s*[{]?\s*"?flow"?\s*:\s*["']?([a-z0-9_]{1,64})\b/m.exec(text)?.[1] ?? null
}

/** What the document says of live runs of earlier versions; `finish` where it says nothing. */
export function onEditIn(text: string): 'finish' | 'migrate' | 'end' {
  const found = /(?:^|[{,]\s*)["']?on_edit["']?\s*:\s*["']?(migrate|end|finish)\b/m.exec(text)?.[1]
  return (found ?? 'finish') as 'finish' | 'migrate' | 'end'
}

/** Where a line begins and ends, from 1; of one that is not there, the end. */
export function lineAt(text: string, line: number): [start: number, end: number] {
  const lines = text.split('\n')
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  if (line > lines.length) return [text.length, text.length]
  return [start, start + (lines[line - 1] as string).length]
}

export const VERBS = ['send', 'wait', 'branch', 'set', 'hand_over', 'enrol', 'leave', 'call', 'end'] as const
export type Verb = (typeof VERBS)[number]

export const TONES = {
  send: 'good',
  wait: 'info',
  branch: 'quiet',
  set: 'quiet',
  hand_over: 'warn',
  enrol: 'info',
  leave: 'quiet',
  call: 'info',
  end: 'quiet',
} as const satisfies Record<Verb, string>

export interface Step {
  id: string
  verb: Verb
  /** What it sends, waits for or decides. */
  about: string
  /** Where it goes from here, by what: `then`, `otherwise`, a button. */
  exits: { by: string; to: string }[]
}

/** The steps of a document as the API has it. */
export function stepsOf(document: Record<string, unknown>): Step[] {
  const steps = Array.isArray(document.steps) ? (document.steps as Record<string, unknown>[]) : []
  return steps.map((step) => {
    const verb = VERBS.find((name) => name in step) ?? 'end'
    return { id: String(step.id), verb, about: aboutOf(verb, step[verb]), exits: exitsOf(step, verb) }
  })
}

function aboutOf(verb: Verb, value: unknown): string {
  if (typeof value === 'string') return value
  const given = recordOf(value)
  if (verb === 'send') {
    const template = recordOf(given.template)
    if (template.name !== undefined) return `${template.name} (${String(template.language)})`
    const text = given.text ?? recordOf(given.interactive).body
    return typeof text === 'string' ? text : JSON.stringify(given)
  }
  if (verb === 'hand_over') return [given.team, given.note].filter(Boolean).join(': ')
  if (verb === 'call') return String(given.url)
  if (verb === 'branch') return ''
  return shortly(value)
}

/** `for: reply, until: window.closes - 1h` */
function shortly(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return value.map(shortly).join(' · ')
  return Object.entries(value)
    .map(([name, member]) => `${name}: ${shortly(member)}`)
    .join(', ')
}

function exitsOf(step: Record<string, unknown>, verb: Verb): Step['exits'] {
  const cases = verb === 'branch' && Array.isArray(step.branch) ? step.branch.map(recordOf) : []
  const ofCases = cases.map((one) => {
    const otherwise = recordOf(one.otherwise)
    const isLast = 'otherwise' in one
    const to = isLast ? (otherwise.next ?? otherwise.end) : (one.next ?? one.end)
    return { by: isLast ? 'otherwise' : String(one.if), to }
  })
  const named = (['then', 'otherwise', 'next'] as const).flatMap((by) => {
    const to = step[by]
    if (to === undefined) return []
    return typeof to === 'string'
      ? [{ by, to }]
      : Object.entries(recordOf(to)).map(([name, one]) => ({ by: name, to: one }))
  })
  const taps = Object.entries(recordOf(recordOf(step.send).tap)).map(([by, to]) => ({ by, to }))
  const end = verb !== 'end' && typeof step.end === 'string' ? [{ by: 'end', to: step.end }] : []
  return [...ofCases, ...named, ...taps, ...end]
    .filter(({ to }) => typeof to === 'string')
    .map(({ by, to }) => ({ by, to: to as string }))
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

/** A text of the history with its instants as a reader's clock shows them. */
export function withLocalTimes(text: string, words: (iso: string) => string): string {
  return text.replace(INSTANT, (iso) => words(iso))
}

/** Something to begin with, that can be played at once. */
export const STARTER = `flow: hello
purpose: service                 # marketing | utility | service
triggers:
  - inbound: { text: [ hello, hi ] }
stop: [ person_took_over ]
steps:
  - id: greet
    send: { text: "Hi {{contact.name | there}}! What can we do for you?" }
    when_closed: fail
  - id: answer
    wait: { for: reply, until: window.closes - 1h }
    then: hand
    otherwise: nothing
  - { id: nothing, end: no_answer }
  - { id: hand, hand_over: { team: desk, note: "{{reply.text | no text}}" }, end: handed_over }
`

export const STARTER_SCRIPT = `start: { at: "2026-11-23T10:00:00-03:00", zone: America/Sao_Paulo, inbound: { text: "Hi!" }, contact: { name: Ana } }
events:
  - { after: 5m, reply: "Do you sell cacti?" }
`
