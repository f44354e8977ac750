import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attemptId, type Bsuid, type IntentId, parseAttemptId, type WaId } from '../../src/domain/ids.ts'
import { OPAQUE_MAX_CHARS, toWire } from '../../src/graph/payload.ts'

const attempt = attemptId('0199a000-0000-7000-8000-000000000001' as IntentId, 3)
const phone = { waId: '491555000101' as WaId, bsuid: null }
const message = { type: 'text', text: { body: 'Hello' } }

describe('toWire', () => {
  it('writes to a phone number with its plus', () => {
    expect(toWire({ message, recipient: phone, attemptId: attempt })).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+491555000101',
      type: 'text',
      text: { body: 'Hello' },
      biz_opaque_callback_data: attempt,
    })
  })

  it('writes to a BSUID when no phone number is known', () => {
    const body = toWire({ message, recipient: { waId: null, bsuid: 'DE.1001A' as Bsuid }, attemptId: attempt })
    expect(body.recipient).toBe('DE.1001A')
    expect(body).not.toHaveProperty('to')
  })

  it('prefers the phone number when both are known', () => {
    const recipient = { waId: '491555000101' as WaId, bsuid: 'DE.1001A' as Bsuid }
    const body = toWire({ message, recipient, attemptId: attempt })
    expect(body.to).toBe('+491555000101')
    expect(body).not.toHaveProperty('recipient')
  })

  it('throws without a recipient', () => {
    expect(() => toWire({ message, recipient: { waId: null, bsuid: null }, attemptId: attempt })).toThrow(TypeError)
  })

  it('lets no message redirect itself or lose the attempt id', () => {
    const own = {
      messaging_product: 'x',
      recipient_type: 'group',
      to: '1',
      recipient: '2',
      biz_opaque_callback_data: '3',
    }
    expect(toWire({ message: { ...message, ...own }, recipient: phone, attemptId: attempt })).toEqual(
      toWire({ message, recipient: phone, attemptId: attempt }),
    )
  })

  it('passes everything else through', () => {
    const rich = {
      ...message,
      context: { message_id: 'wamid.X' },
      recipient_identity_key_hash: 'h',
      category: 'utility',
    }
    expect(toWire({ message: rich, recipient: phone, attemptId: attempt })).toMatchObject(rich)
  })

  it('puts a client value behind the attempt id', () => {
    const body = toWire({ message, recipient: phone, attemptId: attempt, clientOpaque: 'order 17' })
    expect(body.biz_opaque_callback_data).toBe(`${attempt} order 17`)
  })

  it('keeps the attempt id readable within the limit of Meta, whatever the client value', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'é', ' ', '👋', '\n'), maxLength: 700 }), (clientOpaque) => {
        const body = toWire({ message, recipient: phone, attemptId: attempt, clientOpaque })
        const opaque = body.biz_opaque_callback_data as string
        expect(opaque.length).toBeLessThanOrEqual(OPAQUE_MAX_CHARS)
        expect(parseAttemptId(opaque)?.number).toBe(3)
        expect(opaque.isWellFormed()).toBe(true)
      }),
    )
  })
})
