import { counted } from '../counted.ts'
import type { IntentContent } from '../intent.ts'
import { isMarketing } from './consent.ts'
import type { DispatchFacts } from './facts.ts'
import type { Decision } from './verdict.ts'

/* The most marketing that a campaign adds to. */

export function suppressCapped(category: string, { frequencyCap: cap }: DispatchFacts): Decision | null {
  if (!cap || !isMarketing(category) || cap.used < cap.messages) return null
  const got = `They got ${counted(cap.used, 'marketing message')} in ${counted(cap.days, 'day')}`
  return { kind: 'suppress', reason: { code: 'capped', text: `${got}; the campaign allows ${cap.messages}.` } }
}

/** A template of the category marketing leaves by this decision. */
export function isMarketingThatLeaves(
  { template }: Pick<IntentContent, 'template'>,
  decision: Decision,
  facts: Pick<DispatchFacts, 'template'>,
): boolean {
  const reference = decision.kind === 'downgrade' ? decision.reference : decision.kind === 'send' ? template : null
  return reference !== null && isMarketing(facts.template(reference)?.category ?? '')
}
