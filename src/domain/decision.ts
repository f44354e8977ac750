import { alternatesOf, type TemplateReference, type WhenClosed } from './content.ts'
import { answeredBy, NOBODY_WAITS } from './decision/answered.ts'
import { holdForBudget } from './decision/budget.ts'
import { suppressCapped } from './decision/capped.ts'
import { chooseTemplate, lacksValue, problemOf } from './decision/choose-template.ts'
import { isMarketing, isMarketingIntent, lacksConsent } from './decision/consent.ts'
import {
  deferForAccount,
  deferForMessagingLimit,
  deferForPairLimit,
  deferForQuietHours,
  latestOf,
} from './decision/deferrals.ts'
import type { DecisionSettings, DispatchFacts, SenderFacts, TemplateFacts } from './decision/facts.ts'
import { costsNothing } from './decision/free.ts'
import { ASKED_LATELY, TEMPLATE_ALLOWED, windowOpenWords } from './decision/usual-words.ts'
import { type Decision, failed, nameOf } from './decision/verdict.ts'
import type { IntentContent, Reason } from './intent.ts'
import { categoryOfTemplate } from './money/categories.ts'
import { checkTemplateParameters, fillContactValues } from './template.ts'
import { type Instant, plus, toIso } from './time.ts'
import { isWindowOpen, windowExpiresAt } from './window.ts'

export type * from './decision/facts.ts'
export type { Decision, DecisionKind, HeldFor } from './decision/verdict.ts'

/*
 * The decision: what happens to one intent at the moment it could leave. Pure and total; the first rule that matches wins:
 *
 *   1. its time is over                                              expire
 *      somebody whom it listens for has answered                     cancel
 *      it invites, and nobody waits for the answer any more          cancel
 *      its campaign writes to the same person by another line       suppress
 *      what came in before its time is not taken in yet              defer, by a moment
 *   2. marketing to somebody who opted out                           suppress
 *      (of templates, and more of it than its campaign allows, at 5 and 7)
 *   3. the sender cannot send                                        hold: sender
 *      the flow that asked for it, or its run, is paused             hold: flow
 *   4. nothing reaches this person, no window is open and nobody
 *      waits for it right now                                       fail
 *   5. a template: unknown, gone, does not fit                       fail
 *                  waiting for Meta, paused                          hold: template
 *                  its category's budget is spent                    hold: budget
 *                  limits, quiet hours of its campaign               defer to the earliest legal instant
 *                  else                                              send
 *   6. free-form, window open for long enough                        limits, quiet hours: defer, else send
 *   7. free-form, window closed: the intent's own policy             fail | hold | downgrade | follow_up
 *
 * Everything it needs was read in one statement at dispatch time, `facts.now` being the database's clock.
 */

/** A webhook is taken in within this, unless many come at once; milliseconds. */
const UNHEARD_MS = 200

export function decide(intent: IntentContent, facts: DispatchFacts, settings: DecisionSettings): Decision {
  if (facts.now >= intent.expiresAt) {
    return { kind: 'expire', reason: { code: 'expired', text: `Its time was over at ${toIso(intent.expiresAt)}.` } }
  }
  if (facts.answeredBy) return { kind: 'cancel', reason: answeredBy(facts.answeredBy) }
  if (facts.isNeedless) return { kind: 'cancel', reason: NOBODY_WAITS }
  if (facts.isTwin) {
    const text = 'The campaign has written to them under another id of theirs, or is about to.'
    return { kind: 'suppress', reason: { code: 'duplicate', text } }
  }
  if (facts.unheard) {
    const text = 'What came in before its time is being taken in; looked at again in a moment.'
    return { kind: 'defer', until: plus(facts.now, UNHEARD_MS), reason: { code: 'unheard', text }, keepsTurn: true }
  }
  if (facts.contact.marketing === 'out' && isMarketingIntent(intent, facts)) return optedOut()
  if (facts.sender.state !== 'active') {
    return { kind: 'hold', heldFor: 'sender', template: null, reason: senderReason(facts.sender) }
  }
  if (facts.pausedOfFlow) return holdForFlow(facts.pausedOfFlow)
  const open = isWindowOpen(facts.conversation.window, facts.now, settings.windowMarginMs)
  // Who writes to us is there, whatever became of an earlier message.
  if (!open && isUnreachable(facts, settings) && !isTriedAnyway(intent, facts)) return unreachable(facts)
  if (intent.template) return decideTemplateMessage(intent, intent.template, facts, settings)
  if (open) {
    return (
      holdForBudget('service', facts) ??
      latestOf(deferForQuietHours(facts), deferForAccount(facts), deferForPairLimit(facts)) ?? {
        kind: 'send',
        message: intent.message,
        reason: { code: 'window_open', text: windowOpenText(facts) },
        outsideWindow: false,
      }
    )
  }
  return decideClosed(intent, intent.whenClosed, facts, settings)
}

function decideTemplateMessage(
  intent: IntentContent,
  reference: TemplateReference,
  facts: DispatchFacts,
  settings: DecisionSettings,
): Decision {
  const template = facts.template(reference)
  const problem = problemOf(reference, template)
  if (problem) return problem.decision
  const filled = fillContactValues(intent.message, facts.contact.profile ?? null)
  if (!filled.ok) return lacksValue(reference, filled.missing)
  const mismatch = checkTemplateParameters(filled.value, (template as TemplateFacts).definition)
  if (mismatch) return failed({ code: 'template_parameters', text: `Template ${nameOf(reference)}: ${mismatch.text}` })
  const blocked = blockTemplate((template as TemplateFacts).category, facts, settings)
  if (blocked) return blocked
  return {
    kind: 'send',
    message: filled.value,
    reason: { code: 'template_allowed', text: TEMPLATE_ALLOWED },
    outsideWindow: !isWindowOpen(facts.conversation.window, facts.now, settings.windowMarginMs),
  }
}

function decideClosed(
  intent: IntentContent,
  policy: WhenClosed,
  facts: DispatchFacts,
  settings: DecisionSettings,
): Decision {
  if (policy === 'fail') return failed({ code: 'window_closed', text: windowClosedText(facts) })
  if (policy === 'hold') return holdForWindow(facts)
  if ('when_free' in policy) {
    return decideClosed(
      intent,
      costsNothing(policy.when_free, facts) ? policy.when_free : policy.otherwise,
      facts,
      settings,
    )
  }
  if ('downgrade' in policy) return downgrade(alternatesOf(policy.downgrade), facts, settings)
  return followUp(alternatesOf(policy.follow_up), facts, settings)
}

function downgrade(alternates: TemplateReference[], facts: DispatchFacts, settings: DecisionSettings): Decision {
  const choice = chooseTemplate(alternates, facts)
  if ('decision' in choice) return choice.decision
  const blocked = blockTemplate(choice.category, facts, settings)
  if (blocked) return blocked
  const text = `${windowClosedText(facts)} Template ${nameOf(choice.reference)} goes instead.`
  return {
    kind: 'downgrade',
    message: choice.message,
    reference: choice.reference,
    reason: { code: 'window_closed_downgraded', text },
    outsideWindow: true,
  }
}

/**
 * Invites the customer once. The invitation is an intent of its own, so limits, consent and retries apply to it when it leaves; here
 * only what would make it pointless is checked. Ten held messages share one invitation, and a cooldown keeps from pestering.
 */
function followUp(alternates: TemplateReference[], facts: DispatchFacts, settings: DecisionSettings): Decision {
  const { followUpOutstanding, lastFollowUpAt } = facts.conversation
  if (lastFollowUpAt !== null && facts.now < lastFollowUpAt + settings.followUpCooldownMs) {
    // No template goes, so whether one could does not matter: the invitation that is out may be answered all the same.
    return followUpOutstanding ? holdForAnswer() : holdForWindow(facts, ASKED_LATELY)
  }
  const choice = chooseTemplate(alternates, facts)
  if ('decision' in choice) return choice.decision
  if (isMarketing(choice.category) && facts.contact.marketing === 'out') return optedOut()
  if (lacksConsent(choice.category, facts, settings)) return noConsent(choice.category)
  const capped = suppressCapped(choice.category, facts)
  if (capped) return capped
  const held = holdForBudget(categoryOfTemplate(choice.category), facts)
  if (held) return held
  const text = `${windowClosedText(facts)} Template ${nameOf(choice.reference)} asks the customer; the message waits for the answer.`
  const reason: Reason = { code: 'window_closed_followed_up', text }
  return { kind: 'follow_up', reference: choice.reference, message: choice.message, reason }
}

function holdForAnswer(): Decision {
  const text = 'The customer was already asked and has not answered yet.'
  return { kind: 'hold', heldFor: 'answer', template: null, reason: { code: 'awaiting_answer', text } }
}

/** Consent and limits for a template that could go by itself. */
function blockTemplate(category: string, facts: DispatchFacts, settings: DecisionSettings): Decision | null {
  if (isMarketing(category) && facts.contact.marketing === 'out') return optedOut()
  if (lacksConsent(category, facts, settings)) return noConsent(category)
  const capped = suppressCapped(category, facts)
  if (capped) return capped
  const held = holdForBudget(categoryOfTemplate(category), facts)
  if (held) return held
  return latestOf(
    deferForQuietHours(facts),
    deferForMessagingLimit(facts, settings),
    deferForPairLimit(facts),
    deferForAccount(facts),
  )
}

function holdForFlow(paused: 'flow' | 'run'): Decision {
  const text = `The ${paused === 'flow' ? 'flow' : 'run of the flow'} that asked for it is paused.`
  return { kind: 'hold', heldFor: 'flow', template: null, reason: { code: 'flow_paused', text } }
}

function holdForWindow(facts: DispatchFacts, why = windowClosedText(facts)): Decision {
  const text = `${why} Waiting for the customer to write.`
  return { kind: 'hold', heldFor: 'window', template: null, reason: { code: 'awaiting_window', text } }
}

function isUnreachable({ contact, now }: DispatchFacts, settings: DecisionSettings): boolean {
  return settings.recipientReviewMs > 0 && contact.unreachableUntil !== null && contact.unreachableUntil > now
}

/**
 * Meta reports 131026 now and then for people who can be reached. An attempt costs less than somebody who waits at a login for a code, or
 * for news of what they paid; and so does the invitation that such a message needs.
 */
function isTriedAnyway(intent: IntentContent, facts: DispatchFacts): boolean {
  if (intent.priority === 'transactional' || intent.invitesFor === 'transactional') return true
  return intent.template !== null && facts.template(intent.template)?.category.toUpperCase() === 'AUTHENTICATION'
}

function unreachable({ contact }: DispatchFacts): Decision {
  const review = toIso(contact.unreachableUntil as Instant)
  const text = `Meta could not deliver to this person not long ago; they are tried again from ${review}, or once they write.`
  return failed({ code: 'recipient_unreachable', text })
}

function optedOut(): Decision {
  return { kind: 'suppress', reason: { code: 'opted_out', text: 'The contact opted out of marketing messages.' } }
}

function noConsent(category: string): Decision {
  const text = `No consent of the contact for ${category.toLowerCase()} templates is on record.`
  return { kind: 'suppress', reason: { code: 'no_consent', text } }
}

/** Why an intent waits for its sender: for all that is wrong with an account there is one code, and the text says which. */
export function senderHoldReason(reason: Reason): Reason {
  return reason.code === 'token_unreadable' || reason.code === 'payment_missing'
    ? { ...reason, code: 'sender_account' }
    : reason
}

function senderReason(sender: SenderFacts): Reason {
  if (sender.reason) return senderHoldReason(sender.reason)
  return sender.state === 'paused'
    ? { code: 'sender_paused', text: 'The sender is paused.' }
    : { code: 'sender_account', text: 'The sender is restricted.' }
}

function windowOpenText(facts: DispatchFacts): string {
  const expiresAt = windowExpiresAt(facts.conversation.window)
  return windowOpenWords(expiresAt === null ? null : toIso(expiresAt))
}

function windowClosedText(facts: DispatchFacts): string {
  const expiresAt = windowExpiresAt(facts.conversation.window)
  if (expiresAt === null) return 'The customer never wrote to this number, so no customer service window is open.'
  const verb = expiresAt <= facts.now ? 'closed' : 'closes too soon,'
  return `The customer service window ${verb} at ${toIso(expiresAt)}.`
}
