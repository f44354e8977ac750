import type { ConversationRecord } from '../records.ts'

export const HOUR_MS = 60 * 60 * 1000
export const CUSTOMER_SERVICE_WINDOW_MS = 24 * HOUR_MS

/**
 * The instant from which only templates may go to this customer; null when they never wrote or called.
 * Counted from the stamp of their last message or call. Source: Meta, messages/send-messages (read 2026-11).
 */
export function windowExpiresAt(conversation: ConversationRecord): number | null {
  return conversation.lastInboundAt === null ? null : conversation.lastInboundAt + CUSTOMER_SERVICE_WINDOW_MS
}

/** Half-open: at exactly 24 hours the window is closed. */
export function isWindowOpen(conversation: ConversationRecord, now: number): boolean {
  const expiresAt = windowExpiresAt(conversation)
  return expiresAt !== null && now < expiresAt
}

/** A message or call of the customer, stamped `at`. An older one that comes late moves nothing. */
export function openWindow(conversation: ConversationRecord, at: number): void {
  if (conversation.lastInboundAt === null || at > conversation.lastInboundAt) conversation.lastInboundAt = at
}

/** A customer came through an ad or a Page button. What they entered before, unanswered, is replaced. */
export function enterThroughAd(conversation: ConversationRecord, at: number, referral: Record<string, unknown>): void {
  conversation.entryPoint = { enteredAt: at, referral, answeredBy: null }
}

/**
 * Notes the business's first answer to an entry, when it comes within 24 hours. True when this message is it. The free
 * entry point itself opens when that answer is delivered. Source: Meta, pricing (read 2026-11).
 */
export function answersEntryPoint(conversation: ConversationRecord, wamid: string, now: number): boolean {
  const { entryPoint } = conversation
  if (entryPoint === null || !mayAnswerEntryPoint(conversation, now)) return false
  entryPoint.answeredBy = wamid
  return true
}

/** Whether a message would be the first answer to an entry, in time. */
export function mayAnswerEntryPoint({ entryPoint }: ConversationRecord, now: number): boolean {
  return entryPoint?.answeredBy === null && now < entryPoint.enteredAt + CUSTOMER_SERVICE_WINDOW_MS
}

export function isFreeEntryPointOpen(conversation: ConversationRecord, now: number): boolean {
  const window = conversation.freeEntryPoint
  return window !== null && window.openedAt !== null && now < window.expiresAt
}
