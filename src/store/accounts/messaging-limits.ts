import { sql } from 'kysely'
import type pg from 'pg'
import type { ContactId, WabaId } from '../../domain/ids.ts'
import { MESSAGING_LIMIT_PERIOD_MS, type MessagingLimitUse } from '../../domain/limits.ts'
import { type Instant, plus, toDate } from '../../domain/time.ts'
import { type Db, prepared } from '../pg/postgres.ts'

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
export async function readMessagingLimits(pool: pg.Pool, asked: Asked[]): Promise<Map<string, MessagingLimitUse>> {
  const uses = new Map<string, MessagingLimitUse>()
  if (asked.length === 0) return uses
  const portfolios = [...new Set(asked.map((one) => one.portfolioId))]
  const rows = await selectUses(pool, [portfolios, asked.map((one) => one.contactId)])
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

/**
 * Takes a place for one contact, or says that none is free. The portfolio's row is locked first, so that two workers who both saw the
 * last place do not both take it. True when the place is taken (or the contact had one).
 */
export async function reserveMessagingLimit(
  pool: pg.Pool,
  portfolioId: string,
  contactId: ContactId,
): Promise<boolean> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const portfolio = await client.query('select messaging_limit from portfolios where id = $1 for update', [
      portfolioId,
    ])
    const limit: number | null = portfolio.rows[0]?.messaging_limit ?? null
    const taken = await client.query(
      `insert into messaging_limit_uses as mine (portfolio_id, contact_id, at)
       select $1, $2, casement_now()
       where $3::int is null
         or exists (select 1 from messaging_limit_uses u
                    where u.portfolio_id = $1 and u.contact_id = $2 and u.at > casement_now() - ${PERIOD})
         or (select count(*) from messaging_limit_uses u where u.portfolio_id = $1 and u.at > casement_now() - ${PERIOD}) < $3::int
       on conflict (portfolio_id, contact_id) do update set at = excluded.at
       returning 1`,
      [portfolioId, contactId, limit],
    )
    await client.query('commit')
    return taken.rowCount === 1
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
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
