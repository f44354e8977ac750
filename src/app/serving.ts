import type { PhoneNumberId } from '../domain/ids.ts'
import { createPermitConsumer } from '../queue/permits.ts'
import { ensurePace } from '../store/accounts/number-pace.ts'
import { closeDesk, tellDesk } from '../store/intents/supply.ts'
import { isPassingDatabaseError, retryingPassing } from '../store/pg/postgres.ts'
import { createDesk } from '../worker/desk.ts'
import { startLoop } from '../worker/loop.ts'
import { createDispatcher } from './dispatching.ts'
import { startTally } from './tallying.ts'
import type { WorkDeps } from './work.ts'

export interface Serving {
  /** Serves a number while it has work, with a permit or without; resolves when that is over. */
  serve(sender: PhoneNumberId): Promise<void>
  /** Something may be due. */
  wake(): void
  /** Takes no more permits and pages; resolves when the calls in flight are over. */
  stop(): Promise<void>
}

/** Of one process; far more than are busy at a time. */
const MAX_SHIFTS = 1_000
const TELL_EVERY_MS = 500

/**
 * The desk of this process, with its permits.
 *
 * @param id under which it tells that it is there, and whom it serves
 */
export function startServing(deps: WorkDeps, id: string): Serving {
  const { hot, metrics, tokens, log, concurrency } = deps

  const tally = startTally({
    ...deps,
    process: id,
    onError: (error) => log.warn({ err: error }, 'telling what numbers do failed'),
  })
  const dispatcher = createDispatcher({
    ...deps,
    count: {
      attempt({ outcome, held, pairLimited }, sender) {
        metrics.attempts.inc({ outcome })
        // A status of what is held comes an hour later, and its lack is no outage.
        if (outcome === 'accepted' && !held) deps.onAccepted(sender)
        // What never reached Meta used nothing of the throughput.
        if (outcome !== 'unreachable') tally.left(sender)
        if (pairLimited) tally.pairLimited(sender)
      },
      decision({ kind, reason }, sender) {
        metrics.decisions.inc({ kind })
        if (reason.code === 'pair_limit') tally.pairLimited(sender)
      },
    },
    callEnded: (sender) => desk.callEnded(sender),
  })
  const desk = createDesk({
    ...dispatcher,
    concurrency,
    maxShifts: MAX_SHIFTS,
    isPassing: isPassingDatabaseError,
    onError: (error) => log.warn({ err: error }, 'a page failed'),
    onLockedOut: tokens.lockedOut,
    onRoom: (room) => consumer.setRoom(room),
  })
  const consumer = createPermitConsumer(deps.backend, {
    maxShifts: MAX_SHIFTS,
    mayServe: tokens.mayConsume,
    serve,
    onError: (error) => log.warn({ err: error }, 'permit error'),
  })
  tokens.onLockedOut(desk.drop)

  async function serve(sender: PhoneNumberId): Promise<void> {
    if (!tokens.mayConsume(sender)) return
    const [workspace] = await retryingPassing(() => ensurePace(hot.pool, [sender]))
    // A permit may name a number that is not linked any more.
    if (workspace !== undefined) await desk.serve(sender, workspace)
  }

  const telling = startLoop(
    async () => {
      const serves = desk.serves()
      metrics.openLanes.set(serves.length)
      await tellDesk(hot.pool, id, serves, desk.behind())
      return TELL_EVERY_MS
    },
    (error) => log.warn({ err: error }, 'telling whom this process serves failed'),
  )

  return {
    serve,
    wake: desk.wake,
    async stop() {
      const over = desk.close().then(dispatcher.idle)
      // At once: a permit that is taken by who serves nobody any more is lost to the others for a second or two.
      await Promise.all([over, consumer.close(over)])
      await telling.stop()
      await tally.stop()
      await closeDesk(hot.pool, id).catch(() => {})
    },
  }
}
