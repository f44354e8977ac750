import type { IntentId } from '../domain/ids.ts'
import type { Reason } from '../domain/intent.ts'

/*
 * What was due and could not leave in time: its lane or its account stood still, or the campaign before it was too long. The dispatch ends
 * what reaches it; here ends what would not reach it in time.
 */

export interface ExpireOverdueIo {
  /** At most so many; the invitations among them are named. */
  expireOverdue(limit: number): Promise<{ expired: number; followUps: IntentId[] }>
  /** An invitation is over and nobody will answer it. */
  followUpEnded(followUp: IntentId, reason: Reason): Promise<void>
}

/** So that no transaction holds a whole campaign. */
const CHUNK = 1_000

export async function expireOverdue(io: ExpireOverdueIo): Promise<number> {
  let total = 0
  for (;;) {
    const { expired, followUps } = await io.expireOverdue(CHUNK)
    for (const followUp of followUps) await io.followUpEnded(followUp, TOO_LATE)
    total += expired
    if (expired < CHUNK) return total
  }
}

const TOO_LATE: Reason = { code: 'expired', text: 'Its time was over before it could leave.' }
