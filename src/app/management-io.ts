import type { Deed, Doer } from '../domain/audit.ts'
import type { ContactId, IntentId, PhoneNumberId, WorkspaceId } from '../domain/ids.ts'
import type { GraphClient } from '../graph/client.ts'
import { findGraphObject, rememberGraphObject } from '../store/accounts/graph-objects.ts'
import { type LinkOutcome, orHeldElsewhere, type SenderSettings, type SenderStore } from '../store/accounts/senders.ts'
import { campaignRow } from '../store/campaigns/campaigns.ts'
import { countConversations } from '../store/conversations/count.ts'
import { placeConversations } from '../store/conversations/list.ts'
import { listExchanged, readMessages, readQuoted } from '../store/conversations/messages.ts'
import { readConversation, readConversationsAt } from '../store/conversations/reads.ts'
import {
  findConversation,
  newestInbound,
  readConversationNow,
  takeConversation,
} from '../store/conversations/tending.ts'
import { haltRuns } from '../store/flows/pokes.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import { findIntents, intentsOfRun } from '../store/intents/find.ts'
import { changedByJob } from '../store/intents/job-items.ts'
import { placeIntents } from '../store/intents/list.ts'
import * as operator from '../store/intents/operator-transitions.ts'
import { listWaiting, readIntent, readIntents } from '../store/intents/reads.ts'
import { moveSchedules } from '../store/intents/schedules.ts'
import { cancelAllOfSender } from '../store/intents/waiting.ts'
import { readJob, startJob } from '../store/jobs/jobs.ts'
import { listConsents, recordConsent } from '../store/people/consents.ts'
import * as contacts from '../store/people/contacts.ts'
import { ensureContact } from '../store/people/ensure.ts'
import { placeContacts, readContacts } from '../store/people/list.ts'
import type { OptOutBook } from '../store/people/opt-outs.ts'
import { type Db, type Postgres, queryableOn, retryingPassing, withinMs } from '../store/pg/postgres.ts'
import { readTemplates, templateKey } from '../store/templates/templates.ts'
import { listWebhookEvents, replayWebhookEvent } from '../store/webhooks/event-reads.ts'
import { INBOX_CHANNEL } from '../store/webhooks/events.ts'
import { ERASE } from '../usecases/erase-contact.ts'
import { changingAttributes } from '../usecases/flows/change-attributes.ts'
import type { LinkSenderIo } from '../usecases/link-sender.ts'
import type { ManageContactsIo } from '../usecases/manage-contacts.ts'
import type { ManageIntentsIo } from '../usecases/manage-intents.ts'
import type { ManageSendersIo } from '../usecases/manage-senders.ts'
import type { ManageWebhookEventsIo } from '../usecases/manage-webhook-events.ts'
import type { PassThroughIo } from '../usecases/pass-through.ts'
import type { ReadConversationsIo } from '../usecases/read-conversations.ts'
import type { ReadIntentsIo } from '../usecases/read-intents.ts'
import type { ReadJobItemsIo } from '../usecases/read-jobs.ts'
import type { ReadMessagesIo } from '../usecases/read-messages.ts'
import type { TendConversationsIo } from '../usecases/tend-conversations.ts'
import { exportContact } from './contact-export.ts'
import { deedsOn } from './deeds.ts'
import { type FlowMemory, flowMemory } from './flow-io.ts'
import { attributesIo } from './flows.ts'
import { LIST_MS } from './listing.ts'
import { type TemplateIo, templateIo } from './template-io.ts'

export interface ManagementIo {
  senders: ManageSendersIo & Omit<LinkSenderIo, 'startTemplateSync'>
  intents: ManageIntentsIo & ReadIntentsIo
  conversations: ReadConversationsIo & ReadMessagesIo & TendConversationsIo
  templates: TemplateIo
  contacts: ManageContactsIo
  jobs: ReadJobItemsIo
  webhookEvents: ManageWebhookEventsIo
  passThrough: Pick<PassThroughIo, 'placeOf' | 'call' | 'file' | 'remember'>
}

/** What the management's use-cases ask for, out of Postgres and the Graph API. */
export function managementIo(
  postgres: Postgres,
  senders: SenderStore,
  graph: GraphClient,
  optOuts: OptOutBook,
  flows: FlowMemory = flowMemory(),
): ManagementIo {
  const { db, signals } = postgres
  const deeds = deedsOn(postgres)
  const waking = { notifyDue: async () => signals.send(DUE_CHANNEL) }
  const findContact = (workspace: WorkspaceId, key: string) => contacts.findContact(db, workspace, key)

  const listing = <T>(read: (trx: Db) => Promise<T>) => withinMs(db, LIST_MS, read)

  /** Asking again for what is so already is a command too. */
  async function moved(doer: Doer, id: PhoneNumberId, to: 'pause' | 'resume'): Promise<void> {
    await deeds(
      doer,
      async (trx) => (await senders.on(trx)[to](doer, id)) || (await senders.on(trx).get(doer, id)) !== null,
      (known) => (known ? sender(to, id) : null),
    )
  }

  return {
    senders: {
      ...waking,
      senders: {
        get: senders.get,
        list: senders.list,
        link: (doer, link) =>
          orHeldElsewhere(
            deeds(
              doer,
              (trx) => senders.linkIn(trx, link),
              (outcome) => linked(link.phoneNumberId, outcome),
            ),
          ),
        update: (doer, id, settings) =>
          deeds(
            doer,
            (trx) => senders.on(trx).update(doer, id, settings),
            (updated) => updated && sender('update', id, settings),
          ),
        pause: (doer, id) => moved(doer, id, 'pause'),
        resume: (doer, id) => moved(doer, id, 'resume'),
        unlink: (doer, id) =>
          deeds(
            doer,
            (trx) => senders.on(trx).unlink(doer, id),
            (unlinked) => (unlinked ? sender('unlink', id) : null),
          ),
      },
      cancelAllOf: (id, reason, limit) => retryingPassing(() => cancelAllOfSender(db, id, reason, limit)),
    },
    intents: {
      readIntent: (key) => readIntent(db, key),
      placeIntents: (selection) => listing((trx) => placeIntents(trx, selection)),
      readIntents: (purview, ids) => readIntents(db, purview, ids),
      intentsOfRun: (workspace, run) => intentsOfRun(db, workspace, run),
      campaignRow: (purview, id) => campaignRow(db, purview, id),
      findIntents: (workspace, names) => findIntents(db, workspace, names),
      findContact,
      readHead: (key) => operator.readIntentHead(db, key),
      cancel: (doer, id, decision) =>
        deeds(
          doer,
          (trx) => operator.cancelIntent(trx, { ...doer, id }, decision),
          (won) => (won ? intent('cancel', id) : null),
        ),
      replay: (doer, id, decision) =>
        deeds(
          doer,
          (trx) => operator.replayIntent(trx, { ...doer, id }, decision),
          (won) => (won ? intent('replay', id) : null),
        ),
      settleAsSent: (doer, id, wamid, decision) =>
        deeds(
          doer,
          (trx) => operator.settleAsSent(trx, { ...doer, id }, wamid, decision),
          (outcome) => settled(id, outcome, 'sent'),
        ),
      settleAsNotSent: (doer, id, decisionFor) =>
        deeds(
          doer,
          (trx) => operator.settleAsNotSent(trx, { ...doer, id }, decisionFor),
          (outcome) => settled(id, outcome, 'not_sent'),
        ),
      ...waking,
    },
    conversations: {
      findContact,
      readConversation: (purview, sender, contactId) => readConversation(db, purview, sender, contactId),
      placeConversations: (selection) => listing((trx) => placeConversations(trx, selection)),
      countConversations: (purview, sender, most) => listing((trx) => countConversations(trx, purview, sender, most)),
      readConversationsAt: (places) => readConversationsAt(db, places),
      listExchanged: (id, limit, maxBytes, before) => listExchanged(db, id, limit, maxBytes, before),
      listWaiting: (id, limit, maxBytes) => listWaiting(db, id, limit, maxBytes),
      findConversation: (purview, sender, contactId) => findConversation(db, purview, sender, contactId),
      readMessages: (purview, wamids) => readMessages(db, purview, wamids),
      readQuoted: (wamids, intents) => readQuoted(db, wamids, intents),
      readTemplates: (keys) => readTemplates(queryableOn(db), keys),
      templateKey,
      newestInbound: (id) => newestInbound(db, id),
      markRead: (id) => retryingPassing(() => db.transaction().execute((trx) => readConversationNow(trx, id))),
      take: (doer, id) =>
        deeds(
          doer,
          (trx) => takeConversation(trx, id),
          () => ({ action: 'conversation.take', object: { kind: 'conversation', id } }),
        ),
    },
    templates: templateIo(postgres, senders, graph, deeds),
    contacts: {
      findContact,
      readContact: (id) => contacts.readContact(db, id),
      updateContact: (doer, id, patch, replace) =>
        deeds(
          doer,
          (trx) =>
            changingAttributes(attributesIo(trx, flows), doer, id, async () => {
              const outcome = await contacts.updateContact(trx, id, patch, replace)
              // What leaves by their clock goes with it.
              if (outcome === 'updated' && patch.time_zone !== undefined) await moveSchedules(trx, { contact: id }, 0)
              return outcome
            }),
          (outcome) => (outcome === 'updated' ? contact('update', id, { members: namesOf(patch) }) : null),
        ),
      ensureContact: (doer, recipient) =>
        deeds(
          doer,
          (trx) => ensureContact(trx, doer.workspace, recipient, optOuts),
          (ensured) => (ensured?.created ? contact('create', ensured.id) : null),
        ),
      recordConsent: (doer, id, consent) =>
        deeds(
          doer,
          async (trx) => {
            const person = await recordConsent(trx, id, consent, 'api')
            if (person !== null && consent.category === 'marketing' && consent.state === 'out')
              await haltRuns(trx, { contact: person }, 'opt_out')
            return person
          },
          (person) => person && contact('consent', person, { category: consent.category, state: consent.state }),
        ),
      listConsents: (id) => listConsents(db, id),
      placeContacts: (selection) => listing((trx) => placeContacts(trx, selection)),
      readContacts: (ids) => readContacts(db, ids),
      exportContact: (doer, id) =>
        deeds(
          doer,
          (trx) => exportContact(trx, doer, id),
          (exported) => exported && contact('export', id),
        ),
      startErasure: (doer, id) =>
        deeds(
          doer,
          (trx) => startJob(trx, doer.workspace, ERASE, id, { contact: id, step: 'begin' }),
          (job) => contact('erase', id, { job }),
        ),
    },
    passThrough: {
      ...graph.passThrough,
      placeOf: (purview, id) => findGraphObject(db, purview, id),
      remember: (id, owner) => retryingPassing(() => rememberGraphObject(db, id, owner)),
    },
    jobs: {
      readJob: (workspace, id) => readJob(db, workspace, id),
      changedByJob: (purview, job, page) => listing((trx) => changedByJob(trx, purview, job, page)),
      readIntents: (purview, ids) => readIntents(db, purview, ids),
    },
    webhookEvents: {
      listWebhookEvents: (selection) => listing((trx) => listWebhookEvents(trx, selection)),
      async replayWebhookEvent(doer, id) {
        const event = await deeds(
          doer,
          (trx) => replayWebhookEvent(trx, doer, id),
          (replayed) => replayed && { action: 'webhook_event.replay', object: { kind: 'webhook_event', id } },
        )
        if (event) signals.send(INBOX_CHANNEL)
        return event
      },
    },
  }
}

/* What is told of a deed: names and counts, never values. */

function sender(what: string, id: PhoneNumberId, settings: SenderSettings = {}): Deed {
  return { action: `sender.${what}`, object: { kind: 'sender', id }, detail: { members: namesOf(settings) } }
}

function linked(id: PhoneNumberId, outcome: LinkOutcome): Deed | null {
  if (outcome.kind !== 'created' && outcome.kind !== 'updated') return null
  return { ...sender('link', id), detail: { created: outcome.kind === 'created' } }
}

function intent(what: string, id: IntentId, detail: Deed['detail'] = {}): Deed {
  return { action: `intent.${what}`, object: { kind: 'intent', id }, detail }
}

function settled(id: IntentId, outcome: operator.SettleOutcome, as: string): Deed | null {
  return outcome === 'settled' ? intent('settle', id, { outcome: as }) : null
}

/** By our own id, which says nothing once the person is erased. */
function contact(what: string, id: ContactId, detail: Deed['detail'] = {}): Deed {
  return { action: `contact.${what}`, object: { kind: 'contact', id }, detail }
}

function namesOf(given: object): string[] {
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
}
