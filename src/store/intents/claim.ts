import type pg from 'pg'
import type { IntentId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import { PRIORITIES } from '../../domain/intent.ts'
import { placesAt, type Spacing, spacingOf } from '../../domain/pacing.ts'
import { effectiveMps } from '../../domain/throughput.ts'
import { NEXT_AT, PAUSED_UNTIL } from '../accounts/number-pace.ts'
import { type PaceRow, paceOf } from '../accounts/pace.ts'
import { SERVER_CLOCK } from '../pg/clock.ts'
import { prepared } from '../pg/postgres.ts'
import { CAMPAIGN_LETS_GO } from './campaign-gate.ts'
import { type Claim, claimsOf, FACTS, type FactsRow } from './dispatch-facts.ts'

/*
 * A page is claimed in one transaction, and the rows of `number_pace` are what makes it one at a time for each number: whoever takes messages
 * of a number holds its row until they are on record. So what is read after the lock is read of a number that nobody else takes from, a turn
 * is free or held and nothing in between, and the pace is taken by as many as go. A row that somebody else holds is passed by.
 */

/** A number that this process has a permit for, and how many of its messages it would take. */
export interface Asked {
  sender: PhoneNumberId
  /** How many heads to look at. */
  look: number
  /** Where to begin, by priority; absent: at the very first. */
  from?: readonly Place[]
}

/** A place in the order of what is due: PostgreSQL's text of an instant, and a `seq`. */
export interface Place {
  dueAt: string
  seq: string
}

const FIRST: Place = { dueAt: '-infinity', seq: '0' }
const RANKS = PRIORITIES.map((_, rank) => rank)

/** A number whose row is ours until the end of the transaction. */
export interface Locked {
  sender: PhoneNumberId
  spacing: Spacing
  /** Messages that may leave now. */
  places: number
}

/** What is known of a number that was asked for. */
export interface Look {
  sender: PhoneNumberId
  workspace: WorkspaceId
  /** Something of it is due. */
  due: boolean
  /** It is active and its account is not paused. */
  open: boolean
  /** Microseconds until its pace allows the next message or its pause is over; 0: now. */
  waitUs: number
  /** Null when nothing can be taken of it now: see above, or somebody else takes of it at the moment. */
  locked: Locked | null
}

interface LookRow extends PaceRow {
  phone_number_id: PhoneNumberId
  workspace: WorkspaceId
  due: boolean
  open: boolean
  now_us: number
  next_us: number
  paused_us: number | null
  held: boolean
}

const LATERAL_DUE = `select 1 from generate_series(0, 3) as p (rank)
  cross join lateral (
    select 1 from intents i where i.phone_number_id = a.phone_number_id and i.priority = p.rank and i.due_at <= casement_now()
      and ${CAMPAIGN_LETS_GO}
    order by i.due_at limit 1) as first`

/**
 * One probe of `intents_due` per number and priority, unless the caller knows that something is due. The order inside is what keeps
 * PostgreSQL to that index: behind a long campaign it takes any due intent for easy to find.
 */
const lookAtNumbers = prepared<LookRow>(
  'look_at_numbers',
  `with seen as materialized (
     select a.phone_number_id, s.workspace, s.throughput_mps, s.slowed_to_mps, s.slowed_at, casement_now() as now,
       a.known_due or exists (${LATERAL_DUE}) as due,
       s.state = 'active' and s.sealed_access_token is not null and coalesce(w.calls_paused_until <= casement_now(), true) as open
     from unnest($1::text[], $2::bool[]) as a (phone_number_id, known_due)
     join senders s on s.phone_number_id = a.phone_number_id
     join wabas w on w.id = s.waba_id
   ), held as (
     select n.phone_number_id, ${NEXT_AT} as next_at, ${PAUSED_UNTIL} as paused_until from number_pace n join seen using (phone_number_id)
     where seen.due and seen.open
       and ${NEXT_AT} <= ${SERVER_CLOCK} + interval '30 milliseconds' and coalesce(${PAUSED_UNTIL} <= ${SERVER_CLOCK}, true)
     for no key update of n skip locked
   )
   select seen.*, held.phone_number_id is not null as held,
     (extract(epoch from ${SERVER_CLOCK}) * 1000000)::float8 as now_us,
     (extract(epoch from coalesce(held.next_at, ${NEXT_AT})) * 1000000)::float8 as next_us,
     (extract(epoch from coalesce(held.paused_until, ${PAUSED_UNTIL})) * 1000000)::float8 as paused_us
   from seen join number_pace n using (phone_number_id) left join held using (phone_number_id)`,
)

/** @param knownDue of each: that something is due need not be looked for */
export async function lookAt(
  client: pg.PoolClient,
  senders: readonly PhoneNumberId[],
  knownDue: readonly boolean[],
): Promise<Look[]> {
  const rows = await lookAtNumbers(client, [senders, knownDue])
  return rows.map((row) => {
    const spacing = spacingOf(effectiveMps(paceOf(row), row.now))
    const places = placesAt(row.next_us, row.now_us, spacing)
    const freeUs = Math.max(row.next_us - spacing.aheadUs, row.paused_us ?? 0)
    const sender = row.phone_number_id
    return {
      sender,
      workspace: row.workspace,
      due: row.due,
      open: row.open,
      waitUs: Math.max(0, freeUs - row.now_us),
      locked: row.held && places > 0 ? { sender, spacing, places } : null,
    }
  })
}

/** That of the message of `i` nobody else has the turn. */
const HAS_OR_MAY_TAKE_TURN = `coalesce((
  select t.intent_id from turns t
  where t.phone_number_id = a.phone_number_id and t.priority = a.rank and t.conversation_id = i.conversation_id), i.id) = i.id`

/*
 * The heads of these numbers, each the oldest due of its turn, with the facts of the same snapshot. At most `look` per number, and of all at
 * most `limit`, shared among the workspaces that have work due and then among their numbers; within a number the most urgent go first.
 * Nothing is locked: the rows of the numbers are, and `openPage` names the state again. A head that is left alone keeps what is behind it.
 *
 * The turn is asked for by a scalar subquery, which PostgreSQL answers by the whole key. From `not exists` it made an anti-join, planned while
 * `turns` was empty, that read all turns of the number for every message, dead ones too: 200 ms a page until the next vacuum.
 */
const claimHeadsOf = prepared<FactsRow>(
  'claim_heads',
  `with alone as materialized (
     select phone_number_id, priority, array_agg(conversation_id) as conversations from (
       select phone_number_id, priority, conversation_id from intents where id = any ($3::uuid[]) and due_at is not null
       -- what was merged into it has something on its way that may be older
       union all select t.phone_number_id, t.priority, g.merged_into from conversations g
       join turns t on t.phone_number_id = g.phone_number_id and t.conversation_id = g.id where g.turn_apart and g.phone_number_id = any ($1::text[])
     ) l group by 1, 2
   ), due as materialized (
     select i.id, a.phone_number_id, s.workspace, i.priority, i.conversation_id, i.due_at, i.seq, a.look, a.from_due_at
     from unnest($1::text[], $2::smallint[], $5::timestamptz[], $6::bigint[], $7::int[]) as a (phone_number_id, rank, from_due_at, from_seq, look)
     join senders s on s.phone_number_id = a.phone_number_id
     left join alone on alone.phone_number_id = a.phone_number_id and alone.priority = a.rank
     cross join lateral (
       select i.id, i.priority, i.conversation_id, i.due_at, i.seq from intents i
       where i.phone_number_id = a.phone_number_id and i.priority = a.rank and i.due_at <= casement_now() and i.workspace = s.workspace
         and (i.due_at, i.seq) >= (a.from_due_at, a.from_seq)
         and ${HAS_OR_MAY_TAKE_TURN} and ${CAMPAIGN_LETS_GO}
         and i.conversation_id <> all (coalesce(alone.conversations, '{}'))
       order by i.due_at, i.seq
       limit a.look
     ) i
   ), firsts as (
     select distinct on (phone_number_id, priority, conversation_id) * from due
     order by phone_number_id, priority, conversation_id, due_at, seq
   ), ranked as (
     select f.*, row_number() over (partition by phone_number_id order by priority, due_at, seq) as nth from firsts f
     -- what stands before the place where this look begins is older
     where f.from_due_at = '-infinity'
       or exists (
         select from turns t where t.phone_number_id = f.phone_number_id and t.priority = f.priority and t.conversation_id = f.conversation_id)
       or not exists (
         select from intents o where o.conversation_id = f.conversation_id and o.priority = f.priority and o.due_at is not null
           and (o.due_at, o.seq) < (f.due_at, f.seq))
   ), shared as (
     select r.*, row_number() over (partition by workspace order by priority, nth, due_at, seq) as share from ranked r where nth <= look
   ), asked as materialized (
     select id, row_number() over (order by share, priority, due_at, seq) as ord from shared order by share, priority, due_at, seq limit $4
   )
   ${FACTS}
   order by asked.ord`,
)

export async function claimHeads(
  client: pg.PoolClient,
  asked: readonly Asked[],
  limit: number,
  without: readonly IntentId[],
): Promise<Claim[]> {
  const [senders, ranks, ...from] = rangesOf(asked)
  const rows = await claimHeadsOf(client, [senders, ranks, without, limit, ...from])
  return claimsOf(client, rows)
}

/** One range of `intents_due` for each number and priority, as columns. */
function rangesOf(asked: readonly Asked[]): [PhoneNumberId[], number[], string[], string[], number[]] {
  const ranges = asked.flatMap(({ sender, look, from }) =>
    RANKS.map((rank) => ({ sender, rank, look, ...(from?.[rank] ?? FIRST) })),
  )
  return [
    ranges.map((range) => range.sender),
    ranges.map((range) => range.rank),
    ranges.map((range) => range.dueAt),
    ranges.map((range) => range.seq),
    ranges.map((range) => range.look),
  ]
}

/**
 * Where the first stands that is scheduled and whose turn is free, of each number and priority, or a little earlier: what a transaction that is
 * not over yet has enqueued, or a short retry, comes to stand there.
 */
const findFirsts = prepared<{ phone_number_id: PhoneNumberId; rank: number; due_at: string; seq: string }>(
  'find_firsts',
  `select a.phone_number_id, a.rank, (case when near then i.due_at else recently end)::text as due_at, (case when near then i.seq else 0 end)::text as seq
   from unnest($1::text[], $2::smallint[], $3::timestamptz[], $4::bigint[]) as a (phone_number_id, rank, from_due_at, from_seq)
   cross join lateral (select casement_now() - interval '10 seconds' as recently) c
   left join lateral (
     select i.due_at, i.seq from intents i
     where i.phone_number_id = a.phone_number_id and i.priority = a.rank and i.due_at is not null
       and (i.due_at, i.seq) >= (a.from_due_at, a.from_seq) and ${HAS_OR_MAY_TAKE_TURN} and ${CAMPAIGN_LETS_GO}
     order by i.due_at, i.seq limit 1) i on true
   cross join lateral (select coalesce(i.due_at < recently, false) as near) n`,
)

/** By number, one place for each priority; looks only at and behind the places that `asked` brings. */
export async function firstPlaces(
  client: pg.PoolClient,
  asked: readonly Asked[],
): Promise<Map<PhoneNumberId, Place[]>> {
  const [senders, ranks, dueAts, seqs] = rangesOf(asked)
  const places = new Map<PhoneNumberId, Place[]>(asked.map(({ sender }) => [sender, []]))
  for (const { phone_number_id, rank, due_at: dueAt, seq } of await findFirsts(client, [
    senders,
    ranks,
    dueAts,
    seqs,
  ])) {
    ;(places.get(phone_number_id) as Place[])[rank] = { dueAt, seq }
  }
  return places
}
