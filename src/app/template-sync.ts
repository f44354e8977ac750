import pRetry from 'p-retry'
import type { WabaId } from '../domain/ids.ts'
import { GraphCallError } from '../graph/client.ts'
import type { Logger } from '../log.ts'
import { type SyncTemplatesIo, syncTemplates } from '../usecases/sync-templates.ts'

export interface TemplateSync {
  /** Joins a sync of the same account that is under way. Throws when Meta does not answer all pages. */
  run(wabaId: WabaId): Promise<{ synced: number }>
  /** In the background, a few times if Meta cannot be reached. Errors are logged. */
  start(wabaId: WabaId): void
  /**
   * Like `start`, but not again for a while: a template that breaks under a campaign is reported by every message, and reading an
   * account's templates is limited per hour.
   */
  soon(wabaId: WabaId): void
  /** Resolves when nothing is under way in the background. */
  settled(): Promise<void>
}

const QUIET_MS = 60_000
const BACKGROUND_RETRIES = { retries: 3, minTimeout: 1_000, factor: 3, unref: true }

/** @param elapsed milliseconds on the process's clock */
export function createTemplateSync(
  io: SyncTemplatesIo,
  logger: Pick<Logger, 'info' | 'warn'>,
  elapsed: () => number = () => performance.now(),
): TemplateSync {
  const running = new Map<WabaId, Promise<{ synced: number }>>()
  const startedAt = new Map<WabaId, number>()
  const background = new Set<Promise<void>>()

  function run(wabaId: WabaId): Promise<{ synced: number }> {
    const underWay = running.get(wabaId)
    if (underWay) return underWay
    startedAt.set(wabaId, elapsed())
    const sync = syncTemplates(io, wabaId).finally(() => running.delete(wabaId))
    running.set(wabaId, sync)
    return sync
  }

  function start(wabaId: WabaId): void {
    const work = pRetry(() => run(wabaId), {
      ...BACKGROUND_RETRIES,
      shouldRetry: ({ error }) => error instanceof GraphCallError && error.answer.kind !== 'refused',
    }).then(
      ({ synced }) => logger.info({ waba: wabaId, synced }, 'templates synced'),
      (error: Error) => logger.warn({ waba: wabaId, err: error }, 'templates could not be synced'),
    )
    background.add(work)
    void work.finally(() => background.delete(work))
  }

  return {
    run,
    start,
    soon(wabaId) {
      const last = startedAt.get(wabaId)
      if (last === undefined || elapsed() - last >= QUIET_MS) start(wabaId)
    },
    async settled() {
      await Promise.all(background)
    },
  }
}
