import type pg from 'pg'
import type { IntentId, WabaId } from '../../domain/ids.ts'
import { boundTo } from '../pg/bound.ts'
import type { Db } from '../pg/postgres.ts'
import { hasUntriedSpelling, sentTemplate } from './attempt-reads.ts'
import { closeAttemptsOn } from './attempts.ts'
import { afterFailedDelivery, afterLateDelivery } from './failed-delivery.ts'
import { keepOneInvitation, withdrawFollowUp } from './follow-ups.ts'
import { endListening } from './listening.ts'
import { type MovingOf, moveSchedules } from './schedules.ts'
import { adoptWamid } from './stand-in.ts'
import { findAttempts, findMessageAttempts, foldStatuses } from './statuses.ts'
import {
  cancelByIds,
  lockWaitingForConversation,
  releaseByIds,
  releaseForResponder,
  releaseTemplateWaiters,
} from './waiting.ts'

const RELEASED_AT_ONCE = 1_000

/** Intents and their attempts, as a transaction of the inbox knows and moves them. */
export function intentsIn(trx: Db, client: pg.PoolClient, windowMarginMs: number) {
  const on = boundTo(trx)
  const onClient = boundTo(client)
  return {
    lockWaiting: on(lockWaitingForConversation),
    async release(ids: IntentId[]): Promise<void> {
      await releaseByIds(trx, ids)
    },
    releaseForResponder: on(releaseForResponder),
    releaseForTemplate: (wabaId: WabaId, name: string, language: string) =>
      releaseTemplateWaiters(trx, wabaId, { name, language }, RELEASED_AT_ONCE),
    cancel: on(cancelByIds),
    endListening: on(endListening),
    moveSchedules: (of: MovingOf) => moveSchedules(trx, of, windowMarginMs),
    withdrawFollowUp: on(withdrawFollowUp),
    keepOneInvitation: on(keepOneInvitation),
    findAttempts: onClient(findAttempts),
    findMessageAttempts: onClient(findMessageAttempts),
    closeAttempts: onClient(closeAttemptsOn),
    foldStatuses: onClient(foldStatuses),
    adoptWamid: on(adoptWamid),
    afterLateDelivery: on(afterLateDelivery),
    afterFailedDelivery: on(afterFailedDelivery),
    sentTemplate: on(sentTemplate),
    hasUntriedSpelling: on(hasUntriedSpelling),
  }
}
