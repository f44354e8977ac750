import { type RawBuilder, sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { PhoneNumberId, WabaId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { inPurview } from '../access/purview.ts'
import { type Db, retryingPassing } from '../pg/postgres.ts'
import { ofSender, type TokenVault } from './token-vault.ts'

interface Credentials {
  version: Instant
  token: Promise<string>
}

/** Dispatch asks for every message; the database is asked once per version and process. */
export function credentialReader(db: Db, vault: TokenVault) {
  const remembered = new Map<PhoneNumberId, Credentials>()

  return {
    /**
     * The access token of this version (`updated_at`) or a newer one. Throws `Unlinked` when the number was unlinked, and
     * `TokenVaultError` when the token cannot be opened.
     *
     * @param on where to ask: a transaction that must not wait for a second connection
     */
    credentials(id: PhoneNumberId, version: Instant, on?: Db): Promise<string> {
      const known = remembered.get(id)
      if (known && known.version >= version) return known.token
      const sealed = on ? readToken(on, id) : retryingPassing(() => readToken(db, id))
      const token = sealed.then((text) => vault.open(text, ofSender(id)))
      remembered.set(id, { version, token })
      token.catch(() => {
        if (remembered.get(id)?.token === token) remembered.delete(id)
      })
      return token
    },

    /** The token of a number in a caller's purview that may speak for this owner, active ones first. Null when there is none. */
    tokenFor: (purview: Purview, owner: OwnerOfToken): Promise<string | null> =>
      firstToken(sql<boolean>`${inPurview('s', purview)} and ${ownedBy(owner)}`),

    /** Of one number, whoever's: for who looks after the installation. */
    tokenOfNumber: (id: PhoneNumberId): Promise<string | null> => firstToken(sql<boolean>`s.phone_number_id = ${id}`),

    /** For work that no caller asked for: the token of any number of an account, which is one workspace's. Null when none is linked. */
    tokenOfAccount: (wabaId: WabaId): Promise<string | null> => firstToken(sql<boolean>`s.waba_id = ${wabaId}`),
  }

  async function firstToken(where: RawBuilder<boolean>): Promise<string | null> {
    const { rows } = await sql<SealedToken>`
      select s.phone_number_id, s.sealed_access_token from senders s
      where s.sealed_access_token is not null and ${where}
      order by s.state = 'restricted', s.state = 'paused', s.created_at limit ${TRIED_AT_MOST}`.execute(db)
    return rows.length > 0 ? firstOpened(vault, rows) : null
  }
}

interface SealedToken {
  phone_number_id: string
  sealed_access_token: string
}

/** Numbers of one account have the same keys, as a rule; who is locked out of so many is locked out. */
const TRIED_AT_MOST = 20

function firstOpened(vault: TokenVault, rows: SealedToken[]): string {
  let locked: unknown
  for (const { phone_number_id, sealed_access_token } of rows) {
    try {
      return vault.open(sealed_access_token, ofSender(phone_number_id))
    } catch (error) {
      locked ??= error
    }
  }
  throw locked
}

/** The number has no access token any more. */
export class Unlinked extends Error {}

/** Whose token a request to Graph goes with. `any`: of what belongs to nobody, any linked number of the caller's may ask. */
export type OwnerOfToken = { kind: 'sender'; id: string } | { kind: 'waba'; id: string } | { kind: 'any' }

function ownedBy(owner: OwnerOfToken): RawBuilder<boolean> {
  switch (owner.kind) {
    case 'sender':
      return sql<boolean>`s.phone_number_id = ${owner.id}`
    case 'waba':
      return sql<boolean>`s.waba_id = ${owner.id}`
    case 'any':
      return sql<boolean>`true`
  }
}

async function readToken(db: Db, id: PhoneNumberId): Promise<string> {
  const row = await db
    .selectFrom('senders')
    .select('sealed_access_token')
    .where('phone_number_id', '=', id)
    .executeTakeFirst()
  if (!row?.sealed_access_token) throw new Unlinked(`expected sender ${id} to be linked, it has no access token`)
  return row.sealed_access_token
}
