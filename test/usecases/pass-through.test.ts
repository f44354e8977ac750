import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import type { FileRequest, PassThroughRequest } from '../../src/graph/pass-through.ts'
import type { GraphObject, ObjectOwner } from '../../src/store/accounts/graph-objects.ts'
import { type ClientRequest, downloadMedium, type PassThroughIo, passThrough } from '../../src/usecases/pass-through.ts'
import type { TemplateWrite } from '../../src/usecases/template-write.ts'
import { HERE } from '../support/access.ts'

const read: ClientRequest = {
  method: 'GET',
  id: '8001',
  kinds: ['number', 'account', 'template', 'medium'],
  edge: '',
  query: new URLSearchParams('fields=url'),
  body: null,
  makes: null,
}
const upload: ClientRequest = { ...read, method: 'POST', kinds: ['number'], edge: '/media', makes: 'medium' }

const PLACES: Record<string, GraphObject | 'elsewhere'> = {
  8001: { kind: 'number', phoneNumberId: '8001' },
  7001: { kind: 'account', wabaId: '7001' },
  6001: { kind: 'template', wabaId: '7001' },
  6102: { kind: 'template', wabaId: '7002' },
  5001: { kind: 'medium', phoneNumberId: '8001' },
  9001: 'elsewhere',
}
const TOKENS: Record<string, string> = { 'sender 8001': 'own', 'waba 7001': 'account', any: 'any' }

interface Recorded {
  io: PassThroughIo
  sent: PassThroughRequest[]
  files: FileRequest[]
  remembered: [string, ObjectOwner][]
  written: [string, TemplateWrite][]
  failures: string[]
}

function record(overrides: Partial<PassThroughIo> = {}): Recorded {
  const all: Omit<Recorded, 'io'> = { sent: [], files: [], remembered: [], written: [], failures: [] }
  const io: PassThroughIo = {
    placeOf: async (_purview, id) => PLACES[id] ?? null,
    tokenFor: async (_purview, owner) => TOKENS['id' in owner ? `${owner.kind} ${owner.id}` : owner.kind] ?? null,
    async call(request) {
      all.sent.push(request)
      const json = { id: '4001', url: 'https://lookaside.fbsbx.com/x', name: 'Secret' }
      return { kind: 'json', status: 200, headers: { 'x-fb-trace-id': 'A' }, json }
    },
    async file(request) {
      all.files.push(request)
      return { kind: 'file', status: 200, headers: {}, body: Readable.from(['bytes']) }
    },
    remember: async (id, owner) => void all.remembered.push([id, owner]),
    templateWritten: async (wabaId, write) => void all.written.push([wabaId, write]),
    failed: (cause) => void all.failures.push(cause),
    ...overrides,
  }
  return { ...all, io }
}

describe('passing a client’s request on', () => {
  it.each([
    ['the number’s own token', '8001', 'own'],
    ['the token of a number of the account', '7001', 'account'],
    ['the token of the account for its template', '6001', 'account'],
    ['the token of the number that has the medium', '5001', 'own'],
  ])('uses %s', async (_what, id, expected) => {
    const { io, sent } = record()
    await passThrough(io, HERE, { ...read, id })
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject({ accessToken: expected, method: 'GET', path: `/${id}`, share: HERE.workspace })
  })

  it('shows who is for some numbers only those in the list of an account', async () => {
    const paging = { cursors: { after: 'A' } }
    const json = { data: [{ id: '8001' }, { id: '8002', verified_name: 'Secret' }, null], paging }
    const { io } = record({ call: async () => ({ kind: 'json', status: 200, headers: {}, json }) })
    const asked = { ...read, id: '7001', edge: '/phone_numbers' }
    const narrow = { ...HERE, senders: ['8001' as PhoneNumberId] }
    expect(await passThrough(io, narrow, asked)).toMatchObject({ value: { json: { data: [{ id: '8001' }], paging } } })
    expect(await passThrough(io, HERE, asked)).toMatchObject({ value: { json } })
  })

  it('uses the token of the number that the client names beside a medium nobody remembers', async () => {
    const { io, sent } = record()
    const query = new URLSearchParams({ phone_number_id: '8001' })
    const answer = await passThrough(io, HERE, { ...read, id: '3001', query })
    expect(sent[0]).toMatchObject({ accessToken: 'own', path: '/3001' })
    // Whatever it is, of another kind of object nothing is told.
    expect(answer).toMatchObject({ ok: true, value: { kind: 'medium', json: { id: '4001' } } })
    expect(JSON.stringify(answer)).not.toContain('Secret')
  })

  it.each<[string, Partial<ClientRequest>]>([
    ['what is another workspace’s', { id: '9001' }],
    ['what nobody knows', { id: '3001' }],
    [
      'an own object beside somebody else’s number',
      { id: '5001', query: new URLSearchParams({ phone_number_id: '9001' }) },
    ],
    [
      'an own object beside a number that is none',
      { id: '5001', query: new URLSearchParams({ phone_number_id: '7001' }) },
    ],
    [
      'an unknown id that can be no medium',
      { id: '3001', kinds: ['template'], query: new URLSearchParams({ phone_number_id: '8001' }) },
    ],
  ])('is refused for %s, whatever our tokens might see', async (_what, part) => {
    const { io, sent } = record()
    const answer = await passThrough(io, HERE, { ...read, ...part })
    expect(answer).toMatchObject({ ok: false, refusal: { status: 404, code: 'sender_unknown' } })
    expect(sent).toEqual([])
  })

  const json = (body: object) => ({
    kind: 'bytes' as const,
    type: 'application/json',
    bytes: Buffer.from(JSON.stringify(body)),
  })
  it.each<[string, string, object | null]>([
    ['by its id beside a name', 'name=theirs&hsm_id=9001', null],
    ['among ids', 'hsm_ids=[6001,9001]', null],
    ['among ids as text', 'hsm_ids=6001,"9001"', null],
    ['in the body', 'name=ours', { hsm_id: 9001 }],
    ['in the body, behind one of ours in the query', 'name=ours&hsm_id=6001', { hsm_ids: ['6001', '9001'] }],
    ['by a second telling', 'name=ours&hsm_id=9001&hsm_id=6001', null],
    ['of another account of ours', 'hsm_ids=6102', null],
  ])('deletes no template of somebody else %s', async (_what, query, body) => {
    const { io, sent, written } = record()
    const deletion: ClientRequest = {
      ...{ method: 'DELETE', id: '7001', kinds: ['account'], edge: '/message_templates', makes: null },
      query: new URLSearchParams(query),
      body: body && json(body),
    }
    expect(await passThrough(io, HERE, deletion)).toMatchObject({ ok: false, refusal: { code: 'sender_unknown' } })
    expect([sent, written]).toEqual([[], []])
    const own = { ...deletion, query: new URLSearchParams('hsm_ids=[6001,6009]'), body: null }
    expect(await passThrough(io, HERE, own)).toMatchObject({ ok: true })
    expect(sent).toHaveLength(1)
    const many = new URLSearchParams({ hsm_ids: Array.from({ length: 101 }, (_, i) => 1_000 + i).join() })
    expect(await passThrough(io, HERE, { ...own, query: many })).toMatchObject({ refusal: { field: 'hsm_ids' } })
  })

  it('is refused for an object of another kind', async () => {
    const { io, sent } = record()
    const answer = await passThrough(io, HERE, { ...read, method: 'POST', id: '8001', kinds: ['template'] })
    expect(answer).toMatchObject({ ok: false, refusal: { status: 400, code: 'unsupported' } })
    expect(sent).toEqual([])
  })

  it('takes any linked number of the caller’s for the library, which belongs to nobody', async () => {
    const { io, sent } = record()
    await passThrough(io, HERE, { ...read, id: null, kinds: [], edge: '/message_template_library' })
    expect(sent[0]).toMatchObject({ accessToken: 'any', path: '/message_template_library' })
  })

  it('remembers whose an upload is', async () => {
    const { io, remembered } = record()
    await passThrough(io, HERE, upload)
    expect(remembered).toEqual([['4001', { kind: 'sender', id: '8001' }]])
  })

  const ofTemplates: ClientRequest = { ...read, id: '7001', kinds: ['account'], edge: '/message_templates' }
  const bytes = (json: object) => ({
    kind: 'bytes' as const,
    type: 'application/json',
    bytes: Buffer.from(JSON.stringify(json)),
  })

  it('remembers a template that it made, and tells that it was written', async () => {
    const { io, remembered, written } = record()
    await passThrough(io, HERE, { ...ofTemplates, method: 'POST', makes: 'template' })
    expect(remembered).toEqual([['4001', { kind: 'waba', id: '7001' }]])
    expect(written).toEqual([['7001', { kind: 'made', id: '4001' }]])
  })

  it.each([
    ['an edit', { ...read, method: 'POST', id: '6001', kinds: ['template'] }, { kind: 'edited', id: '6001' }],
    [
      'a deletion of a name',
      { ...ofTemplates, method: 'DELETE', query: new URLSearchParams('name=a') },
      { kind: 'deleted', which: { name: 'a' } },
    ],
    [
      'a deletion of one language',
      { ...ofTemplates, method: 'DELETE', query: new URLSearchParams('name=a&hsm_id=6001') },
      { kind: 'deleted', which: { name: 'a', id: '6001' } },
    ],
    [
      'a deletion of a list, in a query',
      { ...ofTemplates, method: 'DELETE', query: new URLSearchParams('hsm_ids=["6001","6002"]') },
      { kind: 'deleted', which: { ids: ['6001', '6002'] } },
    ],
    [
      'a deletion of a list, in a body',
      { ...ofTemplates, method: 'DELETE', query: new URLSearchParams(), body: bytes({ hsm_ids: ['6001', '6002'] }) },
      { kind: 'deleted', which: { ids: ['6001', '6002'] } },
    ],
  ] as [string, ClientRequest, TemplateWrite][])('tells of %s', async (_what, request, write) => {
    const { io, written } = record()
    await passThrough(io, HERE, request)
    expect(written).toEqual([['7001', write]])
  })

  it('tells of no template that Meta refused, or that was read', async () => {
    const { io, written } = record({
      call: async () => ({ kind: 'json', status: 400, headers: {}, json: { error: { code: 100 } } }),
    })
    await passThrough(io, HERE, { ...ofTemplates, method: 'POST', makes: 'template' })
    const reading = record()
    await passThrough(reading.io, HERE, ofTemplates)
    expect([...written, ...reading.written]).toEqual([])
  })

  it('hands Graph’s answer back whatever its status, and learns nothing from a refusal', async () => {
    const { io, remembered } = record({
      call: async () => ({ kind: 'json', status: 400, headers: {}, json: { id: '1', error: { code: 100 } } }),
    })
    expect(await passThrough(io, HERE, upload)).toMatchObject({ ok: true, value: { status: 400 } })
    expect(remembered).toEqual([])
  })

  it.each([
    [{ kind: 'busy' }, 503],
    [{ kind: 'unreachable', cause: 'connect ECONNREFUSED 10.0.0.7:443' }, 502],
    [{ kind: 'unreadable', cause: 'HTTP status 200 from 10.0.0.7' }, 502],
    [{ kind: 'cut', why: 'slow' }, 408],
    [{ kind: 'cut', why: 'too_large' }, 413],
  ] as const)('tells of %j, and of no host or port', async (answer, status) => {
    const { io, failures } = record({ call: async () => answer })
    const refused = await passThrough(io, HERE, read)
    expect(refused).toMatchObject({ ok: false, refusal: { status } })
    expect(JSON.stringify(refused)).not.toMatch(/10\.0\.0\.7|ECONN|443/)
    expect(failures).toEqual('cause' in answer ? [answer.cause] : [])
  })
})

describe('downloading a medium', () => {
  const asked = { id: '5001', query: new URLSearchParams(), range: 'bytes=0-3' }

  it('asks Meta where it is and fetches it with the same token', async () => {
    const { io, files } = record()
    expect(await downloadMedium(io, HERE, asked)).toMatchObject({ ok: true, value: { kind: 'file' } })
    const from = { url: 'https://lookaside.fbsbx.com/x', accessToken: 'own', range: 'bytes=0-3', share: HERE.workspace }
    expect(files).toEqual([from])
  })

  it('hands Meta’s refusal back', async () => {
    const refusal = { kind: 'json', status: 400, headers: {}, json: { error: { code: 100 } } } as const
    const { io, files } = record({ call: async () => refusal })
    expect(await downloadMedium(io, HERE, asked)).toMatchObject({ ok: true, value: { status: 400 } })
    expect(files).toEqual([])
  })

  it('fetches nothing for somebody else', async () => {
    const { io, sent } = record()
    expect(await downloadMedium(io, HERE, { ...asked, id: '9001' })).toMatchObject({ ok: false })
    expect(sent).toEqual([])
  })
})
