import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openLaneBackend } from '../../src/queue/backend.ts'
import { warningsAbout } from '../../src/queue/redis-warnings.ts'
import { newPermit, newSender, openLaneParts } from '../support/lane-parts.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'

async function warningsOf(url: string): Promise<string[]> {
  const backend = await openLaneBackend({ kind: 'redis', mode: 'single', urls: [url] }, () => {})
  try {
    return await backend.warnings()
  } finally {
    await backend.close()
  }
}

async function expectLaneToWork(url: string): Promise<void> {
  const parts = await openLaneParts({ kind: 'redis', mode: 'single', urls: [url] })
  const sender = newSender()
  parts.consumer()
  await parts.permits().add([newPermit(sender)])
  expect(await parts.served.next()).toBe(sender)
  await parts.close()
  expect(parts.errors.all).toEqual([])
}

const told = (text: string) => warningsAbout({ kind: 'told', text: text.replaceAll('\n', '\r\n') })

describe('what a Redis tells of itself', () => {
  it('raises no warning when it evicts nothing', () => {
    expect(told('redis_version:7.0.15\nmaxmemory_policy:noeviction\n')).toEqual([])
  })

  it.each(['5.0.14', '6.0.16'])('raises one when it is version %s', (version) => {
    expect(told(`redis_version:${version}\nmaxmemory_policy:noeviction\n`)).toEqual([
      `Redis ${version} is too old; lanes need 6.2 or newer, or Valkey.`,
    ])
  })

  it.each(['6.2.0', '7.4.1', '8.0.0', '10.0.0'])('raises none when it is version %s', (version) => {
    expect(told(`redis_version:${version}\nmaxmemory_policy:noeviction\n`)).toEqual([])
  })

  it('is read from a Valkey too, which names the Redis it is compatible with', () => {
    const valkey = 'redis_version:7.2.4\nserver_name:valkey\nvalkey_version:8.1.1\n'
    expect(told(`${valkey}maxmemory_policy:noeviction\n`)).toEqual([])
    expect(told(`${valkey}maxmemory_policy:volatile-lru\n`)).toEqual([
      expect.stringMatching(/^Valkey evicts keys \(maxmemory-policy is volatile-lru\)/),
    ])
  })

  it('raises a warning when a hosted service leaves the eviction out', () => {
    expect(told('redis_version:7.0.15\n')).toEqual([expect.stringMatching(/does not tell its maxmemory-policy/)])
  })
})

describe.skipIf(inject('redisUrl') === null)('a Redis', () => {
  let redis: RedisServer
  let admin: Redis
  beforeAll(async () => {
    redis = await startRedis()
    admin = new Redis(redis.url)
  })
  afterAll(async () => {
    admin.disconnect()
    await redis.stop()
  })

  it('that evicts keys raises a warning', async () => {
    expect(await warningsOf(redis.url)).toEqual([])
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru')
    expect(await warningsOf(redis.url)).toEqual([expect.stringMatching(/evicts keys .*allkeys-lru.*noeviction/)])
  })

  it('that forbids INFO raises one that says what to look after, and its lanes work', async () => {
    await admin.acl('SETUSER', 'limited', 'on', '>password', '~*', '&*', '+@all', '-info', '-config')
    const url = redis.url.replace('redis://', 'redis://limited:password@')
    expect(await warningsOf(url)).toEqual([expect.stringMatching(/^Redis refuses INFO \(NOPERM .*6\.2.*noeviction/)])
    await expectLaneToWork(url)
  })

  it('that does not know INFO raises the same', async () => {
    const renamed = await startRedis(undefined, { 'rename-command': ['INFO', 'HIDDEN'] })
    expect(await warningsOf(renamed.url)).toEqual([expect.stringMatching(/^Redis refuses INFO \(ERR unknown command/)])
    await renamed.stop()
  })

  it('that is away says so instead', async () => {
    const gone = await startRedis()
    await gone.stop()
    await expect(warningsOf(gone.url)).rejects.toThrow()
  })
})
