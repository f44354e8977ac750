import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { verifySignature } from '../../src/graph/webhook.ts'
import { metaHeaders, newMetaSecret, newStandardSecret, standardHeaders } from '../../src/outbound/signing.ts'

describe('signatures', () => {
  it('are Standard Webhooks’ own example', () => {
    // Source: Standard Webhooks, specification, the example of its libraries' tests (read 2026-11).
    const headers = standardHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      sentAt: new Date(1_614_265_330_999),
      body: Buffer.from('{"test": 2432232314}'),
    })
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  it('are over the bytes, whatever they are', () => {
    const body = Buffer.from([0x7b, 0xc3, 0xa9, 0xff, 0x7d])
    const secret = newStandardSecret()
    const { 'webhook-signature': signature } = standardHeaders(secret, { id: 'a', sentAt: new Date(5_000), body })
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    const signed = Buffer.concat([Buffer.from('a.5.'), body])
    expect(signature).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
  })

  it('are what Casement itself takes from Meta', () => {
    const secret = newMetaSecret()
    const body = Buffer.from('{"text":"Ol\\u00e1"}')
    const { 'x-hub-signature-256': header } = metaHeaders(secret, body)
    expect(verifySignature(body, header, [secret])).toBe(true)
    expect(verifySignature(Buffer.from('{"text":"Olá"}'), header, [secret])).toBe(false)
    expect(verifySignature(body, header, [newMetaSecret()])).toBe(false)
  })

  it('have a secret of 32 bytes of their own', () => {
    expect(newMetaSecret()).toMatch(/^[0-9a-f]{64}$/)
    expect(newStandardSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(new Set([newMetaSecret(), newMetaSecret(), newStandardSecret(), newStandardSecret()]).size).toBe(4)
  })
})
