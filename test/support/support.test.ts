import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:net'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { createEmptyDatabase, createTestDatabase } from './database.ts'
import { describeEachLaneEngine } from './lane-engines.ts'
import { watchOpenHandles } from './open-handles.ts'
import { createTestRedis } from './redis.ts'
import { eventually, recorder, whenEmitted, whenNotified } from './signals.ts'

describe('a test database', () => {
  test('is migrated, and apart from others', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()])
    expect(one.url).not.toBe(other.url)
    const client = new pg.Client(one.url)
    await client.connect()
    const { rows } = await client.query(`select to_regclass('intents')::text as intents`)
    expect(rows).toEqual([{ intents: 'intents' }])
    await client.end()
    await Promise.all([one.drop(), other.drop()])
  })

  test('is dropped, but complains about a connection that was left open', async () => {
    const database = await createEmptyDatabase(100)
    const client = new pg.Client({ connectionString: database.url, application_name: 'forgotten' })
    client.on('error', () => {})
    await client.connect()
    await expect(database.drop()).rejects.toThrow(/1 connections .* forgotten/)
    await expect(new pg.Client(database.url).connect()).rejects.toThrow(/does not exist/)
  })
})

test('test redises are apart from each other', async ({ skip }) => {
  const [one, other] = await Promise.all([createTestRedis(), createTestRedis()])
  if (!one || !other) return skip('no redis-server on the PATH')
  expect(one.url).not.toBe(other.url)
  await Promise.all([one.close(), other.close()])
})

describeEachLaneEngine('a lane engine', (engine) => {
  test('opens lanes of its kind', async () => {
    const database = await createEmptyDatabase()
    const opened = await engine.open(database.url)
    expect(opened.lanes.kind).toBe(engine.kind)
    await opened.close()
    await database.drop()
  })
})

describe('waiting', () => {
  test('ends with the first answer that is not false', async () => {
    const emitter = new EventEmitter()
    let looks = 0
    const answer = eventually(() => (++looks === 3 ? 'third' : false), { on: whenEmitted(emitter, 'go') })
    queueMicrotask(() => emitter.emit('go'))
    setImmediate(() => emitter.emit('go'))
    expect(await answer).toBe('third')
    expect(emitter.listenerCount('go')).toBe(0)
  })

  test('fails with the last failure', async () => {
    const never = eventually(() => expect(1).toBe(2), { on: whenEmitted(new EventEmitter(), 'go'), timeoutMs: 5 })
    await expect(never).rejects.toThrow(/expected 1 to be 2/)
  })

  test('hears NOTIFY', async () => {
    const database = await createEmptyDatabase()
    const notifications = await whenNotified(database.url, 'casement')
    const client = new pg.Client(database.url)
    await client.connect()
    await client.query(`notify casement, 'hello'`)
    await eventually(() => expect(notifications.payloads).toEqual(['hello']), { on: notifications })
    await Promise.all([client.end(), notifications.close()])
    await database.drop()
  })

  test('takes recorded values once each, those of before included', async () => {
    const numbers = recorder<number>()
    numbers.record(1)
    numbers.record(2)
    expect(await numbers.next((value) => value > 1)).toBe(2)
    const later = numbers.next((value) => value > 1)
    numbers.record(3)
    expect(await later).toBe(3)
    expect(numbers.all).toEqual([1, 2, 3])
  })
})

test('a server that was left open is noticed, one that was closed is not', async () => {
  const nothingLeftOpen = watchOpenHandles()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  await expect(nothingLeftOpen(0)).rejects.toThrow('left open: TCPServerWrap')
  server.close()
  await nothingLeftOpen()
})
