import { sql } from 'kysely'
import type { Wamid } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'
import type { KnownAttempt } from './statuses.ts'

/** How a wamid begins that stands in for one nobody knew when an operator settled a doubt. */
export const STAND_IN = 'settled:'

/** The status webhook of a message that was settled by hand tells its wamid after all; one that Meta gave is never replaced. */
export async function adoptWamid(
  trx: Db,
  attempt: Pick<KnownAttempt, 'intentId' | 'number' | 'wamid'>,
  wamid: Wamid,
): Promise<void> {
  const { intentId, number, wamid: standIn } = attempt
  if (!standIn?.startsWith(STAND_IN)) return
  await sql`update attempts set wamid = ${wamid} where intent_id = ${intentId}::uuid and number = ${number} and wamid = ${standIn}`.execute(
    trx,
  )
  await sql`update intents set wamid = ${wamid} where id = ${intentId}::uuid and wamid = ${standIn}`.execute(trx)
  // Behind its lock: what is being counted with it at this moment is moved too, and who comes after finds it gone.
  await sql`select from messages where wamid = ${standIn} for update`.execute(trx)
  await sql`
    update messages m set replied_at = least(m.replied_at, s.replied_at), tapped_at = least(m.tapped_at, s.tapped_at),
      stopped_at = least(m.stopped_at, s.stopped_at)
    from messages s where m.wamid = ${wamid} and s.wamid = ${standIn} and num_nonnulls(s.replied_at, s.tapped_at, s.stopped_at) > 0`.execute(
    trx,
  )
  // It costs nothing, for it never was: what was counted of it is taken back by this, and not by a deletion.
  await sql`update messages set status = 'failed' where wamid = ${standIn}`.execute(trx)
  await sql`delete from messages where wamid = ${standIn}`.execute(trx)
}
