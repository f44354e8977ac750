import { isTemplate, templateOfMessage } from '../domain/content.ts'
import { SECOND_MS, toDate } from '../domain/time.ts'
import { pauseCalls, pauseManagement, slowSender } from '../store/accounts/pace.ts'
import { refuteWindow } from '../store/conversations/conversations.ts'
import { stopMarketing } from '../store/people/identities.ts'
import { markUnreachable } from '../store/people/reachability.ts'
import { type Db, retryingPassing } from '../store/pg/postgres.ts'
import { refuseTemplate } from '../store/templates/changes.ts'
import { wantTemplates } from '../store/templates/upkeep.ts'
import type { DispatchIo } from '../usecases/dispatch-intent.ts'
import type { DispatcherDeps } from './dispatching.ts'

/** The lanes of a paused account stand still so long; what is in them is then put off by the decision, to the end of the pause. */
const STANDSTILL_MS = 2 * SECOND_MS

/**
 * What others learn from an answer of Graph. It is written before the attempt is closed, so that whoever is decided next knows it; a crash
 * in between leaves the attempt open, which is found and judged. Lanes are only told: whether they hear it in time does not matter, for
 * rows say it too, and a lane backend that is away must not keep an attempt from being closed.
 */
export function effectsOf(deps: DispatcherDeps): DispatchIo['effect'] {
  const { postgres, senders, settings, log } = deps
  const { db } = postgres
  const { recipientReviewMs } = settings

  const write = <T>(run: (on: Db) => Promise<T>): Promise<T> => retryingPassing(() => run(db))
  const inTransaction = <T>(run: (trx: Db) => Promise<T>): Promise<T> => write(() => db.transaction().execute(run))

  function tell(lanes: Promise<unknown>): void {
    lanes.catch((error: Error) => log.warn({ err: error }, 'lanes could not be told of a throttle'))
  }

  return async ({ sender, recipient, intent }, effect, { startedAt }, message) => {
    const { phoneNumberId, wabaId, credentialsVersion } = sender
    switch (effect.kind) {
      case 'restrict_sender':
        log.warn({ sender: phoneNumberId, reason: effect.reason }, 'sender restricted')
        await senders.restrict(phoneNumberId, effect.reason, effect.curedByToken, credentialsVersion)
        return
      case 'slow_sender': {
        const throughputMps = await inTransaction((trx) => slowSender(trx, phoneNumberId, startedAt))
        if (throughputMps === null) return
        log.warn({ sender: phoneNumberId, throughputMps }, 'Meta throttled the number; it goes slower for a while')
        return tell(deps.setPace(phoneNumberId, throughputMps))
      }
      case 'pause_account': {
        if (effect.calls === 'management') return write((on) => pauseManagement(on, wabaId, effect.forMs))
        const paused = await write((on) => pauseCalls(on, wabaId, effect.forMs))
        if (paused.length === 0) return
        log.warn({ waba: wabaId, forMs: effect.forMs }, 'Meta throttled the account; its numbers pause')
        return tell(Promise.all(paused.map((one) => deps.pauseLane(one, Math.min(effect.forMs, STANDSTILL_MS)))))
      }
      case 'refute_window':
        return write((on) => refuteWindow(on, recipient.conversationId, startedAt))
      case 'stop_marketing':
        return write((on) => stopMarketing(on, recipient.contactId, toDate(startedAt)))
      case 'mark_unreachable':
        if (recipientReviewMs === 0) return
        return write((on) => markUnreachable(on, recipient.conversationId, startedAt, recipientReviewMs))
      case 'refuse_template': {
        if (!isTemplate(message)) return
        const reference = templateOfMessage(message)
        const { status } = effect
        const news = await inTransaction((trx) => refuseTemplate(trx, wabaId, reference, status, startedAt))
        if (news) log.warn({ waba: wabaId, template: reference.name, status }, 'Meta refuses a template')
        return
      }
      case 'sync_templates':
        return write((on) => wantTemplates(on, wabaId))
      case 'report_unknown': {
        const { code, traceId } = effect.error
        log.warn({ sender: phoneNumberId, intent: intent.id, code, trace: traceId }, 'unknown Graph error code')
        return
      }
      case 'pause_lane':
        // The lane is paused once the attempt is recorded; see the outcome.
        return
    }
  }
}
