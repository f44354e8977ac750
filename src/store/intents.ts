import { type RawBuilder, sql } from 'kysely'
import type pg from 'pg'
import type { ConversationId, IntentId, PhoneNumberId } from '../domain/ids.ts'
import { PRIORITIES, type Priority, type Reason } from '../domain/intent.ts'
import { type IntentEvent, LIFECYCLE, statesThatTake } from '../domain/lifecycle.ts'
import type { WaitingIntent } from '../domain/release.ts'
import type { Instant } from '../domain/time.ts'
import { coalesce } from './batch.ts'
import { type Db, isPassingDatabaseError, prepared, retryingPassing } from './postgres.ts'

/*
 * Transitions of intents. Every one names the event; the states it may leave and the state it reaches come from the domain's table, so
 * a late or doubled event finds nothing to update and is answered `false`.
 */

/** A verdict as it is stored, so that "why was this not sent?" is answered from data. */
export interface RecordedDecision {
  kind: string
  reason: Reason
  facts: unknown
}

interface Move {
  id: IntentId
  event: IntentEvent
  /** Fence: only if it is still this time in the lane. */
  wake: number | null
  reason: Reason | null
  dueAt: Instant | null
  waitsFor: string | null
  keepsTurn: boolean
  decision: RecordedDecision | null
}

/** What a held intent waits for; `release` is called with the same words when it happens. */
export const waitsFor = {
  conversation: (id: ConversationId) => `conversation/${id}`,
  sender: (id: PhoneNumberId) => `sender/${id}`,
}

/** Where an intent came to rest, one `<id> <state> <reason code>` per line. */
export const INTENTS_CHANNEL = 'casement_intents'

/**
 * The end of a set-based transition with a CTE `moved (id, state, reason_code, ord)`: which items moved, and the news of it for whoever
 * listens, in notifications that stay below the 8,000 bytes Postgres allows.
 */
export const ANSWER_AND_ANNOUNCE = `
   select ord, null as announced from moved
   union all
   select null, pg_notify('${INTENTS_CHANNEL}', string_agg(concat_ws(' ', id, state, reason_code), e'\\n'))::text
   from moved group by (ord - 1) / 100`

const moveIntents = prepared<{ ord: string | null }>(
  'move_intents',
  `with asked as (
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::text[], $7::bool[],
                          $8::text[], $9::text[], $10::int[], $11::text[], $12::jsonb[], $13::jsonb[])
       with ordinality as a (id, from_states, to_state, wake, due_at, waits_for, keeps_turn,
                             reason_code, reason_text, reason_graph_code, decision_kind, decision_reason, facts, ord)
   ), moved as (
     update intents i set
       state = a.to_state, state_at = now(),
       due_at = case when a.to_state = 'scheduled' then least(i.expires_at, coalesce(a.due_at, now())) end,
       waits_for = a.waits_for,
       doubted_at = null,
       has_turn = i.has_turn and a.keeps_turn,
       reason_code = a.reason_code, reason_text = a.reason_text, reason_graph_code = a.reason_graph_code
     from asked a
     where i.id = a.id and i.state = any (string_to_array(a.from_states, ',')) and (a.wake is null or i.wake = a.wake)
     returning i.id, i.state, i.reason_code, a.ord
   ), noted as (
     insert into decisions (intent_id, kind, reason, facts)
     select m.id, a.decision_kind, a.decision_reason, a.facts from moved m join asked a using (ord) where a.decision_kind is not null
   )
   ${ANSWER_AND_ANNOUNCE}`,
)

async function runMoves(pool: pg.Pool, moves: Move[]): Promise<boolean[]> {
  const rows = await retryingPassing(() =>
    moveIntents(pool, [
      moves.map((m) => m.id),
      moves.map((m) => statesThatTake(m.event).join(',')),
      moves.map((m) => targetOf(m.event)),
      moves.map((m) => m.wake),
      moves.map((m) => m.dueAt && new Date(m.dueAt)),
      moves.map((m) => m.waitsFor),
      moves.map((m) => m.keepsTurn),
      moves.map((m) => m.reason?.code ?? null),
      moves.map((m) => m.reason?.text ?? null),
      moves.map((m) => m.reason?.graphCode ?? null),
      moves.map((m) => m.decision?.kind ?? null),
      moves.map((m) => m.decision && JSON.stringify(m.decision.reason)),
      moves.map((m) => m.decision && JSON.stringify(m.decision.facts)),
    ]),
  )
  const moved = moves.map(() => false)
  for (const { ord } of rows) if (ord !== null) moved[Number(ord) - 1] = true
  return moved
}

/** Every event leads to one state, whatever state it leaves. */
export function targetOf(event: IntentEvent): string {
  const from = statesThatTake(event)[0]
  if (!from) throw new Error(`no state takes the event ${event}`)
  return LIFECYCLE[from][event] as string
}

/** The transitions of intents that were decided without a call to Graph. Each answers whether it won. */
export function intentTransitions(pool: pg.Pool, maxItems = 500) {
  const move = coalesce<Move, boolean>({
    run: (moves) => runMoves(pool, moves),
    maxItems,
    maxFlights: 2,
    isPassing: isPassingDatabaseError,
  })
  const still = { wake: null, dueAt: null, waitsFor: null, keepsTurn: false, decision: null }

  return {
    hold: (id: IntentId, wake: number | null, waitsForEvent: string, decision: RecordedDecision) =>
      move({ ...still, id, event: 'hold', wake, waitsFor: waitsForEvent, reason: decision.reason, decision }),

    defer: (id: IntentId, wake: number, until: Instant, keepsTurn: boolean, decision: RecordedDecision) =>
      move({ ...still, id, event: 'defer', wake, dueAt: until, keepsTurn, reason: decision.reason, decision }),

    /** Over, without a call. */
    close: (id: IntentId, wake: number | null, event: 'expire' | 'suppress' | 'fail', decision: RecordedDecision) =>
      move({ ...still, id, event, wake, reason: decision.reason, decision }),

    cancel: (id: IntentId, reason: Reason) => move({ ...still, id, event: 'cancel', reason }),

    /** Out of the lane and due at once: the wake-up was lost or given back. */
    unqueue: (id: IntentId, wake: number) =>
      move({ ...still, id, event: 'unqueue', wake, keepsTurn: true, reason: null }),

    /** A status webhook says the window was closed: decide again. */
    reopen: (id: IntentId, reason: Reason) => move({ ...still, id, event: 'reopen', reason }),

    failDelivery: (id: IntentId, reason: Reason) => move({ ...still, id, event: 'fail_delivery', reason }),
  }
}

export type IntentTransitions = ReturnType<typeof intentTransitions>

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
  `with lead as materialized (
     select pg_try_advisory_xact_lock(hashtextextended('casement relay ' || $1, 0)) as mine
   ), due as (
     select candidate.* from lead cross join unnest($2::smallint[], $3::int[]) as r (priority, room)
     cross join lateral (
       select i.id, i.conversation_id, i.priority, i.has_turn, i.due_at, i.seq from intents i
       where lead.mine and i.phone_number_id = $1 and i.priority = r.priority and i.due_at <= now()
         and (i.has_turn or not exists (
           select 1 from intents t
           where t.phone_number_id = $1 and t.priority = i.priority and t.conversation_id = i.conversation_id and t.has_turn))
       order by i.due_at, i.seq
       limit r.room
       for update of i skip locked
     ) candidate
   ), heads as (
     select distinct on (conversation_id, priority) id, due_at, seq from due
     order by conversation_id, priority, has_turn desc, due_at, seq
   )
   update intents i set state = 'queued', due_at = null, has_turn = true, wake = i.wake + 1, state_at = now()
   from heads h where i.id = h.id and i.state = 'scheduled'
   returning i.id, i.wake, i.priority, h.due_at, h.seq`,
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
  throughputMps: number
}

interface SenderRow {
  phone_number_id: PhoneNumberId
  state: DueSender['state']
  reason_code: Reason['code'] | null
  reason_text: string | null
  throughput_mps: number
}

/** What the relay looks at each round; one probe of `intents_due` per sender and priority. */
export async function readDueSenders(db: Db): Promise<DueSender[]> {
  const { rows } = await sql<SenderRow>`
    select s.phone_number_id, s.state, s.reason_code, s.reason_text, s.throughput_mps from senders s
    where exists (
      select 1 from generate_series(0, ${PRIORITIES.length - 1}) as p (rank)
      where exists (
        select 1 from intents i where i.phone_number_id = s.phone_number_id and i.priority = p.rank and i.due_at <= now()))`.execute(
    db,
  )
  return rows.map(toDueSender)
}

/** Senders with something in their lane: who should be consumed. */
export async function readQueuedSenders(db: Db): Promise<DueSender[]> {
  const { rows } = await sql<SenderRow>`
    select s.phone_number_id, s.state, s.reason_code, s.reason_text, s.throughput_mps from senders s
    where exists (select 1 from intents i where i.phone_number_id = s.phone_number_id and i.has_turn and i.state = 'queued')`.execute(
    db,
  )
  return rows.map(toDueSender)
}

function toDueSender(row: SenderRow): DueSender {
  return {
    sender: row.phone_number_id,
    state: row.state,
    reason: row.reason_code && { code: row.reason_code, text: row.reason_text ?? '' },
    throughputMps: row.throughput_mps,
  }
}

/** Milliseconds until the next intent of an active sender falls due, or null when none is scheduled. */
export async function msUntilNextDue(db: Db): Promise<number | null> {
  const { rows } = await sql<{ ms: number | null }>`
    select (extract(epoch from min(next.due_at) - now()) * 1000)::float8 as ms
    from senders s
    cross join generate_series(0, ${PRIORITIES.length - 1}) as p (rank)
    cross join lateral (
      select i.due_at from intents i
      where i.phone_number_id = s.phone_number_id and i.priority = p.rank and i.due_at > now()
      order by i.due_at limit 1
    ) next`.execute(db)
  return rows[0]?.ms ?? null
}

/**
 * Parks what is due for a sender that cannot send, at most `limit` at a time, without going through its lane. What is due because its time
 * is over goes along, and is expired with everything held.
 */
export async function holdDueForSender(db: Db, sender: PhoneNumberId, reason: Reason, limit: number): Promise<number> {
  const result = await sql`
    update intents set state = 'held', state_at = now(), due_at = null, has_turn = false, waits_for = ${waitsFor.sender(sender)},
      reason_code = ${reason.code}, reason_text = ${reason.text}, reason_graph_code = ${reason.graphCode ?? null}
    where id in (
      select id from intents where phone_number_id = ${sender} and due_at <= now()
      order by due_at limit ${limit} for update skip locked)`.execute(db)
  return Number(result.numAffectedRows ?? 0n)
}

/** Lets go what waited for an event: due now, in the order of enqueueing. Returns how many; call again while it is `limit`. */
export async function releaseWaiting(db: Db, event: string, limit: number): Promise<number> {
  return release(
    db,
    sql`id in (select id from intents where waits_for = ${event} order by seq limit ${limit} for update skip locked)`,
  )
}

/**
 * The intents whose wait a customer's message ends, locked until the transaction ends: those that wait for it, and free-form messages that
 * wait for the template of their closed window, which is open now.
 */
export async function lockWaitingForConversation(trx: Db, conversationId: ConversationId): Promise<WaitingIntent[]> {
  const rows = await trx
    .selectFrom('intents')
    .select(['id', 'seq', 'release', 'when_closed'])
    .where('conversation_id', '=', conversationId)
    .where((where) =>
      where.or([
        where('waits_for', '=', waitsFor.conversation(conversationId)),
        where.and([where('waits_for', 'like', 'template/%'), where(sql`message ->> 'type'`, '<>', 'template')]),
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
  }))
}

export async function releaseByIds(trx: Db, ids: IntentId[]): Promise<void> {
  if (ids.length === 0) return
  await release(trx, sql`id = any (${ids}::uuid[]) and state = any (${statesThatTake('release')}::text[])`)
}

/**
 * Due since its own time and not since now, or what was enqueued after it and is due already would leave before it (P5). For the same reason
 * a newer message of its turn that stands in the lane, or waits for another try, steps back; its job is stale then.
 */
async function release(db: Db, which: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ released: number }>`
    with released as (
      update intents set state = 'scheduled', state_at = now(), due_at = least(send_at, now()), waits_for = null,
        reason_code = null, reason_text = null, reason_graph_code = null
      where ${which}
      returning phone_number_id, priority, conversation_id, seq
    ), stepped_back as (
      update intents i set state = 'scheduled', state_at = now(), has_turn = false,
        due_at = case when i.state = 'queued' then least(i.send_at, now()) else i.due_at end
      from (select phone_number_id, priority, conversation_id, min(seq) as seq from released group by 1, 2, 3) oldest
      where i.has_turn and i.state in ('queued', 'scheduled') and i.phone_number_id = oldest.phone_number_id
        and i.priority = oldest.priority and i.conversation_id = oldest.conversation_id and i.seq > oldest.seq
    )
    select count(*)::int as released from released`.execute(db)
  return rows[0]?.released ?? 0
}

export async function cancelByIds(trx: Db, ids: IntentId[], reason: Reason): Promise<void> {
  if (ids.length === 0) return
  await trx
    .updateTable('intents')
    .set({
      state: 'cancelled',
      state_at: sql<Date>`now()`,
      due_at: null,
      waits_for: null,
      has_turn: false,
      reason_code: reason.code,
      reason_text: reason.text,
      reason_graph_code: null,
    })
    .where('id', 'in', ids)
    .where('state', 'in', statesThatTake('cancel'))
    .execute()
}

/** Ends held intents whose time is over. */
export async function expireHeld(db: Db, limit: number): Promise<number> {
  const result = await sql`
    update intents set state = 'expired', state_at = now(), waits_for = null, reason_code = 'expired',
      reason_text = coalesce('Its time was over. ' || reason_text, 'Its time was over.'), reason_graph_code = null
    where id in (
      select id from intents where waits_for is not null and expires_at <= now() order by expires_at limit ${limit} for update skip locked)`.execute(
    db,
  )
  return Number(result.numAffectedRows ?? 0n)
}

/** Queued for longer than a lane should need. Putting them back under the same job id is harmless where the lane still has them. */
export async function longQueued(
  db: Db,
  olderThanMs: number,
  limit: number,
): Promise<(QueuedIntent & { sender: PhoneNumberId })[]> {
  const { rows } = await sql<QueuedRow & { phone_number_id: PhoneNumberId }>`
    select id, wake, priority, phone_number_id from intents
    where has_turn and state = 'queued' and state_at < now() - ${olderThanMs} * interval '1 millisecond'
    order by state_at limit ${limit}`.execute(db)
  return rows.map((row) => ({
    id: row.id,
    wake: row.wake,
    priority: PRIORITIES[row.priority] as Priority,
    sender: row.phone_number_id,
  }))
}
