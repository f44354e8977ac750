import { Writable } from 'node:stream'
import { startApp, type RunningApp } from '../../src/app.ts'
import type { ResolvedConfig } from '../../src/app/settings.ts'
import { loadConfig } from '../../src/config.ts'
import { createLogger } from '../../src/log.ts'
import { createSandbox, DEFAULT_LINK, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'
import { createTestDatabase } from './database.ts'
import type { LaneEngine } from './lane-engines.ts'
import { eventually } from './signals.ts'

/** A whole Casement in this process: its own database, its own lanes, its own sandbox. */
export interface Harness {
  app: RunningApp
  sandbox: Sandbox
  databaseUrl: string
  /** The linked number. */
  sender: string
  /** Calls the API with the admin key; answers status and body. */
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>
  /** Waits until the intent is in one of the states; answers its view. */
  intentIn(id: string, ...states: string[]): Promise<Json>
  enqueue(intent: object): Promise<Json>
  close(): Promise<void>
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by the tests that know them
export type Json = any

const LINK = {
  phone_number_id: DEFAULT_LINK.phoneNumberId,
  waba_id: DEFAULT_LINK.wabaId,
  portfolio_id: DEFAULT_LINK.portfolioId,
  access_token: DEFAULT_LINK.accessToken,
}
const API_KEY = 'test-admin-key'
const APP_SECRET = 'test-app-secret'

export interface HarnessOptions {
  env?: Record<string, string>
  sandbox?: Partial<SandboxOptions>
  /** Default: the sandbox's number is linked and its templates are synced. */
  link?: boolean
  sender?: object
}

export async function startHarness(engine: LaneEngine, options: HarnessOptions = {}): Promise<Harness> {
  const database = await createTestDatabase()
  const lanes = await engine.open(database.url)
  const sandbox = await createSandbox({
    host: '127.0.0.1',
    port: 0,
    appSecret: APP_SECRET,
    verifyToken: 'test-verify-token',
    webhookUrl: null,
    ...options.sandbox,
  })
  const config = resolvedConfig({
    ...lanes.env,
    PORT: '0',
    GRAPH_API_URL: sandbox.url,
    CASEMENT_SECRET: '0'.repeat(64),
    CASEMENT_API_KEY: API_KEY,
    META_APP_SECRET: APP_SECRET,
    META_VERIFY_TOKEN: 'test-verify-token',
    ...options.env,
  })
  const app = await startApp({ config, roles: ['api', 'worker'], logger: quietLogger(), version: 'test' })
  const url = app.url as string
  sandbox.setWebhookUrl(`${url}/webhooks/whatsapp`)

  const api: Harness['api'] = async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }
  const harness: Harness = {
    app,
    sandbox,
    databaseUrl: database.url,
    sender: DEFAULT_LINK.phoneNumberId,
    api,
    async intentIn(id, ...states) {
      let seen: Json = null
      try {
        return await eventually(async () => {
          seen = (await api('GET', `/v1/intents/${id}`)).body
          return states.includes(seen.state) ? seen : false
        })
      } catch {
        throw new Error(`expected intent ${id} to become ${states.join(' or ')}, it is ${JSON.stringify(seen, null, 1)}`)
      }
    },
    async enqueue(intent) {
      const answer = await api('POST', '/v1/intents', { sender: DEFAULT_LINK.phoneNumberId, ...intent })
      if (answer.status !== 202) throw new Error(`expected 202, got ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    async close() {
      await app.stop()
      await sandbox.close()
      await lanes.close()
      await database.drop()
    },
  }
  if (options.link !== false) {
    const linked = await api('POST', '/v1/senders', { ...LINK, throughput_mps: 1000, ...options.sender })
    if (linked.status !== 201) throw new Error(`expected 201 for the sender, got ${linked.status} ${JSON.stringify(linked.body)}`)
    await api('POST', '/v1/templates/sync', { waba_id: DEFAULT_LINK.wabaId })
  }
  return harness
}

export function resolvedConfig(env: Record<string, string>): ResolvedConfig {
  const loaded = loadConfig('start', env)
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
  return loaded.config as ResolvedConfig
}

/** Logs to nowhere, or to stderr with `CASEMENT_TEST_LOG=1` when a test is puzzling. */
function quietLogger() {
  if (process.env.CASEMENT_TEST_LOG) return createLogger({ level: 'debug' })
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  return createLogger({ level: 'warn', destination: nowhere })
}
