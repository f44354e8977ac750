import { sql } from 'kysely'
import type { PhoneNumberId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'
import { ofSender, type TokenVault, TokenVaultError } from './token-vault.ts'

export interface Resealed {
  sealed: number
  /** Numbers whose token none of the keys opens; it is left as it is. */
  unreadable: PhoneNumberId[]
}

/**
 * Every access token sealed anew by the vault's first key, in the caller's transaction. The tokens stay the same, so their version does
 * not move: a report of Meta's about them still counts.
 */
export async function sealTokensAnew(trx: Db, vault: TokenVault): Promise<Resealed> {
  const { rows } = await sql<{ phone_number_id: PhoneNumberId; sealed_access_token: string }>`
    select phone_number_id, sealed_access_token from senders
    where sealed_access_token is not null order by phone_number_id for no key update`.execute(trx)
  const anew: { id: PhoneNumberId; sealed: string }[] = []
  const unreadable: PhoneNumberId[] = []
  for (const { phone_number_id: id, sealed_access_token } of rows) {
    try {
      anew.push({ id, sealed: vault.seal(vault.open(sealed_access_token, ofSender(id)), ofSender(id)) })
    } catch (error) {
      if (!(error instanceof TokenVaultError)) throw error
      unreadable.push(id)
    }
  }
  await sql`
    update senders s set sealed_access_token = a.sealed
    from unnest(${anew.map(({ id }) => id)}::text[], ${anew.map(({ sealed }) => sealed)}::text[]) as a (id, sealed)
    where s.phone_number_id = a.id`.execute(trx)
  return { sealed: anew.length, unreadable }
}
