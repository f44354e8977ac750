import type pg from 'pg'
import { NOBODY_WAITS } from '../../domain/decision/answered.ts'
import type { Reason } from '../../domain/intent.ts'
import { honoursWish, type IntentEvent, statesThatTake, targetOf } from '../../domain/lifecycle.ts'
import { templateStatusesOf } from '../../domain/template.ts'
import { isHeard } from '../outbox/tell.ts'
import { type Db, queryableOn } from '../pg/postgres.ts'
import { COUNTING_COLUMNS, countedBefore, counting } from './counting.ts'

/*
 * The one writer of `intents.state`. Every transition of every intent, one or a thousand at a time, is a statement made here:
 *
 *   asked      which intents, and what is to become of them: the caller's CTE
 *   moved      the guarded update: states left and reached come from the lifecycle's table, a wish to cancel is honoured
 *   …          what follows an end, see below
 *   counted    what changed in the counts of campaigns
 *   noted      the verdict, in the intent's history
 *   told       the news, in the outbox
 *   poked      the run of a flow that asked for it, where it has left or is over
 *
 * all in one statement, so that nobody who ends an intent can forget who has to know. A late or doubled event finds no row.
 *
 * What follows an end. An invitation (`follow_up_of`) that ends without having been accepted asked nobody: its conversation may be asked
 * again, and who waited for the answer fails with it when nothing reaches the person, is decided again when the invitation came too late
 * or lost its template while there are others to ask with, and else waits for the customer to write by themselves. The other way round, an
 * invitation that has not left is withdrawn when nobody waits for its answer any more.
 *
 * Whatever is released is due since its own time and not since now, or what was enqueued after it would leave before it; for the same
 * reason a newer message of its turn that has not left steps back: it takes its own place again too, and does not wait for its next try
 * while others pass it.
 */

export interface Statement {
  /** CTEs, the last of which is `asked`, with a column `id` and whatever the rest names as `a.…`. */
  asked: string
  /** The event; or, where `asked` brings many kinds, expressions over `a`. */
  event: IntentEvent | { from: string; to: string; honoursWish: string; wished?: string }
  /** Further conditions over `i` and `a`. */
  guard?: string
  /** Columns that are not what the lifecycle makes them; expressions over `i` and `a`, of the state before. */
  set?: Record<string, string>
  /** Expressions over `a`; without them there is no reason. */
  reason?: { code: string; text: string; graphCode?: string }
  /** Expressions over `a`; a null kind notes nothing. */
  decision?: { kind: string; reason: string; facts: string }
  /** Further columns of `moved`, expressions over `i` and `a`. */
  returning?: string[]
  /** Further CTEs that read `moved`. */
  also?: string
  /** It may end something, so what follows an end is looked for. */
  ends?: boolean
  /** It lets go what waited. */
  releases?: boolean
  /**
   * Whether it goes on having its turn, an expression over `i` and `a`; without one the turn is free. `takes`: a turn it has not is taken.
   */
  keepsTurn?: string | { takes: string }
  /** False for what is nobody's business: an attempt that begins. */
  told?: boolean
  /** The answer. Default: `select id from moved`. */
  select?: string
}

const OWN_COLUMNS = `i.id, i.seq, i.workspace, i.state, i.phone_number_id, i.conversation_id, i.priority, i.reason_code, i.reason_text,
  i.reason_graph_code, i.follow_up_id, i.follow_up_of, i.flow_run_id, ${COUNTING_COLUMNS.map((column) => `i.${column}`).join(', ')}`

/** A wish was honoured: what an operator asked for, later than asked. */
const WISHED: Reason = { code: 'by_request', text: 'Cancelled by request.' }
/** The same, where it was no person that wished it. */
const WISHED_BY = [
  { code: 'campaign_cancelled', text: 'Its campaign was cancelled.' },
  { code: 'flow_stopped', text: 'The flow that asked for it was stopped.' },
  { code: 'erased', text: 'They were erased.' },
] as const satisfies readonly Reason[]
const WISHES = literals([WISHED, ...WISHED_BY].map(({ code }) => code))

function wishedBy(of: 'code' | 'text', unasked = 'i.cancel_requested_by'): string {
  const cases = WISHED_BY.map((reason) => `when ${literal(reason.code)} then ${literal(reason[of])}`)
  return `case ${unasked} ${cases.join(' ')} else ${literal(WISHED[of])} end`
}

export function transition(statement: Statement): string {
  const { asked, guard, event, told = true, ends = false, releases = false } = statement
  const { from, honoured } = typeof event === 'string' ? ofEvent(event) : ofExpressions(event)
  const ctes = [
    asked,
    `moved as (
       update intents i set ${assignments(statement)}
       from asked a
       where i.id = a.id and i.state = any (${from})${guard === undefined ? '' : ` and (${guard})`}
       returning ${[OWN_COLUMNS, ...(statement.returning ?? []), ...keeping(statement, honoured)].join(', ')}
     )`,
    ...(ends ? [FOLLOWING_AN_END] : []),
    ...turns(statement),
    ...(ends || releases ? [steppedBack(ends, releases)] : []),
    counting(ends ? ['moved', 'withdrawn', 'followers'] : ['moved']),
    ...notes(statement.decision, honoured, ends),
    ...(told ? [news(ends)] : []),
    ...(told ? [poking(ends)] : []),
    ...(statement.also === undefined ? [] : [statement.also]),
  ]
  return `with ${ctes.join(', ')}
    ${statement.select ?? 'select id from moved'}`
}

/** Runs a statement of `transition` that is not worth preparing, in whatever transaction `db` is. */
export async function runTransition<Row extends pg.QueryResultRow>(
  db: Db,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  const { rows } = await queryableOn(db).query<Row>({ text, values })
  return rows
}

function ofEvent(event: IntentEvent) {
  return {
    from: literals(statesThatTake(event)),
    to: literal(targetOf(event)),
    honoured: honoursWish(event) ? 'i.cancel_requested_at is not null' : 'false',
  }
}

function ofExpressions({ from, to, honoursWish: honours, wished }: Exclude<Statement['event'], string>) {
  const asked = `i.cancel_requested_at is not null${wished === undefined ? '' : ` or ${wished}`}`
  return {
    from: `string_to_array(${from}, ',')`,
    to,
    honoured: `((${asked}) and ${honours})`,
  }
}

function assignments({ event, set = {}, reason }: Statement): string {
  const { to, honoured } = typeof event === 'string' ? ofEvent(event) : ofExpressions(event)
  const state = honoured === 'false' ? to : `case when ${honoured} then 'cancelled' else ${to} end`
  /** What is written unless the wish is honoured. */
  const unlessWished = (value: string, wished = 'null') =>
    honoured === 'false' || value === wished ? value : `case when ${honoured} then ${wished} else ${value} end`
  const columns: Record<string, string> = {
    due_at: 'null',
    waits_kind: 'null',
    waits_template: 'null',
    waits_language: 'null',
    doubted_at: 'null',
    reason_code: reason?.code ?? 'null',
    reason_text: reason?.text ?? 'null',
    reason_graph_code: reason?.graphCode ?? 'null',
    ...set,
  }
  // What a statement itself finds to be unwanted is of a campaign, unless somebody asked before.
  const isFound = typeof event !== 'string' && event.wished !== undefined
  const by = isFound
    ? `case when i.cancel_requested_at is null then 'campaign_cancelled' else i.cancel_requested_by end`
    : undefined
  const wished: Record<string, string> = { reason_code: wishedBy('code', by), reason_text: wishedBy('text', by) }
  return [
    `state = ${state}`,
    'state_at = casement_now()',
    `counted_before = ${countedBefore('i')}`,
    ...Object.entries(columns).map(
      ([column, value]) => `${column} = ${keeps(column) ? value : unlessWished(value, wished[column])}`,
    ),
  ].join(', ')
}

/** Counted and known whatever becomes of the intent. */
function keeps(column: string): boolean {
  return ['wamid', 'retries', 'attempts', 'sent_as'].includes(column)
}

const UNSENT_ENDS = literals(['failed', 'expired', 'cancelled', 'suppressed'])
const NEVER_REACHES = `e.reason_code in ('recipient_unreachable', 'recipient_blocked')`
/** An invitation that came too late may be sent anew; and where its template is gone, those that name others ask with one of them. */
const ASKS_AGAIN = `(e.reason_code = 'expired' or (e.lost_template
  and jsonb_typeof(coalesce(f.when_closed -> 'follow_up', f.when_closed -> 'when_free' -> 'follow_up')) = 'array'))`

/**
 * One statement changes a row once, so each of these leaves alone what `moved` has taken. A message that the customer's own message ended
 * the waiting of is let go by whoever applies that (`answered`).
 */
const FOLLOWING_AN_END = `
  withdrawn as (
    update intents i set state = ${literal(targetOf('cancel'))}, state_at = casement_now(), counted_before = ${countedBefore('i')},
      due_at = null, waits_kind = null,
      waits_template = null, waits_language = null, reason_code = ${literal(NOBODY_WAITS.code)},
      reason_text = ${literal(NOBODY_WAITS.text)}, reason_graph_code = null
    from (select distinct follow_up_id from moved where follow_up_id is not null and state = any (${UNSENT_ENDS})) alone
    where i.id = alone.follow_up_id and i.state = any (${literals(statesThatTake('cancel'))}) and i.id not in (select id from moved)
      and not exists (
        select from intents o where o.follow_up_id = i.id and o.waits_kind = 'answer' and o.id not in (select id from moved))
    returning ${OWN_COLUMNS}
  ), ended as (
    select e.id, e.conversation_id, e.reason_code, e.reason_text, e.reason_graph_code,
      exists (
        select from intents x
        join senders s on s.phone_number_id = x.phone_number_id
        join templates t on t.waba_id = s.waba_id and t.name = x.message -> 'template' ->> 'name'
          and t.language = x.message -> 'template' -> 'language' ->> 'code'
        where x.id = e.id and t.status = any (${literals(templateStatusesOf('gone'))})) as lost_template
    from (
      select * from (select ${OWN_COLUMNS.replaceAll('i.', 'm.')} from moved m
        where m.follow_up_of is not null and m.state = any (${UNSENT_ENDS})) of_moved
      union all select * from withdrawn
    ) e
  ), asked_nobody as (
    update conversations v set follow_up_id = null, last_follow_up_at = null from ended e
    where v.id = e.conversation_id and (v.follow_up_id = e.id or e.reason_code = 'answered')
  ), followers as (
    update intents f set
      state = case when ${NEVER_REACHES} then ${literal(targetOf('fail'))} when ${ASKS_AGAIN} then ${literal(targetOf('release'))} else 'held' end,
      state_at = case when ${NEVER_REACHES} or ${ASKS_AGAIN} then casement_now() else f.state_at end,
      counted_before = ${countedBefore('f')},
      due_at = case when ${ASKS_AGAIN} and not ${NEVER_REACHES} then least(f.send_at, casement_now()) end,
      waits_kind = case when not ${NEVER_REACHES} and not ${ASKS_AGAIN} then 'window' end,
      reason_code = case when ${NEVER_REACHES} then e.reason_code when ${ASKS_AGAIN} then null else 'awaiting_window' end,
      reason_text = case when ${NEVER_REACHES} then 'The follow-up failed: ' || coalesce(e.reason_text, '')
        when ${ASKS_AGAIN} then null
        else 'The follow-up failed: ' || coalesce(e.reason_text || ' ', '') || 'Waiting for the customer to write.' end,
      reason_graph_code = case when ${NEVER_REACHES} then e.reason_graph_code end
    from ended e
    where f.follow_up_id = e.id and f.waits_kind = 'answer' and e.reason_code <> 'answered' and f.id not in (select id from moved)
    returning ${OWN_COLUMNS.replaceAll('i.', 'f.')}
  )`

/** Events of intents that have no turn to free, or that take theirs by themselves. */
const WITHOUT_TURN: ReadonlySet<IntentEvent> = new Set(['open', 'release', 'replay'])

function keeping({ keepsTurn }: Statement, honoured: string): string[] {
  if (keepsTurn === undefined) return []
  const keeps = typeof keepsTurn === 'string' ? keepsTurn : keepsTurn.takes
  return [`${honoured === 'false' ? keeps : `(${keeps}) and i.state <> 'cancelled'`} as keeps_turn`]
}

/** Who ends, or waits for something that may take long, gives its turn up. */
function turns({ event, keepsTurn, ends = false }: Statement): string[] {
  if (typeof event === 'string' && WITHOUT_TURN.has(event)) return []
  const key = 'phone_number_id, priority, conversation_id, id'
  const leaving = [
    `select ${key} from moved${keepsTurn === undefined ? '' : ' where not keeps_turn'}`,
    ...(ends ? [`select ${key} from withdrawn`] : []),
  ]
  return [
    `freed as (
       delete from turns t using (${leaving.join(' union all ')}) m
       where t.phone_number_id = m.phone_number_id and t.priority = m.priority and t.conversation_id = m.conversation_id and t.intent_id = m.id
     )`,
    ...(typeof keepsTurn === 'object'
      ? [
          `taken as (
             insert into turns (phone_number_id, priority, conversation_id, intent_id) select ${key} from moved where keeps_turn
             on conflict do nothing
           )`,
        ]
      : []),
  ]
}

function steppedBack(ends: boolean, releases: boolean): string {
  const released = [
    ...(releases
      ? [`select phone_number_id, priority, conversation_id, seq from moved where state = 'scheduled'`]
      : []),
    ...(ends
      ? [`select phone_number_id, priority, conversation_id, seq from followers where state = 'scheduled'`]
      : []),
  ]
  // Locked, so that nobody opens one of them whose turn is taken away here.
  return `newer as (
    select t.phone_number_id, t.priority, t.conversation_id, t.intent_id
    from (
      select phone_number_id, priority, conversation_id, min(seq) as seq from (${released.join(' union all ')}) r group by 1, 2, 3
    ) oldest
    join turns t on t.phone_number_id = oldest.phone_number_id and t.priority = oldest.priority and t.conversation_id = oldest.conversation_id
    join intents i on i.id = t.intent_id
    where i.state = 'scheduled' and i.seq > oldest.seq and i.id not in (select id from moved${ends ? ' union all select id from withdrawn' : ''})
    for no key update of i
  ), stepped_back as (
    delete from turns t using newer n
    where t.phone_number_id = n.phone_number_id and t.priority = n.priority and t.conversation_id = n.conversation_id
      and t.intent_id = n.intent_id
  ), due_again as (
    update intents i set due_at = least(i.send_at, casement_now()) from newer n where i.id = n.intent_id
  )`
}

function notes(decision: Statement['decision'], honoured: string, ends: boolean): string[] {
  const entries: string[] = []
  if (decision) {
    entries.push(
      `select m.id, ${decision.kind}, ${decision.reason}, ${decision.facts} from moved m join asked a on a.id = m.id where ${decision.kind} is not null`,
    )
  }
  const lost = (from: string, kind: string) => `
    select e.id, ${kind}, jsonb_strip_nulls(jsonb_build_object('code', e.reason_code, 'text', e.reason_text, 'graphCode', e.reason_graph_code)),
      '{}'::jsonb from ${from} e`
  if (honoured !== 'false') {
    entries.push(`${lost('moved', `'cancel'`)} where e.state = 'cancelled' and e.reason_code = any (${WISHES})`)
  }
  if (ends) {
    entries.push(lost('withdrawn', `'cancel'`))
    entries.push(
      `${lost('followers', `case e.state when 'failed' then 'fail' else 'hold' end`)} where e.state <> 'scheduled'`,
    )
  }
  return entries.length === 0
    ? []
    : [`noted as (insert into decisions (intent_id, kind, reason, facts) ${entries.join(' union all ')})`]
}

/** What is told of an intent where somebody listens: where it came to rest, and why. On its way is no rest. */
function news(ends: boolean): string {
  const columns = 'id, workspace, state, reason_code'
  const sources = ['moved', ...(ends ? ['withdrawn', 'followers'] : [])].map((cte) => `select ${columns} from ${cte}`)
  return `told as (
    insert into outbox (workspace, kind, subject, payload)
    select workspace, 'intent.' || state, id::text, jsonb_strip_nulls(jsonb_build_object('state', state, 'reason', reason_code))
    from (${sources.join(' union all ')}) n where state <> 'dispatching' and ${isHeard('intent')}
  )`
}

/** Only put down: a run's own lock may be held for as long as a look takes. */
function poking(ends: boolean): string {
  const over = `state in ('sent', 'failed', 'expired', 'cancelled', 'suppressed')`
  const sources = ['moved', ...(ends ? ['withdrawn', 'followers'] : [])]
  return `poked as (
    insert into flow_pokes (run_id)
    ${sources.map((cte) => `select flow_run_id from ${cte} where flow_run_id is not null and ${over}`).join(' union all ')}
  )`
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function literals(texts: readonly string[]): string {
  return `array[${texts.map(literal).join(', ')}]::text[]`
}
