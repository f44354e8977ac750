import { beginsAt } from '../domain/campaign/timing.ts'
import type { DecisionSettings } from '../domain/decision.ts'
import { withPlace } from '../store/accounts/messaging-limits.ts'
import { readAcquaintances } from '../store/campaigns/acquaintances.ts'
import { placeAnswers } from '../store/campaigns/answers.ts'
import * as budget from '../store/campaigns/budget.ts'
import { countUnderWay, foldMoves } from '../store/campaigns/counts.ts'
import * as feeding from '../store/campaigns/feeding.ts'
import { freePlaces } from '../store/campaigns/places.ts'
import { beginScheduled, moveStart, pauseCampaign, readWallStarts } from '../store/campaigns/run.ts'
import {
  campaignsToTend,
  cancelHandedOver,
  finishIfOver,
  openGateIfOver,
  type TendedCampaign,
  wishToCancel,
} from '../store/campaigns/tending.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import { countMarketing } from '../store/intents/marketing.ts'
import type { OptOutBook } from '../store/people/opt-outs.ts'
import { findOwners } from '../store/people/resolve.ts'
import type { Listener } from '../store/pg/listener.ts'
import {
  type Db,
  inTransaction,
  isPassingDatabaseError,
  isPassingEverywhere,
  type Postgres,
  type Queryable,
  within,
} from '../store/pg/postgres.ts'
import { type Fed, type FeedTrx, feedCampaign, NOTHING, Overtaken } from '../usecases/feed-campaign.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import { watchCampaign } from './campaign-watch.ts'
import { enqueueIo } from './enqueueing.ts'
import type { Pricing } from './pricing.ts'

export interface FeedDeps {
  postgres: Postgres
  listener: Pick<Listener, 'tryLead'>
  optOuts: OptOutBook
  settings: DecisionSettings
  pricing: Pick<Pricing, 'of'>
  onError(error: Error): void
}

const LOOK_EVERY_MS = 250
const STANDBY_WAIT_MS = 2_000
const TEND_EVERY_MS = 1_000
const FOLD_ALL_EVERY_MS = 60_000
const FOLDED_AT_ONCE = 5_000
const CANCELLED_AT_ONCE = 1_000
const ANSWERS_AT_ONCE = 100
/** A campaign whose round failed is left alone for a while, and keeps no other waiting. */
const AFTER_FAILURE_MS = 5_000

/**
 * Whoever leads hands over what campaigns have left, a round of each in turn, and looks after those that something is still to come of. Two
 * that believe to lead do no harm: a campaign is handed over by one of them.
 */
export function startFeeding(deps: FeedDeps): Loop {
  const { postgres, listener } = deps
  let tendAt = 0
  let foldAllAt = 0
  let isRetimed = false
  return startLoop(async () => {
    if (!(await listener.tryLead())) return STANDBY_WAIT_MS
    const at = performance.now()
    if (!isRetimed) await retimeStarts(postgres.db)
    isRetimed = true
    await beginScheduled(postgres.db)
    const more = await feedAll(deps)
    if (at >= tendAt) {
      tendAt = at + TEND_EVERY_MS
      await tend(deps)
      await placeAnswers(postgres.db, ANSWERS_AT_ONCE)
    }
    if (at >= foldAllAt) {
      foldAllAt = at + FOLD_ALL_EVERY_MS
      await foldMoves(postgres.db, null, FOLDED_AT_ONCE)
    }
    return more ? 0 : LOOK_EVERY_MS
  }, deps.onError)
}

/** Clocks may be changed on other days than was known when a campaign was written: what a process knows of that, it knows as it begins. */
export async function retimeStarts(db: Db): Promise<void> {
  for (const start of await readWallStarts(db)) {
    if (Date.parse(beginsAt(start.document) as string) !== start.sendAt) await moveStart(db, start)
  }
}

/** A round of each that may have room; answers whether another may follow at once. */
async function feedAll(deps: FeedDeps): Promise<boolean> {
  const { postgres, onError } = deps
  let positions = 0
  for (const row of await feeding.campaignsToFeed(postgres.db)) {
    try {
      const fed = await feedOn(deps, row)
      positions += fed.positions
      if (fed.intents > 0) postgres.signals.send(DUE_CHANNEL)
    } catch (error) {
      if (isPassingEverywhere(error)) throw error
      onError(new Error(`a round of campaign ${row} failed`, { cause: error }))
      // One that took too long may do so each time, and who changes its row now may be why.
      if (!isPassingDatabaseError(error)) await feeding.putOff(postgres.db, row, AFTER_FAILURE_MS)
    }
  }
  return positions > 0
}

/** One round of one campaign. Not tried again here: the next look does that. */
export async function feedOn(
  { postgres, optOuts, settings, pricing }: Omit<FeedDeps, 'listener' | 'onError'>,
  row: number,
): Promise<Fed> {
  try {
    return await inTransaction(postgres.pool, (trx, client) =>
      feedCampaign(feedTrx(trx, client, optOuts, pricing), settings, row),
    )
  } catch (error) {
    if (error instanceof Overtaken) return NOTHING
    throw error
  }
}

function feedTrx(trx: Db, client: Queryable, optOuts: OptOutBook, pricing: Pick<Pricing, 'of'>): FeedTrx {
  return {
    ...enqueueIo(trx, client, optOuts, async () => {}),
    findOwners: (workspace, ids) => findOwners(trx, workspace, ids),
    money: (senders) => pricing.of(senders),
    committed: (row, numbers, currency) => budget.readCommitted(trx, row, numbers, currency),
    reserve: (row, some) => budget.reserve(trx, row, some),
    markShort: (row) => budget.markShort(trx, row),
    lock: (row) => feeding.lockToFeed(trx, row),
    hold: (campaign) => feeding.holdToFeed(trx, campaign),
    outstanding: async (row) => (await countUnderWay(trx, row)).scheduled,
    ahead: (row, numbers) => feeding.countAhead(trx, row, numbers),
    acquaintances: (numbers, contacts, now, marginMs) => readAcquaintances(trx, numbers, contacts, now, marginMs),
    freePlaces: (portfolioId, wanted) => freePlaces(trx, portfolioId, wanted),
    withPlace: (portfolioId, contacts) => withPlace(client, portfolioId, contacts),
    countMarketing: (asked) => countMarketing(client, asked),
    shapes: (row) => feeding.readShapes(trx, row),
    lines: (row, after, limit) => feeding.readLines(trx, row, after, limit),
    alreadyLinked: (row, contacts) => feeding.alreadyLinked(trx, row, contacts),
    insertExceptions: (row, ends) => feeding.insertExceptions(trx, row, ends),
    readLater: (row, limit) => feeding.readLater(trx, row, limit),
    dropLater: (row, lines) => feeding.dropLater(trx, row, lines),
    putLater: (row, ones) => feeding.putLater(trx, row, ones),
    putOff: (row, numbers) => feeding.countPutOff(trx, row, numbers),
    advance: (row, to) => feeding.advance(trx, row, to),
    pause: async (row, reason) => {
      await pauseCampaign(trx, row, reason)
    },
  }
}

/** Ends what is over, and adds up what was counted. What fails with one campaign keeps none of the others. */
export async function tend({ postgres: { db }, onError }: Pick<FeedDeps, 'postgres' | 'onError'>): Promise<void> {
  for (const campaign of await campaignsToTend(db)) {
    try {
      await tendOne(db, campaign)
    } catch (error) {
      if (isPassingEverywhere(error)) throw error
      onError(new Error(`campaign ${campaign.row} could not be looked after`, { cause: error }))
    }
  }
}

async function tendOne(db: Db, campaign: TendedCampaign): Promise<void> {
  await foldMoves(db, campaign.row, FOLDED_AT_ONCE)
  if (campaign.state === 'running') await within(db, (trx) => watchCampaign(trx, campaign.row))
  if (campaign.state === 'running' && campaign.fed) await finishIfOver(db, campaign.row)
  if (campaign.state === 'cancelled') await endCancelled(db, campaign)
}

async function endCancelled(db: Db, campaign: TendedCampaign): Promise<void> {
  while ((await cancelHandedOver(db, campaign, CANCELLED_AT_ONCE)) > 0) {}
  await wishToCancel(db, campaign)
  await openGateIfOver(db, campaign.row)
}
