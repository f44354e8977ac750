import type { IntentId } from '../../domain/ids.ts'
import { type Instant, MINUTE_MS } from '../../domain/time.ts'

/* Ids of intents are UUIDs of version 7, so they are in the order of time. */

export const FIRST_ID = '00000000-0000-0000-0000-000000000000' as IntentId
export const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff' as IntentId

/**
 * A UUIDv7 begins with its milliseconds, so a time is a range of ids, give or take the skew; whoever asks for the time as well is exact.
 * Null where nothing bounds them.
 */
export function boundsOfIds({
  since,
  until,
  before,
}: {
  since: Instant | null
  until: Instant | null
  before: IntentId | null
}): [below: IntentId | null, from: IntentId | null] {
  const ends = [...(before === null ? [] : [before]), ...(until === null ? [] : [firstIdOf(until + ID_SKEW_MS)])]
  return [ends.toSorted()[0] ?? null, since === null ? null : firstIdOf(since - ID_SKEW_MS)]
}

/**
 * Clocks of machines differ, and an id is minted a moment away from the transaction's `now()`. Longer would be safer, and have a list that
 * ends at some time read all that was enqueued in as long after it.
 */
const ID_SKEW_MS = 10 * MINUTE_MS

function firstIdOf(epochMs: number): IntentId {
  const hex = Math.max(0, Math.trunc(epochMs)).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000` as IntentId
}
