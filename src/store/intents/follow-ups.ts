import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { SYSTEM } from '../../domain/access.ts'
import type { Message } from '../../domain/content.ts'
import type { ConversationId, IntentId, WorkspaceId } from '../../domain/ids.ts'
import type { Reason } from '../../domain/intent.ts'
import { statesThatTake } from '../../domain/lifecycle.ts'
import { templateStatusClass } from '../../domain/template.ts'
import { type Db, retryingPassing } from '../pg/postgres.ts'
import type { Claim } from './dispatch-facts.ts'
import { insertIntents, notifyDue } from './enqueue.ts'
import type { RecordedDecision } from './intents.ts'
import { releaseByIds, waitsFor } from './waiting.ts'

/*
 * Invitations: the template that asks a customer to answer, and the messages that wait for the answer. One invitation per conversation is
 * out at a time; `conversations.follow_up_id` is that one, and taking it is guarded, so ten messages decided at once invite once.
 */
export function followUpStore(db: Db, cooldownMs: number) {
  return {
    async ask(claim: Claim, message: Message, decision: RecordedDecision): Promise<boolean> {
      return retryingPassing(() =>
        db.transaction().execute(async (trx) => {
          const id = uuidv7({ msecs: claim.facts.now }) as IntentId
          const first = await takeInvitation(trx, claim.recipient.conversationId, id, cooldownMs)
          if (!(await holdForAnswer(trx, claim, decision))) {
            // Cancelled meanwhile: nobody waits, so nobody is asked.
            if (first) await giveBackInvitation(trx, claim.recipient.conversationId, id)
            return false
          }
          if (first) {
            await insertInvitation(trx, claim, id, message)
            await notifyDue(trx)
          }
          return true
        }),
      )
    },

    async join(claim: Claim, decision: RecordedDecision): Promise<boolean> {
      return retryingPassing(() => db.transaction().execute((trx) => holdForAnswer(trx, claim, decision)))
    },

    ended: (followUp: IntentId, reason: Reason): Promise<void> =>
      retryingPassing(() => db.transaction().execute((trx) => endFollowUp(trx, followUp, reason))),
  }
}

/**
 * An invitation that failed asked nobody. The next message may ask again, and those that waited for its answer end with it when it is the
 * person who cannot be reached. When it is the template that is gone, those that name others are decided again, and one of those asks.
 * Otherwise they go on waiting, for the customer may still write.
 */
export async function endFollowUp(trx: Db, followUp: IntentId, reason: Reason): Promise<void> {
  await sql`
    update conversations set follow_up_id = null, last_follow_up_at = null where follow_up_id = ${followUp}::uuid`.execute(
    trx,
  )
  const unreachable = reason.code === 'recipient_unreachable' || reason.code === 'recipient_blocked'
  const text = `The follow-up failed: ${reason.text}`
  if (unreachable) {
    await sql`
      update intents set state = 'failed', state_at = casement_now(), waits_for = null,
        reason_code = ${reason.code}, reason_text = ${text}, reason_graph_code = ${reason.graphCode ?? null}
      where follow_up_id = ${followUp}::uuid and state = any (${statesThatTake('fail')}::text[]) and waits_for is not null`.execute(
      trx,
    )
  } else {
    await sql`
      update intents set reason_code = 'awaiting_window', reason_text = ${`${text} Waiting for the customer to write.`}
      where follow_up_id = ${followUp}::uuid and waits_for is not null`.execute(trx)
    if (await hasLostItsTemplate(trx, followUp)) await decideAgain(trx, followUp)
  }
}

async function hasLostItsTemplate(trx: Db, followUp: IntentId): Promise<boolean> {
  const { rows } = await sql<{ status: string }>`
    select t.status from intents i
    join senders s on s.phone_number_id = i.phone_number_id
    join templates t on t.waba_id = s.waba_id and t.name = i.message -> 'template' ->> 'name'
      and t.language = i.message -> 'template' -> 'language' ->> 'code'
    where i.id = ${followUp}::uuid`.execute(trx)
  return rows.some(({ status }) => templateStatusClass(status) === 'gone')
}

/** Those that name only the template that is gone wait for the customer, which costs nothing. */
async function decideAgain(trx: Db, followUp: IntentId): Promise<void> {
  const { rows } = await sql<{ id: IntentId }>`
    select id from intents
    where follow_up_id = ${followUp}::uuid and waits_for is not null
      and jsonb_typeof(coalesce(when_closed -> 'follow_up', when_closed -> 'when_free' -> 'follow_up')) = 'array'
    for update`.execute(trx)
  await releaseByIds(
    trx,
    rows.map((row) => row.id),
  )
  if (rows.length > 0) await notifyDue(trx)
}

/**
 * The customer wrote before the invitation left, so it stays here, and as nobody was asked the next message may ask again. Once it is
 * sent, or may be, nothing changes.
 */
export async function withdrawFollowUp(trx: Db, followUp: IntentId, reason: Reason): Promise<void> {
  await sql`
    with withdrawn as (
      update intents set state = 'cancelled', state_at = casement_now(), due_at = null, waits_for = null, has_turn = false,
        reason_code = ${reason.code}, reason_text = ${reason.text}, reason_graph_code = null
      where id = ${followUp}::uuid and state = any (${statesThatTake('cancel')}::text[])
      returning conversation_id
    )
    update conversations v set last_follow_up_at = null from withdrawn where v.id = withdrawn.conversation_id`.execute(
    trx,
  )
}

/** True for the one that may ask: nobody asked, or the last asking is longer ago than the cooldown. */
async function takeInvitation(
  trx: Db,
  conversation: ConversationId,
  id: IntentId,
  cooldownMs: number,
): Promise<boolean> {
  const taken = await sql`
    update conversations set follow_up_id = ${id}::uuid, last_follow_up_at = casement_now()
    where id = ${conversation}::bigint
      and (last_follow_up_at is null or last_follow_up_at <= casement_now() - ${cooldownMs} * interval '1 millisecond')`.execute(
    trx,
  )
  return taken.numAffectedRows === 1n
}

async function giveBackInvitation(trx: Db, conversation: ConversationId, id: IntentId): Promise<void> {
  await sql`
    update conversations set follow_up_id = null, last_follow_up_at = null
    where id = ${conversation}::bigint and follow_up_id = ${id}::uuid`.execute(trx)
}

async function holdForAnswer(trx: Db, claim: Claim, decision: RecordedDecision): Promise<boolean> {
  const { id, wake } = claim.intent
  const { conversationId } = claim.recipient
  const held = await sql`
    update intents set state = 'held', state_at = casement_now(), due_at = null, has_turn = false,
      waits_for = ${waitsFor.conversation(conversationId)}, reason_code = 'awaiting_answer', reason_text = ${decision.reason.text},
      reason_graph_code = null,
      follow_up_id = (select v.follow_up_id from conversations v where v.id = ${conversationId}::bigint)
    where id = ${id}::uuid and wake = ${wake} and state = 'queued'`.execute(trx)
  if (held.numAffectedRows !== 1n) return false
  await sql`
    insert into decisions (intent_id, kind, reason, facts)
    values (${id}::uuid, ${decision.kind}, ${JSON.stringify(decision.reason)}::jsonb, ${JSON.stringify(decision.facts)}::jsonb)`.execute(
    trx,
  )
  return true
}

async function insertInvitation(trx: Db, claim: Claim, id: IntentId, message: Message): Promise<void> {
  const parent = await trx
    .selectFrom('intents')
    .select(['workspace', 'expires_at', 'delivery'])
    .where('id', '=', claim.intent.id)
    .executeTakeFirstOrThrow()
  await insertIntents(trx, [
    {
      id,
      workspace: parent.workspace as WorkspaceId,
      sender: claim.sender.phoneNumberId,
      conversationId: claim.recipient.conversationId,
      message,
      whenClosed: 'fail',
      release: 'all',
      priority: 'follow_up',
      delivery: parent.delivery,
      sendAt: claim.facts.now,
      expiresAt: parent.expires_at,
      idempotencyKey: null,
      requestHash: null,
      metadata: null,
      followUpOf: claim.intent.id,
      createdBy: SYSTEM,
    },
  ])
}
