import type { TemplateReference } from '../content.ts'
import type { DispatchFacts } from '../decision/facts.ts'
import type { Decision } from '../decision/verdict.ts'
import type { IntentContent } from '../intent.ts'
import { isFreeEntryPointOpen, isWindowOpen } from '../window.ts'
import { formatAmount, parseAmount } from './amount.ts'
import { categoryOfTemplate, type MessageCategory } from './categories.ts'
import type { Destination } from './destination.ts'
import { type FreeBecause, type Priced, priceOf } from './price.ts'

/**
 * What the decision will cost: of a message that leaves, of the template that goes in its place, of the invitation that goes first. Null where
 * nothing leaves, or nothing is known of the number's account. The same function for the forecast, the decision and every estimate.
 */
export function priceOfDecision(
  intent: Pick<IntentContent, 'message' | 'template'>,
  decision: Decision,
  facts: DispatchFacts,
  to: Destination,
): Priced | null {
  if (facts.money === null) return null
  const reference = templateThatGoes(intent, decision)
  if (reference === undefined) return null
  return priceOf(
    {
      category: reference === null ? 'service' : categoryOf(reference, facts),
      reaction: reference === null && intent.message.type === 'reaction',
      at: facts.now,
      windowOpen: isWindowOpen(facts.conversation.window, facts.now),
      freeEntryPointOpen: isFreeEntryPointOpen(facts.conversation.freeEntryPoint, facts.now),
      to,
    },
    facts.money,
  )
}

/** Null: a free-form message goes; undefined: nothing does. */
function templateThatGoes(
  intent: Pick<IntentContent, 'template'>,
  decision: Decision,
): TemplateReference | null | undefined {
  if (decision.kind === 'send') return intent.template
  return decision.kind === 'downgrade' || decision.kind === 'follow_up' ? decision.reference : undefined
}

function categoryOf(reference: TemplateReference, facts: DispatchFacts): MessageCategory {
  return categoryOfTemplate(facts.template(reference)?.category ?? '')
}

/** A price as it is kept with the attempt, and read from there; plain JSON. */
export interface PriceRecord {
  day: string
  category: string
  market: string
  currency?: string | null
  amount?: string | null
  free_because?: FreeBecause | null
  /** Meta's id of the template that leaves; where there is none, it was free-form, or is not known here. */
  template?: string
}

/** Of the template that leaves by this decision, where one does. */
export function templateIdOf(
  intent: Pick<IntentContent, 'template'>,
  decision: Decision,
  facts: Pick<DispatchFacts, 'template'>,
): string | null {
  const reference = templateThatGoes(intent, decision)
  return reference ? (facts.template(reference)?.id ?? null) : null
}

export function toRecord({ day, category, market, currency, amount, freeBecause }: Priced): PriceRecord {
  return {
    day,
    category,
    market,
    ...(currency === null ? {} : { currency }),
    ...(amount === null ? {} : { amount: formatAmount(amount) }),
    ...(freeBecause === null ? {} : { free_because: freeBecause }),
  }
}

export function fromRecord(record: PriceRecord): Priced {
  const { day, category, market, currency = null, amount = null, free_because: freeBecause = null } = record
  return {
    day,
    category: category as Priced['category'],
    market,
    currency,
    amount: amount === null ? null : parseAmount(amount),
    freeBecause,
  }
}

/** In the contract's spelling; null where no rate card fits. */
export interface PriceView {
  amount: string
  currency: string
  category: string
  market: string
  free_because: FreeBecause | null
}

export function viewOfPrice({ amount, currency, category, market, freeBecause }: Priced): PriceView | null {
  if (amount === null || currency === null) return null
  return { amount: formatAmount(amount), currency, category, market, free_because: freeBecause }
}
