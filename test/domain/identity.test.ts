import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  identityOfBsuid,
  identityOfNumber,
  type KnownPerson,
  numberKey,
  recognise,
  type ToldIdentity,
} from '../../src/domain/identity.ts'
import type { Bsuid, ContactId, WaId } from '../../src/domain/ids.ts'
import { waIdCandidates } from '../../src/domain/recipient.ts'
import { type Instant, instant } from '../../src/domain/time.ts'

describe('the key of a number', () => {
  it.each([
    ['Brazil with and without the ninth digit', '5511987654321', '551187654321'],
    ['Mexico with and without the 1', '5215512345678', '525512345678'],
    ['Argentina with and without the 9', '5491123456789', '541123456789'],
    ['Argentina as dialled at home, two digits of area', '5491123456789', '54111523456789'],
    ['Argentina as dialled at home, three digits of area', '5493516123456', '54351156123456'],
    ['Argentina as dialled at home, four digits of area', '5492901412345', '54290115412345'],
    ['Argentina with the 9 and the 15', '5491123456789', '549111523456789'],
    ['Argentina with the 0 and the 15', '5491123456789', '540111523456789'],
    ['Ivory Coast, Orange', '2250768123456', '22568123456'],
    ['Ivory Coast, MTN', '2250545123456', '22545123456'],
    ['Ivory Coast, Moov', '2250101234567', '22501234567'],
    ['Ivory Coast, a landline of Orange', '2252720212345', '22520212345'],
    ['Ivory Coast, a landline of MTN', '2252520012345', '22520012345'],
    ['Ivory Coast, a landline of Moov', '2252120812345', '22520812345'],
    ['Benin', '2290197123456', '22997123456'],
  ])('is one for both spellings: %s', (_, one, other) => {
    expect(numberKey(other)).toBe(numberKey(one))
  })

  it.each([
    ['a Brazilian landline and the mobile with a 9 before it', '551134567890', '5511934567890'],
    ['a Brazilian mobile and one of another area', '5511987654321', '5521987654321'],
    ['Ivorian numbers that end alike', '2250768123456', '2250568123456'],
    ['an old Ivorian number and a new one of its digits', '22507681234', '2250768123456'],
    ['numbers of Benin and its neighbour', '22997123456', '22897123456'],
    ['an Argentinian subscriber that begins with 15', '541115234567', '5411523456789'],
  ])('is not one for two people: %s', (_, one, other) => {
    expect(numberKey(other)).not.toBe(numberKey(one))
  })

  const prefixed = (prefix: string, digits: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: digits, maxLength: digits }).map((n) => prefix + n)
  const anyNumber = fc.oneof(
    ...[8, 9, 10, 11].map((n) => prefixed('55', n)),
    ...[10, 11].map((n) => prefixed('52', n)),
    ...[10, 11, 12, 13].map((n) => prefixed('54', n)),
    ...['225', '229', '228'].flatMap((code) => [8, 10].map((n) => prefixed(code, n))),
    prefixed('1', 10),
  )

  it('is its own key', () => {
    fc.assert(fc.property(anyNumber, (number) => numberKey(numberKey(number)) === numberKey(number)))
  })

  it('is the same for every spelling that Meta may use', () => {
    fc.assert(
      fc.property(anyNumber, (number) =>
        waIdCandidates(number as WaId).every((spelling) => numberKey(spelling) === numberKey(number)),
      ),
    )
  })

  it('keeps the last eight digits, so that nobody becomes a stranger', () => {
    fc.assert(fc.property(anyNumber, (number) => numberKey(number).slice(-6) === number.slice(-6)))
  })

  it('is told apart by all digits where both are canonical', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (a, b) => {
        const [one, other] = [numberKey(a), numberKey(b)]
        fc.pre(one !== other)
        return numberKey(one) !== numberKey(other)
      }),
    )
  })
})

describe('the scope of an id', () => {
  it('is the portfolio of a BSUID, and none for numbers and parent BSUIDs', () => {
    expect(identityOfBsuid('BR.1349' as Bsuid, 'p1').scope).toBe('p1')
    expect(identityOfBsuid('BR.ENT.1349' as Bsuid, 'p1').scope).toBe('')
    expect(identityOfNumber('5511987654321' as WaId).scope).toBe('')
  })
})

describe('recognising a person', () => {
  const [noon, one, two] = [12, 13, 14].map((hour) => instant(Date.UTC(2026, 10, 20, hour))) as [
    Instant,
    Instant,
    Instant,
  ]
  const number = (value: string, at: Instant | null, former = false): ToldIdentity => ({
    ...identityOfNumber(value as WaId),
    at,
    former,
  })
  const bsuid = (value: string, at: Instant | null, former = false, portfolio = 'p1'): ToldIdentity => ({
    ...identityOfBsuid(value as Bsuid, portfolio),
    at,
    former,
  })
  const person = (id: string, ...ids: ToldIdentity[]): KnownPerson => ({
    id: id as ContactId,
    identities: ids.map(({ scope, key, at }) => ({ scope, key, seenAt: at })),
  })
  const N = '15550001111'
  const N2 = '15550002222'

  it('finds nobody where no id is known', () => {
    expect(recognise([number(N, noon)], [])).toMatchObject({ same: [], former: [] })
  })

  it('joins whoever has one of the ids, the oldest first', () => {
    const known = [person('12', bsuid('US.1', noon)), person('7', number(N, noon))]
    expect(recognise([number(N, one), bsuid('US.1', one)], known).same).toEqual(['7', '12'])
  })

  it('takes a number for recycled that comes with another BSUID of the portfolio', () => {
    const known = [person('7', number(N, noon), bsuid('US.1', noon))]
    const told = [number(N, one), bsuid('US.2', one)]
    expect(recognise(told, known)).toEqual({ same: [], claimed: told, former: ['7'] })
  })

  it('gives a recycled number to the person who is known by the other BSUID', () => {
    const known = [person('7', number(N, noon), bsuid('US.1', noon)), person('8', bsuid('US.2', noon))]
    expect(recognise([number(N, one), bsuid('US.2', one)], known)).toMatchObject({ same: ['8'], former: ['7'] })
  })

  it('leaves a recycled number with its new owner when a webhook of the former comes late', () => {
    const known = [person('7', bsuid('US.1', noon)), person('8', number(N, two), bsuid('US.2', two))]
    const told = [number(N, noon), bsuid('US.1', noon)]
    expect(recognise(told, known)).toEqual({ same: ['7'], claimed: [told[1]], former: [] })
  })

  it('takes a BSUID of another portfolio for one more id of the person', () => {
    const known = [person('7', number(N, noon), bsuid('US.1', noon))]
    expect(recognise([number(N, one), bsuid('US.2', one, false, 'p2')], known).same).toEqual(['7'])
  })

  it('joins both BSUIDs when a change names them', () => {
    const known = [person('7', number(N, noon), bsuid('US.1', noon)), person('8', number(N2, two), bsuid('US.2', two))]
    const told = [number(N, one, true), bsuid('US.1', one, true), number(N2, one), bsuid('US.2', one)]
    expect(recognise(told, known)).toMatchObject({ same: ['7', '8'], former: [] })
  })

  it('knows a person with two BSUIDs by either', () => {
    const known = [person('7', number(N, noon), bsuid('US.1', noon), bsuid('US.2', one))]
    expect(recognise([number(N, two), bsuid('US.1', two)], known).same).toEqual(['7'])
  })

  it('does not join the new owner of a number that was given up, when the change is told late', () => {
    const known = [person('7', number(N2, two)), person('8', number(N, two))]
    const told = [number(N, noon, true), number(N2, noon)]
    expect(recognise(told, known)).toEqual({ same: ['7'], claimed: [told[1]], former: [] })
  })

  it('joins by the parent BSUID, though the portfolio has made another of its own', () => {
    const known = [person('7', number(N, noon), bsuid('US.1', noon), bsuid('US.ENT.9', noon))]
    expect(recognise([bsuid('US.2', one), bsuid('US.ENT.9', one)], known).same).toEqual(['7'])
  })

  describe('whom a message went to', () => {
    it('joins the number that Meta answered with', () => {
      const known = [person('7', number(N, null)), person('8', number(N2, noon))]
      expect(recognise([number(N2, null)], known, '7' as ContactId)).toMatchObject({ same: ['7', '8'] })
    })

    it('joins nobody who has another BSUID of the portfolio', () => {
      const known = [
        person('7', number(N, null), bsuid('US.1', noon)),
        person('8', number(N2, noon), bsuid('US.2', noon)),
      ]
      expect(recognise([number(N2, null)], known, '7' as ContactId)).toEqual({
        same: ['7'],
        claimed: [],
        former: [],
      })
    })

    it('is somebody else when the status names another BSUID', () => {
      const known = [person('7', number(N, noon), bsuid('US.1', noon))]
      const told = [number(N, one), bsuid('US.2', one)]
      expect(recognise(told, known, '7' as ContactId)).toEqual({ same: [], claimed: told, former: ['7'] })
    })
  })

  it('never calls two people the same whose BSUIDs of one portfolio differ, unless both were told', () => {
    const ids = fc.constantFrom('US.1', 'US.2', 'US.3')
    fc.assert(
      fc.property(ids, ids, ids, (a, b, told) => {
        const known = [person('1', number(N, noon), bsuid(a, noon)), ...(a === b ? [] : [person('2', bsuid(b, noon))])]
        const { same } = recognise([number(N, one), bsuid(told, one)], known)
        expect(same.length).toBeLessThanOrEqual(1)
      }),
    )
  })
})
