import type { TemplateReference } from '../domain/content.ts'
import { classify, type GraphErrorFacts } from '../domain/failure.ts'
import type { ConversationId, IntentId, PhoneNumberId, Wamid } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'
import type { Instant } from '../domain/time.ts'
import type { KnownAttempt } from '../store/intents/statuses.ts'
import {
  type AccountCalls,
  consequenceOfFailure,
  type Interpretation,
  type RefusedStatus,
  type SideEffect,
} from './interpret-answer.ts'

/** Reads and writes of one transaction. What is learnt counts as of the attempt's start, for the report may come days after it. */
export type FailureIo = {
  reportUnknown(attempt: KnownAttempt, error: GraphErrorFacts): void
  jitter(): number
  intents: {
    /** The template an attempt sent; null when it was free-form. `substitute`: it went in the place of a free-form message. */
    sentTemplate(attempt: KnownAttempt): Promise<{ reference: TemplateReference; substitute: boolean } | null>
    /** The number that the attempt went to has another spelling, which was not tried before it. */
    hasUntriedSpelling(attempt: KnownAttempt): Promise<boolean>
    /** Answers whether the intent moved. */
    afterFailedDelivery(failed: {
      intentId: IntentId
      wamid: Wamid
      reason: Reason
      again: { dueInMs: number; countsAsRetry: boolean } | null
    }): Promise<boolean>
  }
  conversations: {
    refuteWindow(conversationId: ConversationId, attemptStartedAt: Instant): Promise<void>
  }
  accounts: {
    restrict(sender: PhoneNumberId, reason: Reason, curedByToken: boolean, seenAt: Instant): Promise<void>
    slow(sender: PhoneNumberId, attemptStartedAt: Instant): Promise<void>
    pause(sender: PhoneNumberId, calls: AccountCalls, forMs: number, attemptStartedAt: Instant): Promise<void>
  }
  people: {
    stopMarketingIn(conversationId: ConversationId, attemptStartedAt: Instant): Promise<void>
    markUnreachable(conversationId: ConversationId, attemptStartedAt: Instant): Promise<void>
  }
  templates: {
    refuse(
      sender: PhoneNumberId,
      reference: TemplateReference,
      status: RefusedStatus,
      attemptStartedAt: Instant,
    ): Promise<void>
    want(sender: PhoneNumberId): Promise<void>
  }
}

/** What is known of a failure whose error nobody told. */
export const SAYS_NOTHING: GraphErrorFacts = {
  code: null,
  subcode: null,
  isTransient: false,
  httpStatus: null,
  details: null,
  via: 'webhook',
}

/** Meta accepted it and then could not deliver it. Answers whether the intent is due again. */
export async function applyFailure(
  io: FailureIo,
  wamid: Wamid,
  attempt: KnownAttempt,
  error: GraphErrorFacts = SAYS_NOTHING,
): Promise<boolean> {
  const template = attempt.sentAs === 'template' ? await io.intents.sentTemplate(attempt) : null
  const failure = classify(error)
  const untriedSpelling = failure.proves === 'spelling_refused' && (await io.intents.hasUntriedSpelling(attempt))
  const answered = { ...attempt, substitute: template?.substitute ?? false, untriedSpelling }
  const { next, effects } = consequenceOfFailure(failure, error, answered, io.jitter(), null)
  for (const effect of effects) await learn(io, attempt, template?.reference ?? null, effect)
  return moveIntent(io, wamid, attempt, next)
}

async function moveIntent(
  io: FailureIo,
  wamid: Wamid,
  { intentId }: KnownAttempt,
  next: Interpretation['next'],
): Promise<boolean> {
  switch (next.event) {
    case 'retry': {
      const { dueInMs, countsAsRetry, reason } = next
      return io.intents.afterFailedDelivery({ intentId, wamid, reason, again: { dueInMs, countsAsRetry } })
    }
    case 'hold':
      // Decided when it falls due: the template is paused by now, and it is put aside like the others. Of a responder nothing is known but
      // what a next try tells.
      return io.intents.afterFailedDelivery({
        intentId,
        wamid,
        reason: next.reason,
        again: { dueInMs: next.heldFor === 'responder' ? next.dueInMs : 0, countsAsRetry: false },
      })
    case 'fail':
    case 'suppress':
      await io.intents.afterFailedDelivery({ intentId, wamid, reason: next.reason, again: null })
      return false
    case 'accept':
    case 'doubt':
      return false
  }
}

async function learn(
  io: FailureIo,
  attempt: KnownAttempt,
  template: TemplateReference | null,
  effect: SideEffect,
): Promise<void> {
  const { sender, conversationId, startedAt } = attempt
  switch (effect.kind) {
    case 'refute_window':
      return io.conversations.refuteWindow(conversationId, startedAt)
    case 'restrict_sender':
      return io.accounts.restrict(sender, effect.reason, effect.curedByToken, startedAt)
    case 'slow_sender':
      return io.accounts.slow(sender, startedAt)
    case 'pause_account':
      return io.accounts.pause(sender, effect.calls, effect.forMs, startedAt)
    case 'stop_marketing':
      return io.people.stopMarketingIn(conversationId, startedAt)
    case 'mark_unreachable':
      return io.people.markUnreachable(conversationId, startedAt)
    case 'refuse_template':
      return template ? io.templates.refuse(sender, template, effect.status, startedAt) : undefined
    case 'sync_templates':
      return io.templates.want(sender)
    case 'report_unknown':
      return io.reportUnknown(attempt, effect.error)
    case 'note_held':
    case 'pause_lane':
      // What only an answer says, and a pause of seconds, told when it is over.
      return
  }
}
