import { alternatesOf, type Message, type TemplateReference, type WhenClosed } from './content.ts'
import type { IntentContent, Reason } from './intent.ts'
import { type MessagingLimitUse, messagingLimitAllowsAt, pairAllowedAt } from './limits.ts'
import {
  buildTemplateMessage,
  checkTemplateParameters,
  type TemplateDefinition,
  templateStatusClass,
} from './template.ts'
import { type Instant, toIso } from './time.ts'
import {
  type FreeEntryPoint,
  isFreeEntryPointOpen,
  isWindowOpen,
  type WindowRecord,
  windowExpiresAt,
} from './window.ts'

/*
 * The decision: what happens to one intent at the moment it could leave. Pure and total; the first rule that matches wins:
 *
 *   1. its time is over                                              expire
 *   2. marketing to somebody who opted out                           suppress
 *   3. the sender cannot send                                        hold: sender
 *   4. nothing reaches this person, and no window is open            fail
 *   5. a template: unknown, gone, does not fit                       fail
 *                  waiting for Meta, paused                          hold: template
 *                  limits                                            defer to the earliest legal instant
 *                  else                                              send
 *   6. free-form, window open for long enough                        limits: defer, else send
 *   7. free-form, window closed: the intent's own policy             fail | hold | downgrade | follow_up
 *
 * Everything it needs was read in one statement at dispatch time, `facts.now` being the database's clock.
 */

export type SenderState = 'active' | 'paused' | 'restricted'

export interface SenderFacts {
  state: SenderState
  /** Why it is not active, for the operator. */
  reason: Reason | null
}

export type Consent = 'unknown' | 'in' | 'out'

export interface ContactFacts {
  marketing: Consent
  utility: Consent
  /** Meta could not deliver to this person; the review date. Null when nothing of the kind is known. */
  unreachableUntil: Instant | null
}

export interface ConversationFacts {
  window: WindowRecord
  freeEntryPoint: FreeEntryPoint
  /** See `pairAllowedAt`. */
  pairEmptiesAt: Instant | null
  /** When the last invitation to answer was asked for. */
  lastFollowUpAt: Instant | null
  /** An invitation is on its way or unanswered. */
  followUpOutstanding: boolean
}

/** The current state of one (WABA, name, language); null when Meta has no such template. */
export interface TemplateFacts {
  definition: TemplateDefinition
  status: string
  category: string
}

export interface DispatchFacts {
  now: Instant
  sender: SenderFacts
  /** Meta throttled the account: none of its numbers calls until then. */
  callsPausedUntil: Instant | null
  contact: ContactFacts
  conversation: ConversationFacts
  /** Looks up a template as the store knows it now. */
  template(reference: TemplateReference): TemplateFacts | null
  /** Null when the portfolio has no limit. */
  messagingLimit: MessagingLimitUse | null
}

export interface DecisionSettings {
  /** Milliseconds; a window that closes sooner counts as closed (P1). */
  windowMarginMs: number
  /** Milliseconds between two follow-ups in one conversation. */
  followUpCooldownMs: number
  /** Templates go only to contacts who recorded consent for their category. */
  requireOptIn: boolean
  /** Milliseconds that somebody whom nothing reaches is left alone. 0: everybody is tried, always. */
  recipientReviewMs: number
}

/** What a held intent waits for. */
export type HeldFor = 'window' | 'answer' | 'template' | 'sender'

export type Decision =
  | { kind: 'send'; message: Message; reason: Reason; outsideWindow: boolean }
  | { kind: 'downgrade'; message: Message; reference: TemplateReference; reason: Reason; outsideWindow: boolean }
  | { kind: 'follow_up'; reference: TemplateReference; message: Message; reason: Reason }
  | { kind: 'hold'; heldFor: HeldFor; template: TemplateReference | null; reason: Reason }
  | { kind: 'defer'; until: Instant; reason: Reason; keepsTurn: boolean }
  | { kind: 'expire' | 'suppress' | 'fail'; reason: Reason }

export type DecisionKind = Decision['kind']

export function decide(intent: IntentContent, facts: DispatchFacts, settings: DecisionSettings): Decision {
  if (facts.now >= intent.expiresAt) {
    return { kind: 'expire', reason: { code: 'expired', text: `Its time was over at ${toIso(intent.expiresAt)}.` } }
  }
  if (facts.contact.marketing === 'out' && isMarketingIntent(intent, facts)) return optedOut()
  if (facts.sender.state !== 'active') {
    return { kind: 'hold', heldFor: 'sender', template: null, reason: senderReason(facts.sender) }
  }
  const open = isWindowOpen(facts.conversation.window, facts.now, settings.windowMarginMs)
  // Who writes to us is there, whatever became of an earlier message.
  if (!open && isUnreachable(facts, settings)) return unreachable(facts)
  if (intent.template) return decideTemplateMessage(intent, intent.template, facts, settings)
  if (open) {
    return (
      latestOf(deferForAccount(facts), deferForPairLimit(facts)) ?? {
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
  const mismatch = checkTemplateParameters(intent.message, (template as TemplateFacts).definition)
  if (mismatch) return failed({ code: 'template_parameters', text: `Template ${nameOf(reference)}: ${mismatch.text}` })
  const blocked = blockTemplate((template as TemplateFacts).category, facts, settings)
  if (blocked) return blocked
  return {
    kind: 'send',
    message: intent.message,
    reason: { code: 'template_allowed', text: 'An approved template may go at any time.' },
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
    const free = isFreeEntryPointOpen(facts.conversation.freeEntryPoint, facts.now)
    return decideClosed(intent, free ? policy.when_free : policy.otherwise, facts, settings)
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
    return followUpOutstanding ? holdForAnswer() : holdForWindow(facts, 'The customer was asked not long ago.')
  }
  const choice = chooseTemplate(alternates, facts)
  if ('decision' in choice) return choice.decision
  if (isMarketing(choice.category) && facts.contact.marketing === 'out') return optedOut()
  if (lacksConsent(choice.category, facts, settings)) return noConsent(choice.category)
  const text = `${windowClosedText(facts)} Template ${nameOf(choice.reference)} asks the customer; the message waits for the answer.`
  const reason: Reason = { code: 'window_closed_followed_up', text }
  return { kind: 'follow_up', reference: choice.reference, message: choice.message, reason }
}

function holdForAnswer(): Decision {
  const text = 'The customer was already asked and has not answered yet.'
  return { kind: 'hold', heldFor: 'answer', template: null, reason: { code: 'awaiting_answer', text } }
}

type TemplateChoice = { reference: TemplateReference; message: Message; category: string } | { decision: Decision }

/** The first alternate that can go now; else one that may become usable is waited for; else the first problem is the answer. */
function chooseTemplate(alternates: TemplateReference[], facts: DispatchFacts): TemplateChoice {
  const problems: TemplateProblem[] = []
  for (const reference of alternates) {
    const template = facts.template(reference)
    const problem = problemOf(reference, template)
    if (problem) {
      problems.push(problem)
      continue
    }
    const built = buildTemplateMessage(reference, (template as TemplateFacts).definition)
    if (built.ok) return { reference, message: built.message, category: (template as TemplateFacts).category }
    const text = `Template ${nameOf(reference)}: ${built.problem.text}`
    problems.push({ waiting: false, decision: failed({ code: 'template_parameters', text }) })
  }
  const answer = problems.find((problem) => problem.waiting) ?? problems[0]
  if (answer) return { decision: answer.decision }
  return { decision: failed({ code: 'template_unknown', text: 'The policy names no template.' }) }
}

interface TemplateProblem {
  waiting: boolean
  decision: Decision
}

function problemOf(reference: TemplateReference, template: TemplateFacts | null): TemplateProblem | null {
  const name = nameOf(reference)
  if (template === null) {
    const text = `Meta knows no template ${name} for this account; create it or sync the templates.`
    return { waiting: false, decision: failed({ code: 'template_unknown', text }) }
  }
  switch (templateStatusClass(template.status)) {
    case 'usable':
      return null
    case 'waiting': {
      const code = template.status === 'PAUSED' ? 'template_paused' : 'template_pending'
      const text = `Template ${name} is ${template.status} at Meta; waiting for it to be approved.`
      return {
        waiting: true,
        decision: { kind: 'hold', heldFor: 'template', template: reference, reason: { code, text } },
      }
    }
    case 'gone': {
      const text = `Template ${name} is ${template.status} at Meta and cannot be sent.`
      return { waiting: false, decision: failed({ code: 'template_disabled', text }) }
    }
  }
}

/** Consent and limits for a template that could go by itself. */
function blockTemplate(category: string, facts: DispatchFacts, settings: DecisionSettings): Decision | null {
  if (isMarketing(category) && facts.contact.marketing === 'out') return optedOut()
  if (lacksConsent(category, facts, settings)) return noConsent(category)
  return latestOf(deferForMessagingLimit(facts, settings), deferForPairLimit(facts), deferForAccount(facts))
}

type Deferral = Extract<Decision, { kind: 'defer' }>

/** The latest, so that a message is put off once and not from limit to limit. */
function latestOf(...deferrals: (Deferral | null)[]): Deferral | null {
  return deferrals.reduce((last, next) => (last === null || (next && next.until > last.until) ? next : last), null)
}

/** Everything of the account is put off alike, so whoever has the turn keeps it. */
function deferForAccount({ callsPausedUntil: until, now }: DispatchFacts): Deferral | null {
  if (until === null || until <= now) return null
  const text = `Meta limits the calls of this account; Casement goes on at ${toIso(until)}.`
  return { kind: 'defer', until, reason: { code: 'throughput', text }, keepsTurn: true }
}

/** A template that may land after the window closed counts as sent outside it. */
function deferForMessagingLimit(facts: DispatchFacts, settings: DecisionSettings): Deferral | null {
  const { messagingLimit, conversation } = facts
  if (messagingLimit === null || isWindowOpen(conversation.window, facts.now, settings.windowMarginMs)) return null
  const until = messagingLimitAllowsAt(messagingLimit, facts.now)
  if (until <= facts.now) return null
  const { used, limit } = messagingLimit
  const text = `The portfolio reached ${used} of ${limit} users in 24 hours outside open windows; a place frees at ${toIso(until)}.`
  return { kind: 'defer', until, reason: { code: 'messaging_limit', text }, keepsTurn: false }
}

function deferForPairLimit(facts: DispatchFacts): Deferral | null {
  const until = pairAllowedAt(facts.conversation.pairEmptiesAt, facts.now)
  if (until <= facts.now) return null
  const text = 'This user got a burst of messages from this number; Meta allows one every 6 seconds.'
  return { kind: 'defer', until, reason: { code: 'pair_limit', text }, keepsTurn: true }
}

function holdForWindow(facts: DispatchFacts, why = windowClosedText(facts)): Decision {
  const text = `${why} Waiting for the customer to write.`
  return { kind: 'hold', heldFor: 'window', template: null, reason: { code: 'awaiting_window', text } }
}

/** A campaign's free-form text is marketing too, whatever window it finds open. */
function isMarketingIntent(intent: IntentContent, facts: DispatchFacts): boolean {
  if (intent.template) return isMarketing(facts.template(intent.template)?.category ?? '')
  return intent.priority === 'campaign'
}

function isMarketing(category: string): boolean {
  return category.toUpperCase() === 'MARKETING'
}

/** Consent is recorded for marketing and utility; authentication codes are asked for by the person who gets them. */
function lacksConsent(category: string, facts: DispatchFacts, settings: DecisionSettings): boolean {
  if (!settings.requireOptIn) return false
  if (isMarketing(category)) return facts.contact.marketing !== 'in'
  if (category.toUpperCase() === 'UTILITY') return facts.contact.utility !== 'in'
  return false
}

function isUnreachable({ contact, now }: DispatchFacts, settings: DecisionSettings): boolean {
  return settings.recipientReviewMs > 0 && contact.unreachableUntil !== null && contact.unreachableUntil > now
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

function failed(reason: Reason): Decision {
  return { kind: 'fail', reason }
}

function senderReason(sender: SenderFacts): Reason {
  if (sender.reason) return sender.reason
  return sender.state === 'paused'
    ? { code: 'sender_paused', text: 'The sender is paused.' }
    : { code: 'sender_account', text: 'The sender is restricted.' }
}

function windowOpenText(facts: DispatchFacts): string {
  const expiresAt = windowExpiresAt(facts.conversation.window)
  return `The customer service window is open until ${expiresAt === null ? 'unknown' : toIso(expiresAt)}.`
}

function windowClosedText(facts: DispatchFacts): string {
  const expiresAt = windowExpiresAt(facts.conversation.window)
  if (expiresAt === null) return 'The customer never wrote to this number, so no customer service window is open.'
  const verb = expiresAt <= facts.now ? 'closed' : 'closes too soon,'
  return `The customer service window ${verb} at ${toIso(expiresAt)}.`
}

function nameOf(reference: TemplateReference): string {
  return `${reference.name} (${reference.language})`
}
