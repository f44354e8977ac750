import { type Message, type TemplateReference, templateOfMessage } from '../../domain/content.ts'
import { type Foreseen, wordsOfForecast } from '../../domain/decision/forecast-words.ts'
import {
  type Decision,
  type DecisionKind,
  type DecisionSettings,
  type DispatchFacts,
  decide,
  type FrequencyUse,
  type TemplateFacts,
} from '../../domain/decision.ts'
import type { IntentContent, Reason } from '../../domain/intent.ts'
import type { Destination } from '../../domain/money/destination.ts'
import type { Money } from '../../domain/money/price.ts'
import { type PriceView, priceOfDecision, viewOfPrice } from '../../domain/money/price-decision.ts'
import type { ContactProfile } from '../../domain/template.ts'
import type { Instant } from '../../domain/time.ts'
import type { ConversationState } from '../../store/conversations/ensure.ts'
import type { IntentRecord, SenderForEnqueue } from '../../store/intents/enqueue.ts'

export interface Forecast {
  at: Instant
  kind: DecisionKind
  reason: Reason
  /** Of what would leave; null where nothing would, or no rate card fits. */
  price: PriceView | null
  /** What would leave: the message, or a template in its place or before it. Null where nothing would. */
  leaves?: Message | null
  /** All of it in words, and what would have to change for another end. */
  text: string
}

interface Known {
  money: Money | null
  to: Destination
  profile: ContactProfile | null
  /** Of a campaign that has one. */
  frequencyCap?: FrequencyUse | null
}

/** What the decision would be at the time of sending, with the facts of today. The messaging limit is left out: it will be another one. */
export function forecastOf(
  record: IntentRecord,
  sender: SenderForEnqueue,
  conversation: ConversationState,
  settings: DecisionSettings,
  now: Instant,
  template: (reference: TemplateReference) => TemplateFacts | null,
  known: Known,
): Forecast {
  const { intent, facts, decision } = verdictOf(record, sender, conversation, settings, now, template, known)
  const foreseen = { intent, facts, decision, to: known.to, schedule: record.schedule?.sendAt ?? null, now }
  return forecastBy(foreseen, settings)
}

/** A decision that is not made yet, as it is shown. */
export function forecastBy(
  { intent, facts, decision, to, schedule, now }: Omit<Foreseen, 'price' | 'windowMarginMs' | 'facts'> & Judged,
  { windowMarginMs }: Pick<DecisionSettings, 'windowMarginMs'>,
): Forecast {
  const priced = priceOfDecision(intent, decision, facts, to)
  const price = priced && viewOfPrice(priced)
  const leaves = 'message' in decision ? decision.message : null
  const text = wordsOfForecast({ intent, facts, decision, price, schedule, now, windowMarginMs })
  return { at: facts.now, kind: decision.kind, reason: decision.reason, price, leaves, text }
}

interface Judged {
  facts: DispatchFacts
  to: Destination
}

/** The same with everything that it was made of. */
export function verdictOf(
  record: IntentRecord,
  sender: SenderForEnqueue,
  conversation: ConversationState,
  settings: DecisionSettings,
  now: Instant,
  template: (reference: TemplateReference) => TemplateFacts | null,
  { money, profile, frequencyCap = null }: Omit<Known, 'to'>,
): { intent: IntentContent; facts: DispatchFacts; decision: Decision } {
  const at = record.sendAt > now ? record.sendAt : now
  const intent = {
    id: record.id,
    message: record.message,
    whenClosed: record.whenClosed,
    template: record.message.type === 'template' ? templateOfMessage(record.message) : null,
    priority: record.priority,
    expiresAt: record.expiresAt,
  }
  const facts: DispatchFacts = {
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
      profile,
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
    frequencyCap,
    money,
  }
  return { intent, facts, decision: decide(intent, facts, settings) }
}

export function windowOf(conversation: ConversationState) {
  return {
    openedAt: conversation.windowOpenedAt,
    lastInboundAt: conversation.lastInboundAt,
    refutedAt: conversation.windowRefutedAt,
  }
}
