import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAmount, parseAmount } from '../../../src/domain/money/amount.ts'
import { budgetLevel } from '../../../src/domain/money/budget.ts'
import type { RatedCategory } from '../../../src/domain/money/categories.ts'
import { destinationOf } from '../../../src/domain/money/destination.ts'
import { localDay } from '../../../src/domain/money/local-day.ts'
import { freeServiceLeft, type Money, priceOf, type Question, type Rates } from '../../../src/domain/money/price.ts'
import { fromRecord, toRecord, viewOfPrice } from '../../../src/domain/money/price-decision.ts'
import { toldPriceOf } from '../../../src/domain/money/told-price.ts'
import { plus } from '../../../src/domain/time.ts'
import type { MessageUpdate } from '../../../src/store/intents/statuses.ts'
import { type MessageReport, withToldPrice } from '../../../src/usecases/status-reports.ts'
import { at } from '../../support/builders.ts'

const CARD: Rates['markets'] = new Map<string, Partial<Record<RatedCategory, bigint>>>([
  ['Brazil', { marketing: 62_500n, utility: 6_800n, authentication: 6_800n }],
  ['India', { marketing: 11_000n, utility: 1_400n, authentication: 1_400n, 'authentication-international': 28_000n }],
  ['Rest of Central & Eastern Europe', { marketing: 86_000n, utility: 21_200n, authentication: 21_200n }],
])
const LATER_CARD: Rates['markets'] = new Map<string, Partial<Record<RatedCategory, bigint>>>([
  ...CARD,
  ['Ukraine', { marketing: 90_000n, utility: 25_000n, authentication: 25_000n, service: 24_000n }] as const,
])

const MONEY: Money = {
  currency: 'USD',
  timeZone: 'America/Sao_Paulo',
  book: {
    rates: [
      { validFrom: '2026-10-01', markets: LATER_CARD },
      { validFrom: '2025-07-01', markets: CARD },
    ],
    tiers: [],
  },
  month: '2026-11',
  freeServiceUsed: 1_000,
  charged: new Map(),
  international: null,
  held: new Set(),
}

const BRAZIL = destinationOf({ waId: '5511987654321', bsuid: null })
const UKRAINE = destinationOf({ waId: '380501234567', bsuid: null })
const INDIA = destinationOf({ waId: '919812345678', bsuid: null })
const NOVEMBER = at('2026-11-15T12:00:00Z')
const SEPTEMBER = at('2026-09-15T12:00:00Z')

const ASKED: Question = {
  category: 'service',
  reaction: false,
  at: NOVEMBER,
  windowOpen: true,
  freeEntryPointOpen: false,
  to: BRAZIL,
}

type Case = [
  what: string,
  asked: Partial<Question>,
  money: Partial<Money>,
  amount: string | null,
  because: string | null,
]

describe('what a message costs', () => {
  const CASES: Case[] = [
    ['marketing in an open window', { category: 'marketing' }, {}, '0.062500', null],
    ['marketing in a closed window', { category: 'marketing', windowOpen: false }, {}, '0.062500', null],
    [
      'marketing in a free entry point',
      { category: 'marketing', freeEntryPointOpen: true },
      {},
      '0.000000',
      'free_entry_point',
    ],
    ['authentication in an open window', { category: 'authentication' }, {}, '0.006800', null],
    [
      'authentication in a free entry point',
      { category: 'authentication', freeEntryPointOpen: true },
      {},
      '0.000000',
      'free_entry_point',
    ],
    ['utility in an open window, since October', { category: 'utility' }, {}, '0.006800', null],
    ['utility in an open window, before', { category: 'utility', at: SEPTEMBER }, {}, '0.000000', 'before_october'],
    [
      'utility in a closed window, before',
      { category: 'utility', at: SEPTEMBER, windowOpen: false },
      {},
      '0.006800',
      null,
    ],
    ['marketing in an open window, before', { category: 'marketing', at: SEPTEMBER }, {}, '0.062500', null],
    ['a reply, before', { at: SEPTEMBER }, {}, '0.000000', 'before_october'],
    ['the 1,000th reply of the month', {}, { freeServiceUsed: 999 }, '0.000000', 'free_tier'],
    ['the 1,001st reply of the month', {}, { freeServiceUsed: 1_000 }, '0.006800', null],
    ['the first reply of the next month', { at: at('2026-12-01T12:00:00Z') }, {}, '0.000000', 'free_tier'],
    [
      'a reply in a free entry point',
      { freeEntryPointOpen: true },
      { freeServiceUsed: 0 },
      '0.000000',
      'free_entry_point',
    ],
    ['a reaction beyond the free ones', { reaction: true }, {}, '0.000000', 'reaction'],
    ['a reply where the card has a price for service', { to: UKRAINE }, {}, '0.024000', null],
    ['a country that has its own row since October', { category: 'utility', to: UKRAINE }, {}, '0.025000', null],
    [
      'the same before, with its region',
      { category: 'utility', to: UKRAINE, at: SEPTEMBER, windowOpen: false },
      {},
      '0.021200',
      null,
    ],
    [
      'a market that the card lacks',
      { category: 'marketing', to: destinationOf({ waId: '14155550123', bsuid: null }) },
      {},
      null,
      null,
    ],
    ['a day before the first card', { category: 'marketing', at: at('2025-06-01T12:00:00Z') }, {}, null, null],
    ['a code to India, from at home', { category: 'authentication', to: INDIA }, {}, '0.001400', null],
    [
      'a code to India, international',
      { category: 'authentication', to: INDIA },
      { international: { from: at('2026-11-01T00:00:00Z'), homeCountry: 'BR', exceptions: [] } },
      '0.028000',
      null,
    ],
    [
      'a code to India by a business of India',
      { category: 'authentication', to: INDIA },
      { international: { from: at('2026-11-01T00:00:00Z'), homeCountry: 'IN', exceptions: [] } },
      '0.001400',
      null,
    ],
    [
      'a code to India, international there later only',
      { category: 'authentication', to: INDIA },
      {
        international: {
          from: at('2026-01-01T00:00:00Z'),
          homeCountry: 'BR',
          exceptions: [{ country: 'IN', from: at('2027-01-01T00:00:00Z') }],
        },
      },
      '0.001400',
      null,
    ],
    [
      'a code to Brazil, which has no such rate',
      { category: 'authentication' },
      { international: { from: at('2026-01-01T00:00:00Z'), homeCountry: 'DE', exceptions: [] } },
      '0.006800',
      null,
    ],
  ]
  it.each(CASES)('%s', (_, asked, money, amount, because) => {
    const priced = priceOf({ ...ASKED, ...asked }, { ...MONEY, ...money })
    expect(priced.amount === null ? null : formatAmount(priced.amount)).toBe(amount)
    expect(priced.freeBecause).toBe(because)
  })

  describe('at the turn of days, in the zone of the account', () => {
    it.each<[string, string, string, string | null]>([
      ['2026-10-01T02:59:59.999Z', 'America/Sao_Paulo', '2026-09-30', 'before_october'],
      ['2026-10-01T03:00:00.000Z', 'America/Sao_Paulo', '2026-10-01', null],
      ['2026-09-30T14:59:59.999Z', 'Asia/Tokyo', '2026-09-30', 'before_october'],
      ['2026-09-30T15:00:00.000Z', 'Asia/Tokyo', '2026-10-01', null],
      ['2026-10-01T06:59:59.999Z', 'America/Los_Angeles', '2026-09-30', 'before_october'],
      // Summer time ends in the night to November; the day is 25 hours long.
      ['2026-11-01T06:30:00.000Z', 'America/Los_Angeles', '2026-10-31', null],
      ['2026-11-02T07:59:59.999Z', 'America/Los_Angeles', '2026-11-01', null],
      ['2026-11-02T08:00:00.000Z', 'America/Los_Angeles', '2026-11-02', null],
      // Midnight that does not exist: Cairo's clocks go from 23:59:59 to 01:00.
      ['2027-04-29T22:00:00.000Z', 'Africa/Cairo', '2027-04-30', null],
    ])('%s in %s is of %s', (iso, timeZone, day, because) => {
      const priced = priceOf({ ...ASKED, category: 'utility', at: at(iso) }, { ...MONEY, timeZone })
      expect(priced).toMatchObject({ day, freeBecause: because })
    })

    it('counts the free messages of the month that it is there', () => {
      const turn = at('2026-12-01T02:30:00Z')
      const used = { ...MONEY, freeServiceUsed: 1_000 }
      expect(priceOf({ ...ASKED, at: turn }, used).freeBecause).toBe(null)
      expect(priceOf({ ...ASKED, at: turn }, { ...used, timeZone: 'UTC' }).freeBecause).toBe('free_tier')
    })
  })

  describe('by volume', () => {
    const tiers = [
      { from: 0, to: 100, price: 6_800n },
      { from: 101, to: 200, price: 6_000n },
      { from: 201, to: null, price: 5_000n },
    ]
    const book = {
      ...MONEY.book,
      tiers: [{ validFrom: '2026-10-01', markets: new Map([['Brazil', { utility: tiers }]]) }],
    }
    const utilityAfter = (count: number, given: Partial<Money> = {}, asked: Partial<Question> = {}) =>
      priceOf(
        { ...ASKED, category: 'utility', ...asked },
        { ...MONEY, book, charged: new Map([['Brazil utility', count]]), ...given },
      ).amount

    it.each([
      [0, 6_800n],
      [99, 6_800n],
      [100, 6_000n],
      [199, 6_000n],
      [200, 5_000n],
      [5_000_000, 5_000n],
    ])('after %i charged messages', (count, amount) => {
      expect(utilityAfter(count)).toBe(amount)
    })

    it('begins anew with the month', () => {
      expect(utilityAfter(200, {}, { at: at('2026-12-02T12:00:00Z') })).toBe(6_800n)
    })
    it('never makes replies cheaper', () => {
      const used = new Map([['Brazil utility', 5_000]])
      expect(priceOf(ASKED, { ...MONEY, book, charged: used }).amount).toBe(6_800n)
    })
    it('counts for nothing once newer rates are in force', () => {
      const newer = { ...book, rates: [{ validFrom: '2026-11-01', markets: CARD }, ...book.rates] }
      expect(utilityAfter(200, { book: newer })).toBe(6_800n)
    })
  })
})

describe('the first day of a card', () => {
  const [OLD, NEW] = [50_000n, 60_000n]
  const cardOf = (validFrom: string, marketing: bigint): Rates => ({
    validFrom,
    markets: new Map([['Brazil', { marketing, utility: 1n, authentication: 1n }]]),
  })
  const book = { rates: [cardOf('2027-01-01', NEW), cardOf('2026-10-01', OLD)], tiers: [] }

  it.each([
    ['Pacific/Kiritimati', '2026-12-31T10:00:00Z'],
    ['Asia/Kolkata', '2026-12-31T18:30:00Z'],
    ['America/Sao_Paulo', '2027-01-01T03:00:00Z'],
    ['America/Los_Angeles', '2027-01-01T08:00:00Z'],
    ['Pacific/Pago_Pago', '2027-01-01T11:00:00Z'],
    [null, '2027-01-01T00:00:00Z'],
  ])(
    'begins at midnight in %s, to the millisecond, and what left before is told by the card of then',
    (timeZone, iso) => {
      const money = { ...MONEY, book, timeZone, month: '2026-12' }
      const midnight = at(iso)
      for (const [ms, amount, day] of [
        [-1, OLD, '2026-12-31'],
        [0, NEW, '2027-01-01'],
        [1, NEW, '2027-01-01'],
      ] as const) {
        const before = priceOf({ ...ASKED, category: 'marketing', at: plus(midnight, ms) }, money)
        expect(before).toMatchObject({ amount, day })
        // However late Meta tells of it, and whatever category it was to have been.
        const utility = priceOf({ ...ASKED, category: 'utility', at: plus(midnight, ms) }, money)
        for (const price of [before, utility]) {
          const attempt = { price: toRecord(price) } as MessageReport['attempt']
          const update = { pricing: { type: 'regular', category: 'marketing', billable: true, subtype: null } }
          const late = withToldPrice(update as MessageUpdate, { attempt } as MessageReport, money)
          expect(late.told).toMatchObject({ actual: amount })
          // The account is charged in another currency by then.
          const moved = { ...money, currency: 'BRL' }
          const other = withToldPrice(update as MessageUpdate, { attempt } as MessageReport, moved)
          expect(other.told).toMatchObject({ actual: price === before ? amount : null })
        }
      }
    },
  )
})

describe('what is left of the free messages', () => {
  it('is never less than none', () => {
    expect(freeServiceLeft({ ...MONEY, freeServiceUsed: 1_234 }, '2026-11-30')).toBe(0)
    expect(freeServiceLeft({ ...MONEY, freeServiceUsed: 1 }, '2026-11-30')).toBe(999)
  })
})

describe('what Meta told', () => {
  const EXPECTED = priceOf({ ...ASKED, category: 'utility' }, MONEY)
  const rates = MONEY.book.rates[0] ?? null
  const told = { type: 'regular', category: 'utility', billable: true, subtype: null }
  it.each<[string, Partial<typeof told> | { type: null; billable: boolean } | { subtype: string }, object | null]>([
    ['what was expected', {}, { type: 'regular', category: 'utility', actual: 6_800n }],
    ['another category', { category: 'marketing' }, { category: 'marketing', actual: 62_500n }],
    ['the marketing API', { category: 'marketing_lite' }, { category: 'marketing_lite', actual: 62_500n }],
    [
      'the older spelling',
      { category: 'authentication_international' },
      { category: 'authentication-international', actual: null },
    ],
    ['a category nobody knows', { category: 'group_utility' }, { category: 'group_utility', actual: null }],
    ['free', { type: 'free_customer_service' }, { type: 'free_customer_service', actual: 0n }],
    [
      'an entry point',
      { type: 'free_entry_point', category: 'referral_conversion' },
      { category: 'utility', actual: 0n },
    ],
    ['no type, and free', { type: null, billable: false }, { type: 'free', actual: 0n }],
    ['no type, and charged', { type: null, billable: true }, { type: 'regular', actual: 6_800n }],
    ['an exemption', { subtype: 'paid_exempt' }, { type: 'paid_exempt', actual: 0n }],
  ])('%s', (_, given, expected) => {
    expect(toldPriceOf({ ...told, ...given } as typeof told, EXPECTED, rates)).toMatchObject(expected as object)
  })
  it('nothing that helps', () => {
    const nothing = { type: null, category: null, billable: null, subtype: null }
    expect(toldPriceOf(nothing, EXPECTED, rates)).toBe(null)
  })
})

describe('where somebody is charged', () => {
  it.each([
    ['5511987654321', 'Brazil'],
    ['551187654321', 'Brazil'],
    ['5215512345678', 'Mexico'],
    ['14155550123', 'North America'],
    ['14165550123', 'North America'],
    ['18095550123', 'Rest of Latin America'],
    ['18765550123', 'Rest of Latin America'],
    ['17875550123', 'Rest of Latin America'],
    ['12465550123', 'North America'],
    ['447700900123', 'United Kingdom'],
    ['4915112345678', 'Germany'],
    ['74951234567', 'Russia'],
    ['77011234567', 'Kazakhstan'],
    ['254712345678', 'Rest of Africa'],
    ['99890123456', 'Rest of Asia Pacific'],
    ['38761123456', 'Other'],
    ['12', 'Other'],
  ])('%s: %s', (waId, market) => {
    expect(destinationOf({ waId, bsuid: null }).markets[0]).toBe(market)
  })
  it.each([
    ['BR.1234', 'Brazil'],
    ['UA.ENT.1234', 'Ukraine'],
    ['ZZ.1234', 'Other'],
  ])('%s without a number: %s', (bsuid, market) => {
    expect(destinationOf({ waId: null, bsuid }).markets[0]).toBe(market)
  })
})

describe('amounts', () => {
  it('are read and written without loss', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 999_999_999_999_999_999n }), (micros) => {
        expect(parseAmount(formatAmount(micros))).toBe(micros)
      }),
    )
  })
  it.each(['', '-1', '1e3', '.5', '5.', '1,5', '01', ' 1', 'NaN', '0.1234567', '1234567890123'])(
    'are not %j',
    (text) => {
      expect(parseAmount(text)).toBe(null)
    },
  )
  it('are the same behind a record', () => {
    const priced = priceOf({ ...ASKED, category: 'marketing' }, MONEY)
    expect(fromRecord(toRecord(priced))).toEqual(priced)
    expect(viewOfPrice(priced)).toEqual({
      amount: '0.062500',
      currency: 'USD',
      category: 'marketing',
      market: 'Brazil',
      free_because: null,
    })
    expect(viewOfPrice({ ...priced, currency: null })).toBe(null)
  })
})

describe('a budget', () => {
  it.each([
    [0n, null],
    [79n, null],
    [80n, 'warned'],
    [99n, 'warned'],
    [100n, 'spent'],
    [5_000n, 'spent'],
  ])('of which %s of 100 is used', (spent, level) => {
    expect(budgetLevel(spent, 100n, 0.8)).toBe(level)
  })
  it('is not warned of before anything is spent, however small the share', () => {
    expect(budgetLevel(0n, 100n, 1e-9)).toBe(null)
    expect(budgetLevel(1n, 100n, 1e-9)).toBe('warned')
  })
  it('of nothing is spent', () => {
    expect(budgetLevel(0n, 0n, 0.8)).toBe('spent')
  })
})

describe('a day', () => {
  it('of a zone with half hours', () => {
    expect(localDay(at('2026-11-30T18:29:59Z'), 'Asia/Kolkata')).toBe('2026-11-30')
    expect(localDay(at('2026-11-30T18:30:00Z'), 'Asia/Kolkata')).toBe('2026-12-01')
  })
  it.each(['Asia/Kathmandu', 'Australia/Eucla', 'America/Sao_Paulo', 'Africa/Casablanca', 'Pacific/Apia', null])(
    'begins at the midnight of %s, to the second',
    (zone) => {
      const written = new Intl.DateTimeFormat('sv-SE', { timeZone: zone ?? 'UTC', dateStyle: 'short' })
      for (const day of ['2026-03-08', '2026-03-29', '2026-10-31', '2026-12-31'])
        for (let minutes = 0; minutes < 2 * 1_440; minutes += 15)
          for (const seconds of [-1, 0]) {
            const then = plus(at(`${day}T00:00:00Z`), minutes * 60_000 + seconds * 1_000)
            expect(localDay(then, zone)).toBe(written.format(then))
          }
    },
  )
})
