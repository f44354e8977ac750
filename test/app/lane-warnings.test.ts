import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { doctor } from '../../src/app/doctor.ts'
import { startApp } from '../../src/app.ts'
import { createLogger } from '../../src/log.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { resolvedConfig } from '../support/harness.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'

describe.skipIf(inject('redisUrl') === null)('a Redis that evicts keys', () => {
  let database: TestDatabase
  let redis: RedisServer
  beforeAll(async () => {
    database = await createTestDatabase()
    redis = await startRedis(undefined, { 'maxmemory-policy': 'allkeys-lru' })
  })
  afterAll(async () => {
    await redis.stop()
    await database.drop()
  })

  const config = () =>
    resolvedConfig({
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      CASEMENT_SECRET: '0'.repeat(64),
      META_APP_SECRET: 'secret',
      META_VERIFY_TOKEN: 'token',
      GRAPH_API_URL: 'http://127.0.0.1:9',
    })
  const WARNING = /maxmemory-policy is allkeys-lru.*noeviction/

  it('is warned about in the log when a process starts', async () => {
    const lines: string[] = []
    const logger = createLogger({ level: 'warn', destination: { write: (line) => lines.push(line) } })
    const app = await startApp({ config: config(), roles: ['worker'], logger, version: 'test' })
    await app.stop()
    expect(lines.filter((line) => WARNING.test(line))).toHaveLength(1)
  })

  it('is what the doctor finds', async () => {
    const lanes = (await doctor(config())).filter(({ name }) => name.startsWith('lanes'))
    expect(lanes).toEqual([
      { name: 'lanes (redis)', ok: true, detail: 'answer' },
      { name: 'lanes (redis) settings', ok: false, detail: expect.stringMatching(WARNING) },
    ])
  })
})
