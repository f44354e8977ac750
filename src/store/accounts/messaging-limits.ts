import { sql } from 'kysely'
import type { ContactId, WabaId } from '../../domain/ids.ts'
import { MESSAGING_LIMIT_PERIOD_MS, type MessagingLimitUse } from '../../domain/limits.ts'
import { type Instant, plus, toDate } from '../../domain/time.ts'
import { type Db, prepared, type Queryable } from '../pg/postgres.ts'

interface Asked {
  portfolioId: string
  contactId: ContactId
  limit: number
}

interface UseRow {
  portfolio_id: string
  used: string
  oldest: Instant | null
  counted: ContactId[] | null
}

const PERIOD = `interval '${MESSAGING_LIMIT_PERIOD_MS} milliseconds'`

const selectUses = prepared<UseRow>(
  'messaging_limit_uses',
  `select asked.portfolio_id,
     (select count(*) from messaging_limit_uses u where u.portfolio_id = asked.portfolio_id and u.at > casement_now() - ${PERIOD}) as used,
     (select min(u.at) from messaging_limit_uses u where u.portfolio_id = asked.portfolio_id and u.at > casement_now() - ${PERIOD}) as oldest,
     (select array_agg(u.contact_id::text) from messaging_limit_uses u
        where u.portfolio_id = asked.portfolio_id and u.contact_id = any ($2::bigint[]) and u.at > casement_now() - ${PERIOD}) as counted
   from unnest($1::text[]) as asked (portfolio_id)`,
)

/** Where the limited portfolios stand for these contacts, by `<portfolio> <contact>`. */
export async function readMessagingLimits(client: Queryable, asked: Asked[]): Promise<Map<string, MessagingLimitUse>> {
  const uses = new Map<string, MessagingLimitUse>()
  if (asked.length === 0) return uses
  const portfolios = [...new Set(asked.map((one) => one.portfolioId))]
  const rows = await selectUses(client, [portfolios, asked.map((one) => one.contactId)])
  const byPortfolio = new Map(rows.map((row) => [row.portfolio_id, row]))
  for (const { portfolioId, contactId, limit } of asked) {
    const row = byPortfolio.get(portfolioId) as UseRow
    uses.set(`${portfolioId} ${contactId}`, {
      limit,
      used: Number(row.used),
      counted: row.counted?.includes(contactId) ?? false,
      freesAt: row.oldest === null ? null : plus(row.oldest, MESSAGING_LIMIT_PERIOD_MS),
    })
  }
  return uses
}

const lockPortfolios = prepared(
  'lock_portfolios',
  'select id from portfolios where id = any ($1::text[]) order by id for no key update',
)

const takePlaces = prepared<{ ord: string }>(
  'take_messaging_limit_places',
  `with asked as (
     select a.*, u.contact_id is not null as counted
     from unnest($1::text[], $2::bigint[]) with ordinality as a (portfolio_id, contact_id, ord)
     left join messaging_limit_uses u on u.portfolio_id = a.portfolio_id and u.contact_id = a.contact_id and u.at > casement_now() - ${PERIOD}
   ), people as (
     select portfolio_id, contact_id, counted, row_number() over (partition by portfolio_id, counted order by min(ord)) as nth
     from asked group by 1, 2, 3
   ), free as (
     select p.id as portfolio_id, coalesce(p.messaging_limit - (
       select count(*) from messaging_limit_uses u where u.portfolio_id = p.id and u.at > casement_now() - ${PERIOD}), 1000000000) as places
     from portfolios p where p.id = any ($1::text[])
   ), taken as (
     insert into messaging_limit_uses as mine (portfolio_id, contact_id, at)
     select portfolio_id, contact_id, casement_now() from people join free using (portfolio_id)
     where counted or nth <= places
     order by portfolio_id, contact_id
     on conflict (portfolio_id, contact_id) do update set at = excluded.at
     returning portfolio_id, contact_id
   )
   select ord from asked join taken using (portfolio_id, contact_id)`,
)

/**
 * Takes places for these people, in the caller's transaction, and answers of each whether there was one, or they had one. The portfolios'
 * rows are locked first and read after, so that two workers who both saw the last place do not both take it.
 */
export async function reserveMessagingLimit(
  client: Queryable,
  asked: { portfolioId: string; contactId: ContactId }[],
): Promise<boolean[]> {
  const portfolios = asked.map((one) => one.portfolioId)
  await lockPortfolios(client, [portfolios])
  const rows = await takePlaces(client, [portfolios, asked.map((one) => one.contactId)])
  const taken = asked.map(() => false)
  for (const { ord } of rows) taken[Number(ord) - 1] = true
  return taken
}

/**
 * Meta told how many people a portfolio may write to. Webhooks come in any order, so what was told later stays, be it by an operator; of
 * two of the same second the lower limit.
 *
 * @param limit null: unlimited
 * @param at Meta's stamp; null: now
 */
export async function setMessagingLimit(
  trx: Db,
  wabaId: WabaId,
  limit: number | null,
  at: Instant | null,
): Promise<void> {
  const told = at === null ? sql`casement_now()` : sql`least(${toDate(at)}::timestamptz, casement_now())`
  await sql`
    update portfolios set messaging_limit = ${limit}::int, messaging_limit_at = ${told}
    where id = (select portfolio_id from wabas where id = ${wabaId})
      and (messaging_limit_at is null or messaging_limit_at < ${told}
        or (messaging_limit_at = ${told} and coalesce(${limit}::int < messaging_limit, ${limit}::int is not null)))`.execute(
    trx,
  )
}
