import { sql } from 'kysely'
import type { IntentId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import type { Budget, BudgetLevel } from '../../domain/money/budget.ts'
import { telling } from '../outbox/tell.ts'
import type { Db } from '../pg/postgres.ts'
import { ALL_COSTS, MONTH_OF } from './money.ts'

/* Budgets, and how far they are used up. A workspace's has the empty number. */

export interface BudgetState {
  workspace: WorkspaceId
  /** Empty: of the workspace. */
  sender: PhoneNumberId | ''
  /** Null: there is none any more. */
  budget: Budget | null
  /** Such as `2026-11`; of a workspace, of whichever of its numbers is furthest ahead. */
  month: string
  /** In millionths, this month: told prices in the budget's currency, else expected ones. */
  spent: bigint
  /** As it was found last. */
  known: { month: string; level: BudgetLevel | 'none'; hold: string[] } | null
}

interface StateRow {
  workspace: WorkspaceId
  sender: PhoneNumberId | ''
  budget: Budget | null
  month: string | null
  spent: string
  known_month: string | null
  known_level: BudgetLevel | 'none' | null
  known_hold: string[] | null
}

/** Months are each number's own: in an account that is ahead the next has begun already. */
export async function readBudgets(db: Db): Promise<BudgetState[]> {
  const { rows } = await sql<StateRow>`
    with budgets as materialized (
      select id as workspace, '' as sender, budget from workspaces where budget is not null
      union all select workspace, phone_number_id, budget from senders where budget is not null
    ), months as materialized (
      select b.workspace, b.sender, s.phone_number_id, ${sql.raw(MONTH_OF)} as month
      from budgets b join senders s on s.workspace = b.workspace and b.sender in ('', s.phone_number_id)
      join wabas w on w.id = s.waba_id
    )
    select coalesce(b.workspace, l.workspace) as workspace, coalesce(b.sender, l.phone_number_id) as sender, b.budget,
      (select to_char(max(m.month), 'YYYY-MM') from months m where m.workspace = b.workspace and m.sender = b.sender) as month,
      (select coalesce(sum(c.actual_micros + c.expected_untold_micros), 0)::text from months m
       join ${sql.raw(ALL_COSTS)} c on c.workspace = m.workspace and c.phone_number_id = m.phone_number_id
         and c.day >= m.month and c.day < m.month + interval '1 month'
       where m.workspace = b.workspace and m.sender = b.sender and c.currency = b.budget ->> 'currency') as spent,
      l.month as known_month, l.level as known_level, l.hold as known_hold
    from budgets b full join budget_levels l on l.workspace = b.workspace and l.phone_number_id = b.sender
    order by 1, 2`.execute(db)
  return rows.map((row) => ({
    workspace: row.workspace,
    sender: row.sender,
    budget: row.budget,
    month: row.month ?? '',
    spent: BigInt(row.spent),
    known: row.known_level && {
      month: row.known_month as string,
      level: row.known_level,
      hold: row.known_hold ?? [],
    },
  }))
}

/** @param anew what it holds has changed, so whoever waits is decided again */
export async function recordBudgetLevel(
  trx: Db,
  { workspace, sender, month, spent, budget }: BudgetState,
  level: BudgetLevel | 'none',
  { anew, told }: { anew: boolean; told: boolean },
): Promise<void> {
  await sql`
    insert into budget_levels as l (workspace, phone_number_id, month, level, hold)
    values (${workspace}, ${sender}, ${month}, ${level}, ${budget?.hold ?? []}::text[])
    on conflict (workspace, phone_number_id) do update set month = excluded.month, level = excluded.level, hold = excluded.hold,
      reached_at = case when ${anew} then excluded.reached_at else l.reached_at end`.execute(trx)
  if (!told || budget === null || level === 'none') return
  const events = sql`
    select ${workspace}::text as workspace, ${sender === '' ? workspace : sender}::text as subject,
      jsonb_build_object('sender', nullif(${sender}::text, ''), 'month', ${month}::text, 'amount', ${budget.amount}::text,
        'currency', ${budget.currency}::text, 'spent', (${String(spent)}::numeric / 1000000)::numeric(24, 6)::text) as payload`
  await telling(`budget.${level}`, events).execute(trx)
}

/**
 * Who waits for a budget and need not, or has to be asked again: nothing is spent any more, what it holds has changed since, or the customer
 * wrote to somebody whose free-form message waited for a template. Served by `intents_waiting_since`.
 */
export async function needlessForBudget(db: Db, limit: number): Promise<IntentId[]> {
  const { rows } = await sql<{ id: IntentId }>`
    select i.id::text as id from intents i join conversations v on v.id = i.conversation_id
    where i.waits_kind = 'budget' and (
      not exists (
        select from budget_levels b
        where b.workspace = i.workspace and b.phone_number_id in ('', i.phone_number_id) and b.level = 'spent')
      or exists (
        select from budget_levels b
        where b.workspace = i.workspace and b.phone_number_id in ('', i.phone_number_id) and b.reached_at > i.waits_since)
      or (i.message ->> 'type' <> 'template' and v.last_inbound_at > i.waits_since))
    order by i.waits_since, i.id limit ${limit}`.execute(db)
  return rows.map((row) => row.id)
}
