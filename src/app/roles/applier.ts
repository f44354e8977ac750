import { startApplying } from '../applying.ts'
import { type ChannelNotes, channelNotes } from '../channel-notes.ts'
import { createInbox, createLearning } from '../inbox.ts'
import type { Closers, Shared } from './shared.ts'

/** Applies webhooks, as every process does. */
export function startApplier(
  shared: Shared,
  closers: Closers,
): { learning: ReturnType<typeof createLearning>; notes: ChannelNotes } {
  const { settings, metrics, listener, log, postgres } = shared
  const notes = channelNotes(postgres.db, (error) => log.warn({ err: error }, 'noting what webhooks said failed'))
  closers.push(notes.stop)
  const parts = {
    ...shared,
    postgres: shared.inbox,
    recipientReviewMs: settings.recipientReviewMs,
    windowMarginMs: settings.windowMarginMs,
  }
  let saidAhead = false
  const inbox = createInbox({
    ...parts,
    heard(channels) {
      notes.heard(channels)
      const ahead = channels.filter(({ aheadMs }) => aheadMs !== null)
      metrics.stampsAhead.inc(ahead.length)
      if (ahead.length === 0 || saidAhead) return
      saidAhead = true
      log.error(
        { ahead },
        'the clock of the database is behind Meta’s: such stamps are not believed, so windows stay closed; set it',
      )
    },
    onClash: (clash) => metrics.webhookClashes.inc({ clash }),
  })
  const learning = createLearning(parts)
  const applying = startApplying({ inbox, learning, listener, metrics, log })
  closers.push(applying.stop)
  return { learning, notes }
}
