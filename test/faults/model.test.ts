import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { IntentId } from '../../src/domain/ids.ts'
import { type IntentState, isOver } from '../../src/domain/lifecycle.ts'
import { MINUTE_MS } from '../../src/domain/time.ts'
import { cancelIntent } from '../../src/store/intents/operator-transitions.ts'
import { HERE } from '../support/access.ts'
import { createMiniature, GRACE_MS, LEASE_MS, type MetaMood, type Miniature } from './miniature.ts'

/*
 * Random histories against a reference model that is as small as the promises: who was asked to write what, in which order, and what Meta
 * took. The code under test is the real store and the real use-cases; only Meta, permits and time are ours (miniature.ts).
 *
 *   P2  in the end every intent is over, or waits for a customer who never writes
 *   P3  Meta took no intent twice
 *   P4  what was told to be sent stays sent, whatever the statuses say later and twice
 *   P5  Meta took the messages of one conversation and priority in the order of enqueueing
 */

interface Asked {
  id: IntentId
  turn: string
  delivery: 'at_least_once' | 'at_most_once'
  cancelled: boolean
}

interface Model {
  asked: Asked[]
  lastKnown: Map<IntentId, string>
}

const PEOPLE = ['15500000001', '15500000002', '15500000003']
const PRIORITIES = ['reply', 'campaign'] as const

type Step = fc.AsyncCommand<Model, Miniature>

/** Any command may come at any time. */
function step(name: string, run: (model: Model, casement: Miniature) => Promise<unknown>): Step {
  return {
    check: () => true,
    async run(model, casement) {
      await run(model, casement)
      await expectInvariants(model, casement)
    },
    toString: () => name,
  }
}

const enqueue = fc
  .record({
    person: fc.constantFrom(...PEOPLE),
    priority: fc.constantFrom(...PRIORITIES),
    delivery: fc.constantFrom('at_least_once' as const, 'at_most_once' as const),
  })
  .map(({ person, priority, delivery }) =>
    step(`enqueue ${priority} ${delivery} to ${person}`, async (model, casement) => {
      const message = { type: 'text', text: { body: 'Hello' } }
      const [id] = await casement.enqueue({ to: `+${person}`, message, priority, delivery, when_closed: 'hold' })
      model.asked.push({ id: id as IntentId, turn: `${person} ${priority}`, delivery, cancelled: false })
    }),
  )

const dispatch = fc
  .constantFrom<MetaMood>(
    'accepts',
    'accepts',
    'accepts',
    'deaf',
    'lost',
    'unreachable',
    'throttles',
    'crashes us',
    'crashes us deaf',
  )
  .map((mood) =>
    step(`dispatch, Meta ${mood}`, async (_model, casement) => {
      casement.moods.splice(0, casement.moods.length, mood)
      await casement.dispatch().catch(() => {})
    }),
  )

/** Two workers serve the number. */
const dispatchTwice = fc.constant(
  step('two workers dispatch at once', async (_model, casement) => {
    casement.moods.splice(0, casement.moods.length, 'accepts')
    await Promise.all([casement.dispatch(), casement.dispatch()])
  }),
)

const cancel = fc.nat(30).map((which) =>
  step(`cancel number ${which}`, async (model, casement) => {
    const asked = model.asked[which]
    if (!asked) return
    const reason = { code: 'by_request' as const, text: 'Cancelled.' }
    const won = await cancelIntent(
      casement.postgres.db,
      { ...HERE, id: asked.id },
      { kind: 'cancel', reason, facts: {} },
    )
    // In doubt the wish is kept, and ends it unless Meta has it.
    asked.cancelled ||= won !== false
  }),
)

const passTime = fc.constantFrom(100, 7_000, LEASE_MS + 1_000, GRACE_MS + 1_000, 10 * MINUTE_MS).map((ms) =>
  step(`${ms} ms pass, and what Meta has to report comes before a doubt's grace is over`, async (_model, casement) => {
    // P3 rests on it: a channel that speaks, but tells of a message only after the grace, would make any rule wrong.
    if (ms >= LEASE_MS) await casement.report()
    await casement.passTime(ms)
  }),
)

const steps: fc.Arbitrary<Step>[] = [
  enqueue,
  enqueue,
  dispatch,
  dispatch,
  dispatch,
  dispatchTwice,
  cancel,
  passTime,
  fc.constant(step('sweep', (_model, casement) => casement.sweep())),
  fc.constant(step('settle doubts', (_model, casement) => casement.settleDoubts())),
  fc.constant(step('Meta reports', (_model, casement) => casement.report())),
  fc.constant(
    step('Meta reports all again', async (_model, casement) => {
      for (const message of casement.accepted) message.reported = false
      await casement.report('sent')
    }),
  ),
  fc
    .constantFrom(...PEOPLE)
    .map((person) => step(`${person} writes`, (_model, casement) => casement.customerWrites(person))),
]

async function expectInvariants(model: Model, casement: Miniature): Promise<void> {
  const taken = casement.accepted.map((message) => message.intentId)
  expect(new Set(taken).size, 'P3: accepted twice').toBe(taken.length)
  for (const turn of new Set(model.asked.map((asked) => asked.turn))) {
    // What goes at most once gives up its turn in doubt, for it will not be sent again.
    const asked = model.asked
      .filter((one) => one.turn === turn && one.delivery === 'at_least_once')
      .map((one) => one.id)
    const order = taken.filter((id) => asked.includes(id))
    expect(order, 'P5: out of order').toEqual(asked.filter((id) => order.includes(id)))
  }
  for (const asked of model.asked) {
    const { state } = await casement.state(asked.id)
    if (model.lastKnown.get(asked.id) === 'sent') expect(state, 'P4').toBe('sent')
    if (state === 'sent') expect(taken, 'sent without Meta').toContain(asked.id)
    model.lastKnown.set(asked.id, state)
  }
}

/** Everything that mends, until nothing moves: P2. */
async function expectEnd(model: Model, casement: Miniature): Promise<void> {
  casement.moods.splice(0, casement.moods.length, 'accepts')
  for (let round = 0; round < 60 && (await casement.underWay()) > 0; round++) {
    await casement.report()
    await casement.passTime(10 * MINUTE_MS)
    for (const person of PEOPLE) await casement.customerWrites(person)
    await casement.settleDoubts()
    await casement.sweep()
    while (await casement.dispatch()) {}
  }
  await casement.report()
  await expectInvariants(model, casement)
  const taken = new Set(casement.accepted.map((message) => message.intentId))
  for (const asked of model.asked) {
    const { state, reason } = await casement.state(asked.id)
    expect(isOver(state as IntentState) || state === 'held', `P2: ${state} ${reason}`).toBe(true)
    expect(state === 'sent', `${state} ${reason}`).toBe(taken.has(asked.id))
    if (state === 'cancelled') expect(asked.cancelled).toBe(true)
    if (state === 'failed') expect([asked.delivery, reason]).toEqual(['at_most_once', 'unconfirmed'])
  }
}

let casement: Miniature
beforeAll(async () => {
  casement = await createMiniature()
})
afterAll(() => casement.close())

it('keeps its promises through any history of 40 events', { timeout: 240_000 }, async () => {
  const runs = Number(process.env.CASEMENT_TEST_RUNS ?? 60)
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands: 40, size: 'max' }), async (commands) => {
      await casement.forget()
      const model: Model = { asked: [], lastKnown: new Map() }
      await fc.asyncModelRun(() => ({ model, real: casement }), commands)
      await expectEnd(model, casement)
    }),
    { numRuns: runs, interruptAfterTimeLimit: 200_000, verbose: 1 },
  )
})
