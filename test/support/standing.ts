import type { IntentState } from '../../src/domain/lifecycle.ts'

/** The columns with which an intent stands in a state, having made one attempt, whose message failed on its way. */
export const STANDING: Record<IntentState, string> = {
  scheduled: `due_at = now()`,
  dispatching: `due_at = null`,
  held: `due_at = null, waits_kind = 'window', reason_code = 'awaiting_window'`,
  in_doubt: `due_at = null, doubted_at = now()`,
  sent: `due_at = null`,
  failed: `due_at = null, reason_code = 'graph_refused'`,
  expired: `due_at = null, reason_code = 'expired'`,
  cancelled: `due_at = null, reason_code = 'by_request'`,
  suppressed: `due_at = null, reason_code = 'opted_out'`,
}
