import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import type { Database } from '../../src/store/pg/schema.ts'

/** Decides what happens to one call to the outside; `run` lets it take effect. */
export type Fate = <T>(run: () => Promise<T>) => Promise<T>

/**
 * The same pool, each of whose statements meets a fate. A client whose statement failed there has lost its connection: what it had begun
 * is rolled back by the server, and nothing more goes through it.
 */
export function faultyPostgres(postgres: Postgres, fate: Fate): Postgres {
  const pool = new Proxy(postgres.pool, {
    get(target, name) {
      if (name === 'query')
        return (...args: Parameters<typeof target.query>) =>
          fate(() => Reflect.apply(target.query, target, args) as never)
      if (name === 'connect') return async () => faultyClient(await target.connect(), fate)
      return bound(target, name)
    },
  })
  return { ...postgres, pool, db: new Kysely<Database>({ dialect: new PostgresDialect({ pool }) }) }
}

function faultyClient(client: pg.PoolClient, fate: Fate): pg.PoolClient {
  let broken = false
  return new Proxy(client, {
    get(target, name) {
      if (name === 'release') return () => (broken ? void endSession(target) : target.release())
      if (name !== 'query') return bound(target, name)
      return async (...args: Parameters<typeof target.query>) => {
        if (broken) throw new Error('Connection terminated unexpectedly')
        try {
          return await fate(() => Reflect.apply(target.query, target, args) as never)
        } catch (error) {
          broken = true
          throw error
        }
      }
    },
  })
}

/**
 * Takes from the session what its end takes from it. A session that really ends is followed by one that reads the catalogues anew, which
 * costs many times what is done in it.
 */
async function endSession(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('rollback; reset all; select pg_advisory_unlock_all()')
    client.release()
  } catch {
    client.release(true)
  }
}

function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name)
  return typeof value === 'function' ? value.bind(target) : value
}
