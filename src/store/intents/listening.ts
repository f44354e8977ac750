import type { ConversationId, IntentId } from '../../domain/ids.ts'
import type { Reason } from '../../domain/intent.ts'
import type { CancelOn } from '../../domain/request.ts'
import type { Db } from '../pg/postgres.ts'
import { runTransition, transition } from './transitions.ts'

/*
 * Messages that end when somebody answers first (`cancel_on`). They are ended by whoever records the answer, in that transaction. What is on
 * its way at that moment cannot be called back; should it come back, or should it have been enqueued by a transaction that was open then, the
 * dispatch finds the answer on record (`ANSWERED_BY`) and ends it all the same.
 */

const END_LISTENING = transition({
  asked: `asked as (
    select i.id, $4::text as code, $5::text as text from intents i
    where i.conversation_id in (select id from conversations where id = any ($1::bigint[]) or merged_into = any ($1::bigint[]))
      and i.cancel_on @> array[$2::text] and (i.due_at is not null or i.waits_kind is not null)
      and ($3::jsonb is null or (i.id <> all (array(select jsonb_array_elements_text($3::jsonb -> 'except')::uuid))
        and not coalesce(i.created_by ->> 'kind' = 'user' and i.created_by ->> 'id' = $3::jsonb ->> 'by', false)))
    order by i.id for no key update)`,
  event: 'cancel',
  reason: { code: 'a.code', text: 'a.text' },
  decision: {
    kind: `'cancel'`,
    reason: `jsonb_build_object('code', a.code, 'text', a.text)`,
    facts: `jsonb_build_object('answered_by', $2::text)`,
  },
  ends: true,
})

/**
 * Ends what listens for this in these conversations and has not left. Answers how many.
 *
 * @param person who answered: what they have enqueued themselves is not ended by them, and neither are the answers
 */
export async function endListening(
  trx: Db,
  conversations: readonly ConversationId[],
  event: CancelOn,
  reason: Reason,
  person: { by: string | null; except: readonly IntentId[] } | null = null,
): Promise<number> {
  const values = [conversations, event, person && JSON.stringify(person), reason.code, reason.text]
  return (await runTransition(trx, END_LISTENING, values)).length
}

/** `o` is another person's than the one who enqueued `i`. Ids of keys and of people may be the same. */
const OF_ANOTHER = `o.created_by ->> 'kind' = 'user'
  and not coalesce(i.created_by ->> 'kind' = 'user' and o.created_by ->> 'id' = i.created_by ->> 'id', false)`

/**
 * Who has answered since `i` listens, of those whom it listens for; null where it listens for nobody, or nobody has. Over `i`, and `v`,
 * its conversation. Ids are made of the time, so what a person enqueued after it is found behind it in `intents_conversation`; what somebody
 * scheduled is an answer once it has left, whenever they did, and is found among the messages since.
 */
export const ANSWERED_BY = `case when i.cancel_on is not null then case
  when 'reply' = any (i.cancel_on) and v.heard_at > coalesce(i.listens_since, i.created_at) then 'reply'
  when 'colleague' = any (i.cancel_on) and (v.echoed_at > coalesce(i.listens_since, i.created_at) or exists (
    select from intents o where o.conversation_id = v.id and o.id > i.id and ${OF_ANOTHER}
      and coalesce(o.created_at > i.listens_since, true) and o.send_at <= o.created_at) or exists (
    select from messages m join intents o on o.id = m.intent_id
    where m.conversation_id = v.id and m.accepted_at > coalesce(i.listens_since, i.created_at) and m.status is distinct from 'failed'
      and ${OF_ANOTHER} and o.send_at > o.created_at)) then 'colleague' end end`

/** What came in so long before is taken in by now, or taking in stands still; milliseconds. */
const HEARD_WITHIN_MS = 10_000
const LOOKED_AT = 1_000

/**
 * Something that came in before the time of `i`, which listens, is not taken in yet: it may be the answer. Only of messages whose time has
 * just come, so that nobody waits for long where taking in stands still.
 */
export const UNHEARD = `i.cancel_on is not null and i.send_at > casement_now() - ${HEARD_WITHIN_MS} * interval '1 millisecond' and exists (
  select from (select numbers, received_at from webhook_events where state = 'pending' order by id limit ${LOOKED_AT}) e
  where e.received_at <= i.send_at and e.received_at > casement_now() - ${HEARD_WITHIN_MS} * interval '1 millisecond'
    and (e.numbers is null or i.phone_number_id = any (e.numbers)))`
