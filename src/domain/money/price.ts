import type { Instant } from '../time.ts'
import type { MessageCategory, RatedCategory, TieredCategory } from './categories.ts'
import { TIERED_CATEGORIES } from './categories.ts'
import type { Destination } from './destination.ts'
import { localDay, monthOf } from './local-day.ts'

/*
 * What a message will cost, by Meta's rules of its day.
 *
 * |                                   | until 2026-09-30          | from 2026-10-01                                  |
 * |-----------------------------------|---------------------------|--------------------------------------------------|
 * | in an open free entry point       | nothing                   | nothing, and uses up no free message             |
 * | a reaction                        | nothing                   | nothing, and uses up no free message             |
 * | marketing, authentication         | its rate                  | its rate                                         |
 * | utility in an open window         | nothing                   | its rate                                         |
 * | utility else                      | its rate                  | its rate                                         |
 * | free-form (`service`)             | nothing                   | 1,000 of a number and month free, then utility's |
 *
 * Days and months are those of the account's zone. Utility and authentication have volume tiers, which count for what comes after their bound
 * and not back. Authentication to some countries has a higher rate for businesses of elsewhere that Meta has told so.
 * Source: Meta, pricing, pricing/non-template-messages (read 2026-11).
 */

export const FREE_SERVICE_MESSAGES = 1_000
/** The first day on which free-form messages and utility templates in open windows are charged. */
export const CHARGED_SINCE = '2026-10-01'

export type FreeBecause = 'free_entry_point' | 'free_tier' | 'before_october' | 'reaction' | 'exempt'

/** What the price depends on, of one message. */
export interface Question {
  category: MessageCategory
  reaction: boolean
  /** When it leaves. */
  at: Instant
  windowOpen: boolean
  freeEntryPointOpen: boolean
  to: Destination
}

/** A price list of one currency and day, amounts in millionths. */
export interface Rates {
  validFrom: string
  /** By market; a category without a price is not there. */
  markets: ReadonlyMap<string, Partial<Record<RatedCategory, bigint>>>
}

/** From how many messages on, both counted. `to` null: no end. */
export interface Tier {
  from: number
  to: number | null
  price: bigint
}

export interface Tiers {
  validFrom: string
  markets: ReadonlyMap<string, Partial<Record<TieredCategory, readonly Tier[]>>>
}

/** All cards of one currency, the newest first. */
export interface RateBook {
  rates: readonly Rates[]
  tiers: readonly Tiers[]
}

/** Meta charges this account's authentication templates by the international rate, but for users of these countries and of its own. */
export interface InternationalAuthentication {
  from: Instant
  homeCountry: string | null
  exceptions: readonly { country: string; from: Instant }[]
}

/** What is known of a number's account and of what it sent this month. */
export interface Money {
  /** ISO 4217; null while Meta has not been asked. */
  currency: string | null
  timeZone: string | null
  book: RateBook
  /** The month that the counts are of, such as `2026-11`. */
  month: string
  /** Free-form messages of the number that used up the free ones. */
  freeServiceUsed: number
  /** Charged messages of the portfolio, by market and category: `Brazil utility`. */
  charged: ReadonlyMap<string, number>
  international: InternationalAuthentication | null
  /** Categories that wait because a budget is spent. */
  held: ReadonlySet<string>
}

/** A message's price, as it is kept with its attempt. */
export interface Priced {
  day: string
  category: RatedCategory
  market: string
  currency: string | null
  /** In millionths; null where no card has a price. */
  amount: bigint | null
  freeBecause: FreeBecause | null
}

/** Why a message costs nothing; null: it is charged. Asked without a rate card, for `when_free` asks it too. */
export function freeBecause(
  question: Pick<Question, 'category' | 'reaction' | 'windowOpen' | 'freeEntryPointOpen'>,
  day: string,
  freeServiceLeft: number,
): FreeBecause | null {
  if (question.freeEntryPointOpen) return 'free_entry_point'
  if (question.reaction) return 'reaction'
  if (day < CHARGED_SINCE) {
    const free = question.category === 'service' || (question.category === 'utility' && question.windowOpen)
    return free ? 'before_october' : null
  }
  return question.category === 'service' && freeServiceLeft > 0 ? 'free_tier' : null
}

export function priceOf(question: Question, money: Money): Priced {
  const day = localDay(question.at, money.timeZone)
  const free = freeBecause(question, day, freeServiceLeft(money, day))
  const rates = cardOn(money.book.rates, day)
  const market = marketIn(rates, question.to)
  const category = rateAsked(question, money, rates, market)
  const amount = amountOf(free, category, market, rates, () => tierPrice(money, day, rates, market, category))
  return { day, category, market, currency: money.currency, amount, freeBecause: free }
}

function amountOf(
  free: FreeBecause | null,
  category: RatedCategory,
  market: string,
  rates: Rates | null,
  tierPrice: () => bigint | null,
): bigint | null {
  // A card that does not know the market says nothing of it, not even that it would be free.
  if (rates === null || !rates.markets.has(market)) return null
  if (free !== null) return 0n
  return tierPrice() ?? listPrice(rates, market, category)
}

/** What is left of the free messages of the number's month; before they were introduced, all. */
export function freeServiceLeft(money: Money, day: string): number {
  if (day < CHARGED_SINCE) return FREE_SERVICE_MESSAGES
  const used = monthOf(day) === money.month ? money.freeServiceUsed : 0
  return Math.max(0, FREE_SERVICE_MESSAGES - used)
}

/** The card in force on a day. */
export function cardOn<T extends { validFrom: string }>(cards: readonly T[], day: string): T | null {
  return cards.find((card) => card.validFrom <= day) ?? null
}

export function marketIn(rates: Rates | null, { markets }: Destination): string {
  return markets.find((market) => rates?.markets.has(market)) ?? (markets[0] as string)
}

/** A service message has no price of its own in most cards: it costs what utility does. */
export function listPrice(rates: Rates, market: string, category: RatedCategory): bigint | null {
  const row = rates.markets.get(market)
  if (row === undefined) return null
  return row[category] ?? (category === 'service' ? (row.utility ?? null) : null)
}

function rateAsked({ category, to, at }: Question, money: Money, rates: Rates | null, market: string): RatedCategory {
  if (category !== 'authentication' || !isInternational(money.international, to, at)) return category
  const has = rates !== null && listPrice(rates, market, 'authentication-international') !== null
  return has ? 'authentication-international' : category
}

function isInternational(international: InternationalAuthentication | null, to: Destination, at: Instant): boolean {
  if (international === null || to.country === null || to.country === international.homeCountry) return false
  const exception = international.exceptions.find(({ country }) => country === to.country)
  return at >= (exception ?? international).from
}

/** Of a card of the same time as the rates: an older one has prices that are not in force any more. */
function tierPrice(money: Money, day: string, rates: Rates | null, market: string, category: RatedCategory) {
  if (!isTiered(category) || rates === null) return null
  const card = cardOn(money.book.tiers, day)
  const tiers = card && card.validFrom >= rates.validFrom ? card.markets.get(market)?.[category] : undefined
  if (tiers === undefined) return null
  const already = monthOf(day) === money.month ? (money.charged.get(`${market} ${category}`) ?? 0) : 0
  const next = already + 1
  return tiers.find(({ from, to }) => from <= next && (to === null || next <= to))?.price ?? null
}

function isTiered(category: RatedCategory): category is TieredCategory {
  return (TIERED_CATEGORIES as readonly string[]).includes(category)
}
