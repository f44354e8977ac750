import { sql } from 'kysely'
import type { Purview } from '../../domain/access.ts'
import { inPurview } from '../access/purview.ts'
import type { Db } from '../pg/postgres.ts'
import { ALL_COSTS } from './money.ts'

export const COST_KEYS = ['day', 'sender', 'category', 'market'] as const
export type CostKey = (typeof COST_KEYS)[number]

/** Sums of one key and currency; amounts in millionths. */
export interface CostRead {
  /** Null: of all. */
  key: string | null
  /** Empty where it is not known. */
  currency: string
  messages: number
  billable: number
  free: number
  untold: number
  unpriced: number
  expected: bigint
  actual: bigint
}

interface CostRow
  extends Omit<CostRead, 'messages' | 'billable' | 'free' | 'untold' | 'unpriced' | 'expected' | 'actual'> {
  messages: string
  billable: string
  free: string
  untold: string
  unpriced: string
  expected: string
  actual: string
}

const COLUMN: Readonly<Record<CostKey, string>> = {
  day: 'c.day::text',
  sender: 'c.phone_number_id',
  category: 'c.category',
  market: 'c.market',
}

export interface CostRange {
  /** Days, both included. */
  from: string
  to: string
}

/** Sums by key and currency, and of all by currency alone. Of what is folded and of what is not, in one snapshot. */
export async function readCosts(db: Db, purview: Purview, { from, to }: CostRange, by: CostKey): Promise<CostRead[]> {
  const key = sql.raw(COLUMN[by])
  const { rows } = await sql<CostRow>`
    select ${key} as key, c.currency, sum(c.messages)::text as messages, sum(c.billable)::text as billable, sum(c.free)::text as free,
      sum(c.untold)::text as untold, sum(c.unpriced)::text as unpriced, sum(c.expected_micros)::text as expected,
      sum(c.actual_micros)::text as actual
    from ${sql.raw(ALL_COSTS)} c
    where ${inPurview('c', purview)} and c.day between ${from}::date and ${to}::date
    group by grouping sets ((${key}, c.currency), (c.currency))
    having sum(c.messages) <> 0
    order by 1 nulls last, 2`.execute(db)
  return rows.map((row) => ({
    key: row.key,
    currency: row.currency,
    messages: Number(row.messages),
    billable: Number(row.billable),
    free: Number(row.free),
    untold: Number(row.untold),
    unpriced: Number(row.unpriced),
    expected: BigInt(row.expected),
    actual: BigInt(row.actual),
  }))
}

const SUMS = [
  ...['messages', 'untold', 'billable', 'free', 'free_service', 'charged', 'unpriced'],
  ...['expected_micros', 'expected_untold_micros', 'actual_micros'],
]
const KEYS = 'workspace, phone_number_id, day, category, market, currency'

/**
 * Adds what messages changed to the sums, oldest first, and forgets it. One at a time, so that nobody meets another at the same row: by whoever
 * leads. Answers how many changes it took.
 */
export async function foldCosts(db: Db, limit: number): Promise<number> {
  const { rows } = await sql<{ taken: number }>`
    with taken as (
      delete from cost_deltas where id = any (array(select id from cost_deltas order by id limit ${limit} for update skip locked))
      returning *
    ), added as (
      insert into costs as c (${sql.raw(KEYS)}, ${sql.raw(SUMS.join(', '))})
      select ${sql.raw(KEYS)}, ${sql.raw(SUMS.map((name) => `sum(${name})`).join(', '))} from taken group by ${sql.raw(KEYS)}
      on conflict (${sql.raw(KEYS)}) do update set ${sql.raw(SUMS.map((name) => `${name} = c.${name} + excluded.${name}`).join(', '))}
    )
    select count(*)::int as taken from taken`.execute(db)
  return rows[0]?.taken ?? 0
}
