import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { laneName } from '../../src/queue/lanes.ts'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts'
import { eventually } from '../support/signals.ts'

/** A whole Casement whose lanes are spread over the nodes of a Redis Cluster. */

const SENDERS = 45
const INTENTS_EACH = 8
/** Slow enough that a node can be lost in mid-run. */
const THROUGHPUT_MPS = 4
const NODES = [0, 1, 2]

interface Sender {
  id: string
  node: number
  /** Has written to the sender, so that messages may go free-form. */
  customer: string
}

describe.skipIf(inject('redisUrl') === null)('lanes on a Redis Cluster', () => {
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
    return { id, node: await cluster.nodeOf(keyOf(id)), customer }
  }

  const keyOf = (sender: string) => `casement:${laneName(sender as PhoneNumberId)}:meta`

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

  /** Of the intents named, those not sent yet, per node of their lane. */
  async function unsentPerNode(ids: string[]): Promise<number[]> {
    const rows = await casement.query<{ sender: string }>(
      `select phone_number_id as sender from intents where id = any($1) and state <> 'sent'`,
      [ids],
    )
    const nodes = rows.map(({ sender }) => senders.find(({ id }) => id === sender)?.node)
    return NODES.map((node) => nodes.filter((other) => other === node).length)
  }

  /** P3. */
  function expectAcceptedOnce(ids: string[]): void {
    const accepted = casement.sandbox.ledger().filter(({ outcome }) => outcome === 'accepted')
    const perIntent = ids.map((id) => accepted.filter(({ opaque }) => opaque?.startsWith(id)).length)
    expect(perIntent).toEqual(ids.map(() => 1))
  }

  it('stand on every node, each with all its keys, and send what is in them', async () => {
    expect(new Set(senders.map(({ node }) => node))).toEqual(new Set(NODES))
    const ids = await enqueueFor(senders)
    await eventually(async () => expect(await unsentPerNode(ids)).toEqual([0, 0, 0]), { timeoutMs: 60_000 })
    expectAcceptedOnce(ids)
    const keys = await cluster.keysPerNode('casement:*')
    for (const node of NODES) {
      const there = new Set(keys[node]?.map((key) => /\{(\d+)\}/.exec(key)?.[1]))
      const expected = senders.filter((sender) => sender.node === node).map(({ id }) => id)
      expect(there).toEqual(new Set(expected))
    }
  })

  it('go on without a node, and its own lanes when it is back, empty (P2, P3)', { timeout: 120_000 }, async () => {
    const away = 1
    const ids = await enqueueFor(senders)
    const all = INTENTS_EACH * SENDERS
    await eventually(async () => {
      const left = (await unsentPerNode(ids)).reduce((sum, count) => sum + count, 0)
      expect(left).toBeLessThan(all * 0.75)
    })
    await cluster.kill(away)
    await eventually(
      async () => {
        const unsent = await unsentPerNode(ids)
        expect(unsent.toSpliced(away, 1)).toEqual([0, 0])
      },
      { timeoutMs: 60_000 },
    )
    const later = await enqueueFor(senders.filter(({ node }) => node !== away))
    await eventually(async () => expect(await unsentPerNode(later)).toEqual([0, 0, 0]), { timeoutMs: 60_000 })
    expect((await unsentPerNode(ids))[away], 'nothing was left for the node that came back').toBeGreaterThan(0)

    await cluster.start(away)
    await eventually(async () => expect(await unsentPerNode(ids)).toEqual([0, 0, 0]), { timeoutMs: 60_000 })
    expectAcceptedOnce([...ids, ...later])
  })
})
