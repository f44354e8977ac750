import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/domain/time.ts'
import { type Customer, createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'

/* What a customer says begins one flow, those that begin also, and whatever waits for it those that always do. */

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())

async function deploy(name: string, trigger: string, rest = 'steps: [{ id: rest, wait: 9d }]'): Promise<void> {
  const answer = await world.deploy(`flow: ${name}\npurpose: service\ntriggers: [${trigger}]\n${rest}`)
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal))
}

const begun = async (customer: Customer, ...names: string[]) => {
  const runs = await Promise.all(names.map((name) => world.runsOf(name)))
  return runs.map((of) => of.filter((run) => run.conversation_id === customer.id).length)
}

const LISTENING = `steps:
  - { id: listen, wait: { for: reply, up_to: 9d }, then: heard }
  - { id: silent, end: silent }
  - { id: heard, end: heard }`

describe('a flow that begins also', () => {
  it('does so beside the one that fits most closely, and beside no run that waits for the message', async () => {
    await deploy('closest', 'inbound: { text: kilo }')
    await deploy('any_other', 'inbound: { any: true }')
    await deploy('counts_all', 'inbound: { any: true, also: true }')
    const customer = await world.customer()
    await world.says(customer, 'kilo')
    expect(await begun(customer, 'closest', 'any_other', 'counts_all')).toEqual([1, 0, 1])
    await world.says(customer, 'whatever')
    expect(await begun(customer, 'closest', 'any_other', 'counts_all')).toEqual([1, 1, 2])
    await deploy('listens', 'api', LISTENING)
    const other = await world.customer()
    const id = await world.start('listens', other)
    await world.tick()
    await world.says(other, 'kilo')
    expect(await world.run(id)).toMatchObject({ outcome: 'heard' })
    expect(await begun(other, 'closest', 'any_other', 'counts_all')).toEqual([0, 0, 0])
  })
})

describe('a flow that always begins', () => {
  it('takes the message from the run that waits for one, and not from a run that it stops', async () => {
    await deploy('helps', 'inbound: { text: help, always: true }')
    await deploy('waits', 'api', LISTENING)
    await deploy('stops', 'api', 'stop: [reply]\nsteps: [{ id: rest, wait: 9d }]')
    const customer = await world.customer()
    const [waits, stops] = [await world.start('waits', customer), await world.start('stops', customer)]
    await world.tick()
    await world.says(customer, 'help')
    expect(await begun(customer, 'helps')).toEqual([1])
    expect([await world.run(waits), await world.run(stops)]).toMatchObject([
      { state: 'waiting', step: 'listen' },
      { state: 'ended', outcome: 'answered' },
    ])
    await world.says(customer, 'The red one')
    expect(await world.run(waits)).toMatchObject({ outcome: 'heard' })
  })

  it('leaves it to whoever waits where it may not begin, and is one of many where nobody does', async () => {
    await deploy(
      'helps_once',
      'inbound: { text: lima, always: true }',
      'once: { per: contact }\nsteps: [{ id: rest, wait: 9d }]',
    )
    await deploy('lima_too', 'inbound: { text: lima }')
    await deploy('waits_too', 'api', LISTENING)
    const customer = await world.customer()
    await world.says(customer, 'lima')
    expect(await begun(customer, 'helps_once', 'lima_too')).toEqual([1, 0])
    const id = await world.start('waits_too', customer)
    await world.tick()
    await world.says(customer, 'lima')
    expect(await world.run(id)).toMatchObject({ outcome: 'heard' })
    expect(await begun(customer, 'helps_once', 'lima_too')).toEqual([1, 0])
  })
})

describe('messages of an hour', () => {
  it('are those of all runs and flows to one person, whatever number they come from', async () => {
    const limits = 'limits: { messages_per_hour: 2 }'
    const text = 'steps: [{ id: say, send: { text: Hello }, when_closed: hold }]'
    await deploy('first', 'api', text)
    await deploy('second', 'api', `${limits}\n${text}`)
    const [busy, quiet] = [await world.customer(), await world.customer()]
    for (let n = 0; n < 2; n++) {
      await world.start('first', busy)
      await world.tick()
    }
    const [loops, goes] = [await world.start('second', busy), await world.start('second', quiet)]
    await world.tick()
    expect([await world.run(loops), await world.run(goes)]).toMatchObject([{ outcome: 'loop' }, { step: 'say' }])
    await world.advance(HOUR_MS)
    const later = await world.start('second', busy)
    await world.tick()
    expect(await world.run(later)).toMatchObject({ state: 'waiting', step: 'say' })
  })

  it('are no more than that where many runs ask for one at the same moment', async () => {
    const say = 'steps: [{ id: say, send: { text: Hello }, when_closed: hold }, { id: rest, wait: 9d }]'
    await deploy('many', 'api', `limits: { messages_per_hour: 3 }\n${say}`)
    const [crowded, other] = [await world.customer(), await world.customer()]
    const runs: string[] = []
    for (let n = 0; n < 8; n++) runs.push(await world.start('many', crowded))
    const alone = await world.start('many', other)
    await world.tick()
    const found = await Promise.all(runs.map((id) => world.run(id)))
    expect(found.filter(({ outcome }) => outcome === null)).toHaveLength(3)
    expect(found.filter(({ outcome }) => outcome === 'loop')).toHaveLength(5)
    expect(await world.run(alone)).toMatchObject({ state: 'waiting', step: 'say' })
  })
})
