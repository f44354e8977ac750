import { isTemplate, templateOfMessage } from '../domain/content.ts'
import { toDate } from '../domain/time.ts'
import { pauseCalls, pauseManagement, slowSender } from '../store/accounts/pace.ts'
import { restrictRefused } from '../store/accounts/senders.ts'
import { refuteWindow } from '../store/conversations/conversations.ts'
import { returnPairPlace } from '../store/conversations/pair-buckets.ts'
import { pokeLater } from '../store/flows/pokes.ts'
import { noteHeld } from '../store/intents/attempt-reads.ts'
import { stopMarketing } from '../store/people/consents.ts'
import { markUnreachable } from '../store/people/reachability.ts'
import type { Db } from '../store/pg/postgres.ts'
import { refuseTemplate } from '../store/templates/refusals.ts'
import { wantTemplates } from '../store/templates/upkeep.ts'
import type { Lessons } from '../usecases/dispatch-intent.ts'
import type { SideEffect } from '../usecases/interpret-answer.ts'
import type { DispatcherDeps } from './dispatching.ts'

/** Told once what was written is committed. */
export type News = () => void

/**
 * What others learn from an answer of Graph, in the caller's transaction, which closes the attempt too: a crash in between leaves neither,
 * and the open attempt is found and judged. All of it may be written twice. They are rows that whoever takes a page reads, so nobody has to be
 * told.
 */
export function effectsOf(deps: Pick<DispatcherDeps, 'settings' | 'log'>) {
  const { settings, log } = deps
  const { recipientReviewMs } = settings

  return async (trx: Db, effect: SideEffect, { claim, attempt, message }: Lessons): Promise<News | null> => {
    const { sender, recipient } = claim
    const { phoneNumberId, wabaId, credentialsVersion } = sender
    const { startedAt } = attempt
    switch (effect.kind) {
      case 'restrict_sender': {
        const { reason, curedByToken } = effect
        if (!(await restrictRefused(trx, phoneNumberId, reason, curedByToken, credentialsVersion))) return null
        return () => log.warn({ sender: phoneNumberId, reason }, 'sender restricted')
      }
      case 'slow_sender': {
        const throughputMps = await slowSender(trx, phoneNumberId, startedAt)
        if (throughputMps === null) return null
        return () =>
          log.warn({ sender: phoneNumberId, throughputMps }, 'Meta throttled the number; it goes slower for a while')
      }
      case 'pause_account': {
        if (effect.calls === 'management') {
          await pauseManagement(trx, wabaId, effect.forMs)
          return null
        }
        const paused = await pauseCalls(trx, wabaId, effect.forMs)
        if (paused.length === 0) return null
        return () => log.warn({ waba: wabaId, forMs: effect.forMs }, 'Meta throttled the account; its numbers pause')
      }
      case 'refute_window':
        await refuteWindow(trx, recipient.conversationId, startedAt)
        return null
      case 'return_pair_place':
        await returnPairPlace(trx, recipient.conversationId)
        return null
      case 'stop_marketing':
        await stopMarketing(trx, recipient.contactId, toDate(startedAt), { graph_code: 131050 })
        await pokeLater(trx, recipient.contactId)
        return null
      case 'mark_unreachable':
        if (recipientReviewMs > 0) {
          await markUnreachable(trx, recipient.conversationId, startedAt, recipientReviewMs)
        }
        return null
      case 'refuse_template': {
        if (!isTemplate(message)) return null
        const reference = templateOfMessage(message)
        const { status } = effect
        const news = await refuseTemplate(trx, wabaId, reference, status, startedAt)
        if (!news) return null
        return () => log.warn({ waba: wabaId, template: reference.name, status }, 'Meta refuses a template')
      }
      case 'note_held':
        await noteHeld(trx, claim.intent.id, attempt.number)
        return null
      case 'sync_templates':
        await wantTemplates(trx, wabaId)
        return null
      case 'report_unknown':
      case 'pause_lane':
        // Nothing to write: one is logged, and the lane is paused once the attempt is recorded.
        return null
    }
  }
}
