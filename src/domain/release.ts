import type { WhenClosed } from './content.ts'
import { alternatesOf } from './content.ts'
import type { IntentId } from './ids.ts'
import type { Release } from './intent.ts'
import { isSameWord, type Said } from './words.ts'

/** An intent that waits for its customer, oldest first by `seq`. */
export interface WaitingIntent {
  id: IntentId
  seq: bigint
  release: Release
  whenClosed: WhenClosed
  /** An invitation to answer was sent for it, or is about to be. */
  invited: boolean
  /** That invitation. */
  followUpId: IntentId | null
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
 * What a customer's message does to the intents that waited for it. A quick reply or a typed message that one of them maps to `decline`
 * cancels that one; a STOP declines every invitation; everything else opened the window. Of the rest, a `latest` intent takes the place of
 * all older ones.
 */
export function planRelease(waiting: WaitingIntent[], said: Said, stopped = false): ReleasePlan {
  const inOrder = [...waiting].sort((a, b) => (a.seq < b.seq ? -1 : 1))
  const declined = inOrder.filter((intent) => (stopped && intent.invited) || declines(intent.whenClosed, said))
  const willing = inOrder.filter((intent) => !declined.includes(intent))
  const newestAlone = willing.findLastIndex((intent) => intent.release === 'latest')
  const cut = Math.max(newestAlone, 0)
  return {
    release: willing.slice(cut).map((intent) => intent.id),
    declined: declined.map((intent) => intent.id),
    superseded: willing.slice(0, cut).map((intent) => intent.id),
  }
}

/** People type the words of a button as often as they tap it. */
function declines(policy: WhenClosed, { typed, tapped }: Said): boolean {
  const answers = [typed, tapped?.label ?? null, tapped?.payload ?? null].filter((answer) => answer !== null)
  return declineWords(policy).some((word) => answers.some((answer) => isSameWord(word, answer)))
}

function declineWords(policy: WhenClosed): string[] {
  if (typeof policy === 'string') return []
  const inner = 'when_free' in policy ? policy.when_free : policy
  if (!('follow_up' in inner)) return []
  return alternatesOf(inner.follow_up).flatMap((reference) => reference.decline ?? [])
}
