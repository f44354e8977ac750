import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Listener, openListener } from '../../src/store/listener.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { eventually, recorder } from '../support/signals.ts'
import { createProxyTo } from '../support/tcp-proxy.ts'

let database: TestDatabase
let client: pg.Pool
beforeAll(async () => {
  database = await createTestDatabase()
  client = new pg.Pool({ connectionString: database.url, max: 1 })
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const open = (url = database.url): Promise<Listener> => openListener({ url, channels: ['news'], onError: () => {} })
const hangUpOnListeners = () =>
  client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'casement listener' and datname = current_database()`,
  )

describe('the listener', () => {
  it('hears what is told', async () => {
    const listener = await open()
    const heard = recorder<string>()
    listener.on('news', heard.record)
    await client.query(`select pg_notify('news', 'today')`)
    expect(await heard.next()).toBe('today')
    await listener.close()
  })

  it('connects again, and says that something may have been missed', async () => {
    const listener = await open()
    const heard = recorder<string>()
    listener.on('news', heard.record)
    await hangUpOnListeners()
    expect(await heard.next()).toBe('')
    await client.query(`select pg_notify('news', 'again')`)
    expect(await heard.next()).toBe('again')
    await listener.close()
  })

  it('gives the lead to one at a time', async () => {
    const [first, second] = [await open(), await open()]
    expect([await first.tryLead(), await second.tryLead(), await first.tryLead()]).toEqual([true, false, true])
    await first.close()
    await eventually(() => second.tryLead())
    await second.close()
  })

  it('loses the lead with its connection', async () => {
    const [first, second] = [await open(), await open()]
    await first.tryLead()
    await hangUpOnListeners()
    await eventually(() => second.tryLead())
    expect(await first.tryLead()).toBe(false)
    await first.close()
    await second.close()
  })

  it('leaves no connection behind when it is closed while it connects again', async () => {
    const proxy = await createProxyTo(database.url)
    const listener = await open(proxy.through(database.url))
    const taken = proxy.taken
    await hangUpOnListeners()
    await eventually(() => proxy.taken > taken)
    await listener.close()
    const gone = async () => {
      const { rows } = await client.query(
        `select from pg_stat_activity where application_name = 'casement listener' and datname = current_database()`,
      )
      return rows.length === 0
    }
    await eventually(gone)
    await proxy.close()
  })
})
