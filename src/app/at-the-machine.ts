import { userInfo } from 'node:os'
import { allOf } from '../domain/access.ts'
import { type Deed, type Doer, NO_ORIGIN } from '../domain/audit.ts'
import { DEFAULT_WORKSPACE, type PhoneNumberId } from '../domain/ids.ts'
import { recordDeed } from '../store/access/audit.ts'
import { sealTokensAnew } from '../store/accounts/reseal.ts'
import { createTokenVault } from '../store/accounts/token-vault.ts'
import { OptOutsUnreadable, sealOptOutsAnew } from '../store/people/opt-outs.ts'
import { type Db, openPostgres, type Postgres } from '../store/pg/postgres.ts'
import { deedsOn } from './deeds.ts'

/* What a person does at the machine, on the database itself and past the API. It concerns the installation, so it stands with `default`. */

/** By the name that the system knows them under. */
export function personHere(): Doer {
  return { ...allOf(DEFAULT_WORKSPACE), actor: { kind: 'cli', id: null, name: nameHere() }, origin: NO_ORIGIN }
}

function nameHere(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown' // a container's user without a name
  }
}

export interface Rotated {
  /** Access tokens that were sealed anew. */
  sealed: number
  /** Numbers whose token none of the keys opens. */
  unreadable: PhoneNumberId[]
  /** The key of the opt-outs of erased people; none while there are none. */
  opt_outs: 'sealed' | 'none' | 'unreadable'
}

/**
 * Seals everything anew with the first of the keys, in one transaction. What none of them opens stays as it is, and is told: the key that is
 * to go must stay until it is mended.
 */
export function rotateSecret(
  databaseUrl: string,
  keys: readonly Buffer[],
  doer: Doer = personHere(),
): Promise<Rotated> {
  const vault = createTokenVault(keys)
  return onDatabase(databaseUrl, (postgres) =>
    deedsOn(postgres)(
      doer,
      async (trx) => ({ ...(await sealTokensAnew(trx, vault)), opt_outs: await sealOptOuts(trx, vault) }),
      ({ sealed, unreadable, opt_outs }) => ({
        action: 'secret.rotate',
        object: { kind: 'secret', id: vault.keyIds[0] ?? null },
        detail: { sealed, unreadable: unreadable.length, opt_outs },
      }),
    ),
  )
}

async function sealOptOuts(trx: Db, vault: ReturnType<typeof createTokenVault>): Promise<Rotated['opt_outs']> {
  try {
    return (await sealOptOutsAnew(trx, vault)) ? 'sealed' : 'none'
  } catch (error) {
    if (error instanceof OptOutsUnreadable) return 'unreadable'
    throw error
  }
}

/** What was done in transactions of its own, such as migrating. */
export function recordHere(databaseUrl: string, deed: Deed): Promise<void> {
  return onDatabase(databaseUrl, ({ db }) => recordDeed(db, personHere(), deed, 'done'))
}

async function onDatabase<T>(url: string, run: (postgres: Postgres) => Promise<T>): Promise<T> {
  const postgres = openPostgres({ url, max: 1, applicationName: 'casement tool', onError: () => {} })
  try {
    return await run(postgres)
  } finally {
    await postgres.close()
  }
}
