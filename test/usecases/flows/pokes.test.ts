import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { FlowRunId } from '../../../src/domain/ids.ts'
import { HOUR_MS } from '../../../src/domain/time.ts'
import { drainPokes } from '../../../src/store/flows/pokes.ts'
import { inTransaction } from '../../../src/store/pg/postgres.ts'
import { createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())

const RESTS = `
flow: rests
purpose: service
triggers: [api]
steps: [{ id: rest, wait: 9d }]
`

const poke = (runs: readonly FlowRunId[]) =>
  sql`insert into flow_pokes (run_id) select unnest(${runs}::uuid[])`.execute(world.rows.postgres.db)

async function poked(): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select run_id as id from flow_pokes order by id`.execute(
    world.rows.postgres.db,
  )
  return rows.map(({ id }) => id)
}

/** Which would be looked at in this moment. */
async function due(): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from flow_runs where state = 'waiting' and due_at <= casement_now() order by id`.execute(
    world.rows.postgres.db,
  )
  return rows.map(({ id }) => id)
}

it('a run that is poked while somebody has it in hand keeps nobody, and is due once it is out of it', async () => {
  await world.deploy(RESTS)
  const runs: FlowRunId[] = []
  for (let n = 0; n < 2; n++) runs.push((await world.start('rests', await world.customer())) as FlowRunId)
  await world.tick()
  await world.advance(HOUR_MS)
  expect(await due()).toEqual([])
  const [low, high] = runs.toSorted() as [FlowRunId, FlowRunId]
  await poke([high, low])
  const { pool } = world.rows.postgres
  const drain = () => inTransaction(pool, drainPokes, `begin; set local lock_timeout = '2s'`)
  await inTransaction(pool, async (trx) => {
    await sql`select from flow_runs where id = ${high}::uuid for no key update`.execute(trx)
    expect(await drain()).toEqual({ more: false, resting: [] })
    expect(await due()).toEqual([low])
    expect(await poked()).toEqual([high])
    // As `leave` does, of the same person.
    await sql`select from flow_runs where id = ${low}::uuid for no key update nowait`.execute(trx)
  })
  await drain()
  expect(await due()).toEqual([low, high])
  expect(await poked()).toEqual([])
})
