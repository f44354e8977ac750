import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openPostgres, type Postgres } from '../../src/store/pg/postgres.ts'
import { createSignals, type Signals } from '../../src/store/pg/signals.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { eventually, whenNotified } from '../support/signals.ts'

const PAUSE_MS = 50

describe('signals', () => {
  /** Statements on their way, each a list of `channel payload`; the test says when they arrive. */
  let flights: { said: string[]; answer: PromiseWithResolvers<never> }[]
  let signals: Signals

  beforeEach(() => {
    vi.useFakeTimers()
    flights = []
    const query = (_text: string, [channels, payloads]: [string[], string[]]) => {
      const answer = Promise.withResolvers<never>()
      flights.push({ said: channels.map((channel, i) => `${channel} ${payloads[i]}`.trim()), answer })
      return answer.promise
    }
    signals = createSignals({ query } as never, PAUSE_MS)
  })
  afterEach(() => vi.useRealTimers())

  const said = () => flights.map((flight) => flight.said)
  async function arrive(): Promise<void> {
    flights.at(-1)?.answer.resolve({} as never)
    await vi.advanceTimersByTimeAsync(0)
  }

  it('are said at once the first time', () => {
    signals.send('due')
    expect(said()).toEqual([['due']])
  })

  it('are said once more at the end of the pause, however often they were said in it', async () => {
    signals.send('due')
    await arrive()
    for (let i = 0; i < 1_000; i++) signals.send('due')
    await vi.advanceTimersByTimeAsync(PAUSE_MS - 1)
    expect(said()).toEqual([['due']])
    await vi.advanceTimersByTimeAsync(1)
    expect(said()).toEqual([['due'], ['due']])
    await arrive()
    await vi.advanceTimersByTimeAsync(10 * PAUSE_MS)
    expect(said()).toHaveLength(2)
  })

  it('come at most twenty times a second', async () => {
    for (let ms = 0; ms < 1_000; ms++) {
      signals.send('due')
      await arrive()
      await vi.advanceTimersByTimeAsync(1)
    }
    expect(flights.length).toBeGreaterThan(15)
    expect(flights.length).toBeLessThanOrEqual(1 + 20) // the first, at once, and what follows
  })

  it('keep the payloads apart and the channels from waiting for each other', async () => {
    signals.send('due')
    await arrive()
    signals.send('lanes', '1 80')
    await arrive()
    signals.send('lanes', '2 80')
    signals.send('lanes', '1 80')
    signals.send('lanes', '2 80')
    await vi.advanceTimersByTimeAsync(PAUSE_MS)
    expect(said()).toEqual([['due'], ['lanes 1 80'], ['lanes 2 80', 'lanes 1 80']])
  })

  it('never have two statements on their way', async () => {
    signals.send('due')
    signals.send('inbox')
    await vi.advanceTimersByTimeAsync(10 * PAUSE_MS)
    expect(said()).toEqual([['due']])
    await arrive()
    expect(said()).toEqual([['due'], ['inbox']])
  })

  it('go on after a failure, which is not told', async () => {
    signals.send('due')
    flights[0]?.answer.reject(new Error('Connection terminated unexpectedly'))
    await vi.advanceTimersByTimeAsync(PAUSE_MS)
    signals.send('due')
    expect(said()).toEqual([['due'], ['due']])
  })

  it('that wait are said at the end, and none after it', async () => {
    signals.send('due')
    await arrive()
    signals.send('due')
    const closing = signals.close()
    await vi.advanceTimersByTimeAsync(0)
    expect(said()).toEqual([['due'], ['due']])
    await arrive()
    await closing
    signals.send('due')
    expect(flights).toHaveLength(2)
  })
})

describe('a signal in the database', () => {
  let database: TestDatabase
  let postgres: Postgres
  beforeAll(async () => {
    database = await createTestDatabase()
    postgres = openPostgres({ url: database.url, max: 2, applicationName: 'signals test', onError: () => {} })
  })
  afterAll(async () => {
    await postgres.close()
    await database.drop()
  })

  it('is heard, with its payload', async () => {
    const heard = await whenNotified(database.url, 'lanes')
    try {
      postgres.signals.send('lanes', '1 80')
      postgres.signals.send('lanes', '2 80')
      await eventually(() => expect(heard.payloads).toEqual(['1 80', '2 80']), { on: heard })
    } finally {
      await heard.close()
    }
  })

  it('leaves the connection as durable as it was', async () => {
    const single = openPostgres({ url: database.url, max: 1, applicationName: 'signals test', onError: () => {} })
    single.signals.send('lanes')
    const { rows } = await single.pool.query('show synchronous_commit')
    expect(rows).toEqual([{ synchronous_commit: 'on' }])
    await single.close()
  })
})
