import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IntentId } from '../../src/domain/ids.ts'
import { isOver } from '../../src/domain/lifecycle.ts'
import { MINUTE_MS } from '../../src/domain/time.ts'
import { fateOf, MODES } from './failing-calls.ts'
import { faultyPostgres } from './faulty-postgres.ts'
import { createMiniature, GRACE_MS, type MetaMood, type Miniature } from './miniature.ts'

/*
 * Every call that a dispatch makes to the outside fails once, before and after it took effect, alone and as the last one before the worker
 * dies. Then the sweeper, the webhooks and time do their work, and the promises must hold: P2, nothing is lost; P3, nothing is doubled.
 */

const text = { type: 'text', text: { body: 'Hello' } }
const FOLLOW_UP = { follow_up: { name: 'keep_helping', language: 'en' } }
const template = { type: 'template', template: { name: 'keep_helping', language: { code: 'en' } } }

interface Scenario {
  name: string
  windowOpen: boolean
  intent: object
  /** How Meta meets every request; a list: one after another, the last one stays. */
  moods?: MetaMood[]
  /** Portfolio with a messaging limit: one statement more. */
  limited?: boolean
  /** What the intent may end as when nothing but the fault went wrong. */
  ends: string[]
}

const SCENARIOS: Scenario[] = [
  { name: 'a reply in an open window', windowOpen: true, intent: { message: text }, ends: ['sent'] },
  {
    name: 'a reply that quotes another message',
    windowOpen: true,
    intent: { message: { ...text, context: { message_id: '0199a000-0000-7000-8000-000000000001' } } },
    ends: ['sent'],
  },
  {
    name: 'a reply that goes at most once',
    windowOpen: true,
    intent: { message: text, delivery: 'at_most_once' },
    ends: ['sent', 'failed'],
  },
  {
    name: 'a template under a messaging limit',
    windowOpen: false,
    intent: { message: template },
    limited: true,
    ends: ['sent'],
  },
  {
    name: 'a template that goes instead',
    windowOpen: false,
    intent: { message: text, when_closed: { downgrade: { name: 'keep_helping', language: 'en' } } },
    ends: ['sent'],
  },
  { name: 'a message that waits', windowOpen: false, intent: { message: text, when_closed: 'hold' }, ends: ['held'] },
  {
    name: 'a message that invites',
    windowOpen: false,
    intent: { message: text, when_closed: FOLLOW_UP },
    ends: ['held'],
  },
  {
    name: 'a message that must not go',
    windowOpen: false,
    intent: { message: text, when_closed: 'fail' },
    ends: ['failed'],
  },
  {
    name: 'a message that Meta refuses',
    windowOpen: true,
    intent: { message: text },
    moods: ['refuses'],
    ends: ['failed'],
  },
  {
    name: 'a message that Meta throttles once',
    windowOpen: true,
    intent: { message: text },
    moods: ['throttles', 'accepts'],
    ends: ['sent'],
  },
  {
    name: 'a message to a window that Meta has closed',
    windowOpen: true,
    intent: { message: text, when_closed: 'hold' },
    moods: ['says window closed'],
    ends: ['held'],
  },
]

let casement: Miniature
let strangers = 0
beforeAll(async () => {
  casement = await createMiniature()
})
afterAll(() => casement.close())

async function prepare({ windowOpen, intent, moods = ['accepts'], limited }: Scenario): Promise<IntentId> {
  await casement.forget()
  const waId = `1550${String(++strangers).padStart(7, '0')}`
  casement.moods.splice(0, casement.moods.length, ...moods)
  await casement.postgres.pool.query('update portfolios set messaging_limit = $1', [limited ? 100_000 : null])
  if (windowOpen) await casement.customerWrites(waId)
  await casement.passTime(MINUTE_MS)
  const [id] = await casement.enqueue({ to: `+${waId}`, ...intent })
  return id as IntentId
}

/** Everything that mends: the channel speaks, time passes, the sweeper sweeps, and a worker that lives does its work. */
async function recover(): Promise<void> {
  for (let round = 0; round < 12; round++) {
    await casement.report()
    if ((await casement.underWay()) === 0) return
    await casement.passTime(round < 2 ? GRACE_MS : 5 * MINUTE_MS)
    // Somebody writes, so the channel is known to be alive.
    await casement.customerWrites('15509999999')
    await casement.settleDoubts()
    await casement.sweep()
    while (await casement.dispatch()) {}
  }
}

async function expectPromises(scenario: Scenario, id: IntentId): Promise<void> {
  const taken = casement.accepted.filter((message) => message.intentId === id)
  expect(taken.length, 'accepted').toBeLessThanOrEqual(1)
  const { state, reason, wamid } = await casement.state(id)
  expect(isOver(state as never) || state === 'held', `${state} ${reason}`).toBe(true)
  expect(scenario.ends).toContain(state)
  expect(state === 'sent').toBe(taken.length === 1)
  if (state === 'sent') expect(taken[0]?.wamid).toBe(wamid)
  const { rows: children } = await casement.postgres.pool.query('select id from intents where follow_up_of = $1', [id])
  if (scenario.intent && 'when_closed' in scenario.intent && scenario.intent.when_closed === FOLLOW_UP) {
    expect(children).toHaveLength(1)
    expect(casement.accepted.filter((message) => message.intentId === children[0].id)).toHaveLength(1)
  }
}

describe.each(SCENARIOS)('$name', (scenario) => {
  it('keeps its promises whichever call fails', { timeout: 300_000 }, async () => {
    const clean = fateOf(0, MODES[0])
    const id = await prepare(scenario)
    await casement.dispatch({ postgres: faultyPostgres(casement.postgres, clean.fate), graph: clean.graph })
    await recover()
    await expectPromises(scenario, id)
    expect(clean.counter.calls).toBeGreaterThan(1)

    for (const mode of MODES) {
      for (let n = 1; n <= clean.counter.calls; n++) {
        const broken = fateOf(n, mode)
        const victim = await prepare(scenario)
        await casement
          .dispatch({ postgres: faultyPostgres(casement.postgres, broken.fate), graph: broken.graph })
          .catch(() => {})
        // Whoever lives knows what it has not sent, and keeps what it was told: only a lost answer or a lost worker leaves a doubt.
        const lives = mode === MODES[0] || mode === MODES[1]
        if (lives && !broken.counter.answerLost) {
          expect(['dispatching', 'in_doubt'], `call ${n} ${mode}`).not.toContain((await casement.state(victim)).state)
        }
        await recover()
        await expectPromises(scenario, victim).catch((error: Error) => {
          error.message = `call ${n} of ${clean.counter.calls} ${mode}: ${error.message}`
          throw error
        })
      }
    }
  })
})
