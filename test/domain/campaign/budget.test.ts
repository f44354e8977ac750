import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkBudget, type DearestFacts, dearestOf, fitting } from '../../../src/domain/campaign/budget.ts'
import type { Message, WhenClosed } from '../../../src/domain/content.ts'
import { destinationOf } from '../../../src/domain/money/destination.ts'
import { type Money, priceOf } from '../../../src/domain/money/price.ts'
import { DAY_MS, instant, plus } from '../../../src/domain/time.ts'

const now = instant(Date.parse('2026-11-28T12:00:00Z'))
const BRAZIL = destinationOf({ waId: '5511987654321', bsuid: null })
const row = (marketing: bigint, utility: bigint) => ({
  Brazil: { marketing, utility, authentication: utility, 'authentication-international': utility * 9n },
})
const card = (validFrom: string, prices: ReturnType<typeof row>) => ({
  validFrom,
  markets: new Map(Object.entries(prices)),
})
const money: Money = {
  currency: 'USD',
  timeZone: 'America/Sao_Paulo',
  book: {
    rates: [
      card('2026-12-01', row(70_000n, 6_500n)),
      card('2026-10-01', row(60_000n, 6_800n)),
      card('2026-01-01', row(90_000n, 9_000n)),
    ],
    tiers: [
      {
        validFrom: '2026-10-01',
        markets: new Map([
          [
            'Brazil',
            {
              utility: [
                { from: 1, to: 100, price: 7_000n },
                { from: 101, to: null, price: 5_000n },
              ],
            },
          ],
        ]),
      },
    ],
  },
  month: '2026-11',
  freeServiceUsed: 0,
  charged: new Map(),
  international: null,
  held: new Set(),
}
const text: Message = { type: 'text', text: { body: 'Hi' } }
const template = (name: string) => ({ name, language: 'en' })
const message = (name: string): Message => ({ type: 'template', template: { name, language: { code: 'en' } } })
const CATEGORIES: Record<string, string> = { offer: 'MARKETING', order: 'UTILITY', code: 'AUTHENTICATION' }

function dearest(given: Partial<DearestFacts> = {}): bigint | null {
  return dearestOf({
    message: text,
    whenClosed: 'hold',
    to: BRAZIL,
    money,
    from: now,
    until: plus(now, DAY_MS),
    categoryOf: ({ name }) => CATEGORIES[name] ?? null,
    ...given,
  })
}

describe('the dearest that may come of a recipient', () => {
  it.each<[string, Partial<DearestFacts>, bigint | null]>([
    ['free-form costs the list price of utility, though it may be free', {}, 6_800n],
    [
      'a reaction costs nothing',
      { message: { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } } },
      0n,
    ],
    ['a utility template costs its dearest tier', { message: message('order') }, 7_000n],
    ['a template costs its category', { message: message('offer') }, 60_000n],
    ['one that nobody knows is taken for marketing', { message: message('other') }, 60_000n],
    ['a code may be charged internationally', { message: message('code') }, 61_200n],
    ['a template may go in place of the message', { whenClosed: { downgrade: template('offer') } }, 60_000n],
    ['of several the dearest may', { whenClosed: { downgrade: [template('order'), template('offer')] } }, 60_000n],
    ['an invitation goes before it', { whenClosed: { follow_up: template('order') } }, 13_800n],
    [
      'also while it is free',
      { whenClosed: { when_free: { follow_up: template('offer') }, otherwise: 'hold' } },
      66_800n,
    ],
    [
      'a card of tomorrow counts for what may wait until then',
      { message: message('offer'), until: plus(now, 7 * DAY_MS) },
      70_000n,
    ],
    ['a place without a price has none', { to: destinationOf({ waId: '16505550100', bsuid: null }) }, null],
    ['nor has a time before all cards', { from: instant(0), until: instant(DAY_MS) }, null],
  ])('%s', (_name, given, price) => {
    expect(dearest(given)).toBe(price)
  })

  it('is never less than the price, whatever was sent before and whatever day it is', () => {
    const policies: WhenClosed[] = [
      'hold',
      { downgrade: template('order') },
      { follow_up: [template('offer'), template('code')] },
    ]
    fc.assert(
      fc.property(
        fc.constantFrom('service', 'utility', 'marketing', 'authentication'),
        fc.constantFrom(...policies),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 3_000 }),
        fc.boolean(),
        (category, whenClosed, days, sent, isOpen) => {
          const names: Record<string, string> = { utility: 'order', marketing: 'offer', authentication: 'code' }
          const said = category === 'service' ? text : message(names[category] as string)
          const at = plus(now, days * DAY_MS)
          const question = {
            category,
            reaction: false,
            at,
            windowOpen: isOpen,
            freeEntryPointOpen: false,
            to: BRAZIL,
          } as const
          const charged = new Map([['Brazil utility', sent]])
          const international = { from: now, homeCountry: 'PT', exceptions: [] }
          const price = priceOf(question as never, { ...money, charged, freeServiceUsed: sent, international }).amount
          const most = dearest({ message: said, whenClosed, until: plus(now, 8 * DAY_MS) })
          expect(most as bigint).toBeGreaterThanOrEqual(price as bigint)
        },
      ),
    )
  })
})

it('fits as many as there is room for, one behind the other', () => {
  expect(fitting([3n, 3n, 3n], 9n)).toBe(3)
  expect(fitting([3n, 3n, 3n], 8n)).toBe(2)
  expect(fitting([3n, 9n, 1n], 8n)).toBe(1)
  expect(fitting([3n, null, 1n], 8n)).toBe(1)
  expect(fitting([1n], -1n)).toBe(0)
  expect(fitting([0n], 0n)).toBe(1)
})

it.each([
  [{ amount: '0', currency: 'USD' }, 'budget.amount'],
  [{ amount: 10, currency: 'USD' }, 'budget.amount'],
  [{ amount: '1.0000001', currency: 'USD' }, 'budget.amount'],
  [{ amount: '1', currency: 'usd' }, 'budget.currency'],
  [{ amount: '1', currency: 'USD', warn_at: 0.5 }, 'budget.warn_at'],
  ['1 USD', 'budget'],
])('refuses %j as a budget', (given, field) => {
  expect(checkBudget(given)).toMatchObject({ ok: false, field })
})
