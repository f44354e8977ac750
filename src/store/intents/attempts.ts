import type pg from 'pg'
import type { IntentId, Wamid } from '../../domain/ids.ts'
import type { Reason } from '../../domain/intent.ts'
import { honoursWish, statesThatTake, targetOf } from '../../domain/lifecycle.ts'
import type { Wait } from '../../domain/wait.ts'
import { coalesce } from '../pg/batch.ts'
import { isPassingDatabaseError, prepared, retryingPassing } from '../pg/postgres.ts'
import type { AttemptOutcome } from '../pg/schema.ts'
import { MESSAGE_VARIANT } from './counting.ts'
import { waitColumns } from './intents.ts'
import { PRICE_COLUMNS, priceColumnsOf } from './price-columns.ts'
import { type Statement, transition } from './transitions.ts'

export interface CloseAttempt {
  intentId: IntentId
  number: number
  outcome: AttemptOutcome
  httpStatus: number | null
  /** Graph's error object, or what happened to the connection. */
  error: unknown
  wamid: Wamid | null
  /** What becomes of the intent. */
  next: AttemptConsequence
}

export type AttemptConsequence =
  | { event: 'accept' }
  | { event: 'retry'; dueInMs: number; keepsTurn: boolean; reason: Reason; countsAsRetry: boolean }
  | { event: 'doubt'; keepsTurn: boolean; reason: Reason }
  | { event: 'hold'; wait: Wait; reason: Reason }
  | { event: 'fail' | 'suppress'; reason: Reason }

/*
 * Close: the attempt's outcome, the intent's guarded transition and the message, in one statement. An attempt closes once; a doubt may be
 * closed again, by better knowledge, and an acceptance, which a status webhook proves, wins over everything but an acceptance. Every other
 * consequence belongs to the newest attempt only.
 */
const ANSWERED = ['$1::uuid[]', '$2::smallint[]', '$3::text[]', '$4::smallint[]', '$5::jsonb[]', '$6::text[]']
const ANSWERED_COLUMNS = 'id, number, outcome, http_status, error, wamid'

function closing(more: { parameters: string[]; columns: string } | null, rest: Omit<Statement, 'asked'>): string {
  const parameters = [...ANSWERED, ...(more?.parameters ?? [])].join(', ')
  const columns = more ? `${ANSWERED_COLUMNS}, ${more.columns}` : ANSWERED_COLUMNS
  return transition({
    asked: `answers as (
      select * from unnest(${parameters}) with ordinality as a (${columns}, ord)
    ), asked as (
      update attempts t set finished_at = casement_now(), outcome = a.outcome, http_status = a.http_status, error = a.error, wamid = a.wamid
      from answers a
      where t.intent_id = a.id and t.number = a.number and t.outcome is distinct from 'accepted'
        and (t.outcome is null or t.outcome = 'in_doubt' or a.outcome = 'accepted')
      -- what was asked comes along: joined again by its place it would be looked for among all others
      returning a.*, t.sent_as, t.decision -> 'price' as price
    )`,
    guard: `a.outcome = 'accepted' or i.attempts = a.number`,
    returning: ['a.ord', 'a.wamid', 'a.number', 'a.sent_as', 'a.price'],
    // Of what has moved all is at hand, and one that was closed and has moved on is read. Not one join over both: PostgreSQL expects a row of
    // each, and would compare all with all.
    also: `accepted as (
      insert into messages (wamid, intent_id, attempt, conversation_id, sent_as, campaign_id, campaign_variant, ${PRICE_COLUMNS})
      ${acceptedOf('i')} from moved i where i.wamid is not null
      union all
      ${acceptedOf('a')} from asked a join intents i on i.id = a.id where a.wamid is not null and a.id not in (select id from moved)
      on conflict (wamid) do nothing
    )`,
    select: 'select ord from moved',
    ...rest,
  })
}

/** The intent's own conversation: the one it had when the attempt opened may have been merged into another. */
function acceptedOf(answer: string): string {
  return `select ${answer}.wamid, ${answer}.id, ${answer}.number, i.conversation_id, ${answer}.sent_as, i.campaign_id, ${MESSAGE_VARIANT},
    ${priceColumnsOf(`${answer}.price`)}`
}

/** What nearly every message comes to. Nobody waits for an acceptance, so nothing follows from it, and its plan is a quarter of the other's. */
const closeAccepted = prepared<{ ord: string }>(
  'close_accepted',
  closing(null, { event: 'accept', set: { wamid: 'coalesce(a.wamid, i.wamid)' } }),
)

const closeAttempts = prepared<{ ord: string }>(
  'close_attempts',
  closing(
    {
      parameters: [
        ...['$7::text[]', '$8::text[]', '$9::bool[]', '$10::float8[]', '$11::bool[]', '$12::text[]', '$13::text[]'],
        ...['$14::text[]', '$15::text[]', '$16::text[]', '$17::int[]', '$18::smallint[]'],
      ],
      columns: `from_states, to_state, honours_wish, due_in_ms, keeps_turn, waits_kind, waits_template, waits_language, reason_code, reason_text,
        reason_graph_code, retried`,
    },
    {
      event: { from: 'a.from_states', to: 'a.to_state', honoursWish: 'a.honours_wish' },
      set: {
        due_at: `case when a.to_state = 'scheduled' then least(i.expires_at, casement_now() + a.due_in_ms * interval '1 millisecond') end`,
        waits_kind: 'a.waits_kind',
        waits_template: 'a.waits_template',
        waits_language: 'a.waits_language',
        doubted_at: `case when a.to_state = 'in_doubt' then casement_now() end`,
        retries: 'i.retries + a.retried',
        wamid: 'coalesce(a.wamid, i.wamid)',
      },
      keepsTurn: 'a.keeps_turn',
      reason: { code: 'a.reason_code', text: 'a.reason_text', graphCode: 'a.reason_graph_code' },
      ends: true,
    },
  ),
)

/**
 * What Meta answered is known to nobody else, and without it the attempt becomes a doubt. So a worker keeps it through an outage of the
 * database that lasts as long as a failover may.
 */
export const ANSWER_KEPT_MS = 60_000

/** An opening whose answer was lost: it may have happened or not. */
export interface LostOpening {
  intentId: IntentId
  opening: string
}

const findOpened = prepared<{ ord: string; number: number }>(
  'find_opened_attempts',
  `select a.ord, t.number
   from unnest($1::uuid[], $2::uuid[]) with ordinality as a (id, opening, ord)
   join attempts t on t.intent_id = a.id and t.opening = a.opening and (t.outcome is null or t.outcome = 'in_doubt')`,
)

async function takeBackOpened(pool: pg.Pool, items: LostOpening[]): Promise<boolean[]> {
  const rows = await findOpened(pool, [items.map((item) => item.intentId), items.map((item) => item.opening)])
  await closeAttemptsOn(
    pool,
    rows.map(({ ord, number }) => ({
      intentId: (items[Number(ord) - 1] as LostOpening).intentId,
      number,
      outcome: 'unreachable',
      httpStatus: null,
      error: { why: 'not_sent', details: 'the database lost the answer to the opening of the attempt' },
      wamid: null,
      next: {
        event: 'retry',
        dueInMs: 0,
        keepsTurn: true,
        reason: {
          code: 'graph_transient',
          text: 'The database was away when it was about to leave; nothing was sent.',
        },
        countsAsRetry: false,
      },
    })),
  )
  const found = new Set(rows.map(({ ord }) => Number(ord)))
  return items.map((_, index) => found.has(index + 1))
}

export function attemptStore(pool: pg.Pool, maxItems = 500) {
  const close = coalesce<CloseAttempt, boolean>({
    maxItems,
    maxFlights: 1,
    isPassing: isPassingDatabaseError,
    run: (items) => retryingPassing(() => closeEachOn(pool, items), ANSWER_KEPT_MS),
  })

  const takeBack = coalesce<LostOpening, boolean>({
    maxItems,
    maxFlights: 1,
    isPassing: isPassingDatabaseError,
    run: (items) => retryingPassing(() => takeBackOpened(pool, items), ANSWER_KEPT_MS),
  })

  return {
    /** Answers whether the intent moved; the attempt's outcome is recorded either way, once. */
    close,
    /**
     * Closes what an `open` with a lost answer did open, as not sent. By whoever opened it, and only while it surely has sent nothing.
     * Answers whether there was such an attempt.
     */
    takeBack,
  }
}

export type AttemptStore = ReturnType<typeof attemptStore>

/** The same closing inside a caller's transaction. */
export async function closeAttemptsOn(client: pg.Pool | pg.PoolClient, items: CloseAttempt[]): Promise<void> {
  await closeEachOn(client, items)
}

/** The same, and answers which intents moved. */
export async function closeEachOn(client: pg.Pool | pg.PoolClient, items: CloseAttempt[]): Promise<boolean[]> {
  const moved = new Set<CloseAttempt>()
  const [accepted, others] = split(items, ({ next }) => next.event === 'accept')
  for (const [some, close, parameters] of [
    [accepted, closeAccepted, answerColumns],
    [others, closeAttempts, closeColumns],
  ] as const) {
    const rows = some.length > 0 ? await close(client, parameters(some)) : []
    for (const { ord } of rows) moved.add(some[Number(ord) - 1] as CloseAttempt)
  }
  return items.map((item) => moved.has(item))
}

function split<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))]
}

function answerColumns(items: CloseAttempt[]): unknown[] {
  return [
    items.map((item) => item.intentId),
    items.map((item) => item.number),
    items.map((item) => item.outcome),
    items.map((item) => item.httpStatus),
    items.map((item) => (item.error === null ? null : JSON.stringify(item.error))),
    items.map((item) => item.wamid),
  ]
}

function closeColumns(items: CloseAttempt[]): unknown[] {
  const next = items.map((item) => item.next)
  const reasons = next.map((t) => ('reason' in t ? t.reason : null))
  return [
    ...answerColumns(items),
    next.map((t) => statesThatTake(t.event).join(',')),
    next.map((t) => targetOf(t.event)),
    next.map((t) => honoursWish(t.event)),
    next.map((t) => (t.event === 'retry' ? t.dueInMs : null)),
    next.map((t) => 'keepsTurn' in t && t.keepsTurn),
    ...waitColumns(next.map((t) => (t.event === 'hold' ? t.wait : null))),
    reasons.map((reason) => reason?.code ?? null),
    reasons.map((reason) => reason?.text ?? null),
    reasons.map((reason) => reason?.graphCode ?? null),
    next.map((t) => (t.event === 'retry' && t.countsAsRetry ? 1 : 0)),
  ]
}
