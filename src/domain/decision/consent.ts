import type { IntentContent } from '../intent.ts'
import type { DecisionSettings, DispatchFacts } from './facts.ts'

/* What counts as marketing, and what needs a consent on record (P7). */

/** A campaign's free-form text is marketing too, whatever window it finds open. */
export function isMarketingIntent(intent: IntentContent, facts: DispatchFacts): boolean {
  if (intent.template) return isMarketing(facts.template(intent.template)?.category ?? '')
  return intent.priority === 'campaign'
}

export function isMarketing(category: string): boolean {
  return category.toUpperCase() === 'MARKETING'
}

/** Consent is recorded for marketing and utility; authentication codes are asked for by the person who gets them. */
export function lacksConsent(category: string, facts: DispatchFacts, settings: DecisionSettings): boolean {
  if (!settings.requireOptIn) return false
  if (isMarketing(category)) return facts.contact.marketing !== 'in'
  if (category.toUpperCase() === 'UTILITY') return facts.contact.utility !== 'in'
  return false
}
