import type { WhenClosed } from './content.ts'
import { alternatesOf } from './content.ts'
import type { IntentId } from './ids.ts'
import type { Release } from './intent.ts'

/** An intent that waits for its customer, oldest first by `seq`. */
export interface WaitingIntent {
  id: IntentId
  seq: bigint
  release: Release
  whenClosed: WhenClosed
}

/** What the customer tapped: a quick reply's label and payload. Null for any other message. */
export interface QuickReply {
  label: string | null
  payload: string | null
}

export interface ReleasePlan {
  /** Go now, in this order. */
  release: IntentId[]
  /** The customer declined. */
  declined: IntentId[]
  /** A newer message, meant to be the only one, takes their place. */
  superseded: IntentId[]
}

/**
 * What a customer's message does to the intents that waited for it. A quick reply that one of them maps to `decline` cancels that one;
 * everything else opened the window. Of the rest, a `latest` intent takes the place of all older ones.
 */
export function planRelease(waiting: WaitingIntent[], reply: QuickReply | null): ReleasePlan {
  const inOrder = [...waiting].sort((a, b) => (a.seq < b.seq ? -1 : 1))
  const declined = inOrder.filter((intent) => reply !== null && declines(intent.whenClosed, reply))
  const willing = inOrder.filter((intent) => !declined.includes(intent))
  const newestAlone = willing.findLastIndex((intent) => intent.release === 'latest')
  const cut = Math.max(newestAlone, 0)
  return {
    release: willing.slice(cut).map((intent) => intent.id),
    declined: declined.map((intent) => intent.id),
    superseded: willing.slice(0, cut).map((intent) => intent.id),
  }
}

function declines(policy: WhenClosed, reply: QuickReply): boolean {
  const words = declineWords(policy)
  return words.some((word) => word === reply.label || word === reply.payload)
}

function declineWords(policy: WhenClosed): string[] {
  if (typeof policy === 'string') return []
  const inner = 'when_free' in policy ? policy.when_free : policy
  if (!('follow_up' in inner)) return []
  return alternatesOf(inner.follow_up).flatMap((reference) => reference.decline ?? [])
}
