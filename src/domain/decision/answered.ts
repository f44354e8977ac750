import type { Reason } from '../intent.ts'
import type { CancelOn } from '../request.ts'

/** Why a message ends that was to leave only if nobody answered first. */
export function answeredBy(event: CancelOn): Reason {
  const who = event === 'reply' ? 'The customer wrote or called' : 'A person answered the customer'
  return { code: 'answered', text: `${who} before it left.` }
}

/** Why an invitation ends that has not left. */
export const NOBODY_WAITS: Reason = { code: 'superseded', text: 'Nobody waits for its answer any more.' }
