import type pg from 'pg'
import type { PhoneNumberId } from '../domain/ids.ts'
import { parseWebhook, readWebhookBody } from '../graph/webhook.ts'
import { closeAttemptsOn } from '../store/attempts.ts'
import {
  clearFollowUp,
  insertInbound,
  lockConversation,
  refuteWindow,
  saveFreeEntryPoint,
  saveWindow,
} from '../store/conversations.ts'
import { databaseNow, notifyDue } from '../store/enqueue.ts'
import { endFollowUp, withdrawFollowUp } from '../store/follow-ups.ts'
import { claimIdentities, enrichContact, resumeMarketing, stopMarketing } from '../store/identities.ts'
import { ensureConversations, resolveContacts } from '../store/people.ts'
import { type Db, inTransaction, isPassingDatabaseError, type Postgres } from '../store/postgres.ts'
import { restrictSender } from '../store/senders.ts'
import {
  adoptWamid,
  afterFailedDelivery,
  afterLateDelivery,
  conversationsWithEntry,
  findAttempts,
  findMessageAttempts,
  foldStatuses,
} from '../store/statuses.ts'
import { storableJson } from '../store/storable-json.ts'
import { changeTemplate, templateEvent } from '../store/templates.ts'
import { cancelByIds, lockWaitingForConversation, releaseByIds, releaseWaiting } from '../store/waiting-intents.ts'
import { claimPendingEvents, markApplied, markFailed, recordLiveness } from '../store/webhook-events.ts'
import type { WebhookInbox, WebhookIo } from '../usecases/apply-webhook.ts'

export interface InboxDeps {
  postgres: Postgres
  log: { info(details: object, message: string): void }
}

const RELEASED_AT_ONCE = 1_000

export function createInbox({ postgres, log }: InboxDeps): WebhookInbox {
  return {
    inTransaction: (run) => inTransaction(postgres.pool, (trx, client) => run(webhookIo(trx, client))),
    markFailed: (id, error) => markFailed(postgres.db, id, error),
    isPassing: isPassingDatabaseError,
    onUnknown: (event) => {
      if (event.kind === 'malformed') log.info({ why: event.why }, 'webhook item that cannot be read, kept as received')
    },
  }
}

function webhookIo(trx: Db, client: pg.PoolClient): WebhookIo {
  const linked = new Map<PhoneNumberId, boolean>()
  return {
    claimPending: (limit) => claimPendingEvents(trx, limit),
    parse: (payload) => parseWebhook(storableJson(readWebhookBody(Buffer.from(payload, 'utf8')), payload)),
    markApplied: (ids) => markApplied(trx, ids),
    recordLiveness: (caused) => recordLiveness(trx, caused),
    now: () => databaseNow(trx),
    async isLinked(sender) {
      const known = linked.get(sender)
      if (known !== undefined) return known
      const row = await trx
        .selectFrom('senders')
        .select('phone_number_id')
        .where('phone_number_id', '=', sender)
        .executeTakeFirst()
      linked.set(sender, row !== undefined)
      return row !== undefined
    },
    resolveContact: async (person) => (await resolveContacts(trx, [person]))[0] as never,
    enrichContact: (contactId, seen) => enrichContact(trx, contactId, seen),
    claimIdentities: (contactId, values) => claimIdentities(trx, contactId, values),
    async conversationOf(sender, contactId) {
      const conversations = await ensureConversations(trx, [{ sender, contactId }])
      const conversation = conversations.get(`${sender} ${contactId}`)
      if (!conversation) throw new Error('the conversation vanished while it was opened')
      return conversation.id
    },
    lockConversation: (id) => lockConversation(trx, id),
    saveWindow: (id, window) => saveWindow(trx, id, window),
    saveFreeEntryPoint: (id, entry) => saveFreeEntryPoint(trx, id, entry),
    clearFollowUp: (id) => clearFollowUp(trx, id),
    withdrawFollowUp: (followUp, reason) => withdrawFollowUp(trx, followUp, reason),
    insertInbound: (inbound) => insertInbound(trx, inbound),
    lockWaiting: (id) => lockWaitingForConversation(trx, id),
    release: (ids) => releaseByIds(trx, ids),
    cancel: (ids, reason) => cancelByIds(trx, ids, reason),
    stopMarketingOf: (contactId, at) => stopMarketing(trx, contactId, at),
    resumeMarketingOf: (contactId, at) => resumeMarketing(trx, contactId, at),
    findAttempts: (asked) => findAttempts(client, asked),
    findMessageAttempts: (wamids) => findMessageAttempts(client, wamids),
    closeAttempts: (items) => closeAttemptsOn(client, items),
    foldStatuses: (updates) => foldStatuses(client, updates),
    adoptWamid: (attempt, wamid) => adoptWamid(trx, attempt, wamid),
    afterFailedDelivery: (failed) => afterFailedDelivery(trx, failed),
    afterLateDelivery: (intentId, wamid) => afterLateDelivery(trx, intentId, wamid),
    refuteWindow: (id, startedAt) => refuteWindow(trx, id, startedAt),
    async restrictSender(sender, reason, curedByToken) {
      await restrictSender(trx, sender, reason, curedByToken)
    },
    async stopMarketing(conversationId) {
      const { contactId } = await lockConversation(trx, conversationId)
      await stopMarketing(trx, contactId, new Date(await databaseNow(trx)))
    },
    followUpEnded: (followUp, reason) => endFollowUp(trx, followUp, reason),
    conversationsWithEntry: (ids) => conversationsWithEntry(client, ids),
    async updateFreeEntryPoint(id, change) {
      const conversation = await lockConversation(trx, id)
      const changed = change(conversation.freeEntryPoint)
      if (changed !== conversation.freeEntryPoint) await saveFreeEntryPoint(trx, id, changed)
    },
    changeTemplate: (templateId, field, value, detail) => changeTemplate(trx, templateId, field, value, detail),
    releaseTemplateWaiters: (wabaId, name, language) =>
      releaseWaiting(trx, templateEvent(wabaId, { name, language }), RELEASED_AT_ONCE),
    async sendersOfWaba(wabaId) {
      const rows = await trx
        .selectFrom('senders')
        .select('phone_number_id')
        .where('waba_id', '=', wabaId)
        .orderBy('phone_number_id')
        .execute()
      return rows.map((row) => row.phone_number_id as PhoneNumberId)
    },
    async setMessagingLimit(wabaId, limit) {
      await trx
        .updateTable('portfolios')
        .set({ messaging_limit: limit })
        .where('id', '=', (waba) => waba.selectFrom('wabas').select('portfolio_id').where('id', '=', wabaId))
        .execute()
    },
    notifyDue: () => notifyDue(trx),
    jitter: Math.random,
  }
}
