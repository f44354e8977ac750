import { EventEmitter } from 'node:events'
import { CompiledQuery } from 'kysely'
import { enqueueIo, enqueueOn } from './app/enqueueing.ts'
import { exampleCard } from './app/example-card.ts'
import { type Hearing, startHearing } from './app/hearing.ts'
import { type LibraryCampaigns, libraryCampaigns } from './app/library-campaigns.ts'
import { type LibraryFlows, libraryFlows } from './app/library-flows.ts'
import {
  type ChangedAnswer,
  type ForecastAnswer,
  type IntentPatchRequest,
  libraryIntents,
} from './app/library-intents.ts'
import { createPricing } from './app/pricing.ts'
import { windowView } from './app/window-view.ts'
import { allOf } from './domain/access.ts'
import { DEFAULT_WORKSPACE, isIntentId, type WorkspaceId } from './domain/ids.ts'
import type { PriceView } from './domain/money/price-decision.ts'
import type { NewsKind, Topic } from './domain/news.ts'
import type { IntentRequest } from './domain/request.ts'
import type { ShownState as IntentState } from './domain/shown-state.ts'
import { DAY_MS, HOUR_MS, toIso } from './domain/time.ts'
import { key } from './readers.ts'
import { createTokenVault } from './store/accounts/token-vault.ts'
import { notifyDue } from './store/intents/enqueue.ts'
import { cancelIntent } from './store/intents/operator-transitions.ts'
import type { News } from './store/outbox/outbox.ts'
import { optOutBook } from './store/people/opt-outs.ts'
import { goesToSandbox } from './store/pg/clock.ts'
import { type Db, kyselyOn, openPostgres, type Queryable } from './store/pg/postgres.ts'
import type { Refusal } from './usecases/answer.ts'
import { type EnqueueError, type EnqueueResult, enqueueIntents, type Producer } from './usecases/enqueue-intent.ts'

export type {
  AudienceAnswer,
  AudienceRequest,
  CampaignAnswer,
  CampaignRequest,
  FromCampaign,
  FromContacts,
  LibraryCampaigns,
} from './app/library-campaigns.ts'
export type { FlowStartRequest, LibraryFlows } from './app/library-flows.ts'
export type { ChangedAnswer, FateAnswer, ForecastAnswer, IntentPatchRequest } from './app/library-intents.ts'
export type { Message, TemplateReference, WhenClosed } from './domain/content.ts'
export type { IntentRequest } from './domain/request.ts'
export type { ShownState as IntentState } from './domain/shown-state.ts'

/*
 * The public library: a producer inside another program. It writes to Casement's database and nothing else; workers do the sending.
 */

export interface CasementOptions {
  /** The database Casement runs on (`casement migrate` has been run). */
  databaseUrl: string
  /** The same database past a pooler, when `databaseUrl` is one in transaction mode: for `on`, which listens. */
  databaseDirectUrl?: string
  /** Whose numbers, contacts and intents these are; what belongs to another workspace does not exist. Default: `default`. */
  workspace?: string
  /**
   * The installation's CASEMENT_SECRET. Needed once somebody who opted out was erased: their opt-out is kept under a key that it seals, and
   * is looked up whenever a message is enqueued to somebody new.
   */
  secret?: string
  /** Most connections, besides one that is used now and then for prices; default 5. */
  maxConnections?: number
  /** Only used for forecasts; default as the environment's defaults. */
  windowMarginMs?: number
  followUpCooldownH?: number
  requireOptIn?: boolean
  recipientReviewDays?: number
}

/** The caller's own transaction: a Kysely transaction of any database type, or a `pg` client between `begin` and `commit`. */
export type CallersTransaction = KyselyTransaction | Queryable

/** What is asked of a Kysely transaction; its tables are the caller's affair. */
export interface KyselyTransaction {
  readonly isTransaction: boolean
  withoutPlugins(): unknown
}

export interface EnqueueOptions {
  /** Joins this transaction: the intent is enqueued if and only if it commits. */
  trx?: CallersTransaction
  /**
   * With `trx`: whether its commit notifies, which is the default and makes the message leave at once. PostgreSQL commits what notifies
   * one after the other, on the whole server; a producer that commits hundreds of times a second says false, and the message leaves up to
   * a second later.
   */
  notify?: boolean
}

/** The answer of `POST /v1/intents`. */
export interface Enqueued {
  id: string
  state: IntentState
  reason: { code: string; text: string } | null
  window: { open: boolean; expires_at: string | null }
  /**
   * `price`: what would leave is expected to cost; null where nothing would, or no rate card was imported that fits. `text`: all of it in
   * English, with what would have to change for another end.
   */
  forecast: { at: string; kind: string; reason: { code: string; text: string }; price: PriceView | null; text: string }
}

export type EnqueueOutcome = Enqueued | { error: { code: string; message: string; field?: string } }

export interface IntentNews {
  id: string
  state: IntentState
  reason_code: string | null
}

/** What happened to anything but an intent: `domain/news.ts` has the names and what each comes with. */
export interface OtherNews<Of extends Topic = Exclude<Topic, 'intent'>> {
  /** `message.delivered`, `contact.opted_out` … */
  type: Extract<NewsKind, `${Of}.${string}`>
  /** What it is about: the wamid, the phone number id, the template id; of conversations and contacts an id of Casement's own. */
  id: string
  at: string
  /** Whom it is about, as they are known now; null where it is about nobody, or they were erased. */
  contact: { wa_id: string | null; user_id: string | null } | null
  data: Record<string, unknown>
}

/** Bad input, an unknown sender or a used idempotency key; `field` is the dotted path at fault. */
export class CasementError extends Error {
  readonly code: string
  readonly status: number
  readonly field: string | undefined

  constructor({ code, message, status, field }: Pick<Refusal, 'code' | 'message' | 'status' | 'field'>) {
    super(message)
    this.name = 'CasementError'
    this.code = code
    this.status = status
    this.field = field
  }
}

export interface Casement {
  /** Throws `CasementError`; nothing is stored then. */
  enqueue(intent: IntentRequest, options?: EnqueueOptions): Promise<Enqueued>
  /** Answers in the same order; a refused intent stops none of the others. */
  enqueueMany(intents: IntentRequest[], options?: EnqueueOptions): Promise<EnqueueOutcome[]>
  /** What would become of a message: nothing is stored, and nobody becomes a contact. Throws `CasementError`. */
  forecast(intent: IntentRequest): Promise<ForecastAnswer>
  /**
   * Changes a message that has not left, as `PATCH /v1/intents/{id}` does, and says what will become of it now. Throws `CasementError`:
   * `wrong_state` while it is being sent, or over; `intent_unknown`; `invalid`.
   */
  change(id: string, patch: IntentPatchRequest): Promise<ChangedAnswer>
  /** The customer service window of a sender and a contact (digits of the wa_id, or a BSUID); closed when they are strangers. */
  window(
    sender: string,
    contact: string,
  ): Promise<{ open: boolean; opened_at: string | null; expires_at: string | null }>
  /** Messages to lists of people. */
  readonly campaigns: LibraryCampaigns
  /** What customers are sent, asked and given to, step by step. */
  readonly flows: LibraryFlows<CallersTransaction>
  /** `requested` while it may be on its way: it is not sent again, and ends cancelled unless Meta has it. False once it is over. */
  cancel(id: string): Promise<'cancelled' | 'requested' | false>
  /**
   * News of this workspace's intents: accepted or put off (`scheduled`), held, in doubt, sent, failed, expired, cancelled, suppressed.
   * Everything that this library does from the call on, and others from some milliseconds later, in order; also what happens while the
   * connection is lost for up to ten minutes; what became of an
   * intent may be told twice. `GET /v1/intents/{id}` is the truth.
   */
  on(event: 'intent', listener: (news: IntentNews) => void): void
  /** The same of messages (received, delivered, read, failed), conversations, contacts, templates, numbers, campaigns, flows and budgets. */
  on<Of extends Exclude<Topic, 'intent'>>(event: Of, listener: (news: OtherNews<Of>) => void): void
  close(): Promise<void>
}

export async function createCasement(options: CasementOptions): Promise<Casement> {
  const purview = allOf((options.workspace ?? DEFAULT_WORKSPACE) as WorkspaceId)
  const producer: Producer = { ...purview, actor: { kind: 'library', id: null, name: 'library' } }
  const settings = {
    windowMarginMs: options.windowMarginMs ?? 30_000,
    followUpCooldownMs: (options.followUpCooldownH ?? 24) * HOUR_MS,
    requireOptIn: options.requireOptIn ?? false,
    recipientReviewMs: (options.recipientReviewDays ?? 30) * DAY_MS,
  }
  const optOuts = optOutBook(options.secret === undefined ? null : createTokenVault(keysOf(options.secret)))
  const emitter = new EventEmitter()
  const open = (max: number) =>
    openPostgres({
      url: options.databaseUrl,
      max,
      applicationName: 'casement library',
      pooled: options.databaseDirectUrl !== undefined,
      onError: () => {},
    })
  const postgres = open(options.maxConnections ?? 5)
  const prices = open(1)
  const pricing = createPricing(prices, {
    // As the processes do that send: against the sandbox alone.
    example: async () => ((await goesToSandbox(prices.db)) ? exampleCard() : null),
  })
  const hearings = new Map<Topic, Hearing>()

  const intents = libraryIntents(postgres, producer, settings, pricing, (refusal) => new CasementError(refusal))

  /** What is done here after a call of `on` is heard, however soon after it. */
  const allHear = () => Promise.all([...hearings.values()].map((hearing) => hearing.registered))

  async function run(intents: IntentRequest[], { trx, notify = true }: EnqueueOptions): Promise<EnqueueResult[]> {
    await allHear()
    if (trx === undefined) return enqueueOn(postgres, optOuts, settings, producer, intents, undefined, pricing)
    const { db, client } = facesOf(trx)
    const io = enqueueIo(db, client, optOuts, notify ? () => notifyDue(db) : async () => {}, pricing)
    return enqueueIntents(io, settings, producer, intents)
  }

  return {
    async enqueue(intent, options = {}) {
      const [result] = await run([intent], options)
      if (!result?.ok) throw new CasementError((result as { error: EnqueueError }).error)
      return view(result)
    },
    async enqueueMany(intents, options = {}) {
      const results = await run(intents, options)
      return results.map((result) => (result.ok ? view(result) : { error: publicError(result.error) }))
    },
    campaigns: libraryCampaigns(postgres, producer, (refusal) => new CasementError(refusal)),
    flows: libraryFlows(
      postgres,
      optOuts,
      producer,
      (trx: CallersTransaction) => facesOf(trx).db,
      (refusal) => new CasementError(refusal),
    ),
    forecast: intents.forecast,
    async change(id, patch) {
      await allHear()
      return intents.change(id, patch)
    },
    window: (sender, contact) => windowView(postgres.db, purview, sender, contact),
    async cancel(id) {
      if (!isIntentId(id)) return false
      await allHear()
      const reason = { code: 'by_request', text: 'Cancelled by the producer.' } as const
      return cancelIntent(
        postgres.db,
        { ...purview, id },
        { kind: 'cancel', reason, facts: { by: producer.actor.name } },
      )
    },
    on(topic: Topic, listener: (news: never) => void) {
      emitter.on(topic, listener as (news: unknown) => void)
      if (hearings.has(topic)) return
      const hearing = startHearing({
        postgres,
        directUrl: options.databaseDirectUrl ?? options.databaseUrl,
        workspace: purview.workspace,
        topics: [topic],
        hear: (news) => emitter.emit(topic, topic === 'intent' ? ofIntent(news) : ofOther(news)),
      })
      hearings.set(topic, hearing)
    },
    async close() {
      await Promise.all([...hearings.values()].map((hearing) => hearing.close()))
      await Promise.all([postgres.close(), prices.close()])
    },
  }
}

/** As CASEMENT_SECRET is written: 32 bytes as hex or base64, or several, separated by commas. */
function keysOf(secret: string): Buffer[] {
  return secret.split(',').map((text) => {
    const bytes = key(text.trim())
    if (bytes === undefined)
      throw new TypeError('expected secret to be 32 bytes as hex or base64, or a comma list of them')
    return bytes
  })
}

/**
 * One transaction with the two faces the enqueueing needs. Plugins of the caller's Kysely would rename our columns, so they stay out.
 * Statements go unnamed: a prepared one would stay behind on the caller's connection, or on somebody's behind the caller's pooler.
 */
function facesOf(trx: CallersTransaction): { db: Db; client: Queryable } {
  const db = 'withoutPlugins' in trx ? (trx.withoutPlugins() as Db) : kyselyOn(trx)
  const query = async (statement: { text: string; values?: unknown[] }) =>
    db.executeQuery(CompiledQuery.raw(statement.text, statement.values ?? []))
  return { db, client: { query } as unknown as Queryable }
}

function ofIntent({ subject, payload: { state, reason = null } }: News): IntentNews {
  return { id: subject, state: state as IntentState, reason_code: reason as string | null }
}

/** Ids of our own that say nothing outside stay inside. */
function ofOther({ kind, subject, at, payload, wa_id, bsuid }: News): OtherNews {
  const { conversation: _conversation, contact: _contact, ...data } = payload
  const contact = wa_id === null && bsuid === null ? null : { wa_id, user_id: bsuid }
  return { type: kind as OtherNews['type'], id: subject, at: toIso(at), contact, data }
}

function view(result: Extract<EnqueueResult, { ok: true }>): Enqueued {
  const { id, state, reason, window, forecast } = result.intent
  return {
    id,
    state,
    reason,
    window: { open: window.open, expires_at: window.expiresAt === null ? null : toIso(window.expiresAt) },
    forecast: {
      at: toIso(forecast.at),
      kind: forecast.kind,
      reason: forecast.reason,
      price: forecast.price,
      text: forecast.text,
    },
  }
}

function publicError({ code, message, field }: EnqueueError): { code: string; message: string; field?: string } {
  return { code, message, ...(field === undefined ? {} : { field }) }
}
