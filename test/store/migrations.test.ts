import { sql } from 'kysely'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrateToLatest, schemaState } from '../../src/store/pg/migrate.ts'
import { openPostgres, type Postgres } from '../../src/store/pg/postgres.ts'
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts'

describe('migrations', () => {
  let database: TestDatabase
  let postgres: Postgres
  beforeEach(async () => {
    database = await createEmptyDatabase()
    postgres = openPostgres({ url: database.url, max: 1, applicationName: 'migrations test', onError: () => {} })
  })
  afterEach(async () => {
    await postgres.close()
    await database.drop()
  })

  it('build an empty database, and do nothing a second time', async () => {
    const names = await migrateToLatest(database.url)
    expect(names.length).toBeGreaterThan(0)
    expect(await migrateToLatest(database.url)).toEqual([])
    expect(await schemaState(postgres.db)).toEqual({ kind: 'current' })
  })

  it('run once when several processes start at once', async () => {
    const ran = await Promise.all([1, 2, 3].map(() => migrateToLatest(database.url)))
    expect(ran.filter((names) => names.length > 0)).toHaveLength(1)
    expect(await schemaState(postgres.db)).toEqual({ kind: 'current' })
  })

  it('are missed where none ran', async () => {
    const state = await schemaState(postgres.db)
    expect(state).toMatchObject({ kind: 'behind' })
    expect(state.kind === 'behind' && state.missing.length).toBeGreaterThan(0)
  })

  it('are missed where the newest did not run', async () => {
    const names = await migrateToLatest(database.url)
    await sql`delete from kysely_migration where name = ${names.at(-1)}`.execute(postgres.db)
    expect(await schemaState(postgres.db)).toEqual({ kind: 'behind', missing: names.slice(-1) })
  })

  it('of a newer Casement are recognised', async () => {
    await migrateToLatest(database.url)
    await sql`insert into kysely_migration (name, timestamp) values ('29991231T0000_later', '2999')`.execute(
      postgres.db,
    )
    expect(await schemaState(postgres.db)).toEqual({ kind: 'newer', unknown: ['29991231T0000_later'] })
  })

  it('wait shortly for a lock, so that nobody else waits behind them, and try again until they have it', async () => {
    const other = new pg.Client({ connectionString: database.url })
    await other.connect()
    await other.query('begin; create table workspaces ()')
    const given = { lockTimeoutMs: 20, triedForMs: 1 }
    await expect(migrateToLatest(database.url, given)).rejects.toMatchObject({ code: '55P03' })
    const migrating = migrateToLatest(database.url, { lockTimeoutMs: 20 })
    await other.query('rollback')
    expect((await migrating).length).toBeGreaterThan(0)
    await other.end()
  })
})
