import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { type LaneParts, newPermit, newSender, openLaneParts } from '../support/lane-parts.ts'
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
    await parts.permits().add([newPermit(sender)])
    await admin.config('SET', 'maxmemory', '1')
    parts.consumer()
    const refused = () => parts.errors.next(({ message }) => message.startsWith('OOM'))
    await refused()
    const firstAt = performance.now()
    await refused()
    await refused()
    expect(performance.now() - firstAt).toBeGreaterThan(1_800)
    await admin.config('SET', 'maxmemory', '0')
    expect(await parts.served.next()).toBe(sender)
  })

  it('that was demoted under our connection is found again by its name', async () => {
    const sender = newSender()
    const permits = parts.permits()
    parts.consumer()
    await permits.add([newPermit(sender)])
    await parts.served.next()
    const other = await startRedis()
    await admin.replicaof('127.0.0.1', other.port)
    const adding = permits.add([newPermit(sender)])
    await eventually(async () => (await admin.info('errorstats')).includes('errorstat_READONLY'))
    await admin.replicaof('NO', 'ONE')
    await adding
    expect(await parts.served.next()).toBe(sender)
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
    const sender = newSender()
    const permits = parts.permits()
    parts.consumer()
    await permits.add([newPermit(sender)])
    await parts.served.next()
    await Promise.all(everyNode.map(cluster.kill))
    await expect(permits.add([newPermit(sender)])).rejects.toThrow()
    await Promise.all(everyNode.map(cluster.start))
    await eventually(() => permits.add([newPermit(sender)]), { timeoutMs: 20_000 })
    expect(await parts.served.next()).toBe(sender)
  })
})
