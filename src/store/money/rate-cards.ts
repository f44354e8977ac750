import { sql } from 'kysely'
import type { WorkspaceId } from '../../domain/ids.ts'
import type { Card, CardKind } from '../../domain/money/card.ts'
import type { RatedCategory, TieredCategory } from '../../domain/money/categories.ts'
import type { RateBook, Rates, Tier, Tiers } from '../../domain/money/price.ts'
import type { Instant } from '../../domain/time.ts'
import type { Db } from '../pg/postgres.ts'

export interface RateCardRead {
  id: string
  kind: CardKind
  currency: string
  /** The first day, such as `2026-10-01`. */
  valid_from: string
  markets: number
  sha256: string
  created_at: Instant
}

const columns = sql`id::text as id, kind, currency, valid_from::text as valid_from, markets, sha256, created_at`

/** Null where the workspace has a card of this kind, currency and day. */
export async function storeRateCard(
  trx: Db,
  workspace: WorkspaceId,
  card: Card,
  file: { raw: Buffer; sha256: string; validFrom: string },
): Promise<RateCardRead | null> {
  const { rows } = await sql<RateCardRead>`
    insert into rate_cards (workspace, kind, currency, valid_from, raw, sha256, markets)
    values (${workspace}, ${card.kind}, ${card.currency}, ${file.validFrom}::date, ${file.raw}, ${file.sha256}, ${card.markets.size})
    on conflict on constraint rate_cards_one do nothing returning ${columns}`.execute(trx)
  const stored = rows[0]
  if (stored === undefined) return null
  const prices = pricesOf(card)
  await sql`
    insert into rate_card_prices (card_id, market, category, tier_from, tier_to, price_micros)
    select ${stored.id}::bigint, * from unnest(${prices.map((p) => p.market)}::text[], ${prices.map((p) => p.category)}::text[],
      ${prices.map((p) => p.from)}::bigint[], ${prices.map((p) => p.to)}::bigint[], ${prices.map((p) => String(p.price))}::bigint[])`.execute(
    trx,
  )
  return stored
}

function pricesOf(card: Card): { market: string; category: string; from: number; to: number | null; price: bigint }[] {
  if (card.kind === 'rates') {
    return [...card.markets].flatMap(([market, prices]) =>
      Object.entries(prices).map(([category, price]) => ({ market, category, from: 0, to: null, price })),
    )
  }
  return [...card.markets].flatMap(([market, tiers]) =>
    Object.entries(tiers).flatMap(([category, list]) => list.map((tier) => ({ market, category, ...tier }))),
  )
}

/** The newest day first. */
export async function listRateCards(db: Db, workspace: WorkspaceId): Promise<RateCardRead[]> {
  const { rows } = await sql<RateCardRead>`
    select ${columns} from rate_cards where workspace = ${workspace} order by valid_from desc, currency, kind, id`.execute(
    db,
  )
  return rows
}

/** Of each kind, in force or to come, those nearest to today: older ones are those of messages that are priced already. */
const MOST_CARDS = 6

export async function readRateBook(db: Db, workspace: WorkspaceId, currency: string): Promise<RateBook> {
  const { rows } = await sql<PriceRow>`
    select c.id::text as card, c.kind, c.valid_from::text as valid_from, p.market, p.category, p.tier_from::float8 as tier_from,
      p.tier_to::float8 as tier_to, p.price_micros::text as price
    from (
      select *, row_number() over (
        partition by kind, valid_from > casement_now()::date order by abs(valid_from - casement_now()::date)) as nth
      from rate_cards where workspace = ${workspace} and currency = ${currency}
    ) c join rate_card_prices p on p.card_id = c.id and c.nth <= ${MOST_CARDS}
    order by c.valid_from desc, c.kind, p.market, p.category, p.tier_from`.execute(db)
  const rates: Rates[] = []
  const tiers: Tiers[] = []
  for (const [, prices] of Map.groupBy(rows, (row) => row.card)) {
    const { kind, valid_from: validFrom } = prices[0] as PriceRow
    if (kind === 'rates') rates.push({ validFrom, markets: ratesOf(prices) })
    else tiers.push({ validFrom, markets: tiersOf(prices) })
  }
  return { rates, tiers }
}

interface PriceRow {
  card: string
  kind: CardKind
  valid_from: string
  market: string
  category: string
  tier_from: number
  tier_to: number | null
  price: string
}

function ratesOf(prices: PriceRow[]): Rates['markets'] {
  const markets = new Map<string, Partial<Record<RatedCategory, bigint>>>()
  for (const { market, category, price } of prices) {
    const row = markets.get(market) ?? {}
    row[category as RatedCategory] = BigInt(price)
    markets.set(market, row)
  }
  return markets
}

function tiersOf(prices: PriceRow[]): Tiers['markets'] {
  const markets = new Map<string, Partial<Record<TieredCategory, Tier[]>>>()
  for (const { market, category, tier_from: from, tier_to: to, price } of prices) {
    const row = markets.get(market) ?? {}
    const list = row[category as TieredCategory] ?? []
    list.push({ from, to, price: BigInt(price) })
    row[category as TieredCategory] = list
    markets.set(market, row)
  }
  return markets
}
