import * as z from 'zod'
import { parseAmount } from '../domain/money/amount.ts'
import { CURRENCIES } from '../domain/money/card.ts'
import { BUDGET_CATEGORIES } from '../domain/money/categories.ts'
import { isDay, isTimeZone } from '../domain/money/local-day.ts'
import { amount } from './views.ts'

/* What requests about rate cards, costs and budgets carry, and what is answered. */

const day = z
  .string()
  .refine(isDay, 'to be a day such as "2026-10-01"')
  .meta({ format: 'date', examples: ['2026-10-01'] })

export const rateCardQuery = z.strictObject({
  valid_from: day.meta({ description: 'The first day on which the prices count, in the zone of the account.' }),
})

/** The bytes as they came, in base64: a schema sees no more of them than that. */
export const rateCardBody = z.string().meta({
  description: "One of Meta's own files, as it is: rates or volume tiers of one currency.",
  examples: ['Market,Currency,Marketing,Utility,Authentication\nBrazil,$US,0.0625,0.0068,0.0068\n'],
})

export const costsQuery = z.strictObject({
  from: day.optional().meta({ description: 'The first day. Default: the first of this month.' }),
  to: day.optional().meta({ description: 'The last day, included. Default: today.' }),
  by: z.enum(['day', 'sender', 'category', 'market']).default('day'),
})

const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'to be a currency by its ISO 4217 code, such as "USD"')
  .meta({ examples: ['USD'] })

/** What may be spent in a calendar month of the account's zone. */
export const budgetBody = z
  .strictObject({
    amount: z
      .string()
      .refine(
        (text) => parseAmount(text) !== null,
        'to be a decimal string such as "250.00", with at most six decimals',
      )
      .meta({ examples: ['250.00'] }),
    currency: currency
      // In another one nothing is ever charged, so it would hold nothing.
      .refine((code) => (CURRENCIES as readonly string[]).includes(code), `to be one of ${CURRENCIES.join(', ')}`),
    warn_at: z.number().gt(0).max(1).default(0.8).meta({ description: 'The share at which it is warned.' }),
    hold: z
      .array(z.enum(BUDGET_CATEGORIES))
      .refine((list) => new Set(list).size === list.length, 'to name each category once')
      .default(['marketing'])
      .meta({ description: 'What waits when it is spent; `service` is free-form.' }),
  })
  .meta({ id: 'Budget' })

export const senderMoney = {
  currency: currency.nullable().optional().meta({ description: "In place of the account's; null: the account's." }),
  time_zone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'to be an IANA time zone such as "America/Sao_Paulo"')
    .nullable()
    .optional()
    .meta({ description: "In place of the account's; null: the account's." }),
  budget: budgetBody.nullable().optional(),
}

const instant = z.string().meta({ format: 'date-time' })

export const rateCardView = z
  .looseObject({
    id: z.string(),
    kind: z.enum(['rates', 'tiers']),
    currency: z.string().meta({ description: 'ISO 4217.' }),
    valid_from: z.string().meta({ format: 'date' }),
    markets: z.int(),
    sha256: z.string().meta({ description: 'Of the file, which is kept.' }),
    created_at: instant,
  })
  .meta({ id: 'RateCard' })

const sums = {
  currency: z.string().nullable().meta({ description: 'ISO 4217; null where it was not known.' }),
  messages: z.int().meta({ description: 'That Meta accepted and did not report as failed.' }),
  billable: z.int().meta({ description: 'That Meta charges for.' }),
  free: z.int().meta({ description: 'That Meta gives away.' }),
  expected: amount,
  actual: amount,
  untold: z.int().meta({ description: "That have no price of Meta's yet." }),
  unpriced: z.int().meta({ description: 'For which no rate card had a price, and which are missing in the amounts.' }),
}

export const costsView = z
  .looseObject({
    rows: z.array(z.looseObject({ key: z.string(), ...sums })),
    total: z.array(z.looseObject(sums)),
  })
  .meta({
    id: 'Costs',
    examples: [
      {
        rows: [
          {
            key: '2026-11-30',
            currency: 'USD',
            messages: 3,
            billable: 1,
            free: 1,
            expected: '0.069300',
            actual: '0.062500',
            untold: 1,
            unpriced: 0,
          },
        ],
        total: [
          {
            currency: 'USD',
            messages: 3,
            billable: 1,
            free: 1,
            expected: '0.069300',
            actual: '0.062500',
            untold: 1,
            unpriced: 0,
          },
        ],
      },
    ],
  })
