import { type Message, sentAs, type TemplateReference } from '../domain/content.ts'
import { type Decision, type DecisionSettings, decide, type HeldFor } from '../domain/decision.ts'
import type { AttemptId, ContactId, ConversationId, IntentId, PhoneNumberId, WabaId } from '../domain/ids.ts'
import { attemptId, isIntentId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import type { Instant } from '../domain/time.ts'
import { toIso } from '../domain/time.ts'
import { windowExpiresAt } from '../domain/window.ts'
import type { SendAnswer } from '../graph/answer.ts'
import type { AttemptStore, OpenedAttempt } from '../store/intents/attempts.ts'
import type { Claim, WakeUp } from '../store/intents/dispatch-facts.ts'
import type { IntentTransitions, RecordedDecision } from '../store/intents/intents.ts'
import { type Consequence, type Interpretation, interpretAnswer, type SideEffect } from './interpret-answer.ts'

export interface DispatchIo {
  /** Null when the wake-up is stale. */
  readFacts(wakeUp: WakeUp): Promise<Claim | null>
  intents: Pick<IntentTransitions, 'hold' | 'defer' | 'close'>
  attempts: AttemptStore
  followUps: FollowUps
  /** Lets a held intent go after all when what it waits for came while it was put aside. */
  releaseOverlooked(claim: Claim, waiting: WaitingFor): Promise<void>
  /** False when somebody else took the portfolio's last place. */
  reserveMessagingLimit(portfolioId: string, contactId: ContactId): Promise<boolean>
  send(request: SendOrder): Promise<SendAnswer>
  /** The wamid of one of our intents, for a quoted reply; null while it has none. */
  wamidOf(intentId: IntentId): Promise<string | null>
  learnIdentity(contactId: ContactId, waId: string): Promise<void>
  effect(claim: Claim, effect: SideEffect, attempt: OpenedAttempt, message: Message): Promise<void>
  waitsFor: {
    conversation(id: ConversationId): string
    sender(id: PhoneNumberId): string
    template(wabaId: WabaId, reference: TemplateReference): string
  }
  /** Milliseconds on the process's clock; measures durations only. */
  elapsed(): number
  /** 0 to 1. */
  jitter(): number
}

export interface SendOrder {
  sender: Claim['sender']
  recipient: Claim['recipient']
  message: Message
  attemptId: AttemptId
}

export interface WaitingFor {
  heldFor: HeldFor
  template: TemplateReference | null
}

export interface FollowUps {
  /** Holds the intent and invites the customer, or joins the invitation that is already out; one transaction. */
  ask(claim: Claim, message: Message, decision: RecordedDecision): Promise<boolean>
  /** Holds the intent behind the invitation that is out. */
  join(claim: Claim, decision: RecordedDecision): Promise<boolean>
  /** An invitation is over and nobody will answer it. */
  ended(followUp: IntentId, reason: Reason): Promise<void>
}

export interface DispatchSettings extends DecisionSettings {
  /** Milliseconds between the reading of the facts and the request; beyond it they are too old to act on. */
  factsGoodForMs: number
}

export type DispatchOutcome =
  | { kind: 'skipped' }
  | { kind: 'decided'; decision: Decision['kind'] }
  | { kind: 'attempted'; outcome: Interpretation['outcome']; pauseLaneMs: number | null }

/**
 * One intent, from its wake-up to a recorded outcome: read the facts, decide, open an attempt, call Graph, close the attempt. The job
 * that woke us carries an id and nothing else; a second job for the same intent loses at `open` and is skipped.
 */
export async function dispatchIntent(
  io: DispatchIo,
  settings: DispatchSettings,
  wakeUp: WakeUp,
): Promise<DispatchOutcome> {
  const readAt = io.elapsed()
  const claim = await io.readFacts(wakeUp)
  if (claim === null) return { kind: 'skipped' }

  const decision = await decideWithReservation(io, settings, claim)
  const verdict = record(decision, claim)

  switch (decision.kind) {
    case 'hold': {
      const won =
        decision.heldFor === 'answer'
          ? await io.followUps.join(claim, verdict)
          : await io.intents.hold(claim.intent.id, claim.intent.wake, holdEvent(io, claim, decision), verdict)
      // Also when it was not won: a hold whose answer was lost is tried again, and then reports that there was nothing to hold.
      await io.releaseOverlooked(claim, decision)
      return decided(decision, won)
    }
    case 'defer':
      return decided(
        decision,
        await io.intents.defer(claim.intent.id, claim.intent.wake, decision.until, decision.keepsTurn, verdict),
      )
    case 'follow_up': {
      const won = await io.followUps.ask(claim, decision.message, verdict)
      await io.releaseOverlooked(claim, { heldFor: 'answer', template: null })
      return decided(decision, won)
    }
    case 'expire':
    case 'suppress':
    case 'fail': {
      const won = await io.intents.close(claim.intent.id, claim.intent.wake, decision.kind, verdict)
      if (won && claim.intent.followUpOf) await io.followUps.ended(claim.intent.id, decision.reason)
      return decided(decision, won)
    }
    case 'send':
    case 'downgrade': {
      const { id, wake } = claim.intent
      const attempt = await io.attempts.open({
        intentId: id,
        wake,
        sentAs: sentAs(decision.message),
        decision: verdict,
      })
      if (attempt === null) return { kind: 'skipped' }
      const answer = await call(io, settings, claim, decision.message, attempt, readAt)
      return closeAttempt(io, claim, decision.message, attempt, answer)
    }
  }
}

/**
 * The messaging limit is shared by all workers, so the facts' count may be stale by the time it matters. Taking the place is the test;
 * who does not get it decides again with what is true now.
 */
async function decideWithReservation(io: DispatchIo, settings: DispatchSettings, claim: Claim): Promise<Decision> {
  const decision = decide(claim.intent, claim.facts, settings)
  const counts = (decision.kind === 'send' || decision.kind === 'downgrade') && decision.outsideWindow
  if (!counts || claim.facts.messagingLimit === null) return decision
  if (await io.reserveMessagingLimit(claim.sender.portfolioId, claim.recipient.contactId)) return decision
  const { limit } = claim.facts.messagingLimit
  const full = { ...claim.facts.messagingLimit, used: limit, counted: false }
  return decide(claim.intent, { ...claim.facts, messagingLimit: full }, settings)
}

async function call(
  io: DispatchIo,
  settings: DispatchSettings,
  claim: Claim,
  message: Message,
  attempt: OpenedAttempt,
  readAt: number,
): Promise<SendAnswer> {
  const quoting = await resolveContext(io, message)
  if (io.elapsed() - readAt > settings.factsGoodForMs) {
    return {
      kind: 'unreachable',
      cause: 'the facts were too old when the request was ready to leave; nothing was sent',
    }
  }
  return io.send({
    sender: claim.sender,
    recipient: claim.recipient,
    message: quoting,
    attemptId: attemptId(claim.intent.id, attempt.number),
  })
}

async function closeAttempt(
  io: DispatchIo,
  claim: Claim,
  message: Message,
  attempt: OpenedAttempt,
  answer: SendAnswer,
): Promise<DispatchOutcome> {
  const { intent, recipient } = claim
  const judged = interpretAnswer(
    answer,
    {
      number: attempt.number,
      retries: intent.retries,
      delivery: intent.delivery,
      sentAs: sentAs(message),
      substitute: message.type === 'template' && intent.template === null,
    },
    io.jitter(),
  )
  // A refuted window and a restricted sender must be known before the intent can be decided again.
  for (const effect of judged.effects) await io.effect(claim, effect, attempt, message)
  const moved = await io.attempts.close({
    intentId: intent.id,
    number: attempt.number,
    conversationId: recipient.conversationId,
    outcome: judged.outcome,
    httpStatus: judged.httpStatus,
    error: judged.error,
    wamid: judged.wamid,
    next: withWaitsFor(io, claim, message, judged.next),
  })
  if (answer.kind === 'accepted' && answer.waId !== null && answer.waId !== recipient.waId) {
    await io.learnIdentity(recipient.contactId, answer.waId)
  }
  const over = judged.next.event === 'fail' || judged.next.event === 'suppress'
  if (moved && over && intent.followUpOf && 'reason' in judged.next)
    await io.followUps.ended(intent.id, judged.next.reason)
  const pause = judged.effects.find((effect) => effect.kind === 'pause_lane')
  return { kind: 'attempted', outcome: judged.outcome, pauseLaneMs: pause?.forMs ?? null }
}

function withWaitsFor(io: DispatchIo, claim: Claim, message: Message, next: Consequence) {
  if (next.event !== 'hold') return next
  const template = message.type === 'template' ? message.template : null
  const waitsFor =
    next.heldFor === 'template' && template
      ? io.waitsFor.template(claim.sender.wabaId, { name: template.name, language: template.language.code })
      : io.waitsFor.sender(claim.sender.phoneNumberId)
  return { event: 'hold' as const, waitsFor, reason: next.reason }
}

function holdEvent(io: DispatchIo, claim: Claim, decision: Extract<Decision, { kind: 'hold' }>): string {
  if (decision.heldFor === 'sender') return io.waitsFor.sender(claim.sender.phoneNumberId)
  if (decision.heldFor === 'template' && decision.template) {
    return io.waitsFor.template(claim.sender.wabaId, decision.template)
  }
  return io.waitsFor.conversation(claim.recipient.conversationId)
}

/** A quoted reply may name one of our intents; the user's app only knows wamids. Unsent or unknown: the quote is left out. */
async function resolveContext(io: DispatchIo, message: Message): Promise<Message> {
  const quoted = message.context?.message_id
  if (quoted === undefined || !isIntentId(quoted)) return message
  const { context, ...rest } = message
  const wamid = await io.wamidOf(quoted)
  return (wamid === null ? rest : { ...rest, context: { ...context, message_id: wamid } }) as Message
}

function decided(decision: Decision, won: boolean): DispatchOutcome {
  return won ? { kind: 'decided', decision: decision.kind } : { kind: 'skipped' }
}

/** The facts that carried the verdict, in words an operator can check; no message content and no recipient. */
function record(decision: Decision, claim: Claim): RecordedDecision {
  const { now, sender, contact, conversation, messagingLimit, callsPausedUntil } = claim.facts
  const at = (value: Instant | null) => (value === null ? null : toIso(value))
  return {
    kind: decision.kind,
    reason: decision.reason,
    facts: {
      now: toIso(now),
      window_expires_at: at(windowExpiresAt(conversation.window)),
      free_entry_point: conversation.freeEntryPoint.state,
      free_entry_point_expires_at: at(conversation.freeEntryPoint.expiresAt),
      sender: sender.state,
      marketing: contact.marketing,
      pair_empties_at: at(conversation.pairEmptiesAt),
      last_follow_up_at: at(conversation.lastFollowUpAt),
      ...(contact.unreachableUntil === null ? {} : { unreachable_until: toIso(contact.unreachableUntil) }),
      ...(callsPausedUntil === null ? {} : { calls_paused_until: toIso(callsPausedUntil) }),
      ...('reference' in decision
        ? { template: decision.reference.name, template_language: decision.reference.language }
        : {}),
      ...(messagingLimit ? { messaging_limit: messagingLimit.limit, messaging_limit_used: messagingLimit.used } : {}),
      attempts: claim.intent.attempts,
    },
  }
}
