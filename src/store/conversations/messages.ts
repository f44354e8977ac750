import { sql } from 'kysely'
import type { ConversationId, IntentId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/** A message of either side. `body` is the message object: ours as it was asked for, theirs as Meta delivered it. */
export interface ExchangedMessage {
  direction: 'inbound' | 'outbound'
  wamid: string
  at: Instant
  type: string
  /** Null when a template went in place of the message, which the customer then never saw. */
  body: Record<string, unknown> | null
  /** Name of the template that went in place of the message. */
  template: string | null
  status: string | null
  pricing: unknown
  intent_id: IntentId | null
  /** A colleague wrote it with the phone app. Null: it is ours, or the customer's. */
  origin: 'phone_app' | null
}

/**
 * The newest of both sides, newest first, as many as fit into the bytes, and one at least. Ours count from Meta's stamp once a status webhook told it, for that is what theirs
 * count from.
 */
export async function listExchanged(
  db: Db,
  conversationId: ConversationId,
  limit: number,
  maxBytes: number = Number.MAX_SAFE_INTEGER,
): Promise<ExchangedMessage[]> {
  const { rows } = await sql<ExchangedMessage>`
    select direction, wamid, at, type, body, template, status, pricing, intent_id, origin from (
    select *, sum(octet_length(coalesce(body::text, ''))) over shown as bytes, row_number() over shown as nth from (
      (select 'outbound' as direction, m.wamid, coalesce(m.sent_at, m.accepted_at) as at,
        case when m.sent_as = 'template' then 'template' else coalesce(i.message ->> 'type', m.body ->> 'type', 'unknown') end as type,
        case when m.sent_as = 'template' and i.message ->> 'type' <> 'template' then null else coalesce(i.message, m.body) end as body,
        case when m.sent_as = 'template' then coalesce(i.message -> 'template' ->> 'name', a.decision -> 'facts' ->> 'template') end as template,
        m.status, m.pricing, m.intent_id, m.origin
      from messages m
      left join intents i on i.id = m.intent_id
      left join attempts a on a.intent_id = m.intent_id and a.number = m.attempt
      where m.conversation_id = ${conversationId}::bigint
      order by m.accepted_at desc limit ${limit})
      union all
      (select 'inbound', n.wamid, n.at, n.type, n.body, null, null, null, null, null
      from inbound_messages n
      where n.conversation_id = ${conversationId}::bigint
      order by n.at desc limit ${limit})
    ) exchanged
    window shown as (order by at desc, direction rows unbounded preceding)
    ) measured
    where nth = 1 or bytes <= ${maxBytes}
    order by nth limit ${limit}`.execute(db)
  return rows
}
