import { sql } from 'kysely'
import type { ConversationId, Wamid } from '../../domain/ids.ts'
import { PAIR_REFILL_MS } from '../../domain/limits.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import { haltRuns } from '../flows/pokes.ts'
import { telling } from '../outbox/tell.ts'
import { momentNow } from '../pg/clock.ts'
import type { Db } from '../pg/postgres.ts'
import { changedIn } from './tending.ts'

export interface EchoRow {
  wamid: Wamid
  conversationId: ConversationId
  at: Instant
  body: unknown
}

/** Stamps are whole seconds: what shares one came before or after. */
const SECOND = sql`interval '1 second'`

/**
 * A colleague's message from the phone app, with its place in the pair's bucket by its own stamp: one that is told hours later takes none.
 * False when the message is known already: webhooks come more than once, and one of ours keeps what we know of it.
 */
export async function insertEcho(trx: Db, { wamid, conversationId, at, body }: EchoRow): Promise<boolean> {
  const stamp = sql`least(${toDate(at)}::timestamptz, casement_now())`
  const { rows } = await sql<{ wamid: string }>`
    with echo as (
      insert into messages (wamid, conversation_id, origin, body, status, accepted_at, sent_at)
      values (${wamid}, ${conversationId}::bigint, 'phone_app', ${JSON.stringify(body)}::jsonb, 'sent', ${stamp}, ${stamp})
      on conflict (wamid) do nothing
      returning wamid, conversation_id
    ), bucket as (
      insert into pair_buckets as b (conversation_id, empties_at)
      select conversation_id, ${stamp} + ${PAIR_REFILL_MS} * interval '1 millisecond' from echo
      on conflict (conversation_id) do update
        set empties_at = greatest(b.empties_at, ${stamp}) + ${PAIR_REFILL_MS} * interval '1 millisecond'
    ), answered as (
      -- a person has written: whoever it was handed over to need not, unless it was handed over since
      update conversations v set echoed_at = ${momentNow},
        (handed_over_at, handed_over_team, handed_over_note) = (
          select v.handed_over_at, v.handed_over_team, v.handed_over_note where v.handed_over_at >= ${stamp} + ${SECOND}),
        (taken_at, taken) = (
          select case when newer then ${stamp} else v.taken_at end, case when newer then nextval('recorded') else v.taken end
          from (select v.taken_at is null or v.taken_at < ${stamp} + ${SECOND} as newer) as known)
      from echo where v.id = echo.conversation_id
    ), of as (
      select v.id, v.workspace, v.phone_number_id from echo join conversations v on v.id = echo.conversation_id
    ), told as (${telling('conversation.changed', changedIn('of', 'echo'))})
    select wamid from echo`.execute(trx)
  if (rows.length === 0) return false
  await haltRuns(trx, { conversations: [conversationId] }, 'person_took_over', at)
  return true
}
