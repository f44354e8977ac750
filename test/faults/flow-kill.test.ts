import { describe, expect, inject, it } from 'vitest'
import type { Engine } from './fleet.ts'
import { FLOW_CHARGES, flowKillRun } from './flow-run.ts'

/* Workers killed with SIGKILL while hundreds of people are in a flow. The long form, with 10,000, is in long-run.ts. */

const SEED = 20_261_201
const RUNS = 300

async function expectPromises(engine: Engine): Promise<void> {
  const report = await flowKillRun({
    engine,
    runs: RUNS,
    kills: 3,
    seed: SEED,
    throughputMps: 200,
    toTheEnd: false,
    quiescenceMs: 120_000,
  })
  const charges = FLOW_CHARGES.map((charge) => [charge, report[charge]])
  expect(Object.fromEntries(charges), `seed ${SEED}`).toEqual(Object.fromEntries(FLOW_CHARGES.map((one) => [one, []])))
  expect(report.outcomes.done).toBeGreaterThan(RUNS / 3)
  expect(report.outcomes.answered).toBeGreaterThan(0)
}

describe('people in a flow, while workers are killed', { timeout: 300_000 }, () => {
  it('take each step once, with lanes on PostgreSQL', () => expectPromises('postgres'))

  it.skipIf(inject('redisUrl') === null)('take each step once, with lanes on Redis', () => expectPromises('redis'))
})
