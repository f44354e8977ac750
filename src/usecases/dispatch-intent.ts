import { type Message, sentAs, type TemplateReference, templateOfMessage } from '../domain/content.ts'
import { type Decision, type DecisionSettings, decide, type HeldFor } from '../domain/decision.ts'
import type { ToldIdentity } from '../domain/identity.ts'
import type { AttemptId, ContactId, ConversationId, IntentId } from '../domain/ids.ts'
import { attemptId } from '../domain/ids.ts'
import type { Instant } from '../domain/time.ts'
import { toIso } from '../domain/time.ts'
import { FOR_WINDOW, type Wait, waitForTemplate } from '../domain/wait.ts'
import { windowExpiresAt } from '../domain/window.ts'
import type { Accepted, SendAnswer } from '../graph/answer.ts'
import type { AttemptStore, CloseAttempt, OpenedAttempt } from '../store/intents/attempts.ts'
import type { Claim, WakeUp } from '../store/intents/dispatch-facts.ts'
import type { IntentTransitions, RecordedDecision } from '../store/intents/intents.ts'
import { type Consequence, type Interpretation, interpretAnswer, type SideEffect } from './interpret-answer.ts'
import { toldIn } from './told-ids.ts'

export interface DispatchIo {
  /** Null when the wake-up is stale. */
  readFacts(wakeUp: WakeUp): Promise<Claim | null>
  intents: Pick<IntentTransitions, 'hold' | 'defer' | 'close' | 'unqueue'>
  attempts: Pick<AttemptStore, 'open' | 'takeBack'>
  /**
   * Closes the attempt together with what others learn from its answer: both are written, or neither. Answers whether the intent moved.
   */
  close(closing: CloseAttempt, lessons: Lessons): Promise<boolean>
  followUps: FollowUps
  /** Lets a held intent go after all when what it waits for came while it was put aside. */
  releaseOverlooked(intentId: IntentId): Promise<void>
  /** False when somebody else took the portfolio's last place. */
  reserveMessagingLimit(portfolioId: string, contactId: ContactId): Promise<boolean>
  /** Brings together what the request needs: token, quote, body. Before the attempt is on record, so that what fails here is no doubt. */
  prepare(order: SendOrder): Promise<Readiness>
  /** Keeps what Meta's answer says of who the recipient is, where that is news. */
  noteTold(told: { conversationId: ConversationId; ids: ToldIdentity[] }[]): Promise<void>
  /** Measures milliseconds from now on. */
  startStopwatch(): () => number
  newOpening(): string
  /** 0 to 1. */
  jitter(): number
}

export interface SendOrder {
  sender: Claim['sender']
  recipient: Claim['recipient']
  message: Message
  intentId: IntentId
  /** The number that the attempt will have. */
  nextAttempt: number
}

export type Readiness =
  | ReadySend
  /** This process has no key for the number's token, or the token is damaged. Others may be able to open it. */
  | { kind: 'locked_out'; cause: string }
  | { kind: 'unlinked' }

export interface ReadySend {
  kind: 'ready'
  /**
   * Rejects only where something broke after the first byte; what breaks before is `unsent`.
   *
   * @param mayLeave asked in the moment in which the first byte would be written, and before every retry in the call
   */
  send(attemptId: AttemptId, mayLeave: () => boolean): Promise<SendAnswer>
}

/** What others learn from an answer, and what it is about. */
export interface Lessons {
  claim: Claim
  message: Message
  attempt: OpenedAttempt
  effects: readonly SideEffect[]
}

export interface FollowUps {
  /** Holds the intent and invites the customer, or joins the invitation that is already out; one transaction. */
  ask(claim: Claim, message: Message, decision: RecordedDecision): Promise<boolean>
  /** Holds the intent behind the invitation that is out. */
  join(claim: Claim, decision: RecordedDecision): Promise<boolean>
}

export interface DispatchSettings extends DecisionSettings {
  /** Milliseconds between the reading of the facts and the first byte of the request; beyond it they are too old to act on. */
  factsGoodForMs: number
}

export type DispatchOutcome =
  | { kind: 'skipped' }
  | { kind: 'decided'; decision: Decision['kind'] }
  /** Due again without an attempt: another process has to send it, or its facts grew old. */
  | { kind: 'given_back'; why: 'locked_out' | 'unlinked' | 'too_late'; cause?: string }
  | { kind: 'attempted'; outcome: Interpretation['outcome']; silent: boolean; pauseLaneMs: number | null }

/**
 * One intent, from its wake-up to a recorded outcome: read the facts, decide, make ready, open an attempt, call Graph, close the attempt.
 * The job that woke us carries an id and nothing else; a second job for the same intent loses at `open` and is skipped.
 */
export async function dispatchIntent(
  io: DispatchIo,
  settings: DispatchSettings,
  wakeUp: WakeUp,
): Promise<DispatchOutcome> {
  const age = io.startStopwatch()
  const claim = await io.readFacts(wakeUp)
  if (claim === null) return { kind: 'skipped' }

  const decision = await decideWithReservation(io, settings, claim)
  const verdict = record(decision, claim)

  switch (decision.kind) {
    case 'hold': {
      const { id, wake } = claim.intent
      // Nothing is written for a number that cannot send now: its intents are due, and passed by until it can.
      if (decision.heldFor === 'sender') return decided(decision, await io.intents.unqueue(id, wake))
      const won =
        decision.heldFor === 'answer'
          ? await io.followUps.join(claim, verdict)
          : await io.intents.hold(id, wake, waitOf(decision.heldFor, decision.template), verdict)
      // Also when it was not won: a hold whose answer was lost is tried again, and then reports that there was nothing to hold.
      await io.releaseOverlooked(id)
      return decided(decision, won)
    }
    case 'defer':
      return decided(
        decision,
        await io.intents.defer(claim.intent.id, claim.intent.wake, decision.until, decision.keepsTurn, verdict),
      )
    case 'follow_up': {
      const won = await io.followUps.ask(claim, decision.message, verdict)
      await io.releaseOverlooked(claim.intent.id)
      return decided(decision, won)
    }
    case 'expire':
    case 'suppress':
    case 'fail': {
      const won = await io.intents.close(claim.intent.id, claim.intent.wake, decision.kind, verdict)
      return decided(decision, won)
    }
    case 'send':
    case 'downgrade':
      return attempt(io, settings, claim, decision.message, verdict, age)
  }
}

/**
 * Everything is ready before the attempt is on record, and from then on it is known whether a byte has left. So only two things are ever
 * in doubt: an answer that was lost, and a worker that was lost.
 */
async function attempt(
  io: DispatchIo,
  { factsGoodForMs }: DispatchSettings,
  claim: Claim,
  message: Message,
  verdict: RecordedDecision,
  age: () => number,
): Promise<DispatchOutcome> {
  const { sender, recipient, intent } = claim
  const fresh = () => age() <= factsGoodForMs
  const ready = await io.prepare({
    sender,
    recipient,
    message,
    intentId: intent.id,
    nextAttempt: intent.attempts + 1,
  })
  if (ready.kind !== 'ready' || !fresh()) {
    await io.intents.unqueue(intent.id, intent.wake)
    return { ...(ready.kind === 'locked_out' ? { cause: ready.cause } : {}), ...givenBack(ready) }
  }
  const opened = await openOrTakeBack(io, claim, message, verdict)
  if (opened === null) return { kind: 'skipped' }
  const answer = await ready.send(attemptId(intent.id, opened.number), fresh)
  return closeAttempt(io, claim, message, opened, answer)
}

function givenBack({ kind }: Readiness) {
  return { kind: 'given_back', why: kind === 'ready' ? 'too_late' : kind } as const
}

/** While the answer to `open` is out nothing is sent, so where it is lost, nothing was: whatever it did is undone. */
async function openOrTakeBack(
  io: DispatchIo,
  { intent }: Claim,
  message: Message,
  decision: RecordedDecision,
): Promise<OpenedAttempt | null> {
  const opening = io.newOpening()
  const { id: intentId, wake } = intent
  try {
    return await io.attempts.open({ intentId, wake, sentAs: sentAs(message), decision, opening })
  } catch (error) {
    // First out of the lane, so that an opening that is still under way finds nothing to open; then what did happen.
    await io.intents.unqueue(intentId, wake).catch(() => false)
    await io.attempts.takeBack({ intentId, opening })
    throw error
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
      untriedSpelling: recipient.spelling === 'known',
    },
    io.jitter(),
  )
  const closing: CloseAttempt = {
    intentId: intent.id,
    number: attempt.number,
    outcome: judged.outcome,
    httpStatus: judged.httpStatus,
    error: judged.error,
    wamid: judged.wamid,
    next: withWait(message, judged.next),
  }
  await io.close(closing, { claim, message, attempt, effects: judged.effects })
  if (answer.kind === 'accepted') await noteRecipient(io, claim, answer)
  const pause = judged.effects.find((effect) => effect.kind === 'pause_lane')
  return { kind: 'attempted', outcome: judged.outcome, silent: judged.silent, pauseLaneMs: pause?.forMs ?? null }
}

/** An answer tells only one of the ids: the number that was dialled as WhatsApp spells it, or the BSUID. It carries no stamp. */
async function noteRecipient(io: DispatchIo, { sender, recipient }: Claim, answer: Accepted): Promise<void> {
  const { waId, userId } = answer
  const isNews = (waId !== null && waId !== recipient.waId) || (userId !== null && userId !== recipient.bsuid)
  if (!isNews) return
  const ids = toldIn({ waId, bsuid: userId, parentBsuid: null }, sender, null)
  await io.noteTold([{ conversationId: recipient.conversationId, ids }])
}

function withWait(message: Message, next: Consequence) {
  if (next.event !== 'hold') return next
  const sent = message.type === 'template' ? templateOfMessage(message) : null
  return { event: 'hold' as const, wait: waitOf(next.heldFor, sent), reason: next.reason }
}

/** A template that nobody can name would never be decided about; the customer may still write. */
function waitOf(heldFor: Exclude<HeldFor, 'sender'> | 'responder', template: TemplateReference | null): Wait {
  if (heldFor !== 'template') return { kind: heldFor }
  return template ? waitForTemplate(template) : FOR_WINDOW
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
      ...(claim.recipient.spelling === 'other' ? { spelling: 'other' } : {}),
      attempts: claim.intent.attempts,
    },
  }
}
