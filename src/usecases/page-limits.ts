import { isMarketingThatLeaves } from '../domain/decision/capped.ts'
import { type Decision, type DecisionSettings, decide, type FrequencyUse } from '../domain/decision.ts'
import type { ContactId } from '../domain/ids.ts'
import type { MessagingLimitUse } from '../domain/limits.ts'
import type { Deciding, Leaving, Page, PageTrx } from './spend-permit.ts'

/* What is counted of all numbers together, and so may have changed since the facts of a page were read: asked again as its messages are taken. */

/**
 * Somebody may be about to get the last marketing message that a campaign allows by another number, and by this one: they are counted again while
 * nobody else counts them, and who is over it is decided again. What this page sends them counts too.
 */
export async function withinFrequencyCaps(
  trx: PageTrx,
  settings: DecisionSettings,
  may: Deciding[],
  page: Page,
): Promise<Deciding[]> {
  const marketing = may.filter(({ claim, decision }) => isMarketingThatLeaves(claim.intent, decision, claim.facts))
  const capped = marketing.filter(({ claim }) => claim.facts.frequencyCap)
  if (capped.length === 0) return may
  const counts = await trx.lockAndCountMarketing(
    capped.map(({ claim }) => ({
      contactId: claim.recipient.contactId,
      days: claim.facts.frequencyCap?.days as number,
    })),
  )
  const here = new Map<ContactId, number>()
  const without = new Set<Deciding>()
  for (const one of marketing) {
    const { claim } = one
    const { contactId } = claim.recipient
    const nth = capped.indexOf(one)
    if (nth !== -1) {
      const used = (counts[nth] as number) + (here.get(contactId) ?? 0)
      const frequencyCap = { ...(claim.facts.frequencyCap as FrequencyUse), used }
      const decision = decide(claim.intent, { ...claim.facts, frequencyCap }, settings)
      if (!leaves(decision)) {
        without.add(one)
        page.staying.push({ claim, decision })
        continue
      }
    }
    here.set(contactId, (here.get(contactId) ?? 0) + 1)
  }
  return may.filter((one) => !without.has(one))
}

/**
 * The messaging limit is shared by all workers, so the facts' count may be stale by the time it matters. Taking the place is the test; who
 * does not get it is decided again with what is true now.
 */
export async function withinMessagingLimit(
  trx: PageTrx,
  settings: DecisionSettings,
  may: Deciding[],
  page: Page,
): Promise<Deciding[]> {
  const counting = may.filter(({ claim, decision }) => decision.outsideWindow && claim.facts.messagingLimit !== null)
  if (counting.length === 0) return may
  const asked = counting.map(({ claim }) => ({
    portfolioId: claim.sender.portfolioId,
    contactId: claim.recipient.contactId,
  }))
  const got = await trx.reserveMessagingLimit(asked)
  const without = new Set(counting.filter((_, index) => !got[index]))
  for (const { claim } of without) {
    const limit = claim.facts.messagingLimit as MessagingLimitUse
    const full = { ...limit, used: limit.limit, counted: false }
    const decision = decide(claim.intent, { ...claim.facts, messagingLimit: full }, settings)
    if (!leaves(decision)) page.staying.push({ claim, decision })
  }
  return may.filter((one) => !without.has(one))
}

export function leaves(decision: Decision): decision is Leaving['decision'] {
  return decision.kind === 'send' || decision.kind === 'downgrade'
}
