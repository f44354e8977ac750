import type pg from 'pg'
import { toDate } from '../domain/time.ts'
import { parseWebhook, readWebhookBody } from '../graph/webhook.ts'
import { readWordsOf } from '../store/access/words.ts'
import { accountOf, accountsIn } from '../store/accounts/in-transaction.ts'
import { pauseCalls, pauseManagement, slowSender } from '../store/accounts/pace.ts'
import { restrictSender } from '../store/accounts/senders.ts'
import { heedAnswer, heedStop } from '../store/campaigns/answers.ts'
import { recipientsOf } from '../store/conversations/free-entry-points.ts'
import { conversationsIn } from '../store/conversations/in-transaction.ts'
import { enqueueAnswer } from '../store/conversations/stop-answers.ts'
import { haltRuns, pokeLater } from '../store/flows/pokes.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import { intentsIn } from '../store/intents/in-transaction.ts'
import { stopMarketing } from '../store/people/consents.ts'
import { peopleIn } from '../store/people/in-transaction.ts'
import { foldConversation, unfoldedConversations } from '../store/people/merge.ts'
import { type OptOutBook, OptOutsUnreadable } from '../store/people/opt-outs.ts'
import { markUnreachable } from '../store/people/reachability.ts'
import { PersonChanged } from '../store/people/recognise.ts'
import { recordOptOut } from '../store/people/wishes.ts'
import { boundTo } from '../store/pg/bound.ts'
import { databaseNow } from '../store/pg/clock.ts'
import { type Db, inTransaction, isPassingDatabaseError, type Postgres, tookTooLong } from '../store/pg/postgres.ts'
import { storableJson } from '../store/pg/storable-json.ts'
import { announceCategory, changeTemplate } from '../store/templates/changes.ts'
import { refuseTemplate } from '../store/templates/refusals.ts'
import { noteDeletion } from '../store/templates/sync.ts'
import { wantTemplate, wantTemplates } from '../store/templates/upkeep.ts'
import { claimEvents } from '../store/webhooks/claim.ts'
import { markApplied, markFailed } from '../store/webhooks/events.ts'
import { Busy } from '../usecases/busy.ts'
import { hearInbound } from '../usecases/flows/hear-inbound.ts'
import type { FoldInbox, FoldIo } from '../usecases/fold-merged.ts'
import type { LearnInbox, LearnIo } from '../usecases/learn-identities.ts'
import type { ApplyError, WebhookInbox, WebhookIo } from '../usecases/webhook-inbox.ts'
import type { HeardChannel } from '../usecases/webhook-liveness.ts'
import { type FlowMemory, flowIo, flowMemory } from './flow-io.ts'
import { PASSING_CHANNEL } from './passing-on.ts'
import type { Pricing } from './pricing.ts'

export interface InboxDeps {
  postgres: Postgres
  /** The opt-outs of erased people. */
  optOuts: OptOutBook
  /** Default: what this database has, without the example card. */
  pricing?: Pick<Pricing, 'of'>
  /** What this process remembers of flows. Default: nothing of others. */
  flows?: FlowMemory
  /** How long somebody whom nothing reaches is left alone; 0: not at all. */
  recipientReviewMs: number
  /** Default: that of the environment's defaults. */
  windowMarginMs?: number
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

const DEFAULT_MARGIN_MS = 30_000
const FOLDED_AT_ONCE = 1_000

export function createInbox(given: InboxDeps): WebhookInbox {
  const deps = { ...given, flows: given.flows ?? flowMemory() }
  const { postgres, log } = deps
  return {
    claim: (limits, except) => claimEvents(postgres.pool, limits, except),
    parse: (payload) => parseWebhook(storableJson(readWebhookBody(Buffer.from(payload, 'utf8')), payload)),
    async inTransaction(run) {
      let calls = false
      try {
        const done = await inTransaction(
          postgres.pool,
          (trx, client) => run(webhookIo(deps, trx, client, () => (calls = true))),
          BEGIN,
        )
        if (calls) postgres.signals.send(PASSING_CHANNEL)
        return done
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
export function createLearning(given: InboxDeps): LearnInbox & FoldInbox {
  const deps = { ...given, flows: given.flows ?? flowMemory() }
  return {
    inTransaction: (run) =>
      inTransaction(deps.postgres.pool, (trx, client) => run(webhookIo(deps, trx, client)), BEGIN),
    unfolded: () => unfoldedConversations(deps.postgres.db, FOLDED_AT_ONCE),
    isBusy: (error) => ['busy', 'slow', 'deadlock'].includes(kindOf(error)),
    notifyDue: async () => deps.postgres.signals.send(DUE_CHANNEL),
  }
}

function webhookIo(
  deps: InboxDeps & { flows: FlowMemory },
  trx: Db,
  client: pg.PoolClient,
  onCalls: () => void = () => {},
): LearnIo & FoldIo & WebhookIo {
  const { optOuts, log } = deps
  const on = boundTo(trx)
  return {
    now: on(databaseNow),
    markApplied: on(markApplied),
    accounts: {
      ...accountsIn(trx),
      ...troubles(deps, trx),
      // A message that costs nobody knows what is a message all the same.
      money: async (senders) => (await deps.pricing?.of(senders)) ?? new Map(),
    },
    people: { ...peopleIn(trx, client, optOuts), ...optOutsIn(trx), ...recipients(deps, trx, client) },
    conversations: { ...conversationsIn(trx, client), fold: on(foldConversation) },
    intents: { ...intentsIn(trx, client, deps.windowMarginMs ?? DEFAULT_MARGIN_MS), enqueueAnswer: on(enqueueAnswer) },
    templates: {
      change: on(changeTemplate),
      announceCategory: on(announceCategory),
      noteDeletion: on(noteDeletion),
      look: on(wantTemplate),
      async refuse(sender, reference, status, startedAt) {
        await refuseTemplate(trx, await accountOf(trx, sender), reference, status, startedAt)
      },
      want: async (sender) => wantTemplates(trx, await accountOf(trx, sender)),
    },
    words: { of: once(on(readWordsOf)) },
    campaigns: { heed: on(heedAnswer), heedStop: on(heedStop) },
    flows: {
      async hear(heard) {
        const { due, calls } = await hearInbound(flowIo(deps.flows, trx), heard)
        if (calls) onCalls()
        return due
      },
    },
    reportUnknown({ sender, intentId }, { code, traceId }) {
      log.warn({ sender, intent: intentId, code, trace: traceId }, 'unknown Graph error code')
    },
    jitter: Math.random,
  }
}

/** What Meta says against a number or its account. */
function troubles({ log }: InboxDeps, trx: Db): Pick<WebhookIo['accounts'], 'restrict' | 'slow' | 'pause'> {
  return {
    async restrict(sender, reason, curedByToken, seenAt) {
      if (await restrictSender(trx, sender, reason, curedByToken, seenAt))
        log.warn({ sender, reason }, 'sender restricted')
    },
    async slow(sender, startedAt) {
      await slowSender(trx, sender, startedAt, startedAt)
    },
    async pause(sender, calls, forMs, startedAt) {
      const wabaId = await accountOf(trx, sender)
      if (calls === 'all') await pauseCalls(trx, wabaId, forMs, startedAt)
      else await pauseManagement(trx, wabaId, forMs, startedAt)
    },
  }
}

/** Who wants no marketing any more is sent nothing that a flow has asked for, and flows that end by it end. */
function optOutsIn(trx: Db): Pick<WebhookIo['people'], 'optOut' | 'stopMarketing'> {
  return {
    async optOut(contact, ...wish) {
      await recordOptOut(trx, contact, ...wish)
      await haltRuns(trx, { contact }, 'opt_out')
    },
    async stopMarketing(contact, ...wish) {
      await stopMarketing(trx, contact, ...wish)
      await haltRuns(trx, { contact }, 'opt_out')
    },
  }
}

/** What a failure says of the person to whom a message went. */
function recipients(
  { recipientReviewMs }: InboxDeps,
  trx: Db,
  client: pg.PoolClient,
): Pick<WebhookIo['people'], 'stopMarketingIn' | 'markUnreachable'> {
  return {
    async stopMarketingIn(conversationId, startedAt) {
      const contactId = (await recipientsOf(client, [conversationId])).get(conversationId)?.contactId
      if (contactId === undefined) return
      await stopMarketing(trx, contactId, toDate(startedAt))
      await pokeLater(trx, contactId)
    },
    async markUnreachable(conversationId, startedAt) {
      if (recipientReviewMs > 0) await markUnreachable(trx, conversationId, startedAt, recipientReviewMs)
    },
  }
}

/** Asked once for each key in a transaction. */
function once<Key, Value>(read: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const known = new Map<Key, Promise<Value>>()
  return (key) => {
    const value = known.get(key) ?? read(key)
    known.set(key, value)
    return value
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
  if (tookTooLong(error)) return 'slow'
  return isPassingDatabaseError(error) ? 'passing' : 'poison'
}
