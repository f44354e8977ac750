import { expect, it } from 'vitest'
import type { Program } from '../../../src/domain/flow/program.ts'
import type { Run } from '../../../src/domain/flow/run.ts'
import { newRun } from '../../../src/domain/flow/start.ts'
import { takeOver } from '../../../src/domain/flow/take-over.ts'
import { HOUR_MS, instant, plus } from '../../../src/domain/time.ts'
import { readFlow } from '../../../src/usecases/read-flow.ts'

const START = instant(Date.UTC(2026, 10, 23, 13))
const LATER = plus(START, HOUR_MS)

function programOf(rest: string): Program {
  const { compiled, problems } = readFlow(`flow: f\npurpose: utility\ntriggers: [ api ]\n${rest}`)
  if (!compiled?.ok) throw new Error(JSON.stringify(problems))
  return compiled.program
}

const SENDS = `steps:
  - { id: b, send: { text: Hi }, when_closed: hold }
  - { id: c, wait: 1d, next: b }`

/** Has sent in `a` twice, and in `b` once, and is in `a`. */
function runOf(program: Program, more: Partial<Run> = {}): Run {
  return {
    ...newRun(program, { now: START, triggeredAt: START, data: {}, trigger: {}, order: 0 }),
    step: 'a',
    begun: true,
    visits: { a: 2, b: 1 },
    sent: { a: { key: 'a/2', at: plus(START, 2) }, b: { key: 'b/1', at: plus(START, 1) } },
    awaits: 'a/2',
    seq: 5,
    ...more,
  }
}

it('counts the visits of a step that has become another after those of that one, and loses no message', () => {
  const program = programOf(`moved: { a: b }\n${SENDS}`)
  const before = runOf(program)
  const taken = takeOver(program, before, { 'a/1': 'i1', 'a/2': 'i2', 'b/1': 'i3' }, LATER)
  expect(taken).toMatchObject({
    kind: 'goes_over',
    run: {
      step: 'b',
      visits: { b: 3 },
      sent: { b: { key: 'b/3' } },
      awaits: 'b/3',
      seq: 6,
      dueAt: LATER,
      enteredAt: START,
    },
    sends: { 'b/2': 'i1', 'b/3': 'i2', 'b/1': 'i3' },
  })
  expect(before).toEqual(runOf(program))
})

it('waits for no message in a step that sends none any more, and begins where it is sent to', () => {
  const waits = programOf('steps: [{ id: a, wait: 1d }]')
  expect(takeOver(waits, runOf(waits), {}, LATER)).toMatchObject({ run: { step: 'a', awaits: null, begun: true } })
  const elsewhere = programOf(`removed: c\n${SENDS}`)
  expect(takeOver(elsewhere, runOf(elsewhere), {}, LATER)).toMatchObject({
    run: { step: 'c', awaits: null, begun: false, enteredAt: LATER },
  })
})
