import type { Actor, Purview } from '../domain/access.ts'
import type { BulkServices } from '../http/bulk-services.ts'
import { cancelMany, replayMany } from '../store/intents/bulk-transitions.ts'
import { countByReason, countIntents } from '../store/intents/count.ts'
import type { RecordedDecision } from '../store/intents/intents.ts'
import { placeIntents } from '../store/intents/list.ts'
import { settleAsNotSent, settleAsSent } from '../store/intents/operator-transitions.ts'
import { startJob } from '../store/jobs/jobs.ts'
import { databaseNow } from '../store/pg/clock.ts'
import { type Db, type Postgres, TooSlow, withinMs } from '../store/pg/postgres.ts'
import { mapAnswer } from '../usecases/answer.ts'
import {
  BULK,
  type BulkIntentsIo,
  type BulkStepIo,
  countBulk,
  countStates,
  startBulk,
} from '../usecases/bulk-intents.ts'
import { settledAsNotSent, settledAsSent } from '../usecases/manage-intents.ts'
import type { ReadIntentsIo } from '../usecases/read-intents.ts'
import { deedsOn } from './deeds.ts'
import { inTime, LIST_MS } from './listing.ts'

/** Beyond it nobody asks for a number to the unit. */
const COUNTED_UP_TO = 10_000
/** Of a job's total, which only says how long it will take. */
const TOTAL_MS = 3_000
const NARROWED_BY = 'state, reason, sender, to, since or until'

export function bulkServices(postgres: Postgres, reads: ReadIntentsIo): BulkServices {
  const { db } = postgres
  const deeds = deedsOn(postgres)
  const io: BulkIntentsIo = {
    ...reads,
    now: () => databaseNow(db),
    countByReason: (selection) => withinMs(db, LIST_MS, (trx) => countByReason(trx, selection)),
    async tryToCount(selections) {
      try {
        return await withinMs(db, TOTAL_MS, async (trx) => {
          let sum = 0
          for (const selection of selections) sum += await countIntents(trx, selection, MOST)
          return sum
        })
      } catch (error) {
        if (error instanceof TooSlow) return null
        throw error
      }
    },
    startBulk: (doer, input, about) =>
      deeds(
        doer,
        (trx) => startJob(trx, doer.workspace, BULK, about, { ...input }),
        (job) => ({
          action: 'intent.bulk',
          object: { kind: 'job', id: job },
          detail: {
            action: input.action,
            ...(input.action === 'settle' ? { outcome: input.outcome } : {}),
            states: [...input.states],
            matches: input.total,
          },
        }),
      ),
  }
  const counting = {
    ...reads,
    count: (selection: Parameters<typeof countIntents>[1], most: number) =>
      withinMs(db, LIST_MS, (trx) => countIntents(trx, selection, most)),
  }

  return {
    countBulk: async (caller, request) =>
      mapAnswer(await inTime(countBulk(io, caller, request), NARROWED_BY), ({ matches, byReason }) => ({
        matches,
        by_reason: byReason,
      })),
    startBulk: (caller, request) => startBulk(io, caller, request),
    countIntents: async (caller, filter) =>
      mapAnswer(await inTime(countStates(counting, caller, filter, COUNTED_UP_TO), NARROWED_BY), (counts) => ({
        counts,
        at_most: COUNTED_UP_TO,
      })),
  }
}

const MOST = 10_000_000

/** In one transaction. */
export function bulkStepIo(trx: Db): BulkStepIo {
  return {
    placeIntents: (selection) => placeIntents(trx, selection),
    cancelMany: (workspace, ids, decision) => cancelMany(trx, workspace, ids, decision),
    replayMany: (workspace, ids, decision, endedBy) => replayMany(trx, workspace, ids, decision, endedBy),
    async settleMany(purview: Purview, ids, outcome, by: Actor, job) {
      const ofJob = (decision: RecordedDecision) => ({ ...decision, facts: { ...decision.facts, job } })
      let settled = 0
      for (const id of ids) {
        const key = { ...purview, id }
        const result =
          outcome === 'sent'
            ? await settleAsSent(trx, key, null, ofJob(settledAsSent(by)))
            : await settleAsNotSent(trx, key, (delivery) => ofJob(settledAsNotSent(by, delivery)))
        if (result === 'settled') settled += 1
      }
      return settled
    },
  }
}
