import { earliest, type Instant } from '../domain/time.ts'
import type { CloseAttempt } from '../store/intents/attempts.ts'
import type { OpenDoubt } from '../store/intents/doubts.ts'
import type { Unapplied } from '../store/webhooks/unapplied.ts'
import { doubt } from './interpret-answer.ts'

/*
 * The doubt rule. Meta has no idempotency key, so a lost answer is settled by evidence: a status webhook that names the attempt says that
 * it was accepted (apply-statuses does that). Silence says that it was not, but only when the number's own channel spoke: a status or a
 * message of this number was caused after the attempt and applied, and nothing of the number is pending or has failed since. The grace of an
 * attempt that fell into an outage of the intake, the number's or ours, begins when what was missed should have come again. A channel that
 * is not alive in this sense is waited for until `maxMs`; then the rule applies blindly, and a metric counts it.
 */

export interface DoubtIo {
  findStranded(): Promise<OpenDoubt[]>
  findDoubts(olderThanMs: number): Promise<OpenDoubt[]>
  /** Payloads that are pending, or have failed since. */
  findUnapplied(since: Instant): Promise<Unapplied[]>
  closeAttempts(items: CloseAttempt[]): Promise<void>
  notifyDue(): Promise<void>
}

export interface DoubtSettings {
  graceMs: number
  maxMs: number
}

export interface DoubtSweep {
  stranded: number
  resent: number
  unconfirmed: number
  /** Over because somebody had wished to cancel it. */
  cancelled: number
  /** Settled without a sign of life from the webhook channel. */
  blind: number
  /** Still waiting for the channel to speak. */
  waiting: number
}

export type DoubtVerdict = 'wait' | 'not_accepted' | 'not_accepted_blind'

export function judgeDoubt(
  open: Pick<OpenDoubt, 'ageMs' | 'silentMs' | 'channelAlive' | 'outage'> & { unapplied: boolean },
  settings: DoubtSettings,
): DoubtVerdict {
  // How long an outage that goes on will be nobody knows; one that is over is waited for to the end.
  if (!open.outage && open.silentMs < settings.graceMs) return 'wait'
  if (open.channelAlive && !open.unapplied && !open.outage) return 'not_accepted'
  return open.ageMs >= settings.maxMs ? 'not_accepted_blind' : 'wait'
}

/** Whether a payload that is not applied may hold the status of this attempt. */
export function mayBeUnapplied(open: Pick<OpenDoubt, 'sender' | 'startedAt'>, unapplied: Unapplied[]): boolean {
  return unapplied.some(
    ({ sender, pending, receivedAt }) =>
      (sender === null || sender === open.sender) && (pending || receivedAt > open.startedAt),
  )
}

export async function settleDoubts(io: DoubtIo, settings: DoubtSettings): Promise<DoubtSweep> {
  const stranded = await io.findStranded()
  await io.closeAttempts(stranded.map(intoDoubt))

  const sweep: DoubtSweep = { stranded: stranded.length, resent: 0, unconfirmed: 0, cancelled: 0, blind: 0, waiting: 0 }
  const doubts = await io.findDoubts(settings.graceMs)
  if (doubts.length === 0) return sweep
  const unapplied = await io.findUnapplied(doubts.map((open) => open.startedAt).reduce(earliest))
  const settled: CloseAttempt[] = []
  for (const open of doubts) {
    const verdict = judgeDoubt({ ...open, unapplied: mayBeUnapplied(open, unapplied) }, settings)
    if (verdict === 'wait') {
      sweep.waiting += 1
      continue
    }
    if (verdict === 'not_accepted_blind') sweep.blind += 1
    if (open.cancelRequested) sweep.cancelled += 1
    else if (open.delivery === 'at_least_once') sweep.resent += 1
    else sweep.unconfirmed += 1
    settled.push(notAccepted(open))
  }
  await io.closeAttempts(settled)
  if (sweep.resent > 0) await io.notifyDue()
  return sweep
}

function intoDoubt(open: OpenDoubt): CloseAttempt {
  const text = 'The worker that sent it is gone; Meta may or may not have the message.'
  return { ...closing(open, 'worker_lost'), next: doubt(open.delivery, text) }
}

/** What becomes of a message that Meta did not take. */
export function notAccepted(open: Pick<OpenDoubt, 'intentId' | 'number' | 'delivery'>): CloseAttempt {
  if (open.delivery === 'at_least_once') {
    const reason = {
      code: 'graph_transient',
      text: 'No status came for the last attempt, so Meta did not take it; sent again.',
    } as const
    return {
      ...closing(open, 'not_accepted'),
      next: { event: 'retry', dueInMs: 0, keepsTurn: true, reason, countsAsRetry: false },
    }
  }
  const reason = {
    code: 'unconfirmed',
    text: 'The answer was lost and no status came; not sent again, as it asks for at most once.',
  } as const
  return { ...closing(open, 'not_accepted'), next: { event: 'fail', reason } }
}

function closing(open: Pick<OpenDoubt, 'intentId' | 'number'>, why: string) {
  return {
    intentId: open.intentId,
    number: open.number,
    outcome: 'in_doubt' as const,
    httpStatus: null,
    error: { why },
    wamid: null,
  }
}
