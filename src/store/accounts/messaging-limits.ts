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
  used: number
  oldest: Instant | null
  counted: ContactId[] | null
}

const PERIOD = `interval '${MESSAGING_LIMIT_PERIOD_MS} milliseconds'`
const MINUTE = `interval '1 minute'`

/*
 * Whoever counts has a row (`messaging_limit_uses`), and how many they are stands in buckets of a minute: a portfolio may write to 100,000
 * people a day, and to count them for each page took longer than to send it. A place is free again when its whole minute is over, so up to
 * a minute late and never early.
 */
const COUNTS = (bucket: string) => `${bucket}.minute + ${MINUTE} + ${PERIOD} > casement_now()`

/** An expression: how many people count of the portfolio that `portfolio` names. */
export const usesOf = (portfolio: string) => `(
  select coalesce(sum(b.used), 0)::int from messaging_limit_buckets b where b.portfolio_id = ${portfolio} and ${COUNTS('b')})`

/** An expression: when the first of them counts no more; null where nobody does. */
export const freesAtOf = (portfolio: string) => `(
  select min(b.minute) + ${MINUTE} + ${PERIOD} from messaging_limit_buckets b
  where b.portfolio_id = ${portfolio} and b.used > 0 and ${COUNTS('b')})`

const selectUses = prepared<UseRow>(
  'messaging_limit_uses',
  `select asked.portfolio_id, ${usesOf('asked.portfolio_id')} as used,
     (select min(b.minute) + ${MINUTE} from messaging_limit_buckets b
        where b.portfolio_id = asked.portfolio_id and b.used > 0 and ${COUNTS('b')}) as oldest,
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
      used: row.used,
      counted: row.counted?.includes(contactId) ?? false,
      freesAt: row.oldest === null ? null : plus(row.oldest, MESSAGING_LIMIT_PERIOD_MS),
    })
  }
  return uses
}

/** Who of them has a place. */
export async function withPlace(
  client: Queryable,
  portfolioId: string,
  contacts: readonly ContactId[],
): Promise<ReadonlySet<ContactId>> {
  // Asked with any limit: it is not that which is read.
  const uses = await readMessagingLimits(
    client,
    contacts.map((contactId) => ({ portfolioId, contactId, limit: 1 })),
  )
  return new Set(contacts.filter((contact) => uses.get(`${portfolioId} ${contact}`)?.counted))
}

const lockPortfolios = prepared(
  'lock_portfolios',
  'select id from portfolios where id = any ($1::text[]) order by id for no key update',
)

const takePlaces = prepared<{ ord: string }>(
  'take_messaging_limit_places',
  `with asked as (
     select a.*, date_trunc('minute', u.at) as minute
     from unnest($1::text[], $2::bigint[]) with ordinality as a (portfolio_id, contact_id, ord)
     left join messaging_limit_uses u on u.portfolio_id = a.portfolio_id and u.contact_id = a.contact_id and u.at > casement_now() - ${PERIOD}
   ), people as (
     select portfolio_id, contact_id, minute, row_number() over (partition by portfolio_id, minute is null order by min(ord)) as nth
     from asked group by 1, 2, 3
   ), free as (
     select p.id as portfolio_id, coalesce(p.messaging_limit - ${usesOf('p.id')}, 1000000000) as places
     from portfolios p where p.id = any ($1::text[])
   ), going as (
     select people.*, date_trunc('minute', casement_now()) as this_minute from people join free using (portfolio_id)
     where minute is not null or nth <= places
   ), taken as (
     insert into messaging_limit_uses as mine (portfolio_id, contact_id, at)
     select portfolio_id, contact_id, casement_now() from going
     order by portfolio_id, contact_id
     on conflict (portfolio_id, contact_id) do update set at = excluded.at
     returning portfolio_id, contact_id
   ), added as (
     insert into messaging_limit_buckets as b (portfolio_id, minute, used)
     select portfolio_id, this_minute, count(*) from going where minute is distinct from this_minute
     group by 1, 2 order by 1
     on conflict (portfolio_id, minute) do update set used = b.used + excluded.used
   ), taken_off as (
     update messaging_limit_buckets b set used = greatest(0, b.used - l.used)
     from (select portfolio_id, minute, count(*)::int as used from going where minute <> this_minute group by 1, 2) l
     where b.portfolio_id = l.portfolio_id and b.minute = l.minute
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

/** Deletes up to `limit` rows of either kind that count no more. Answers how many. */
export async function forgetUses(db: Db, limit: number): Promise<number> {
  let forgotten = 0
  for (const [table, column] of [
    ['messaging_limit_uses', 'at'],
    ['messaging_limit_buckets', 'minute'],
  ] as const) {
    const deleted = await sql`
      delete from ${sql.table(table)} where ctid = any (array(
        select old.ctid from portfolios p cross join lateral (
          select u.ctid from ${sql.table(table)} u
          where u.portfolio_id = p.id and u.${sql.ref(column)} < casement_now() - 2 * ${sql.raw(PERIOD)} limit ${limit}) old
        limit ${limit}))`.execute(db)
    forgotten += Number(deleted.numAffectedRows ?? 0n)
  }
  return forgotten
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
