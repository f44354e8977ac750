import { sql } from 'kysely'
import type { ConversationId, IntentId, PhoneNumberId, WabaId } from '../../domain/ids.ts'
import type { Reason } from '../../domain/intent.ts'
import type { WaitingIntent } from '../../domain/release.ts'
import { templateStatusesOf } from '../../domain/template.ts'
import type { Db } from '../pg/postgres.ts'
import { FLOW_LETS_GO } from './flow-gate.ts'
import { runTransition, transition } from './transitions.ts'

/* Held intents: who waits, who is let go, whose time is over. */

/**
 * The intents whose wait a customer's message ends, locked until the transaction ends: those that wait for it, and free-form messages that
 * wait for the template of their closed window, which is open now.
 */
export async function lockWaitingForConversation(trx: Db, conversationId: ConversationId): Promise<WaitingIntent[]> {
  const rows = await trx
    .selectFrom('intents')
    .select(['id', 'seq', 'release', 'when_closed', 'reason_code', 'waits_kind', 'follow_up_id'])
    // Something that was merged into it may not be there yet. As a list: by an "or", joined, all conversations that there are would be read.
    .where(
      'conversation_id',
      '=',
      sql<ConversationId>`any (${conversationId}::bigint || array(select v.id from conversations v where v.merged_into = ${conversationId}::bigint))`,
    )
    .where((where) =>
      where.or([
        where('waits_kind', 'in', ['window', 'answer']),
        where.and([
          where('waits_kind', 'in', ['template', 'budget']),
          where((eb) => eb.ref('message', '->>').key('type'), '<>', 'template'),
        ]),
      ]),
    )
    .orderBy('seq')
    .forUpdate()
    .execute()
  return rows.map((row) => ({
    id: row.id as IntentId,
    seq: BigInt(row.seq),
    release: row.release,
    whenClosed: row.when_closed,
    invited: row.reason_code === 'awaiting_answer',
    followUpId: row.waits_kind === 'answer' ? (row.follow_up_id as IntentId | null) : null,
  }))
}

const RELEASE_BY_IDS = transition({
  asked: 'asked as (select unnest($1::uuid[]) as id)',
  event: 'release',
  set: { due_at: 'least(i.send_at, casement_now())' },
  releases: true,
})

/** Returns how many were let go. */
export async function releaseByIds(trx: Db, ids: IntentId[]): Promise<number> {
  if (ids.length === 0) return 0
  return (await runTransition(trx, RELEASE_BY_IDS, [ids])).length
}

const RELEASE_TEMPLATE_WAITERS = transition({
  asked: `asked as (
    select i.id from senders s
    cross join lateral (
      select w.id, w.seq from intents w
      where w.phone_number_id = s.phone_number_id and w.waits_kind = 'template' and w.waits_template = $2 and w.waits_language = $3
      order by w.seq limit $4
      for update skip locked
    ) i
    where s.waba_id = $1 order by i.seq limit $4)`,
  event: 'release',
  set: { due_at: 'least(i.send_at, casement_now())' },
  releases: true,
})

/**
 * Free-form messages that wait for the first of several templates while another of them can go by now. Only what has changed since they began to
 * wait is a reason to decide again, or who finds that it does not fit them were asked without end; the moment before is that of who was
 * deciding meanwhile.
 */
const RELEASE_FOR_ALTERNATE = transition({
  asked: `asked as (
    select i.id from senders s
    cross join lateral (
      select w.id, w.seq from intents w
      where w.phone_number_id = s.phone_number_id and w.waits_kind = 'template' and w.message ->> 'type' <> 'template'
        and jsonb_path_exists(w.when_closed, '$.**.name ? (@ == $name)', jsonb_build_object('name', $2::text))
        and exists (
          select from templates t join template_history h on h.template_id = t.id
          where t.waba_id = $1 and t.name = $2 and t.language = $3 and t.status = any ('{${templateStatusesOf('usable').join(',')}}')
            and t.category_held_at is null and h.at > w.waits_since - interval '2 seconds')
      order by w.seq limit $4
      for update skip locked
    ) i
    where s.waba_id = $1 order by i.seq limit $4)`,
  event: 'release',
  set: { due_at: 'least(i.send_at, casement_now())' },
  releases: true,
})

/**
 * Lets go what waited for a template of an account: due since its own time, in the order of enqueueing; and behind all of that what waited for
 * another one and may go by this. Returns how many; call again while it is `limit`. Served by `intents_waiting_template`.
 */
export async function releaseTemplateWaiters(
  db: Db,
  wabaId: WabaId,
  template: { name: string; language: string },
  limit: number,
): Promise<number> {
  const { name, language } = template
  const released = (await runTransition(db, RELEASE_TEMPLATE_WAITERS, [wabaId, name, language, limit])).length
  if (released === limit) return released
  const more = await runTransition(db, RELEASE_FOR_ALTERNATE, [wabaId, name, language, limit - released])
  return released + more.length
}

const RELEASE_FOR_RESPONDER = transition({
  asked: `asked as (select id from intents where conversation_id = $1 and waits_kind = 'responder' order by seq for update)`,
  event: 'release',
  set: { due_at: 'least(i.send_at, casement_now())' },
  releases: true,
})

/** Another responder gave the customer back. Returns how many were let go. */
export async function releaseForResponder(trx: Db, conversationId: ConversationId): Promise<number> {
  return (await runTransition(trx, RELEASE_FOR_RESPONDER, [conversationId])).length
}

const RELEASE_FOR_RUN = transition({
  asked: `asked as (
    select i.id from intents i where i.conversation_id = $1 and i.waits_kind = 'flow' and ${FLOW_LETS_GO} order by i.seq for update)`,
  event: 'release',
  set: { due_at: 'least(i.send_at, casement_now())' },
  releases: true,
})

/** A run of this conversation was resumed: what it asked for goes, unless its flow is paused. */
export async function releaseForRun(trx: Db, conversationId: ConversationId): Promise<void> {
  await runTransition(trx, RELEASE_FOR_RUN, [conversationId])
}

const CANCEL_BY_IDS = transition({
  asked: 'asked as (select unnest($1::uuid[]) as id, $2::text as code, $3::text as text)',
  event: 'cancel',
  reason: { code: 'a.code', text: 'a.text' },
  ends: true,
})

/** What has left already, or is over, stays as it is. */
export async function cancelByIds(trx: Db, ids: IntentId[], reason: Reason): Promise<void> {
  if (ids.length > 0) await runTransition(trx, CANCEL_BY_IDS, [ids, reason.code, reason.text])
}

/**
 * The same of what nobody wants any more, also where it may have left: whatever brings that back ends it, so nothing is sent once more. Locked
 * first, or it could go out between the two.
 */
export async function cancelForGood(trx: Db, ids: IntentId[], reason: Reason): Promise<void> {
  if (ids.length === 0) return
  await sql`
    select from intents where id = any (${ids}::uuid[]) and state in ('scheduled', 'held', 'dispatching', 'in_doubt')
    order by id for no key update`.execute(trx)
  await cancelByIds(trx, ids, reason)
  await sql`
    update intents set cancel_requested_at = casement_now(), cancel_requested_by = 'flow_stopped'
    where id = any (${ids}::uuid[]) and state in ('dispatching', 'in_doubt') and cancel_requested_at is null`.execute(
    trx,
  )
}

/** Of a sender's intents those that have not left, by each of the indexes that know of them. */
const UNSENT_OF_SENDER = `
  select id from (
    (select id from intents where phone_number_id = $1 and due_at is not null limit $2)
    union all (select id from intents where phone_number_id = $1 and waits_kind is not null limit $2)
  ) unsent limit $2`

const CANCEL_OF_SENDER = transition({
  asked: `chosen as (${UNSENT_OF_SENDER}), asked as (
    -- whoever asks: what a linked number has to send is never ended like this
    select i.id, $3::text as code, $4::text as text from intents i join (select distinct id from chosen) c on c.id = i.id
    where exists (select from senders where phone_number_id = $1 and sealed_access_token is null)
    order by i.id for update of i)`,
  event: 'cancel',
  reason: { code: 'a.code', text: 'a.text' },
  ends: true,
})

/** Ends what has not left yet of a number that is not linked any more. Returns how many; call again until it is 0. */
export async function cancelAllOfSender(db: Db, sender: PhoneNumberId, reason: Reason, limit: number): Promise<number> {
  return (await runTransition(db, CANCEL_OF_SENDER, [sender, limit, reason.code, reason.text])).length
}

const EXPIRE = transition({
  asked: `due as (
    select id from intents where due_at is not null and expires_at <= casement_now() order by expires_at limit $1 for update skip locked
  ), held as (
    select id from intents where waits_kind is not null and expires_at <= casement_now() order by expires_at limit $1 for update skip locked
  ), asked as (
    select i.id, i.expires_at, coalesce('Its time was over. ' || i.reason_text, 'Its time was over before it could leave.') as text
    from intents i where i.id in (select id from due union select id from held))`,
  event: 'expire',
  reason: { code: `'expired'`, text: 'a.text' },
  decision: {
    kind: `'expire'`,
    reason: `jsonb_build_object('code', 'expired', 'text', a.text)`,
    facts: `jsonb_build_object('expires_at', a.expires_at)`,
  },
  ends: true,
})

/**
 * Ends what waits, or is due, and whose time is over: behind a long pause, at the end of a long campaign. The dispatch ends what reaches it;
 * nothing here depends on permits. Returns how many; call again while it is not 0. Served by `intents_expiry` and `intents_held_expiry`.
 */
export async function expireIntents(db: Db, limit: number): Promise<number> {
  return (await runTransition(db, EXPIRE, [limit])).length
}
