import { describe, expect, it } from 'vitest'
import { budgetBody, costsQuery, rateCardQuery, senderMoney } from '../../src/http/money-schemas.ts'

const BUDGET = { amount: '250.00', currency: 'USD' }

describe('a budget that is asked for', () => {
  it.each(['0', '0.000001', '999999999999.999999'])('may be %s', (amount) => {
    expect(budgetBody.parse({ ...BUDGET, amount })).toEqual({ ...BUDGET, amount, warn_at: 0.8, hold: ['marketing'] })
  })

  it.each([
    ...[
      '-1',
      '-0',
      '+1',
      '1e3',
      '1E3',
      'NaN',
      'Infinity',
      '',
      ' ',
      ' 5',
      '5 ',
      '5\n',
      '\ufeff5',
      '5,00',
      '1,000.00',
      '.5',
      '5.',
    ],
    ...['00.5', '0x1F', '٥', '５', '0.0000001', '1000000000000', '9'.repeat(400), '$5', '5 USD', '1_000', '1.2.3'],
    ...[5, 5.5, Number.NaN, 1e21, null, true, ['5'], { amount: '5' }],
  ])('is not of %j', (amount) => {
    expect(budgetBody.safeParse({ ...BUDGET, amount }).success).toBe(false)
  })

  it.each(['usd', 'US', 'USDT', 'XXX', 'ZZZ', '$US', 'USD ', '\ufeffUSD', 'ＵＳＤ', '', null, 840])(
    'is not in %j, in which Meta charges nobody',
    (currency) => {
      expect(budgetBody.safeParse({ ...BUDGET, currency }).success).toBe(false)
    },
  )

  it.each([0, -0.1, 1.000001, 80, Number.NaN, Number.POSITIVE_INFINITY, '0.8', null])(
    'does not warn at %j',
    (warn_at) => {
      expect(budgetBody.safeParse({ ...BUDGET, warn_at }).success).toBe(false)
    },
  )

  it.each([
    [['marketing', 'marketing']],
    [['MARKETING']],
    [['authentication-international']],
    [['everything']],
    ['marketing'],
    [null],
  ])('does not hold %j', (hold) => {
    expect(budgetBody.safeParse({ ...BUDGET, hold }).success).toBe(false)
  })

  it('is of what is known alone', () => {
    expect(budgetBody.safeParse({ ...BUDGET, amout: '1' }).success).toBe(false)
    expect(budgetBody.parse({ ...BUDGET, hold: [] }).hold).toEqual([])
  })
})

describe('a day or a zone that is asked for', () => {
  it.each([
    '2026-02-29',
    '2026-13-01',
    '2026-1-1',
    '26-10-01',
    '2026-10-01T00:00:00Z',
    ' 2026-10-01',
    '1969-12-31',
    '+002026-10-01',
    '',
    'today',
  ])('is not %j', (day) => {
    expect(rateCardQuery.safeParse({ valid_from: day }).success).toBe(false)
    expect(costsQuery.safeParse({ from: day }).success).toBe(false)
  })

  it.each(['Nowhere', '+05:30', '-03', '', 'America/Sao_Paulo ', '../etc/passwd', 'x'.repeat(65)])(
    'is not in %j',
    (zone) => {
      expect(senderMoney.time_zone.safeParse(zone).success).toBe(false)
    },
  )
})
