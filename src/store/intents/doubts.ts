import { sql } from 'kysely'
import type { ConversationId, IntentId } from '../../domain/ids.ts'
import type { Delivery } from '../../domain/intent.ts'
import type { Db } from '../pg/postgres.ts'
import { LONGEST_CATCHING_UP_MS, OUTAGE_AFTER_MS } from '../webhooks/intake.ts'

export interface OpenDoubt {
  intentId: IntentId
  number: number
  conversationId: ConversationId
  delivery: Delivery
  /** Milliseconds since the attempt started. */
  ageMs: number
  /** The same, but counted from when webhooks that were missed since then should have come again; see webhook-intake.ts. */
  silentMs: number
  /** A verified webhook of the sender's account was caused after the attempt started. */
  channelAlive: boolean
}

interface DoubtRow {
  intent_id: IntentId
  number: number
  conversation_id: ConversationId
  delivery: Delivery
  age_ms: number
  silent_ms: number
  channel_alive: boolean
}

/** While nobody takes webhooks, silence says nothing; `least` passes over the null where nobody ever did. */
const listenedUntil = sql`least(casement_now(), (
    select alive_at + ${OUTAGE_AFTER_MS} * interval '1 millisecond' from webhook_intake
    where alive_at > casement_now() - ${LONGEST_CATCHING_UP_MS} * interval '1 millisecond'))`

const doubtColumns = sql`
  i.id as intent_id, i.attempts as number, i.conversation_id, i.delivery,
  (extract(epoch from casement_now() - a.started_at) * 1000)::float8 as age_ms,
  (extract(epoch from ${listenedUntil} - greatest(a.started_at, (
    select intake.caught_up_at from webhook_intake intake where a.started_at < intake.revived_at))) * 1000)::float8 as silent_ms,
  coalesce(w.webhook_caused_at > a.started_at, false) as channel_alive`

const doubtTables = sql`
  intents i
  join attempts a on a.intent_id = i.id and a.number = i.attempts
  join senders s on s.phone_number_id = i.phone_number_id
  join wabas w on w.id = s.waba_id`

/** Doubts whose attempt started longer ago than the grace, oldest first. */
export async function findDoubts(db: Db, olderThanMs: number, limit: number): Promise<OpenDoubt[]> {
  const { rows } = await sql<DoubtRow>`
    select ${doubtColumns} from ${doubtTables}
    where i.doubted_at is not null and a.started_at < casement_now() - ${olderThanMs} * interval '1 millisecond'
    order by i.doubted_at limit ${limit}`.execute(db)
  return rows.map(toDoubt)
}

/** Attempts that were opened and never closed: the worker died, or its answer was lost with it. */
export async function findStranded(db: Db, olderThanMs: number, limit: number): Promise<OpenDoubt[]> {
  const { rows } = await sql<DoubtRow>`
    select ${doubtColumns} from ${doubtTables}
    where i.has_turn and i.state = 'dispatching' and i.state_at < casement_now() - ${olderThanMs} * interval '1 millisecond'
    order by i.state_at limit ${limit}`.execute(db)
  return rows.map(toDoubt)
}

/** Webhooks that have arrived and are not applied yet could hold the answer. */
export async function inboxIsBehind(db: Db): Promise<boolean> {
  const { rows } = await sql<{ behind: boolean }>`
    select exists (select 1 from webhook_events where state = 'pending' and received_at < casement_now() - interval '1 second') as behind`.execute(
    db,
  )
  return rows[0]?.behind ?? false
}

function toDoubt(row: DoubtRow): OpenDoubt {
  return {
    intentId: row.intent_id,
    number: row.number,
    conversationId: row.conversation_id,
    delivery: row.delivery,
    ageMs: row.age_ms,
    silentMs: row.silent_ms,
    channelAlive: row.channel_alive,
  }
}
