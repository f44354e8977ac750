import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { ConversationId, IntentId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import { HOUR_MS, plus } from '../../domain/time.ts'
import { insertIntents } from '../intents/enqueue.ts'
import { databaseNow } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'

/* The answer to a STOP word: a message of ours like any other, at most one in 24 hours. */

/** True for the one that may be answered. */
export async function takeStopAnswer(trx: Db, id: ConversationId): Promise<boolean> {
  const taken = await sql`
    update conversations set stop_answered_at = casement_now()
    where id = ${id}::bigint and (stop_answered_at is null or stop_answered_at <= casement_now() - interval '24 hours')`.execute(
    trx,
  )
  return taken.numAffectedRows === 1n
}

/** Worth nothing once the window that their word opened has closed. */
const ANSWER_LIFETIME_MS = 24 * HOUR_MS

export async function enqueueAnswer(trx: Db, conversationId: ConversationId, text: string): Promise<IntentId> {
  const { workspace, phone_number_id } = await trx
    .selectFrom('conversations')
    .select(['workspace', 'phone_number_id'])
    .where('id', '=', conversationId)
    .executeTakeFirstOrThrow()
  const now = await databaseNow(trx)
  const id = uuidv7({ msecs: now }) as IntentId
  await insertIntents(trx, [
    {
      id,
      workspace: workspace as WorkspaceId,
      sender: phone_number_id as PhoneNumberId,
      conversationId,
      message: { type: 'text', text: { body: text } },
      whenClosed: 'fail',
      release: 'all',
      priority: 'reply',
      delivery: 'at_least_once',
      sendAt: now,
      expiresAt: plus(now, ANSWER_LIFETIME_MS),
      idempotencyKey: null,
      requestHash: null,
      metadata: null,
      followUpOf: null,
      createdBy: { kind: 'system', id: 'stop_reply', name: 'stop_reply' },
    },
  ])
  return id
}
