import { sql } from 'kysely'
import type { PhoneNumberId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { type Db, retryingPassing } from '../pg/postgres.ts'
import type { TokenVault } from './token-vault.ts'

interface Credentials {
  version: Instant
  token: Promise<string>
}

/** Dispatch asks for every message; the database is asked once per version and process. */
export function credentialReader(db: Db, vault: TokenVault) {
  const remembered = new Map<PhoneNumberId, Credentials>()

  return {
    /**
     * The access token of this version (`updated_at`) or a newer one. Throws when the number was unlinked, and `TokenVaultError` when
     * the token cannot be opened.
     */
    credentials(id: PhoneNumberId, version: Instant): Promise<string> {
      const known = remembered.get(id)
      if (known && known.version >= version) return known.token
      const token = readToken(db, vault, id)
      remembered.set(id, { version, token })
      token.catch(() => {
        if (remembered.get(id)?.token === token) remembered.delete(id)
      })
      return token
    },

    /** The token of any number that may speak for this owner, see `OwnerOfToken`; active ones first. Null when none is linked. */
    async tokenOf(owner: OwnerOfToken): Promise<string | null> {
      const { rows } = await sql<{ sealed_access_token: string }>`
        select sealed_access_token from senders
        where sealed_access_token is not null
          and (${owner.kind}::text = 'anybody' or ${'id' in owner ? owner.id : ''}::text = case ${owner.kind}::text when 'waba' then waba_id else phone_number_id end)
        order by state = 'restricted', state = 'paused', created_at limit 1`.execute(db)
      return rows[0] ? vault.open(rows[0].sealed_access_token) : null
    },
  }
}

export type OwnerOfToken = { kind: 'sender'; id: string } | { kind: 'waba'; id: string } | { kind: 'anybody' }

async function readToken(db: Db, vault: TokenVault, id: PhoneNumberId): Promise<string> {
  const row = await retryingPassing(() =>
    db.selectFrom('senders').select('sealed_access_token').where('phone_number_id', '=', id).executeTakeFirst(),
  )
  if (!row?.sealed_access_token) throw new Error(`expected sender ${id} to be linked, it has no access token`)
  return vault.open(row.sealed_access_token)
}
