import type { WorkspaceId } from './ids.ts'

/*
 * What people who look are told as it happens. An event has what a list shows of its object, so that who hears it puts it in the place of
 * what they had.
 */

export const LIVE_TYPES = ['conversation', 'message', 'intent', 'campaign', 'sender', 'template', 'flow'] as const
export type LiveType = (typeof LIVE_TYPES)[number]

/** An object changed. */
export interface LiveChange {
  workspace: WorkspaceId
  type: LiveType
  /** Of the conversation our own. */
  id: string
  /** What happened last, by the name of the news; of a campaign also `campaign.progress`, which is no news. */
  event: string
  /** ISO 8601. */
  at: string
  /** What a list shows; null where it is in none any more. */
  data: Record<string, unknown> | null
  /** Phone number ids that it is about: whoever sees one of them hears it, of a campaign whoever sees all. */
  senders: readonly string[]
}
