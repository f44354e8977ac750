import type pg from 'pg'
import type { IntentId, PhoneNumberId } from '../../domain/ids.ts'
import { type Asked, claimHeads, firstPlaces, type Place } from './claim.ts'
import type { Claim } from './dispatch-facts.ts'

/*
 * `intents_due` is used as a queue: what has left is dead at its head. PostgreSQL skips dead entries in no time once nobody could see them any
 * more; but as long as somebody holds an old snapshot (a backup, a long report, ANALYZE of a large table) every look walks over all that has
 * left since. Measured: after 1,500 messages a look reads 177 blocks where it needs 19.
 *
 * The same where many wait for a turn: 3 µs each, which is 130 ms a page for 40,000 messages behind retries, or to one person.
 *
 * So where a look was slow, the next ones begin at the first that was found alive and free. That may overlook what came to stand before it (let
 * go after a hold, replayed, its turn is over), and therefore a look from the beginning follows soon: such looks take at most a fifth of the
 * time. Until then nothing newer of the same turn is taken, see `claimHeads`.
 */

const SLOW_MS = 20
const SHARE = 5

export type HeadFinder = typeof claimHeads

export function createHeadFinder(elapsed: () => number, slowMs = SLOW_MS): HeadFinder {
  const places = new Map<PhoneNumberId, Place[]>()
  let fromTheBeginningAt = 0

  const known = (asked: readonly Asked[]) =>
    asked.map((one) => {
      const from = places.get(one.sender)
      return from ? { ...one, from } : one
    })

  async function remember(client: pg.PoolClient, asked: readonly Asked[]): Promise<void> {
    for (const [sender, found] of await firstPlaces(client, known(asked))) places.set(sender, found)
  }

  return async (client, asked, limit, without): Promise<Claim[]> => {
    const beganAt = elapsed()
    const whole = beganAt >= fromTheBeginningAt
    if (whole) places.clear()
    else await remember(client, asked)
    const claims = await claimHeads(client, known(asked), limit, without as IntentId[])
    if (whole && elapsed() - beganAt > slowMs) {
      await remember(client, asked)
      fromTheBeginningAt = elapsed() + (SHARE - 1) * (elapsed() - beganAt)
    }
    return claims
  }
}
