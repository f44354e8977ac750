import type pg from 'pg'
import type { PhoneNumberId, WabaId, WorkspaceId } from '../domain/ids.ts'
import { toDate } from '../domain/time.ts'
import { parseWebhook, readWebhookBody } from '../graph/webhook.ts'
import { readWordsOf } from '../store/access/words.ts'
import { setMessagingLimit } from '../store/accounts/messaging-limits.ts'
import { ownerOfAccount, ownerOfSender } from '../store/accounts/owners.ts'
import { pauseCalls, pauseManagement, slowSender } from '../store/accounts/pace.ts'
import { restrictSender } from '../store/accounts/senders.ts'
import {
  clearFollowUp,
  insertInbound,
  lockConversation,
  refuteWindow,
  saveWindow,
} from '../store/conversations/conversations.ts'
import { insertEcho } from '../store/conversations/echoes.ts'
import { ensureConversations } from '../store/conversations/ensure.ts'
import {
  enterFreeEntryPoint,
  recipientsOf,
  recordEntryReports,
  refreshFreeEntryPoint,
} from '../store/conversations/free-entry-points.ts'
import { enqueueAnswer, takeStopAnswer } from '../store/conversations/stop-answers.ts'
import { closeAttemptsOn } from '../store/intents/attempts.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import { keepOneInvitation, withdrawFollowUp } from '../store/intents/follow-ups.ts'
import {
  adoptWamid,
  afterFailedDelivery,
  afterLateDelivery,
  findAttempts,
  findMessageAttempts,
  foldStatuses,
  sentTemplate,
} from '../store/intents/statuses.ts'
import {
  cancelByIds,
  lockWaitingForConversation,
  releaseByIds,
  releaseForResponder,
  releaseTemplateWaiters,
} from '../store/intents/waiting.ts'
import { resumeMarketing, stopMarketing } from '../store/people/consents.ts'
import { enrichContact } from '../store/people/identities.ts'
import { lockPeople, shareLive } from '../store/people/lock.ts'
import { foldConversation, unfoldedConversations } from '../store/people/merge.ts'
import { type OptOutBook, OptOutsUnreadable } from '../store/people/opt-outs.ts'
import { contactReached, markUnreachable, recipientsReached } from '../store/people/reachability.ts'
import { PersonChanged, recognisePerson } from '../store/people/recognise.ts'
import { forgetTold, noteTold, takeTold } from '../store/people/told.ts'
import { contactLanguage, liftOptOut, recordOptOut, typedAfter } from '../store/people/wishes.ts'
import { databaseNow } from '../store/pg/clock.ts'
import { type Db, inTransaction, isPassingDatabaseError, type Postgres } from '../store/pg/postgres.ts'
import { storableJson } from '../store/pg/storable-json.ts'
import { changeTemplate, refuseTemplate } from '../store/templates/changes.ts'
import { wantTemplates } from '../store/templates/upkeep.ts'
import { claimEvents } from '../store/webhooks/claim.ts'
import { markApplied, markFailed } from '../store/webhooks/events.ts'
import type { FailureIo } from '../usecases/apply-failure.ts'
import { Busy } from '../usecases/busy.ts'
import type { FoldInbox } from '../usecases/fold-merged.ts'
import type { WordsIo } from '../usecases/heed-words.ts'
import type { LearnInbox } from '../usecases/learn-identities.ts'
import type { ApplyError, WebhookInbox, WebhookIo } from '../usecases/webhook-inbox.ts'
import type { HeardChannel } from '../usecases/webhook-liveness.ts'

export interface InboxDeps {
  postgres: Postgres
  /** The opt-outs of erased people. */
  optOuts: OptOutBook
  /** How long somebody whom nothing reaches is left alone; 0: not at all. */
  recipientReviewMs: number
  log: Record<'info' | 'warn', (details: object, message: string) => void>
  /** What applied webhooks say of the numbers' channels. */
  heard?: (channels: HeardChannel[]) => void
  /** A transaction met a deadlock, or waited too long for a lock. */
  onClash?: (clash: 'deadlock' | 'lock_timeout') => void
}

/**
 * A lock that is not free soon is somebody's open transaction, and what needs it is left for a later round. Commits need not reach the
 * disk: a payload is durable, and should its effects be lost in a crash of the server, so is the mark that says they are there. Whatever is
 * decided by them is committed durably, and they with it, for the log has one order.
 */
const BEGIN = `begin; set local lock_timeout = '250ms'; set local synchronous_commit = off`

const LOCK_NOT_AVAILABLE = '55P03'
const DEADLOCK_DETECTED = '40P01'

const RELEASED_AT_ONCE = 1_000
const FOLDED_AT_ONCE = 1_000

export function createInbox(deps: InboxDeps): WebhookInbox {
  const { postgres, log } = deps
  return {
    claim: (limits, except) => claimEvents(postgres.pool, limits, except),
    parse: (payload) => parseWebhook(storableJson(readWebhookBody(Buffer.from(payload, 'utf8')), payload)),
    async inTransaction(run) {
      try {
        return await inTransaction(postgres.pool, (trx, client) => run(webhookIo(deps, trx, client)), BEGIN)
      } catch (error) {
        const clash = CLASHES.get((error as { code?: unknown }).code)
        if (clash) deps.onClash?.(clash)
        throw error
      }
    },
    markFailed: (id, error) => markFailed(postgres.db, id, error),
    heard: (channels) => deps.heard?.(channels),
    kindOf,
    // Not in the transactions, where it would make their commits wait for one another.
    announceDue: () => postgres.signals.send(DUE_CHANNEL),
    onUnknown: (event) => {
      if (event.kind === 'malformed') log.info({ why: event.why }, 'webhook item that cannot be read, kept as received')
    },
  }
}

/** Learning from answers and statuses who the recipients are: in transactions of its own, which never wait long for a lock. */
export function createLearning(deps: InboxDeps): LearnInbox & FoldInbox {
  return {
    inTransaction: (run) =>
      inTransaction(
        deps.postgres.pool,
        (trx, client) =>
          run({
            ...webhookIo(deps, trx, client),
            takeTold: (except) => takeTold(trx, except),
            forgetTold: (id) => forgetTold(trx, id),
            shareLive: (id) => shareLive(trx, id),
            fold: (id) => foldConversation(trx, id),
          }),
        BEGIN,
      ),
    unfolded: () => unfoldedConversations(deps.postgres.db, FOLDED_AT_ONCE),
    isBusy: (error) => ['busy', 'deadlock'].includes(kindOf(error)),
    notifyDue: async () => deps.postgres.signals.send(DUE_CHANNEL),
  }
}

function webhookIo(deps: InboxDeps, trx: Db, client: pg.PoolClient): WebhookIo {
  const owners = new Map<PhoneNumberId, ReturnType<typeof ownerOfSender>>()
  return {
    markApplied: (ids) => markApplied(trx, ids),
    now: () => databaseNow(trx),
    ownerOf(sender) {
      const known = owners.get(sender) ?? ownerOfSender(trx, sender)
      owners.set(sender, known)
      return known
    },
    ownerOfAccount: (waba) => ownerOfAccount(trx, waba),
    ...failureIo(deps, trx, client),
    ...wordsIo(trx),
    lockPeople: (ids) => lockPeople(trx, ids),
    recognise: ({ workspace }, told, speaker) => recognisePerson(trx, workspace, told, speaker, deps.optOuts),
    enrichContact: (contactId, seen, at) => enrichContact(trx, contactId, seen, at),
    async conversationOf({ workspace }, sender, contactId) {
      const conversations = await ensureConversations(trx, workspace, [{ sender, contactId }])
      const conversation = conversations.get(`${sender} ${contactId}`)
      if (!conversation) throw new Error('the conversation vanished while it was opened')
      return conversation.id
    },
    lockConversation: (id) => lockConversation(trx, id),
    saveWindow: (id, window) => saveWindow(trx, id, window),
    enterFreeEntryPoint: (id) => enterFreeEntryPoint(trx, id),
    clearFollowUp: (id) => clearFollowUp(trx, id),
    withdrawFollowUp: (followUp, reason) => withdrawFollowUp(trx, followUp, reason),
    keepOneInvitation: (id) => keepOneInvitation(trx, id),
    contactReached: (contactId, at) => contactReached(trx, contactId, at),
    insertInbound: (inbound) => insertInbound(trx, inbound),
    insertEcho: (echo) => insertEcho(trx, echo),
    releaseForResponder: (id) => releaseForResponder(trx, id),
    lockWaiting: (id) => lockWaitingForConversation(trx, id),
    async release(ids) {
      await releaseByIds(trx, ids)
    },
    cancel: (ids, reason) => cancelByIds(trx, ids, reason),
    stopMarketingOf: (contactId, at, evidence) => stopMarketing(trx, contactId, at, evidence),
    resumeMarketingOf: (contactId, at, evidence) => resumeMarketing(trx, contactId, at, evidence),
    findAttempts: (asked) => findAttempts(client, asked),
    findMessageAttempts: (wamids) => findMessageAttempts(client, wamids),
    closeAttempts: (items) => closeAttemptsOn(client, items),
    foldStatuses: (updates) => foldStatuses(client, updates),
    adoptWamid: (attempt, wamid) => adoptWamid(trx, attempt, wamid),
    afterLateDelivery: (intentId, wamid) => afterLateDelivery(trx, intentId, wamid),
    noteTold: (told) => noteTold(client, told),
    recipientsReached: (delivered) => recipientsReached(trx, delivered),
    recipientsOf: (ids) => recipientsOf(client, ids),
    recordEntryReports: (reports) => recordEntryReports(trx, reports),
    refreshFreeEntryPoint: (id) => refreshFreeEntryPoint(trx, id),
    changeTemplate: (templateId, field, value, detail, at) => changeTemplate(trx, templateId, field, value, detail, at),
    releaseTemplateWaiters: (wabaId, name, language) =>
      releaseTemplateWaiters(trx, wabaId, { name, language }, RELEASED_AT_ONCE),
    async sendersOfWaba(wabaId) {
      const rows = await trx
        .selectFrom('senders')
        .select('phone_number_id')
        .where('waba_id', '=', wabaId)
        .orderBy('phone_number_id')
        .execute()
      return rows.map((row) => row.phone_number_id as PhoneNumberId)
    },
    setMessagingLimit: (wabaId, limit, at) => setMessagingLimit(trx, wabaId, limit, at),
  }
}

/** Reads a workspace's words once per transaction. */
function wordsIo(trx: Db): WordsIo {
  const words = new Map<WorkspaceId, ReturnType<typeof readWordsOf>>()
  return {
    wordsOf(workspace) {
      const known = words.get(workspace) ?? readWordsOf(trx, workspace)
      words.set(workspace, known)
      return known
    },
    optOut: (contactId, by, at, evidence) => recordOptOut(trx, contactId, by, at, evidence),
    liftOptOut: (contactId, at, evidence) => liftOptOut(trx, contactId, at, evidence),
    async typedAfter(contactId, at) {
      const typed = await typedAfter(trx, contactId, at)
      return typed.map(({ text, ...message }) => ({ ...message, said: { typed: text, tapped: null } }))
    },
    languageOf: (contactId) => contactLanguage(trx, contactId),
    takeStopAnswer: (id) => takeStopAnswer(trx, id),
    enqueueAnswer: (id, text) => enqueueAnswer(trx, id, text),
  }
}

const CLASHES = new Map<unknown, 'deadlock' | 'lock_timeout'>([
  [DEADLOCK_DETECTED, 'deadlock'],
  [LOCK_NOT_AVAILABLE, 'lock_timeout'],
])

function kindOf(error: unknown): ApplyError {
  const code = (error as { code?: unknown } | null)?.code
  if (error instanceof Busy || error instanceof PersonChanged || code === LOCK_NOT_AVAILABLE) return 'busy'
  if (code === DEADLOCK_DETECTED) return 'deadlock'
  // Another process may have the secret that this one lacks.
  if (error instanceof OptOutsUnreadable) return 'passing'
  return isPassingDatabaseError(error) ? 'passing' : 'poison'
}

/** What failures that are reported later do, and what is learnt from them. */
function failureIo({ recipientReviewMs, log }: InboxDeps, trx: Db, client: pg.PoolClient): FailureIo {
  async function wabaOf(sender: PhoneNumberId): Promise<WabaId> {
    const row = await trx
      .selectFrom('senders')
      .select('waba_id')
      .where('phone_number_id', '=', sender)
      .executeTakeFirstOrThrow()
    return row.waba_id as WabaId
  }

  return {
    sentTemplate: (attempt) => sentTemplate(trx, attempt),
    afterFailedDelivery: (failed) => afterFailedDelivery(trx, failed),
    refuteWindow: (id, startedAt) => refuteWindow(trx, id, startedAt),
    async restrictSender(sender, reason, curedByToken, seenAt) {
      if (await restrictSender(trx, sender, reason, curedByToken, seenAt))
        log.warn({ sender, reason }, 'sender restricted')
    },
    async slowSender(sender, startedAt) {
      await slowSender(trx, sender, startedAt, startedAt)
    },
    async pauseAccount(sender, calls, forMs, startedAt) {
      const wabaId = await wabaOf(sender)
      if (calls === 'all') await pauseCalls(trx, wabaId, forMs, startedAt)
      else await pauseManagement(trx, wabaId, forMs, startedAt)
    },
    async stopMarketing(conversationId, startedAt) {
      const contactId = (await recipientsOf(client, [conversationId])).get(conversationId)?.contactId
      if (contactId !== undefined) await stopMarketing(trx, contactId, toDate(startedAt))
    },
    async markUnreachable(conversationId, startedAt) {
      if (recipientReviewMs > 0) await markUnreachable(trx, conversationId, startedAt, recipientReviewMs)
    },
    async refuseTemplate(sender, reference, status, startedAt) {
      await refuseTemplate(trx, await wabaOf(sender), reference, status, startedAt)
    },
    wantTemplates: async (sender) => wantTemplates(trx, await wabaOf(sender)),
    reportUnknown({ sender, intentId }, { code, traceId }) {
      log.warn({ sender, intent: intentId, code, trace: traceId }, 'unknown Graph error code')
    },
    jitter: Math.random,
  }
}
