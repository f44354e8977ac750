import type pg from 'pg'
import type { IntentId } from '../../domain/ids.ts'
import type { Reason } from '../../domain/intent.ts'
import { honoursWish, type IntentEvent, statesThatTake, targetOf } from '../../domain/lifecycle.ts'
import type { Instant } from '../../domain/time.ts'
import type { Wait } from '../../domain/wait.ts'
import { coalesce } from '../pg/batch.ts'
import { isPassingDatabaseError, prepared, retryingPassing } from '../pg/postgres.ts'
import { transition } from './transitions.ts'

/* The transitions of intents that were decided without a call to Graph. Many at once, coalesced. */

/** A verdict as it is stored, so that "why was this not sent?" is answered from data. */
export interface RecordedDecision {
  kind: string
  reason: Reason
  facts: unknown
}

interface Move {
  id: IntentId
  event: IntentEvent
  reason: Reason | null
  dueAt: Instant | null
  wait: Wait | null
  keepsTurn: boolean
  decision: RecordedDecision | null
}

const moveIntents = prepared<{ ord: string }>(
  'move_intents',
  transition({
    asked: `asked as (
      select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bool[], $5::timestamptz[], $6::text[], $7::text[], $8::text[],
                           $9::bool[], $10::text[], $11::text[], $12::int[], $13::text[], $14::jsonb[], $15::jsonb[])
        with ordinality as a (id, from_states, to_state, honours_wish, due_at, waits_kind, waits_template, waits_language,
                              keeps_turn, reason_code, reason_text, reason_graph_code, decision_kind, decision_reason, facts, ord))`,
    event: { from: 'a.from_states', to: 'a.to_state', honoursWish: 'a.honours_wish' },
    // Another page may have taken it since it was read.
    guard: `i.state = 'scheduled'`,
    set: {
      due_at: `case when a.to_state = 'scheduled' then least(i.expires_at, coalesce(a.due_at, casement_now())) end`,
      waits_kind: 'a.waits_kind',
      waits_template: 'a.waits_template',
      waits_language: 'a.waits_language',
    },
    keepsTurn: { takes: 'a.keeps_turn' },
    reason: { code: 'a.reason_code', text: 'a.reason_text', graphCode: 'a.reason_graph_code' },
    decision: { kind: 'a.decision_kind', reason: 'a.decision_reason', facts: 'a.facts' },
    returning: ['a.ord'],
    ends: true,
    select: 'select ord from moved',
  }),
)

async function runMoves(pool: pg.Pool, moves: Move[]): Promise<boolean[]> {
  const rows = await retryingPassing(() =>
    moveIntents(pool, [
      moves.map((m) => m.id),
      moves.map((m) => statesThatTake(m.event).join(',')),
      moves.map((m) => targetOf(m.event)),
      moves.map((m) => honoursWish(m.event)),
      moves.map((m) => m.dueAt && new Date(m.dueAt)),
      ...waitColumns(moves.map((m) => m.wait)),
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
  for (const { ord } of rows) moved[Number(ord) - 1] = true
  return moved
}

/** The three columns of a wait, for an `unnest`. */
export function waitColumns(waits: (Wait | null)[]): [unknown[], unknown[], unknown[]] {
  const templates = waits.map((wait) => (wait?.kind === 'template' ? wait.template : null))
  return [
    waits.map((wait) => wait?.kind ?? null),
    templates.map((template) => template?.name ?? null),
    templates.map((template) => template?.language ?? null),
  ]
}

/** Each answers whether it won. */
export function intentTransitions(pool: pg.Pool, maxItems = 500) {
  const move = coalesce<Move, boolean>({
    run: (moves) => runMoves(pool, moves),
    maxItems,
    maxFlights: 2,
    isPassing: isPassingDatabaseError,
  })
  const still = { dueAt: null, wait: null, keepsTurn: false, decision: null }

  return {
    hold: (id: IntentId, wait: Wait, decision: RecordedDecision) =>
      move({ ...still, id, event: 'hold', wait, reason: decision.reason, decision }),

    defer: (id: IntentId, until: Instant, keepsTurn: boolean, decision: RecordedDecision) =>
      move({ ...still, id, event: 'defer', dueAt: until, keepsTurn, reason: decision.reason, decision }),

    /** Over, without a call. */
    close: (id: IntentId, event: 'expire' | 'suppress' | 'fail', decision: RecordedDecision) =>
      move({ ...still, id, event, reason: decision.reason, decision }),
  }
}

export type IntentTransitions = ReturnType<typeof intentTransitions>
