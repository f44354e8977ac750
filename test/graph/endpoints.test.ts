import { afterEach, describe, expect, it } from 'vitest'
import type { PhoneNumberId, WabaId } from '../../src/domain/ids.ts'
import { createGraphClient, GraphCallError, type GraphClient } from '../../src/graph/client.ts'
import { messagingLimitOf } from '../../src/graph/wire.ts'
import { http, type RawRequest, type RawServer, startRawServer } from './raw-server.ts'

const WABA = '200000000000001' as WabaId
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function graph(
  answer: (request: RawRequest, n: number) => string,
): Promise<{ client: GraphClient; server: RawServer }> {
  const server = await startRawServer({ onRequest: (request, n) => request.socket.write(answer(request, n)) })
  cleanups.push(() => server.close())
  return { client: clientOf(server.url), server }
}

function clientOf(baseUrl: string): GraphClient {
  const client = createGraphClient({ baseUrl, version: 'v25.0', timeoutMs: 5_000 })
  cleanups.push(() => client.destroy())
  return client
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

function template(id: string) {
  return {
    id,
    name: `t_${id}`,
    language: 'en_US',
    status: 'APPROVED',
    category: 'UTILITY',
    components: [{ type: 'BODY' }],
  }
}

describe('listTemplates', () => {
  it('follows the pages at our own address, not at the one the answer names', async () => {
    const { client, server } = await graph((_, n) =>
      n === 1
        ? http(200, {
            data: [template('1'), template('2')],
            paging: { cursors: { after: 'c1' }, next: 'http://evil.example/' },
          })
        : http(200, { data: [template('3')], paging: { cursors: { after: 'c2' } } }),
    )
    const ids = (await collect(client.listTemplates(WABA, 'token-1'))).flat().map((t) => t.id)
    expect(ids).toEqual(['1', '2', '3'])
    const pages = server.requests.map(({ line }) => new URL(line.split(' ')[1] ?? '', 'http://x'))
    expect(
      pages.map((page) => [page.pathname, page.searchParams.get('after'), page.searchParams.get('limit')]),
    ).toEqual([
      ['/v25.0/200000000000001/message_templates', null, '100'],
      ['/v25.0/200000000000001/message_templates', 'c1', '100'],
    ])
  })

  it('leaves out an entry it cannot read and keeps the rest', async () => {
    const { client } = await graph(() =>
      http(200, { data: [{ id: '1' }, 'odd', { ...template('2'), components: 'odd' }] }),
    )
    const read = (await collect(client.listTemplates(WABA, 'token-1'))).flat()
    expect(read.map((t) => [t.id, t.components])).toEqual([['2', null]])
  })

  it('stops at a cursor that runs in circles', async () => {
    const { client, server } = await graph(() =>
      http(200, { data: [], paging: { cursors: { after: 'c' }, next: 'x' } }),
    )
    await collect(client.listTemplates(WABA, 'token-1'))
    expect(server.requests).toHaveLength(2)
  })

  it('throws with the answer when a page fails', async () => {
    const { client } = await graph(() => http(400, { error: { code: 190 } }))
    const failure = await collect(client.listTemplates(WABA, 'token-1')).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(GraphCallError)
    expect(failure).toMatchObject({ answer: { kind: 'refused', error: { code: 190 } } })
  })
})

describe('the other endpoints', () => {
  it('creates a template', async () => {
    const { client, server } = await graph(() => http(200, { id: '77', status: 'PENDING', category: 'MARKETING' }))
    const document = { name: 'keep_helping', language: 'en', category: 'UTILITY', components: [] }
    expect(await client.createTemplate(WABA, 'token-1', document)).toMatchObject({
      kind: 'ok',
      value: { id: '77', status: 'PENDING', category: 'MARKETING' },
    })
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual(document)
  })

  it('reports why a template was refused', async () => {
    const { client } = await graph(() =>
      http(400, { error: { code: 100, error_subcode: 2388024, error_data: 'exists' } }),
    )
    expect(await client.createTemplate(WABA, 'token-1', {})).toMatchObject({
      kind: 'refused',
      error: { code: 100, subcode: 2388024, details: 'exists' },
    })
  })

  it('reads a phone number with its limits', async () => {
    const number = {
      id: 100,
      display_phone_number: '+1 555-010-0001',
      throughput: { level: 'STANDARD' },
      whatsapp_business_manager_messaging_limit: 'TIER_2K',
    }
    const { client } = await graph(() => http(200, number))
    const answer = await client.getPhoneNumber('100' as PhoneNumberId, 'token-1')
    expect(answer).toMatchObject({ kind: 'ok', value: { id: '100', throughput: { level: 'STANDARD' } } })
  })

  it('subscribes the app, with an address of its own when asked', async () => {
    const { client, server } = await graph(() => http(200, { success: true }))
    await client.subscribeApp(WABA, 'token-1')
    await client.subscribeApp(WABA, 'token-1', { callbackUri: 'https://a.example/hook', verifyToken: 'v' })
    expect(server.requests.map((r) => r.body)).toEqual([
      '',
      '{"override_callback_uri":"https://a.example/hook","verify_token":"v"}',
    ])
  })

  it('lists subscribed apps and inspects a token', async () => {
    const { client } = await graph(({ line }) =>
      line.includes('subscribed_apps')
        ? http(200, { data: [{ whatsapp_business_api_data: { id: '5', name: 'Lamps' } }] })
        : http(200, { data: { is_valid: true, expires_at: 0, scopes: ['whatsapp_business_messaging'] } }),
    )
    expect(await client.subscribedApps(WABA, 'token-1')).toMatchObject({
      value: { data: [{ whatsapp_business_api_data: { id: '5' } }] },
    })
    expect(await client.debugToken('token-1', 'app-token')).toMatchObject({
      kind: 'ok',
      value: { is_valid: true, scopes: ['whatsapp_business_messaging'] },
    })
  })

  it('is uncertain about an answer of another shape', async () => {
    const { client } = await graph(() => http(200, { hello: 1 }))
    expect(await client.subscribedApps(WABA, 'token-1')).toMatchObject({ kind: 'uncertain', why: 'unreadable' })
  })
})

describe('messagingLimitOf', () => {
  it.each([
    ['TIER_250', 250],
    ['TIER_2K', 2_000],
    ['TIER_100K', 100_000],
    ['TIER_UNLIMITED', Number.POSITIVE_INFINITY],
    [1000, 1_000],
    ['2147483647', 2_147_483_647],
    ['TIER_NOT_SET', null],
    ['TIER_2147484K', null],
    [2 ** 31, null],
    [0.5, null],
    [-1, null],
    [undefined, null],
  ])('reads %j as %j', (tier, limit) => {
    expect(messagingLimitOf(tier)).toBe(limit)
  })
})
