import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { ORDER_UPDATE, text } from './fixtures.ts'

interface Operation {
  operationId: string
  security?: object[]
  'x-casement-scope'?: string
}
/** How to ask for what is not theirs: path parameters by name, a body, and what may be answered where it is not 404. */
interface Asked {
  id?: string
  body?: () => unknown
  status?: number
  code?: string
  /** A stream, of which the beginning is looked at. */
  endless?: boolean
}

interface Answer {
  status: number
  text: string
}

const THEIRS = '106540352249999'
const THEIR_WABA = '102290129349999'
/** Of the populated workspace; whatever holds one of these was seen by somebody who should not. */
const CUSTOMER = '5511900777001'
const CUSTOMERS_NAME = 'Ana Lygia'
const WORDS = 'The parcel is with the neighbour'
const FLOW = { flow: 'ours', purpose: 'service', triggers: ['api'], steps: [{ id: 'rest', wait: '9d' }] }
const HELD = 'Still in the warehouse'

describe('a workspace', () => {
  let casement: Harness
  let key: string
  /** What the stranger may ask for by name. */
  const known: Record<string, string> = {}

  async function ask(method: string, path: string, body?: unknown, bearer = key): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${bearer}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const given = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(`${casement.url}${path}`, { method, headers, ...given })
    return { status: response.status, text: await response.text() }
  }

  /** Of an answer that does not end by itself. */
  async function beginningOf(path: string): Promise<Answer> {
    const until = new AbortController()
    const headers = { authorization: `Bearer ${key}` }
    const response = await fetch(`${casement.url}${path}`, { headers, signal: until.signal })
    const { value } = (await response.body?.pipeThrough(new TextDecoderStream()).getReader().read()) ?? {}
    until.abort()
    return { status: response.status, text: value ?? '' }
  }

  async function makeKey(body: object): Promise<{ id: string; key: string }> {
    const made = await casement.api<{ id: string; key: string }>('POST', '/v1/api-keys', body)
    expect(made.status).toBe(201)
    return made.body
  }

  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
    casement.sandbox.customers.say(CUSTOMER, { text: WORDS })
    await casement.told()
    await casement.api('PATCH', `/v1/contacts/${CUSTOMER}`, { name: CUSTOMERS_NAME })
    const sent = await casement.enqueue({ to: `+${CUSTOMER}`, message: text(WORDS), idempotency_key: 'mine' })
    await casement.intentIn(sent.id, 'sent')
    await casement.told()
    const held = await casement.enqueue({ to: '+5511900777002', message: text(HELD), when_closed: 'hold' })
    await casement.intentIn(held.id, 'held')
    const failed = await casement.enqueue({ to: '+5511900777003', message: text(HELD), when_closed: 'fail' })
    await casement.intentIn(failed.id, 'failed')
    await casement.query(`update webhook_events set state = 'failed'`)
    const [template] = await casement.query<{ id: string }>('select id from templates limit 1')
    const [event] = await casement.query<{ id: string }>('select id from webhook_events limit 1')
    const own = await makeKey({ name: 'shop of mine', scopes: ['send'] })
    const [job] = await casement.query<{ id: string }>(
      `insert into jobs (id, workspace, kind, input, state, finished_at) values (gen_random_uuid(), 'default', 'none', '{}', 'done', now()) returning id`,
    )
    const invited = { email: 'ana@example.com', name: 'Ana of ours', role: 'operator' }
    const user = await casement.api<{ id: string }>('POST', '/v1/users', invited)
    const hook = { url: 'https://hooks.example.com/ours', kind: 'events', events: ['contact.*'] }
    const endpoint = await casement.api<{ id: string }>('POST', '/v1/webhook-endpoints', hook)
    expect(endpoint.status).toBe(201)
    const draft = { name: 'Spring of ours', sender: casement.sender, message: text(WORDS) }
    const campaign = await casement.api<{ id: string }>('POST', '/v1/campaigns', draft)
    expect(campaign.status).toBe(201)
    expect((await casement.api('PUT', `/v1/flows/${FLOW.flow}`, FLOW)).status).toBe(200)
    expect((await casement.api('PUT', '/v1/flows/unwritten', { ...FLOW, flow: 'unwritten' })).status).toBe(200)
    const run = await casement.api<{ id: string }>('POST', `/v1/flows/${FLOW.flow}/runs`, {
      sender: casement.sender,
      to: `+${CUSTOMER}`,
    })
    expect(run.status).toBe(202)
    const runOf = run.body.id
    await eventually(
      async () =>
        (await casement.query(`select from flow_runs where state = 'waiting' and due_at > casement_now()`)).length ===
        1,
    )
    const [inbound] = await casement.query<{ wamid: string }>('select wamid from inbound_messages limit 1')
    Object.assign(known, {
      inbound: inbound?.wamid,
      campaign: campaign.body.id,
      run: runOf,
      flow: FLOW.flow,
      user: user.body.id,
      endpoint: endpoint.body.id,
      job: job?.id,
      intent: held.id,
      failed: failed.id,
      template: template?.id,
      event: event?.id,
      key: own.id,
    })

    expect((await casement.api('POST', '/v1/workspaces', { id: 'another', name: 'Another' })).status).toBe(201)
    key = (await makeKey({ name: 'stranger', scopes: ['admin'], workspace: 'another' })).key
    // So that a token of their own is at hand, which Meta might let see more than it should.
    casement.sandbox.addSender({ id: THEIRS, waba_id: THEIR_WABA, display_phone_number: '15550789999' })
    const link = { phone_number_id: THEIRS, waba_id: THEIR_WABA, access_token: LINK.access_token }
    expect((await ask('POST', '/v1/senders', link)).status).toBe(201)
    // What Meta says of numbers is read by itself, and is no doing of anybody's.
    await eventually(async () => (await casement.query('select from wabas where numbers_read_at is null')).length === 0)
  })
  afterAll(() => casement.close())

  /** Everything that the populated workspace has. Keys are without the time of their last use. */
  async function rows(): Promise<unknown[]> {
    const tables = [
      ...[
        'senders',
        'wabas',
        'portfolios',
        'contacts',
        'contact_identities',
        'conversations',
        'intents',
        'audit_events',
        'memberships',
        'webhook_endpoints',
        'campaigns',
        'flows',
        'flow_runs',
      ].map((table) => `select '${table}', t::text from ${table} t where t.workspace = 'default'`),
      ...['consents', 'decisions', 'attempts', 'messages', 'inbound_messages', 'templates', 'template_history'].map(
        (table) => `select '${table}', t::text from ${table} t`,
      ),
      `select 'webhook_events', id || state from webhook_events`,
      `select 'api_keys', id || name || coalesce(revoked_at::text, '') from api_keys where workspace = 'default'`,
      `select 'workspaces', t::text from workspaces t where id = 'default'`,
    ]
    return casement.query(`select * from (${tables.join(' union all ')}) as all_rows (name, row) order by 1, 2`)
  }

  const enqueued = () => ({ sender: casement.sender, to: `+${CUSTOMER}`, message: text('Hi'), idempotency_key: 'mine' })
  const aText = () => ({ messaging_product: 'whatsapp', to: CUSTOMER, type: 'text', text: { body: 'Hi' } })

  const asked: Record<string, Asked> = {
    whoAmI: { status: 200 },
    createWorkspace: { body: () => ({ name: 'Mine' }), status: 403 },
    listWorkspaces: { status: 403 },
    getWorkspace: { id: 'default' },
    makeSigningSecret: { id: 'default' },
    updateWorkspace: { id: 'default', body: () => ({ name: 'Taken' }) },
    createKey: { body: () => ({ name: 'spy', scopes: ['read'], workspace: 'default' }), status: 403 },
    listKeys: { status: 200 },
    listAudit: { status: 200 },
    inviteUser: {
      body: () => ({ email: 'spy@example.com', name: 'Spy', role: 'admin', workspace: 'default' }),
      status: 403,
    },
    listUsers: { status: 200 },
    updateUser: { id: 'user', body: () => ({ role: 'admin' }) },
    removeUser: { id: 'user' },
    // Of whoever signed in, and of no key.
    getSession: { status: 403 },
    signOut: { status: 403 },
    confirmSession: { body: () => ({ totp: '123456' }), status: 403 },
    listSessions: { status: 403 },
    endSession: { id: 'user', status: 403 },
    setPassword: { body: () => ({ password: 'a long password' }), status: 403 },
    beginTotp: { status: 403 },
    setTotp: { body: () => ({ totp: '123456' }), status: 403 },
    removeTotp: { status: 403 },
    revokeKey: { id: 'key' },
    enqueueIntent: { body: enqueued, code: 'sender_unknown' },
    enqueueIntents: { body: () => ({ intents: [enqueued()] }), status: 200, code: 'sender_unknown' },
    listIntents: { status: 200 },
    forecastIntent: { body: () => ({ sender: casement.sender, to: '+5511987650001', message: text('Hi') }) },
    getIntent: { id: 'intent' },
    changeIntent: { id: 'intent', body: () => ({ priority: 'follow_up' }) },
    cancelIntent: { id: 'intent' },
    replayIntent: { id: 'failed' },
    settleIntent: { id: 'intent', body: () => ({ outcome: 'not_sent' }) },
    // What it finds is its own: nothing.
    bulkIntents: { body: () => ({ action: 'cancel', filter: { sender: casement.sender } }), status: 202 },
    countIntents: { status: 200 },
    listConversations: { status: 200 },
    countConversations: { status: 200 },
    getConversation: {},
    listMessages: {},
    getMessageMedia: {},
    readConversation: { body: () => ({}) },
    takeConversation: {},
    // The number stands in the query, which is not filled in.
    uploadMedia: { status: 400 },
    getSetup: { status: 200 },
    streamEvents: { status: 200, endless: true },
    listContacts: { status: 200 },
    getContact: {},
    updateContact: { body: () => ({ name: 'Taken' }) },
    // It would make somebody of their own.
    putContact: { body: () => ({ nobody: 1 }), status: 400 },
    eraseContact: {},
    exportContact: {},
    getJob: { id: 'job' },
    listJobItems: { id: 'job' },
    recordConsent: { body: () => ({ category: 'marketing', state: 'out' }) },
    linkSender: { body: () => LINK, status: 409, code: 'sender_elsewhere' },
    listSenders: { status: 200 },
    getSender: { id: 'sender' },
    updateSender: { id: 'sender', body: () => ({ throughput_mps: 1 }) },
    unlinkSender: { id: 'sender' },
    pauseSender: { id: 'sender' },
    resumeSender: { id: 'sender' },
    checkSender: { body: () => ({ id: casement.sender }) },
    subscribeSender: { id: 'sender' },
    listTemplates: { status: 200 },
    createTemplate: { body: () => ({ waba_id: LINK.waba_id, name: 'theirs', language: 'en', category: 'UTILITY' }) },
    syncTemplates: { body: () => ({ waba_id: LINK.waba_id }) },
    checkFlow: { body: () => ({ flow: 'a' }), status: 200 },
    simulateFlow: { body: () => ({ document: {}, script: {} }), status: 422 },
    getFlowSchema: { status: 200 },
    lintTemplate: { body: () => ({ name: 'a' }), status: 200 },
    getTemplate: { id: 'template' },
    createCampaign: { body: () => ({ name: 'Spy', sender: casement.sender, message: text('Hi') }), status: 400 },
    listCampaigns: { status: 200 },
    getCampaign: { id: 'campaign' },
    getEstimate: { id: 'campaign' },
    startCampaign: { id: 'campaign' },
    pauseCampaign: { id: 'campaign' },
    resumeCampaign: { id: 'campaign' },
    cancelCampaign: { id: 'campaign' },
    getCampaignRecipientsCsv: { id: 'campaign' },
    getCampaignRecipientsNdjson: { id: 'campaign' },
    getCampaignFailures: { id: 'campaign' },
    retryCampaign: { id: 'campaign', body: () => ({ reasons: ['expired'] }) },
    // A name is nobody's: a whole one would be theirs.
    deployFlow: { id: 'flow', body: () => ({ flow: FLOW.flow }), status: 422 },
    listFlows: { status: 200 },
    getFlow: { id: 'unwritten' },
    pauseFlow: { id: 'unwritten' },
    resumeFlow: { id: 'unwritten' },
    startFlowRun: { id: 'unwritten', body: () => ({ sender: casement.sender, to: `+${CUSTOMER}` }) },
    listFlowRuns: { id: 'unwritten' },
    getFlowRun: { id: 'run' },
    stopFlowRun: { id: 'run' },
    pauseFlowRun: { id: 'run' },
    resumeFlowRun: { id: 'run' },
    tellFlowEvent: { body: () => ({ contact: CUSTOMER, name: 'paid', key: '1' }) },
    importAudience: { id: 'campaign', body: () => ({ from_contacts: {} }) },
    listAudience: { id: 'campaign' },
    getAudienceErrors: { id: 'campaign' },
    updateCampaign: { id: 'campaign', body: () => ({ name: 'Taken' }) },
    // Of numbers that they do not have.
    createEndpoint: {
      body: () => ({ url: 'https://hooks.example.com/spy', kind: 'meta', senders: [casement.sender] }),
      status: 400,
    },
    // Files only; whose cards are seen is test/store/rate-cards.test.ts.
    importRateCard: { body: () => ({}), status: 415 },
    listRateCards: { status: 200 },
    readCosts: { status: 200 },
    listEndpoints: { status: 200 },
    getEndpoint: { id: 'endpoint' },
    updateEndpoint: { id: 'endpoint', body: () => ({ url: 'https://hooks.example.com/taken' }) },
    deleteEndpoint: { id: 'endpoint' },
    pauseEndpoint: { id: 'endpoint' },
    resumeEndpoint: { id: 'endpoint' },
    testEndpoint: { id: 'endpoint' },
    listDeliveries: { id: 'endpoint' },
    replayDeliveries: {
      id: 'endpoint',
      body: () => ({ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }),
    },
    replayDelivery: { id: 'endpoint' },
    skipDelivery: { id: 'endpoint' },
    editTemplate: { id: 'template', body: () => ({ message_send_ttl_seconds: 60 }) },
    deleteTemplate: { id: 'template' },
    unpauseTemplate: { id: 'template' },
    archiveTemplate: { id: 'template' },
    unarchiveTemplate: { id: 'template' },
    hideTemplate: { id: 'template' },
    unhideTemplate: { id: 'template' },
    previewTemplate: { body: () => ({ name: 'keep_helping', language: 'en', waba_id: LINK.waba_id }) },
    // It belongs to nobody.
    listTemplateLibrary: { status: 200 },
    // The account stands in the query, which is not filled in: e2e/template-work.test.ts asks for another's.
    uploadTemplateSample: { status: 400 },
    listWebhookEvents: { status: 200 },
    replayWebhookEvent: { id: 'event' },
    cloudApiSend: { body: aText, status: 400, code: '33' },
    cloudApiReadNode: { status: 400, code: '33' },
    cloudApiDeleteMedia: { status: 400, code: '33' },
    cloudApiEditTemplate: { id: 'template', body: () => ({ category: 'MARKETING' }), status: 400, code: '33' },
    cloudApiDownloadMedia: { status: 400, code: '33' },
    // Files only; what becomes of one is test/http/drop-in-doors.test.ts.
    cloudApiUploadMedia: { body: () => ({}), status: 415, code: '100' },
    cloudApiListTemplates: { status: 400, code: '33' },
    cloudApiCreateTemplate: { body: () => ({ name: 'theirs' }), status: 400, code: '33' },
  }

  function fill(path: string, id = 'sender'): string {
    const values: Record<string, string> = {
      version: 'v25.0',
      phone_number_id: casement.sender,
      waba_id: LINK.waba_id,
      sender: casement.sender,
      contact: CUSTOMER,
      message: known.inbound ?? '',
      delivery: '1',
      id: id === 'sender' ? casement.sender : (known[id] ?? id),
      name: known[id] ?? id,
      media_id: id === 'sender' ? casement.sender : (known[id] ?? id),
    }
    return path.replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? expect.fail(`no value for ${name}`))
  }

  async function operations(): Promise<[method: string, path: string, operation: Operation][]> {
    const document = JSON.parse((await ask('GET', '/openapi.json')).text) as {
      paths: Record<string, Record<string, Operation>>
    }
    return Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { security }]) => security === undefined || security.length > 0)
        .map(([method, operation]): [string, string, Operation] => [method.toUpperCase(), path, operation]),
    )
  }

  /** Of all that is in the rows, what the stranger did not say themselves. */
  function expectNothingOfOurs(answer: Answer, said: string, what: string): void {
    const secrets = [
      casement.sender,
      LINK.waba_id,
      CUSTOMER,
      CUSTOMERS_NAME,
      WORDS,
      HELD,
      'shop of mine',
      'Ana of ours',
      'hooks.example.com/ours',
      'Spring of ours',
    ]
    const ids = [known.intent, known.failed, known.template, LINK.access_token].filter((id) => id !== undefined)
    for (const secret of [...secrets, ...ids]) {
      if (!said.includes(secret)) expect(answer.text, what).not.toContain(secret)
    }
  }

  it('does not exist for a key of another, on any route', async () => {
    const before = await rows()
    for (const [method, path, { operationId }] of await operations()) {
      const how =
        asked[operationId] ?? expect.fail(`say in this test how to ask for ${operationId} of another workspace`)
      const url = fill(path, how.id)
      const body = how.body?.()
      const answer = await (how.endless ? beginningOf(url) : ask(method, url, body))
      const what = `${method} ${url} answered ${answer.status} ${answer.text}`
      expect(answer.status, what).toBe(how.status ?? 404)
      if (how.code) expect(answer.text, what).toContain(how.code)
      expectNothingOfOurs(answer, `${url} ${JSON.stringify(body)}`, what)
      if (operationId.startsWith('list') && operationId !== 'listTemplateLibrary' && how.status === 200) {
        const { data } = JSON.parse(answer.text) as {
          data: { id?: string; name?: string; phone_number_id?: string; workspace?: string }[]
        }
        const theirs = data.filter(
          (one) => one.name !== 'stranger' && one.phone_number_id !== THEIRS && one.workspace !== 'another',
        )
        expect(theirs, what).toEqual([])
      }
    }
    expect(await rows()).toEqual(before)
  })

  it.each([
    ['GET', () => `/v25.0/${casement.sender}/whatsapp_business_profile`],
    ['POST', () => `/v25.0/${casement.sender}/whatsapp_business_profile`],
    ['GET', () => `/v25.0/${LINK.waba_id}/phone_numbers`],
    ['GET', () => `/v25.0/${known.template}`],
    ['GET', () => `/v25.0/${LINK.waba_id}?phone_number_id=${THEIRS}`],
    ['DELETE', () => `/v25.0/${LINK.waba_id}/message_templates?name=${ORDER_UPDATE.name}`],
    ['POST', () => `/${casement.sender}/block_users`],
  ])('passes %s %# on for nobody else, whatever their own token might see', async (method, url) => {
    const answer = await ask(method, url(), method === 'POST' ? {} : undefined)
    expect(answer.status, answer.text).toBe(400)
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 100, error_subcode: 33 } })
  })

  it('says of every route which scope it asks for', async () => {
    const undeclared = (await operations()).filter(([, , operation]) => operation['x-casement-scope'] === undefined)
    expect(undeclared.map(([method, path]) => `${method} ${path}`)).toEqual([])
  })

  it('has people of its own: the same customer is another contact', async () => {
    casement.sandbox.customers.say(CUSTOMER, { text: 'And here', phone_number_id: THEIRS })
    await casement.told()
    const contact = await ask('GET', `/v1/contacts/${CUSTOMER}`)
    expect(contact.status).toBe(200)
    await ask('POST', `/v1/contacts/${CUSTOMER}/consent`, { category: 'marketing', state: 'out' })
    const ours = await casement.api<{ marketing: string }>('GET', `/v1/contacts/${CUSTOMER}`)
    expect(ours.body.marketing).toBe('unknown')
  })

  it('may link what nobody holds any more, and gets nothing of the former owner along', async () => {
    const link = { phone_number_id: '106540352248888', waba_id: '102290129348888', access_token: 'token' }
    const settings = { verified_name: 'Ours', throughput_mps: 7 }
    expect((await casement.api('POST', '/v1/senders', { ...link, ...settings })).status).toBe(201)
    expect((await ask('POST', '/v1/senders', link)).status).toBe(409)
    const sameAccount = { ...link, phone_number_id: '106540352248889' }
    expect(JSON.parse((await ask('POST', '/v1/senders', sameAccount)).text)).toMatchObject({
      error: { code: 'sender_elsewhere', field: 'waba_id' },
    })
    expect((await casement.api('DELETE', `/v1/senders/${link.phone_number_id}`)).status).toBe(200)
    const linked = await ask('POST', '/v1/senders', link)
    expect(linked.status, linked.text).toBe(201)
    expect(JSON.parse(linked.text)).toMatchObject({ verified_name: null, throughput_mps: 80 })
    expect((await casement.api('GET', `/v1/senders/${link.phone_number_id}`)).status).toBe(404)
  })

  describe('a key for some of its numbers', () => {
    let narrow: string
    beforeAll(async () => {
      narrow = (await makeKey({ name: 'narrow', scopes: ['admin'], senders: ['106540352240000'] })).key
    })

    it('sees and uses those only', async () => {
      const as = (method: string, path: string, body?: unknown) => ask(method, path, body, narrow)
      expect((await as('GET', `/v1/senders/${casement.sender}`)).status).toBe(404)
      expect((await as('GET', `/v1/intents/${known.intent}`)).status).toBe(404)
      expect((await as('POST', `/v1/intents/${known.intent}/cancel`)).status).toBe(404)
      expect((await as('GET', `/v1/conversations/${casement.sender}/${CUSTOMER}`)).status).toBe(404)
      expect((await as('POST', '/v1/intents', enqueued())).status).toBe(404)
      expect((await as('POST', `/v25.0/${casement.sender}/messages`, aText())).status).toBe(400)
      expect((await as('GET', `/v25.0/${casement.sender}`)).status).toBe(400)
      expect((await as('POST', '/v1/senders', LINK)).status).toBe(403)
      for (const list of ['senders', 'intents', 'conversations', 'templates', 'webhook-events']) {
        expect(JSON.parse((await as('GET', `/v1/${list}`)).text), list).toMatchObject({ data: [] })
      }
    })

    it('does nothing that concerns all numbers', async () => {
      const refused: [method: string, path: string, body?: unknown][] = [
        // Their messages with other numbers would go too.
        ['DELETE', `/v1/contacts/${CUSTOMER}`],
        ['PATCH', '/v1/workspaces/default', { stop_words: { en: ['halt'] } }],
        ['GET', '/v1/sandbox/customers'],
        ['POST', '/v1/sandbox/clock', { advance_ms: 1 }],
      ]
      for (const [method, path, body] of refused) {
        const answer = await ask(method, path, body, narrow)
        expect([answer.status, JSON.parse(answer.text).error.code], `${method} ${path}`).toEqual([403, 'forbidden'])
      }
    })

    it('gives no number that it lacks', async () => {
      const body = { name: 'wide', scopes: ['read'], senders: [casement.sender] }
      expect((await ask('POST', '/v1/api-keys', body, narrow)).status).toBe(403)
      const heir = await ask('POST', '/v1/api-keys', { name: 'heir', scopes: ['read'] }, narrow)
      expect(JSON.parse(heir.text)).toMatchObject({ senders: ['106540352240000'], created_by: { name: 'narrow' } })
    })
  })

  it('gives no scope that the giver lacks', async () => {
    expect((await ask('POST', '/v1/api-keys', { name: 'root', scopes: ['system'] })).status).toBe(403)
    const reader = JSON.parse((await ask('POST', '/v1/api-keys', { name: 'reader', scopes: ['read'] })).text)
    expect((await ask('POST', '/v1/api-keys', { name: 'more', scopes: ['read'] }, reader.key)).status).toBe(403)
  })

  it('revokes at once', async () => {
    const made = JSON.parse((await ask('POST', '/v1/api-keys', { name: 'brief', scopes: ['read'] })).text)
    expect((await ask('GET', '/v1/me', undefined, made.key)).status).toBe(200)
    expect((await ask('DELETE', `/v1/api-keys/${made.id}`)).status).toBe(204)
    expect((await ask('GET', '/v1/me', undefined, made.key)).status).toBe(401)
  })

  it('remembers who enqueued', async () => {
    const { body } = await casement.api<{ created_by: object }>('GET', `/v1/intents/${known.intent}`)
    expect(body.created_by).toEqual({ kind: 'key', id: 'bootstrap', name: 'bootstrap' })
  })
})
