import { describe, expect, inject, it } from 'vitest'
import { CAMPAIGN_CHARGES, campaignKillRun } from './campaign-run.ts'
import type { Engine } from './fleet.ts'

/* Kills while a campaign leaves (campaign-run.ts). The long form, with 20,000 people, is in long-run.ts. */

const SEED = 20_261_130
const PEOPLE = 2_000

async function expectPromises(engine: Engine, numbers: 1 | 2): Promise<void> {
  const seed = SEED + numbers - 1
  const report = await campaignKillRun({
    engine,
    people: PEOPLE,
    kills: 5,
    pauses: 2,
    numbers,
    seed,
    throughputMps: 100,
    quiescenceMs: 150_000,
  })
  const charges = CAMPAIGN_CHARGES.map((charge) => [charge, report[charge]])
  expect(Object.fromEntries(charges), `seed ${seed}`).toEqual(
    Object.fromEntries(CAMPAIGN_CHARGES.map((charge) => [charge, []])),
  )
  expect(report.onItsWay).toBeGreaterThan(0)
  expect(report.looks).toBeGreaterThan(50)
  expect(report.counts.sent).toBeGreaterThan(PEOPLE * 0.95)
  for (const accepted of report.accepted) expect(accepted).toBeGreaterThan(PEOPLE / numbers / 2)
}

describe('a campaign in a fleet that is killed at random', { timeout: 400_000 }, () => {
  it('reaches everybody once from one number, with lanes on PostgreSQL', () => expectPromises('postgres', 1))

  it('reaches everybody once from two numbers, with lanes on PostgreSQL', () => expectPromises('postgres', 2))

  it.skipIf(inject('redisUrl') === null)('reaches everybody once from two numbers, with lanes on Redis', () =>
    expectPromises('redis', 2),
  )
})
