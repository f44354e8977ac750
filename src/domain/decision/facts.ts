import type { FrequencyCap } from '../campaign/frequency-cap.ts'
import type { TemplateReference } from '../content.ts'
import type { Reason } from '../intent.ts'
import type { MessagingLimitUse } from '../limits.ts'
import type { Money } from '../money/price.ts'
import type { CancelOn } from '../request.ts'
import type { ContactProfile, TemplateDefinition } from '../template.ts'
import type { Instant } from '../time.ts'
import type { FreeEntryPoint, WindowRecord } from '../window.ts'

/* What a decision is made from: read in one statement at dispatch time, `now` being the database's clock. */

export type SenderState = 'active' | 'paused' | 'restricted'

export interface SenderFacts {
  state: SenderState
  /** Why it is not active, for the operator. */
  reason: Reason | null
}

export type Consent = 'unknown' | 'in' | 'out'

export interface ContactFacts {
  /** What templates are filled with; null where the message names none of it. */
  profile?: ContactProfile | null
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
  /** Meta's. */
  id?: string
  definition: TemplateDefinition
  status: string
  category: string
  /** Meta gave it another category, and somebody has to look at that first. */
  heldForCategory?: boolean
  /** Meta has approved it before: what is pending now is reviewed again, as after an edit. */
  reviewedBefore?: boolean
  /** Meta refuses its messages as paused (132015), and lists it as approved. */
  refusedThoughListed?: boolean
  /** Meta does so with more than one template of its portfolio. */
  portfolioReviewed?: boolean
}

export interface FrequencyUse extends FrequencyCap {
  used: number
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
  /** What prices depend on, some seconds old; null where nothing is known of it. */
  money: Money | null
  /** Who answered first, of those that the message listens for; absent in a forecast. */
  answeredBy?: CancelOn | null
  /** Its campaign writes to nobody in their quiet hours, which end then; null or absent: it may go now. */
  quietUntil?: Instant | null
  /** The most that its campaign adds to, and how many marketing messages they got in those days; null or absent: it counts none. */
  frequencyCap?: FrequencyUse | null
  /** Its campaign has written to this person by another line of its list, or is about to: two that were known as two turned out to be one. */
  isTwin?: boolean
  /** An invitation for whose answer nobody waits any more. */
  isNeedless?: boolean
  /** What is paused of the flow that asked for it: the flow, or only its run. Null or absent: nothing, or no flow did. */
  pausedOfFlow?: 'flow' | 'run' | null
  /** It listens, and something that came in before its time is not taken in yet. */
  unheard?: boolean
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
