import { TOPICS, type Topic } from './news.ts'

/*
 * Endpoints: who is told over HTTP.
 *
 *   active ── pause, or three days of failure ──► paused ── resume ──► active
 *     └────────────────── 410 ──────────────────► gone   ── resume ──► active
 */

/** `meta`: what Meta sent, in Meta's shape. `events`: news of Casement's own. */
export const ENDPOINT_KINDS = ['meta', 'events'] as const
export type EndpointKind = (typeof ENDPOINT_KINDS)[number]

/** Of the kind `meta`: whether messages that came through the drop-in carry the id that their client was given, or Meta's. */
export const ID_CHOICES = ['casement', 'meta'] as const
export type IdChoice = (typeof ID_CHOICES)[number]

export type EndpointState = 'active' | 'paused' | 'gone'

/** Why an endpoint is sent nothing. */
export interface EndpointReason {
  code: 'paused' | 'failing' | 'gone'
  text: string
}

export const PAUSED_BY_REQUEST: EndpointReason = { code: 'paused', text: 'Paused by request.' }

/** These are told only where they are named in full: they are made for who asks. */
export const NAMED_IN_FULL = ['conversation.closing', 'conversation.ended'] as const

/** What an endpoint of the kind `events` listens to. @param patterns names and `prefix.*`; null: everything */
export function topicsOf(patterns: readonly string[] | null): Topic[] {
  if (patterns === null) return [...TOPICS]
  return TOPICS.filter((topic) => patterns.some((pattern) => pattern.startsWith(`${topic}.`)))
}
