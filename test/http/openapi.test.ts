import { describe, expect, it } from 'vitest'
import { startServer } from './harness.ts'

interface Operation {
  operationId: string
  summary: string
  tags: string[]
  security?: object[]
  parameters?: { name: string; in: string; required: boolean; schema: object }[]
  requestBody?: Body
  responses: Record<string, Body & { description: string }>
}
interface Body {
  content?: Record<string, { schema: object }>
}
interface Document {
  openapi: string
  info: { title: string; version: string }
  tags: { name: string }[]
  security: object[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { examples?: unknown[] }>; securitySchemes: Record<string, object> }
}

/** Every route of the public contract that this version has. */
const CONTRACT = [
  'GET /healthz',
  'GET /metrics',
  'GET /readyz',
  'GET /v1/audit',
  'GET /v1/campaigns',
  'POST /v1/campaigns',
  'GET /v1/campaigns/{id}',
  'PATCH /v1/campaigns/{id}',
  'GET /v1/campaigns/{id}/estimate',
  'POST /v1/campaigns/{id}/start',
  'POST /v1/campaigns/{id}/pause',
  'POST /v1/campaigns/{id}/resume',
  'POST /v1/campaigns/{id}/cancel',
  'GET /v1/campaigns/{id}/recipients.csv',
  'GET /v1/campaigns/{id}/recipients.ndjson',
  'GET /v1/campaigns/{id}/failures',
  'POST /v1/campaigns/{id}/retry',
  'PUT /v1/flows/{name}',
  'GET /v1/flows',
  'GET /v1/flows/{name}',
  'POST /v1/flows/{name}/pause',
  'POST /v1/flows/{name}/resume',
  'POST /v1/flows/{name}/runs',
  'GET /v1/flows/{name}/runs',
  'GET /v1/flow-runs/{id}',
  'POST /v1/flow-runs/{id}/stop',
  'POST /v1/flow-runs/{id}/pause',
  'POST /v1/flow-runs/{id}/resume',
  'POST /v1/flow-events',
  'POST /v1/campaigns/{id}/audience',
  'GET /v1/campaigns/{id}/audience',
  'GET /v1/campaigns/{id}/audience/errors.csv',
  'GET /v1/contacts',
  'GET /v1/contacts/{contact}',
  'GET /v1/contacts/{contact}/export',
  'PATCH /v1/contacts/{contact}',
  'PUT /v1/contacts/{contact}',
  'DELETE /v1/contacts/{contact}',
  'POST /v1/contacts/{contact}/consent',
  'GET /v1/conversations',
  'GET /v1/conversations/counts',
  'GET /v1/conversations/{sender}/{contact}',
  'GET /v1/conversations/{sender}/{contact}/messages',
  'GET /v1/conversations/{sender}/{contact}/messages/{message}/media',
  'POST /v1/conversations/{sender}/{contact}/read',
  'POST /v1/conversations/{sender}/{contact}/take',
  'POST /v1/media',
  'GET /v1/events',
  'GET /v1/intents',
  'POST /v1/intents',
  'POST /v1/intents/batch',
  'POST /v1/intents/forecast',
  'GET /v1/intents/{id}',
  'PATCH /v1/intents/{id}',
  'POST /v1/intents/{id}/cancel',
  'POST /v1/intents/{id}/replay',
  'POST /v1/intents/{id}/settle',
  'GET /v1/jobs/{id}',
  'GET /v1/jobs/{id}/items',
  'GET /v1/setup',
  'POST /v1/intents/bulk',
  'GET /v1/intents/counts',
  'GET /v1/senders',
  'POST /v1/senders',
  'GET /v1/senders/{id}',
  'PATCH /v1/senders/{id}',
  'DELETE /v1/senders/{id}',
  'POST /v1/senders/{id}/pause',
  'POST /v1/senders/{id}/resume',
  'POST /v1/senders/{id}/subscribe',
  'POST /v1/senders/check',
  'POST /v1/rate-cards',
  'GET /v1/rate-cards',
  'GET /v1/costs',
  'GET /v1/templates',
  'POST /v1/templates',
  'POST /v1/templates/lint',
  'POST /v1/flows/check',
  'POST /v1/flows/simulate',
  'GET /v1/flows/schema.json',
  'POST /v1/templates/sync',
  'PATCH /v1/templates/{id}',
  'DELETE /v1/templates/{id}',
  'POST /v1/templates/{id}/unpause',
  'POST /v1/templates/{id}/archive',
  'POST /v1/templates/{id}/unarchive',
  'POST /v1/templates/{id}/hide',
  'POST /v1/templates/{id}/unhide',
  'POST /v1/templates/preview',
  'POST /v1/templates/samples',
  'GET /v1/templates/library',
  'GET /v1/templates/{id}',
  'GET /v1/webhook-events',
  'POST /v1/webhook-events/{id}/replay',
  'GET /v1/webhook-endpoints',
  'POST /v1/webhook-endpoints',
  'GET /v1/webhook-endpoints/{id}',
  'PATCH /v1/webhook-endpoints/{id}',
  'DELETE /v1/webhook-endpoints/{id}',
  'POST /v1/webhook-endpoints/{id}/pause',
  'POST /v1/webhook-endpoints/{id}/resume',
  'POST /v1/webhook-endpoints/{id}/test',
  'POST /v1/webhook-endpoints/{id}/replay',
  'GET /v1/webhook-endpoints/{id}/deliveries',
  'POST /v1/webhook-endpoints/{id}/deliveries/{delivery}/replay',
  'POST /v1/webhook-endpoints/{id}/deliveries/{delivery}/skip',
  'GET /webhooks/whatsapp',
  'POST /webhooks/whatsapp',
  'GET /v1/me',
  'POST /v1/session',
  'GET /v1/session',
  'DELETE /v1/session',
  'POST /v1/session/confirm',
  'GET /v1/sessions',
  'DELETE /v1/sessions/{id}',
  'POST /v1/me/password',
  'POST /v1/me/totp',
  'PUT /v1/me/totp',
  'DELETE /v1/me/totp',
  'POST /v1/users',
  'GET /v1/users',
  'PATCH /v1/users/{id}',
  'DELETE /v1/users/{id}',
  'GET /v1/workspaces',
  'POST /v1/workspaces',
  'GET /v1/workspaces/{id}',
  'PATCH /v1/workspaces/{id}',
  'POST /v1/workspaces/{id}/signing-secret',
  'GET /v1/api-keys',
  'POST /v1/api-keys',
  'DELETE /v1/api-keys/{id}',
  'POST /{version}/{phone_number_id}/messages',
]

async function readDocument(): Promise<Document> {
  const { call } = await startServer({}, { version: '1.2.3' })
  const answer = await call('GET', '/openapi.json', { key: null })
  expect(answer.statusCode).toBe(200)
  return answer.json()
}

function operationsOf(document: Document): [name: string, path: string, operation: Operation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      path,
      operation,
    ]),
  )
}

describe('the OpenAPI document', () => {
  it('is of version 3.1 and names the version of Casement', async () => {
    const document = await readDocument()
    expect(document.openapi).toMatch(/^3\.1\.\d$/)
    expect(document.info).toMatchObject({ title: 'Casement', version: '1.2.3' })
  })

  it('has every route of the contract', async () => {
    const names = operationsOf(await readDocument()).map(([name]) => name)
    expect(names).toEqual(expect.arrayContaining(CONTRACT))
  })

  it('has no route besides, but those that are passed on to Meta', async () => {
    const names = operationsOf(await readDocument()).map(([name]) => name)
    expect(names.filter((name) => !CONTRACT.includes(name) && !name.includes('/{version}/'))).toEqual([])
  })

  it('resolves every reference it makes', async () => {
    const document = await readDocument()
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] as string)
    expect(references.length).toBeGreaterThan(50)
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
    expect(references.filter((reference) => !known.includes(reference))).toEqual([])
  })

  it('uses every schema it names', async () => {
    const document = await readDocument()
    const text = JSON.stringify(document)
    const unused = Object.keys(document.components.schemas).filter(
      (name) => !text.includes(`"#/components/schemas/${name}"`),
    )
    expect(unused).toEqual([])
  })

  it('names every operation once, with a summary, a known tag and an answer', async () => {
    const document = await readDocument()
    const operations = operationsOf(document)
    const tags = document.tags.map((tag) => tag.name)
    expect(new Set(operations.map(([, , { operationId }]) => operationId)).size).toBe(operations.length)
    for (const [name, , operation] of operations) {
      expect(operation.summary, name).toMatch(/\S/)
      expect(tags, name).toEqual(expect.arrayContaining(operation.tags))
      expect(Object.keys(operation.responses).join(), name).toMatch(/20\d/)
      for (const [status, answer] of Object.entries(operation.responses)) {
        expect(answer.description, name).not.toBe('Default Response')
        if (status !== '204') expect(Object.keys(answer.content ?? {}), name).toHaveLength(1)
      }
    }
  })

  it('declares exactly the parameters of each path', async () => {
    for (const [name, path, { parameters = [] }] of operationsOf(await readDocument())) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      const declared = parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name)
      expect(declared.toSorted(), name).toEqual(inPath.toSorted())
    }
  })

  it('has no two paths that differ in the names of their parameters only', async () => {
    const shapes = Object.keys((await readDocument()).paths).map((path) => path.replace(/\{\w+\}/g, '{}'))
    expect(new Set(shapes).size).toBe(shapes.length)
  })

  it('asks for a key everywhere but where none is needed', async () => {
    const document = await readDocument()
    expect(document.security).toEqual([{ apiKey: [] }, { session: [] }])
    const open = operationsOf(document).filter(([, , { security }]) => security?.length === 0)
    expect(open.map(([name]) => name).toSorted()).toEqual([
      'GET /healthz',
      'GET /metrics',
      'GET /readyz',
      'GET /webhooks/whatsapp',
      'POST /v1/session',
      'POST /webhooks/whatsapp',
    ])
  })

  it('types what endpoints are sent, each event by its name', async () => {
    const document = (await readDocument()) as Document & { webhooks: Record<string, { post: { requestBody: Body } }> }
    const names = Object.keys(document.webhooks)
    expect(names).toEqual(expect.arrayContaining(['intent.failed', 'message.received', 'conversation.closing']))
    for (const name of names) {
      const schema = document.webhooks[name]?.post.requestBody.content?.['application/json']?.schema
      expect(schema).toMatchObject({ properties: { type: { const: name }, data: { allOf: [{}, {}] } } })
    }
  })

  it('shows the error shape on every route that needs a key', async () => {
    for (const [name, path, { responses }] of operationsOf(await readDocument())) {
      if (!path.startsWith('/v1/')) continue
      const schema = responses['401']?.content?.['application/json']?.schema
      expect(schema, name).toEqual({ $ref: '#/components/schemas/Error' })
    }
  })

  it('describes the intent with the schema that checks it, and shows one', async () => {
    const document = await readDocument()
    const body = document.paths['/v1/intents']?.post?.requestBody?.content?.['application/json']?.schema
    expect(body).toEqual({ $ref: '#/components/schemas/IntentRequest' })
    const intent = document.components.schemas.IntentRequest as { required: string[]; examples: unknown[] }
    expect(intent.required).toEqual(['sender', 'to', 'message'])
    expect(intent.examples).toHaveLength(1)
  })
})

it('is readable at /docs, from files of this machine', async () => {
  const { call } = await startServer()
  const page = await call('GET', '/docs', { key: null })
  expect(page.statusCode).toBe(200)
  const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] as string)
  expect(assets.length).toBeGreaterThan(3)
  for (const asset of assets) {
    expect(asset).toMatch(/^\/docs\//)
    expect((await call('GET', asset, { key: null })).statusCode).toBe(200)
  }
})
