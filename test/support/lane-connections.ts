import { Redis } from 'ioredis'
import pg from 'pg'
import type { RedisLanes } from '../../src/queue/backend.ts'
import type { TestLanes } from './lane-engines.ts'

/** The senders whose lanes the server sees a connection of, once per connection. A cluster's client may have several, which count as one. */
export async function openConnections({ lanes }: TestLanes): Promise<string[]> {
  const names = lanes.kind === 'postgres' ? await applicationNames(lanes.url) : await clientNames(lanes)
  return names.flatMap((name) => /^\{(\d+)\}$/.exec(name)?.[1] ?? [])
}

async function applicationNames(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'test' })
  await client.connect()
  const { rows } = await client.query(
    'select application_name as name from pg_stat_activity where datname = current_database()',
  )
  await client.end()
  return rows.map(({ name }) => name)
}

/** BullMQ calls a connection by its prefix and the lane's name in base64. The server is shared with other tests, the database is not. */
async function clientNames({ mode, urls }: RedisLanes): Promise<string[]> {
  const lists = await Promise.all(
    urls.map(async (url) => {
      const client = new Redis(url)
      const list = (await client.client('LIST')) as string
      const { db = 0 } = client.options
      client.disconnect()
      return list
        .split('\n')
        .filter((line) => line.includes(` db=${db} `))
        .flatMap((line) => / name=casement:(\S+)/.exec(line)?.[1] ?? [])
        .map((name) => Buffer.from(name, 'base64').toString())
    }),
  )
  return mode === 'cluster' ? [...new Set(lists.flat())] : lists.flat()
}
