import { describe, expect, it } from 'vitest'
import { SIGNATURE, VERIFY_TOKEN } from './fake-services.ts'
import { startServer } from './harness.ts'

const hook = '/webhooks/whatsapp'
const mib = 1024 * 1024
const signed = { 'x-hub-signature-256': SIGNATURE }

describe("Meta's handshake", () => {
  const query = (token: string, challenge = '1158201444') =>
    `${hook}?hub.mode=subscribe&hub.challenge=${challenge}&hub.verify_token=${token}`

  it('is answered with the raw challenge', async () => {
    const { call } = await startServer()
    const answer = await call('GET', query(VERIFY_TOKEN), { key: null })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(answer.body).toBe('1158201444')
  })

  it('never lets a browser take the challenge for a page', async () => {
    const { call } = await startServer()
    const answer = await call('GET', query(VERIFY_TOKEN, '%3Cscript%3E'), { key: null })
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  })

  it.each([
    ['a wrong token', query('wrong')],
    ['no token', `${hook}?hub.mode=subscribe&hub.challenge=1`],
    ['the token twice', `${query(VERIFY_TOKEN)}&hub.verify_token=${VERIFY_TOKEN}`],
  ])('is refused with 403 for %s', async (_what, url) => {
    const { call } = await startServer()
    const answer = await call('GET', url, { key: null })
    expect(answer.statusCode).toBe(403)
    expect(answer.json().error.code).toBe('forbidden')
  })

  it.each([
    ['another mode', `${hook}?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=${VERIFY_TOKEN}`],
    ['no challenge', `${hook}?hub.mode=subscribe&hub.verify_token=${VERIFY_TOKEN}`],
  ])('is refused with 400 for %s', async (_what, url) => {
    const { call } = await startServer()
    expect((await call('GET', url, { key: null })).statusCode).toBe(400)
  })
})

describe('events from Meta', () => {
  it('are handed over as the bytes that came', async () => {
    const { call, asked } = await startServer()
    const raw = Buffer.from('{ "object":"whatsapp_business_account",\n "entry":[{"id":"1","t":"Ol\\u00e1 \\/ é"}] }')
    const answer = await call('POST', hook, { key: null, raw, headers: signed })
    expect(answer.statusCode).toBe(200)
    expect(asked('receiveWebhook')).toEqual([[raw, SIGNATURE]])
  })

  it.each([
    ['no signature', {}, 0],
    ['half a signature', { 'x-hub-signature-256': 'sha256=bad' }, 0],
    ['another algorithm', { 'x-hub-signature-256': `sha1=${'ab'.repeat(32)}` }, 0],
    ['a wrong signature', { 'x-hub-signature-256': `sha256=${'cd'.repeat(32)}` }, 1],
  ])('are refused with 401 for %s', async (_what, headers, looked) => {
    const { call, asked } = await startServer()
    const answer = await call('POST', hook, { key: null, raw: '{}', headers })
    expect(answer.statusCode).toBe(401)
    expect(answer.json().error.code).toBe('bad_signature')
    // What has not even the form of a signature is refused before its body is there to be looked at.
    expect(asked('receiveWebhook')).toHaveLength(looked)
  })

  it('are taken whatever they call themselves, because the signature decides', async () => {
    const { call, asked } = await startServer()
    for (const type of ['application/json; charset=utf-8', 'text/plain', 'application/octet-stream']) {
      await call('POST', hook, { key: null, raw: '{broken', headers: { ...signed, 'content-type': type } })
    }
    expect(asked('receiveWebhook')).toEqual(new Array(3).fill([Buffer.from('{broken'), SIGNATURE]))
  })

  it('without a body are refused like any unsigned one', async () => {
    const { call, asked } = await startServer()
    expect((await call('POST', hook, { key: null })).statusCode).toBe(401)
    await call('POST', hook, { key: null, headers: signed })
    expect(asked('receiveWebhook')).toEqual([[Buffer.alloc(0), SIGNATURE]])
  })

  it('may be 3 MiB', async () => {
    const { call } = await startServer()
    const answer = await call('POST', hook, { key: null, raw: Buffer.alloc(3 * mib, 32), headers: signed })
    expect(answer.statusCode).toBe(200)
  })

  it('are refused with 413 over 3 MiB, and never reach the store', async () => {
    const { call, calls } = await startServer()
    const answer = await call('POST', hook, { key: null, raw: Buffer.alloc(3 * mib + 1, 32), headers: signed })
    expect(answer.statusCode).toBe(413)
    expect(answer.json().error.code).toBe('too_large')
    expect(calls).toEqual([])
  })

  it('are not acknowledged when they could not be stored', async () => {
    const { call } = await startServer({
      receiveWebhook: async () => {
        throw new Error('the database is away')
      },
    })
    expect((await call('POST', hook, { key: null, raw: '{}', headers: signed })).statusCode).toBe(500)
  })
})
