import type pg from 'pg'
import type { IntentId } from '../../domain/ids.ts'
import type { Reason } from '../../domain/intent.ts'
import { honoursWish, type IntentEvent, statesThatTake, targetOf } from '../../domain/lifecycle.ts'
import type { PriceRecord } from '../../domain/money/price-decision.ts'
import { templateStatusesOf } from '../../domain/template.ts'
import type { Instant } from '../../domain/time.ts'
import type { Wait } from '../../domain/wait.ts'
import { coalesce } from '../pg/batch.ts'
import { windowIsOpen } from '../pg/open-window.ts'
import { isPassingDatabaseError, prepared, retryingPassing } from '../pg/postgres.ts'
import { FLOWS_PAUSED } from './flow-gate.ts'
import { transition } from './transitions.ts'

/*
 * The transitions of intents that were decided without a call to Graph. Many at once, coalesced.
 *
 * A hold is exact. The facts it was decided by were read without locks, and what it is to wait for may have come since: then nobody would let
 * it go, and what was enqueued after it would pass it. So the statement that holds shares the lock which whoever opens a window, merges
 * conversations, changes a template or resumes a flow keeps until their commit, and reads once more behind it. What need not wait any more stays due, and is
 * decided again; whoever comes after finds it held.
 */

/** A verdict as it is stored, so that "why was this not sent?" is answered from data. */
export interface RecordedDecision {
  kind: string
  reason: Reason
  facts: Record<string, unknown>
  /** Of what leaves: what it is expected to cost. */
  price?: PriceRecord
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

/** As do free-form messages that wait for the template of their closed window. */
const WAITS_FOR_CUSTOMER = `coalesce(g.waits_kind in ('window', 'answer') or (g.waits_kind = 'template' and i.message ->> 'type' <> 'template'), false)`

/** Of whom the window is closed, in the conversation that is left where theirs was merged. */
const WINDOWS_CLOSED = `closed as materialized (
  select g.ord from given g
  join intents i on i.id = g.id
  join conversations o on o.id = i.conversation_id
  join conversations v on v.id = coalesce(o.merged_into, o.id)
  where ${WAITS_FOR_CUSTOMER} and v.merged_into is null and not ${windowIsOpen('v', '$16::float8')}
  order by v.id for share of v
)`

const DECIDED = [...templateStatusesOf('usable'), ...templateStatusesOf('gone')].map((status) => `'${status}'`)

/** Of whom the template is one that Meta has not decided about. */
const TEMPLATES_UNDECIDED = `undecided as materialized (
  select g.ord from given g
  join intents i on i.id = g.id
  join senders s on s.phone_number_id = i.phone_number_id
  join templates t on t.waba_id = s.waba_id and t.name = g.waits_template and t.language = g.waits_language
  join wabas w on w.id = t.waba_id
  join portfolios p on p.id = w.portfolio_id
  where upper(t.status) not in (${DECIDED.join(', ')}) or t.category_held_at is not null or p.reviewed_at is not null
  order by t.id for share of t
)`

const moveIntents = prepared<{ ord: string }>(
  'move_intents',
  transition({
    asked: `given as (
      select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bool[], $5::timestamptz[], $6::text[], $7::text[], $8::text[],
                           $9::bool[], $10::text[], $11::text[], $12::int[], $13::text[], $14::jsonb[], $15::jsonb[])
        with ordinality as a (id, from_states, to_state, honours_wish, due_at, waits_kind, waits_template, waits_language,
                              keeps_turn, reason_code, reason_text, reason_graph_code, decision_kind, decision_reason, facts, ord)
    ), ${WINDOWS_CLOSED}, ${TEMPLATES_UNDECIDED}, ${FLOWS_PAUSED}, asked as (
      -- as arrays, so that all locks of people and templates are taken before the first of an intent
      select g.* from given g join intents i on i.id = g.id
      where (not ${WAITS_FOR_CUSTOMER} or g.ord = any (array(select ord from closed)))
        and (g.waits_kind is distinct from 'template' or g.ord = any (array(select ord from undecided)))
        and (g.waits_kind is distinct from 'flow' or g.ord = any (array(select ord from pausing)))
    )`,
    event: { from: 'a.from_states', to: 'a.to_state', honoursWish: 'a.honours_wish' },
    // Another page may have taken it since it was read, or somebody changed what was decided about.
    guard: `i.state = 'scheduled' and coalesce(i.changed_at < (a.facts ->> 'now')::timestamptz, true)`,
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

async function runMoves(pool: pg.Pool, moves: Move[], windowMarginMs: number): Promise<boolean[]> {
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
      windowMarginMs,
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
export function intentTransitions(pool: pg.Pool, windowMarginMs: number, maxItems = 500) {
  const moving = () =>
    coalesce<Move, boolean>({
      run: (moves) => runMoves(pool, moves, windowMarginMs),
      maxItems,
      maxFlights: 2,
      isPassing: isPassingDatabaseError,
    })
  const move = moving()
  // Somebody may keep one of the conversations locked, and then whoever does not wait for it goes on.
  const hold = moving()
  const still = { dueAt: null, wait: null, keepsTurn: false, decision: null }

  return {
    /** Not won either where what it would wait for has come. */
    hold: (id: IntentId, wait: Wait, decision: RecordedDecision) =>
      hold({ ...still, id, event: 'hold', wait, reason: decision.reason, decision }),

    defer: (id: IntentId, until: Instant, keepsTurn: boolean, decision: RecordedDecision, noted = true) =>
      move({
        ...still,
        id,
        event: 'defer',
        dueAt: until,
        keepsTurn,
        reason: decision.reason,
        decision: noted ? decision : null,
      }),

    /** Over, without a call. */
    close: (id: IntentId, event: 'expire' | 'cancel' | 'suppress' | 'fail', decision: RecordedDecision) =>
      move({ ...still, id, event, reason: decision.reason, decision }),
  }
}

export type IntentTransitions = ReturnType<typeof intentTransitions>
