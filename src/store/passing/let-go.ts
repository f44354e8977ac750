import { sql } from 'kysely'
import type { Db } from '../pg/postgres.ts'

/*
 * Taking a stream from whoever has it. Who delivers just now finds afterwards that it is not theirs any more; an erasure knows that they may
 * still hold what they have read.
 */

/** Members of `delivery_streams`, set so that nobody has it. */
export const LET_GO = sql`held_until = coalesce(leased_until, held_until), lease = null, leased_until = null, holder = null`

/** What waits is tried at once, as if it never had been. */
export async function beginAnew(trx: Db, endpoint: string): Promise<void> {
  await sql`
    update delivery_streams set next_at = casement_now(), tries = 0, first_tried_at = null, ${LET_GO}
    where endpoint_id = ${endpoint}::uuid and last_id > done_id`.execute(trx)
}

/** Of an endpoint that nobody is to deliver to any more. */
export async function letGo(trx: Db, endpoint: string): Promise<void> {
  await sql`update delivery_streams set ${LET_GO} where endpoint_id = ${endpoint}::uuid`.execute(trx)
}
