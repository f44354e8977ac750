import { sql } from 'kysely'
import type { IntentId } from '../../src/domain/ids.ts'
import type { IntentState } from '../../src/domain/lifecycle.ts'
import type { Db } from '../../src/store/pg/postgres.ts'

/** The columns with which an intent stands in a state, having made one attempt, whose message failed on its way. */
export const STANDING: Record<IntentState, string> = {
  scheduled: `due_at = now()`,
  dispatching: `due_at = null`,
  held: `due_at = null, waits_kind = 'window', reason_code = 'awaiting_window'`,
  in_doubt: `due_at = null, doubted_at = now()`,
  sent: `due_at = null`,
  failed: `due_at = null, reason_code = 'graph_refused'`,
  expired: `due_at = null, reason_code = 'expired'`,
  cancelled: `due_at = null, reason_code = 'by_request'`,
  suppressed: `due_at = null, reason_code = 'opted_out'`,
}

/** Puts an intent into a state, whatever led there. */
export async function standIn(db: Db, id: IntentId, state: IntentState): Promise<void> {
  await sql`
    update intents set state = ${state}, wamid = 'wamid.1', ${sql.raw(STANDING[state])} where id = ${id}::uuid`.execute(
    db,
  )
  if (state !== 'dispatching') return
  await sql`
    insert into turns (phone_number_id, priority, conversation_id, intent_id)
    select phone_number_id, priority, conversation_id, id from intents where id = ${id}::uuid`.execute(db)
}
