import { sql } from 'kysely'
import { ofEndpoint, type TokenVault, TokenVaultError } from '../accounts/token-vault.ts'
import type { Db } from '../pg/postgres.ts'

/** Secrets and verify tokens of endpoints, sealed anew by the vault's first key. Answers how many cannot be opened; they stay as they are. */
export async function sealEndpointsAnew(trx: Db, vault: TokenVault): Promise<number> {
  const { rows } = await sql<{ id: string; secret: string; token: string | null }>`
    select id, sealed_secret as secret, sealed_verify_token as token from webhook_endpoints order by id for no key update`.execute(
    trx,
  )
  let unreadable = 0
  for (const { id, secret, token } of rows) {
    try {
      const anew = (sealed: string) => vault.seal(vault.open(sealed, ofEndpoint(id)), ofEndpoint(id))
      await sql`
        update webhook_endpoints set sealed_secret = ${anew(secret)}, sealed_verify_token = ${token && anew(token)}
        where id = ${id}::uuid`.execute(trx)
    } catch (error) {
      if (!(error instanceof TokenVaultError)) throw error
      unreadable += 1
    }
  }
  return unreadable
}
