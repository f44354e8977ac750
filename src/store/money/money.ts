import { sql } from 'kysely'
import type { PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import { type RatedCategory, TIERED_CATEGORIES } from '../../domain/money/categories.ts'
import type { InternationalAuthentication } from '../../domain/money/price.ts'
import { type Instant, toDate } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

/* What the price of a number's messages depends on, beside the cards: its account, and what it sent this month. */

export interface MoneyRead {
  sender: PhoneNumberId
  workspace: WorkspaceId
  portfolioId: string
  currency: string | null
  timeZone: string | null
  /** Now, in that zone, such as `2026-11`. */
  month: string
  freeServiceUsed: number
  international: InternationalAuthentication | null
  held: string[]
}

interface MoneyRow {
  phone_number_id: PhoneNumberId
  workspace: WorkspaceId
  portfolio_id: string
  currency: string | null
  time_zone: string | null
  month: string
  free_service: string
  home_country: string | null
  international: { from: Instant; exceptions: { country: string; from: Instant }[] } | null
  held: string[]
}

/** A number's own word before its account's. */
export const CURRENCY_OF = 'coalesce(s.currency, w.currency)'
export const ZONE_OF = 'coalesce(s.time_zone, w.time_zone)'
/** The month that it is in a number's zone, as a date; `s` and `w` are the number and its account. */
export const MONTH_OF = `date_trunc('month', casement_now() at time zone coalesce(${ZONE_OF}, 'UTC'))::date`

/** What was folded and what was not yet. */
export const ALL_COSTS = `(
  select workspace, phone_number_id, day, category, market, currency, messages, untold, billable, free, free_service, charged, unpriced,
    expected_micros, expected_untold_micros, actual_micros from costs
  union all
  select workspace, phone_number_id, day, category, market, currency, messages, untold, billable, free, free_service, charged, unpriced,
    expected_micros, expected_untold_micros, actual_micros from cost_deltas)`

export async function readMoney(db: Db, senders: readonly PhoneNumberId[]): Promise<MoneyRead[]> {
  const { rows } = await sql<MoneyRow>`
    select s.phone_number_id, s.workspace, w.portfolio_id, ${sql.raw(CURRENCY_OF)} as currency, ${sql.raw(ZONE_OF)} as time_zone,
      to_char(m.month, 'YYYY-MM') as month, w.home_country, w.international,
      (select coalesce(sum(c.free_service), 0)::text from ${sql.raw(ALL_COSTS)} c
       where c.workspace = s.workspace and c.phone_number_id = s.phone_number_id and c.day >= m.month
         and c.day < m.month + interval '1 month') as free_service,
      array(select distinct unnest(b.hold) from budget_levels b
        where b.workspace = s.workspace and b.phone_number_id in ('', s.phone_number_id) and b.month = to_char(m.month, 'YYYY-MM')
          and b.level = 'spent') as held
    from senders s join wabas w on w.id = s.waba_id
    cross join lateral (select ${sql.raw(MONTH_OF)} as month) m
    where s.phone_number_id = any (${senders}::text[])`.execute(db)
  return rows.map((row) => ({
    sender: row.phone_number_id,
    workspace: row.workspace,
    portfolioId: row.portfolio_id,
    currency: row.currency,
    timeZone: row.time_zone,
    month: row.month,
    freeServiceUsed: Number(row.free_service),
    international: row.international && { homeCountry: row.home_country, ...row.international },
    held: row.held,
  }))
}

/**
 * Messages of a portfolio that count for its volume tiers, this month, by `market category`. Others send for it too, perhaps: where Meta says that a
 * tier is reached, as many as that were charged, whatever we know of.
 */
export async function readCharged(db: Db, portfolioId: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ market: string; category: string; charged: string }>`
    with numbers as (
      select s.workspace, s.phone_number_id, ${sql.raw(MONTH_OF)} as month
      from senders s join wabas w on w.id = s.waba_id where w.portfolio_id = ${portfolioId}
    ), ours as (
      select c.market, c.category, sum(c.charged) as charged
      from numbers s join ${sql.raw(ALL_COSTS)} c on c.workspace = s.workspace and c.phone_number_id = s.phone_number_id
        and c.day >= s.month and c.day < s.month + interval '1 month'
      where c.category = any (${[...TIERED_CATEGORIES]}::text[])
      group by 1, 2
    ), told as (
      select v.market, v.category, max(v.tier_from) - 1 as charged
      from volume_tiers v join wabas w on w.id = v.waba_id
      where w.portfolio_id = ${portfolioId} and v.month in (select to_char(month, 'YYYY-MM') from numbers)
      group by 1, 2
    )
    select market, category, greatest(ours.charged, told.charged)::text as charged from ours full join told using (market, category)`.execute(
    db,
  )
  return new Map(rows.map(({ market, category, charged }) => [`${market} ${category}`, Number(charged)]))
}

/** Whether the database knows a zone by this name: it judges days by it. */
export async function knowsTimeZone(db: Db, zone: string): Promise<boolean> {
  const { rows } = await sql`select from pg_timezone_names where lower(name) = lower(${zone})`.execute(db)
  return rows.length > 0
}

/** What Meta says of an account; null and undefined tell nothing. */
export interface ToldAccount {
  currency?: string | null | undefined
  timeZone?: string | null | undefined
  homeCountry?: string | null | undefined
  international?: Omit<InternationalAuthentication, 'homeCountry'> | null | undefined
}

/**
 * A zone that this PostgreSQL does not know is left out: nothing could be read of any number together with the one that has it.
 *
 * @param at when Meta said so, which may come late; default: now. What it said later of the same stays
 */
export async function recordAccount(db: Db, wabaId: string, told: ToldAccount, at?: Instant): Promise<void> {
  const saidAt = at === undefined ? sql`casement_now()` : sql`${toDate(at)}::timestamptz`
  const isNews = (stamp: 'home_country_at' | 'international_at', value: unknown) =>
    sql`(${value !== null && value !== undefined}::boolean and ${saidAt} >= coalesce(${sql.ref(stamp)}, '-infinity'))`
  const home = isNews('home_country_at', told.homeCountry)
  const international = isNews('international_at', told.international)
  await sql`
    update wabas set currency = coalesce(${told.currency ?? null}, currency), time_zone = coalesce((select name from pg_timezone_names where name = ${told.timeZone ?? null} limit 1), time_zone),
      home_country = case when ${home} then ${told.homeCountry ?? null} else home_country end,
      home_country_at = case when ${home} then ${saidAt} else home_country_at end,
      international = case when ${international} then ${told.international ? JSON.stringify(told.international) : null}::jsonb
        else international end,
      international_at = case when ${international} then ${saidAt} else international_at end
    where id = ${wabaId}`.execute(db)
}

/** A volume tier that Meta says an account's portfolio has reached. */
export interface ToldTier {
  market: string
  category: RatedCategory
  /** Such as `2026-11`. */
  month: string
  /** Its first message, counted from 1. */
  from: number
  at: Instant
}

/** Meta may tell the same tier twice; the earlier time is when it began. */
export async function recordTier(
  db: Db,
  wabaId: string,
  { market, category, month, from, at }: ToldTier,
): Promise<void> {
  await sql`
    insert into volume_tiers as v (waba_id, market, category, month, tier_from, at)
    select id, ${market}, ${category}, ${month}, ${from}, ${toDate(at)}::timestamptz from wabas where id = ${wabaId}
    on conflict (waba_id, market, category, month, tier_from) do update set at = least(v.at, excluded.at)`.execute(db)
}
