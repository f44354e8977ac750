import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  inTransaction,
  openPostgres,
  type Postgres,
  type PostgresOptions,
  prepared,
  retryingUncommitted,
} from '../../src/store/pg/postgres.ts'
import { statementNames } from '../../src/store/pg/preparing-client.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

async function withPool<T>(options: Partial<PostgresOptions>, run: (postgres: Postgres) => Promise<T>): Promise<T> {
  const postgres = openPostgres({
    url: database.url,
    max: 1,
    applicationName: 'preparing test',
    onError: () => {},
    ...options,
  })
  try {
    return await run(postgres)
  } finally {
    await postgres.close()
  }
}

async function preparedBy({ pool }: Postgres): Promise<string[]> {
  const { rows } = await pool.query<{ statement: string }>('select statement from pg_prepared_statements order by name')
  return rows.map((row) => row.statement)
}

const doubled = (n: number) => sql<{ n: number }>`select ${n}::int * 2 as n`

describe('a pool that prepares', () => {
  it('plans once what comes again, with the values of each time', async () => {
    await withPool({ prepares: true }, async (postgres) => {
      const answers: number[] = []
      for (let n = 1; n <= 6; n++) answers.push((await doubled(n).execute(postgres.db)).rows[0]?.n as number)
      expect(answers).toEqual([2, 4, 6, 8, 10, 12])
      expect(await preparedBy(postgres)).toEqual(['select $1::int * 2 as n'])
    })
  })

  it('does so in transactions of either face, which read and write as ever', async () => {
    await withPool({ prepares: true }, async (postgres) => {
      for (let n = 1; n <= 4; n++) {
        await postgres.db.transaction().execute(async (trx) => {
          await sql`insert into portfolios (id, workspace) values (${`p${n}`}, 'default')`.execute(trx)
        })
      }
      const rolledBack = postgres.db.transaction().execute(async (trx) => {
        await sql`insert into portfolios (id, workspace) values (${'p5'}, 'default')`.execute(trx)
        throw new Error('no')
      })
      await expect(rolledBack).rejects.toThrow('no')
      const there = await sql<{ id: string }>`select id from portfolios where id like ${'p_'} order by id`.execute(
        postgres.db,
      )
      expect(there.rows.map((row) => row.id)).toEqual(['p1', 'p2', 'p3', 'p4'])
    })
  })

  it('goes on after a statement that failed', async () => {
    await withPool({ prepares: true }, async (postgres) => {
      const tenth = (n: number) => sql<{ n: number }>`select 10 / ${n}::int as n`.execute(postgres.db)
      for (const n of [1, 2, 5]) await tenth(n)
      await expect(tenth(0)).rejects.toThrow('division by zero')
      expect((await tenth(10)).rows).toEqual([{ n: 1 }])
    })
  })

  it.each([
    ['prepares', true],
    ['keeps plans of what has a name', false],
  ])('outlives a migration that adds a column to what it reads whole, where it %s', async (_what, prepares) => {
    await withPool({ prepares }, async (postgres) => {
      const { pool } = postgres
      const migrate = (column: string) =>
        withPool({}, (other) => other.pool.query(`alter table portfolios add column ${column} integer default 7`))
      const read = prepared<{ id: string; later?: number }>('whole_portfolio', 'select * from portfolios where id = $1')
      const readTwice = () =>
        inTransaction(pool, async (trx, client) => {
          const { rows } = await sql<{ id: string }>`select p.* from portfolios p where id = ${'p1'}`.execute(trx)
          return [...rows, ...(await read(client, ['p1']))].map((row) => Object.keys(row).at(-1))
        })
      await pool.query(`insert into portfolios (id, workspace) values ('p1', 'default') on conflict do nothing`)
      for (let n = 1; n <= 4; n++) await readTwice()
      await migrate(prepares ? 'later' : 'last')
      const errors: unknown[] = []
      const tried = async () => {
        try {
          return await readTwice()
        } catch (error) {
          errors.push(error)
          throw error
        }
      }
      const column = prepares ? 'later' : 'last'
      expect(await retryingUncommitted(tried)).toEqual([column, column])
      expect(errors).toHaveLength(1)
      expect(errors[0]).toMatchObject({ code: '0A000' })
      expect(await readTwice()).toEqual([column, column])
    })
  })

  it('neither does behind a pooler nor where it was not asked to', async () => {
    for (const options of [{ prepares: true, pooled: true }, {}]) {
      await withPool(options, async (postgres) => {
        for (let n = 1; n <= 6; n++) await doubled(n).execute(postgres.db)
        expect(await preparedBy(postgres)).toEqual([])
      })
    }
  })
})

describe('names of statements', () => {
  it('are given to what comes a third time, and stay', () => {
    const names = statementNames()
    expect([1, 2, 3, 4].map(() => names.nameOf('select $1'))).toEqual([undefined, undefined, 'again_0', 'again_0'])
    expect([1, 2, 3].map(() => names.nameOf('select $2'))).toEqual([undefined, undefined, 'again_1'])
  })

  it('are so many at most, and those that were given stay', () => {
    const names = statementNames()
    const given = Array.from({ length: 600 }, (_, n) => [1, 2, 3].map(() => names.nameOf(`select $${n}`))[2])
    const count = given.filter((name) => name !== undefined).length
    expect(count).toBe(250)
    expect(new Set(given.slice(0, count)).size).toBe(count)
    expect(names.nameOf('select $0')).toBe('again_0')
    expect(names.nameOf('select $599')).toBeUndefined()
  })

  it('come to what comes again also among ever new texts', () => {
    const names = statementNames()
    let name: string | undefined
    for (let n = 0; n < 5_000; n++) {
      names.nameOf(`select ${n}`)
      if (n % 100 === 0) name = names.nameOf('select $1')
    }
    expect(name).toBe('again_0')
  })
})
