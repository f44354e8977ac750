import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Acquaintance,
  type CampaignSender,
  checkSenders,
  chooseSender,
  numbersOf,
} from '../../../src/domain/campaign/senders.ts'
import { chooserOf } from '../../../src/domain/campaign/versions.ts'
import type { PhoneNumberId } from '../../../src/domain/ids.ts'
import { instant } from '../../../src/domain/time.ts'

const number = (id: number | string, weight = 1): CampaignSender => ({ sender: String(id) as PhoneNumberId, weight })
const SOME = [number(1), number(2), number(3)]
const STRANGERS = { isOpen: false, wroteAt: null, heardAt: null }
const known = (...of: [number, Partial<Acquaintance>][]) =>
  new Map(of.map(([id, one]) => [String(id) as PhoneNumberId, { ...STRANGERS, ...one }]))
const at = (ms: number) => instant(ms)
const ids = (count: number) => Array.from({ length: count }, (_, i) => `55119${String(i).padStart(8, '0')}`)

describe('the numbers of a campaign', () => {
  it('are one, or several with their weights', () => {
    expect(checkSenders({ sender: '1' })).toEqual({ ok: true, members: { sender: '1' } })
    const several = checkSenders({ senders: [{ sender: '1', weight: 3 }, { sender: '2' }] })
    expect(several).toEqual({ ok: true, members: { senders: [number(1, 3), number(2)] } })
    expect(several.ok && numbersOf(several.members)).toEqual(['1', '2'])
  })

  it.each<[object, string]>([
    [{}, 'sender'],
    [{ sender: 'x' }, 'sender'],
    [{ sender: '1', senders: [{ sender: '2' }] }, 'sender'],
    [{ senders: [] }, 'senders'],
    [{ senders: [{ sender: '1' }, { sender: '1' }] }, 'senders.1.sender'],
    [{ senders: [{ sender: '1', weight: 0 }] }, 'senders.0.weight'],
    [{ senders: [{ sender: '1', weight: 1.5 }] }, 'senders.0.weight'],
    [{ senders: [{ sender: '+351' }] }, 'senders.0.sender'],
    [{ senders: [{ sender: '1', share: 1 }] }, 'senders.0.share'],
    [{ senders: Array.from({ length: 11 }, (_, i) => ({ sender: String(i) })) }, 'senders'],
  ])('are not %j', (given, field) => {
    expect(checkSenders(given as Record<string, unknown>)).toMatchObject({ ok: false, field })
  })
})

describe('who writes to somebody', () => {
  const chosen = (of: Parameters<typeof known>, numbers = SOME, who = '5511900000000') =>
    chooseSender(numbers, known(...of), 'salt', who).sender

  it('is the number whose window is open, however long ago it wrote', () => {
    expect(
      chosen([
        [1, { wroteAt: at(9) }],
        [2, { isOpen: true, wroteAt: at(1) }],
      ]),
    ).toBe('2')
    expect(
      chosen([
        [1, { isOpen: true, wroteAt: at(1) }],
        [3, { isOpen: true, wroteAt: at(2) }],
      ]),
    ).toBe('3')
  })

  it('is else the one that wrote to them last, and else the one that they wrote to', () => {
    expect(
      chosen([
        [1, { wroteAt: at(1) }],
        [2, { wroteAt: at(3) }],
        [3, { heardAt: at(5) }],
      ]),
    ).toBe('2')
    expect(
      chosen([
        [1, { heardAt: at(1) }],
        [3, { heardAt: at(2) }],
      ]),
    ).toBe('3')
  })

  it('is among equals by weight alone', () => {
    const people = ids(6_000)
    const both = known([1, { wroteAt: at(1) }], [2, { wroteAt: at(1) }])
    const among = people.map((who) => chooseSender([number(1, 3), number(2), number(3)], both, 'salt', who).sender)
    expect(among.filter((one) => one === '3')).toEqual([])
    expect(among.filter((one) => one === '1').length / people.length).toBeCloseTo(0.75, 1)
  })

  it('goes by weight for strangers, to each the same whenever it is asked', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(weights, fc.uuid(), (given, salt) => {
        const numbers = given.map((weight, i) => number(i, weight))
        const total = given.reduce((sum, weight) => sum + weight, 0)
        const people = ids(2_000)
        const of = () => people.map((who) => chooseSender(numbers, new Map(), salt, who).sender)
        const first = of()
        expect(of()).toEqual(first)
        for (const { sender, weight } of numbers) {
          const share = first.filter((one) => one === sender).length / people.length
          expect(Math.abs(share - weight / total)).toBeLessThan(0.06)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('has nothing to do with which variant they get', () => {
    const message = { type: 'text', text: { body: 'a' } }
    const variants = ['a', 'b'].map((name) => ({ name, weight: 1, message }))
    const variantOf = chooserOf({ variants }, 'salt')
    const people = ids(8_000)
    const cells = Map.groupBy(people, (who) => {
      const { sender } = chooseSender([number(1), number(2)], new Map(), 'salt', who)
      return `${sender} ${variantOf(who, null)}`
    })
    expect(cells.size).toBe(4)
    for (const some of cells.values()) expect(some.length / people.length).toBeCloseTo(0.25, 1)
  })
})
