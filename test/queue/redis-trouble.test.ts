import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { FAST_MPS, type LaneParts, newSender, newSenders, newWake, openLaneParts } from '../support/lane-parts.ts'
import { type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { eventually } from '../support/signals.ts'

/* What Redis does now and then: it is full, it is no master any more, a cluster loses all its nodes. */

describe.skipIf(inject('redisUrl') === null)('a Redis', () => {
  let redis: RedisServer
  let admin: Redis
  let parts: LaneParts
  beforeEach(async () => {
    redis = await startRedis()
    admin = new Redis(redis.url)
    parts = await openLaneParts({ kind: 'redis', mode: 'single', urls: [redis.url] })
  })
  afterEach(async () => {
    await parts.close()
    admin.disconnect()
    await redis.stop()
  })

  it('that is full is asked for jobs once a second, and goes on when it has room', async () => {
    const sender = newSender()
    await parts.lanes().wake(sender, [newWake()])
    await admin.config('SET', 'maxmemory', '1')
    parts.consumers().open(sender, FAST_MPS)
    const refused = () => parts.errors.next(({ message }) => message.startsWith('OOM'))
    await refused()
    const firstAt = performance.now()
    await refused()
    await refused()
    expect(performance.now() - firstAt).toBeGreaterThan(1_800)
    await admin.config('SET', 'maxmemory', '0')
    expect(await parts.processed.next()).toBe(sender)
  })

  it('that was demoted under our connection is found again by its name', async () => {
    const sender = newSender()
    const lanes = parts.lanes()
    parts.consumers().open(sender, FAST_MPS)
    await lanes.wake(sender, [newWake()])
    await parts.processed.next()
    const other = await startRedis()
    await admin.replicaof('127.0.0.1', other.port)
    const waking = lanes.wake(sender, [newWake()])
    await eventually(async () => (await admin.info('errorstats')).includes('errorstat_READONLY'))
    await admin.replicaof('NO', 'ONE')
    await waking
    expect(await parts.processed.next()).toBe(sender)
    await other.stop()
  })
})

describe.skipIf(inject('redisUrl') === null)('a Redis Cluster', () => {
  const everyNode = [0, 1, 2]
  let cluster: RedisCluster
  let parts: LaneParts
  beforeEach(async () => {
    cluster = await startRedisCluster()
    parts = await openLaneParts({ kind: 'redis', mode: 'cluster', urls: cluster.urls })
  })
  afterEach(async () => {
    await parts.close()
    await cluster.stop()
  })

  it('is warned about node by node', async () => {
    expect(await parts.backend.warnings()).toEqual([])
    const [url = ''] = cluster.urls
    const admin = new Redis(url)
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lfu')
    admin.disconnect()
    const warning = new RegExp(`^${new URL(url).host}: Redis evicts keys .*allkeys-lfu`)
    expect(await parts.backend.warnings()).toEqual([expect.stringMatching(warning)])
  })

  it('that lost all its nodes goes on when they are back', { timeout: 60_000 }, async () => {
    const senders = newSenders(9)
    const lanes = parts.lanes()
    const consumers = parts.consumers()
    for (const sender of senders) consumers.open(sender, FAST_MPS)
    const wakeAll = () => Promise.all(senders.map((sender) => lanes.wake(sender, [newWake()])))
    await wakeAll()
    await eventually(() => parts.processed.all.length === 9, { on: parts.processed })
    await Promise.all(everyNode.map(cluster.kill))
    await expect(wakeAll()).rejects.toThrow()
    await Promise.all(everyNode.map(cluster.start))
    const before = parts.processed.all.length
    await eventually(wakeAll, { timeoutMs: 20_000 })
    const goneOn = () => new Set(parts.processed.all.slice(before)).size === 9
    await eventually(goneOn, { on: parts.processed, timeoutMs: 20_000 })
  })
})
