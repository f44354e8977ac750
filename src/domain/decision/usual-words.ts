import type { ReasonCode } from '../intent.ts'

/* Why nearly every message may leave. Said here and nowhere else, so that the words need not be kept with each of them. */

/** How a hold for the window begins that is one because another invitation would pester. */
export const ASKED_LATELY = 'The customer was asked not long ago.'

export const TEMPLATE_ALLOWED = 'An approved template may go at any time.'

/** @param expiresAt in ISO 8601; null: it never ends */
export function windowOpenWords(expiresAt: string | null): string {
  return `The customer service window is open until ${expiresAt ?? 'unknown'}.`
}

/** The words of a reason that has always the same; null for any other. */
export function usualWords(code: ReasonCode, windowExpiresAt: string | null): string | null {
  if (code === 'template_allowed') return TEMPLATE_ALLOWED
  return code === 'window_open' ? windowOpenWords(windowExpiresAt) : null
}
