import type { PhoneNumberId } from '../domain/ids.ts'
import { templateStatusClass } from '../domain/template.ts'
import type { Lanes } from '../queue/lanes.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import { closeAttemptsOn } from '../store/intents/attempts.ts'
import { findDoubts, findStranded, inboxIsBehind } from '../store/intents/doubts.ts'
import { expireOverdue as expireOverdueIntents, longQueued, readQueuedSenders } from '../store/intents/due.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import { followUpStore } from '../store/intents/follow-ups.ts'
import { expireHeld, releaseWaiting, waitsFor } from '../store/intents/waiting.ts'
import type { Listener } from '../store/pg/listener.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { waitedTemplates } from '../store/templates/upkeep.ts'
import { deleteOldEvents } from '../store/webhooks/events.ts'
import { expireOverdue } from '../usecases/expire-overdue.ts'
import { releaseAll } from '../usecases/release-all.ts'
import { repairStranded } from '../usecases/repair-stranded.ts'
import { settleDoubts } from '../usecases/settle-doubt.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import type { Metrics } from './metrics.ts'
import type { AppSettings } from './settings.ts'

export interface SweeperDeps {
  postgres: Postgres
  listener: Listener
  lanes: Lanes
  senders: SenderStore
  settings: AppSettings
  metrics: Metrics
  openLane(sender: PhoneNumberId, throughputMps: number): void
  warn(details: object, message: string): void
  onError(error: Error): void
}

const SWEEP_EVERY_MS = 5_000
/** Longer than a lane's depth in time, so that the sweeper rarely meets a job that is only waiting. */
const QUEUED_TOO_LONG_MS = 10_000
const SWEPT_AT_ONCE = 5_000
const EVENTS_KEPT_DAYS = 14

/** Every process opens the lanes that have work, should an announcement have been lost; the leader repairs, settles and tidies. */
export function startSweeper(deps: SweeperDeps): Loop {
  return startLoop(async () => {
    for (const { sender, throughputMps } of await readQueuedSenders(deps.postgres.db))
      deps.openLane(sender, throughputMps)
    if (await deps.listener.tryLead()) {
      // First, for it needs no lanes: what is due ends in time also while they are away.
      await expire(deps)
      await repair(deps)
      await settle(deps)
      await releaseOverlooked(deps)
      await deleteOldEvents(deps.postgres.db, EVENTS_KEPT_DAYS, SWEPT_AT_ONCE)
    }
    return SWEEP_EVERY_MS
  }, deps.onError)
}

async function expire({ postgres: { db }, settings }: SweeperDeps): Promise<void> {
  await expireOverdue({
    expireOverdue: (limit) => expireOverdueIntents(db, limit),
    followUpEnded: (followUp, reason) => followUpStore(db, settings.followUpCooldownMs).ended(followUp, reason),
  })
}

async function repair({ postgres: { db }, lanes, metrics }: SweeperDeps): Promise<void> {
  const { rewoken } = await repairStranded({
    longQueued: () => longQueued(db, QUEUED_TOO_LONG_MS, SWEPT_AT_ONCE),
    wake: (sender, wakes) => lanes.wake(sender, wakes),
    expireHeld: () => expireHeld(db, SWEPT_AT_ONCE),
  })
  metrics.rewoken.inc(rewoken)
}

async function settle({ postgres: { db, pool, signals }, settings, metrics, warn }: SweeperDeps): Promise<void> {
  const doubts = await settleDoubts(
    {
      findStranded: () => findStranded(db, settings.attemptLeaseMs, SWEPT_AT_ONCE),
      findDoubts: (olderThanMs) => findDoubts(db, olderThanMs, SWEPT_AT_ONCE),
      inboxIsBehind: () => inboxIsBehind(db),
      closeAttempts: (items) => closeAttemptsOn(pool, items),
      notifyDue: async () => signals.send(DUE_CHANNEL),
    },
    settings.doubt,
  )
  metrics.stranded.inc(doubts.stranded)
  metrics.doubtsResent.inc(doubts.resent)
  metrics.doubtsUnconfirmed.inc(doubts.unconfirmed)
  metrics.doubtsBlind.inc(doubts.blind)
  metrics.doubtsWaiting.set(doubts.waiting)
  if (doubts.blind > 0) {
    warn({ doubts: doubts.blind }, 'doubts settled without any webhook: check the webhook subscription')
  }
}

/** Put aside in the moment their sender came back or their template was decided about, or too many for the webhook that told it. */
async function releaseOverlooked({ postgres: { db, signals }, senders }: SweeperDeps): Promise<void> {
  const io = {
    releaseWaiting: (event: string, limit: number) => releaseWaiting(db, event, limit),
    notifyDue: async () => signals.send(DUE_CHANNEL),
  }
  for (const sender of await senders.overlooked()) await releaseAll(io, waitsFor.sender(sender))
  for (const { event, status } of await waitedTemplates(db)) {
    if (status === null || templateStatusClass(status) !== 'waiting') await releaseAll(io, event)
  }
}
