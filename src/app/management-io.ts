import type { WorkspaceId } from '../domain/ids.ts'
import type { GraphClient } from '../graph/client.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import { placeConversations } from '../store/conversations/list.ts'
import { listExchanged } from '../store/conversations/messages.ts'
import { readConversation, readConversationsAt } from '../store/conversations/reads.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import { findIntents, placeIntents } from '../store/intents/list.ts'
import * as operator from '../store/intents/operator-transitions.ts'
import { listWaiting, readIntent, readIntents } from '../store/intents/reads.ts'
import { cancelAllOfSender, releaseTemplateWaiters } from '../store/intents/waiting.ts'
import { readJob, startJob } from '../store/jobs/jobs.ts'
import { listConsents, recordConsent } from '../store/people/consents.ts'
import * as contacts from '../store/people/contacts.ts'
import { databaseNow } from '../store/pg/clock.ts'
import { type Postgres, retryingPassing } from '../store/pg/postgres.ts'
import { listTemplates, readTemplate } from '../store/templates/reads.ts'
import { storeCreatedTemplate, storeSyncedTemplates } from '../store/templates/templates.ts'
import { forgetWanted, wantTemplates } from '../store/templates/upkeep.ts'
import { listWebhookEvents, replayWebhookEvent } from '../store/webhooks/event-reads.ts'
import { INBOX_CHANNEL } from '../store/webhooks/events.ts'
import type { CreateTemplateIo } from '../usecases/create-template.ts'
import { ERASE } from '../usecases/erase-contact.ts'
import type { ManageContactsIo } from '../usecases/manage-contacts.ts'
import type { ManageIntentsIo } from '../usecases/manage-intents.ts'
import type { ManageSendersIo } from '../usecases/manage-senders.ts'
import type { ManageWebhookEventsIo } from '../usecases/manage-webhook-events.ts'
import type { ReadConversationsIo } from '../usecases/read-conversations.ts'
import type { ReadIntentsIo } from '../usecases/read-intents.ts'
import type { ReadJobsIo } from '../usecases/read-jobs.ts'
import type { ReadTemplatesIo } from '../usecases/read-templates.ts'
import { templateCalls } from './template-calls.ts'
import type { TemplateSyncIo } from './template-sync.ts'

export interface ManagementIo {
  senders: ManageSendersIo & { senders: SenderStore }
  intents: ManageIntentsIo & ReadIntentsIo
  conversations: ReadConversationsIo
  templates: ReadTemplatesIo & TemplateSyncIo & CreateTemplateIo
  contacts: ManageContactsIo
  jobs: ReadJobsIo
  webhookEvents: ManageWebhookEventsIo
}

/** What the management's use-cases ask for, out of Postgres and the Graph API. */
export function managementIo({ db, signals }: Postgres, senders: SenderStore, graph: GraphClient): ManagementIo {
  const waking = { notifyDue: async () => signals.send(DUE_CHANNEL) }
  const findContact = (workspace: WorkspaceId, key: string) => contacts.findContact(db, workspace, key)

  const manager = templateCalls(db, senders, graph)

  return {
    senders: {
      ...waking,
      senders,
      cancelAllOf: (id, reason, limit) => retryingPassing(() => cancelAllOfSender(db, id, reason, limit)),
    },
    intents: {
      readIntent: (key) => readIntent(db, key),
      placeIntents: (selection) => placeIntents(db, selection),
      readIntents: (purview, ids) => readIntents(db, purview, ids),
      findIntents: (workspace, names) => findIntents(db, workspace, names),
      findContact,
      readHead: (key) => operator.readIntentHead(db, key),
      cancel: (key, decision) => operator.cancelIntent(db, key, decision),
      replay: (key, decision) => operator.replayIntent(db, key, decision),
      settleAsSent: (key, wamid, decision) => operator.settleAsSent(db, key, wamid, decision),
      settleAsNotSent: (key, decisionFor) => operator.settleAsNotSent(db, key, decisionFor),
      ...waking,
    },
    conversations: {
      findContact,
      readConversation: (purview, sender, contactId) => readConversation(db, purview, sender, contactId),
      placeConversations: (selection) => placeConversations(db, selection),
      readConversationsAt: (places) => readConversationsAt(db, places),
      listExchanged: (id, limit) => listExchanged(db, id, limit),
      listWaiting: (id, limit) => listWaiting(db, id, limit),
    },
    templates: {
      ...waking,
      waits: {
        releaseTemplate: (wabaId, template, limit) =>
          retryingPassing(() => releaseTemplateWaiters(db, wabaId, template, limit)),
      },
      listTemplates: (selection) => listTemplates(db, selection),
      readTemplate: (purview, id) => readTemplate(db, purview, id),
      now: () => databaseNow(db),
      listAtMeta: (wabaId) => manager.list(wabaId),
      storeTemplates: (wabaId, listed, askedAt) => storeSyncedTemplates(db, wabaId, listed, askedAt),
      wantTemplates: (wabaId) => wantTemplates(db, wabaId),
      forgetWanted: (wabaId) => forgetWanted(db, wabaId),
      create: (wabaId, document) => manager.create(wabaId, document),
      store: (wabaId, template) => storeCreatedTemplate(db, wabaId, template),
    },
    contacts: {
      findContact,
      readContact: (id) => contacts.readContact(db, id),
      updateContact: (id, patch) => contacts.updateContact(db, id, patch),
      recordConsent: (id, consent) =>
        retryingPassing(() => db.transaction().execute((trx) => recordConsent(trx, id, consent, 'api'))),
      listConsents: (id) => listConsents(db, id),
      startErasure: (workspace, contact) =>
        retryingPassing(() =>
          db.transaction().execute((trx) => startJob(trx, workspace, ERASE, contact, { contact, step: 'begin' })),
        ),
    },
    jobs: {
      readJob: (workspace, id) => readJob(db, workspace, id),
    },
    webhookEvents: {
      listWebhookEvents: (selection) => listWebhookEvents(db, selection),
      async replayWebhookEvent(purview, id) {
        const event = await replayWebhookEvent(db, purview, id)
        if (event) signals.send(INBOX_CHANNEL)
        return event
      },
    },
  }
}
