import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Harness, startHarness } from '../support/harness.ts'
import { describeEachLaneEngine, type LaneEngine } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { createProxyTo, type TcpProxy } from '../support/tcp-proxy.ts'

/*
 * A wire is cut, or goes silent with its connections half open, while messages flow. Casement is not restarted and nobody helps: it must
 * notice, go on, and send nothing twice.
 */

const WIRES = { graph: 'GRAPH_API_URL', database: 'DATABASE_URL', lanes: 'REDIS_URL' } as const
type Wire = keyof typeof WIRES

const INTENTS = 60
/** How long the wire is dead. The damage is what is tested here, so its length is no guess about something else. */
const OUTAGE_MS = 1_500
const RECOVERY_MS = 90_000

async function withWire(
  engine: LaneEngine,
  wire: Wire,
  test: (casement: Harness, proxy: TcpProxy) => Promise<void>,
): Promise<void> {
  const { promise: made, resolve } = Promise.withResolvers<TcpProxy>()
  const casement = await startHarness(engine, {
    env: { GRAPH_TIMEOUT_MS: '1000', DISPATCH_CONCURRENCY: '10' },
    doubt: { graceMs: 3_000, maxMs: 20_000 },
    databaseSilenceMs: 6_000,
    // what is being served goes on without its lanes
    sender: { throughput_mps: 20 },
    async reach(env) {
      const proxy = await createProxyTo(env[WIRES[wire]] as string)
      resolve(proxy)
      return { ...env, [WIRES[wire]]: proxy.through(env[WIRES[wire]] as string) }
    },
  })
  const proxy = await made
  try {
    await test(casement, proxy)
  } finally {
    proxy.dropSilent() // it would hold up the end
    await casement.close()
    await proxy.close()
  }
}

async function enqueueAll(casement: Harness): Promise<string[]> {
  const customers = Array.from({ length: INTENTS }, () => casement.stranger())
  for (const customer of customers) casement.sandbox.customers.say(customer, { text: 'Hi' })
  await casement.told()
  const enqueued = await Promise.all(
    customers.map((customer) =>
      casement.enqueue({ to: `+${customer}`, message: { type: 'text', text: { body: 'Hello' } } }),
    ),
  )
  return enqueued.map(({ id }) => id)
}

/** Nothing lost (P2), nothing doubled (P3). */
async function expectAllSentOnce(casement: Harness, ids: string[]): Promise<void> {
  const allSent = async () => {
    const waiting = await casement.query(`select state, reason_text from intents where state <> 'sent'`)
    if (waiting.length > 0) throw new Error(`${waiting.length} are not sent: ${JSON.stringify(waiting.slice(0, 5))}`)
  }
  await eventually(allSent, { timeoutMs: RECOVERY_MS })
  const accepted = casement.sandbox.ledger().filter((send) => send.outcome === 'accepted')
  const perIntent = ids.map((id) => accepted.filter((send) => send.opaque?.startsWith(id)).length)
  expect(perIntent).toEqual(ids.map(() => 1))
}

const DAMAGES = {
  'is cut for a while': async (proxy: TcpProxy) => {
    proxy.reset()
    await delay(OUTAGE_MS)
    proxy.heal()
  },
  'goes silent and stays half open': async (proxy: TcpProxy) => {
    proxy.goSilent()
    await delay(OUTAGE_MS)
    proxy.heal()
  },
} as const

describeEachLaneEngine('a wire that breaks', (engine) => {
  const wires = (Object.keys(WIRES) as Wire[]).filter((wire) => engine.kind === 'redis' || wire === 'database')

  describe.each(wires)('to the %s', (wire) => {
    it.each(Object.keys(DAMAGES) as (keyof typeof DAMAGES)[])('and %s', { timeout: 180_000 }, async (damage) => {
      await withWire(engine, wire, async (casement, proxy) => {
        const ids = await enqueueAll(casement)
        await eventually(() => casement.sandbox.ledger().length >= INTENTS / 6, { timeoutMs: 30_000 })
        await DAMAGES[damage](proxy)
        expect(casement.sandbox.ledger().length, 'the damage came too late').toBeLessThan(INTENTS)
        await expectAllSentOnce(casement, ids)
      })
    })
  })
})
