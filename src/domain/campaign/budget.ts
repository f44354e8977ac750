import * as z from 'zod'
import {
  formatZodIssue,
  type Message,
  type TemplateReference,
  templateOfMessage,
  templatesOf,
  type WhenClosed,
} from '../content.ts'
import { parseAmount } from '../money/amount.ts'
import { categoryOfTemplate, type MessageCategory, type RatedCategory, TIERED_CATEGORIES } from '../money/categories.ts'
import type { Destination } from '../money/destination.ts'
import { localDay } from '../money/local-day.ts'
import { listPrice, type Money, marketIn, type Rates } from '../money/price.ts'
import type { Instant } from '../time.ts'
import type { Refused } from './versions.ts'

/*
 * What a campaign may spend. Unlike the budget of a month it is kept before each message and not looked at once in a while: whoever is handed
 * over has the dearest that may come of them laid aside until it is known what did, so whatever happens it is never exceeded.
 */

export interface CampaignBudget {
  /** A decimal string. */
  amount: string
  /** ISO 4217: that of the number's account. */
  currency: string
}

const budgetSchema = z.strictObject({
  amount: z
    .string()
    .refine(
      (text) => (parseAmount(text) ?? 0n) > 0n,
      'to be a decimal string above 0 such as "250.00", with at most six decimals',
    ),
  currency: z.string().regex(/^[A-Z]{3}$/, 'to be a currency by its ISO 4217 code, such as "USD"'),
})

export function checkBudget(given: unknown): { ok: true; budget: CampaignBudget } | Refused {
  const parsed = budgetSchema.safeParse(given, { reportInput: true })
  if (parsed.success) return { ok: true, budget: parsed.data }
  return { ok: false, ...formatZodIssue(parsed.error, { input: given, root: 'budget' }) }
}

export interface DearestFacts {
  message: Message
  whenClosed: WhenClosed
  to: Destination
  money: Money
  /** When it may leave: between these, whatever the day of a new price. */
  from: Instant
  until: Instant
  /** Null where Meta knows no such template. */
  categoryOf(reference: TemplateReference): string | null
}

/**
 * The most that may come of a recipient, in millionths: nothing is free, no tier is reached that would make it cheaper, and whatever their
 * policy allows happens. Null where some of it has no price.
 */
export function dearestOf(facts: DearestFacts): bigint | null {
  const { message, whenClosed } = facts
  if (message.type === 'template') return dearestTemplate([templateOfMessage(message)], facts)
  const own = message.type === 'reaction' ? 0n : dearestIn('service', facts)
  const template = dearestTemplate(templatesOf(whenClosed), facts)
  if (own === null || template === null) return null
  // An invitation goes before the message, every other template in its place.
  return invites(whenClosed) ? own + template : greatest([own, template])
}

function invites(policy: WhenClosed): boolean {
  if (typeof policy === 'string') return false
  return 'follow_up' in ('when_free' in policy ? policy.when_free : policy)
}

function dearestTemplate(references: readonly TemplateReference[], facts: DearestFacts): bigint | null {
  const prices = references.map((one) => dearestIn(categoryOfTemplate(facts.categoryOf(one) ?? ''), facts))
  return prices.includes(null) ? null : greatest(prices as bigint[])
}

function dearestIn(category: MessageCategory, { to, money, from, until }: DearestFacts): bigint | null {
  const first = localDay(from, money.timeZone)
  const last = localDay(until, money.timeZone)
  const { rates, tiers } = money.book
  const now = rates.find((card) => card.validFrom <= first)
  const inForce = rates.filter((card) => card === now || (card.validFrom > first && card.validFrom <= last))
  if (now === undefined) return null
  const categories: RatedCategory[] =
    category === 'authentication' ? ['authentication', 'authentication-international'] : [category]
  const prices = inForce.flatMap((card) => {
    const market = marketIn(card, to)
    const listed = categories.flatMap((one) => listPrice(card, market, one) ?? [])
    if (listed.length === 0) return [null]
    return [...listed, ...tierPrices(tiers, card, market, categories)]
  })
  return prices.includes(null) ? null : greatest(prices as bigint[])
}

function tierPrices(
  tiers: Money['book']['tiers'],
  rates: Rates,
  market: string,
  categories: readonly RatedCategory[],
): bigint[] {
  const tiered = TIERED_CATEGORIES.filter((one) => (categories as readonly string[]).includes(one))
  return tiers
    .filter(({ validFrom }) => validFrom >= rates.validFrom)
    .flatMap(({ markets }) => tiered.flatMap((one) => markets.get(market)?.[one] ?? []))
    .map(({ price }) => price)
}

function greatest(prices: readonly bigint[]): bigint {
  let most = 0n
  for (const price of prices) if (price > most) most = price
  return most
}

/** How many of these, one behind the other, fit into what is left. */
export function fitting(dearest: readonly (bigint | null)[], left: bigint): number {
  let rest = left
  for (const [i, price] of dearest.entries()) {
    if (price === null || price > rest) return i
    rest -= price
  }
  return dearest.length
}
