import { sql } from 'kysely'
import type { ConversationId, IntentId, PhoneNumberId } from '../../domain/ids.ts'
import type { Delivery } from '../../domain/intent.ts'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'
import { STATUS_LATE_AFTER_MS } from '../webhooks/channels.ts'
import { OUTAGE_AFTER_MS } from '../webhooks/intake.ts'

export interface OpenDoubt {
  intentId: IntentId
  number: number
  sender: PhoneNumberId
  conversationId: ConversationId
  delivery: Delivery
  startedAt: Instant
  /** Milliseconds since the attempt started. */
  ageMs: number
  /** The same, but counted from when webhooks that were missed since then should have come again; see webhooks/intake.ts. */
  silentMs: number
  /** A status or a message of this number was caused after the attempt started, by Meta's stamp, and was applied. */
  channelAlive: boolean
  /** Statuses of this number do not come now, though some are due; or no process of ours takes webhooks. */
  outage: boolean
  /** Somebody wished to cancel it: it is not sent again. */
  cancelRequested: boolean
}

interface DoubtRow {
  intent_id: IntentId
  number: number
  phone_number_id: PhoneNumberId
  conversation_id: ConversationId
  delivery: Delivery
  started_at: Instant
  age_ms: number
  silent_ms: number
  channel_alive: boolean
  outage: boolean
  cancel_requested: boolean
}

const ago = (ms: number) => sql`casement_now() - ${ms} * interval '1 millisecond'`

const doubtColumns = sql`
  i.id as intent_id, i.attempts as number, i.phone_number_id, i.conversation_id, i.delivery, a.started_at,
  (extract(epoch from casement_now() - a.started_at) * 1000)::float8 as age_ms,
  (extract(epoch from casement_now() - greatest(a.started_at,
    case when a.started_at < c.revived_at then c.caught_up_at end,
    (select intake.caught_up_at from webhook_intake intake where a.started_at < intake.revived_at))) * 1000)::float8 as silent_ms,
  coalesce(c.caused_at > a.started_at, false) as channel_alive,
  coalesce(c.awaiting_since > coalesce(c.told_at, '-infinity') and c.awaiting_since < ${ago(STATUS_LATE_AFTER_MS)}, false)
    or coalesce((select intake.alive_at < ${ago(OUTAGE_AFTER_MS)} from webhook_intake intake), false) as outage,
  i.cancel_requested_at is not null as cancel_requested`

const doubtTables = sql`
  join attempts a on a.intent_id = i.id and a.number = i.attempts
  left join webhook_channels c on c.phone_number_id = i.phone_number_id`

/**
 * Doubts whose attempt started longer ago than the grace: of each number the oldest `limit`, so that a number whose webhooks are dead keeps
 * nobody else waiting.
 */
export async function findDoubts(db: Db, olderThanMs: number, limit: number): Promise<OpenDoubt[]> {
  const { rows } = await sql<DoubtRow>`
    with recursive doubted as (
      (select phone_number_id from intents where doubted_at is not null order by phone_number_id limit 1)
      union all
      select (
        select next.phone_number_id from intents next
        where next.doubted_at is not null and next.phone_number_id > doubted.phone_number_id order by next.phone_number_id limit 1)
      from doubted where doubted.phone_number_id is not null
    )
    select ${doubtColumns}
    from doubted
    cross join lateral (
      select * from intents
      where intents.phone_number_id = doubted.phone_number_id and intents.doubted_at is not null order by intents.doubted_at limit ${limit}
    ) i ${doubtTables}
    where a.started_at < ${ago(olderThanMs)}
    order by i.doubted_at`.execute(db)
  return rows.map(toDoubt)
}

/** Attempts that were opened and never closed: the worker died, or its answer was lost with it. Each of them has its turn. */
export async function findStranded(db: Db, olderThanMs: number, limit: number): Promise<OpenDoubt[]> {
  const { rows } = await sql<DoubtRow>`
    select ${doubtColumns} from intents i ${doubtTables}
    where i.id in (select intent_id from turns) and i.state = 'dispatching' and i.state_at < ${ago(olderThanMs)}
    order by i.state_at limit ${limit}`.execute(db)
  return rows.map(toDoubt)
}

function toDoubt(row: DoubtRow): OpenDoubt {
  return {
    intentId: row.intent_id,
    number: row.number,
    sender: row.phone_number_id,
    conversationId: row.conversation_id,
    delivery: row.delivery,
    startedAt: row.started_at,
    ageMs: row.age_ms,
    silentMs: row.silent_ms,
    channelAlive: row.channel_alive,
    outage: row.outage,
    cancelRequested: row.cancel_requested,
  }
}
