import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Harness, startHarness } from '../support/harness.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { eventually } from '../support/signals.ts'
import { createProxyTo, type TcpProxy } from '../support/tcp-proxy.ts'

/** The Redis that keeps the lanes forgets all of them while messages flow, or is out of reach when the process stops. */

const INTENTS = 300
const THROUGHPUT_MPS = 60
const SENT_WITHIN_MS = 30_000
/** How long Redis is down; the damage, and no guess about something else. */
const OUTAGE_MS = 2_000
/** Less than what `casement worker` gives itself to stop. */
const STOPPED_WITHIN_MS = 15_000

describe.skipIf(inject('redisUrl') === null)('lanes whose Redis', () => {
  let redis: RedisServer
  let wire: TcpProxy
  let casement: Harness

  beforeEach(async () => {
    redis = await startRedis()
    wire = await createProxyTo(redis.url)
    const url = wire.through(redis.url)
    const open = async (databaseUrl: string) => ({
      lanes: { kind: 'redis', mode: 'single', urls: [url] } as const,
      env: { DATABASE_URL: databaseUrl, REDIS_URL: url },
      forget: null,
      close: async () => {},
    })
    casement = await startHarness({ kind: 'redis', open }, { sender: { throughput_mps: THROUGHPUT_MPS } })
  })
  afterEach(async () => {
    await casement.close()
    await wire.close()
    await redis.stop()
  })

  /** Hundreds of intents, a part of them sent, the others waiting. */
  async function midRun(): Promise<void> {
    const customers = Array.from({ length: INTENTS }, () => casement.stranger())
    for (const customer of customers) casement.sandbox.customers.say(customer, { text: 'Hi' })
    await casement.told()
    const message = { type: 'text', text: { body: 'Hello' } }
    const intents = customers.map((customer) => ({ sender: casement.sender, to: `+${customer}`, message }))
    await casement.api('POST', '/v1/intents/batch', { intents })
    await eventually(async () => ((await states()).sent ?? 0) > INTENTS / 10, { timeoutMs: 20_000 })
  }

  async function flush(): Promise<void> {
    const client = new Redis(redis.url)
    await client.flushall()
    client.disconnect()
  }

  async function states(): Promise<Record<string, number>> {
    const rows = await casement.query<{ state: string; count: number }>(
      'select state, count(*)::int as count from intents group by state',
    )
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
  }

  /** P2 and P3. */
  async function expectAllSentOnce(): Promise<void> {
    await eventually(async () => expect(await states()).toEqual({ sent: INTENTS }), { timeoutMs: SENT_WITHIN_MS })
    const accepted = casement.sandbox.ledger().filter(({ outcome }) => outcome === 'accepted')
    expect(accepted).toHaveLength(INTENTS)
    expect(new Set(accepted.map(({ to }) => to)).size).toBe(INTENTS)
  }

  it('is killed and comes back empty send everything within 30 s, and nothing twice', { timeout: 60_000 }, async () => {
    await midRun()
    await redis.kill()
    expect((await states()).scheduled, 'nothing was left to send').toBeGreaterThan(0)
    await delay(OUTAGE_MS)
    redis = await startRedis(redis.port)
    await expectAllSentOnce()
  })

  it('is flushed send everything within 30 s, and nothing twice', { timeout: 60_000 }, async () => {
    await midRun()
    await flush()
    expect((await states()).scheduled, 'nothing was left to send').toBeGreaterThan(0)
    await expectAllSentOnce()
  })

  it('is out of reach let the process stop', { timeout: 60_000 }, async () => {
    await midRun()
    const { taken } = wire
    wire.reset()
    await eventually(() => wire.taken > taken + 6)
    const stopping = performance.now()
    await casement.app.stop()
    expect(performance.now() - stopping).toBeLessThan(STOPPED_WITHIN_MS)
  })
})
