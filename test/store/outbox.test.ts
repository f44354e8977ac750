import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startHearing } from '../../src/app/hearing.ts'
import type { WorkspaceId } from '../../src/domain/ids.ts'
import { beginReading, endReading, fanOutEvents, type News, readNews } from '../../src/store/outbox/outbox.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually, recorder } from '../support/signals.ts'

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())
beforeEach(async () => {
  await rows.postgres.pool.query('truncate outbox, news, news_readers')
})

const HERE = 'default' as WorkspaceId

async function put(subject: string, workspace = 'default', on: Pick<pg.ClientBase, 'query'> = rows.postgres.pool) {
  await on.query(
    `insert into outbox (workspace, kind, subject, payload) values ($1, 'intent.sent', $2, '{"state":"sent"}')`,
    [workspace, subject],
  )
}

async function count(table: 'outbox' | 'news'): Promise<number> {
  const { rows: found } = await rows.postgres.pool.query(`select count(*)::int as count from ${table}`)
  return found[0].count
}

const fanOut = () => fanOutEvents(rows.postgres.pool, 100)
const read = (after: string) => readNews(rows.postgres, HERE, ['intent'], after, 100)

describe('the outbox', () => {
  it('is emptied also while nobody listens, and keeps nothing then', async () => {
    await put('1')
    expect(await fanOut()).toEqual({ taken: 1, heard: false, passed: 0 })
    expect([await count('outbox'), await count('news')]).toEqual([0, 0])
  })

  it('tells a listener everything of its workspace from its beginning on, in order', async () => {
    await put('before')
    await fanOut()
    const reader = randomUUID()
    const from = await beginReading(rows.postgres, reader, ['intent'])
    for (const subject of ['1', '2', '3']) await put(subject)
    await put('elsewhere', 'other')
    await fanOut()
    expect((await read(from)).map((news) => news.subject)).toEqual(['1', '2', '3'])
    await endReading(rows.postgres, reader)
  })

  it('loses nothing that commits out of the order of its ids', async () => {
    const from = await beginReading(rows.postgres, randomUUID(), ['intent'])
    const slow = new pg.Client({ connectionString: rows.databaseUrl })
    await slow.connect()
    await slow.query('begin')
    await put('slow', 'default', slow)
    await put('fast')
    await fanOut()
    const first = await read(from)
    await slow.query('commit')
    await slow.end()
    await fanOut()
    expect(first.map((news) => news.subject)).toEqual(['fast'])
    expect((await read(first.at(-1)?.id as string)).map((news) => news.subject)).toEqual(['slow'])
  })

  it('is taken out once by two who believe that they lead', async () => {
    const from = await beginReading(rows.postgres, randomUUID(), ['intent'])
    for (let i = 0; i < 50; i++) await put(String(i))
    await Promise.all([
      fanOutEvents(rows.postgres.pool, 20),
      fanOutEvents(rows.postgres.pool, 20),
      fanOutEvents(rows.postgres.pool, 20),
    ])
    const subjects = (await read(from)).map((news) => news.subject)
    expect(subjects.toSorted()).toEqual(Array.from({ length: 50 }, (_, i) => String(i)).toSorted())
  })
})

describe('whoever hears', () => {
  it('hears what happened while its connections were cut', async () => {
    const heard = recorder<News>()
    const hearing = startHearing({
      postgres: rows.postgres,
      directUrl: rows.databaseUrl,
      workspace: HERE,
      topics: ['intent'],
      hear: heard.record,
    })
    await hearing.begun
    await put('1')
    await fanOut()
    await heard.next(({ subject }) => subject === '1')
    const client = new pg.Client({ connectionString: rows.databaseUrl })
    await client.connect()
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await put('2', 'default', client)
    await client.end()
    await eventually(() => fanOut().then(({ taken }) => taken > 0))
    await heard.next(({ subject }) => subject === '2')
    await hearing.close()
  })
})
