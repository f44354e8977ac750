import type pg from 'pg'
import type { IntentId } from '../../domain/ids.ts'
import type { Reason } from '../../domain/intent.ts'
import { type IntentEvent, LIFECYCLE, statesThatTake } from '../../domain/lifecycle.ts'
import type { Instant } from '../../domain/time.ts'
import { coalesce } from '../pg/batch.ts'
import { isPassingDatabaseError, prepared, retryingPassing } from '../pg/postgres.ts'

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
       state = a.to_state, state_at = casement_now(),
       due_at = case when a.to_state = 'scheduled' then least(i.expires_at, coalesce(a.due_at, casement_now())) end,
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
