import type { PhoneNumberId, WabaId } from '../../domain/ids.ts'
import { recordAccount, recordTier } from '../money/money.ts'
import { boundTo } from '../pg/bound.ts'
import type { Db } from '../pg/postgres.ts'
import { setMessagingLimit } from './messaging-limits.ts'
import { wantNumbers } from './number-quality.ts'
import { type Owner, ownerOfAccount, ownerOfSender } from './owners.ts'

/** Numbers and accounts, as a transaction of the inbox knows and changes them. */
export function accountsIn(trx: Db) {
  const on = boundTo(trx)
  const owners = new Map<PhoneNumberId, Promise<Owner | null>>()
  return {
    /** Asked once for each number. */
    ownerOf(sender: PhoneNumberId): Promise<Owner | null> {
      const owner = owners.get(sender) ?? ownerOfSender(trx, sender)
      owners.set(sender, owner)
      return owner
    },
    ownerOfAccount: on(ownerOfAccount),
    sendersOf: on(sendersOf),
    setMessagingLimit: on(setMessagingLimit),
    wantNumbers: on(wantNumbers),
    recordAccount: on(recordAccount),
    recordTier: on(recordTier),
  }
}

async function sendersOf(trx: Db, wabaId: WabaId): Promise<PhoneNumberId[]> {
  const rows = await trx
    .selectFrom('senders')
    .select('phone_number_id')
    .where('waba_id', '=', wabaId)
    .orderBy('phone_number_id')
    .execute()
  return rows.map((row) => row.phone_number_id as PhoneNumberId)
}

export async function accountOf(trx: Db, sender: PhoneNumberId): Promise<WabaId> {
  const row = await trx
    .selectFrom('senders')
    .select('waba_id')
    .where('phone_number_id', '=', sender)
    .executeTakeFirstOrThrow()
  return row.waba_id as WabaId
}
