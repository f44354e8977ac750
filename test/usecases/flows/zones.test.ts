import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())

const IN_THE_MORNING = `
flow: morning
purpose: service
triggers: [api]
steps:
  - { id: rest, wait: { at: "10:00" } }
  - { id: done, end: up }
`

it.each([
  ['5511912345678', 13],
  ['919812345678', 4],
  ['818012345678', 1],
])('waits by the clock of %s, whose zone nobody told', async (waId, hourInUtc) => {
  await world.deploy(IN_THE_MORNING)
  const customer = { ...(await world.customer()), waId }
  const id = await world.start('morning', customer)
  await world.tick()
  const { due_at } = await world.run(id)
  expect(new Date(due_at as never).getUTCHours()).toBe(hourInUtc)
})
