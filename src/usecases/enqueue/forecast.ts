import { type TemplateReference, templateOfMessage } from '../../domain/content.ts'
import { type DecisionKind, type DecisionSettings, decide, type TemplateFacts } from '../../domain/decision.ts'
import type { Reason } from '../../domain/intent.ts'
import type { Instant } from '../../domain/time.ts'
import type { ConversationState } from '../../store/conversations/ensure.ts'
import type { IntentRecord, SenderForEnqueue } from '../../store/intents/enqueue.ts'

export interface Forecast {
  at: Instant
  kind: DecisionKind
  reason: Reason
}

/** What the decision would be at the time of sending, with the facts of today. The messaging limit is left out: it will be another one. */
export function forecastOf(
  record: IntentRecord,
  sender: SenderForEnqueue,
  conversation: ConversationState,
  settings: DecisionSettings,
  now: Instant,
  template: (reference: TemplateReference) => TemplateFacts | null,
): Forecast {
  const at = record.sendAt > now ? record.sendAt : now
  const decision = decide(
    {
      id: record.id,
      message: record.message,
      whenClosed: record.whenClosed,
      template: record.message.type === 'template' ? templateOfMessage(record.message) : null,
      priority: record.priority,
      expiresAt: record.expiresAt,
    },
    {
      now: at,
      sender: {
        state: sender.state,
        reason: sender.reasonCode && { code: sender.reasonCode, text: sender.reasonText ?? '' },
      },
      callsPausedUntil: sender.callsPausedUntil,
      contact: {
        marketing: conversation.marketing,
        utility: conversation.utility,
        unreachableUntil: conversation.unreachableUntil,
      },
      conversation: {
        window: windowOf(conversation),
        freeEntryPoint: {
          state: conversation.entryState,
          enteredAt: conversation.enteredAt,
          openedAt: conversation.entryOpenedAt,
          expiresAt: conversation.entryExpiresAt,
          metaConversationId: conversation.entryConversationId,
        },
        pairEmptiesAt: conversation.pairEmptiesAt,
        lastFollowUpAt: conversation.lastFollowUpAt,
        followUpOutstanding: conversation.followUpId !== null,
      },
      template,
      messagingLimit: null,
    },
    settings,
  )
  return { at, kind: decision.kind, reason: decision.reason }
}

export function windowOf(conversation: ConversationState) {
  return {
    openedAt: conversation.windowOpenedAt,
    lastInboundAt: conversation.lastInboundAt,
    refutedAt: conversation.windowRefutedAt,
  }
}
