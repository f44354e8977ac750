/*
 * What webhooks report about one accepted message. Statuses come doubled, late and in any order (P4), so they are joined, not
 * applied: the join of a chain is its maximum, and a maximum does not care for order or repetition.
 *
 *   sent < failed < delivered < read < played
 *
 * `failed` stands above `sent` because it ends the matter, and below `delivered` because a device that reports the message has
 * it. `read` without `delivered` is normal: Meta leaves `delivered` out on purpose. `played` is `read` for a voice message.
 * Source: Meta, webhooks/overview and webhooks/reference/messages/status (read 2026-11).
 */

export const STATUS_RANK = { sent: 1, failed: 2, delivered: 3, read: 4, played: 5 } as const
export type MessageStatus = keyof typeof STATUS_RANK

export const MESSAGE_STATUSES = Object.keys(STATUS_RANK) as MessageStatus[]

export function isMessageStatus(value: string): value is MessageStatus {
  return Object.hasOwn(STATUS_RANK, value)
}

/** 0 for null and for strings we do not know: they are kept raw with the webhook and change nothing here. */
export function rank(status: string | null): number {
  return status !== null && isMessageStatus(status) ? STATUS_RANK[status] : 0
}

/** Commutative, associative and idempotent over the known statuses and null; an unknown `incoming` leaves `current` as it is. */
export function joinStatus(current: MessageStatus | null, incoming: string | null): MessageStatus | null {
  return incoming !== null && isMessageStatus(incoming) && STATUS_RANK[incoming] > rank(current) ? incoming : current
}

export function isDelivered(status: MessageStatus | null): boolean {
  return rank(status) >= STATUS_RANK.delivered
}

/** The contract's `delivery_status`, which has no word of its own for a voice message that was listened to. */
export function deliveryStatusOf(status: MessageStatus | null): Exclude<MessageStatus, 'played'> | null {
  return status === 'played' ? 'read' : status
}
