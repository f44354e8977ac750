import type { IntentId } from '../domain/ids.ts'
import { forgetGraphObjects } from '../store/accounts/graph-objects.ts'
import { forgetUses } from '../store/accounts/messaging-limits.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import { closeAttemptsOn } from '../store/intents/attempts.ts'
import { findDoubts, findStranded } from '../store/intents/doubts.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import { letInLimited } from '../store/intents/limited.ts'
import { moveSchedules } from '../store/intents/schedules.ts'
import { freeLostTurns } from '../store/intents/turns.ts'
import { cancelAllOfSender, expireIntents, releaseByIds, releaseTemplateWaiters } from '../store/intents/waiting.ts'
import { readWaits, unlinkedWithUnsent, waitedTemplates, waitPlaceOf } from '../store/intents/waits.ts'
import { deliveryRetention } from '../store/passing/retention.ts'
import type { Listener } from '../store/pg/listener.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { chooseProbe, endProvenRefusals, judgePortfolios, templatesToProbe } from '../store/templates/refusals.ts'
import { eventRetention } from '../store/webhooks/retention.ts'
import { findUnapplied } from '../store/webhooks/unapplied.ts'
import { type FoldInbox, foldMerged } from '../usecases/fold-merged.ts'
import { probeTemplates } from '../usecases/probe-templates.ts'
import { type ReconcilePlaces, reconcileWaits } from '../usecases/reconcile-waits.ts'
import { settleDoubts } from '../usecases/settle-doubt.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import type { Metrics } from './metrics.ts'
import type { AppSettings } from './settings.ts'

export interface SweeperDeps {
  postgres: Postgres
  listener: Listener
  senders: SenderStore
  learning: FoldInbox
  settings: AppSettings
  metrics: Metrics
  sweepEveryMs: number
  warn(details: object, message: string): void
  onError(error: Error): void
}

export const SWEEP_EVERY_MS = 5_000
const SWEPT_AT_ONCE = 5_000
const EXPIRED_AT_ONCE = 1_000
const LET_IN_AT_ONCE = 1_000
const MOVED_AT_ONCE = 1_000
const LET_IN_ROUNDS = 10
const DOUBTS_PER_NUMBER = 1_000
/** Of old webhooks and deliveries, so that a sweep ends soon also where many came in. */
const RETENTION_ROUNDS = 10

/** The leader ends what is over, settles doubts, looks after waits and tidies. */
export function startSweeper(deps: SweeperDeps): Loop {
  const places: ReconcilePlaces = new Map()
  let movedTo: IntentId | null = null
  const retention = eventRetention(deps.postgres.db)
  const deliveries = deliveryRetention(deps.postgres.db)
  return startLoop(async () => {
    if (await deps.listener.tryLead()) {
      await expire(deps)
      await settle(deps)
      await foldMerged(deps.learning)
      await freeLostTurns(deps.postgres)
      await letIn(deps)
      await probe(deps)
      await reconcile(deps, places)
      movedTo = await reschedule(deps, movedTo)
      for (let round = 0; round < RETENTION_ROUNDS && (await retention.sweep(SWEPT_AT_ONCE)) >= SWEPT_AT_ONCE; ) round++
      for (let round = 0; round < RETENTION_ROUNDS && (await deliveries.sweep(SWEPT_AT_ONCE)) >= SWEPT_AT_ONCE; )
        round++
      await forgetGraphObjects(deps.postgres.db, SWEPT_AT_ONCE)
      await forgetUses(deps.postgres.db, SWEPT_AT_ONCE)
    }
    return deps.sweepEveryMs
  }, deps.onError)
}

/** In chunks, so that no transaction holds a whole campaign. */
async function expire({ postgres: { db } }: SweeperDeps): Promise<void> {
  while ((await expireIntents(db, EXPIRED_AT_ONCE)) > 0) {}
}

/** A limit that Meta raises has room for many at once; the next sweep goes on. */
async function letIn({ postgres: { db, signals } }: SweeperDeps): Promise<void> {
  let letIn = 0
  for (let round = 0; round < LET_IN_ROUNDS; round++) {
    const some = await letInLimited(db, LET_IN_AT_ONCE)
    letIn += some
    if (some < LET_IN_AT_ONCE) break
  }
  if (letIn > 0) signals.send(DUE_CHANNEL)
}

/** A page of what leaves by somebody's clock or window, where nobody told that it moved; the next sweep goes on behind it. */
async function reschedule({ postgres: { db, signals }, settings }: SweeperDeps, after: IntentId | null) {
  const page = { after, limit: MOVED_AT_ONCE }
  const { looked, last, due } = await db
    .transaction()
    .execute((trx) => moveSchedules(trx, page, settings.windowMarginMs))
  if (due) signals.send(DUE_CHANNEL)
  return looked < MOVED_AT_ONCE ? null : last
}

async function settle({ postgres: { db, pool, signals }, settings, metrics, warn }: SweeperDeps): Promise<void> {
  const doubts = await settleDoubts(
    {
      findStranded: () => findStranded(db, settings.attemptLeaseMs, SWEPT_AT_ONCE),
      findDoubts: (olderThanMs) => findDoubts(db, olderThanMs, DOUBTS_PER_NUMBER),
      findUnapplied: (since) => findUnapplied(db, since),
      closeAttempts: (items) => closeAttemptsOn(pool, items),
      notifyDue: async () => signals.send(DUE_CHANNEL),
    },
    settings.doubt,
  )
  metrics.stranded.inc(doubts.stranded)
  metrics.doubtsResent.inc(doubts.resent)
  metrics.doubtsUnconfirmed.inc(doubts.unconfirmed)
  metrics.doubtsCancelled.inc(doubts.cancelled)
  metrics.doubtsBlind.inc(doubts.blind)
  metrics.doubtsWaiting.set(doubts.waiting)
  if (doubts.blind > 0) {
    warn(
      { doubts: doubts.blind },
      'doubts settled without proof from their number’s webhooks: check the webhook subscription',
    )
  }
}

async function probe({ postgres: { db, signals }, warn }: SweeperDeps): Promise<void> {
  await probeTemplates({
    endProven: () => endProvenRefusals(db),
    toProbe: () => templatesToProbe(db),
    probe: (template) =>
      db.transaction().execute(async (trx) => {
        const chosen = await chooseProbe(trx, template)
        if (chosen !== null) await releaseByIds(trx, [chosen])
        return chosen
      }),
    judgePortfolios: () => judgePortfolios(db),
    notifyDue: async () => signals.send(DUE_CHANNEL),
    warn,
  })
}

async function reconcile(
  { postgres: { db, pool, signals }, settings }: SweeperDeps,
  places: ReconcilePlaces,
): Promise<void> {
  await reconcileWaits(
    {
      waits: {
        read: (kind, after, limit) => readWaits(pool, kind, after, limit, settings.windowMarginMs),
        placeOf: (withinMs) => waitPlaceOf(pool, withinMs),
        release: (ids) => releaseByIds(db, ids),
        templates: () => waitedTemplates(pool),
        releaseTemplate: (wabaId, template, limit) => releaseTemplateWaiters(db, wabaId, template, limit),
      },
      senders: {
        unlinkedWithUnsent: () => unlinkedWithUnsent(pool),
        cancelAllOf: (sender, reason, limit) => cancelAllOfSender(db, sender, reason, limit),
      },
      notifyDue: async () => signals.send(DUE_CHANNEL),
    },
    places,
  )
}
