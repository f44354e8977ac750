import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API_KEY, type Harness, LINK, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'

interface EventJson {
  id: string
  workspace: string
  actor: { kind: string; id: string | null; name: string }
  address: string | null
  action: string
  object: { kind: string; id: string | null }
  outcome: string
  request_id: string | null
  detail: Record<string, unknown>
}

describe('the audit log', { timeout: 120_000 }, () => {
  let casement: Harness
  let customer: string
  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
    customer = casement.stranger()
    await casement.writes(customer)
  })
  afterAll(() => casement.close())

  async function audit(query = ''): Promise<EventJson[]> {
    const { status, body } = await casement.api<{ data: EventJson[] }>('GET', `/v1/audit?limit=1000${query}`)
    expect(status).toBe(200)
    return body.data
  }

  /** Does one thing, and answers what the log says of it. */
  async function doing(method: string, path: string, body?: unknown, key = API_KEY) {
    const [last] = await audit()
    const response = await fetch(`${casement.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const told = (await audit()).filter(({ id }) => last === undefined || BigInt(id) > BigInt(last.id))
    const request = response.headers.get('x-request-id')
    for (const event of told)
      expect(event).toMatchObject({ request_id: request, address: '127.0.0.1', actor: { kind: 'key' } })
    const lines = told.map(({ action, object, outcome }) => `${action} ${object.kind}:${object.id} ${outcome}`)
    return { status: response.status, body: text === '' ? null : JSON.parse(text), lines, told }
  }

  const held = async () =>
    (await casement.enqueue({ to: `+${casement.stranger()}`, message: { type: 'text', text: { body: 'Hi' } } })).id

  it('has one row for each command, done or not', async () => {
    const { sender } = casement
    const intent = await held()
    const text = { type: 'text', text: { body: 'Hi' } }
    const made = await doing('POST', '/v1/campaigns', { name: 'Spring', sender, message: text })
    const campaign = made.body.id as string
    expect(made.lines).toEqual([`campaign.create campaign:${campaign} done`])
    const csv = { authorization: `Bearer ${API_KEY}`, 'content-type': 'text/csv' }
    const list = { method: 'POST', headers: csv, body: 'to\n+5511987650001\n12\n' }
    await (await fetch(`${casement.url}/v1/campaigns/${campaign}/audience`, list)).json()
    expect((await audit())[0]).toMatchObject({
      action: 'campaign.import',
      object: { kind: 'campaign', id: campaign },
      detail: { rows: 2, accepted: 1, duplicates: 0, invalid: 1 },
    })
    const COMMANDS: [method: string, path: string, body: unknown, line: string][] = [
      ['POST', `/v1/senders/${sender}/pause`, undefined, `sender.pause sender:${sender} done`],
      ['POST', `/v1/senders/${sender}/pause`, undefined, `sender.pause sender:${sender} done`],
      ['POST', `/v1/senders/${sender}/resume`, undefined, `sender.resume sender:${sender} done`],
      ['POST', '/v1/senders/999/resume', undefined, 'sender.resume sender:999 refused'],
      ['PATCH', `/v1/senders/${sender}`, { throughput_mps: 500 }, `sender.update sender:${sender} done`],
      ['POST', '/v1/senders', LINK, `sender.link sender:${sender} done`],
      ['POST', '/v1/senders', { ...LINK, waba_id: '12' }, 'sender.link sender:null refused'],
      ['POST', `/v1/intents/${intent}/cancel`, undefined, `intent.cancel intent:${intent} done`],
      ['POST', `/v1/intents/${intent}/cancel`, undefined, `intent.cancel intent:${intent} refused`],
      ['POST', `/v1/intents/${intent}/replay`, undefined, `intent.replay intent:${intent} done`],
      ['POST', `/v1/intents/${intent}/settle`, { outcome: 'sent' }, `intent.settle intent:${intent} refused`],
      ['POST', '/v1/intents/batch', { intents: [{}] }, 'intent.batch intent:null done'],
      ['POST', '/v1/campaigns', { name: 'Spring', sender }, 'campaign.create campaign:null refused'],
      ['PATCH', `/v1/campaigns/${campaign}`, { name: 'Late' }, `campaign.update campaign:${campaign} done`],
      ['PATCH', `/v1/campaigns/${campaign}`, { sender: '1' }, `campaign.update campaign:${campaign} refused`],
      ['POST', '/v1/workspaces', { name: 'Lucky Shrub' }, 'workspace.create workspace:lucky-shrub done'],
      ['POST', '/v1/workspaces', { name: 'Lucky Shrub' }, 'workspace.create workspace:null refused'],
      ['PATCH', '/v1/workspaces/default', { name: 'Home' }, 'workspace.update workspace:default done'],
      ['POST', '/v1/templates/sync', { waba_id: LINK.waba_id }, 'template.sync template:null done'],
      ['POST', '/v1/templates', { waba_id: LINK.waba_id, name: 'No Name' }, 'template.create template:null refused'],
      ['POST', '/v1/webhook-events/1/replay', undefined, 'webhook_event.replay webhook_event:1 done'],
      ['POST', '/v1/webhook-events/999/replay', undefined, 'webhook_event.replay webhook_event:999 refused'],
      ['POST', '/v1/sandbox/clock', { nonsense: true }, 'sandbox.control sandbox:null refused'],
      ['DELETE', '/v25.0/42', undefined, 'media.delete media:42 refused'],
      ['POST', `/v25.0/${sender}/register`, {}, `graph.write graph:${sender} refused`],
    ]
    for (const [method, path, body, line] of COMMANDS) {
      const { status, lines } = await doing(method, path, body)
      expect({ status, lines }, `${method} ${path}`).toEqual({ status: expect.any(Number), lines: [line] })
      expect(status < 400, `${method} ${path}`).toBe(line.endsWith('done'))
    }
  })

  it('names people by nothing that outlives their erasure, and is found by their number until then', async () => {
    const consent = await doing('POST', `/v1/contacts/${customer}/consent`, { category: 'marketing', state: 'in' })
    const update = await doing('PATCH', `/v1/contacts/${customer}`, { name: 'Ana Example' })
    const id = consent.told[0]?.object.id
    expect(consent.lines).toEqual([`contact.consent contact:${id} done`])
    expect(update.lines).toEqual([`contact.update contact:${id} done`])
    const ofPerson = (await audit(`&object=contact:${customer}`)).map(({ action }) => action)
    expect(ofPerson).toEqual(['contact.update', 'contact.consent'])

    const erasure = await doing('DELETE', `/v1/contacts/${customer}`)
    expect(erasure.lines).toEqual([`contact.erase contact:${id} done`])
    const { job } = erasure.body as { job: string }
    await eventually(
      async () => (await casement.api<{ state: string }>('GET', `/v1/jobs/${job}`)).body.state === 'done',
    )
    const everything = JSON.stringify(await audit())
    expect(everything).not.toContain(customer)
    expect(everything).not.toContain('Ana Example')
    expect((await audit(`&object=contact:${id}`)).map(({ action }) => action)).toEqual([
      'contact.erase',
      'contact.update',
      'contact.consent',
    ])
    expect(await audit(`&object=contact:${customer}`)).toEqual([])
  })

  it('knows keys from their making to their end, and who was refused', async () => {
    const made = await doing('POST', '/v1/api-keys', { name: 'shop', scopes: ['read'] })
    const { id, key } = made.body as { id: string; key: string }
    expect(made.lines).toEqual([`key.create key:${id} done`])
    expect(made.told[0]?.detail).toMatchObject({ name: 'shop', scopes: ['read'] })
    expect(JSON.stringify(await audit())).not.toContain(key)

    const lacking = await doing('POST', `/v1/senders/${casement.sender}/pause`, undefined, key)
    expect(lacking.lines).toEqual([`sender.pause sender:${casement.sender} refused`])
    expect(lacking.told[0]?.actor).toEqual({ kind: 'key', id, name: 'shop' })
    expect((await audit(`&who=${id}`)).map(({ action }) => action)).toEqual(['sender.pause'])

    expect((await doing('DELETE', `/v1/api-keys/${id}`)).lines).toEqual([`key.revoke key:${id} done`])
    const stranger = await doing('GET', '/v1/senders', undefined, key)
    expect(stranger).toMatchObject({ status: 401, lines: ['access.sign_in access:null refused'] })
    expect(stranger.told[0]?.actor).toEqual({ kind: 'key', id: null, name: 'unknown' })
  })

  it('has nothing of what is enqueued, for the intent says who wished for it', async () => {
    const to = `+${casement.stranger()}`
    const { lines, body } = await doing('POST', '/v1/intents', {
      sender: casement.sender,
      to,
      message: { type: 'text', text: { body: 'Hi' } },
    })
    expect(lines).toEqual([])
    const { created_by } = (await casement.intent((body as { id: string }).id)) as unknown as { created_by: unknown }
    expect(created_by).toEqual({ kind: 'key', id: 'bootstrap', name: 'bootstrap' })
  })

  it('is its own workspace’s', async () => {
    const made = await doing('POST', '/v1/api-keys', { name: 'theirs', scopes: ['admin'], workspace: 'lucky-shrub' })
    const { key } = made.body as { key: string }
    const theirs = await fetch(`${casement.url}/v1/audit`, { headers: { authorization: `Bearer ${key}` } })
    expect(await theirs.json()).toEqual({ data: [], next_cursor: null })
  })
})
