import { describe, expect, inject, it } from 'vitest'
import { PAGE } from '../../src/usecases/pass-on.ts'
import type { Engine } from './fleet.ts'
import { killRun } from './kill-run.ts'
import { HEARSAY } from './listeners.ts'
import { CHARGES } from './verdict.ts'

/*
 * Real processes, killed with SIGKILL while messages flow: workers, the relay's leader, the API, Redis, PostgreSQL, and all at once, with
 * one answer in ten of the Graph API lost, while people turn out to be one, opt out and are erased. The long form with 20,000 intents is long-run.ts.
 */

const SEED = 20_261_122

async function expectPromises(engine: Engine, kills: number): Promise<void> {
  const report = await killRun({
    engine,
    intents: 1_000,
    kills,
    responseLoss: 0.1,
    seed: SEED,
    doubtGraceMs: 13_000,
    doubtMaxMs: 60_000,
    quiescenceMs: 120_000,
  })
  const charges = [...CHARGES, ...HEARSAY, 'died' as const].map((charge) => [charge, report[charge]])
  expect(Object.fromEntries(charges), `seed ${SEED}`).toEqual(
    Object.fromEntries(charges.map(([charge]) => [charge, []])),
  )
  expect(report.accepted).toBeGreaterThan(900)
  expect(report.heard).toBeGreaterThan(900)
  // A death repeats a page at most, at each end of the line.
  const killed = Object.values(report.kills).reduce((sum, count) => sum + count, 0)
  expect(report.repeated).toBeLessThan(2 * PAGE.deliveries * killed)
}

describe('a fleet that is killed at random (P2, P3, P5, P12)', { timeout: 400_000 }, () => {
  it('loses and doubles nothing, with lanes on PostgreSQL', () => expectPromises('postgres', 5))

  it.skipIf(inject('redisUrl') === null)('loses and doubles nothing, with lanes on Redis', () =>
    expectPromises('redis', 7),
  )
})
