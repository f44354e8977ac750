import type { GraphClient } from '../graph/client.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import { campaignsOfAccount } from '../store/campaigns/campaigns.ts'
import { flowsOfAccount } from '../store/flows/flows.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import { releaseTemplateWaiters } from '../store/intents/waiting.ts'
import { recordAccount } from '../store/money/money.ts'
import { databaseNow } from '../store/pg/clock.ts'
import { type Postgres, retryingPassing, withinMs } from '../store/pg/postgres.ts'
import { endCategoryHold, setHidden } from '../store/templates/changes.ts'
import { editsSince, recordCommand } from '../store/templates/history.ts'
import { findTemplates, listTemplates, readTemplate } from '../store/templates/reads.ts'
import { endRefusal } from '../store/templates/refusals.ts'
import {
  beginTemplateSync,
  endTemplateSync,
  forgetTemplates,
  storeCreatedTemplate,
  storeListedTemplates,
} from '../store/templates/sync.ts'
import { forgetWanted, wantTemplate, wantTemplates } from '../store/templates/upkeep.ts'
import type { CreateTemplateIo } from '../usecases/create-template.ts'
import type { ManageTemplatesIo } from '../usecases/manage-templates.ts'
import type { PreviewTemplateIo } from '../usecases/preview-template.ts'
import type { ReadLibraryIo } from '../usecases/read-library.ts'
import type { ReadTemplatesIo } from '../usecases/read-templates.ts'
import type { ForgetTemplatesIo } from '../usecases/sync-templates.ts'
import type { UploadSampleIo } from '../usecases/upload-sample.ts'
import type { Deeds } from './deeds.ts'
import { LIST_MS } from './listing.ts'
import { templateCalls } from './template-calls.ts'
import type { TemplateSyncIo } from './template-sync.ts'

export interface TemplateIo
  extends ReadTemplatesIo,
    TemplateSyncIo,
    CreateTemplateIo,
    ForgetTemplatesIo,
    PreviewTemplateIo,
    ReadLibraryIo,
    Omit<UploadSampleIo, 'appId'>,
    Omit<ManageTemplatesIo, 'readAgain' | 'forgotten' | 'letGo' | 'readTemplate'> {}

/** What the use-cases about templates ask for, out of Postgres and the Graph API. */
export function templateIo(postgres: Postgres, senders: SenderStore, graph: GraphClient, deeds: Deeds): TemplateIo {
  const { db, signals } = postgres
  const manager = templateCalls(db, senders, graph)
  return {
    notifyDue: async () => signals.send(DUE_CHANNEL),
    waits: {
      releaseTemplate: (wabaId, template, limit) =>
        retryingPassing(() => releaseTemplateWaiters(db, wabaId, template, limit)),
    },
    listTemplates: (selection) => withinMs(db, LIST_MS, (trx) => listTemplates(trx, selection)),
    async readTemplate(purview, id) {
      const read = await readTemplate(db, purview, id)
      if (read === null) return null
      const { waba_id, name } = read.row
      const [campaigns, flows] = await Promise.all([
        campaignsOfAccount(db, purview, waba_id, name),
        flowsOfAccount(db, purview, waba_id, name),
      ])
      return { ...read, campaigns, flows }
    },
    now: () => databaseNow(db),
    listAtMeta: (wabaId) => manager.list(wabaId),
    readAtMeta: (wabaId, id) => manager.get(wabaId, id),
    accountAtMeta: (wabaId) => manager.account(wabaId),
    recordAccount: (wabaId, told) => recordAccount(db, wabaId, told),
    storeListed: (wabaId, page, askedAt) => retryingPassing(() => storeListedTemplates(db, wabaId, page, askedAt)),
    forget: (wabaId, which) => retryingPassing(() => forgetTemplates(db, wabaId, which)),
    beginSync: (wabaId) => retryingPassing(() => beginTemplateSync(db, wabaId)),
    endSync: (wabaId, listed, beganAt) => retryingPassing(() => endTemplateSync(db, wabaId, listed, beganAt)),
    wantTemplate: (wabaId, id) => wantTemplate(db, wabaId, id),
    wantTemplates: (wabaId) => wantTemplates(db, wabaId),
    forgetWanted: (wabaId) => forgetWanted(db, wabaId),
    create: (wabaId, document) => manager.create(wabaId, document),
    edit: manager.edit,
    remove: manager.remove,
    unpause: manager.unpause,
    archive: manager.archive,
    findTemplates: (purview, name, language, wabaId) => findTemplates(db, purview, name, language, wabaId),
    anyToken: (purview) => senders.tokenFor(purview, { kind: 'any' }),
    library: graph.templateLibrary,
    debugToken: graph.debugToken,
    readApp: graph.readApp,
    upload: graph.samples.upload,
    endCategoryHold: (doer, id) =>
      deeds(
        doer,
        async (trx) => {
          const held = await endCategoryHold(trx, id)
          if (held) await recordCommand(trx, id, 'unpause', doer.actor)
          return held
        },
        (held) => (held ? { action: 'template.unpause', object: { kind: 'template', id } } : null),
      ),
    endRefusal: (doer, id) =>
      deeds(
        doer,
        async (trx) => {
          const ended = await endRefusal(trx, id)
          if (ended) await recordCommand(trx, id, 'unpause', doer.actor)
          return ended
        },
        (ended) => (ended ? { action: 'template.unpause', object: { kind: 'template', id } } : null),
      ),
    setHidden: (doer, id, hidden) =>
      deeds(
        doer,
        async (trx) => {
          await setHidden(trx, id, hidden)
          await recordCommand(trx, id, hidden ? 'hide' : 'unhide', doer.actor)
        },
        () => ({ action: `template.${hidden ? 'hide' : 'unhide'}`, object: { kind: 'template', id } }),
      ),
    editsSince: (id, since) => editsSince(db, id, since),
    recordCommand: (doer, id, command) =>
      deeds(
        doer,
        (trx) => recordCommand(trx, id, command, doer.actor),
        () => ({ action: `template.${command}`, object: { kind: 'template', id } }),
      ),
    store: (doer, wabaId, template, askedAt) =>
      deeds(
        doer,
        async (trx) => {
          await storeCreatedTemplate(trx, wabaId, template, askedAt)
          await recordCommand(trx, template.id, 'create', doer.actor)
        },
        () => ({
          action: 'template.create',
          object: { kind: 'template', id: template.id },
        }),
      ),
  }
}
