import type { SenderState } from './decision.ts'
import type { Reason } from './intent.ts'
import { INTENT_STATES, type IntentState } from './lifecycle.ts'

/*
 * What is shown of an intent is a function of its stored state, its due time, its sender and its campaign. A pause is one row of the
 * sender's or the campaign's and changes none of its intents'; what is due waits, and is shown as held for as long as that row says so. `store/intents/shown.ts` has the same in
 * SQL, for filters and counts.
 *
 * | stored                | and                               | shown                          |
 * |-----------------------|-----------------------------------|--------------------------------|
 * | `scheduled`           | due, the sender paused            | `held`, `sender_paused`        |
 * |                       | due, the sender restricted        | `held`, `sender_account`       |
 * |                       | due, the campaign paused          | `held`, `campaign_paused`      |
 * |                       | due, none of that                 | `queued`                       |
 * | else                  |                                   | as stored                      |
 */
/** `queued` is shown and never stored: due, and waiting until it may leave. */
export type ShownState = IntentState | 'queued'

export const SHOWN_STATES: readonly ShownState[] = INTENT_STATES.flatMap((state) =>
  state === 'scheduled' ? [state, 'queued'] : [state],
)

export interface ShownFacts {
  state: IntentState
  /** Its time has come. */
  due: boolean
  sender: { state: SenderState; reason: Reason | null }
  /** Null: it is of none. */
  campaign?: { paused: boolean; reason: string | null } | null
}

export function shownState({ state, due, sender, campaign }: ShownFacts): ShownState {
  if (state !== 'scheduled' || !due) return state
  return sender.state === 'active' && !campaign?.paused ? 'queued' : 'held'
}

/** The reason that is shown: the sender's or the campaign's, for what waits for nothing else; null where the intent's own is shown. */
export function shownReason(facts: ShownFacts): Reason | null {
  const { sender, campaign } = facts
  if (facts.state === 'held' || shownState(facts) !== 'held') return null
  if (sender.state === 'active') {
    return { code: 'campaign_paused', text: campaign?.reason ?? 'Its campaign is paused.' }
  }
  const paused = sender.state === 'paused'
  return {
    code: paused ? 'sender_paused' : 'sender_account',
    text: sender.reason?.text ?? (paused ? 'The sender is paused.' : 'The sender is restricted.'),
    ...(sender.reason?.graphCode === undefined ? {} : { graphCode: sender.reason.graphCode }),
  }
}
