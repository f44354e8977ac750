import { expect, it } from 'vitest'
import { startApp } from '../../src/app.ts'
import { type Harness, quietLogger, resolvedConfig, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine, type LaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'

/* Many messages to many people at once, two workers that share the number, and a Meta that stumbles: everybody reads them in order (P5, P3). */

const PEOPLE = 200
const EACH = 5
const PATIENCE = { timeoutMs: 90_000 }

async function withTwoWorkers(engine: LaneEngine, test: (casement: Harness) => Promise<void>): Promise<void> {
  let env: Record<string, string> = {}
  const casement = await startHarness(engine, {
    reach: async (given) => {
      env = given
      return given
    },
    // Neither has room for all that is due, so that both take of the number.
    env: { DISPATCH_CONCURRENCY: '10' },
    sender: { throughput_mps: 1_000 },
  })
  const { PORT: _port, ...rest } = env
  const second = await startApp({
    config: resolvedConfig(rest),
    roles: ['worker'],
    logger: quietLogger(),
    version: 'test',
  })
  try {
    await test(casement)
  } finally {
    await second.stop()
    await casement.close()
  }
}

async function enqueueAll(casement: Harness): Promise<string[]> {
  const people = Array.from({ length: PEOPLE }, () => casement.stranger())
  for (const person of people) casement.sandbox.customers.say(person, { text: 'Hi' })
  await casement.told()
  await casement.api('POST', `/v1/senders/${casement.sender}/pause`)
  for (let nth = 1; nth <= EACH; nth++) {
    const intents = people.map((person) => ({
      sender: casement.sender,
      to: `+${person}`,
      message: { type: 'text', text: { body: String(nth) } },
    }))
    const { status } = await casement.api('POST', '/v1/intents/batch', { intents })
    expect(status).toBe(200)
  }
  return people
}

describeEachLaneEngine('five messages for each of many', (engine) => {
  it('are read in order, and once, however many share the number', { timeout: 180_000 }, async () => {
    await withTwoWorkers(engine, async (casement) => {
      const people = await enqueueAll(casement)
      const fault = { kind: 'http_503', times: null, probability: 0.1 } as const
      casement.sandbox.addFault(fault)
      casement.sandbox.addFault({ kind: 'latency', ms: 80, times: null })
      await casement.api('POST', `/v1/senders/${casement.sender}/resume`)
      await eventually(async () => {
        const left = await casement.query(`select state from intents where state <> 'sent'`)
        return left.length === 0
      }, PATIENCE)

      const inOrder = Array.from({ length: EACH }, (_, index) => String(index + 1))
      for (const person of people) expect(casement.received(person)).toEqual(inOrder)
      // It is no proof unless Meta did stumble.
      expect(casement.sandbox.ledger().length).toBeGreaterThan(PEOPLE * EACH)
    })
  })
})
