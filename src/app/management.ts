import { isInPurview } from '../domain/access.ts'
import type { DecisionSettings } from '../domain/decision.ts'
import type { PhoneNumberId, WabaId } from '../domain/ids.ts'
import type { GraphClient } from '../graph/client.ts'
import type { CampaignServices } from '../http/campaign-services.ts'
import type { FlowServices } from '../http/flow-run-services.ts'
import type { Services, View } from '../http/services.ts'
import type { Logger } from '../log.ts'
import type { SenderSettings, SenderStore } from '../store/accounts/senders.ts'
import type { TokenVault } from '../store/accounts/token-vault.ts'
import type { IntentKey } from '../store/intents/operator-transitions.ts'
import type { IntentRead } from '../store/intents/reads.ts'
import { knowsTimeZone } from '../store/money/money.ts'
import type { OptOutBook } from '../store/people/opt-outs.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { type Answer, done, mapAnswer, refused } from '../usecases/answer.ts'
import { linkSender } from '../usecases/link-sender.ts'
import * as contacts from '../usecases/manage-contacts.ts'
import * as intents from '../usecases/manage-intents.ts'
import * as senders from '../usecases/manage-senders.ts'
import * as webhookEvents from '../usecases/manage-webhook-events.ts'
import { mapPage } from '../usecases/paging.ts'
import { downloadMedium, type PassThroughIo, passThrough } from '../usecases/pass-through.ts'
import { getIntent, listIntents } from '../usecases/read-intents.ts'
import { getJob, listJobItems } from '../usecases/read-jobs.ts'
import { accessServices } from './access.ts'
import { bulkServices } from './bulk.ts'
import { changeIntentOn } from './changing.ts'
import { checkingServices } from './checking-senders.ts'
import { conversationServices } from './conversations.ts'
import type { EndpointServices } from './endpoints.ts'
import type { FlowMemory } from './flow-io.ts'
import { waitingForecasts } from './forecasting.ts'
import { inTime } from './listing.ts'
import { managementIo } from './management-io.ts'
import type { MoneyServices } from './money.ts'
import { peopleServices } from './people.ts'
import type { Pricing } from './pricing.ts'
import { templateServices } from './template-services.ts'
import { createTemplateSync, type TemplateSync } from './template-sync.ts'
import { templateWrites } from './template-writes.ts'
import { viewOfContact, viewOfContactInList } from './views/conversation.ts'
import { viewOfIntent } from './views/intent.ts'
import { viewOfJob } from './views/job.ts'
import { viewOfSender } from './views/sender.ts'
import { viewOfWebhookEvent } from './views/webhook-event.ts'

export interface ManagementDeps {
  postgres: Postgres
  senders: SenderStore
  graph: GraphClient
  logger: Logger
  /** Opt-outs of people who were erased, which outlive them. */
  optOuts: OptOutBook
  /** What this process remembers of flows. */
  flows?: FlowMemory
  /** What seals the secrets of second factors. */
  vault: TokenVault
  settings: DecisionSettings
  pricing: Pick<Pricing, 'of'>
  /** The keys of this process's environment, which are not in the database. */
  bootstrapKeys: readonly string[]
  /** Of the app that samples are uploaded to; null: Meta is asked. */
  metaAppId?: string | null
}

type ManagementServices = Omit<
  Services,
  | 'enqueue'
  | 'enqueueBatch'
  | 'verifyToken'
  | 'receiveWebhook'
  | 'metrics'
  | 'joinLive'
  | 'setup'
  | 'forecastIntent'
  | 'notReady'
  | 'isAway'
  | keyof EndpointServices
  | keyof MoneyServices
  | keyof CampaignServices
  | keyof FlowServices
>

export interface Management extends ManagementServices {
  /** For everybody else who learns that an account's templates changed. */
  templateSync: TemplateSync
  /** At the end: what was counted of refused keys. */
  tellRefusals(): Promise<void>
}

/** Everything behind the HTTP API that is not the way of a message: use-cases, wired to Postgres and the Graph API, answering in views. */
export async function createManagement(deps: ManagementDeps): Promise<Management> {
  const { postgres, graph } = deps
  const io = managementIo(postgres, deps.senders, graph, deps.optOuts, deps.flows)
  const forecastOf = waitingForecasts(postgres, deps.settings, deps.pricing)
  const templateSync = createTemplateSync(io.templates, deps.logger)
  const { refusals, ...access } = accessServices(postgres, deps.vault, deps.bootstrapKeys, (error) =>
    deps.logger.warn({ err: error }, 'refused keys could not be written to the audit log'),
  )
  const linkIo = { ...io.senders, startTemplateSync: templateSync.start }
  const templateWritten = templateWrites(io.templates, templateSync, deps.logger)
  const passThroughIo: PassThroughIo = {
    ...io.passThrough,
    tokenFor: deps.senders.tokenFor,
    templateWritten,
    failed: (cause) => deps.logger.warn({ cause }, 'a request of a drop-in client did not reach Meta'),
  }

  async function shown(key: Answer<IntentKey>): Promise<Answer<View>> {
    if (!key.ok) return key
    return whole(await getIntent(io.intents, key.value, key.value.id))
  }

  /** Of one that is looked at by itself; lists have no forecast. */
  async function whole(found: Answer<IntentRead>): Promise<Answer<View>> {
    if (!found.ok) return found
    return done({ ...viewOfIntent(found.value), forecast: await forecastOf(found.value) })
  }

  return {
    ...access,
    ...peopleServices(postgres, deps.vault),

    getIntent: async (caller, id) => whole(await getIntent(io.intents, caller, id)),
    listIntents: async (caller, query) =>
      mapPage(await inTime(listIntents(io.intents, caller, query), 'state, sender, to, since or until'), viewOfIntent),
    async cancelIntent(caller, id) {
      const cancelled = await intents.cancelIntent(io.intents, caller, id)
      if (!cancelled.ok) return cancelled
      const { key, requested } = cancelled.value
      return mapAnswer(await shown(done(key)), (intent) => ({ intent, requested }))
    },
    async changeIntent(caller, id, patch) {
      const changed = await changeIntentOn(postgres, deps.settings, caller, id, patch)
      return changed.ok ? shown(done(changed.value.key)) : changed
    },
    replayIntent: async (caller, id) => shown(await intents.replayIntent(io.intents, caller, id)),
    ...bulkServices(postgres, io.intents),
    settleIntent: async (caller, id, input) => shown(await intents.settleIntent(io.intents, caller, id, input)),

    async linkSender(caller, input) {
      if (!isInPurview(caller, input.phone_number_id)) {
        const message = 'expected phone_number_id to be a number that this key is for'
        return refused({ status: 403, code: 'forbidden', message, field: 'phone_number_id' })
      }
      const link = {
        workspace: caller.workspace,
        ...settingsOf(input),
        phoneNumberId: input.phone_number_id as PhoneNumberId,
        wabaId: input.waba_id as WabaId,
        accessToken: input.access_token,
        portfolioId: input.portfolio_id,
      }
      return mapAnswer(await linkSender(linkIo, caller, link), ({ created, sender }) => ({
        created,
        sender: viewOfSender(sender),
      }))
    },
    listSenders: async (caller) => (await deps.senders.list(caller)).map(viewOfSender),
    getSender: async (caller, id) =>
      mapAnswer(await senders.getSender(io.senders, caller, id as PhoneNumberId), viewOfSender),
    async updateSender(caller, id, patch) {
      // What it cannot reckon with would fail every look at the number.
      if (patch.time_zone && !(await knowsTimeZone(postgres.db, patch.time_zone))) {
        const message = `expected time_zone to be one that the database knows, got ${patch.time_zone}`
        return refused({ status: 400, code: 'invalid', message, field: 'time_zone' })
      }
      return mapAnswer(
        await senders.updateSender(io.senders, caller, id as PhoneNumberId, settingsOf(patch)),
        viewOfSender,
      )
    },
    pauseSender: async (caller, id) =>
      mapAnswer(await senders.pauseSender(io.senders, caller, id as PhoneNumberId), viewOfSender),
    resumeSender: async (caller, id) =>
      mapAnswer(await senders.resumeSender(io.senders, caller, id as PhoneNumberId), viewOfSender),
    ...checkingServices(deps),
    unlinkSender: (caller, id) => senders.unlinkSender(io.senders, caller, id as PhoneNumberId),

    ...conversationServices({ ...io.conversations, meta: passThroughIo }, deps.settings),

    ...templateServices({ ...deps, io: io.templates, templateSync, templateWritten }),
    templateSync,
    tellRefusals: refusals.stop,

    listWebhookEvents: async (caller, query) =>
      mapPage(
        await inTime(webhookEvents.listWebhookEvents(io.webhookEvents, caller, query), 'state'),
        viewOfWebhookEvent,
      ),
    replayWebhookEvent: async (caller, id) =>
      mapAnswer(await webhookEvents.replayWebhookEvent(io.webhookEvents, caller, id), viewOfWebhookEvent),

    listContacts: async (caller, query) =>
      mapPage(
        await inTime(
          contacts.listContacts(io.contacts, caller, query),
          'language, marketing, an attribute or a longer q',
        ),
        viewOfContactInList,
      ),
    getContact: async ({ workspace }, contact) =>
      mapAnswer(await contacts.getContact(io.contacts, workspace, contact), viewOfContact),
    updateContact: async (caller, contact, patch) =>
      mapAnswer(await contacts.updateContact(io.contacts, caller, contact, patch), viewOfContact),
    putContact: async (caller, contact, patch) =>
      mapAnswer(await contacts.putContact(io.contacts, caller, contact, patch), (put) => ({
        created: put.created,
        contact: viewOfContact(put.contact),
      })),
    recordConsent: async (caller, contact, consent) =>
      mapAnswer(await contacts.recordConsent(io.contacts, caller, contact, consent), viewOfContact),
    listJobItems: async (caller, id, page) =>
      mapPage(await inTime(listJobItems(io.jobs, caller, id, page), 'a smaller limit'), viewOfIntent),
    getJob: async ({ workspace }, id) => mapAnswer(await getJob(io.jobs, workspace, id), viewOfJob),
    exportContact: (caller, contact) => contacts.exportContact(io.contacts, caller, contact),
    eraseContact: (caller, contact) => contacts.eraseContact(io.contacts, caller, contact),

    passThrough: (caller, request) => passThrough(passThroughIo, caller, request),
    downloadMedium: (caller, request) => downloadMedium(passThroughIo, caller, request),
  }
}

function settingsOf(input: Parameters<Services['updateSender']>[2]): SenderSettings {
  return {
    accessToken: input.access_token,
    displayPhoneNumber: input.display_phone_number,
    verifiedName: input.verified_name,
    throughputMps: input.throughput_mps,
    messagingLimit: input.messaging_limit,
    defaultWhenClosed: input.default_when_closed,
    currency: input.currency,
    timeZone: input.time_zone,
    budget: input.budget,
  }
}
