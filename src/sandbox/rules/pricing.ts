import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { MessageRecord, NumberRecord, Pricing, WabaRecord } from '../records.ts'
import { dayIn } from './zones.ts'

/** The first day of an account on which replies, and utility templates in open windows, are charged. Source: Meta, pricing (read 2026-11). */
const CHARGED_SINCE = '2026-10-01'

/** Where authentication has an international rate, and since when in the account's days. Source: Meta, rate cards (read 2026-11). */
const INTERNATIONAL_SINCE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['EG', 'IN', 'ID', 'MY', 'NG', 'PK', 'SA', 'ZA', 'AE'].map((country) => [country, '2025-07-01']),
  ),
  ...Object.fromEntries(
    ['BD', 'IQ', 'KZ', 'KW', 'MA', 'NP', 'OM', 'LK', 'UA'].map((country) => [country, CHARGED_SINCE]),
  ),
}

/** What of a message its price depends on. */
type Costing = Pick<MessageRecord, 'type' | 'template' | 'marketingApi'>

export type PriceFacts = {
  waba: WabaRecord
  /** Digits, else a BSUID. */
  to: string
  windowOpen: boolean
  inFreeEntryPoint: boolean
  freeServiceMessages: number
  now: number
}

/**
 * The `pricing` object of a message, by the rules of its day in the account's zone. In a free entry point everything is free. Templates are charged
 * by their category; until 2026-09-30 not utility in an open window. Service messages were free until then; since, up to `freeServiceMessages`
 * delivered per number and month, and billed after. Counts nothing.
 * Source: Meta, pricing, and webhooks reference, messages/status (read 2026-11).
 */
export function priceOf(message: Costing, number: NumberRecord, facts: PriceFacts): Pricing {
  const day = dayIn(facts.now, facts.waba.timezoneId)
  if (facts.inFreeEntryPoint) return priced('free_entry_point', 'referral_conversion')
  if (message.template) {
    const category = templateCategory(message, day, facts)
    const free = day < CHARGED_SINCE && category === 'utility' && facts.windowOpen
    return priced(free ? 'free_customer_service' : 'regular', category)
  }
  // Reactions are never charged and do not use up the free tier.
  const free = message.type === 'reaction' || day < CHARGED_SINCE || usedIn(number, day) < facts.freeServiceMessages
  return priced(free ? 'free_customer_service' : 'regular', 'service')
}

/** The same, counted against the free tier of its month: once per message. */
export function priceMessage(message: Costing, number: NumberRecord, facts: PriceFacts): Pricing {
  const price = priceOf(message, number, facts)
  const day = dayIn(facts.now, facts.waba.timezoneId)
  if (price.category === 'service' && message.type !== 'reaction' && day >= CHARGED_SINCE) {
    number.serviceMonth = { month: day.slice(0, 7), count: usedIn(number, day) + 1 }
  }
  return price
}

function usedIn({ serviceMonth }: NumberRecord, day: string): number {
  return serviceMonth.month === day.slice(0, 7) ? serviceMonth.count : 0
}

function templateCategory(message: Costing, day: string, facts: PriceFacts): string {
  if (message.marketingApi) return 'marketing_lite'
  const category = message.template?.category.toLowerCase() ?? 'service'
  return category === 'authentication' && isInternational(day, facts) ? 'authentication-international' : category
}

/** For whom Meta has told so, in countries that have such a rate, but for their own. */
function isInternational(day: string, { waba, to, now }: PriceFacts): boolean {
  const rate = waba.authInternational
  const country = countryOf(to)
  if (!rate || country === null || country === waba.homeCountry) return false
  const since = INTERNATIONAL_SINCE[country]
  if (since === undefined || day < since) return false
  const exception = rate.exception_countries.find(({ country_code }) => country_code === country)
  return now >= (exception ?? rate).start_time * 1000
}

function countryOf(to: string): string | null {
  if (/^[A-Z]{2}\./.test(to)) return to.slice(0, 2)
  return parsePhoneNumberFromString(`+${to}`)?.country ?? null
}

function priced(type: string, category: string): Pricing {
  return { billable: type === 'regular', pricing_model: 'PMP', type, category }
}
