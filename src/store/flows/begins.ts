import { sql } from 'kysely'
import type { IntentId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { dueUpTo } from './runs.ts'
import type { PlaceRow } from './triggers.ts'

/* Messages of ours by which a flow may begin. They are put down as their statuses come (store/intents/statuses.ts). */

export interface BeginKey {
  flow: number
  trigger: 'campaign' | 'unanswered'
  intent: IntentId
}

export interface DueBegin extends PlaceRow, BeginKey {
  of: 'campaign' | 'template' | 'flow'
  name: string
  /** When it left, or was delivered. */
  since: Instant
  /** The customer has written since it left. */
  answered: boolean
  /** How many flows, one begun by another's message, led to it. */
  hops: number
}

/**
 * Those whose time has come and that nobody else has in hand, the longest due first, until the transaction ends. What customers sent before is
 * applied first, for a while. A message whose conversation is gone is settled by this.
 *
 * @param only this one
 */
export async function takeDueBegins(trx: Db, limit: number, only: BeginKey | null = null): Promise<DueBegin[]> {
  const asked =
    only === null
      ? sql`true`
      : sql`(flow_id, trigger, intent_id) = (${only.flow}::integer, ${only.trigger}::text, ${only.intent}::uuid)`
  const { rows } = await sql<DueBegin>`
    with taken as materialized (
      select * from flow_begins where due_at <= ${dueUpTo} and ${asked} order by due_at limit ${limit} for no key update skip locked
    ), found as materialized (
      select b.flow_id, b.trigger, b.intent_id, b.of, b.name, b.since, v.workspace, v.phone_number_id, v.contact_id, v.id as conversation_id,
        coalesce(m.sent_at, m.accepted_at) as sent_at, case when r.id is null then -1 when r.run #>> '{trigger,hops}' ~ '^[0-9]{1,3}$' then (r.run #>> '{trigger,hops}')::integer
          else 0 end as hops
      from taken b
      join intents i on i.id = b.intent_id
      join conversations o on o.id = i.conversation_id
      join conversations v on v.id = coalesce(o.merged_into, o.id) and v.merged_into is null
      join messages m on m.wamid = i.wamid
      left join flow_runs r on r.id = i.flow_run_id
    ), gone as (
      update flow_begins b set due_at = null from taken t
      where (b.flow_id, b.trigger, b.intent_id) = (t.flow_id, t.trigger, t.intent_id)
        and not exists (select from found f where (f.flow_id, f.trigger, f.intent_id) = (t.flow_id, t.trigger, t.intent_id))
    )
    select f.flow_id as flow, f.trigger, f.intent_id as intent, f.of, f.name, f.since, f.workspace, f.phone_number_id as sender,
      f.contact_id::text as "contactId", f.conversation_id::text as "conversationId", f.hops + 1 as hops,
      exists (select from inbound_messages n where n.conversation_id = f.conversation_id and n.recorded is not null
        -- stamps are whole seconds: what shares one came before or after
        and n.at >= date_trunc('second', f.sent_at)) as answered
    from found f`.execute(trx)
  return rows
}

/** Looked at again then; null: never. */
export async function settleBegins(
  trx: Db,
  settled: readonly { begin: BeginKey; again: Instant | null }[],
): Promise<void> {
  if (settled.length === 0) return
  await sql`
    update flow_begins b set due_at = to_timestamp(s.again / 1000.0)
    from unnest(${settled.map((s) => s.begin.flow)}::integer[], ${settled.map((s) => s.begin.trigger)}::text[],
      ${settled.map((s) => s.begin.intent)}::uuid[], ${settled.map((s) => s.again)}::bigint[]) as s (flow_id, trigger, intent_id, again)
    where (b.flow_id, b.trigger, b.intent_id) = (s.flow_id, s.trigger, s.intent_id)`.execute(trx)
}
