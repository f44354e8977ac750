import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PhoneNumberId } from '../../../src/domain/ids.ts'
import { CALLER } from '../../support/access.ts'
import { type Customer, createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'

/* Who has a key for one number writes flows whose steps begin and end other flows. What they reach by that is what their key reaches. */

let world: FlowWorld
let other: PhoneNumberId
let ofMine: typeof CALLER
beforeAll(async () => {
  world = await createFlowWorld()
  other = await world.rows.linkSender({ portfolio: 'one' })
  ofMine = { ...CALLER, senders: [world.sender as PhoneNumberId] }
})
afterAll(() => world.close())

const flow = (name: string, sender: string | null, steps: string) =>
  `flow: ${name}\npurpose: service\n${sender === null ? '' : `sender: "${sender}"\n`}triggers: [api]\nsteps: [${steps}]`

async function deploy(by: typeof CALLER, name: string, sender: string | null, steps: string) {
  const answer = await world.services.deployFlow(by, { name, document: flow(name, sender, steps) })
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal))
  return answer.value
}

async function start(name: string, sender: string, customer: Customer, by = CALLER): Promise<string> {
  const started = await world.services.startFlow(by, name, { sender, to: `+${customer.waId}` })
  if (!started.ok) throw new Error(started.refusal.message)
  return started.value.id
}

const RESTS = '{ id: rest, wait: 9d }'

describe('a step of a flow of one number', () => {
  it('has people leave what they are in with that number, and nothing of others', async () => {
    await deploy(CALLER, 'nags', null, RESTS)
    await deploy(CALLER, 'nags_there', other, RESTS)
    await deploy(
      ofMine,
      'leaves',
      world.sender,
      '{ id: one, leave: nags }, { id: two, leave: nags_there }, { id: done, end: done }',
    )
    const customer = await world.customer()
    const [here, there, theirs] = [
      await start('nags', world.sender, customer),
      await start('nags', other, customer),
      await start('nags_there', other, customer),
    ]
    await start('leaves', world.sender, customer, ofMine)
    await world.tick()
    await world.tick()
    expect([await world.run(here), await world.run(there), await world.run(theirs)]).toMatchObject([
      { state: 'ended', outcome: 'left' },
      { state: 'waiting', step: 'rest' },
      { state: 'waiting', step: 'rest' },
    ])
  })

  it('begins flows of all numbers with its own, and none of another', async () => {
    await deploy(CALLER, 'cares', null, RESTS)
    await deploy(CALLER, 'cares_there', other, RESTS)
    await deploy(
      ofMine,
      'begins',
      world.sender,
      '{ id: one, enrol: { flow: cares } }, { id: two, enrol: { flow: cares_there } }, { id: done, end: done }',
    )
    await start('begins', world.sender, await world.customer(), ofMine)
    await world.tick()
    const { rows } = await sql<{ flow: string; sender: string }>`
      select f.name as flow, r.phone_number_id as sender from flow_runs r join flows f on f.id = r.flow_id where f.name like 'cares%'`.execute(
      world.rows.postgres.db,
    )
    expect(rows).toEqual([{ flow: 'cares', sender: world.sender }])
  })

  it('says of flows of another number what it says of those that are not there', async () => {
    await deploy(CALLER, 'hidden', other, RESTS)
    const warned = async (name: string) =>
      (
        await deploy(
          ofMine,
          'names',
          world.sender,
          `{ id: one, enrol: { flow: ${name} } }, { id: two, leave: ${name} }`,
        )
      ).warnings
    const said = (text: unknown) => JSON.stringify(text).replaceAll(/hidden|absent/g, 'it')
    expect(said(await warned('hidden'))).toBe(said(await warned('absent')))
    expect(await warned('absent')).toHaveLength(2)
  })

  it('is written by whoever has its number only', async () => {
    for (const sender of [other, null]) {
      const document = flow('foreign', sender, '{ id: one, leave: nags }')
      expect(await world.services.deployFlow(ofMine, { name: 'foreign', document })).toMatchObject({ ok: false })
    }
  })
})

describe('runs of another number', () => {
  it('are begun, read, paused and ended by no key for this one', async () => {
    await deploy(CALLER, 'shared', null, RESTS)
    const customer = await world.customer()
    const id = await start('shared', other, customer)
    await world.tick()
    const started = await world.services.startFlow(ofMine, 'shared', { sender: other, to: `+${customer.waId}` })
    const answers = [
      started,
      await world.services.getRun(ofMine, id),
      await world.services.pauseRun(ofMine, id),
      await world.services.resumeRun(ofMine, id),
      await world.services.stopRun(ofMine, id),
    ]
    expect(answers.map((answer) => answer.ok)).toEqual([false, false, false, false, false])
    expect(await world.services.listRuns(ofMine, 'shared', { limit: 10 })).toMatchObject({
      ok: true,
      value: { data: [] },
    })
    expect(await world.run(id)).toMatchObject({ state: 'waiting' })
  })

  it('are not moved by an event that is told with a key for this one', async () => {
    const waits =
      '{ id: rest, wait: { for: { event: paid }, up_to: 9d }, then: done }, { id: late, end: late }, { id: done, end: done }'
    await deploy(CALLER, 'paying', null, waits)
    const customer = await world.customer()
    const [here, there] = [await start('paying', world.sender, customer), await start('paying', other, customer)]
    await world.tick()
    const told = { contact: customer.waId, name: 'paid', data: {} }
    await world.services.tellEvent(ofMine, { ...told, key: 'all' })
    await world.services.tellEvent(ofMine, { ...told, key: 'mine', sender: world.sender })
    await world.tick()
    expect([await world.run(here), await world.run(there)]).toMatchObject([{ outcome: 'done' }, { state: 'waiting' }])
  })
})
