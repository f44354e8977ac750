import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { PERMITS_QUEUE } from '../../src/queue/permits.ts'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts'
import { eventually } from '../support/signals.ts'

/** A whole Casement whose permits stand on one of the nodes of a Redis Cluster. */

const SENDERS = 45
const INTENTS_EACH = 8
/** Slow enough that a node can be lost in mid-run. */
const THROUGHPUT_MPS = 4

interface Sender {
  id: string
  /** Has written to the sender, so that messages may go free-form. */
  customer: string
}

describe.skipIf(inject('redisUrl') === null)('permits on a Redis Cluster', () => {
  let cluster: RedisCluster
  let casement: Harness
  let senders: Sender[]

  beforeAll(async () => {
    cluster = await startRedisCluster()
    const open = async (databaseUrl: string) => ({
      lanes: { kind: 'redis', mode: 'cluster', urls: cluster.urls } as const,
      env: { DATABASE_URL: databaseUrl, REDIS_URL: cluster.urls.join(',') },
      forget: () => cluster.flush(),
      close: async () => {},
    })
    casement = await startHarness({ kind: 'redis', open }, { link: false })
    senders = await Promise.all(Array.from({ length: SENDERS }, (_, index) => linkSender(String(108_000_000 + index))))
    await casement.told()
  })
  afterAll(async () => {
    await casement.close()
    await cluster.stop()
  })

  async function linkSender(id: string): Promise<Sender> {
    casement.sandbox.addSender({ id, waba_id: LINK.waba_id, display_phone_number: `1555${id}` })
    const link = { ...LINK, phone_number_id: id, throughput_mps: THROUGHPUT_MPS }
    expect((await casement.api('POST', '/v1/senders', link)).status).toBe(201)
    const customer = casement.stranger()
    casement.sandbox.customers.say(customer, { text: 'Hi', phone_number_id: id })
    return { id, customer }
  }

  async function enqueueFor(those: Sender[]): Promise<string[]> {
    const intents = Array.from({ length: INTENTS_EACH }, (_, number) =>
      those.map(({ id, customer }) => ({
        sender: id,
        to: `+${customer}`,
        message: { type: 'text', text: { body: `Message ${number}` } },
      })),
    ).flat()
    const answer = await casement.api<{ results: { id: string }[] }>('POST', '/v1/intents/batch', { intents })
    return answer.body.results.map(({ id }) => id)
  }

  async function unsent(ids: string[]): Promise<number> {
    return (await casement.query(`select from intents where id = any($1) and state <> 'sent'`, [ids])).length
  }

  /** P3. */
  function expectAcceptedOnce(ids: string[]): void {
    const accepted = casement.sandbox.ledger().filter(({ outcome }) => outcome === 'accepted')
    const perIntent = ids.map((id) => accepted.filter(({ opaque }) => opaque?.startsWith(id)).length)
    expect(perIntent).toEqual(ids.map(() => 1))
  }

  it('are given and taken, with all their keys on one node', async () => {
    const ids = await enqueueFor(senders)
    await eventually(async () => expect(await unsent(ids)).toBe(0), { timeoutMs: 60_000 })
    expectAcceptedOnce(ids)
    const keys = await cluster.keysPerNode('casement:*')
    expect(keys.filter((there) => there.length > 0)).toHaveLength(1)
  })

  it('are done without while their node is away, and go on when it is back, empty (P2, P3)', {
    timeout: 120_000,
  }, async () => {
    const node = await cluster.nodeOf(`casement:${PERMITS_QUEUE}:meta`)
    const ids = await enqueueFor(senders)
    await eventually(async () => expect(await unsent(ids)).toBeLessThan(INTENTS_EACH * SENDERS * 0.75))
    await cluster.kill(node)
    await eventually(async () => expect(await unsent(ids)).toBe(0), { timeoutMs: 60_000 })
    const later = await enqueueFor(senders)
    await eventually(async () => expect(await unsent(later)).toBe(0), { timeoutMs: 60_000 })

    await cluster.start(node)
    const last = await enqueueFor(senders)
    await eventually(async () => expect(await unsent(last)).toBe(0), { timeoutMs: 60_000 })
    expectAcceptedOnce([...ids, ...later, ...last])
  })
})
