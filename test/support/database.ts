import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { inject } from 'vitest'
import { migrateToLatest } from '../../src/store/pg/migrate.ts'
import { eventually } from './signals.ts'

export interface TestDatabase {
  readonly url: string
  /** Throws when connections were left open: somebody did not close a pool. */
  drop(): Promise<void>
}

/**
 * A migrated database of its own, for one test file. It is a copy of a template that is built once per state of
 * `migrations/`, which takes a few ten milliseconds instead of running every step.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  return create(await withServer(ensureTemplate))
}

/**
 * Without any table, to test migrations themselves.
 *
 * @param patienceMs how long `drop` waits for connections that are still open; far beyond any goodbye unless said otherwise
 */
export async function createEmptyDatabase(patienceMs?: number): Promise<TestDatabase> {
  return create('template1', patienceMs)
}

async function create(template: string, patienceMs?: number): Promise<TestDatabase> {
  const name = `casement_test_${randomBytes(6).toString('hex')}`
  await withServer((server) => server.query(`create database ${name} template ${template}`))
  return {
    url: urlOf(name),
    drop: () => withServer((server) => drop(server, name, patienceMs)),
  }
}

async function drop(server: pg.Client, name: string, patienceMs?: number): Promise<void> {
  let open: string[] = []
  const patience = patienceMs === undefined ? {} : { timeoutMs: patienceMs }
  try {
    // A backend outlives its client's goodbye by a moment.
    await eventually(async () => {
      open = await openConnections(server, name)
      return open.length === 0
    }, patience)
  } catch {
    throw new Error(`${open.length} connections to the test database were left open: ${open.join(', ')}`)
  } finally {
    // By force only where it must be: force may not end an autovacuum worker, which a plain drop sends away.
    await server.query(`drop database if exists ${name} ${open.length > 0 ? 'with (force)' : ''}`)
  }
}

async function openConnections(server: pg.Client, name: string): Promise<string[]> {
  const sql = `select coalesce(nullif(application_name, ''), 'unnamed') as name from pg_stat_activity where datname = $1 and backend_type = 'client backend'`
  return (await server.query<{ name: string }>(sql, [name])).rows.map((row) => row.name)
}

const TEMPLATE_LOCK = 5_171_208

/** Built under another name and renamed at the end, so a run that was interrupted leaves no half template behind. */
async function ensureTemplate(server: pg.Client): Promise<string> {
  const name = `casement_template_${await hashOfMigrations()}`
  await server.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]) // freed when the client ends
  const found = await server.query('select from pg_database where datname = $1', [name])
  if (found.rowCount === 0) {
    const building = `${name}_building`
    await server.query(`drop database if exists ${building} with (force)`)
    await server.query(`create database ${building} template template1`)
    await migrateToLatest(urlOf(building))
    await eventually(async () => (await openConnections(server, building)).length === 0)
    await server.query(`alter database ${building} rename to ${name}`)
  }
  return name
}

async function hashOfMigrations(): Promise<string> {
  const directory = fileURLToPath(new URL('../../migrations/', import.meta.url))
  const hash = createHash('sha256')
  for (const file of (await readdir(directory)).toSorted()) {
    hash.update(`${file}\0`).update(await readFile(`${directory}${file}`))
  }
  return hash.digest('hex').slice(0, 12)
}

function urlOf(database: string): string {
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${database}`
  return url.href
}

async function withServer<T>(work: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = new pg.Client({ connectionString: inject('postgresUrl'), application_name: 'test support' })
  await server.connect()
  try {
    return await work(server)
  } finally {
    await server.end()
  }
}
