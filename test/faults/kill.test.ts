import { describe, expect, inject, it } from 'vitest'
import type { Engine } from './fleet.ts'
import { killRun } from './kill-run.ts'

/*
 * Real processes, killed with SIGKILL while messages flow: workers, the relay's leader, the API, Redis, PostgreSQL, and all at once, with
 * one answer in ten of the Graph API lost. The long form with 20,000 intents is long-run.ts.
 */

const SEED = 20_261_122

async function expectPromises(engine: Engine, kills: number): Promise<void> {
  const { lost, doubled, misjudged, inverted, died, accepted } = await killRun({
    engine,
    intents: 1_000,
    kills,
    responseLoss: 0.1,
    seed: SEED,
    doubtGraceMs: 13_000,
    doubtMaxMs: 60_000,
    quiescenceMs: 120_000,
  })
  expect({ lost, doubled, misjudged, inverted, died }, `seed ${SEED}`).toEqual({
    lost: [],
    doubled: [],
    misjudged: [],
    inverted: [],
    died: [],
  })
  expect(accepted).toBeGreaterThan(900)
}

describe('a fleet that is killed at random (P2, P3, P5)', { timeout: 400_000 }, () => {
  it('loses and doubles nothing, with lanes on PostgreSQL', () => expectPromises('postgres', 5))

  it.skipIf(inject('redisUrl') === null)('loses and doubles nothing, with lanes on Redis', () =>
    expectPromises('redis', 7),
  )
})
