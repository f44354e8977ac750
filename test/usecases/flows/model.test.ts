import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { readScript } from '../../../src/domain/flow/simulate/script.ts'
import { DAY_MS, HOUR_MS, instant, toIso } from '../../../src/domain/time.ts'
import { readFlowValue } from '../../../src/usecases/read-flow.ts'
import { simulateFlow } from '../../../src/usecases/simulate-flow.ts'
import { CALLER } from '../../support/access.ts'
import { beginFlow, TOLD } from '../../support/flow-player.ts'
import { createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'

/*
 * Any flow and any customer: the simulator, and what runs on a server with its dispatch, come to the same messages, at the same times, and to
 * the same end, by the same way.
 */

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())

const RUNS = 25
const STEPS = ['one', 'two', 'three', 'four', 'five', 'six']

const duration = fc.constantFrom('90s', '10m', '1h', '6h', '23h', '1d')
const target = fc.constantFrom(...STEPS, 'last')
const send = fc.record(
  {
    send: fc.oneof(
      fc.constantFrom('Hello!', 'Still there?', 'You have {{data.n}}.').map((text) => ({ text })),
      fc.constant({ interactive: { body: 'Shall we?', buttons: { yes: 'yes', no: 'no' } } }),
    ),
    when_closed: fc.constantFrom('fail', 'hold'),
    otherwise: target,
    deadline: fc.constantFrom('run.started_at + 1d', 'window.closes - 1h'),
  },
  { requiredKeys: ['send', 'when_closed'] },
)
const awaited = fc.oneof(
  fc.constant({ for: 'reply' }),
  fc.constant({ for: { event: 'paid' } }),
  fc.constantFrom(...STEPS).map((step) => ({ for: { delivered: step } })),
  fc.constantFrom(...STEPS).map((step) => ({ for: { tap: ['yes', 'no'], of: step } })),
)
const end = fc.oneof(
  duration.map((up_to) => ({ up_to })),
  fc.constantFrom('window.closes - 1h', 'run.started_at + 2d').map((until) => ({ until })),
)
const wait = fc.record(
  {
    wait: fc.oneof(
      duration,
      fc.record({ at: fc.constantFrom('08:30', '21:00') }),
      fc.tuple(awaited, end).map(([what, until]) => ({ ...what, ...until })),
    ),
    // biome-ignore lint/suspicious/noThenProperty: a word of the language, on an object that is never awaited
    then: target,
    otherwise: target,
  },
  { requiredKeys: ['wait'] },
)
const branch = fc
  .record({
    if: fc.constantFrom('data.n > 1', 'window.open', 'has(call.it.total)', 'has(reply.text)', 'has(contact.vip)'),
    yes: target,
    no: target,
  })
  .map(({ if: condition, yes, no }) => ({ branch: [{ if: condition, next: yes }, { otherwise: { next: no } }] }))
const set = fc.constantFrom({ set: { 'data.n': 2 } }, { set: { 'contact.vip': true } })
const call = fc.record(
  {
    call: fc.record(
      {
        url: fc.constantFrom('https://crm.example.com/ask', 'https://crm.example.com/{{data.n}}'),
        body: fc.constant({ n: '{{data.n}}', name: '{{contact.name}}' }),
        save: fc.constant('call.it'),
        retry: fc.constantFrom('5m', '10m', '1d').map((up_to) => ({ up_to })),
      },
      { requiredKeys: ['url'] },
    ),
    // biome-ignore lint/suspicious/noThenProperty: a word of the language, on an object that is never awaited
    then: target,
    otherwise: target,
  },
  { requiredKeys: ['call'] },
)
const handOver = fc.constant({ hand_over: { team: 'desk' } })

const documents = fc
  .record(
    {
      stop: fc.uniqueArray(
        fc.constantFrom('reply', 'opt_out', 'person_took_over', { event: { name: 'bought', end: 'bought' } }),
        { maxLength: 3 },
      ),
      deadline: fc.constant('run.started_at + 4d'),
      quiet_hours: fc.constant({ from: '20:00', to: '09:00', zone: 'UTC' }),
      steps: fc
        .tuple(
          send,
          // Early, or hardly any is come to.
          fc.oneof(call, wait),
          fc.array(
            fc.oneof(
              { arbitrary: send, weight: 4 },
              { arbitrary: wait, weight: 4 },
              { arbitrary: call, weight: 2 },
              branch,
              set,
              handOver,
            ),
            {
              minLength: 1,
              maxLength: STEPS.length - 2,
            },
          ),
        )
        .map(([first, second, others]) => [first, second, ...others]),
    },
    { requiredKeys: ['stop', 'steps'] },
  )
  .map(({ steps, ...more }) => ({
    purpose: 'service',
    triggers: ['api'],
    data: { n: 'number' },
    limits: { visits: 3 },
    ...more,
    steps: [...steps.map((step, i) => ({ id: STEPS[i], ...step })), { id: 'last', end: 'done' }],
  }))
  .filter((document) => readFlowValue({ flow: 'any', ...document }).problems.length === 0)

const happening = fc.oneof(
  { arbitrary: fc.constantFrom('Yes', 'no', 'Later').map((reply) => ({ reply })), weight: 3 },
  fc.constantFrom('paid', 'bought').map((name) => ({ event: { name } })),
  fc.constantFrom(...STEPS).map((step) => ({ delivered: step })),
  fc.constantFrom('yes', 'no').map((tap) => ({ tap })),
  { arbitrary: fc.constantFrom(...STEPS).map((answered) => ({ answered, with: { total: 3 } })), weight: 1 },
  { arbitrary: fc.constant({ answered: 'two', with: { total: 3 } }), weight: 4 },
  fc.constantFrom(...STEPS).map((failed) => ({ failed })),
  fc.constant({ opt_out: true }),
  fc.constant({ took_over: true }),
)
const scripts = fc.record({
  hour: fc.integer({ min: 0, max: 23 }),
  wroteHoursBefore: fc.option(fc.integer({ min: 1, max: 26 }), { freq: 9 }),
  n: fc.integer({ min: 0, max: 3 }),
  events: fc.array(
    fc
      .tuple(fc.constantFrom('1s', '90s', '7m', '50m', '1h', '5h', '22h'), happening)
      .map(([after, what]) => ({ after, ...what })),
    { maxLength: 6 },
  ),
})

it('a random flow runs as it is simulated', async () => {
  let played = 0
  let sends = 0
  let answers = 0
  const first = Date.parse('2026-11-23T00:00:00Z')
  const property = fc.asyncProperty(documents, scripts, async (document, { hour, wroteHoursBefore, n, events }) => {
    const name = `random_${played}`
    const at = first + played * 60 * DAY_MS + hour * HOUR_MS
    played += 1
    const start = {
      at: toIso(instant(at)),
      zone: 'UTC',
      // A day is one of their calendar.
      contact: { time_zone: 'UTC' },
      data: { n },
      ...(wroteHoursBefore === null ? {} : { last_inbound: toIso(instant(at - wroteHoursBefore * HOUR_MS)) }),
    }
    const text = stringify({ flow: name, ...document })
    const script = readScript({ start, events })
    const simulated = simulateFlow(text, { start, events }, null)
    if (!script.ok || !simulated.ok) throw new Error(`expected it to be playable: ${JSON.stringify(simulated)}`)
    const { transcript, ended } = simulated.value
    const player = await beginFlow(world, name, text, script.script)
    for (const moment of [...new Set(transcript.map((line) => line.at))]) {
      await player.playAll(
        moment,
        transcript.filter((line) => line.at === moment),
      )
    }
    const { history, sent } = await player.transcript()
    const told = transcript.filter(
      // That a message waits for its window is told by the dispatch, and not by the history.
      ({ what, why }) => TOLD.includes(what) && (what !== 'held' || why.startsWith('quiet hours')),
    )
    const way = JSON.stringify({ document, start, events })
    expect(sent, way).toEqual(transcript.filter(({ what }) => what === 'sent').map(({ at, step }) => ({ at, step })))
    expect(history, way).toEqual(told.map(({ at, step, what, why }) => ({ at, step, what, why })))
    const run = await player.run()
    expect(run.outcome, way).toBe(ended?.outcome ?? null)
    sends += sent.length
    answers += history.filter(({ what }) => what === 'called').length
    await world.services.stopRun(CALLER, run.id)
  })
  await fc.assert(property, { seed: 20261130, numRuns: RUNS, endOnFailure: true })
  // Most of them say something, and some are answered by a program, or nothing was compared.
  expect(sends).toBeGreaterThan(RUNS / 2)
  expect(answers).toBeGreaterThan(RUNS / 10)
}, 180_000)
