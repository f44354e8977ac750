import { scrubLists } from '../store/campaigns/people.ts'
import { cancelCallsOf, isCalling } from '../store/flows/calls.ts'
import { cancelByIds } from '../store/intents/waiting.ts'
import { finishJob, lockJob, putOffJob, runningJobs, saveJob } from '../store/jobs/jobs.ts'
import { lockDeliveries, newestDelivery, replaySome } from '../store/passing/deliveries.ts'
import {
  conversationsOf,
  forgetDeliveries,
  forgetNews,
  isHeldSince,
  isUntold,
  leaseClock,
} from '../store/passing/erasure.ts'
import { replayPayloads } from '../store/passing/replay-payloads.ts'
import {
  cutOff,
  deleteSome,
  idsOf,
  isUnderWay,
  liveContact,
  unsentOf,
  wishToCancelUnderWay,
} from '../store/people/erasure.ts'
import { lockAlone } from '../store/people/merge.ts'
import { type OptOutBook, OptOutsUnreadable } from '../store/people/opt-outs.ts'
import type { Listener } from '../store/pg/listener.ts'
import { type Db, inTransaction, isPassingDatabaseError, type Postgres } from '../store/pg/postgres.ts'
import { emptyPayloads, hasPendingNaming, newestWebhook } from '../store/webhooks/scrub.ts'
import { BULK, type BulkStepIo, bulkStep } from '../usecases/bulk-intents.ts'
import { ERASE, type EraseIo, EraseLater, eraseStep } from '../usecases/erase-contact.ts'
import { REPLAY, type ReplayIo, replayStep } from '../usecases/replay-deliveries.ts'
import { type JobKinds, type JobRunner, runJobs } from '../usecases/run-jobs.ts'
import { type Loop, startLoop } from '../worker/loop.ts'
import { bulkStepIo } from './bulk.ts'

export interface JobDeps {
  postgres: Postgres
  optOuts: OptOutBook
  onFailed(details: object, message: string): void
}

/** A step yields to whoever has what it needs; the next round tries again. */
const BEGIN = `begin; set local lock_timeout = '250ms'`
const LOOK_EVERY_MS = 1_000
/**
 * Something of theirs was written between two statements of a step: it is deleted with the rest when the step runs again. The second is what
 * PostgreSQL answers since 18 where a reference restricts the deletion, which until then was the first.
 */
const STILL_REFERRED_TO: ReadonlySet<unknown> = new Set(['23503', '23001'])

/** What the steps of all kinds ask for. */
export type JobIo = EraseIo & ReplayIo & BulkStepIo

export function jobRunner({ postgres, optOuts, onFailed }: JobDeps): JobRunner<JobIo> {
  return {
    running: () => runningJobs(postgres.db),
    inTransaction: (run) =>
      inTransaction(
        postgres.pool,
        (trx) =>
          run({
            io: { ...eraseIo(trx, optOuts), ...replayIo(trx), ...bulkStepIo(trx) },
            lock: (id) => lockJob(trx, id),
            save: (id, progress) => saveJob(trx, id, progress),
            finish: (id, result) => finishJob(trx, id, result),
          }),
        BEGIN,
      ),
    isPassing: (error) =>
      isPassingDatabaseError(error) ||
      error instanceof EraseLater ||
      // Another process may have the secret that this one lacks.
      error instanceof OptOutsUnreadable ||
      STILL_REFERRED_TO.has((error as { code?: unknown } | null)?.code),
    putOff: (id, error) => putOffJob(postgres.db, id, error),
    onFailed: (id, error) => onFailed({ err: error, job: id }, 'a step of a job failed; it is tried again'),
  }
}

export const JOBS: JobKinds<JobIo> = { [ERASE]: eraseStep, [REPLAY]: replayStep, [BULK]: bulkStep }

function replayIo(trx: Db): ReplayIo {
  return {
    lockDeliveries: () => lockDeliveries(trx),
    newestDelivery: (endpoint) => newestDelivery(trx, endpoint),
    newestWebhook: () => newestWebhook(trx),
    replaySome: (endpoint, range, after, limit) => replaySome(trx, endpoint, range, after, limit),
    replayPayloads: (endpoint, range, after, limits) => replayPayloads(trx, endpoint, range, after, limits),
  }
}

function eraseIo(trx: Db, optOuts: OptOutBook): EraseIo {
  return {
    liveContact: (id) => liveContact(trx, id),
    idsOf: (contact) => idsOf(trx, contact),
    newestWebhook: () => newestWebhook(trx),
    hasPending: (workspace, values, upTo) => hasPendingNaming(trx, workspace, values, upTo),
    lockPerson: (contact) => lockAlone(trx, [contact]),
    unsentOf: (contact, limit) => unsentOf(trx, contact, limit),
    cancel: (ids, reason) => cancelByIds(trx, ids, reason),
    async wishToCancelUnderWay(contact) {
      await wishToCancelUnderWay(trx, contact)
      await cancelCallsOf(trx, contact)
    },
    isUnderWay: async (contact) => (await isUnderWay(trx, contact)) || (await isCalling(trx, contact)),
    cutOff: (workspace, contact) => cutOff(trx, workspace, contact, optOuts),
    deleteSome: (contact, limit) => deleteSome(trx, contact, limit),
    conversationsOf: (contact) => conversationsOf(trx, contact),
    isUntold: (conversations) => isUntold(trx, conversations),
    forgetNews: (conversations) => forgetNews(trx, conversations),
    async forgetDeliveries(workspace, conversations, after, limit) {
      await lockDeliveries(trx)
      return forgetDeliveries(trx, workspace, conversations, after, limit)
    },
    leaseClock: () => leaseClock(trx),
    isHeldSince: (workspace, at) => isHeldSince(trx, workspace, at),
    scrubLists: (workspace, values, after, limit) => scrubLists(trx, workspace, values, after, limit),
    emptyPayloads: (workspace, values, after, upTo, limit) => emptyPayloads(trx, workspace, values, after, upTo, limit),
  }
}

/** Whoever leads runs the jobs, beside the sweeps, which a long one would hold up. */
export function startJobs(deps: JobDeps & { listener: Listener; onError(error: Error): void }): Loop {
  const runner = jobRunner(deps)
  return startLoop(async () => {
    if (!(await deps.listener.tryLead())) return LOOK_EVERY_MS
    return (await runJobs(runner, JOBS)) ? 0 : LOOK_EVERY_MS
  }, deps.onError)
}
