import { type RawBuilder, sql } from 'kysely'
import type { Actor, Purview } from '../../domain/access.ts'
import type { WhenClosed } from '../../domain/content.ts'
import type { ConversationId, IntentId, WabaId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/time.ts'
import { inPurview } from '../access/purview.ts'
import { TEMPLATE_THAT_LEFT } from '../intents/opening-record.ts'
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
  /** Who had it sent; null also where nobody noted it. */
  created_by: Actor | null
  /** Meta's error, where it failed after it was accepted. */
  error: unknown
  /** What went in place of the message: to put its words together. */
  substitute: { language: string | null; when_closed: WhenClosed } | null
  waba_id: WabaId
}

/**
 * Where a message stands among those of its conversation: by the second in which it was accepted, or written by Meta's stamp, and within
 * one by when it came in. What only a late status told of was accepted by its stamp.
 */
export interface MessagePlace {
  /** Microseconds since the epoch, as text: an `Instant` is coarser. */
  at: string
  cameInAt: string
  wamid: string
}

const KEY = sql`(extract(epoch from x.kept_at) * 1000000)::bigint::text as kept_us, (extract(epoch from x.came_in_at) * 1000000)::bigint::text as came_in_us`

const COLUMNS = sql`x.direction, x.wamid, x.at, x.type, x.body, x.template, x.status, x.pricing, x.intent_id, x.origin, x.created_by, x.error,
  x.substitute, x.waba_id`

/** As coarse as Meta's stamps, so that who answers within a second comes after what they answer. */
const SECOND_ACCEPTED = sql`date_trunc('second', m.accepted_at)`

const OUTBOUND = sql`
  select 'outbound' as direction, m.wamid, coalesce(m.sent_at, m.accepted_at) as at,
    case when m.sent_as = 'template' then 'template' else coalesce(i.message ->> 'type', m.body ->> 'type', 'unknown') end as type,
    case when m.sent_as = 'template' and i.message ->> 'type' <> 'template' then null else coalesce(i.message, m.body) end as body,
    case when m.sent_as = 'template' then ${sql.raw(TEMPLATE_THAT_LEFT)} end as template,
    m.status, m.pricing, m.intent_id, m.origin, i.created_by, m.error,
    case when m.sent_as = 'template' and i.message ->> 'type' <> 'template'
      then jsonb_build_object('language', a.decision -> 'facts' ->> 'template_language', 'when_closed', i.when_closed) end as substitute,
    s.waba_id, m.conversation_id, ${SECOND_ACCEPTED} as kept_at, m.accepted_at as came_in_at
  from messages m
  join conversations v on v.id = m.conversation_id
  join senders s on s.phone_number_id = v.phone_number_id
  left join intents i on i.id = m.intent_id
  left join attempts a on a.intent_id = m.intent_id and a.number = m.attempt`
const INBOUND = sql`
  select 'inbound', n.wamid, n.at, n.type, n.body, null, null, null, null::uuid, null, null, null, null, s.waba_id, n.conversation_id,
    n.at, n.received_at
  from inbound_messages n
  join conversations v on v.id = n.conversation_id
  join senders s on s.phone_number_id = v.phone_number_id`

export interface FoundMessage extends ExchangedMessage {
  sender: string
  wa_id: string | null
  bsuid: string | null
  conversation_id: ConversationId
}

/** Those of them that are in the purview, each with its number and whom it was exchanged with. */
export async function readMessages(db: Db, purview: Purview, wamids: readonly string[]): Promise<FoundMessage[]> {
  if (wamids.length === 0) return []
  const { rows } = await sql<FoundMessage>`
    select ${COLUMNS}, v.id as conversation_id, v.phone_number_id as sender, c.wa_id, c.bsuid
    from (
      ${OUTBOUND} where m.wamid = any (${wamids}::text[])
      union all
      ${INBOUND} where n.wamid = any (${wamids}::text[])
    ) x join conversations v on v.id = x.conversation_id join contacts c on c.id = v.contact_id
    where ${inPurview('v', purview)} and c.erased_at is null`.execute(db)
  return rows
}

export type PlacedMessage = ExchangedMessage & {
  kept_us: string
  came_in_us: string
  /** How many there were within the limit: more than fit where the bytes were too few. */
  there: number
}

/**
 * The newest of both sides, newest first, as many as fit into the bytes, and one at least. Served by `messages_conversation` and
 * `inbound_messages_conversation`.
 */
export async function listExchanged(
  db: Db,
  conversationId: ConversationId,
  limit: number,
  maxBytes: number = Number.MAX_SAFE_INTEGER,
  before: MessagePlace | null = null,
): Promise<PlacedMessage[]> {
  const { rows } = await sql<PlacedMessage>`
    select ${COLUMNS}, ${KEY}, least(x.there, ${limit}::bigint)::integer as there from (
    select *, count(*) over () as there, sum(octet_length(coalesce(body::text, ''))) over shown as bytes, row_number() over shown as nth from (
      (${OUTBOUND}
      where m.conversation_id = ${conversationId}::bigint and ${isBefore(before, SECOND_ACCEPTED, sql`m.accepted_at`, sql`m.wamid`)}
        and ${before === null ? sql`true` : sql`m.accepted_at < ${instantOf(before.at)} + interval '1 second'`}
      order by m.accepted_at desc, m.wamid desc limit ${limit})
      union all
      (${INBOUND}
      where n.conversation_id = ${conversationId}::bigint and ${isBefore(before, sql`n.at`, sql`n.received_at`, sql`n.wamid`)}
      order by n.at desc, n.received_at desc, n.wamid desc limit ${limit})
    ) exchanged
    window shown as (order by kept_at desc, came_in_at desc, wamid desc rows unbounded preceding)
    ) x
    where nth = 1 or bytes <= ${maxBytes}
    order by nth limit ${limit}`.execute(db)
  return rows
}

function isBefore(
  before: MessagePlace | null,
  at: RawBuilder<unknown>,
  cameInAt: RawBuilder<unknown>,
  wamid: RawBuilder<unknown>,
): RawBuilder<unknown> {
  if (before === null) return sql`true`
  const place = sql`(${instantOf(before.at)}, ${instantOf(before.cameInAt)}, ${before.wamid}::text)`
  // The first of the two is a range of the index.
  return sql`${at} <= ${instantOf(before.at)} and (${at}, ${cameInAt}, ${wamid}) < ${place}`
}

/** Not `to_timestamp`, whose double would lose microseconds. */
function instantOf(us: string): RawBuilder<unknown> {
  return sql`(timestamptz 'epoch' + ${us}::bigint * interval '1 microsecond')`
}

/** A message that is only mentioned. */
export interface MentionedMessage {
  wamid: string
  direction: 'inbound' | 'outbound'
  at: Instant
  type: string
  /** Null where it is large: nobody reads that in a line. */
  body: Record<string, unknown> | null
  template: string | null
  status: string | null
}

const MENTIONED = sql`x.direction, x.wamid, x.at, x.type, case when octet_length(x.body::text) <= 16384 then x.body end as body, x.template, x.status`

/** Of each of the conversations that has one. */
export async function lastMessages(
  db: Db,
  conversations: readonly ConversationId[],
): Promise<Map<ConversationId, MentionedMessage>> {
  if (conversations.length === 0) return new Map()
  const { rows } = await sql<MentionedMessage & { conversation_id: ConversationId }>`
    select ${MENTIONED}, asked.id as conversation_id from unnest(${conversations}::bigint[]) as asked (id) cross join lateral (
      select * from (
        (${OUTBOUND} where m.conversation_id = asked.id order by m.accepted_at desc, m.wamid desc limit 1)
        union all
        (${INBOUND} where n.conversation_id = asked.id order by n.at desc, n.received_at desc, n.wamid desc limit 1)
      ) both_sides order by kept_at desc, came_in_at desc, wamid desc limit 1) x`.execute(db)
  return new Map(rows.map(({ conversation_id, ...message }) => [conversation_id, message]))
}

export interface QuotedMessage extends MentionedMessage {
  conversation_id: ConversationId
  intent_id: IntentId | null
}

/** What messages quote, by wamid or by the id of our intent. Whoever asks looks whether it is of the same conversation. */
export async function readQuoted(
  db: Db,
  wamids: readonly string[],
  intents: readonly IntentId[],
): Promise<QuotedMessage[]> {
  if (wamids.length === 0 && intents.length === 0) return []
  const asked = sql`
    ${wamids}::text[] || array(select q.wamid from intents q where q.id = any (${intents}::uuid[]) and q.wamid is not null)`
  const { rows } = await sql<QuotedMessage>`
    select ${MENTIONED}, x.intent_id, x.conversation_id from (
      ${OUTBOUND} where m.wamid = any (${asked})
      union all
      ${INBOUND} where n.wamid = any (${wamids}::text[])
    ) x`.execute(db)
  return rows
}
