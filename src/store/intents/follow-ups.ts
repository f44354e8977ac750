import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { SYSTEM } from '../../domain/access.ts'
import type { Message } from '../../domain/content.ts'
import type { ConversationId, IntentId, WorkspaceId } from '../../domain/ids.ts'
import type { Reason } from '../../domain/intent.ts'
import { windowIsOpen } from '../pg/open-window.ts'
import { type Db, type Postgres, queryableOn, retryingPassing } from '../pg/postgres.ts'
import type { Claim } from './dispatch-facts.ts'
import { DUE_CHANNEL, insertIntents } from './enqueue.ts'
import type { RecordedDecision } from './intents.ts'
import { runTransition, transition } from './transitions.ts'
import { cancelByIds } from './waiting.ts'

/*
 * Invitations: the template that asks a customer to answer, and the messages that wait for the answer. One invitation per conversation is
 * out at a time; `conversations.follow_up_id` is that one, and taking it is guarded, so ten messages decided at once invite once.
 */
export function followUpStore(
  { db, signals }: Pick<Postgres, 'db' | 'signals'>,
  cooldownMs: number,
  windowMarginMs: number,
) {
  return {
    async ask(claim: Claim, message: Message, decision: RecordedDecision): Promise<boolean> {
      const asked = await retryingPassing(() =>
        db.transaction().execute(async (trx) => {
          if (!(await lockWhileClosed(trx, claim.recipient.conversationId, windowMarginMs))) return NOT_ASKED
          const id = uuidv7({ msecs: claim.facts.now }) as IntentId
          const first = await takeInvitation(trx, claim.recipient.conversationId, id, cooldownMs)
          if (!(await holdForAnswer(trx, claim, decision))) {
            // Cancelled or changed meanwhile: nobody waits by this verdict, so nobody is asked by it.
            if (first) await giveBackInvitation(trx, claim.recipient.conversationId, id)
            return NOT_ASKED
          }
          if (first) await insertInvitation(trx, claim, id, message)
          return { held: true, due: first }
        }),
      )
      if (asked.due) signals.send(DUE_CHANNEL)
      return asked.held
    },

    async join(claim: Claim, decision: RecordedDecision): Promise<boolean> {
      return retryingPassing(() =>
        db.transaction().execute(async (trx) => {
          const closed = await lockWhileClosed(trx, claim.recipient.conversationId, windowMarginMs)
          return closed && holdForAnswer(trx, claim, decision)
        }),
      )
    },
  }
}

const NOT_ASKED = { held: false, due: false }

/** False where the customer has written since it was decided, or the conversation was merged: then it is decided again. */
async function lockWhileClosed(trx: Db, conversation: ConversationId, marginMs: number): Promise<boolean> {
  const { rows } = await queryableOn(trx).query({
    text: `select from conversations v where id = $1::bigint and merged_into is null and not ${windowIsOpen('v', '$2::float8')} for no key update`,
    values: [conversation, marginMs],
  })
  return rows.length > 0
}

const WITHDRAW = transition({
  asked: 'asked as (select $1::uuid as id, $2::text as code, $3::text as text)',
  event: 'cancel',
  reason: { code: 'a.code', text: 'a.text' },
  ends: true,
})

/**
 * The customer wrote before the invitation left, so it stays here, and as nobody was asked the next message may ask again. Once it is
 * sent, or may be, nothing changes.
 */
export async function withdrawFollowUp(trx: Db, followUp: IntentId, reason: Reason): Promise<void> {
  await runTransition(trx, WITHDRAW, [followUp, reason.code, reason.text])
}

const ASKED_ALREADY: Reason = { code: 'superseded', text: 'Another invitation of the same conversation stands for it.' }

/**
 * Two conversations became one, and each may have had its invitation. One that is out is kept before any that has not left; who waited for
 * another waits for it now. The conversation is locked.
 */
export async function keepOneInvitation(trx: Db, conversation: ConversationId): Promise<void> {
  const { rows } = await sql<{ id: IntentId; unsent: boolean; noted: boolean }>`
    select i.id, i.state in ('scheduled', 'queued', 'held') as unsent, i.id = v.follow_up_id as noted
    from conversations v join intents i on i.id = v.follow_up_id or i.id in (
      select w.follow_up_id from intents w where w.conversation_id = v.id and w.waits_kind = 'answer')
    where v.id = ${conversation}::bigint and i.state in ('scheduled', 'queued', 'held', 'dispatching', 'in_doubt', 'sent')
    order by unsent, noted desc, i.seq desc for no key update of i`.execute(trx)
  const [kept, ...others] = rows
  const needless = others.filter((one) => one.unsent).map((one) => one.id)
  if (!kept || needless.length === 0) return
  await sql`
    update intents set follow_up_id = ${kept.id}::uuid
    where conversation_id = ${conversation}::bigint and waits_kind = 'answer' and follow_up_id = any (${needless}::uuid[])`.execute(
    trx,
  )
  await sql`update conversations set follow_up_id = ${kept.id}::uuid where id = ${conversation}::bigint`.execute(trx)
  await cancelByIds(trx, needless, ASKED_ALREADY)
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
  const { id } = claim.intent
  const { conversationId } = claim.recipient
  const held = await runTransition(trx, HOLD_FOR_ANSWER, [
    id,
    conversationId,
    decision.reason.text,
    decision.kind,
    JSON.stringify(decision.reason),
    JSON.stringify(decision.facts),
  ])
  return held.length > 0
}

const HOLD_FOR_ANSWER = transition({
  asked: `asked as (
    select $1::uuid as id, v.follow_up_id, $3::text as text, $4::text as kind, $5::jsonb as reason, $6::jsonb as facts
    from conversations v where v.id = $2::bigint)`,
  event: 'hold',
  // Somebody may have changed what was decided about: then nobody is asked by its former policy.
  guard: `i.state = 'scheduled' and coalesce(i.changed_at < (a.facts ->> 'now')::timestamptz, true)`,
  set: { waits_kind: `'answer'`, follow_up_id: 'a.follow_up_id' },
  reason: { code: `'awaiting_answer'`, text: 'a.text' },
  decision: { kind: 'a.kind', reason: 'a.reason', facts: 'a.facts' },
})

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
      // It stops with the campaign, and stands for nobody on its list.
      campaign: claim.intent.campaign == null ? null : { row: claim.intent.campaign, position: null, variant: null },
    },
  ])
}
