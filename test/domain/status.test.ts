import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  deliveryStatusOf,
  isDelivered,
  joinStatus,
  MESSAGE_STATUSES,
  type MessageStatus,
  rank,
} from '../../src/domain/status.ts'

const known = fc.constantFrom(...MESSAGE_STATUSES)
const knownOrNull = fc.option(known)

function joinAll(statuses: readonly string[]): MessageStatus | null {
  return statuses.reduce<MessageStatus | null>(joinStatus, null)
}

describe('joinStatus', () => {
  it('only goes forward (P4)', () => {
    expect(joinStatus('read', 'delivered')).toBe('read')
    expect(joinStatus('delivered', 'sent')).toBe('delivered')
    expect(joinStatus('sent', 'read')).toBe('read')
  })

  it('ends with failed when sent arrives late', () => {
    expect(joinAll(['failed', 'sent'])).toBe('failed')
  })

  it('believes the device over an earlier failure', () => {
    expect(joinAll(['failed', 'delivered'])).toBe('delivered')
    expect(joinAll(['read', 'failed'])).toBe('read')
  })

  it('ignores a word it does not know', () => {
    expect(joinStatus('sent', 'in_orbit')).toBe('sent')
    expect(joinStatus(null, 'toString')).toBe(null)
    expect(joinStatus('sent', null)).toBe('sent')
  })

  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(knownOrNull, knownOrNull, knownOrNull, (a, b, c) => {
        expect(joinStatus(a, b)).toBe(joinStatus(b, a))
        expect(joinStatus(joinStatus(a, b), c)).toBe(joinStatus(a, joinStatus(b, c)))
        expect(joinStatus(a, a)).toBe(a)
      }),
    )
  })

  it('ends alike in any order, with any repetition and any strange word between', () => {
    const history = fc.array(fc.oneof(known, fc.string()), { maxLength: 12 })
    const shuffled = history.chain((h) =>
      fc.tuple(fc.constant(h), fc.shuffledSubarray([...h, ...h], { minLength: 2 * h.length })),
    )
    fc.assert(
      fc.property(shuffled, ([once, twice]) => {
        expect(joinAll(twice)).toBe(joinAll(once))
      }),
    )
  })
})

describe('what a status implies', () => {
  it('counts read as delivered', () => {
    expect(isDelivered('read')).toBe(true)
    expect(isDelivered('played')).toBe(true)
    expect(isDelivered('failed')).toBe(false)
    expect(isDelivered(null)).toBe(false)
  })

  it('shows a played voice message as read', () => {
    expect(deliveryStatusOf('played')).toBe('read')
    expect(deliveryStatusOf('failed')).toBe('failed')
    expect(deliveryStatusOf(null)).toBe(null)
  })

  it('ranks what it does not know at the bottom', () => {
    expect(rank('in_orbit')).toBe(0)
    expect(rank(null)).toBe(0)
  })
})
