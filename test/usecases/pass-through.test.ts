import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { PassThroughRequest } from '../../src/graph/pass-through.ts'
import type { OwnerOfToken } from '../../src/store/accounts/sender-credentials.ts'
import { type ClientRequest, type PassThroughIo, passThrough } from '../../src/usecases/pass-through.ts'
import { HERE } from '../support/access.ts'

const request: ClientRequest = {
  method: 'get',
  path: '/8001',
  query: 'fields=url',
  headers: {},
  body: null,
  owner: '8001',
}

/** `places` says what is known of an id, `tokens` whose token there is. */
function ioWith(
  tokens: Record<string, string>,
  places: Record<string, OwnerOfToken | 'elsewhere'> = {},
  sent: PassThroughRequest[] = [],
): PassThroughIo {
  return {
    placeOf: async (_purview, id) => places[id] ?? { kind: 'unknown' },
    tokenFor: async (_purview, owner) => tokens['id' in owner ? `${owner.kind} ${owner.id}` : owner.kind] ?? null,
    async send(handedOn) {
      sent.push(handedOn)
      return { kind: 'answer', status: 404, headers: { 'x-a': ['1', '2'], 'x-b': '3' }, body: Readable.from(['no']) }
    },
  }
}

const TOKENS = { 'sender 8001': 'own', 'waba 8001': 'account', unknown: 'any' }

describe('passing a client’s request on', () => {
  it.each<[string, Record<string, OwnerOfToken>, string]>([
    ['the number’s own token', { 8001: { kind: 'sender', id: '8001' } }, 'own'],
    ['the token of a number of the account', { 8001: { kind: 'waba', id: '8001' } }, 'account'],
    ['the token of a number of the caller’s when the id is a medium’s', {}, 'any'],
  ])('uses %s', async (_what, places, expected) => {
    const sent: PassThroughRequest[] = []
    await passThrough(ioWith(TOKENS, places, sent), HERE, request)
    expect(sent[0]).toMatchObject({ accessToken: expected, method: 'GET', path: '/8001' })
    expect(String(sent[0]?.query)).toBe('fields=url')
  })

  it('is refused for what is known to be another workspace’s, whatever our tokens might see', async () => {
    const sent: PassThroughRequest[] = []
    const answer = await passThrough(ioWith(TOKENS, { 8001: 'elsewhere' }, sent), HERE, request)
    expect(answer).toMatchObject({ ok: false, refusal: { status: 404, code: 'sender_unknown' } })
    expect(sent).toEqual([])
  })

  it('hands Graph’s answer back whatever its status', async () => {
    const answer = await passThrough(ioWith({ unknown: 'any' }), HERE, request)
    expect(answer).toMatchObject({ ok: true, value: { status: 404, headers: { 'x-a': '1, 2', 'x-b': '3' } } })
  })

  it('is refused while no sender is linked', async () => {
    expect(await passThrough(ioWith({}), HERE, request)).toMatchObject({ ok: false, refusal: { status: 404 } })
  })

  it('is refused with a method Graph does not have', async () => {
    expect(await passThrough(ioWith({ unknown: 'any' }), HERE, { ...request, method: 'BREW' })).toMatchObject({
      refusal: { status: 400 },
    })
  })

  it('reports a Graph that is away', async () => {
    const io: PassThroughIo = {
      ...ioWith({ unknown: 'any' }),
      send: async () => ({ kind: 'unreachable', cause: 'ECONNREFUSED' }),
    }
    expect(await passThrough(io, HERE, request)).toMatchObject({ ok: false, refusal: { status: 502 } })
  })
})
