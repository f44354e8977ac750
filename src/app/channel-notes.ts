import type { PhoneNumberId } from '../domain/ids.ts'
import type { Db } from '../store/pg/postgres.ts'
import { expectStatuses, hearChannels } from '../store/webhooks/channels.ts'
import { type HeardChannel, joinHeard } from '../usecases/webhook-liveness.ts'

/** Written at once, then no more often than this; milliseconds. */
const EVERY_MS = 1_000

export interface ChannelNotes {
  /** Meta accepted a message of this number just now. */
  accepted(sender: PhoneNumberId): void
  /** These webhooks were applied, and committed. */
  heard(heard: HeardChannel[]): void
  /** Writes what is left. */
  stop(): Promise<void>
}

/**
 * Gathers what one process sees of the numbers' webhook channels, so that thousands of messages a second cost one small statement. A note
 * that is lost with its process makes a channel look less alive than it is, or an outage shorter by a second; neither sends twice what a
 * status would have settled a moment later.
 */
export function channelNotes(db: Db, onError: (error: Error) => void, elapsed = () => performance.now()): ChannelNotes {
  let accepted = new Map<PhoneNumberId, { first: number; last: number }>()
  let heard = new Map<PhoneNumberId, HeardChannel>()
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()
  let wroteAt = Number.NEGATIVE_INFINITY

  function soon(): void {
    timer ??= setTimeout(
      () => {
        timer = null
        writing = writing.then(write)
      },
      Math.max(0, wroteAt + EVERY_MS - elapsed()),
    )
  }

  async function write(): Promise<void> {
    const [expected, spoken] = [accepted, heard]
    accepted = new Map()
    heard = new Map()
    wroteAt = elapsed()
    try {
      await expectStatuses(
        db,
        [...expected].map(([sender, { first, last }]) => ({
          sender,
          firstAgoMs: wroteAt - first,
          lastAgoMs: wroteAt - last,
        })),
      )
      await hearChannels(db, [...spoken.values()])
    } catch (error) {
      onError(error as Error)
    }
  }

  return {
    accepted(sender) {
      const now = elapsed()
      accepted.set(sender, { first: accepted.get(sender)?.first ?? now, last: now })
      soon()
    },
    heard(all) {
      for (const one of all) heard.set(one.sender, joinHeard(heard.get(one.sender), one))
      if (all.length > 0) soon()
    },
    async stop() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      await writing
      await write()
    },
  }
}
