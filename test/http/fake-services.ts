import { Readable } from 'node:stream'
import { formatZodIssue } from '../../src/domain/content.ts'
import { DEFAULT_WORKSPACE, type IntentId, type WorkspaceId } from '../../src/domain/ids.ts'
import { intentRequestSchema } from '../../src/domain/request.ts'
import type { Role, Session } from '../../src/domain/roles.ts'
import { SHOWN_STATES } from '../../src/domain/shown-state.ts'
import { instant } from '../../src/domain/time.ts'
import type { Answer, Refusal, SenderView, Services, View } from '../../src/http/services.ts'
import type { EnqueueResult } from '../../src/usecases/enqueue-intent.ts'
import { COUNTED_FILTERS } from '../../src/usecases/read-conversations.ts'
import { readFlow } from '../../src/usecases/read-flow.ts'
import { CALLER } from '../support/access.ts'

export const SYSTEM_KEY = 'key-system-0123456789'
export const TEMPLATES_KEY = 'key-templates-0123456789'
export const CAMPAIGNS_KEY = 'key-campaigns-0123456789'
export const ADMIN_KEY = 'key-admin-0123456789'
export const SEND_KEY = 'key-send-0123456789'
/** The one that may stand in the address of a drop-in request. */
export const QUERY_KEY = 'key-query-0123456789'
export const READ_KEY = 'key-read-0123456789'
export const VERIFY_TOKEN = 'verify-me'
export const SIGNATURE = `sha256=${'ab'.repeat(32)}`

export const SENDER = '106540352242922'
export const WABA = '102290129340398'
export const CONTACT = '5511987654321'
const JOB = {
  id: '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a11',
  kind: 'erase_contact',
  state: 'running',
  done: 0,
  total: null,
  result: null,
  error: null,
  created_at: '2026-11-22T12:00:00.000Z',
  finished_at: null,
}
export const ENDPOINT = '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a12'
export const RUN = '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a99'
export const CAMPAIGN = '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a13'
export const INTENT = '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10'

const NOW = instant(Date.parse('2026-11-22T12:00:00Z'))
const ISO = '2026-11-22T12:00:00.000Z'

export interface Call {
  method: string
  args: unknown[]
}

export interface FakeServices {
  services: Services
  /** Everything that was asked, but for who it was and what was written down of it. */
  calls: Call[]
  asked(method: keyof Services): unknown[][]
}

const BESIDE = ['authenticate', 'authenticateSession', 'record', 'signInRefused']

/** Answers as the real ones would for one linked sender, one contact and one intent. `overrides` replace single answers. */
export function fakeServices(overrides: Partial<Services> = {}): FakeServices {
  const calls: Call[] = []
  const all: Call[] = []
  const answers: Services = { ...defaults, ...overrides }
  const services = Object.fromEntries(
    Object.entries(answers).map(([method, answer]) => [
      method,
      (...args: unknown[]) => {
        all.push({ method, args })
        if (!BESIDE.includes(method)) calls.push({ method, args })
        return (answer as (...given: unknown[]) => unknown)(...args)
      },
    ]),
  ) as unknown as Services
  return {
    services,
    calls,
    asked: (method) => all.filter((call) => call.method === method).map((call) => call.args),
  }
}

export function refusal(status: Refusal['status'], code: string, more: Partial<Refusal> = {}): Answer<never> {
  return { ok: false, refusal: { status, code, message: `expected something else than ${code}`, ...more } }
}

export const sender: SenderView = {
  phone_number_id: SENDER,
  waba_id: WABA,
  portfolio_id: WABA,
  display_phone_number: '+1 555 010 0000',
  verified_name: 'Casement',
  throughput_mps: 80,
  throughput: { configured_mps: 80, effective_mps: 80, slowed_since: null, used_1m: 0 },
  calls_paused_until: null,
  messaging_limit: null,
  messaging_limit_left: null,
  messaging_limit_frees_at: null,
  pair_limited_24h: 0,
  quality: 'GREEN',
  quality_history: [{ at: ISO, score: 'GREEN' }],
  webhook_seen_at: ISO,
  webhook_failed: 0,
  default_when_closed: 'hold',
  state: 'active',
  reason: null,
  currency: 'USD',
  time_zone: null,
  budget: null,
  free_service_left: 1_000,
  created_at: ISO,
}

const FATE = {
  at: ISO,
  kind: 'send',
  reason: { code: 'window_open', text: 'The window is open.' },
  template: null,
  price: null,
  text: 'It will go as it is.',
}

export const intent: View = {
  id: INTENT,
  state: 'scheduled',
  reason: null,
  sender: SENDER,
  to: { wa_id: CONTACT, user_id: null },
  message: { type: 'text', text: { body: 'Hello' } },
  when_closed: 'hold',
  priority: 'reply',
  delivery: 'at_least_once',
  release: 'all',
  send_at: ISO,
  schedule: null,
  cancel_on: [],
  due_at: ISO,
  expires_at: '2026-11-29T12:00:00.000Z',
  created_at: ISO,
  created_by: { kind: 'api', id: null, name: 'shop' },
  cancel_requested_at: null,
  idempotency_key: null,
  metadata: null,
  sent_as: null,
  wamid: null,
  delivery_status: null,
  cost: null,
  attempts: [],
  decisions: [],
  follow_up: null,
  flow: null,
  meta_status: null,
  campaign: null,
  follow_up_of: null,
  forecast: FATE,
}

export const contact: View = {
  wa_id: CONTACT,
  user_id: null,
  username: null,
  name: 'Ana',
  language: null,
  time_zone: null,
  marketing: 'unknown',
  utility: 'unknown',
  stopped_marketing_at: null,
  created_at: ISO,
}

export const WAMID = 'wamid.HBgLNTUxMTk4NzY1NDMyMRUCABIYAA/+=='

export const message: View = {
  id: WAMID,
  direction: 'outbound',
  at: ISO,
  type: 'text',
  text: 'Hello',
  message: { type: 'text', text: { body: 'Hello' } },
  body: { type: 'text', text: { body: 'Hello' } },
  status: 'delivered',
  wamid: WAMID,
  intent: INTENT,
  intent_id: INTENT,
  by: { kind: 'api', name: 'shop' },
  reason: null,
  quoted: null,
  referral: null,
  media: null,
  template: null,
  preview: null,
  pricing: null,
}

const conversation: View = {
  sender: SENDER,
  contact,
  customer_service_window: { open: true, opened_at: ISO, expires_at: '2026-11-23T12:00:00.000Z' },
  free_entry_point: { state: 'none', open: false, entered_at: null, reply_by: null, opened_at: null, expires_at: null },
  free_form_until: '2026-11-23T11:59:30.000Z',
  last_message: { id: WAMID, direction: 'outbound', type: 'text', text: 'Hello', at: ISO, status: 'delivered' },
  unread: 0,
  waiting_count: 0,
  handed_over: null,
  messages: [message],
  waiting: [],
}

const template: View = {
  id: '594425479261596',
  waba_id: WABA,
  name: 'keep_helping',
  language: 'en',
  category: 'UTILITY',
  status: 'APPROVED',
  quality: 'GREEN',
  hidden: false,
  synced_at: ISO,
  category_change: null,
  preview: { header: null, body: 'Shall we go on?', footer: null, buttons: [] },
  quality_history: [],
  used_by: { waiting: 0, campaigns: [], flows: [] },
  last_30_days: { sent: 9, delivered: 8, read: 5, failed: 1, stopped: 0 },
  history: [],
}

const endpoint: View = { id: ENDPOINT, url: 'https://shop.example/hooks', kind: 'events', state: 'active' }
const delivery: View = { id: '1', state: 'pending', type: 'intent.sent', numbers: [SENDER], attempts: [] }

const flow: View = { name: 'hello', state: 'active', version: 1, sender: null, created_at: ISO, state_at: ISO }
const flowRun: View = {
  id: RUN,
  flow: 'hello',
  version: 1,
  sender: SENDER,
  contact: { wa_id: CONTACT, user_id: null },
  state: 'waiting',
  reason: null,
  outcome: null,
  step: 'greet',
  due_at: null,
  started_at: ISO,
  ended_at: null,
  data: {},
  call: {},
  history: [],
}
const campaign: View = { id: CAMPAIGN, name: 'Spring', state: 'draft', sender: SENDER, counts: { total: 0 } }

const webhookEvent: View = { id: '1', state: 'failed', received_at: ISO }

const SCOPES: Record<string, string[]> = {
  [SYSTEM_KEY]: ['system'],
  [ADMIN_KEY]: ['admin'],
  [SEND_KEY]: ['send'],
  [QUERY_KEY]: ['admin'],
  [READ_KEY]: ['read'],
  [TEMPLATES_KEY]: ['templates'],
  [CAMPAIGNS_KEY]: ['campaigns'],
}

export const USER = '7d3f4a52-6f0e-4c1e-9a4b-0c7d5a1e2f30'
export const PASSWORD = 'a long password of hers'
export const LINK_CODE = 'L'.repeat(43)

/** Of the cookies of people, by their role. */
export const TOKENS = {
  viewer: 'V'.repeat(43),
  operator: 'O'.repeat(43),
  admin: 'A'.repeat(43),
  /** Has given the password again a moment ago. */
  confirmed: 'C'.repeat(43),
  /** An admin where a second factor is asked for, who has none. */
  withoutTotp: 'T'.repeat(43),
} as const

export const CSRF_SECRET = 'secret-of-the-csrf-token'

export function sessionOf(role: Role, more: Partial<Session> = {}, requireTotp = false): Session {
  return {
    id: `session-${role}`,
    csrfSecret: CSRF_SECRET,
    expiresAt: instant(Date.now() + 3_600_000),
    confirmedAt: null,
    user: { id: USER, email: 'ana@example.com', hasPassword: true, hasTotp: false },
    memberships: [
      { workspace: DEFAULT_WORKSPACE, workspaceName: 'Default', role, name: 'Ana', requireTotp },
      { workspace: 'shrub' as WorkspaceId, workspaceName: 'Shrub', role: 'viewer', name: 'Ana S.', requireTotp: false },
    ],
    ...more,
  }
}

const SESSIONS: Record<string, Session> = {
  [TOKENS.viewer]: sessionOf('viewer'),
  [TOKENS.operator]: sessionOf('operator'),
  [TOKENS.admin]: sessionOf('admin'),
  [TOKENS.confirmed]: sessionOf('admin', { confirmedAt: instant(Date.now()) }),
  [TOKENS.withoutTotp]: sessionOf('admin', { confirmedAt: instant(Date.now()) }, true),
}

const signedIn = (role: Role) => ({ kind: 'signed_in' as const, token: TOKENS[role], session: sessionOf(role) })

const RATE_CARD = {
  id: '1',
  kind: 'rates',
  currency: 'USD',
  valid_from: '2026-10-01',
  markets: 47,
  sha256: 'ab',
  created_at: '2026-11-22T12:00:00.000Z',
}

const ok = async <T>(value: T): Promise<Answer<T>> => ({ ok: true, value })
const page = (item: View) => ok({ data: [item], next_cursor: null })
const known = <T>(id: string, ids: string[], value: T): Promise<Answer<T>> =>
  ids.includes(id) ? ok(value) : Promise.resolve(refusal(404, 'not_found'))

const defaults: Services = {
  authenticate: async (key) => {
    const scopes = SCOPES[key]
    return scopes ? { ...CALLER, scopes, allowQuery: key === QUERY_KEY } : null
  },

  authenticateSession: async (token) => SESSIONS[token] ?? null,
  signIn: async (_browser, input) => {
    if ('link' in input) return input.link === LINK_CODE ? signedIn('operator') : { kind: 'refused' }
    if (input.password !== PASSWORD) return { kind: 'refused' }
    return input.email === 'careful@example.com' && input.totp === undefined
      ? { kind: 'totp_required' }
      : signedIn('admin')
  },

  record: async () => {},
  signInRefused: async () => {},
  listAudit: () => page({ id: '1', action: 'sender.pause' }),

  me: async (caller) => ({ kind: 'key', id: '1', name: 'ops', scopes: caller.scopes, workspace: caller.workspace }),
  createWorkspace: (_caller, input) => ok({ id: input.id ?? 'made', name: input.name, created_at: ISO }),
  listWorkspaces: async () => [{ id: 'default', name: 'Default', created_at: ISO }],
  getWorkspace: (_caller, id) => known(id, ['default'], { id }),
  makeSigningSecret: (_caller, id) => known(id, ['default'], { secret: 'whsec_c2VjcmV0' }),
  updateWorkspace: (_caller, id) => known(id, ['default'], { id }),
  createKey: (_caller, input) => ok({ id: '1', key: 'casement_x', name: input.name }),
  listKeys: () => ok([{ id: '1', name: 'ops' }]),
  revokeKey: (_caller, id) => known(id, ['1'], null),

  listSessions: async () => [{ id: USER, current: true }],
  endSession: (_caller, id) => known(id, [USER, 'session-admin', 'session-viewer', 'session-operator'], null),
  confirmSession: async (_caller, given) => given.password === PASSWORD || given.totp === '123456',
  setPassword: () => ok(null),
  beginTotp: () => ok({ secret: 'JBSWY3DP', uri: 'otpauth://totp/x' }),
  setTotp: () => ok(null),
  removeTotp: () => ok(null),
  inviteUser: (_caller, { email }) => {
    const isKnown = email === 'known@example.com'
    return ok({
      user: { id: USER, email },
      code: isKnown ? null : LINK_CODE,
      link_expires_at: isKnown ? null : ISO,
    })
  },
  listUsers: () => ok([{ id: USER }]),
  updateUser: (_caller, id) => known(id, [USER], { id: USER }),
  removeUser: (_caller, id) => known(id, [USER], null),

  enqueue: async (_caller, inputs) => inputs.map(enqueueOne),
  enqueueBatch: async (_caller, inputs) => inputs.map(enqueueOne),
  getIntent: (_caller, id) => known(id, [INTENT], intent),
  listIntents: () => page(intent),
  cancelIntent: (_caller, id) => known(id, [INTENT], { intent: { ...intent, state: 'cancelled' }, requested: false }),
  changeIntent: (_caller, id) => known(id, [INTENT], intent),
  replayIntent: (_caller, id) => known(id, [INTENT], intent),
  countBulk: () => ok({ matches: 2, by_reason: { graph_refused: 2 } }),
  startBulk: () => ok({ id: JOB.id }),
  countIntents: () => ok({ counts: Object.fromEntries(SHOWN_STATES.map((state) => [state, 1])), at_most: 10_000 }),
  settleIntent: (_caller, id) => known(id, [INTENT], { ...intent, state: 'sent' }),

  checkSender: (_caller, asked) =>
    known('id' in asked ? asked.id : SENDER, [SENDER], {
      checks: [
        {
          name: 'token',
          state: 'ok',
          text: 'The token is valid and never expires.',
          code: 'lasting',
          values: {},
          field: 'access_token',
        },
      ],
    }),
  subscribeSender: (_caller, id) => known(id, [SENDER], sender),
  linkSender: (_caller, input) => ok({ created: input.phone_number_id !== SENDER, sender }),
  listSenders: async () => [sender],
  getSender: (_caller, id) => known(id, [SENDER], sender),
  updateSender: (_caller, id) => known(id, [SENDER], sender),
  pauseSender: (_caller, id) => known(id, [SENDER], { ...sender, state: 'paused' }),
  resumeSender: (_caller, id) => known(id, [SENDER], sender),
  unlinkSender: (_caller, id) => known(id, [SENDER], null),

  listConversations: () => page(conversation),
  countConversations: () =>
    ok({ counts: Object.fromEntries(COUNTED_FILTERS.map((name) => [name, 1])), at_most: 1_000 }),
  getConversation: (_caller, _sender, id) => known(id, [CONTACT], conversation),
  forecastIntent: async (_caller, input) => {
    const [enqueued] = [enqueueOne(input)]
    if (!enqueued.ok)
      return refusal(enqueued.error.status, enqueued.error.code, { field: enqueued.error.field ?? 'body' })
    const fate = { ...FATE, reason: { code: 'window_open', text: 'Open.' } }
    const limits = { pair_left: 45, messaging_limit_left: null, free_service_left: null }
    return ok({ window: { open: true, expires_at: ISO }, now: fate, at_send_at: null, preview: null, limits })
  },
  setup: async (_caller, base) => ({
    webhook_url: base === null ? null : `${base}/webhooks/whatsapp`,
    verify_token: null,
    number_linked: true,
    webhook_seen_at: ISO,
    missing: [],
    sandbox: false,
  }),
  joinLive: async (_caller, types, stream) => {
    stream.send('hello', JSON.stringify({ server: '0', now: ISO }))
    if (types?.has('flow')) stream.end()
    return { ok: true, value: () => {} }
  },
  listMessages: (_caller, { contact: id }) => known(id, [CONTACT], { data: [message], next_cursor: null }),
  messageFile: (_caller, { wamid }) =>
    known(wamid, [WAMID], {
      status: 200,
      headers: { 'content-type': 'image/jpeg' },
      body: Readable.from([Buffer.from('a picture')]),
      filename: null,
    }),
  readConversation: (_caller, { contact: id }) => known(id, [CONTACT], null),
  takeConversation: (_caller, { contact: id }) => known(id, [CONTACT], null),
  uploadMedia: async (_caller, { sender: id, stream }) => {
    stream.resume()
    return known(id, [SENDER], { id: '1013859600285441' })
  },

  listTemplates: () => page(template),
  getTemplate: (_caller, id) => known(id, [template.id as string], template),
  syncTemplates: (_caller, id) => known(id, [WABA], { synced: 3 }),
  createTemplate: () => ok(template),
  editTemplate: (_caller, id) => known(id, [template.id as string], template),
  deleteTemplate: (_caller, id) => known(id, [template.id as string], null),
  unpauseTemplate: (_caller, id) => known(id, [template.id as string], template),
  archiveTemplate: (_caller, id) => known(id, [template.id as string], template),
  hideTemplate: (_caller, id) => known(id, [template.id as string], template),
  previewTemplate: () => ok({ header: null, body: 'Shall we go on?', footer: null, buttons: [] }),
  templateLibrary: () => page({ name: 'delivery_update_1', language: 'en_US', category: 'UTILITY' }),
  uploadSample: (_caller, id) => known(id, [WABA], { handle: '4::aGFuZGxl:ARb1' }),
  lintTemplate: async () => ({
    problems: [{ path: 'name', message: 'is missing', code: 'missing', values: {} }],
    warnings: [{ path: 'language', message: 'is rare', code: 'language_unknown', values: { language: 'xx' } }],
  }),

  createCampaign: (_caller, { name }) => ok({ ...campaign, name }),
  listCampaigns: () => page(campaign),
  getCampaign: (_caller, id) => known(id, [CAMPAIGN], campaign),
  updateCampaign: (_caller, id) => known(id, [CAMPAIGN], campaign),
  campaignRecipients: (_caller, id) => known(id, [CAMPAIGN], Readable.from(['line,to,state\r\n'])),
  campaignFailures: (_caller, id) => known(id, [CAMPAIGN], { data: [] }),
  retryCampaign: (_caller, id) => known(id, [CAMPAIGN], campaign),
  estimateCampaign: (_caller, id) => known(id, [CAMPAIGN], { version: 1, state: 'computing', done: 0, total: 9 }),
  commandCampaign: (_caller, id) => known(id, [CAMPAIGN], { state: 'running', checked: false }),
  importAudience: async (_caller, id, { stream }) => {
    const text = Buffer.concat(await stream.toArray()).toString()
    return known(id, [CAMPAIGN], { rows: text.split('\n').length, accepted: 0, duplicates: 0, invalid: 0, errors: [] })
  },
  copyAudience: (_caller, id) => known(id, [CAMPAIGN], { upload: 1, state: 'loading' }),
  listAudience: (_caller, id) => known(id, [CAMPAIGN], { data: [] }),
  audienceErrors: (_caller, id) => known(id, [CAMPAIGN], Readable.from(['line,to,code,reason\r\n'])),

  async checkFlow(_caller, text) {
    const { problems, warnings } = readFlow(text)
    return {
      problems,
      warnings,
      migration: { steps: ['bye'], vanishing: [{ step: 'ask', runs: 1 }], moved: {}, removed: 'end' },
    }
  },
  deployFlow: () => ok({ version: 2, created: false, warnings: [] }),
  listFlows: () => page(flow),
  getFlow: (_caller, name) =>
    known(name, ['hello'], {
      ...flow,
      versions: [],
      document: {},
      source: '',
      counts: { waiting: 0, ended: {} },
      steps: [],
    }),
  pauseFlow: (_caller, name) => known(name, ['hello'], flow),
  resumeFlow: (_caller, name) => known(name, ['hello'], flow),
  startFlow: (_caller, name) => known(name, ['hello'], { id: RUN }),
  listRuns: (_caller, name) => known(name, ['hello'], { data: [flowRun], next_cursor: null }),
  getRun: (_caller, id) => known(id, [RUN], flowRun),
  stopRun: (_caller, id) => known(id, [RUN], flowRun),
  pauseRun: (_caller, id) => known(id, [RUN], flowRun),
  resumeRun: (_caller, id) => known(id, [RUN], flowRun),
  tellEvent: (_caller, { contact: id }) => known(id, [CONTACT], { matched_runs: 1 }),

  verifyToken: (token) => token === VERIFY_TOKEN,
  receiveWebhook: async (_raw, signature) => signature === SIGNATURE,
  listWebhookEvents: () => page(webhookEvent),
  replayWebhookEvent: (_caller, id) => known(id, ['1'], webhookEvent),

  createEndpoint: (_caller, input) => ok({ ...endpoint, url: input.url, secret: 'whsec_x' }),
  listEndpoints: async () => [endpoint],
  getEndpoint: (_caller, id) => known(id, [ENDPOINT], endpoint),
  updateEndpoint: (_caller, id) => known(id, [ENDPOINT], endpoint),
  deleteEndpoint: (_caller, id) => known(id, [ENDPOINT], null),
  pauseEndpoint: (_caller, id) => known(id, [ENDPOINT], { ...endpoint, state: 'paused' }),
  resumeEndpoint: (_caller, id) => known(id, [ENDPOINT], endpoint),
  testEndpoint: (_caller, id) => known(id, [ENDPOINT], { delivered: true, status: 200, ms: 3, error: null }),
  listDeliveries: (_caller, id) => (id === ENDPOINT ? page(delivery) : Promise.resolve(refusal(404, 'not_found'))),
  replayDeliveries: (_caller, id) => known(id, [ENDPOINT], { job: JOB.id }),
  replayDelivery: (_caller, id, one) => known(`${id} ${one}`, [`${ENDPOINT} 1`], delivery),
  skipDelivery: (_caller, id, one) => known(`${id} ${one}`, [`${ENDPOINT} 1`], delivery),

  importRateCard: (_caller, valid_from) => ok({ ...RATE_CARD, valid_from }),
  listRateCards: async () => [RATE_CARD],
  readCosts: () => ok({ rows: [], total: [] }),

  listContacts: () => page(contact),
  getContact: (_caller, id) => known(id, [CONTACT], contact),
  updateContact: (_caller, id) => known(id, [CONTACT], contact),
  putContact: async (_caller, id) => ({ ok: true, value: { created: id !== CONTACT, contact } }),
  exportContact: (_caller, id) => known(id, [CONTACT], { contact, conversations: [] }),
  eraseContact: (_caller, id) => known(id, [CONTACT], { job: JOB.id }),
  getJob: (_caller, id) => known(id, [JOB.id], JOB),
  listJobItems: (_caller, id) => known(id, [JOB.id], { data: [intent], next_cursor: null }),
  recordConsent: (_caller, id) => known(id, [CONTACT], contact),

  passThrough: async (_caller, { method, id, edge, body }) => {
    const received = body?.kind === 'stream' ? (await body.stream.toArray()).length : (body?.bytes.length ?? 0)
    const path = `${id === null ? '' : `/${id}`}${edge}`
    const json = { success: true, id: '42', url: 'https://lookaside.fbsbx.com/42', method, path, received }
    return ok({ status: 200, headers: { 'x-fb-trace-id': 'A1' }, json, kind: id === '42' ? ('medium' as const) : null })
  },
  downloadMedium: async () =>
    ok({ status: 200, headers: { 'content-type': 'image/png' }, body: Readable.from([Buffer.from([0, 255, 1])]) }),

  notReady: async () => [],
  isAway: () => false,
  metrics: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: 'casement_up 1\n' }),
}

/** Checks the request with the schema the use-case checks it with, so that what passes here passes there. */
function enqueueOne(input: unknown): EnqueueResult {
  const parsed = intentRequestSchema.safeParse(input)
  if (!parsed.success) {
    const { field, message } = formatZodIssue(parsed.error, { input })
    return { ok: false, error: { status: 400, code: 'invalid', message, ...(field ? { field } : {}) } }
  }
  const { sender: from, idempotency_key: key, message } = parsed.data
  if (from !== SENDER) {
    const text = `expected sender to be a linked phone_number_id, got ${from}`
    return { ok: false, error: { status: 404, code: 'sender_unknown', message: text, field: 'sender' } }
  }
  if (message.type === 'template' && message.template.name === 'no_such') {
    return { ok: false, error: { status: 404, code: 'template_unknown', message: 'expected a template that exists' } }
  }
  if (key === 'conflict') {
    return { ok: false, error: { status: 409, code: 'idempotency_conflict', message: 'expected the same request' } }
  }
  return {
    ok: true,
    repeated: key === 'repeated',
    intent: {
      id: INTENT as IntentId,
      state: 'scheduled',
      reason: null,
      window: { open: true, expiresAt: NOW },
      forecast: {
        at: NOW,
        kind: 'send',
        reason: { code: 'window_open', text: 'The window is open.' },
        price: null,
        text: 'It will go as it is.',
      },
    },
  }
}
