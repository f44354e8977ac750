import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPricing } from '../../src/app/pricing.ts'
import type { PhoneNumberId, WorkspaceId } from '../../src/domain/ids.ts'
import { destinationOf } from '../../src/domain/money/destination.ts'
import { cardOn, priceOf } from '../../src/domain/money/price.ts'
import type { Instant } from '../../src/domain/time.ts'
import { recordAccount, recordTier } from '../../src/store/money/money.ts'
import { listRateCards, readRateBook, storeRateCard } from '../../src/store/money/rate-cards.ts'
import { readRateCardFile } from '../../src/usecases/rate-card-file.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

let rows: Rows
let sender: PhoneNumberId
beforeAll(async () => {
  rows = await createRows()
  sender = await rows.linkSender()
  await sql`insert into workspaces (id, name) values ('another', 'Another')`.execute(rows.postgres.db)
})
afterAll(() => rows.close())

const ANOTHER = 'another' as WorkspaceId

async function store(text: string, validFrom: string, workspace: WorkspaceId = HERE.workspace) {
  const read = readRateCardFile(Buffer.from(text))
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return storeRateCard(rows.postgres.db, workspace, read.card, { raw: Buffer.from(text), sha256: 'ab', validFrom })
}
const rates = (utility: string) =>
  `Market,Currency,Marketing,Utility,Authentication\nBrazil,USD,0.0625,${utility},n/a\n`
const block = 'From,To,Rate type,Rate,vs. List rate'
const TIERS = `,Currency,${block},${block},${block}\nBrazil,USD,0,1,L,0.0068,0%,n/a,n/a,n/a,n/a,n/a,n/a,n/a,n/a,n/a,n/a\n,USD,2,--,T,0.0060,-5%${',n/a'.repeat(10)}\n`

describe('rate cards', () => {
  it('are kept with their file, one of a kind, currency and day, and are another workspace’s own affair', async () => {
    expect(await store(rates('0.0068'), '2026-10-01')).toMatchObject({
      kind: 'rates',
      valid_from: '2026-10-01',
      markets: 1,
    })
    expect(await store(rates('0.0099'), '2026-10-01')).toBe(null)
    expect(await store(rates('0.0099'), '2026-10-01', ANOTHER)).not.toBe(null)
    expect(await listRateCards(rows.postgres.db, HERE.workspace)).toHaveLength(1)
    const { rows: raw } = await sql<{
      raw: Buffer
    }>`select raw from rate_cards where workspace = ${HERE.workspace}`.execute(rows.postgres.db)
    expect(raw[0]?.raw.toString()).toBe(rates('0.0068'))
    const book = await readRateBook(rows.postgres.db, HERE.workspace, 'USD')
    expect(book.rates[0]?.markets.get('Brazil')).toEqual({ marketing: 62_500n, utility: 6_800n })
  })

  it('are found of today, however many of other days there are', async () => {
    const inReal = (text: string) => text.replaceAll('USD', 'BRL')
    await store(inReal(rates('0.0350')), '2026-10-01')
    await store(inReal(TIERS), '2026-10-01')
    for (let month = 1; month <= 9; month++) {
      for (const card of [rates('9.0000'), TIERS]) {
        await store(inReal(card), `2062-0${month}-01`)
        await store(inReal(card), `2024-0${month}-01`)
      }
    }
    const { rates: found, tiers } = await readRateBook(rows.postgres.db, HERE.workspace, 'BRL')
    for (const cards of [found, tiers] as (readonly { validFrom: string }[])[]) {
      const days = cards.map(({ validFrom }) => validFrom)
      expect(days).toEqual(days.toSorted().reverse())
      expect(cardOn(cards, '2026-11-30')?.validFrom).toBe('2026-10-01')
      expect(days.filter((day) => day > '2060')).toContain('2062-01-01')
    }
  })

  it('price by the tier that the portfolio has come to, and by the zone and currency of its account', async () => {
    await store(TIERS, '2026-10-01')
    await recordAccount(rows.postgres.db, await rows.wabaOf(sender), { currency: 'USD', timeZone: 'America/Sao_Paulo' })
    const read = async () => (await createPricing(rows.postgres).of([sender])).get(sender)
    const price = async () => {
      const money = await read()
      if (!money) throw new Error('expected the number to be known')
      const to = destinationOf({ waId: '5511987654321', bsuid: null })
      return priceOf(
        { category: 'utility', reaction: false, at: await rows.now(), windowOpen: true, freeEntryPointOpen: false, to },
        money,
      )
    }
    const before = await price()
    expect(before).toMatchObject({
      amount: before.day >= '2026-10-01' ? 6_800n : null,
      market: 'Brazil',
      currency: 'USD',
    })
    await sql`
      insert into costs (workspace, phone_number_id, day, category, market, currency, messages, untold, billable, free, free_service, charged,
        unpriced, expected_micros, expected_untold_micros, actual_micros)
      values (${HERE.workspace}, ${sender}, ${before.day}::date, 'utility', 'Brazil', 'USD', 1, 0, 1, 0, 0, 1, 0, 6800, 0, 6800)`.execute(
      rows.postgres.db,
    )
    if (before.day >= '2026-10-01') expect(await price()).toMatchObject({ amount: 6_000n })
  })

  it('price by the tier that Meta says is reached, the dearest of what is known, in its month alone', async () => {
    const { db } = rows.postgres
    const waba = await rows.wabaOf(sender)
    const month = (await createPricing(rows.postgres).of([sender])).get(sender)?.month as string
    const charged = async () => (await createPricing(rows.postgres).of([sender])).get(sender)?.charged
    const tier = { market: 'India', category: 'utility', month, from: 101, at: 5_000 as Instant } as const
    await recordTier(db, waba, { ...tier, month: '2020-01', from: 9_001 })
    expect((await charged())?.get('India utility')).toBeUndefined()
    await recordTier(db, waba, tier)
    await recordTier(db, waba, { ...tier, at: 3_000 as Instant })
    await recordTier(db, waba, { ...tier, at: 9_000 as Instant })
    await recordTier(db, waba, { ...tier, market: 'Brazil', from: 1 })
    expect(await charged()).toEqual(
      new Map([
        ['India utility', 100],
        ['Brazil utility', 1],
      ]),
    )
    const { rows: at } = await sql`select at from volume_tiers where market = 'India' and month = ${month}`.execute(db)
    expect(at).toEqual([{ at: 3_000 }])
  })

  it('heed what Meta said last of where a business is and what it is charged, however late it comes', async () => {
    const { db } = rows.postgres
    const waba = await rows.wabaOf(sender)
    const told = (second: number, homeCountry: string | null, from: number | null) =>
      recordAccount(
        db,
        waba,
        { homeCountry, international: from === null ? null : { from: from as Instant, exceptions: [] } },
        (second * 1_000) as Instant,
      )
    await told(10, 'BR', null)
    await told(5, 'IN', 7)
    await told(4, null, 8)
    const read = async () => (await createPricing(rows.postgres).of([sender])).get(sender)?.international
    expect(await read()).toEqual({ homeCountry: 'BR', from: 7, exceptions: [] })
    await recordAccount(db, waba, { homeCountry: 'PT', international: { from: 9 as Instant, exceptions: [] } })
    await told(20, 'BR', 10)
    expect(await read()).toEqual({ homeCountry: 'PT', from: 9, exceptions: [] })
  })

  /** Prices whose first reading is over, and whose answer is kept back until it is let come. */
  function heldBack() {
    const answered = Promise.withResolvers<void>()
    let held: PromiseWithResolvers<void> | null = Promise.withResolvers<void>()
    const db = rows.postgres.db.withPlugin({
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        answered.resolve()
        await held?.promise
        return result
      },
    })
    const hold = (on: boolean) => {
      held?.resolve()
      held = on ? Promise.withResolvers<void>() : null
    }
    return { pricing: createPricing({ db }), answered: answered.promise, hold }
  }

  it('that were being read while something changed are read again', async () => {
    const waba = await rows.wabaOf(sender)
    const { pricing, answered, hold } = heldBack()
    const before = pricing.of([sender])
    await answered
    await recordAccount(rows.postgres.db, waba, { currency: 'EUR' })
    pricing.forget()
    hold(false)
    await before
    expect((await pricing.of([sender])).get(sender)?.currency).toBe('EUR')
    await recordAccount(rows.postgres.db, waba, { currency: 'USD' })
  })

  it('that are being read anew keep nobody without a price', async () => {
    const { pricing, hold } = heldBack()
    hold(false)
    expect((await pricing.of([sender])).get(sender)?.currency).toBe('USD')
    hold(true)
    pricing.forget()
    expect((await pricing.of([sender])).get(sender)?.currency).toBe('USD')
    hold(false)
  })

  it('go by no zone that PostgreSQL does not know', async () => {
    const waba = await rows.wabaOf(sender)
    await recordAccount(rows.postgres.db, waba, { timeZone: 'Asia/Tokyo' })
    await recordAccount(rows.postgres.db, waba, { timeZone: 'America/Nowhere_River' })
    expect((await createPricing(rows.postgres).of([sender])).get(sender)?.timeZone).toBe('Asia/Tokyo')
  })

  it('are read again after a while, and not for every message', async () => {
    let elapsed = 0
    const pricing = createPricing(rows.postgres, { elapsed: () => elapsed })
    const currency = async () => (await pricing.of([sender])).get(sender)?.currency
    const waba = await rows.wabaOf(sender)
    expect(await currency()).toBe('USD')
    await recordAccount(rows.postgres.db, waba, { currency: 'EUR' })
    expect(await currency()).toBe('USD')
    elapsed = 60_001
    expect(await currency()).toBe('EUR')
    await recordAccount(rows.postgres.db, waba, { currency: 'USD' })
    pricing.forget()
    expect(await currency()).toBe('USD')
  })
})
