import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { histories, scrambled } from './webhook-history.ts'
import { payloadOf } from './webhook-items.ts'
import { readState } from './webhook-state.ts'
import { createWorld, type World } from './webhook-world.ts'

/*
 * The promise about webhooks (P4): three times, in any order, a week late, among garbage, taken in by several appliers at once: the end is
 * the same as in order, once, one by one. The seed of a run that failed is printed; CASEMENT_TEST_RUNS makes it longer.
 */

let orderly: World
let wild: World
beforeAll(async () => {
  ;[orderly, wild] = await Promise.all([createWorld(), createWorld()])
})
afterAll(() => Promise.all([orderly.close(), wild.close()]))

async function outcomeOf(
  world: World,
  history: Parameters<World['begin']>[0],
  payloads: readonly string[],
  batchSizes: readonly number[],
) {
  const { db } = world.rows.postgres
  await world.begin(history)
  await world.receive(payloads)
  await world.apply(...batchSizes)
  const kept = await db.selectFrom('webhook_events').select('payload').where('state', '=', 'failed').execute()
  return { state: await readState(db), unreadable: kept.length }
}

it('ends as if each webhook had come in order and once', { timeout: 1_200_000 }, async () => {
  const plan = fc.record({
    history: histories(Math.floor(Date.now() / 1_000)),
    seed: fc.integer(),
    batchSizes: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(plan, async ({ history, seed, batchSizes }) => {
      const arrival = scrambled(history.items, seed)
      const [expected, found] = await Promise.all([
        outcomeOf(
          orderly,
          history,
          history.items.map((item) => payloadOf([item])),
          [1],
        ),
        outcomeOf(wild, history, arrival.payloads, batchSizes),
      ])
      expect(expected.unreadable).toBe(0)
      expect(found.unreadable).toBe(arrival.unreadable)
      expect(found.state).toEqual(expected.state)
    }),
    // A smaller history is worth minutes only to somebody who looks for the cause.
    {
      numRuns: Number(process.env.CASEMENT_TEST_RUNS ?? 8),
      endOnFailure: process.env.CASEMENT_TEST_RUNS === undefined,
    },
  )
})
