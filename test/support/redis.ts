import { Redis } from 'ioredis'
import { inject } from 'vitest'
import { REDIS_DATABASES } from './redis-server.ts'

export interface TestRedis {
  /** Names an empty database of the run's Redis that no other test file uses. */
  readonly url: string
  /** Forgets everything, as a Redis without persistence does when it restarts. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** For one test file. Null when the machine has no Redis: the tests are to be skipped then, see `lane-engines.ts`. */
export async function createTestRedis(): Promise<TestRedis | null> {
  const server = inject('redisUrl')
  if (server === null) return null
  const url = `${server}/${await nextDatabase(server)}`
  const client = new Redis(url)
  await client.flushdb()
  return {
    url,
    async flush() {
      await client.flushdb()
    },
    async close() {
      await client.flushdb()
      client.disconnect()
    },
  }
}

/** Database 0 counts. The first files are long done when the numbers come round. */
async function nextDatabase(server: string): Promise<number> {
  const counter = new Redis(server)
  try {
    return 1 + ((await counter.incr('next-test-database')) % (REDIS_DATABASES - 1))
  } finally {
    counter.disconnect()
  }
}
