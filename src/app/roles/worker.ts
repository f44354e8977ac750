import { HOT_PATH_SETTINGS } from '../../store/pg/postgres.ts'
import type { ChannelNotes } from '../channel-notes.ts'
import type { createLearning } from '../inbox.ts'
import type { createTemplateSync } from '../template-sync.ts'
import { startTemplateUpkeep } from '../template-upkeep.ts'
import { startWork } from '../work.ts'
import { type Closers, openPool, type Shared } from './shared.ts'

/** Connections of the dispatch: a few batches under way are enough for all calls in flight. */
const HOT_POOL_MAX = 10

export interface WorkerParts {
  learning: ReturnType<typeof createLearning>
  notes: Pick<ChannelNotes, 'accepted'>
  templateSync: Pick<ReturnType<typeof createTemplateSync>, 'start' | 'refresh'>
  templateCheckMs: number
  sweepEveryMs: number
}

/** Sends, and leads where it has the lead. */
export function startWorker(
  shared: Shared,
  { learning, notes, templateSync, templateCheckMs, sweepEveryMs }: WorkerParts,
  closers: Closers,
): void {
  const { config, log } = shared
  const hot = openPool(shared, {
    max: HOT_POOL_MAX,
    applicationName: 'casement dispatch',
    settings: HOT_PATH_SETTINGS,
    prepares: true,
  })
  closers.push(hot.close)
  closers.push(
    startWork({
      ...shared,
      hot,
      learning,
      onAccepted: notes.accepted,
      concurrency: config.dispatchConcurrency,
      sweepEveryMs,
    }),
  )
  const upkeep = startTemplateUpkeep({
    ...shared,
    startSync: templateSync.start,
    refresh: templateSync.refresh,
    checkEveryMs: templateCheckMs,
    onError: (error) => log.warn({ err: error }, 'looking after templates failed'),
  })
  closers.push(upkeep.stop)
}
