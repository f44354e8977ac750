import { userInfo } from 'node:os'
import { allOf } from '../domain/access.ts'
import { type Deed, type Doer, NO_ORIGIN } from '../domain/audit.ts'
import { DEFAULT_WORKSPACE, type PhoneNumberId } from '../domain/ids.ts'
import { instant, plus } from '../domain/time.ts'
import { recordDeed } from '../store/access/audit.ts'
import { createLink, endOtherSessions } from '../store/access/sessions.ts'
import { lockSigningSecrets, replaceSigningSecret } from '../store/access/signing-secrets.ts'
import * as users from '../store/access/users.ts'
import { sealTokensAnew } from '../store/accounts/reseal.ts'
import { createTokenVault, ofWorkspace, TokenVaultError } from '../store/accounts/token-vault.ts'
import { sealEndpointsAnew } from '../store/passing/reseal.ts'
import { OptOutsUnreadable, sealOptOutsAnew } from '../store/people/opt-outs.ts'
import { type Db, openPostgres, type Postgres } from '../store/pg/postgres.ts'
import { emailOf, FIRST_ADMIN } from '../usecases/sign-in.ts'
import { deedsOn } from './deeds.ts'
import { totpOf } from './totp.ts'

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
  /** Secrets of second factors that none of the keys opens; those who have them sign in without one, by a link. */
  totps_unreadable: number
  /** Endpoints whose secret none of the keys opens. */
  endpoints_unreadable: number
  /** Workspaces whose secret for calls of flows none of the keys opens. */
  signing_unreadable: number
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
      async (trx) => ({
        ...(await sealTokensAnew(trx, vault)),
        totps_unreadable: await sealTotpsAnew(trx, vault),
        endpoints_unreadable: await sealEndpointsAnew(trx, vault),
        signing_unreadable: await sealSigningAnew(trx, vault),
        opt_outs: await sealOptOuts(trx, vault),
      }),
      ({ sealed, unreadable, ...others }) => ({
        action: 'secret.rotate',
        object: { kind: 'secret', id: vault.keyIds[0] ?? null },
        detail: { sealed, unreadable: unreadable.length, ...others },
      }),
    ),
  )
}

/** Answers how many cannot be opened; they stay as they are. */
async function sealSigningAnew(trx: Db, vault: ReturnType<typeof createTokenVault>): Promise<number> {
  let unreadable = 0
  for (const { workspace, sealed } of await lockSigningSecrets(trx)) {
    try {
      const own = ofWorkspace(workspace)
      await replaceSigningSecret(trx, workspace, vault.seal(vault.open(sealed, own), own))
    } catch (error) {
      if (!(error instanceof TokenVaultError)) throw error
      unreadable += 1
    }
  }
  return unreadable
}

/** One that is being set up is begun anew by its owner. Answers how many cannot be opened; they stay as they are. */
async function sealTotpsAnew(trx: Db, vault: ReturnType<typeof createTokenVault>): Promise<number> {
  let unreadable = 0
  for (const { id, sealed } of await users.sealedTotps(trx)) {
    try {
      const anew = sealed === null ? null : vault.seal(vault.open(sealed, totpOf(id)), totpOf(id))
      await users.replaceSealedTotp(trx, id, anew)
    } catch (error) {
      if (!(error instanceof TokenVaultError)) throw error
      unreadable += 1
    }
  }
  return unreadable
}

async function sealOptOuts(trx: Db, vault: ReturnType<typeof createTokenVault>): Promise<Rotated['opt_outs']> {
  try {
    return (await sealOptOutsAnew(trx, vault)) ? 'sealed' : 'none'
  } catch (error) {
    if (error instanceof OptOutsUnreadable) return 'unreadable'
    throw error
  }
}

/** How long a link that was made at the machine signs somebody in; milliseconds. */
const LINK_MS = 15 * 60_000

/**
 * The code of a link that signs in whoever is the first admin of `default`, and makes one while there is nobody. Null where it would be
 * printed for nothing and might be read by many: some admin has a password, and the API is open to the network.
 */
export function linkForFirstAdmin(databaseUrl: string, { isOpen }: { isOpen: boolean }): Promise<string | null> {
  return onDatabase(databaseUrl, (postgres) =>
    deedsOn(postgres)(
      personHere(),
      async (trx) => (isOpen && (await users.hasAdminWithPassword(trx)) ? null : linkAtMachine(trx, null)),
      (code) => (code === null ? null : { action: 'user.link', object: { kind: 'user', id: null } }),
    ),
  )
}

/**
 * The code of a link for somebody. Null where nobody has the e-mail address, unless there is nobody at all: then it is the first admin's.
 *
 * @param reset takes away what they cannot give any more, password and second factor, and ends their sessions
 */
export function linkFor(databaseUrl: string, email: string, reset: boolean): Promise<string | null> {
  return onDatabase(databaseUrl, async (postgres) => {
    const made = await deedsOn(postgres)(
      personHere(),
      async (trx) => {
        await users.lockFirstAdmin(trx)
        const known = await users.credentialsByEmail(trx, emailOf(email))
        const id = known?.id ?? (await makeFirstAdmin(trx, email))
        if (id === null) return null
        if (reset) {
          await users.setPasswordHash(trx, id, null)
          await users.removeTotp(trx, id)
          await endOtherSessions(trx, id, null)
        }
        return { id, code: await linkAtMachine(trx, id) }
      },
      (link) => link && { action: 'user.link', object: { kind: 'user', id: link.id }, detail: { reset } },
    )
    return made?.code ?? null
  })
}

function linkAtMachine(trx: Db, userId: string | null): Promise<string> {
  return createLink(trx, { userId, workspace: null, expiresAt: plus(now(), LINK_MS) }, now())
}

async function makeFirstAdmin(trx: Db, email: string): Promise<string | null> {
  if (await users.isAnybody(trx)) return null
  const member = { workspace: DEFAULT_WORKSPACE, email: emailOf(email), name: FIRST_ADMIN.name, role: 'admin' } as const
  return (await users.addMember(trx, member))?.id ?? null
}

const now = () => instant(Date.now())

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
