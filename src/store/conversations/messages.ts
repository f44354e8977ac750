import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import type { ConversationId, IntentId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { inPurview } from '../access/purview.ts'
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

const OUTBOUND = sql`
  select 'outbound' as direction, m.wamid, coalesce(m.sent_at, m.accepted_at) as at,
    case when m.sent_as = 'template' then 'template' else coalesce(i.message ->> 'type', m.body ->> 'type', 'unknown') end as type,
    case when m.sent_as = 'template' and i.message ->> 'type' <> 'template' then null else coalesce(i.message, m.body) end as body,
    case when m.sent_as = 'template' then coalesce(i.message -> 'template' ->> 'name', a.decision -> 'facts' ->> 'template') end as template,
    m.status, m.pricing, m.intent_id, m.origin, m.conversation_id
  from messages m
  left join intents i on i.id = m.intent_id
  left join attempts a on a.intent_id = m.intent_id and a.number = m.attempt`
const INBOUND = sql`
  select 'inbound', n.wamid, n.at, n.type, n.body, null, null, null, null::uuid, null, n.conversation_id
  from inbound_messages n`

export interface FoundMessage extends ExchangedMessage {
  sender: string
  wa_id: string | null
  bsuid: string | null
}

/** Those of them that are in the purview, each with its number and whom it was exchanged with. */
export async function readMessages(db: Db, purview: Purview, wamids: readonly string[]): Promise<FoundMessage[]> {
  if (wamids.length === 0) return []
  const { rows } = await sql<FoundMessage>`
    select x.direction, x.wamid, x.at, x.type, x.body, x.template, x.status, x.pricing, x.intent_id, x.origin,
      v.phone_number_id as sender, c.wa_id, c.bsuid
    from (
      ${OUTBOUND} where m.wamid = any (${wamids}::text[])
      union all
      ${INBOUND} where n.wamid = any (${wamids}::text[])
    ) x join conversations v on v.id = x.conversation_id join contacts c on c.id = v.contact_id
    where ${inPurview('v', purview)} and c.erased_at is null`.execute(db)
  return rows
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
      (${OUTBOUND}
      where m.conversation_id = ${conversationId}::bigint
      order by m.accepted_at desc limit ${limit})
      union all
      (${INBOUND}
      where n.conversation_id = ${conversationId}::bigint
      order by n.at desc limit ${limit})
    ) exchanged
    window shown as (order by at desc, direction rows unbounded preceding)
    ) measured
    where nth = 1 or bytes <= ${maxBytes}
    order by nth limit ${limit}`.execute(db)
  return rows
}
