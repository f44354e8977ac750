import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advance } from '../../../src/domain/flow/advance.ts'
import type { Facts } from '../../../src/domain/flow/facts.ts'
import type { FlowStep, Program } from '../../../src/domain/flow/program.ts'
import type { Effect, Run } from '../../../src/domain/flow/run.ts'
import { newRun } from '../../../src/domain/flow/start.ts'
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS, plus } from '../../../src/domain/time.ts'
import { NEVER_WROTE, NO_FREE_ENTRY_POINT } from '../../../src/domain/window.ts'
import { readFlow } from '../../../src/usecases/read-flow.ts'

/* One look at a time, at instants and orders of recording that a database could give. */

const START = instant(Date.UTC(2026, 10, 23, 13))
const at = (ms: number) => plus(START, ms)

function programOf(rest: string, purpose = 'utility'): Program {
  const { compiled, problems } = readFlow(`flow: f\npurpose: ${purpose}\nzone: UTC\ntriggers: [ api ]\n${rest}`)
  if (!compiled?.ok) throw new Error(JSON.stringify(problems))
  return compiled.program
}

/** What is recorded, and a run over it: messages leave the moment they are asked for. */
class Table {
  run: Run
  readonly program: Program
  readonly effects: Effect[] = []
  facts: Facts = {
    contact: { name: null, language: null, time_zone: null, attributes: {} },
    marketing: 'unknown',
    zone: 'UTC',
    window: { ...NEVER_WROTE, openedAt: START, lastInboundAt: START },
    freeEntryPoint: NO_FREE_ENTRY_POINT,
    inbound: [],
    events: [],
    sends: [],
    calls: [],
    optedOut: null,
    tookOver: null,
    latest: 0,
    lately: 0,
  }

  constructor(program: Program) {
    this.program = program
    this.run = newRun(program, { now: START, triggeredAt: START, data: {}, trigger: {}, order: 0 })
  }

  reply(text: string, now: Instant, tap: { payload: string; label: string; of: string } | null = null): this {
    const order = this.facts.latest + 1
    this.facts = {
      ...this.facts,
      latest: order,
      inbound: [...this.facts.inbound, { order, at: now, kind: 'text', text, tap, elsewhere: false }],
    }
    return this
  }

  event(name: string, now: Instant): this {
    const order = this.facts.latest + 1
    this.facts = { ...this.facts, latest: order, events: [...this.facts.events, { order, at: now, name, data: {} }] }
    return this
  }

  look(now: Instant, leaves = true): this {
    for (let again = true; again; ) {
      const moved = advance(this.program, this.run, this.facts, now)
      this.run = moved.run
      this.effects.push(...moved.effects)
      const sends = moved.effects.filter((effect) => effect.kind === 'send')
      const facts = sends.map(({ key }) => ({
        key,
        state: 'waiting' as const,
        reason: null,
        sentAt: null,
        deliveredAt: null,
        readAt: null,
      }))
      this.facts = { ...this.facts, sends: [...this.facts.sends, ...facts] }
      again = leaves && sends.length > 0
      if (again) this.leave(now)
    }
    return this
  }

  leave(now: Instant): this {
    const sends = this.facts.sends.map((send) =>
      send.state === 'waiting' ? { ...send, state: 'sent' as const, sentAt: now } : send,
    )
    this.facts = { ...this.facts, sends }
    return this
  }

  get sent(): string[] {
    return this.effects.flatMap((effect) => (effect.kind === 'send' ? [effect.key] : []))
  }
}

const TWO = `stop: [ reply, event: { name: bought } ]
steps:
  - { id: one, send: { text: One } }
  - { id: pause, wait: 1h }
  - { id: two, send: { text: Two } }
  - { id: last, end: done }
`

describe('stops', () => {
  it('beat a step that is due at the same instant', () => {
    const table = new Table(programOf(TWO)).look(START).reply('yes', at(HOUR_MS)).look(at(HOUR_MS))
    expect(table.run).toMatchObject({ state: 'ended', outcome: 'answered' })
    expect(table.sent).toEqual(['one/1'])
  })

  it('end a run before its first message, when they came between trigger and look', () => {
    const table = new Table(programOf(TWO)).event('bought', START).look(START)
    expect(table.run.outcome).toBe('event')
    expect(table.sent).toEqual([])
  })

  it('are not met by what came before the run', () => {
    const table = new Table(programOf(TWO))
    table.reply('hi', START)
    table.run = newRun(table.program, { now: START, triggeredAt: START, data: {}, trigger: {}, order: 1 })
    expect(table.look(START).run.state).toBe('waiting')
  })

  it('are met by what was written in the second in which the run began, and not by what was before, though recorded after', () => {
    const outcome = (writtenBeforeMs: number) =>
      new Table(programOf(TWO)).look(START).reply('hi', at(-writtenBeforeMs)).look(at(1)).run.outcome
    expect([outcome(0), outcome(999), outcome(1_000), outcome(HOUR_MS)]).toEqual(['answered', 'answered', null, null])
    const tookOver = (writtenBeforeMs: number) => {
      const table = new Table(programOf(`stop: [ person_took_over ]\n${TWO.slice(TWO.indexOf('steps:'))}`)).look(START)
      table.facts = { ...table.facts, tookOver: { order: 1, at: at(-writtenBeforeMs) } }
      return table.look(at(1)).run.outcome
    }
    expect([tookOver(999), tookOver(1_000)]).toEqual(['person_took_over', null])
  })

  it('end a marketing flow at an opt-out, whether the document says so or not', () => {
    const table = new Table(programOf('stop: [ reply ]\nsteps:\n  - { id: w, wait: 1d }\n', 'marketing')).look(START)
    table.facts = { ...table.facts, marketing: 'out' }
    expect(table.look(at(1)).run.outcome).toBe('opted_out')
  })
})

const ASK = `stop: [ reply: { except: answer } ]
steps:
  - { id: ask, send: { interactive: { body: Well?, buttons: { yes: "Yes, please", no: "No" } } } }
  - { id: answer, wait: { for: { tap: [ yes, no ], of: ask }, up_to: 1h }, then: { yes: good, no: bad }, otherwise: silent }
  - { id: silent, end: silent }
  - { id: good, end: good }
  - { id: bad, end: bad }
`
const tapOf = (payload: string) => ({ payload, label: payload, of: 'ask' })

describe('waits', () => {
  it('are met by a reply in the instant in which their time is over', () => {
    const table = new Table(programOf(ASK)).look(START).reply('yes', at(HOUR_MS), tapOf('yes')).look(at(HOUR_MS))
    expect(table.run.outcome).toBe('good')
  })

  it('are met by what came after the message was asked for and before the wait began', () => {
    const table = new Table(programOf(ASK)).look(START, false).reply('no', at(1), tapOf('no')).leave(at(2)).look(at(3))
    expect(table.run.outcome).toBe('bad')
  })

  it('take a label that is typed for a tap, and another text for an answer that stops', () => {
    expect(new Table(programOf(ASK)).look(START).reply('yes please!', at(1)).look(at(1)).run.outcome).toBe('good')
    expect(new Table(programOf(ASK)).look(START).reply('how much?', at(1)).look(at(1)).run.outcome).toBe('answered')
  })

  it('are met by the button of a template that went in their place, which says its label', () => {
    const tap = { payload: 'Yes, please', label: 'Yes, please', of: 'ask' }
    const table = new Table(programOf(ASK)).look(START)
    expect(table.reply('Yes, please', at(HOUR_MS), tap).look(at(HOUR_MS)).run).toMatchObject({ outcome: 'good' })
  })

  it('are not met by a tap on a button of something else', () => {
    const other = { payload: 'yes', label: 'Yes, please', of: 'elsewhere' }
    expect(new Table(programOf(ASK)).look(START).reply('yes', at(1), other).look(at(1)).run.outcome).toBe('answered')
  })

  it('count from when the message left, not from when it was asked for', () => {
    const table = new Table(programOf(TWO))
      .look(START, false)
      .leave(at(5 * HOUR_MS))
      .look(at(5 * HOUR_MS))
    expect(table.run.dueAt).toBe(at(6 * HOUR_MS))
  })

  it('follow a window that moves, and ask one hour before its last end', () => {
    const table = new Table(
      programOf('steps:\n  - { id: w, if: window.open, wait: { until: window.closes - 1h }, end: due }\n'),
    ).look(START)
    expect(table.run).toMatchObject({ dueAt: at(23 * HOUR_MS), follows: 'window' })
    table.facts = { ...table.facts, window: { ...table.facts.window, lastInboundAt: at(10 * HOUR_MS) } }
    expect(table.look(at(23 * HOUR_MS)).run).toMatchObject({ state: 'waiting', dueAt: at(33 * HOUR_MS) })
    expect(table.look(at(33 * HOUR_MS)).run.outcome).toBe('due')
  })
})

describe('sends', () => {
  it('wait for the end of quiet hours, and are thought over there', () => {
    const quiet = programOf(
      'quiet_hours: { from: "12:00", to: "15:00", zone: contact }\nsteps:\n  - { id: one, send: { text: Hi } }\n',
    )
    const table = new Table(quiet).look(START)
    expect(table.run.dueAt).toBe(at(2 * HOUR_MS))
    table.facts = { ...table.facts, contact: { ...table.facts.contact, time_zone: 'America/Los_Angeles' } }
    expect(table.look(at(2 * HOUR_MS)).sent).toEqual(['one/1'])
    table.run = { ...table.run }
    expect(table.run.outcome).toBe('finished')
  })

  it('that are late go, are left out or end the run, as the flow says', () => {
    const late = (what: string) =>
      programOf(
        `late: { after: 30m, do: ${what} }\nsteps:\n  - { id: w, wait: 1h }\n  - { id: one, send: { text: Hi } }\n  - { id: last, end: done }\n`,
      )
    const outcome = (what: string, by: number) => {
      const table = new Table(late(what)).look(START).look(at(HOUR_MS + by))
      return [table.sent.length, table.run.outcome]
    }
    expect(outcome('run', DAY_MS)).toEqual([1, 'done'])
    expect(outcome('skip', DAY_MS)).toEqual([0, 'done'])
    expect(outcome('end', DAY_MS)).toEqual([0, 'late'])
    expect(outcome('skip', 30 * MINUTE_MS)).toEqual([1, 'done'])
  })

  it('end a run that goes round more often than it may', () => {
    const loop = programOf(
      'limits: { visits: 3 }\nsteps:\n  - { id: one, send: { text: Hi } }\n  - { id: w, wait: 2h, next: one }\n',
    )
    const table = new Table(loop).look(START)
    for (let n = 1; n < 9; n++) table.look(at(n * 2 * HOUR_MS))
    expect(table.run.outcome).toBe('loop')
    expect(table.sent).toEqual(['one/1', 'one/2', 'one/3'])
  })

  it('at one time of day go once a day, also where a run comes back within the same millisecond', () => {
    const daily = programOf(
      'steps:\n  - { id: w, wait: { at: "10:00" } }\n  - { id: one, send: { text: Hi }, next: w }\n',
    )
    const table = new Table(daily).look(START)
    for (let n = 0; n < 3; n++) table.look(table.run.dueAt as Instant)
    expect(table.sent).toEqual(['one/1', 'one/2', 'one/3'])
    expect(((table.run.dueAt as number) - START) / DAY_MS).toBeGreaterThan(2)
  })

  it('end a run that goes round without waiting, should a document ever come to that', () => {
    const program = programOf(
      'data: { never: boolean? }\nsteps:\n  - { id: a, set: { contact.n: 1 } }\n  - { id: b, wait: 2h, if: "data.never" }\n',
    )
    const [first, second] = program.steps as [FlowStep, FlowStep]
    second.below = { to: first.id }
    const table = new Table(program)
    for (let n = 0; n < 5; n++) table.look(START)
    expect(table.run).toMatchObject({ state: 'ended', outcome: 'loop' })
  })

  it('do not begin once the time of the flow is over', () => {
    const program = programOf(
      'data: { until: date }\ndeadline: data.until\nsteps:\n  - { id: w, wait: 1h }\n  - { id: one, send: { text: Hi } }\n',
    )
    const table = new Table(program)
    table.run = { ...table.run, data: { until: at(HOUR_MS) } }
    expect(table.look(START).look(at(HOUR_MS)).run.outcome).toBe('deadline')
    expect(table.sent).toEqual([])
  })
})

const LONG = `stop: [ event: { name: bought } ]
steps:
  - { id: one, send: { text: One } }
  - { id: w1, wait: { for: reply, up_to: 3h }, then: two, otherwise: three }
  - { id: two, send: { text: Two } }
  - { id: w2, wait: { at: "18:00", after: 2h } }
  - { id: three, send: { text: Three } }
  - { id: w3, wait: 90m }
  - { id: four, send: { text: Four } }
  - { id: last, end: done }
`

type Happening = { kind: 'reply' | 'event'; minute: number }
const happenings = fc.array(
  fc.record({ kind: fc.constantFrom('reply' as const, 'event' as const), minute: fc.integer({ min: 1, max: 3_000 }) }),
  { maxLength: 5 },
)
const ticks = fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 40 })

/** Looks at every happening and due time, and at the extra instants. */
function play(program: Program, happen: readonly Happening[], extra: readonly number[]): Table {
  const table = new Table(program).look(START)
  for (let minute = 1; minute <= 4_000; minute++) {
    const now = at(minute * MINUTE_MS)
    const here = happen.filter((one) => one.minute === minute)
    for (const { kind } of here) kind === 'reply' ? table.reply('hello', now) : table.event('bought', now)
    const isDue = table.run.dueAt !== null && table.run.dueAt <= now
    if (here.length > 0 || isDue || extra.includes(minute)) table.look(now)
  }
  return table
}

describe('whatever happens', () => {
  it('looking more often changes nothing', () => {
    fc.assert(
      fc.property(happenings, ticks, (happen, extra) => {
        const program = programOf(LONG)
        const [few, many] = [play(program, happen, []), play(program, happen, extra)]
        expect(many.effects).toEqual(few.effects)
        expect(many.run).toEqual(few.run)
      }),
      { numRuns: 60 },
    )
  })

  it('no step is done twice or left out, and nothing follows a stop', () => {
    fc.assert(
      fc.property(happenings, ticks, (happen, extra) => {
        const { sent, run, effects } = play(programOf(LONG), happen, extra)
        expect(new Set(sent).size).toBe(sent.length)
        const stopped = happen.some(({ kind, minute }) => kind === 'event' && minute <= 3_000)
        if (run.outcome === 'done')
          expect(sent.filter((key) => key !== 'two/1')).toEqual(['one/1', 'three/1', 'four/1'])
        else expect(stopped).toBe(true)
        expect(effects.findIndex(({ kind }) => kind === 'ended')).toBe(effects.length - 1)
      }),
      { numRuns: 60 },
    )
  })

  it('a look leaves the run that it was given as it was', () => {
    const table = new Table(programOf(LONG)).look(START)
    const before = structuredClone(table.run)
    advance(table.program, table.run, table.facts, at(DAY_MS))
    expect(table.run).toEqual(before)
  })
})
