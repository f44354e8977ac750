import type { BUDGET_CATEGORIES } from './categories.ts'

/*
 * What a workspace, or a number, means to spend in a calendar month of the account's zone. It is watched once in a while and not before each
 * message, so it overshoots by what leaves meanwhile.
 */
export interface Budget {
  /** A decimal string. */
  amount: string
  /** ISO 4217; what is charged in another counts nothing. */
  currency: string
  /** A share of the amount, above 0 and up to 1. */
  warn_at: number
  /** Categories that wait when it is spent; `service` is free-form. */
  hold: (typeof BUDGET_CATEGORIES)[number][]
}

export type BudgetLevel = 'warned' | 'spent'

/** How far it is used up; null: not even to the warning. Shares are compared in millionths, so that no fraction is lost. */
export function budgetLevel(spent: bigint, amount: bigint, warnAt: number): BudgetLevel | null {
  if (spent >= amount) return 'spent'
  return spent * 1_000_000n >= amount * BigInt(Math.max(1, Math.round(warnAt * 1_000_000))) ? 'warned' : null
}
