import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IntentId } from '../../../src/domain/ids.ts'
import { tickFlows } from '../../../src/usecases/flows/tick-flows.ts'
import { CALLER } from '../../support/access.ts'
import { createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'

/* A step has its person begin another flow, or leave one. */

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())

const flow = (name: string, steps: string, more = '') =>
  `flow: ${name}\npurpose: service\ntriggers: [api]\n${more}\nsteps: [${steps}]`

async function deploy(...text: Parameters<typeof flow>): Promise<void> {
  const answer = await world.deploy(flow(...text))
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal))
}

const enrolled = async (id: string) => {
  const { rows } = await sql<{ text: string }>`
    select text from flow_run_events where run_id = ${id}::uuid and kind = 'enrolled' order by id`.execute(
    world.rows.postgres.db,
  )
  return rows.map(({ text }) => text)
}

describe('enrol', () => {
  it('begins the other flow once, with what it is given, and says so where it begins none', async () => {
    await deploy('care', '{ id: rest, wait: 9d }', 'data: { order: string }\nonce: { per: contact }')
    await deploy(
      'sells',
      '{ id: one, enrol: { flow: care, data: { order: "{{data.order}}" } } }, { id: rest, wait: 9d }',
      'data: { order: string }',
    )
    const customer = await world.customer()
    const first = await world.start('sells', customer, { order: 'Q-1' })
    await world.tick()
    const [run] = await world.runsOf('care')
    expect(run).toMatchObject({ state: 'waiting', conversation_id: customer.id, run: { data: { order: 'Q-1' } } })
    expect(await enrolled(first)).toEqual([`care: begun as ${run?.id}`])
    const again = await world.start('sells', customer, { order: 'Q-2' })
    await world.tick()
    expect(await enrolled(again)).toEqual(['care: not begun: they are in it, or were'])
    await world.services.pauseFlow(CALLER, 'care')
    const paused = await world.start('sells', await world.customer(), { order: 'Q-3' })
    await world.tick()
    expect(await enrolled(paused)).toEqual(['care: not begun: there is no such flow, or it is paused'])
    expect(await world.run(paused)).toMatchObject({ state: 'waiting', step: 'rest' })
  })

  it('of itself, or in a ring, is refused where it is written, and a chain ends with the fifth', async () => {
    const next = (name: string) => `{ id: go, enrol: { flow: ${name} } }`
    expect(await world.deploy(flow('itself', next('itself')))).toMatchObject({
      ok: false,
      refusal: { problems: [{ path: 'steps[0].enrol.flow', line: 5 }] },
    })
    const unknown = await world.deploy(flow('ring_a', next('ring_b')))
    expect(unknown).toMatchObject({ ok: true, value: { warnings: [{ path: 'steps[0].enrol.flow' }] } })
    expect(await world.deploy(flow('ring_b', next('ring_a')))).toMatchObject({
      ok: false,
      refusal: { code: 'flow_invalid', problems: [{ message: expect.stringContaining('ring_b → ring_a → ring_b') }] },
    })
    for (let n = 7; n > 0; n--) await deploy(`chain_${n}`, n === 7 ? '{ id: rest, wait: 9d }' : next(`chain_${n + 1}`))
    await world.start('chain_1', await world.customer())
    await world.tick()
    const begun = await Promise.all([2, 5, 6, 7].map(async (n) => (await world.runsOf(`chain_${n}`)).length))
    expect(begun).toEqual([1, 1, 1, 0])
  })
})

describe('leave', () => {
  it('ends what runs of the other flow the person is in, paused ones too, and nobody else', async () => {
    await deploy('nags', '{ id: rest, wait: 9d }')
    await deploy('buys', '{ id: one, leave: nags }, { id: done, end: done }')
    const [buyer, other] = [await world.customer(), await world.customer()]
    const [waits, paused, stays] = [
      await world.start('nags', buyer),
      await world.start('nags', buyer),
      await world.start('nags', other),
    ]
    await world.tick()
    await world.services.pauseRun(CALLER, paused)
    await world.start('buys', buyer)
    await world.tick()
    await world.tick()
    expect([await world.run(waits), await world.run(paused), await world.run(stays)]).toMatchObject([
      { outcome: 'left' },
      { outcome: 'left' },
      { state: 'waiting' },
    ])
  })

  it('keeps from leaving what that run has asked for, from the same moment on', async () => {
    const say = '{ id: say, send: { text: "Still there?" }, when_closed: hold }, { id: rest, wait: 9d }'
    await deploy('reminds', say)
    await deploy(
      'bought',
      '{ id: one, leave: reminds }, { id: thanks, send: { text: "Thank you" }, when_closed: hold }',
    )
    const buyer = await world.customer()
    const reminds = await world.start('reminds', buyer)
    await world.tick()
    const reminder = Object.values((await world.run(reminds)).sends)[0] as string
    await world.start('bought', buyer)
    // One round: the other run was not looked at since.
    await tickFlows(world.ticker)
    expect((await world.run(reminds)).outcome).toBe(null)
    const { rows: intents } = await sql<{ id: string; state: string; reason_code: string | null }>`
      select id::text as id, state, reason_code from intents where conversation_id = ${buyer.id}::bigint order by id`.execute(
      world.rows.postgres.db,
    )
    expect(intents).toEqual([
      { id: reminder, state: 'cancelled', reason_code: 'flow_stopped' },
      { id: expect.any(String), state: 'scheduled', reason_code: null },
    ])
    await world.tick()
    expect(await world.run(reminds)).toMatchObject({ state: 'ended', outcome: 'left' })
  })

  it('ends what is on its way should it come back, also before that run is looked at', async () => {
    await deploy('on_its_way', '{ id: say, send: { text: "Still there?" }, when_closed: hold }, { id: rest, wait: 9d }')
    await deploy('bought_it', '{ id: one, leave: on_its_way }')
    const buyer = await world.customer()
    const id = await world.start('on_its_way', buyer)
    await world.tick()
    const reminder = Object.values((await world.run(id)).sends)[0] as IntentId
    const { number } = await world.rows.open(world.sender, reminder)
    await world.start('bought_it', buyer)
    await tickFlows(world.ticker)
    expect((await world.run(id)).outcome).toBe(null)
    const reason = { code: 'network', text: 'The connection was lost.' } as never
    await world.rows.closeAttempt(reminder, number, {
      event: 'retry',
      dueInMs: 0,
      keepsTurn: true,
      reason,
      countsAsRetry: true,
    })
    expect(await world.sent(id)).toMatchObject([{ state: 'cancelled', reason_code: 'flow_stopped' }])
  })
})
