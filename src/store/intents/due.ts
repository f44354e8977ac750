import { sql } from 'kysely'
import type pg from 'pg'
import type { IntentId, PhoneNumberId } from '../../domain/ids.ts'
import { PRIORITIES, type Priority, type Reason } from '../../domain/intent.ts'
import { effectiveMps } from '../../domain/throughput.ts'
import type { Instant } from '../../domain/time.ts'
import { type PaceRow, paceColumns, paceOf } from '../accounts/pace.ts'
import { reasonOf } from '../accounts/sender-reads.ts'
import { type Db, prepared } from '../pg/postgres.ts'
import { transition } from './transitions.ts'

/* What the relay and the sweeper read and move: intents that are due, and intents that stand in a lane. */

export interface QueuedIntent {
  id: IntentId
  wake: number
  priority: Priority
}

interface QueuedRow {
  id: IntentId
  wake: number
  priority: number
  due_at: Instant
  seq: string
}

const queueDueIntents = prepared<QueuedRow>(
  'queue_due_intents',
  transition({
    asked: `lead as materialized (
      select pg_try_advisory_xact_lock(hashtextextended('casement relay ' || $1, 0)) as mine
    ), due as (
      select candidate.* from lead cross join unnest($2::smallint[], $3::int[]) as r (priority, room)
      cross join lateral (
        select i.id, i.conversation_id, i.priority, i.has_turn, i.due_at, i.seq from intents i
        where lead.mine and i.phone_number_id = $1 and i.priority = r.priority and i.due_at <= casement_now()
          and (i.has_turn or not exists (
            select 1 from intents t
            where t.phone_number_id = $1 and t.priority = i.priority and t.conversation_id = i.conversation_id and t.has_turn))
        order by i.due_at, i.seq
        limit r.room
        for update of i skip locked
      ) candidate
    ), asked as (
      select distinct on (conversation_id, priority) id, due_at, seq from due
      order by conversation_id, priority, has_turn desc, due_at, seq
    )`,
    event: 'queue',
    set: {
      has_turn: 'true',
      wake: 'i.wake + 1',
      reason_code: 'i.reason_code',
      reason_text: 'i.reason_text',
      reason_graph_code: 'i.reason_graph_code',
    },
    returning: ['i.wake', 'a.due_at'],
    told: false,
    select: 'select id, wake, priority, due_at, seq from moved',
  }),
)

/**
 * Moves due intents of one sender into `queued`, at most `room` per priority, oldest first, one per conversation and priority. Served by
 * `intents_due` and `intents_turn`. One relay has the lead; should two ever run, the advisory lock lets one of them work on a sender, and the
 * unique turn makes the other's stale view an error instead of a message out of order.
 */
export async function queueDue(
  pool: pg.Pool,
  sender: PhoneNumberId,
  room: Record<Priority, number>,
): Promise<QueuedIntent[]> {
  const ranks = PRIORITIES.map((_, rank) => rank)
  const rows = await queueDueIntents(pool, [sender, ranks, PRIORITIES.map((priority) => Math.max(0, room[priority]))])
  return rows
    .sort((a, b) => a.priority - b.priority || a.due_at - b.due_at || Number(BigInt(a.seq) - BigInt(b.seq)))
    .map((row) => ({ id: row.id, wake: row.wake, priority: PRIORITIES[row.priority] as Priority }))
}

/** A sender with something due now. */
export interface DueSender {
  sender: PhoneNumberId
  state: 'active' | 'paused' | 'restricted'
  reason: Reason | null
  /** What may leave now: the configured throughput, or less after a throttle. */
  throughputMps: number
  /** Meta throttled the account: nothing leaves for now. */
  callsPaused: boolean
}

interface SenderRow extends PaceRow {
  phone_number_id: PhoneNumberId
  state: DueSender['state']
  reason_code: Reason['code'] | null
  reason_text: string | null
  reason_graph_code: number | null
  calls_paused: boolean
}

const dueSenderColumns = sql`
  s.phone_number_id, s.state, s.reason_code, s.reason_text, s.reason_graph_code, ${paceColumns}, coalesce(w.calls_paused_until > casement_now(), false) as calls_paused`

/**
 * What the relay looks at each round; one probe of `intents_due` per sender and priority. The order is what keeps PostgreSQL to that index:
 * behind a long campaign it takes any due intent for easy to find, and reads the whole table for a priority that has none.
 */
export async function readDueSenders(db: Db): Promise<DueSender[]> {
  const { rows } = await sql<SenderRow>`
    select ${dueSenderColumns} from senders s join wabas w on w.id = s.waba_id
    where exists (
      select 1 from generate_series(0, ${PRIORITIES.length - 1}) as p (rank)
      cross join lateral (
        select 1 from intents i where i.phone_number_id = s.phone_number_id and i.priority = p.rank and i.due_at <= casement_now()
        order by i.due_at limit 1) as due)`.execute(db)
  return rows.map(toDueSender)
}

/** Senders with something in their lane: who should be consumed. */
export async function readQueuedSenders(db: Db): Promise<DueSender[]> {
  const { rows } = await sql<SenderRow>`
    select ${dueSenderColumns} from senders s join wabas w on w.id = s.waba_id
    where exists (select 1 from intents i where i.phone_number_id = s.phone_number_id and i.has_turn and i.state = 'queued')`.execute(
    db,
  )
  return rows.map(toDueSender)
}

function toDueSender(row: SenderRow): DueSender {
  return {
    sender: row.phone_number_id,
    state: row.state,
    reason: row.reason_code && reasonOf(row.reason_code, row.reason_text, row.reason_graph_code),
    throughputMps: effectiveMps(paceOf(row), row.now),
    callsPaused: row.calls_paused,
  }
}

/** Milliseconds until the next intent of an active sender falls due, or null when none is scheduled. */
export async function msUntilNextDue(db: Db): Promise<number | null> {
  const { rows } = await sql<{ ms: number | null }>`
    select (extract(epoch from min(next.due_at) - casement_now()) * 1000)::float8 as ms
    from senders s
    cross join generate_series(0, ${PRIORITIES.length - 1}) as p (rank)
    cross join lateral (
      select i.due_at from intents i
      where i.phone_number_id = s.phone_number_id and i.priority = p.rank and i.due_at > casement_now()
      order by i.due_at limit 1
    ) next`.execute(db)
  return rows[0]?.ms ?? null
}

/** Queued for longer than a lane should need. Putting them back under the same job id is harmless where the lane still has them. */
export async function longQueued(
  db: Db,
  olderThanMs: number,
  limit: number,
): Promise<(QueuedIntent & { sender: PhoneNumberId })[]> {
  const { rows } = await sql<QueuedRow & { phone_number_id: PhoneNumberId }>`
    select id, wake, priority, phone_number_id from intents
    where has_turn and state = 'queued' and state_at < casement_now() - ${olderThanMs} * interval '1 millisecond'
    order by state_at limit ${limit}`.execute(db)
  return rows.map((row) => ({
    id: row.id,
    wake: row.wake,
    priority: PRIORITIES[row.priority] as Priority,
    sender: row.phone_number_id,
  }))
}
