import { sql } from 'kysely'
import type { ConversationId } from '../../domain/ids.ts'
import { PAIR_REFILL_MS } from '../../domain/limits.ts'
import type { Db } from '../pg/postgres.ts'

/** Gives a place in the pair limit back that an attempt took whose request never left. Not to be repeated: call it where the attempt closes. */
export async function returnPairPlace(trx: Db, id: ConversationId): Promise<void> {
  await sql`
    update pair_buckets set empties_at = empties_at - ${PAIR_REFILL_MS} * interval '1 millisecond'
    where conversation_id = ${id}::bigint`.execute(trx)
}
