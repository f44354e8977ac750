import { messagingLimitAllowsAt, pairAllowedAt } from '../limits.ts'
import { toIso } from '../time.ts'
import { isWindowOpen } from '../window.ts'
import type { DecisionSettings, DispatchFacts } from './facts.ts'
import type { Deferral } from './verdict.ts'

/* The limits: each says when it allows the message at the earliest, or nothing when it allows it now. */

/** The latest, so that a message is put off once and not from limit to limit. */
export function latestOf(...deferrals: (Deferral | null)[]): Deferral | null {
  return deferrals.reduce((last, next) => (last === null || (next && next.until > last.until) ? next : last), null)
}

/** Everything of the account is put off alike, so whoever has the turn keeps it. */
export function deferForAccount({ callsPausedUntil: until, now }: DispatchFacts): Deferral | null {
  if (until === null || until <= now) return null
  const text = `Meta limits the calls of this account; Casement goes on at ${toIso(until)}.`
  return { kind: 'defer', until, reason: { code: 'throughput', text }, keepsTurn: true }
}

/** A template that may land after the window closed counts as sent outside it. */
export function deferForMessagingLimit(facts: DispatchFacts, settings: DecisionSettings): Deferral | null {
  const { messagingLimit, conversation } = facts
  if (messagingLimit === null || isWindowOpen(conversation.window, facts.now, settings.windowMarginMs)) return null
  const until = messagingLimitAllowsAt(messagingLimit, facts.now)
  if (until <= facts.now) return null
  const { used, limit } = messagingLimit
  const text = `The portfolio reached ${used} of ${limit} users in 24 hours outside open windows; a place frees at ${toIso(until)}.`
  return { kind: 'defer', until, reason: { code: 'messaging_limit', text }, keepsTurn: false }
}

/** By the clock on the recipient's wall; others of theirs go meanwhile. */
export function deferForQuietHours({ quietUntil: until = null, now }: DispatchFacts): Deferral | null {
  if (until === null || until <= now) return null
  const text = `Their quiet hours of the campaign end at ${toIso(until)}.`
  return { kind: 'defer', until, reason: { code: 'quiet_hours', text }, keepsTurn: false }
}

export function deferForPairLimit(facts: DispatchFacts): Deferral | null {
  const until = pairAllowedAt(facts.conversation.pairEmptiesAt, facts.now)
  if (until <= facts.now) return null
  const text = 'This user got a burst of messages from this number; Meta allows one every 6 seconds.'
  return { kind: 'defer', until, reason: { code: 'pair_limit', text }, keepsTurn: true }
}
