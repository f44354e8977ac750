import type { MessageCategory } from '../money/categories.ts'
import { localDay, monthOf } from '../money/local-day.ts'
import type { DispatchFacts } from './facts.ts'
import type { Decision } from './verdict.ts'

/** Where a budget is spent, what is of a category that it holds waits: until the month turns, or the budget is raised. */
export function holdForBudget(category: MessageCategory, { money, now }: DispatchFacts): Decision | null {
  if (!money?.held.has(category)) return null
  // What goes in another month is of that one's budget.
  if (monthOf(localDay(now, money.timeZone)) !== money.month) return null
  const what = category === 'service' ? 'Free-form messages wait' : `Messages of the category ${category} wait`
  const text = `The budget of this month is spent. ${what} for the next month, or for more.`
  return { kind: 'hold', heldFor: 'budget', template: null, reason: { code: 'budget', text } }
}
