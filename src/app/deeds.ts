import type { Deed, Doer } from '../domain/audit.ts'
import { recordDeed } from '../store/access/audit.ts'
import { type Db, inTransaction, type Postgres, retryingUncommitted } from '../store/pg/postgres.ts'

/**
 * Runs a write and records it in the audit log, in one transaction: neither is there without the other.
 *
 * @param tell what was done, by what the write answered; null where nothing was, and then nothing is recorded
 */
export type Deeds = <T>(doer: Doer, write: (trx: Db) => Promise<T>, tell: (result: T) => Deed | null) => Promise<T>

/** The same where the write finds out who does it, as whoever signs in. */
export type SelfNamingDeeds = <T>(
  write: (trx: Db) => Promise<T>,
  tell: (result: T) => { doer: Doer; deed: Deed } | null,
) => Promise<T>

/** Not run again once the commit may have happened: a second key, or a second row, would be a deed that nobody asked for. */
export function deedsOn({ pool }: Pick<Postgres, 'pool'>): Deeds {
  const run = selfNamingDeedsOn({ pool })
  return (doer, write, tell) =>
    run(write, (result) => {
      const deed = tell(result)
      return deed && { doer, deed }
    })
}

export function selfNamingDeedsOn({ pool }: Pick<Postgres, 'pool'>): SelfNamingDeeds {
  return (write, tell) =>
    retryingUncommitted(() =>
      inTransaction(pool, async (trx) => {
        const result = await write(trx)
        const told = tell(result)
        if (told !== null) await recordDeed(trx, told.doer, told.deed, 'done')
        return result
      }),
    )
}
