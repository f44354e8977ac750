import { alternatesOf, type WhenClosed } from '../content.ts'
import { categoryOfTemplate } from '../money/categories.ts'
import { localDay } from '../money/local-day.ts'
import { freeBecause, freeServiceLeft } from '../money/price.ts'
import { isFreeEntryPointOpen, isWindowOpen } from '../window.ts'
import type { DispatchFacts } from './facts.ts'

/** Whether the template of a closed window would cost nothing now, by the same rules as every price; needs no rate card. */
export function costsNothing(policy: Exclude<WhenClosed, string>, facts: DispatchFacts): boolean {
  const { money, conversation, now } = facts
  const day = localDay(now, money?.timeZone ?? null)
  const [reference] =
    'downgrade' in policy ? alternatesOf(policy.downgrade) : 'follow_up' in policy ? alternatesOf(policy.follow_up) : []
  const category = categoryOfTemplate((reference && facts.template(reference)?.category) ?? '')
  const question = {
    category,
    reaction: false,
    windowOpen: isWindowOpen(conversation.window, now),
    freeEntryPointOpen: isFreeEntryPointOpen(conversation.freeEntryPoint, now),
  }
  return freeBecause(question, day, money ? freeServiceLeft(money, day) : 0) !== null
}
