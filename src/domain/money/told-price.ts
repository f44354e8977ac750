import { ratedCategoryOf } from './categories.ts'
import { type FreeBecause, listPrice, type Priced, type Rates } from './price.ts'

/*
 * What a message cost, by what Meta's webhooks say of it. They name a category and a type and no amount, so the amount is our card's: what was
 * expected, tier and all, where Meta charges what we expected; else the list price of what it says.
 * Source: Meta, webhooks reference, messages/status (read 2026-11).
 */

/** As a status carries it; older payloads have `billable` and no type. */
export interface ToldPricing {
  type: string | null
  category: string | null
  billable: boolean | null
  subtype: string | null
}

export interface ToldPrice {
  /** `regular`: charged. */
  type: string
  category: string | null
  /** In millionths; null where no card has a price for it. */
  actual: bigint | null
}

/** Governments and non-profits, whose free-form messages stay free. */
const EXEMPT = 'paid_exempt'

/** Null where it says neither free nor charged. */
export function toldPriceOf(told: ToldPricing, expected: Priced | null, rates: Rates | null): ToldPrice | null {
  const type = typeOf(told)
  if (type === null) return null
  const category = categoryOf(told, expected)
  return { type, category, actual: type === 'regular' ? chargedAmount(category, expected, rates) : 0n }
}

function typeOf({ type, billable, subtype }: ToldPricing): string | null {
  if (subtype === EXEMPT) return EXEMPT
  if (type !== null) return type
  if (billable === null) return null
  return billable ? 'regular' : 'free'
}

/** A free entry point has a category of its own, which says nothing of the message. */
function categoryOf({ category }: ToldPricing, expected: Priced | null): string | null {
  if (category === null || category === 'referral_conversion') return expected?.category ?? null
  return category === 'authentication_international' ? 'authentication-international' : category
}

function chargedAmount(category: string | null, expected: Priced | null, rates: Rates | null): bigint | null {
  const rated = category === null ? null : ratedCategoryOf(category)
  if (expected === null || rated === null) return null
  if (rated === expected.category && expected.freeBecause === null) return expected.amount
  return rates && listPrice(rates, expected.market, rated)
}

/** Why Meta charged nothing, in the words of a price; null where it charged, or says no more than that it did not. */
export function toldFreeBecause(type: string, expected: FreeBecause | null): FreeBecause | null {
  switch (type) {
    case 'free_entry_point':
      return 'free_entry_point'
    case EXEMPT:
      return 'exempt'
    case 'free_customer_service':
      return expected === 'before_october' || expected === 'reaction' ? expected : 'free_tier'
    default:
      return null
  }
}
