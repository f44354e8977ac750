import type { WabaId } from '../domain/ids.ts'
import type { Logger } from '../log.ts'
import type { PassThroughIo } from '../usecases/pass-through.ts'
import { type ForgetTemplatesIo, forgetTemplates } from '../usecases/sync-templates.ts'
import type { TemplateSync, TemplateSyncIo } from './template-sync.ts'

/**
 * What drop-in clients write is known before they hear of it; where Meta cannot be asked, soon after: by a wish, for a sync that is under way
 * may have read the template before.
 */
export function templateWrites(
  io: ForgetTemplatesIo & Pick<TemplateSyncIo, 'wantTemplate'>,
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
    if (write.kind !== 'deleted') await io.wantTemplate(wabaId, write.id)
    sync.start(wabaId)
  }
}
