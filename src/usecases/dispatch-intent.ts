import { type Message, sentAs, type TemplateReference, templateOfMessage } from '../domain/content.ts'
import type { Decision, DecisionSettings, HeldFor } from '../domain/decision.ts'
import type { ToldIdentity } from '../domain/identity.ts'
import type { AttemptId, ConversationId, IntentId } from '../domain/ids.ts'
import { attemptId } from '../domain/ids.ts'
import { MESSAGING_LIMIT_PERIOD_MS } from '../domain/limits.ts'
import { destinationOf } from '../domain/money/destination.ts'
import { priceOfDecision, templateIdOf, toRecord } from '../domain/money/price-decision.ts'
import { type Instant, plus, toIso } from '../domain/time.ts'
import { FOR_WINDOW, type Wait, waitForTemplate } from '../domain/wait.ts'
import { windowExpiresAt } from '../domain/window.ts'
import type { Accepted, SendAnswer } from '../graph/answer.ts'
import type { CloseAttempt } from '../store/intents/attempts.ts'
import type { Claim } from '../store/intents/dispatch-facts.ts'
import type { IntentTransitions, RecordedDecision } from '../store/intents/intents.ts'
import type { OpenedAttempt } from '../store/intents/open-page.ts'
import { type Consequence, type Interpretation, interpretAnswer, type SideEffect } from './interpret-answer.ts'
import type { Leaving, Staying } from './spend-permit.ts'
import { toldIn } from './told-ids.ts'

export interface DispatchIo {
  /**
   * Closes the attempt together with what others learn from its answer: both are written, or neither. Answers whether the intent moved.
   */
  close(closing: CloseAttempt, lessons: Lessons): Promise<boolean>
  /** Keeps what Meta's answer says of who the recipient is, where that is news. */
  noteTold(told: { conversationId: ConversationId; ids: ToldIdentity[] }[]): Promise<void>
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

export interface StayIo {
  intents: Pick<IntentTransitions, 'hold' | 'defer' | 'close'>
  followUps: FollowUps
}

export interface FollowUps {
  /** Holds the intent and invites the customer, or joins the invitation that is already out; one transaction. Neither once they have written. */
  ask(claim: Claim, message: Message, decision: RecordedDecision): Promise<boolean>
  /** Holds the intent behind the invitation that is out, unless the customer has written since. */
  join(claim: Claim, decision: RecordedDecision): Promise<boolean>
}

export interface DispatchSettings extends DecisionSettings {
  /** Milliseconds between the reading of the facts and the first byte of the request; beyond it they are too old to act on. */
  factsGoodForMs: number
}

export interface Delivered {
  outcome: Interpretation['outcome']
  /** Graph was silent, as its circuit counts. */
  silent: boolean
  pauseMs: number | null
  /** Accepted, and Meta will tell nothing of it until it knows how its template is received. */
  held: boolean
  /** Meta's own limit of messages to one person was met. */
  pairLimited: boolean
}

/**
 * What becomes of a head that does not leave: one guarded transition of an intent that is still scheduled. It needs no fence, for who takes
 * the same head meanwhile comes to the same verdict, or finds it gone. Answers whether it moved.
 */
export async function stay(io: StayIo, { claim, decision }: Staying): Promise<boolean> {
  const { id } = claim.intent
  const verdict = record(decision, claim)
  switch (decision.kind) {
    case 'hold': {
      // Nothing is written for a number that cannot send now: its intents are due, and passed by until it can.
      if (decision.heldFor === 'sender') return false
      if (decision.heldFor === 'answer') return io.followUps.join(claim, verdict)
      return io.intents.hold(id, waitOf(decision.heldFor, decision.template), verdict)
    }
    case 'defer': {
      // Were all who find the limit reached due when its next place frees, they would come as a herd. They are let in one by one.
      const limited = decision.reason.code === 'messaging_limit'
      const until = limited ? plus(claim.facts.now, MESSAGING_LIMIT_PERIOD_MS) : decision.until
      // A moment is not worth a line in its history.
      const noted = decision.reason.code !== 'unheard'
      return io.intents.defer(id, until, decision.keepsTurn, verdict, noted)
    }
    case 'follow_up':
      return io.followUps.ask(claim, decision.message, verdict)
    case 'expire':
    case 'cancel':
    case 'suppress':
    case 'fail':
      return io.intents.close(id, decision.kind, verdict)
  }
}

/**
 * One call, one guarded transition. Everything was ready before the attempt was on record, and from then on it is known whether a byte has
 * left. So only two things are ever in doubt: an answer that was lost, and a worker that was lost.
 *
 * @param mayLeave asked in the moment in which the first byte would be written
 */
export async function deliver(io: DispatchIo, leaving: Leaving, mayLeave: () => boolean): Promise<Delivered> {
  const { claim, decision, attempt, ready } = leaving
  const answer = await ready.send(attemptId(claim.intent.id, attempt.number), mayLeave)
  return closeAttempt(io, claim, decision.message, attempt, answer)
}

/** Nothing was sent, and will not be by this attempt: due again at once, with its turn, and no try spent. */
export async function giveBack(io: DispatchIo, { claim, decision, attempt }: Leaving, cause: string): Promise<void> {
  await closeAttempt(io, claim, decision.message, attempt, { kind: 'unsent', why: 'too_late', cause })
}

async function closeAttempt(
  io: DispatchIo,
  claim: Claim,
  message: Message,
  attempt: OpenedAttempt,
  answer: SendAnswer,
): Promise<Delivered> {
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
  const pairLimited = judged.next.event === 'retry' && judged.next.reason.code === 'pair_limit'
  const held = judged.effects.some((effect) => effect.kind === 'note_held')
  return { outcome: judged.outcome, silent: judged.silent, held, pauseMs: pause?.forMs ?? null, pairLimited }
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

/** The facts that carried the verdict, in words an operator can check; no message content and no recipient. */
export function record(decision: Decision, claim: Claim): RecordedDecision {
  const { now, sender, contact, conversation, messagingLimit, callsPausedUntil } = claim.facts
  const { pairEmptiesAt, lastFollowUpAt, freeEntryPoint, window } = conversation
  const price = priceOfDecision(claim.intent, decision, claim.facts, destinationOf(claim.recipient))
  const template = templateIdOf(claim.intent, decision, claim.facts)
  return {
    kind: decision.kind,
    reason: decision.reason,
    ...(price ? { price: { ...toRecord(price), ...(template === null ? {} : { template }) } } : {}),
    facts: {
      now: toIso(now),
      ...instants({
        window_expires_at: windowExpiresAt(window),
        free_entry_point_expires_at: freeEntryPoint.expiresAt,
        pair_empties_at: pairEmptiesAt,
        last_follow_up_at: lastFollowUpAt,
        unreachable_until: contact.unreachableUntil,
        calls_paused_until: callsPausedUntil,
      }),
      free_entry_point: freeEntryPoint.state,
      sender: sender.state,
      marketing: contact.marketing,
      ...('reference' in decision
        ? { template: decision.reference.name, template_language: decision.reference.language }
        : {}),
      ...(messagingLimit ? { messaging_limit: messagingLimit.limit, messaging_limit_used: messagingLimit.used } : {}),
      ...dialled(claim.recipient),
      attempts: claim.intent.attempts,
    },
  }
}

/** Which of two spellings of a number, told by its length: a number itself is not kept here. */
function dialled({ waId, spelling }: Claim['recipient']): { dialled_digits?: number; spelling?: 'other' } {
  if (waId === null || spelling === null) return {}
  return { dialled_digits: waId.length, ...(spelling === 'other' ? { spelling } : {}) }
}

/** Those that there are: a verdict is kept with every message, and most of them are not. */
function instants(facts: Record<string, Instant | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(facts).flatMap(([name, at]) => (at === null ? [] : [[name, toIso(at)]])))
}
