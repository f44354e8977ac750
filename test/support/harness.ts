import { createHmac } from 'node:crypto'
import { Writable } from 'node:stream'
import pg from 'pg'
import type { ResolvedConfig } from '../../src/app/settings.ts'
import { type RunningApp, startApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { createLogger } from '../../src/log.ts'
import { createSandbox, DEFAULT_LINK, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'
import { moveClock } from '../../src/store/pg/move-clock.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import type { LaneEngine } from './lane-engines.ts'
import { eventually } from './signals.ts'

/** A whole Casement in this process: its own database, its own lanes, its own sandbox. */
export interface Harness {
  app: RunningApp
  sandbox: Sandbox
  databaseUrl: string
  /** Base URL of the API. */
  url: string
  /** The linked number. */
  sender: string
  /** Calls the API with the admin key; answers status and body. */
  api<Body = unknown>(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }>
  enqueue(intent: object): Promise<EnqueuedJson>
  intent(id: string): Promise<IntentJson>
  /** Waits until the intent is in one of the states; answers its view. */
  intentIn(id: string, ...states: string[]): Promise<IntentJson>
  /** Waits for an attempt of the intent that came to this outcome. */
  attempted(id: string, outcome: string): Promise<IntentJson>
  /** Fictional digits that no other call answers. */
  stranger(): string
  /** The customer writes, and Casement knows it. `sentAtMs` is Meta's stamp when it is not now. */
  writes(customer: string, sentAtMs?: number, text?: string): Promise<void>
  /** Everything the sandbox had to report is delivered and applied. */
  told(): Promise<void>
  conversation(customer: string, sender?: string): Promise<ConversationJson>
  /** What the sandbox accepted for a customer, oldest first: words of a text, or `template <name>`. */
  received(customer: string): string[]
  /** The calls that reached the sandbox for a customer, whatever became of them. */
  calls(customer: string): ReturnType<Sandbox['ledger']>
  /** Posts a webhook as Meta would, signed, with these changes of the linked account. */
  webhook(...changes: { field: string; value: object }[]): Promise<number>
  /** Posts these very bytes as Meta would; answers the HTTP status. */
  post(body: string | Uint8Array, signature?: string): Promise<number>
  /** Straight to the test's database, to bring about what would take a day. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  /** As if the customer's last message were this old, by Casement's books; the sandbox still thinks otherwise. */
  age(customer: string, ms: number): Promise<void>
  close(): Promise<void>
}

export interface EnqueuedJson {
  id: string
  state: string
  reason: ReasonJson | null
  window: { open: boolean; expires_at: string | null }
  forecast: { at: string; kind: string; reason: ReasonJson }
}

export interface ReasonJson {
  code: string
  text: string
  graph_code?: number
}

export interface IntentJson {
  id: string
  state: string
  reason: ReasonJson | null
  to: { wa_id: string | null; user_id: string | null }
  due_at: string | null
  expires_at: string
  metadata: unknown
  sent_as: string | null
  wamid: string | null
  delivery_status: string | null
  cost: { category: string; type: string; billable: boolean } | null
  attempts: {
    id: string
    outcome: string | null
    wamid: string | null
    error: { code?: number; why?: string } | null
  }[]
  decisions: { kind: string; reason: ReasonJson; facts: Record<string, unknown> }[]
  follow_up: { id: string; state: string } | null
  follow_up_of: string | null
}

export interface ConversationJson {
  contact: { wa_id: string | null; user_id: string | null; name: string | null; marketing: string }
  customer_service_window: { open: boolean; opened_at: string | null; expires_at: string | null }
  free_entry_point: {
    state: string
    open: boolean
    entered_at: string | null
    opened_at: string | null
    expires_at: string | null
  }
  messages: { direction: string; wamid: string; status: string | null; text: string | null }[]
  waiting: IntentJson[]
}

export const LINK = {
  phone_number_id: DEFAULT_LINK.phoneNumberId,
  waba_id: DEFAULT_LINK.wabaId,
  portfolio_id: DEFAULT_LINK.portfolioId,
  access_token: DEFAULT_LINK.accessToken,
}
export const API_KEY = 'test-admin-key-of-32-characters-or-more'
const APP_SECRET = 'test-app-secret'
/** Longer than anything that is waited for takes, a busy machine included. */
const PATIENCE_MS = 20_000

export interface HarnessOptions {
  /** Migrated. Default: one of its own on the run's server. */
  database?: TestDatabase
  /** Puts something between the app and its servers; gets the environment it would have had. */
  reach?(env: Record<string, string>): Promise<Record<string, string>>
  env?: Record<string, string>
  /** The doubt rule's times, shorter than a configuration allows, where no worker of another process can still be sending. */
  doubt?: { graceMs: number; maxMs?: number }
  /** How often workers tell which tokens they can open. */
  tokenBeatMs?: number
  /** How often templates that messages wait for are read again. */
  templateCheckMs?: number
  /** How often the leader looks for what is over, in doubt or waits for nothing. */
  sweepEveryMs?: number
  /** When a database that says nothing is given up. */
  databaseSilenceMs?: number
  sandbox?: Partial<SandboxOptions>
  /** Default: the sandbox's number is linked and its templates are synced. */
  link?: boolean
  sender?: object
}

export async function startHarness(engine: LaneEngine, options: HarnessOptions = {}): Promise<Harness> {
  const database = options.database ?? (await createTestDatabase())
  const lanes = await engine.open(database.url)
  const sandbox = await createSandbox({
    host: '127.0.0.1',
    port: 0,
    appSecret: APP_SECRET,
    verifyToken: 'test-verify-token',
    webhookUrl: null,
    moveFirst: async (aheadMs) => {
      await moveClock(database.url, aheadMs)
    },
    ...options.sandbox,
    knobs: { throughputMps: 1000, ...options.sandbox?.knobs },
  })
  const { reach = async (env) => env } = options
  const env = await reach({
    ...lanes.env,
    PORT: '0',
    GRAPH_API_URL: sandbox.url,
    CASEMENT_SECRET: '0'.repeat(64),
    CASEMENT_API_KEY: API_KEY,
    META_APP_SECRET: APP_SECRET,
    META_VERIFY_TOKEN: 'test-verify-token',
    ...options.env,
  })
  const configured = resolvedConfig(env)
  const { graceMs = configured.doubtGraceMs, maxMs = configured.doubtMaxMs } = options.doubt ?? {}
  const config = { ...configured, doubtGraceMs: graceMs, doubtMaxMs: maxMs }
  const { templateCheckMs, tokenBeatMs, sweepEveryMs, databaseSilenceMs } = options
  const app = await startApp({
    config,
    roles: ['api', 'worker'],
    logger: quietLogger(),
    version: 'test',
    sandboxUrl: sandbox.url,
    sandboxed: true,
    ...(tokenBeatMs === undefined ? {} : { tokenBeatMs }),
    ...(templateCheckMs === undefined ? {} : { templateCheckMs }),
    ...(sweepEveryMs === undefined ? {} : { sweepEveryMs }),
    ...(databaseSilenceMs === undefined ? {} : { databaseSilenceMs }),
  })
  const url = app.url as string
  sandbox.setWebhookUrl(`${url}/webhooks/whatsapp`)
  const pool = new pg.Pool({ connectionString: database.url, max: 2, application_name: 'harness' })
  pool.on('error', () => {}) // some tests end the server
  let strangers = 0

  async function api<Body>(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${API_KEY}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body }
  }

  const intent: Harness['intent'] = async (id) => (await api<IntentJson>('GET', `/v1/intents/${id}`)).body

  async function intentThat(id: string, what: string, matches: (seen: IntentJson) => boolean): Promise<IntentJson> {
    let seen: IntentJson | null = null
    const look = async () => {
      seen = await intent(id)
      return matches(seen) ? seen : false
    }
    return eventually(look, { timeoutMs: PATIENCE_MS }).catch((error: Error) => {
      const found = JSON.stringify(seen, null, 1)
      throw new Error(`expected intent ${id} to ${what}, it is ${found}`, { cause: error })
    })
  }

  const query: Harness['query'] = async (text, values) => (await pool.query(text, values)).rows
  const calls: Harness['calls'] = (customer) =>
    sandbox.ledger().filter(({ to, recipient }) => to?.replace('+', '') === customer || recipient === customer)

  const harness: Harness = {
    app,
    sandbox,
    databaseUrl: database.url,
    url,
    sender: DEFAULT_LINK.phoneNumberId,
    api,
    intent,
    query,
    calls,
    intentIn: (id, ...states) => intentThat(id, `become ${states.join(' or ')}`, ({ state }) => states.includes(state)),
    attempted: (id, outcome) =>
      intentThat(id, `have an attempt that is ${outcome}`, ({ attempts }) =>
        attempts.some((one) => one.outcome === outcome),
      ),
    async enqueue(asked) {
      const answer = await api<EnqueuedJson>('POST', '/v1/intents', { sender: DEFAULT_LINK.phoneNumberId, ...asked })
      if (answer.status !== 202) throw new Error(`expected 202, got ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    stranger: () => `5511900${String(++strangers).padStart(6, '0')}`,
    async writes(customer, sentAtMs, text = 'Hello') {
      sandbox.customers.say(customer, { text, ...(sentAtMs === undefined ? {} : { sent_at_ms: sentAtMs }) })
      await harness.told()
    },
    async told() {
      await sandbox.settled()
      const nothingPending = async () =>
        (await query(`select from webhook_events where state = 'pending'`)).length === 0
      await eventually(nothingPending, { timeoutMs: PATIENCE_MS })
    },
    async conversation(customer, sender = DEFAULT_LINK.phoneNumberId) {
      const answer = await api<ConversationJson>('GET', `/v1/conversations/${sender}/${customer}`)
      if (answer.status !== 200) throw new Error(`expected 200, got ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    received: (customer) =>
      calls(customer)
        .filter(({ outcome, code }) => outcome === 'accepted' && code === null)
        .map(({ body }) => wordsOf(body as CloudMessage)),
    async webhook(...changes) {
      const body = JSON.stringify({
        object: 'whatsapp_business_account',
        entry: [{ id: DEFAULT_LINK.wabaId, changes }],
      })
      return harness.post(body)
    },
    async post(body, signature = `sha256=${createHmac('sha256', APP_SECRET).update(body).digest('hex')}`) {
      const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature }
      return (await fetch(`${url}/webhooks/whatsapp`, { method: 'POST', headers, body })).status
    },
    async age(customer, ms) {
      const aged = await query(
        `update conversations set last_inbound_at = now() - $2 * interval '1 millisecond', window_opened_at = now() - $2 * interval '1 millisecond'
         where contact_id = (select contact_id from contact_identities where value = $1) returning id`,
        [customer, ms],
      )
      if (aged.length === 0) throw new Error(`expected a conversation with ${customer}`)
    },
    async close() {
      await app.stop()
      await sandbox.close()
      await pool.end()
      await lanes.close()
      await database.drop()
    },
  }
  if (options.link !== false) {
    const linked = await api('POST', '/v1/senders', { ...LINK, throughput_mps: 1000, ...options.sender })
    if (linked.status !== 201)
      throw new Error(`expected 201 for the sender, got ${linked.status} ${JSON.stringify(linked.body)}`)
    await api('POST', '/v1/templates/sync', { waba_id: DEFAULT_LINK.wabaId })
  }
  return harness
}

interface CloudMessage {
  type: string
  text?: { body: string }
  template?: { name: string }
}

function wordsOf({ type, text, template }: CloudMessage): string {
  if (template) return `template ${template.name}`
  return text?.body ?? type
}

export function resolvedConfig(env: Record<string, string>): ResolvedConfig {
  const loaded = loadConfig('start', env)
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
  return loaded.config as ResolvedConfig
}

/** Logs to nowhere, or to stderr with `CASEMENT_TEST_LOG=1` when a test is puzzling. */
export function quietLogger() {
  if (process.env.CASEMENT_TEST_LOG) return createLogger({ level: 'debug' })
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  return createLogger({ level: 'warn', destination: nowhere })
}
