import { type RawBuilder, sql } from 'kysely'
import type { ShownState } from '../../domain/shown-state.ts'
import { CAMPAIGN_IS_PAUSED } from './campaign-gate.ts'

/* The state that is shown, see `domain/shown-state.ts`, of `intents i` and its `senders s`. */

const campaignIsPaused = sql.raw(CAMPAIGN_IS_PAUSED)

export const shownStateColumn = sql<ShownState>`
  case when i.state = 'scheduled' and i.due_at <= casement_now()
    then case when s.state = 'active' and not ${campaignIsPaused} then 'queued' else 'held' end
    else i.state end`

const isDue = sql`i.due_at is not null and i.due_at <= casement_now()`
/** What is due waits for nobody. */
const mayGo = sql`s.state = 'active' and not ${campaignIsPaused}`

/** `shownStateColumn = state`, spelled so that the planner sees which partial index holds the rows. */
export function isShownAs(state: ShownState): RawBuilder<boolean> {
  switch (state) {
    case 'scheduled':
      return sql`(i.due_at is not null and i.due_at > casement_now())`
    case 'queued':
      return sql`(${isDue} and ${mayGo})`
    case 'held':
      return sql`(i.waits_kind is not null or (${isDue} and not (${mayGo})))`
    case 'dispatching':
      return sql`(i.state = 'dispatching' and i.id in (select intent_id from turns))`
    case 'in_doubt':
      return sql`(i.doubted_at is not null)`
    case 'failed':
    case 'expired':
    case 'cancelled':
    case 'suppressed':
      return sql`(i.shelf = ${state})`
    case 'sent':
      return sql`(i.state = ${state})`
  }
}

/** The code of the reason that is shown: the sender's or the campaign's, for what waits for nothing else. */
export const shownReasonColumn = sql<string | null>`
  case when i.state <> 'held' and ${shownStateColumn} = 'held'
    then case s.state when 'paused' then 'sender_paused' when 'active' then 'campaign_paused' else 'sender_account' end
    else i.reason_code end`
