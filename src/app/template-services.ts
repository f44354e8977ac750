import type { WabaId } from '../domain/ids.ts'
import { lintTemplate } from '../domain/template-lint.ts'
import { GraphCallError } from '../graph/client.ts'
import type { Caller, View } from '../http/services.ts'
import type { TemplateServices } from '../http/template-services.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import { type Answer, done, mapAnswer, refused, unknown } from '../usecases/answer.ts'
import { createTemplate } from '../usecases/create-template.ts'
import { refusalOf } from '../usecases/graph-refusal.ts'
import * as edits from '../usecases/manage-templates.ts'
import { mapPage } from '../usecases/paging.ts'
import type { PassThroughIo } from '../usecases/pass-through.ts'
import { previewTemplate } from '../usecases/preview-template.ts'
import { readLibrary } from '../usecases/read-library.ts'
import * as templates from '../usecases/read-templates.ts'
import { releaseTemplateWaiters } from '../usecases/reconcile-waits.ts'
import { uploadSample } from '../usecases/upload-sample.ts'
import { inTime } from './listing.ts'
import type { TemplateIo } from './template-io.ts'
import type { TemplateSync } from './template-sync.ts'
import { viewOfPreview, viewOfTemplate, viewOfTemplateInFull } from './views/template.ts'

export interface TemplateServicesDeps {
  io: TemplateIo
  senders: SenderStore
  templateSync: TemplateSync
  templateWritten: PassThroughIo['templateWritten']
  metaAppId?: string | null
}

/** Everything about templates behind the HTTP API. */
export function templateServices(deps: TemplateServicesDeps): TemplateServices {
  const { io, templateSync, templateWritten } = deps
  const editing: edits.ManageTemplatesIo = {
    ...io,
    readAgain: (wabaId, id) => templateWritten(wabaId, { kind: 'edited', id }),
    letGo: async (wabaId, template) => {
      await releaseTemplateWaiters(io, wabaId, template)
    },
    forgotten: (wabaId, id) => templateWritten(wabaId, { kind: 'deleted', which: { ids: [id] } }),
  }

  async function shown(caller: Caller, id: string): Promise<Answer<View>> {
    return mapAnswer(await templates.getTemplate(io, caller, id), viewOfTemplateInFull)
  }

  /** As it is after the write. */
  async function written(caller: Caller, id: string, write: Promise<Answer<null>>): Promise<Answer<View>> {
    const answer = await write
    return answer.ok ? shown(caller, id) : answer
  }

  async function whenLinked<T>(
    caller: Caller,
    wabaId: string,
    act: (token: string) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const token = await deps.senders.tokenFor(caller, { kind: 'waba', id: wabaId })
    return token === null ? unknown('waba_unknown', `a sender of account ${wabaId}`) : act(token)
  }

  async function syncNow(wabaId: string): Promise<Answer<{ synced: number }>> {
    try {
      return done(await templateSync.run(wabaId as WabaId))
    } catch (error) {
      if (error instanceof GraphCallError) return refused(refusalOf(error.answer))
      throw error
    }
  }

  return {
    listTemplates: async (caller, query) =>
      mapPage(await inTime(templates.listTemplates(io, caller, query), 'waba_id or name'), viewOfTemplate),
    getTemplate: shown,
    syncTemplates: (caller, wabaId) => whenLinked(caller, wabaId, () => syncNow(wabaId)),
    createTemplate: (caller, wabaId, document) =>
      whenLinked(caller, wabaId, async () => {
        const created = await createTemplate(io, caller, wabaId as WabaId, document)
        if (!created.ok) return created
        if (isWrittenByMeta(document)) await templateWritten(wabaId, { kind: 'made', id: created.value })
        return shown(caller, created.value)
      }),
    editTemplate: (caller, id, patch) => written(caller, id, edits.editTemplate(editing, caller, id, patch)),
    deleteTemplate: (caller, id) => edits.deleteTemplate(editing, caller, id),
    unpauseTemplate: (caller, id) => written(caller, id, edits.unpauseTemplate(editing, caller, id)),
    archiveTemplate: (caller, id, to) => written(caller, id, edits.archiveTemplate(editing, caller, id, to)),
    hideTemplate: (caller, id, hidden) => written(caller, id, edits.hideTemplate(editing, caller, id, hidden)),
    lintTemplate: async (document) => lintTemplate(document),
    previewTemplate: async (caller, request) => mapAnswer(await previewTemplate(io, caller, request), viewOfPreview),
    templateLibrary: (caller, query) => readLibrary(io, caller, query),
    uploadSample: (caller, wabaId, file) =>
      whenLinked(caller, wabaId, async (token) => {
        const appIo = { ...io, appId: deps.metaAppId ?? null }
        return mapAnswer(await uploadSample(appIo, token, caller.workspace, file), (handle) => ({ handle }))
      }),
  }
}

/** Its texts are in no document of ours. */
function isWrittenByMeta({ library_template_name: name, category }: Record<string, unknown>): boolean {
  return name !== undefined || String(category).toUpperCase() === 'AUTHENTICATION'
}
