import type { MessageRecord, NumberRecord, Pricing } from '../records.ts'

/**
 * The `pricing` object of a message, by the rules in force since 2026-10-01: free in a free entry point; templates by
 * their category wherever the window stands; service messages free up to `freeServiceMessages` delivered per number and
 * month, billed after. Counts the message against that tier, so call it once per message.
 * Source: Meta, pricing, and webhooks reference, messages/status (read 2026-11).
 */
export function priceMessage(
  message: MessageRecord,
  number: NumberRecord,
  facts: { inFreeEntryPoint: boolean; freeServiceMessages: number; now: number },
): Pricing {
  if (facts.inFreeEntryPoint) return priced('free_entry_point', 'referral_conversion')
  if (message.template) return priced('regular', templateCategory(message))
  // Reactions are never charged and do not use up the free tier.
  if (message.type === 'reaction') return priced('free_customer_service', 'service')

  const month = new Date(facts.now).toISOString().slice(0, 7)
  if (number.serviceMonth.month !== month) number.serviceMonth = { month, count: 0 }
  number.serviceMonth.count += 1
  const free = number.serviceMonth.count <= facts.freeServiceMessages
  return priced(free ? 'free_customer_service' : 'regular', 'service')
}

function templateCategory(message: MessageRecord): string {
  return message.marketingApi ? 'marketing_lite' : (message.template?.category.toLowerCase() ?? 'service')
}

function priced(type: string, category: string): Pricing {
  return { billable: type === 'regular', pricing_model: 'PMP', type, category }
}
