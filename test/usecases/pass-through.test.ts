import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { PassThroughRequest } from '../../src/graph/pass-through.ts'
import type { OwnerOfToken } from '../../src/store/accounts/sender-credentials.ts'
import { type ClientRequest, type PassThroughIo, passThrough } from '../../src/usecases/pass-through.ts'

const request: ClientRequest = {
  method: 'get',
  path: '/8001',
  query: 'fields=url',
  headers: {},
  body: null,
  owner: '8001',
}

function ioWith(tokens: Record<string, string>, sent: PassThroughRequest[] = []): PassThroughIo {
  return {
    tokenOf: async (owner: OwnerOfToken) =>
      tokens[owner.kind === 'anybody' ? 'anybody' : `${owner.kind} ${owner.id}`] ?? null,
    async send(handedOn) {
      sent.push(handedOn)
      return { kind: 'answer', status: 404, headers: { 'x-a': ['1', '2'], 'x-b': '3' }, body: Readable.from(['no']) }
    },
  }
}

describe('passing a client’s request on', () => {
  it.each([
    ['the number’s own token', { 'sender 8001': 'own', 'waba 8001': 'account', anybody: 'any' }, 'own'],
    ['the token of a number of the account', { 'waba 8001': 'account', anybody: 'any' }, 'account'],
    ['any token when the id is a medium’s', { anybody: 'any' }, 'any'],
  ])('uses %s', async (_what, tokens, expected) => {
    const sent: PassThroughRequest[] = []
    await passThrough(ioWith(tokens, sent), request)
    expect(sent[0]).toMatchObject({ accessToken: expected, method: 'GET', path: '/8001' })
    expect(String(sent[0]?.query)).toBe('fields=url')
  })

  it('hands Graph’s answer back whatever its status', async () => {
    const answer = await passThrough(ioWith({ anybody: 'any' }), request)
    expect(answer).toMatchObject({ ok: true, value: { status: 404, headers: { 'x-a': '1, 2', 'x-b': '3' } } })
  })

  it('is refused while no sender is linked', async () => {
    expect(await passThrough(ioWith({}), request)).toMatchObject({ ok: false, refusal: { status: 404 } })
  })

  it('is refused with a method Graph does not have', async () => {
    expect(await passThrough(ioWith({ anybody: 'any' }), { ...request, method: 'BREW' })).toMatchObject({
      refusal: { status: 400 },
    })
  })

  it('reports a Graph that is away', async () => {
    const io: PassThroughIo = {
      ...ioWith({ anybody: 'any' }),
      send: async () => ({ kind: 'unreachable', cause: 'ECONNREFUSED' }),
    }
    expect(await passThrough(io, request)).toMatchObject({ ok: false, refusal: { status: 502 } })
  })
})
