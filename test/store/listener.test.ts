import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Listener, openListener } from '../../src/store/pg/listener.ts'
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

  it('tells once of a connection that is lost, however many ask for the lead meanwhile', async () => {
    const proxy = await createProxyTo(database.url)
    const told = recorder<Error>()
    const errors: Error[] = []
    const onError = (error: Error) => {
      errors.push(error)
      told.record(error)
    }
    const listener = await openListener({ url: proxy.through(database.url), channels: ['news'], onError })
    proxy.goSilent()
    const asked = Array.from({ length: 8 }, () => listener.tryLead())
    proxy.heal()
    proxy.dropSilent()
    expect(await Promise.all(asked)).toEqual(Array(8).fill(false))
    await told.next()
    expect(errors).toHaveLength(1)
    await listener.close()
    await proxy.close()
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

/* Each waits for the lease, all at once; there is one lead in a database. */
describe.concurrent('the lead', () => {
  it('is lost within 10 s when its holder is cut off, who knows it before another has it', {
    timeout: 20_000,
  }, async () => {
    await using place = await anotherDatabase()
    const proxy = await createProxyTo(place.url)
    const [first, second] = [await open(proxy.through(place.url)), await open(place.url)]
    expect(await first.tryLead()).toBe(true)
    proxy.goSilent()
    await eventually(() => second.tryLead(), { timeoutMs: 10_000 })
    expect(await first.tryLead().catch(() => false)).toBe(false)
    await first.close()
    await second.close()
    await proxy.close()
  })

  it.each([
    ['', async () => {}],
    [' and is told more than its connection holds', tellALot],
  ])('is passed on within 10 s when its holder is frozen%s', { timeout: 30_000 }, async (_, meanwhile) => {
    await using place = await anotherDatabase()
    await using holder = await startHolder(place.url)
    const second = await open(place.url)
    expect(await second.tryLead()).toBe(false)
    holder.freeze()
    const frozenAt = performance.now()
    await meanwhile(place.url)
    await eventually(() => second.tryLead(), { timeoutMs: 10_000 - (performance.now() - frozenAt) })
    await second.close()
  })

  it('is kept while nothing happens for longer than the lease', { timeout: 20_000 }, async () => {
    await using place = await anotherDatabase()
    const [first, second] = [await open(place.url), await open(place.url)]
    await first.tryLead()
    // A question for each of which the lease would have ended had nobody asked.
    const askedAt = performance.now()
    await eventually(() => performance.now() - askedAt > 6_500)
    expect([await second.tryLead(), await first.tryLead()]).toEqual([false, true])
    await first.close()
    await second.close()
  })
})

async function anotherDatabase() {
  const { url, drop } = await createTestDatabase()
  return { url, [Symbol.asyncDispose]: () => drop() }
}

/** Another process that has the lead. */
async function startHolder(url: string) {
  const script = fileURLToPath(new URL('./leading-process.ts', import.meta.url))
  const child = spawn(process.execPath, [script, url], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  expect(line).toBe('true')
  return {
    freeze: () => child.kill('SIGSTOP'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Some ten megabytes, more than the buffers of the kernel on both sides. */
async function tellALot(url: string): Promise<void> {
  const teller = new pg.Client(url)
  await teller.connect()
  await teller.query(`select pg_notify('news', n || repeat('x', 7000)) from generate_series(1, 5000) n`)
  await teller.end()
}
