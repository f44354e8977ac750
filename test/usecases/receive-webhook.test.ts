import { describe, expect, it } from 'vitest'
import type { WabaId, WorkspaceId } from '../../src/domain/ids.ts'
import { outlineOf } from '../../src/graph/webhook-outline.ts'
import { type ReceivedPayload, receiveWebhook } from '../../src/usecases/receive-webhook.ts'

const OWNERS: Record<string, string> = { '10': 'a', '11': 'a', '20': 'b' }

async function stored(payload: string): Promise<ReceivedPayload[]> {
  const rows: ReceivedPayload[] = []
  await receiveWebhook(
    {
      outlineOf,
      ownersOf: async (accounts) =>
        new Map(accounts.flatMap((id) => (OWNERS[id] ? [[id as WabaId, OWNERS[id] as WorkspaceId]] : []))),
      store: async (row) => rows.push(row),
    },
    payload,
  )
  return rows
}

const entry = (id: string, number: string | null, items = '"statuses":[{}]') =>
  `{"id":"${id}","changes":[{"field":"messages","value":{${number === null ? '' : `"metadata":{"phone_number_id":"${number}"},`}${items}}}]}`
const payloadOf = (...entries: string[]) => `{ "object":"whatsapp_business_account", "entry":[${entries.join(', ')}]}`

describe('a payload', () => {
  it.each([
    ['a zero byte', 'a\\u0000b'],
    ['half a character', '\\ud83d'],
    ['more than an index holds', '1'.repeat(5_000)],
  ])('whose ids hold %s is stored, as nobody’s', async (_name, id) => {
    const payload = payloadOf(entry(id, id))
    expect(await stored(payload)).toEqual([{ payload, workspace: null, numbers: null }])
  })

  it('of one workspace is stored as it came, byte by byte', async () => {
    const payload = payloadOf(entry('10', '100'), entry('11', '110'))
    expect(await stored(payload)).toEqual([{ payload, workspace: 'a', numbers: ['100', '110'] }])
  })

  it('of several workspaces becomes a row for each, and none holds what is another’s', async () => {
    const odd = `"template_id":12345678901234567890,"share":1.50,"text":"Ol\\u00e1 \\/","deep":${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const [one, two, three] = [entry('10', '100'), entry('20', '200', `${odd},"statuses":[{}]`), entry('99', '990')]
    expect(await stored(payloadOf(one, two, three))).toEqual([
      { workspace: 'a', numbers: ['100'], payload: payloadOf(one) },
      { workspace: 'b', numbers: ['200'], payload: payloadOf(two) },
      { workspace: null, numbers: ['990'], payload: payloadOf(three) },
    ])
  })

  it('of an account that is not linked is nobody’s', async () => {
    expect(await stored(payloadOf(entry('99', '990')))).toMatchObject([{ workspace: null, numbers: ['990'] }])
  })

  it.each([
    ['what is no JSON', '<html>'],
    ['what has no entries', '{"object":"page"}'],
  ])('is kept whole and shown to no tenant: %s', async (_what, payload) => {
    expect(await stored(payload)).toEqual([{ payload, workspace: null, numbers: null }])
  })

  it('may be of any number when its statuses do not say of which', async () => {
    expect(await stored(payloadOf(entry('10', null)))).toMatchObject([{ numbers: null }])
    expect(await stored(payloadOf(entry('10', null, '"event":"APPROVED"')))).toMatchObject([{ numbers: [] }])
  })
})
