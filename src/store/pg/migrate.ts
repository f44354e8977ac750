import { readdir } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { sql } from 'kysely'
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration'
import pRetry from 'p-retry'
import { type Db, openPostgres } from './postgres.ts'

const MIGRATIONS_DIR = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'migrations')

/** Reads `migrations/` as TypeScript in a checkout and as JavaScript in the published package. */
const provider: MigrationProvider = {
  async getMigrations() {
    const migrations: Record<string, Migration> = {}
    for (const file of (await readdir(MIGRATIONS_DIR)).sort()) {
      const extension = extname(file)
      if ((extension !== '.ts' && extension !== '.js') || file.endsWith('.d.ts')) continue
      migrations[basename(file, extension)] = await import(pathToFileURL(join(MIGRATIONS_DIR, file)).href)
    }
    return migrations
  },
}

/**
 * A step that waits for a lock of a table has all that comes after it wait too, so it waits shortly and tries again; milliseconds. Kysely's
 * own lock, behind which another process may migrate for hours, has a time of its own.
 */
const LOCK_TIMEOUT_MS = 3_000
/** How long that is tried; milliseconds. */
const TRIED_FOR_MS = 10 * 60_000
const LOCK_NOT_AVAILABLE = '55P03'

/** Runs what is missing, under Kysely's lock, so any number of processes may start at once. Throws the first step's error. */
export async function migrateToLatest(
  databaseUrl: string,
  { lockTimeoutMs = LOCK_TIMEOUT_MS, triedForMs = TRIED_FOR_MS } = {},
): Promise<string[]> {
  const postgres = openPostgres({
    url: databaseUrl,
    max: 1,
    applicationName: 'casement migrate',
    settings: `-c lock_timeout=${lockTimeoutMs}`,
    onError: () => {},
  })
  async function migrate(): Promise<string[]> {
    const { error, results } = await new Migrator({ db: postgres.db, provider }).migrateToLatest()
    if (error) throw error
    return (results ?? []).map((result) => result.migrationName)
  }
  try {
    return await pRetry(migrate, {
      retries: Number.POSITIVE_INFINITY,
      maxRetryTime: triedForMs,
      minTimeout: 500,
      maxTimeout: 5_000,
      randomize: true,
      shouldRetry: ({ error }) => (error as { code?: unknown }).code === LOCK_NOT_AVAILABLE,
    })
  } finally {
    await postgres.close()
  }
}

/** `behind`: run `casement migrate`. `newer`: this process is older than the schema and must not touch it. */
export type SchemaState =
  | { kind: 'current' }
  | { kind: 'behind'; missing: string[] }
  | { kind: 'newer'; unknown: string[] }

/** A process refuses to work on a schema that is behind its code, or that newer code has changed. */
export async function schemaState(db: Db): Promise<SchemaState> {
  const known = Object.keys(await provider.getMigrations())
  const done = await executedNames(db)
  const unknown = done.filter((name) => !known.includes(name))
  if (unknown.length > 0) return { kind: 'newer', unknown }
  const missing = known.filter((name) => !done.includes(name))
  return missing.length > 0 ? { kind: 'behind', missing } : { kind: 'current' }
}

async function executedNames(db: Db): Promise<string[]> {
  const table = await sql<{ found: string | null }>`select to_regclass('kysely_migration')::text as found`.execute(db)
  if (!table.rows[0]?.found) return []
  const executed = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return executed.rows.map((row) => row.name)
}
