import type { Message, TemplateReference, WhenClosed } from './content.ts'
import type { IntentId } from './ids.ts'
import type { Instant } from './time.ts'

/** Lower leaves first. The number is also the BullMQ priority and the sort key of the relay; 0 is BullMQ's fastest path. */
export const PRIORITY_RANK = { reply: 0, transactional: 1, follow_up: 2, campaign: 3 } as const
export type Priority = keyof typeof PRIORITY_RANK
export const PRIORITIES = Object.keys(PRIORITY_RANK) as Priority[]

export function priorityOf(rank: number): Priority {
  const priority = PRIORITIES[rank]
  if (!priority) throw new RangeError(`expected a priority rank from 0 to ${PRIORITIES.length - 1}, got ${rank}`)
  return priority
}

/**
 * What to do when nobody can know whether Meta has a message: `at_least_once` sends it again once the webhook channel was
 * alive and stayed silent about it, `at_most_once` gives up as `unconfirmed`.
 */
export const DELIVERIES = ['at_least_once', 'at_most_once'] as const
export type Delivery = (typeof DELIVERIES)[number]

export const RELEASES = ['all', 'latest'] as const
/** What a reopened window lets go: every held intent of the conversation in order, or only the newest. */
export type Release = (typeof RELEASES)[number]

/** Why an intent is where it is. `code` is public (contract), `text` is one sentence for an operator, never message content. */
export interface Reason {
  code: ReasonCode
  text: string
  graphCode?: number
}

export type WaitingCode =
  | 'awaiting_window'
  | 'awaiting_answer'
  | 'template_pending'
  | 'template_review'
  | 'portfolio_review'
  | 'utility_restricted'
  | 'template_paused'
  | 'category_changed'
  | 'sender_paused'
  | 'sender_account'
  /** Of a sender only: no live worker can open its access token. Its intents wait for `sender_account`. */
  | 'token_unreadable'
  /** Of a sender only: its account cannot pay for what it sends. Its intents wait for `sender_account`. */
  | 'payment_missing'
  | 'quiet_hours'
  | 'pair_limit'
  | 'messaging_limit'
  | 'throughput'
  | 'graph_transient'
  | 'campaign_paused'
  | 'flow_paused'
  | 'recipient_capped'
  | 'other_responder'
  | 'budget'
  | 'unheard'

export type FailedCode =
  | 'window_closed'
  | 'template_unknown'
  | 'template_disabled'
  | 'template_parameters'
  | 'recipient_unreachable'
  | 'recipient_blocked'
  | 'graph_refused'
  | 'unconfirmed'
  | 'attempts_exhausted'
  | 'identity_changed'

export type SuppressedCode = 'opted_out' | 'no_consent' | 'capped' | 'country_blocked' | 'duplicate' | 'too_late'

export type CancelledCode =
  | 'by_request'
  | 'erased'
  | 'declined'
  | 'superseded'
  | 'campaign_cancelled'
  | 'flow_stopped'
  | 'answered'

export type ReasonCode =
  | WaitingCode
  | FailedCode
  | SuppressedCode
  | CancelledCode
  | 'expired'
  | 'window_open'
  | 'template_allowed'
  | 'window_closed_downgraded'
  | 'window_closed_followed_up'
  | 'in_doubt'

/** What the decision needs to know of the intent itself. */
export interface IntentContent {
  id: IntentId
  message: Message
  whenClosed: WhenClosed
  /** The template this message is, when it is one. */
  template: TemplateReference | null
  priority: Priority
  /** Of an invitation: the priority of the message that asked for it. */
  invitesFor?: Priority | null
  expiresAt: Instant
}
