import { ANSWER_KEPT_MS, type AttemptStore, type CloseAttempt, closeEachOn } from '../store/intents/attempts.ts'
import { readUnsettled } from '../store/intents/unsettled.ts'
import { coalesce } from '../store/pg/batch.ts'
import { inTransaction, isPassingDatabaseError, retryingPassing } from '../store/pg/postgres.ts'
import type { DispatchIo, Lessons } from '../usecases/dispatch-intent.ts'
import type { SideEffect } from '../usecases/interpret-answer.ts'
import { effectsOf, type News } from './dispatch-effects.ts'
import type { DispatcherDeps } from './dispatching.ts'

interface Answered {
  closing: CloseAttempt
  lessons: Lessons
}

/** Few answers have effects, but a throttle meets everything that is in flight. */
const TOGETHER = 50

/**
 * Closes attempts. Most answers concern nobody else, and go the way of the many in one statement. Where others learn from an answer, that
 * and the closing are one transaction with the same patience: a refusal must not become a doubt because its effect could not be written,
 * and nothing is learnt twice or too late from an attempt that somebody else has closed.
 */
export function closer(
  deps: Pick<DispatcherDeps, 'postgres' | 'settings' | 'log'>,
  attempts: Pick<AttemptStore, 'close'>,
): DispatchIo['close'] {
  const { pool } = deps.postgres
  const write = effectsOf(deps)

  const closeWithEffects = coalesce<Answered, boolean>({
    maxItems: TOGETHER,
    // One at a time, so that this process never waits for itself.
    maxFlights: 1,
    isPassing: isPassingDatabaseError,
    async run(items) {
      const { moved, news } = await retryingPassing(() => inOneTransaction(items), ANSWER_KEPT_MS)
      for (const tell of news) tell()
      return moved
    },
  })

  function inOneTransaction(items: Answered[]): Promise<{ moved: boolean[]; news: News[] }> {
    return inTransaction(pool, async (trx, client) => {
      // After a commit whose answer was lost this is run again, and finds that it has happened.
      const unsettled = await readUnsettled(
        trx,
        items.map(({ closing }) => closing),
      )
      const news: News[] = []
      for (const { effect, lessons } of inOrder(items.filter((_, index) => unsettled[index]))) {
        const told = await write(trx, effect, lessons)
        if (told) news.push(told)
      }
      const closings = items.map(({ closing }) => closing)
      return { moved: await closeEachOn(client, closings), news }
    })
  }

  return (closing, lessons) => {
    const { effects, claim } = lessons
    for (const effect of effects) if (effect.kind === 'report_unknown') reportUnknown(effect, claim)
    return effects.some(({ kind }) => LOCKS[kind] !== null)
      ? closeWithEffects({ closing, lessons })
      : attempts.close(closing)
  }

  function reportUnknown(
    { error }: Extract<SideEffect, { kind: 'report_unknown' }>,
    { sender, intent }: Lessons['claim'],
  ) {
    const { code, traceId } = error
    deps.log.warn({ sender: sender.phoneNumberId, intent: intent.id, code, trace: traceId }, 'unknown Graph error code')
  }
}

/** What an effect locks, in the order in which everybody takes locks: people before numbers before accounts. Null: it writes nothing. */
const LOCKS: Record<SideEffect['kind'], number | null> = {
  refute_window: 0,
  mark_unreachable: 1,
  stop_marketing: 2,
  return_pair_place: 3,
  refuse_template: 4,
  note_held: 4,
  slow_sender: 5,
  restrict_sender: 6,
  sync_templates: 7,
  pause_account: 8,
  pause_lane: null,
  report_unknown: null,
}

function inOrder(items: Answered[]): { effect: SideEffect; lessons: Lessons }[] {
  return items
    .flatMap(({ lessons }) => lessons.effects.map((effect) => ({ effect, lessons, lock: LOCKS[effect.kind] })))
    .filter((one): one is typeof one & { lock: number } => one.lock !== null)
    .sort((a, b) => a.lock - b.lock || compare(subjectOf(a.lessons), subjectOf(b.lessons)))
}

function subjectOf({ claim: { sender, recipient } }: Lessons): string {
  return `${sender.phoneNumberId} ${recipient.conversationId.padStart(20, '0')}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
