import pRetry from 'p-retry'
import type { WabaId } from '../domain/ids.ts'
import { GraphCallError } from '../graph/client.ts'
import type { Logger } from '../log.ts'
import { type ReadAccountIo, readAccount } from '../usecases/read-account.ts'
import {
  type Refreshed,
  type RefreshTemplateIo,
  refreshTemplate,
  type SyncTemplatesIo,
  syncTemplates,
} from '../usecases/sync-templates.ts'

export interface TemplateSyncIo extends SyncTemplatesIo, RefreshTemplateIo, ReadAccountIo {
  /** Leaves the wish for whoever reads templates, see `template-upkeep.ts`. */
  wantTemplates(wabaId: WabaId): Promise<void>
  forgetWanted(wabaId: WabaId): Promise<void>
  /** The same for a single one. */
  wantTemplate(wabaId: WabaId, templateId: string): Promise<void>
}

export interface TemplateSync {
  /**
   * Begins now, or when the sync of the account that is under way has ended: what Meta had before it was asked for is no answer. Whoever asks
   * meanwhile shares the next one. Throws when Meta does not answer all pages.
   */
  run(wabaId: WabaId): Promise<{ synced: number }>
  /**
   * In the background, a few times if Meta cannot be reached. What fails for now is left as a wish, to be tried again later; what Meta
   * refuses is not, for it would be refused again. Errors are logged. Nothing while one is in the background already.
   */
  start(wabaId: WabaId): void
  /** Reads a single one. Rejects when the account has no token. */
  refresh(wabaId: WabaId, templateId: string): Promise<Refreshed>
  /** Resolves when nothing is under way in the background. */
  settled(): Promise<void>
}

const BACKGROUND_RETRIES = { retries: 3, minTimeout: 1_000, factor: 3, unref: true }

export function createTemplateSync(io: TemplateSyncIo, logger: Pick<Logger, 'info' | 'warn'>): TemplateSync {
  const running = new Map<WabaId, Promise<{ synced: number }>>()
  const next = new Map<WabaId, Promise<{ synced: number }>>()
  const background = new Map<WabaId, Promise<void>>()

  function run(wabaId: WabaId): Promise<{ synced: number }> {
    const underWay = running.get(wabaId)
    if (!underWay) return begin(wabaId)
    const shared = next.get(wabaId)
    if (shared) return shared
    const following = underWay
      .catch(() => null)
      .then(() => {
        next.delete(wabaId)
        return begin(wabaId)
      })
    next.set(wabaId, following)
    return following
  }

  function begin(wabaId: WabaId): Promise<{ synced: number }> {
    // An account whose money Meta tells nothing of has templates all the same.
    const account = readAccount(io, wabaId).catch((error: Error) =>
      logger.warn({ waba: wabaId, err: error }, 'the account could not be read'),
    )
    const sync = account.then(() => syncTemplates(io, wabaId)).finally(() => running.delete(wabaId))
    running.set(wabaId, sync)
    return sync
  }

  async function inBackground(wabaId: WabaId): Promise<void> {
    try {
      const { synced } = await pRetry(() => run(wabaId), {
        ...BACKGROUND_RETRIES,
        // A throttle is answered by waiting, and longer than this.
        shouldRetry: ({ error }) => PASSING.has(kindOf(error)),
      })
      logger.info({ waba: wabaId, synced }, 'templates synced')
    } catch (error) {
      logger.warn({ waba: wabaId, err: error }, 'templates could not be synced')
      await (kindOf(error) === 'refused' ? io.forgetWanted(wabaId) : io.wantTemplates(wabaId))
    }
  }

  return {
    run,
    refresh: (wabaId, templateId) => refreshTemplate(io, wabaId, templateId),
    start(wabaId) {
      if (background.has(wabaId)) return
      const work = inBackground(wabaId)
        .catch((error: Error) => logger.warn({ waba: wabaId, err: error }, 'templates are not remembered as wanted'))
        .finally(() => background.delete(wabaId))
      background.set(wabaId, work)
    },
    async settled() {
      await Promise.all(background.values())
    },
  }
}

const PASSING: ReadonlySet<ReturnType<typeof kindOf>> = new Set(['unreachable', 'intercepted', 'uncertain'])

function kindOf(error: unknown): GraphCallError['answer']['kind'] | null {
  return error instanceof GraphCallError ? error.answer.kind : null
}
