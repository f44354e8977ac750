/*
 * What Meta charges for, in the spelling of its webhooks. Of older payloads `authentication_international` is the same as the one with a
 * hyphen. Source: Meta, pricing, and webhooks reference, messages/status (read 2026-11).
 */

/** Those that a rate card has a column for. */
export const RATED_CATEGORIES = [
  'marketing',
  'utility',
  'authentication',
  'authentication-international',
  'service',
] as const
export type RatedCategory = (typeof RATED_CATEGORIES)[number]

/** What a message is, before it is known where it goes. */
export type MessageCategory = Exclude<RatedCategory, 'authentication-international'>

/** Those that have volume tiers. */
export const TIERED_CATEGORIES = ['utility', 'authentication', 'authentication-international'] as const
export type TieredCategory = (typeof TIERED_CATEGORIES)[number]

/** Those that a budget may hold: of templates, and `service`, which is free-form. */
export const BUDGET_CATEGORIES = ['marketing', 'utility', 'authentication', 'service'] as const

/** A template's own category. What nobody knows is charged as the dearest would be. */
export function categoryOfTemplate(category: string): MessageCategory {
  switch (category.toUpperCase()) {
    case 'UTILITY':
      return 'utility'
    case 'AUTHENTICATION':
      return 'authentication'
    default:
      return 'marketing'
  }
}

/** The column of a rate card for a category that a webhook told; null where no card has one. */
export function ratedCategoryOf(told: string): RatedCategory | null {
  if (told === 'marketing_lite') return 'marketing'
  if (told === 'authentication_international') return 'authentication-international'
  return RATED_CATEGORIES.find((category) => category === told) ?? null
}
