import { formatAmount } from '../../domain/money/amount.ts'
import type { FreeBecause } from '../../domain/money/price.ts'
import type { PriceView } from '../../domain/money/price-decision.ts'
import { toldFreeBecause } from '../../domain/money/told-price.ts'
import type { MessageCost } from '../../store/intents/reads.ts'

export interface CostView {
  category: string | null
  type: string | null
  billable: boolean | null
  /** Our price when it left; null where no rate card had one. */
  expected: PriceView | null
  /** The same, of what Meta told. */
  actual: PriceView | null
}

/** What a message cost: by our rate card, and as far as Meta's status webhooks told; null until something is known. */
export function viewOfCost({ pricing, ...price }: MessageCost): CostView | null {
  const told = viewOfPricing(pricing)
  const [expected, actual] = [viewOfExpected(price), viewOfActual(price)]
  if (told === null && expected === null) return null
  const { category = null, type = null, billable = null } = told ?? {}
  return { category, type, billable, expected, actual }
}

/** What Meta charged for, as far as its status webhooks told; null until one does. */
export function viewOfPricing(pricing: unknown): Pick<CostView, 'category' | 'type' | 'billable'> | null {
  if (typeof pricing !== 'object' || pricing === null || Array.isArray(pricing)) return null
  const { category, type, billable } = pricing as Record<string, unknown>
  return {
    category: typeof category === 'string' ? category : null,
    type: typeof type === 'string' ? type : null,
    billable: typeof billable === 'boolean' ? billable : null,
  }
}

type Columns = Omit<MessageCost, 'pricing'>

function viewOfExpected({ price_category, price_market, price_currency, expected_micros, free_because }: Columns) {
  return priceView(expected_micros, price_currency, price_category, price_market, free_because as FreeBecause | null)
}

function viewOfActual(cost: Columns): PriceView | null {
  const { told_type, told_category, price_category, price_market, price_currency, actual_micros, free_because } = cost
  if (told_type === null) return null
  const because = toldFreeBecause(told_type, free_because as FreeBecause | null)
  return priceView(actual_micros, price_currency, told_category ?? price_category, price_market, because)
}

function priceView(
  micros: string | null,
  currency: string | null,
  category: string | null,
  market: string | null,
  free_because: FreeBecause | null,
): PriceView | null {
  if (micros === null || currency === null || category === null || market === null) return null
  return { amount: formatAmount(BigInt(micros)), currency, category, market, free_because }
}
