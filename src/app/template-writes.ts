import type { WabaId } from '../domain/ids.ts'
import type { Logger } from '../log.ts'
import type { PassThroughIo } from '../usecases/pass-through.ts'
import { type ForgetTemplatesIo, forgetTemplates } from '../usecases/sync-templates.ts'
import type { TemplateSync } from './template-sync.ts'

/** What drop-in clients write is known before they hear of it; where Meta cannot be asked, soon after. */
export function templateWrites(
  io: ForgetTemplatesIo,
  sync: Pick<TemplateSync, 'refresh' | 'start'>,
  logger: Pick<Logger, 'warn'>,
): PassThroughIo['templateWritten'] {
  return async (account, write) => {
    const wabaId = account as WabaId
    try {
      if (write.kind === 'deleted') await forgetTemplates(io, wabaId, write.which)
      else if ((await sync.refresh(wabaId, write.id)).stored) return
    } catch (error) {
      logger.warn({ waba: wabaId, err: error }, 'a template that a client wrote is read later')
    }
    sync.start(wabaId)
  }
}
