import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DUE_CHANNEL, notifyDue } from '../../src/store/intents/enqueue.ts'
import {
  CommitUncertain,
  HOT_PATH_SETTINGS,
  inTransaction,
  isPassingDatabaseError,
  kyselyOn,
  openPostgres,
  type Postgres,
  parseTimestamptz,
  prepared,
  retryingPassing,
  retryingUncommitted,
  TooSlow,
  withinMs,
} from '../../src/store/pg/postgres.ts'
import { at } from '../support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { whenNotified } from '../support/signals.ts'
import { createProxyTo } from '../support/tcp-proxy.ts'

let database: TestDatabase
let postgres: Postgres
beforeAll(async () => {
  database = await createTestDatabase()
  postgres = openPostgres({ url: database.url, max: 3, applicationName: 'postgres test', onError: () => {} })
})
afterAll(async () => {
  await postgres.close()
  await database.drop()
})

const addPortfolio = (id: string) => sql`insert into portfolios (id, workspace) values (${id}, 'default')`
async function hasPortfolio(id: string): Promise<boolean> {
  const found = await postgres.db.selectFrom('portfolios').select('id').where('id', '=', id).executeTakeFirst()
  return found !== undefined
}

describe('a timestamptz', () => {
  it.each([
    ['2026-11-22 09:00:00+00', '2026-11-22T09:00:00.000Z'],
    ['2026-11-22 09:00:00.5+00', '2026-11-22T09:00:00.500Z'],
    ['2026-11-22 09:00:00.123999+00', '2026-11-22T09:00:00.123Z'],
    ['2026-11-22 12:30:00+03:30', '2026-11-22T09:00:00.000Z'],
    ['2026-11-22 06:00:00-03', '2026-11-22T09:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(parseTimestamptz(text)).toBe(at(iso))
  })

  it.each(['infinity', '-infinity', '0044-03-15 12:00:00+00 BC'])('%s is refused, for no rule could use it', (text) => {
    expect(() => parseTimestamptz(text)).toThrow(RangeError)
  })

  it('comes out of the pool as an instant, in any zone of the session', async () => {
    const client = await postgres.pool.connect()
    try {
      await client.query(`set time zone 'Asia/Kolkata'`)
      const { rows } = await client.query(`select timestamptz '2026-11-22 09:00:00.25+00' as at`)
      expect(rows[0].at).toBe(at('2026-11-22T09:00:00.250Z'))
    } finally {
      client.release(true)
    }
  })
})

describe('inTransaction', () => {
  it('commits what both faces wrote', async () => {
    await inTransaction(postgres.pool, async (trx, client) => {
      await addPortfolio('by-kysely').execute(trx)
      await client.query(`insert into portfolios (id, workspace) values ('by-client', 'default')`)
    })
    expect(await hasPortfolio('by-kysely')).toBe(true)
    expect(await hasPortfolio('by-client')).toBe(true)
  })

  it('rolls back when its work throws, and passes the error on', async () => {
    const failing = inTransaction(postgres.pool, async (trx) => {
      await addPortfolio('rolled-back').execute(trx)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await hasPortfolio('rolled-back')).toBe(false)
  })

  it('gives its connection back, fit for use', async () => {
    for (let round = 0; round < 10; round++) {
      await inTransaction(postgres.pool, () => Promise.reject(new Error('no'))).catch(() => {})
    }
    expect(postgres.pool.totalCount).toBeLessThanOrEqual(3)
    await postgres.pool.query('select 1')
  })

  it('survives a server that hangs up between two statements', async () => {
    const failing = inTransaction(postgres.pool, async (trx, client) => {
      const { rows } = await client.query('select pg_backend_pid() as pid')
      const gone = new Promise((resolve) => client.once('end', resolve))
      await postgres.pool.query('select pg_terminate_backend($1)', [rows[0].pid])
      await gone
      await addPortfolio('after-the-end').execute(trx)
    })
    const error = await failing.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Error)
    expect(isPassingDatabaseError(error)).toBe(true)
    await postgres.pool.query('select 1')
  })
})

describe('a Kysely on a borrowed client', () => {
  it('takes part in a transaction that it neither begins nor ends', async () => {
    const client = new pg.Client({ connectionString: database.url, application_name: 'a producer' })
    await client.connect()
    try {
      await client.query('begin')
      await addPortfolio('borrowed').execute(kyselyOn(client))
      expect(await hasPortfolio('borrowed')).toBe(false)
      await client.query('rollback')
      expect(await hasPortfolio('borrowed')).toBe(false)
      await client.query('begin')
      await addPortfolio('borrowed').execute(kyselyOn(client))
      await client.query('commit')
      expect(await hasPortfolio('borrowed')).toBe(true)
    } finally {
      await client.end()
    }
  })
})

describe('a session', () => {
  const selectOne = prepared<{ one: number }>('select_one', 'select $1::int as one')
  const leftBehind = async ({ pool }: Postgres) => {
    const client = await pool.connect()
    try {
      expect(await selectOne(client, [1])).toEqual([{ one: 1 }])
      const { rows } = await client.query('select name from pg_prepared_statements')
      const { rows: settings } = await client.query('show enable_seqscan')
      return { names: rows.map(({ name }) => name), seqscan: settings[0].enable_seqscan }
    } finally {
      client.release()
    }
  }
  const open = (pooled: boolean) =>
    openPostgres({
      url: database.url,
      max: 1,
      applicationName: 'pooled test',
      pooled,
      settings: HOT_PATH_SETTINGS,
      onError: () => {},
    })

  it.each([
    ['keeps the hot path’s statements and settings', false, { names: ['select_one'], seqscan: 'off' }],
    ['is left as it was where a pooler lends it to others', true, { names: [], seqscan: 'on' }],
  ])('%s', async (_what, pooled, left) => {
    const opened = open(pooled)
    expect(await leftBehind(opened)).toEqual(left)
    await opened.close()
  })
})

describe('a ping', () => {
  it('is answered by a database that is there', async () => {
    await postgres.ping()
  })

  it('does not wait long for one that is silent', async () => {
    const proxy = await createProxyTo(database.url)
    const silent = openPostgres({
      url: proxy.through(database.url),
      max: 1,
      applicationName: 'silent test',
      onError: () => {},
    })
    await silent.ping()
    proxy.goSilent()
    await expect(silent.ping()).rejects.toThrow('did not answer within 5000 ms')
    proxy.dropSilent()
    await silent.close()
    await proxy.close()
  })
})

describe('a notification', () => {
  it('goes out on commit, and not on rollback', async () => {
    const heard = await whenNotified(database.url, DUE_CHANNEL, 'marker')
    try {
      await inTransaction(postgres.pool, async (trx) => {
        await notifyDue(trx)
        throw new Error('no')
      }).catch(() => {})
      await postgres.pool.query(`select pg_notify('marker', 'first')`)
      await inTransaction(postgres.pool, (trx) => notifyDue(trx))
      await postgres.pool.query(`select pg_notify('marker', 'last')`)
      const last = () => heard.payloads.includes('last')
      while (!last()) await new Promise<void>((resolve) => heard.subscribe(resolve))
      expect(heard.payloads).toEqual(['first', '', 'last'])
    } finally {
      await heard.close()
    }
  })
})

describe('an error of the database', () => {
  it.each(['40001', '40P01', '57P01', '57P05', '53300', '08P01'])('%s is passing', (code) => {
    expect(isPassingDatabaseError(Object.assign(new Error('x'), { code }))).toBe(true)
  })

  it.each(['23505', '22P02', '42601'])('%s is not', (code) => {
    expect(isPassingDatabaseError(Object.assign(new Error('x'), { code }))).toBe(false)
  })

  it('is passing when the server cannot be reached', async () => {
    const nobody = openPostgres({
      url: 'postgres://nobody@127.0.0.1:1/nowhere',
      max: 1,
      applicationName: 'nobody',
      onError: () => {},
    })
    const error = await nobody.pool.query('select 1').catch((reason: unknown) => reason)
    expect(isPassingDatabaseError(error)).toBe(true)
    await nobody.close()
  })

  it('is tried again only while it is passing', async () => {
    let runs = 0
    const twice = retryingPassing(async () => {
      runs += 1
      if (runs === 1) throw Object.assign(new Error('deadlock'), { code: '40P01' })
      throw Object.assign(new Error('unique'), { code: '23505' })
    })
    await expect(twice).rejects.toMatchObject({ code: '23505' })
    expect(runs).toBe(2)
  })

  it('is tried once more however long it took to come', async () => {
    let runs = 0
    const failing = retryingPassing(() => {
      runs += 1
      return Promise.reject(Object.assign(new Error('silence'), { code: 'ETIMEDOUT' }))
    }, 0)
    await expect(failing).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    expect(runs).toBe(2)
  })

  it.each([
    ['a deadlock', Object.assign(new Error('x'), { code: '40P01' }), { passing: 2, uncommitted: 2 }],
    ['a lost connection', Object.assign(new Error('x'), { code: '57P01' }), { passing: 2, uncommitted: 2 }],
    ['a commit nobody knows of', new CommitUncertain(new Error('x')), { passing: 2, uncommitted: 1 }],
  ])('after %s, only what may run again does', async (_what, error, expected) => {
    async function runsOf(retrying: (run: () => Promise<void>) => Promise<void>): Promise<number> {
      let runs = 0
      const once = async () => {
        runs += 1
        if (runs === 1) throw error
      }
      await retrying(once).catch(() => {})
      return runs
    }
    expect({
      passing: await runsOf(retryingPassing),
      uncommitted: await runsOf(retryingUncommitted),
    }).toEqual(expected)
  })
})

describe('a statement that takes too long', () => {
  it('is ended by the server, and the connection is as good as before', async () => {
    const impatient = openPostgres({
      url: database.url,
      max: 1,
      applicationName: 'impatient',
      statementMs: 50,
      onError: () => {},
    })
    await expect(impatient.pool.query('select pg_sleep(60)')).rejects.toSatisfy(isPassingDatabaseError)
    expect((await impatient.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await impatient.close()
  })

  it('rests in a transaction no longer than that either', async () => {
    const settings = { url: database.url, max: 1, applicationName: 'resting', statementMs: 50, onError: () => {} }
    const resting = openPostgres(settings)
    const client = await resting.pool.connect()
    const lost = new Promise((resolve) => client.on('error', resolve))
    await client.query('begin')
    expect(await lost).toSatisfy(isPassingDatabaseError)
    client.release(true)
    await resting.close()
  })

  it('is told to whoever gave a reading so long', async () => {
    const reading = withinMs(postgres.db, 50, (trx) => sql`select pg_sleep(60)`.execute(trx))
    await expect(reading).rejects.toThrow(TooSlow)
    const found = await withinMs(postgres.db, 10_000, (trx) => sql<{ one: number }>`select 1 as one`.execute(trx))
    expect(found.rows).toEqual([{ one: 1 }])
  })
})
