import { randomBytes } from 'node:crypto'
import { createDispatcher } from '../../src/app/dispatching.ts'
import { enqueueOn } from '../../src/app/enqueueing.ts'
import { createInbox, createLearning, type InboxDeps } from '../../src/app/inbox.ts'
import type { AppSettings } from '../../src/app/settings.ts'
import type { IntentId, PhoneNumberId, WabaId, Wamid } from '../../src/domain/ids.ts'
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../src/domain/time.ts'
import type { SendAnswer } from '../../src/graph/answer.ts'
import { ensurePace } from '../../src/store/accounts/number-pace.ts'
import { senderStore } from '../../src/store/accounts/senders.ts'
import { createTokenVault } from '../../src/store/accounts/token-vault.ts'
import { closeAttemptsOn } from '../../src/store/intents/attempts.ts'
import { findDoubts, findStranded } from '../../src/store/intents/doubts.ts'
import { notifyDue } from '../../src/store/intents/enqueue.ts'
import { freeLostTurns } from '../../src/store/intents/turns.ts'
import { expireIntents, releaseByIds, releaseTemplateWaiters } from '../../src/store/intents/waiting.ts'
import { readWaits, waitedTemplates, waitPlaceOf } from '../../src/store/intents/waits.ts'
import { optOutBook } from '../../src/store/people/opt-outs.ts'
import { HOT_PATH_SETTINGS, openPostgres, type Postgres } from '../../src/store/pg/postgres.ts'
import { upsertTemplates } from '../../src/store/templates/sync.ts'
import { hearChannels } from '../../src/store/webhooks/channels.ts'
import { findUnapplied } from '../../src/store/webhooks/unapplied.ts'
import { applyWebhooks } from '../../src/usecases/apply-webhook.ts'
import { foldMerged } from '../../src/usecases/fold-merged.ts'
import { reconcileWaits } from '../../src/usecases/reconcile-waits.ts'
import { settleDoubts } from '../../src/usecases/settle-doubt.ts'
import { CALLER, HERE } from '../support/access.ts'
import { createTestDatabase } from '../support/database.ts'
import { fakeGraph } from '../support/management.ts'

/*
 * A Casement small enough to be stopped between any two steps: the real store and the real use-cases, a permit whenever one is asked for, a
 * Meta that is a function, and time that passes by moving every stamp in the database into the past.
 */

export interface Posted {
  intentId: IntentId
  attempt: number
  type: string
  sender: PhoneNumberId
}

/** What Meta does with a request. `deaf`: it takes the message and the answer is lost. `lost`: nothing arrives. */
export type MetaMood =
  | 'accepts'
  | 'deaf'
  | 'lost'
  | 'unreachable'
  | 'refuses'
  | 'throttles'
  | 'says window closed'
  | 'has paused the template'
  | 'has another responder'
  | 'crashes us'
  | 'crashes us deaf'

export interface Miniature {
  postgres: Postgres
  sender: PhoneNumberId
  /** A second number, of the same account. */
  other: PhoneNumberId
  /** What Meta accepted, in order. */
  accepted: (Posted & { wamid: Wamid; reported: boolean })[]
  /** Requests that arrived or not. */
  posted: Posted[]
  /** How Meta meets the next requests; the last mood stays. */
  moods: MetaMood[]
  enqueue(...intents: object[]): Promise<IntentId[]>
  customerWrites(waId: string, to?: PhoneNumberId): Promise<void>
  /** Stores a change as a webhook; nobody applies it yet. */
  hear(value: object, field?: string): Promise<void>
  /** Applies what has been heard; by the pools of a fault suite it may come to nothing. */
  apply(on?: Postgres): Promise<void>
  /** What the leader does again and again besides: merged conversations, lost turns, waits. Answers how many need not wait. */
  lookAfter(): Promise<number>
  /** The statuses of what Meta accepted and has not reported yet. */
  report(status?: 'sent' | 'delivered'): Promise<void>
  /** A page of one: the head of the most urgent turn. Rejects where the page does. False when nothing is due, or somebody else takes. */
  dispatch(using?: Pools): Promise<boolean>
  /** A page of both numbers with all of their heads, see `dispatch`. */
  dispatchAll(using?: Pools): Promise<boolean>
  sweep(): Promise<void>
  settleDoubts(): Promise<void>
  passTime(ms: number): Promise<void>
  /** How many intents something is still to happen to by itself. */
  underWay(): Promise<number>
  /** Every message and everybody, to start afresh. */
  forget(): Promise<void>
  state(id: IntentId): Promise<{ state: string; reason: string | null; delivery: string; wamid: string | null }>
  close(): Promise<void>
}

/** The dispatch's ways to the database; a fault suite hands in pools that fail. */
export interface Pools {
  postgres: Postgres
  graph?: (send: () => Promise<SendAnswer>) => Promise<SendAnswer>
}

export const GRACE_MS = 60 * SECOND_MS
export const LEASE_MS = 30 * SECOND_MS
const SETTINGS: AppSettings = {
  windowMarginMs: 30 * SECOND_MS,
  followUpCooldownMs: DAY_MS,
  requireOptIn: false,
  recipientReviewMs: 30 * DAY_MS,
  factsGoodForMs: 60 * SECOND_MS,
  doubt: { graceMs: GRACE_MS, maxMs: HOUR_MS },
  attemptLeaseMs: LEASE_MS,
  retentionDays: null,
}
const INVITATION = {
  id: '7001',
  name: 'keep_helping',
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  quality: null,
  document: {
    name: 'keep_helping',
    language: 'en',
    status: 'APPROVED',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Shall we go on?' }],
  },
}
const SILENT = { info() {}, warn() {}, error() {} }
const WABA = '102290129340398' as WabaId
const SENDER = '106540352242922' as PhoneNumberId
const OTHER = '106540352242923' as PhoneNumberId

export async function createMiniature(): Promise<Miniature> {
  const database = await createTestDatabase()
  const postgres = openPostgres({
    url: database.url,
    max: 8,
    applicationName: 'miniature',
    // As a dispatch has it; else its statements are planned thousands of times over.
    settings: HOT_PATH_SETTINGS,
    onError: () => {},
  })
  const { pool, db } = postgres
  const vault = createTokenVault([randomBytes(32)])
  const optOuts = optOutBook(vault)
  for (const phoneNumberId of [SENDER, OTHER]) {
    const token = { workspace: HERE.workspace, phoneNumberId, wabaId: WABA, accessToken: 'token' }
    await senderStore(db, vault).link(token)
    await senderStore(db, vault).update(HERE, phoneNumberId, { throughputMps: 1_000 })
  }
  await ensurePace(pool, [SENDER, OTHER])
  await upsertTemplates(db, WABA, [INVITATION])

  const deps: InboxDeps = {
    postgres,
    optOuts,
    recipientReviewMs: SETTINGS.recipientReviewMs,
    log: SILENT,
    heard: (channels) => {
      hearing = hearing.then(() => hearChannels(postgres.db, channels))
    },
  }
  const inbox = createInbox(deps)
  let hearing = Promise.resolve()
  const accepted: Miniature['accepted'] = []
  const posted: Posted[] = []
  const moods: MetaMood[] = ['accepts']
  let wamids = 0

  async function meta(sender: PhoneNumberId, body: Readonly<Record<string, unknown>>): Promise<SendAnswer> {
    const [intentId, attempt] = String(body.biz_opaque_callback_data).split('.') as [IntentId, string]
    const request: Posted = { intentId, attempt: Number(attempt), type: String(body.type), sender }
    posted.push(request)
    const mood = moods.length > 1 ? (moods.shift() as MetaMood) : (moods[0] as MetaMood)
    const take = () => {
      const wamid = `wamid.${++wamids}` as Wamid
      accepted.push({ ...request, wamid, reported: false })
      return wamid
    }
    const error = { subcode: null, isTransient: false, httpStatus: 400, details: null, via: 'sync' as const }
    switch (mood) {
      case 'accepts':
        return { kind: 'accepted', wamid: take(), waId: null, userId: null, messageStatus: null, httpStatus: 200 }
      case 'deaf':
        take()
        return { kind: 'uncertain', why: 'reset', httpStatus: null }
      case 'lost':
        return { kind: 'uncertain', why: 'reset', httpStatus: null }
      case 'unreachable':
        return { kind: 'unreachable', cause: 'ECONNREFUSED' }
      case 'refuses':
        return { kind: 'refused', httpStatus: 400, error: { ...error, code: 131026 } }
      case 'throttles':
        return { kind: 'throttled', httpStatus: 400, retryAfterS: null, error: { ...error, code: 130429 } }
      case 'says window closed':
        return { kind: 'refused', httpStatus: 400, error: { ...error, code: 131047 } }
      case 'has paused the template':
        return { kind: 'refused', httpStatus: 400, error: { ...error, code: 132015 } }
      case 'has another responder':
        return { kind: 'refused', httpStatus: 400, error: { ...error, code: 131070 } }
      case 'crashes us':
        throw new Error('the worker died before anything arrived')
      case 'crashes us deaf':
        take()
        throw new Error('the worker died before the answer came')
    }
  }

  function dispatcherOn({ postgres: on, graph = (send) => send() }: Pools) {
    return createDispatcher({
      postgres: on,
      hot: on,
      senders: senderStore(on.db, vault),
      graph: fakeGraph({ sendMessage: ({ phoneNumberId, body }) => graph(() => meta(phoneNumberId, body)) }),
      settings: SETTINGS,
      log: SILENT,
      count: { attempt() {}, decision() {} },
      callEnded() {},
    })
  }
  const own = dispatcherOn({ postgres })

  async function hear(value: object, field = 'messages', to = SENDER): Promise<void> {
    const metadata = { display_phone_number: '15550783881', phone_number_id: to }
    const change = { field, value: { messaging_product: 'whatsapp', metadata, ...value } }
    const payload = { object: 'whatsapp_business_account', entry: [{ id: WABA, changes: [change] }] }
    await pool.query('insert into webhook_events (payload) values ($1)', [JSON.stringify(payload)])
  }

  async function receive(value: object, to = SENDER): Promise<void> {
    await hear(value, 'messages', to)
    await apply()
  }

  async function apply(on = postgres): Promise<void> {
    const by = on === postgres ? inbox : createInbox({ ...deps, postgres: on })
    // Until nothing more can be: what somebody else has in hand is left for later.
    while ((await applyWebhooks(by, { payloads: 50, bytes: 1e6 })).applied > 0);
    await hearing
    if (on !== postgres) return
    const failed = await pool.query(`select error from webhook_events where state = 'failed'`)
    if (failed.rowCount) throw new Error(`a webhook could not be applied: ${failed.rows[0].error}`)
  }

  async function dispatch(numbers: PhoneNumberId[], heads: number, using?: Pools): Promise<boolean> {
    const dispatcher = using ? dispatcherOn(using) : own
    try {
      const served = numbers.map((sender) => ({ sender, look: heads, knownDue: false }))
      const page = await dispatcher.takePage(served, heads, [])
      dispatcher.leave(page)
      await dispatcher.settle(page).catch(() => {})
      return page.opened.length + page.staying.length > 0
    } finally {
      await dispatcher.idle()
    }
  }

  const stamp = () => String(Math.floor(Date.now() / SECOND_MS))

  return {
    postgres,
    sender: SENDER,
    other: OTHER,
    accepted,
    posted,
    moods,

    async enqueue(...intents) {
      const results = await enqueueOn(
        postgres,
        optOuts,
        SETTINGS,
        CALLER,
        intents.map((intent) => ({ sender: SENDER, ...intent })),
      )
      return results.map((result) => {
        if (!result.ok) throw new Error(JSON.stringify(result))
        return result.intent.id
      })
    },

    async customerWrites(waId, to = SENDER) {
      const contacts = [{ wa_id: waId, profile: { name: 'Ana' } }]
      const message = { from: waId, id: `wamid.in.${++wamids}`, timestamp: stamp(), type: 'text', text: { body: 'Hi' } }
      await receive({ contacts, messages: [message] }, to)
    },

    hear,
    apply,

    async lookAfter() {
      await foldMerged(createLearning(deps))
      await freeLostTurns(postgres)
      return reconcileWaits(
        {
          waits: {
            read: (kind, after, limit) => readWaits(pool, kind, after, limit, SETTINGS.windowMarginMs),
            placeOf: (withinMs) => waitPlaceOf(pool, withinMs),
            release: (ids) => releaseByIds(db, ids),
            templates: () => waitedTemplates(pool),
            releaseTemplate: (wabaId, template, limit) => releaseTemplateWaiters(db, wabaId, template, limit),
          },
          senders: { unlinkedWithUnsent: async () => [], cancelAllOf: async () => 0 },
          notifyDue: () => notifyDue(db),
        },
        new Map(),
      )
    },

    async report(status = 'delivered') {
      for (const message of accepted.filter((one) => !one.reported)) {
        message.reported = true
        const opaque = `${message.intentId}.${message.attempt}`
        const stamped = { id: message.wamid, status, timestamp: stamp(), recipient_id: '0' }
        await receive({ statuses: [{ ...stamped, biz_opaque_callback_data: opaque }] }, message.sender)
      }
    },

    dispatch: (using) => dispatch([SENDER], 1, using),
    dispatchAll: (using) => dispatch([SENDER, OTHER], 50, using),

    async sweep() {
      await expireIntents(db, 1_000)
    },

    async settleDoubts() {
      await settleDoubts(
        {
          findStranded: () => findStranded(db, LEASE_MS, 1_000),
          findDoubts: (olderThanMs) => findDoubts(db, olderThanMs, 1_000),
          findUnapplied: (since) => findUnapplied(db, since),
          closeAttempts: (items) => closeAttemptsOn(pool, items),
          notifyDue: () => notifyDue(db),
        },
        SETTINGS.doubt,
      )
    },

    async passTime(ms) {
      const stamped = Object.entries(STAMPS).map(([table, columns]) => {
        const moved = columns.map((column) => `${column} = ${column} - interval '${ms} milliseconds'`).join(', ')
        return `update ${table} set ${moved}`
      })
      // Of which the minute is the key: by way of another century, or one row may come to where the next one still is.
      const buckets = [`- interval '100 years'`, `+ interval '100 years ${-ms} milliseconds'`].map(
        (far) => `update messaging_limit_buckets set minute = minute ${far}`,
      )
      await pool.query([...stamped, ...buckets].join(';'))
    },

    async underWay() {
      const { rows } = await pool.query(
        `select count(*)::int as count from intents where state in ('scheduled', 'dispatching', 'in_doubt')`,
      )
      return rows[0].count
    },

    async forget() {
      accepted.length = 0
      posted.length = 0
      // Not `truncate`, which makes new files of all tables and their indexes.
      await pool.query(FORGOTTEN.map((table) => `delete from ${table}`).join(';'))
    },

    async state(id) {
      const row = await db
        .selectFrom('intents')
        .select(['state', 'reason_code as reason', 'delivery', 'wamid'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      return row
    },

    async close() {
      await postgres.close()
      await database.drop()
    },
  }
}

/** Each before what it refers to. */
const FORGOTTEN = [
  ...[
    'attempts',
    'decisions',
    'messages',
    'inbound_messages',
    'free_entry_reports',
    'told_identities',
    'intents',
    'turns',
  ],
  ...[
    'pair_buckets',
    'conversations',
    'messaging_limit_uses',
    'messaging_limit_buckets',
    'consents',
    'contact_identities',
  ],
  ...['contacts', 'outbox', 'webhook_events'],
]

const STAMPS: Record<string, string[]> = {
  intents: ['send_at', 'due_at', 'expires_at', 'state_at', 'doubted_at', 'created_at'],
  attempts: ['started_at', 'finished_at'],
  conversations: ['window_opened_at', 'last_inbound_at', 'window_refuted_at', 'last_follow_up_at'],
  pair_buckets: ['empties_at'],
  messaging_limit_uses: ['at'],
  wabas: ['calls_paused_until'],
  webhook_channels: ['caused_at', 'told_at', 'awaiting_since', 'missed_since', 'revived_at', 'caught_up_at'],
  senders: ['slowed_at'],
  number_pace: ['next_at', 'paused_until'],
  contacts: ['unreachable_since', 'unreachable_until', 'reachable_at'],
}
