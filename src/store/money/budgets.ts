import { sql } from 'kysely'
import type { IntentId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import type { Budget, BudgetLevel } from '../../domain/money/budget.ts'
import { telling } from '../outbox/tell.ts'
import type { Db } from '../pg/postgres.ts'
import { ALL_COSTS, MONTH_OF, ZONE_OF } from './money.ts'

/* Budgets, and how far they are used up. A workspace's has the empty number. */

/** Of one month. */
export interface BudgetState {
  workspace: WorkspaceId
  /** Empty: of the workspace. */
  sender: PhoneNumberId | ''
  /** Null: there is none any more. */
  budget: Budget | null
  /** Such as `2026-11`; one in which at least one of its numbers is. */
  month: string
  /** In millionths, this month, of all of its numbers: told prices in the budget's currency, else expected ones. */
  spent: bigint
  /** As it was found last; null: no level was ever reached. */
  known: KnownLevel | null
}

export interface KnownLevel {
  level: BudgetLevel | 'none'
  hold: string[]
  /** The last event of the month; null: none yet. */
  told: ToldLevel | null
}

export interface ToldLevel extends Pick<Budget, 'amount' | 'currency'> {
  level: BudgetLevel
}

interface StateRow {
  workspace: WorkspaceId
  sender: PhoneNumberId | ''
  budget: Budget | null
  month: string
  spent: string
  known: KnownLevel | null
}

/**
 * Every budget in each month that it is in for one of its numbers, and every level of one that is no more. Months are each number's own: in an
 * account that is ahead the next has begun already, and what is left of the former one elsewhere is still counted whole.
 */
export async function readBudgets(db: Db): Promise<BudgetState[]> {
  const { rows } = await sql<StateRow>`
    with budgets as (
      select id as workspace, '' as sender, budget from workspaces where budget is not null
      union all select workspace, phone_number_id, budget from senders where budget is not null
    ), months as materialized (
      select distinct b.workspace, b.sender, b.budget, ${sql.raw(MONTH_OF)} as month
      from budgets b join senders s on s.workspace = b.workspace and b.sender in ('', s.phone_number_id)
      join wabas w on w.id = s.waba_id
    )
    select m.workspace, m.sender, m.budget, to_char(m.month, 'YYYY-MM') as month,
      (select coalesce(sum(c.actual_micros + c.expected_untold_micros), 0)::text from senders n
       join ${sql.raw(ALL_COSTS)} c on c.workspace = n.workspace and c.phone_number_id = n.phone_number_id
         and c.day >= m.month and c.day < m.month + interval '1 month'
       where n.workspace = m.workspace and m.sender in ('', n.phone_number_id) and c.currency = m.budget ->> 'currency') as spent,
      case when l.level is not null then jsonb_build_object('level', l.level, 'hold', l.hold, 'told', l.told) end as known
    from months m left join budget_levels l
      on l.workspace = m.workspace and l.phone_number_id = m.sender and l.month = to_char(m.month, 'YYYY-MM')
    union all
    select l.workspace, l.phone_number_id, null, l.month, '0', jsonb_build_object('level', l.level, 'hold', l.hold, 'told', l.told)
    from budget_levels l
    where l.level <> 'none' and not exists (select from budgets b where b.workspace = l.workspace and b.sender = l.phone_number_id)
    order by 1, 2, 4`.execute(db)
  return rows.map((row) => ({ ...row, spent: BigInt(row.spent) }))
}

/**
 * Not where somebody else has recorded another level meanwhile: two processes may each believe for a moment that they lead, and nothing is
 * told twice. Answers whether it was recorded.
 *
 * @param loosened it holds something else than it did, or nothing any more, so whoever waits is decided again
 */
export async function recordBudgetLevel(
  db: Db,
  { workspace, sender, month, spent, budget, known }: BudgetState,
  level: BudgetLevel | 'none',
  { loosened, told }: { loosened: boolean; told: boolean },
): Promise<boolean> {
  const news = told && budget !== null && level !== 'none' ? budget : null
  const toldAs = news && JSON.stringify({ level, amount: news.amount, currency: news.currency })
  const recorded = sql`
    insert into budget_levels as l (workspace, phone_number_id, month, level, hold, told)
    values (${workspace}, ${sender}, ${month}, ${level}, ${budget?.hold ?? []}::text[], ${toldAs}::jsonb)
    on conflict (workspace, phone_number_id, month) do update set level = excluded.level, hold = excluded.hold,
      told = coalesce(excluded.told, l.told), loosened_at = case when ${loosened} then casement_now() else l.loosened_at end
    where l.level = ${known?.level ?? null} and l.hold = ${known?.hold ?? []}::text[]
    returning workspace`
  if (news === null) return (await sql`${recorded}`.execute(db)).rows.length > 0
  const events = sql`
    select r.workspace, ${sender === '' ? workspace : sender}::text as subject,
      jsonb_build_object('sender', nullif(${sender}::text, ''), 'month', ${month}::text, 'amount', ${news.amount}::text,
        'currency', ${news.currency}::text, 'spent', (${String(spent)}::numeric / 1000000)::numeric(24, 6)::text) as payload
    from recorded r`
  const done = await sql`
    with recorded as (${recorded}), told as (${telling(`budget.${level as BudgetLevel}`, events)})
    select from recorded`.execute(db)
  return done.rows.length > 0
}

/** Whoever decides may know what a budget held this long ago; milliseconds. More than prices are kept by a process, see `createPricing`. */
const KNOWN_LATE_MS = 90_000

/**
 * Who waits for a budget and need not, or has to be asked again: nothing is spent in the month of their number, that has begun since, what is
 * held has changed since, or the customer wrote to somebody whose free-form message waited for a template. Who was held just behind such a
 * change, by a process that had not heard of it, is asked once more. Served by `intents_waiting_since`.
 */
export async function needlessForBudget(db: Db, limit: number): Promise<IntentId[]> {
  const { rows } = await sql<{ id: IntentId }>`
    with numbers as materialized (
      select s.phone_number_id, exists (select from unnest(l.levels) v (level) where v.level = 'spent') as spent,
        l.loosened || (n.month::timestamp at time zone coalesce(${sql.raw(ZONE_OF)}, 'UTC')) as changes
      from senders s join wabas w on w.id = s.waba_id
      cross join lateral (select ${sql.raw(MONTH_OF)} as month) n
      cross join lateral (
        select coalesce(array_agg(b.level), '{}') as levels, coalesce(array_agg(b.loosened_at), '{}') as loosened from budget_levels b
        where b.workspace = s.workspace and b.phone_number_id in ('', s.phone_number_id) and b.month = to_char(n.month, 'YYYY-MM')
      ) l
      where s.phone_number_id in (select phone_number_id from intents where waits_kind = 'budget')
    )
    select i.id::text as id from intents i
    join conversations v on v.id = i.conversation_id join numbers n on n.phone_number_id = i.phone_number_id
    where i.waits_kind = 'budget' and (
      not n.spent
      or exists (
        select from unnest(n.changes) c (at) cross join (values (${KNOWN_LATE_MS} * interval '1 millisecond')) k (late)
        where i.waits_since < c.at or (i.waits_since <= c.at + k.late and casement_now() > c.at + k.late))
      or (i.message ->> 'type' <> 'template' and v.last_inbound_at > i.waits_since))
    order by i.waits_since, i.id limit ${limit}`.execute(db)
  return rows.map((row) => row.id)
}
