import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { formatZodIssue } from '../../src/domain/content.ts'
import type { Bsuid, WaId } from '../../src/domain/ids.ts'
import {
  countryOf,
  parseRecipient,
  type Recipient,
  recipientSchema,
  waIdCandidates,
} from '../../src/domain/recipient.ts'

const phone = (digits: string): Recipient => ({ kind: 'phone', e164: `+${digits}`, waId: digits as WaId })
const waId = (digits: string) => digits as WaId

const ACCEPTED: [unknown, Recipient][] = [
  ['+5511987654321', phone('5511987654321')],
  [' +55 (11) 98765-4321 ', phone('5511987654321')],
  ['+1 650-555-1234', phone('16505551234')],
  ['+15550001111', phone('15550001111')],
  ['+44 (0)20 7946 0958', phone('442079460958')],
  ['+52 1 55 1234 5678', phone('525512345678')],
  ['+5491123456789', phone('5491123456789')],
  [{ wa_id: '5511987654321' }, { kind: 'wa_id', waId: waId('5511987654321') }],
  [
    { wa_id: '5511987654321', user_id: null },
    { kind: 'wa_id', waId: waId('5511987654321') },
  ],
  [{ user_id: 'BR.13491208655302741918' }, { kind: 'bsuid', bsuid: 'BR.13491208655302741918' as Bsuid }],
  [{ user_id: 'US.ENT.118abc' }, { kind: 'bsuid', bsuid: 'US.ENT.118abc' as Bsuid }],
]

const REFUSED: [unknown, string, string][] = [
  ['5511987654321', 'to', 'to start with "+" and the country code (E.164), got no "+"'],
  ['', 'to', 'to be a phone number, got an empty text'],
  ['+1800FLOWERS', 'to', 'to be digits, with spaces, dashes, dots or parentheses at most, got a letter'],
  ['+1 650 555 1234 ext. 5', 'to', 'to be digits, with spaces, dashes, dots or parentheses at most, got a letter'],
  ['+', 'to', 'to be a phone number, got no digits'],
  ['+9991234567890', 'to', 'to be a phone number with a known country code and a possible length'],
  ['+5511', 'to', 'to be a phone number of a possible length for its country'],
  ['+551198765432112', 'to', 'to be a phone number of a possible length for its country'],
  [{}, 'to', 'to have wa_id or user_id, got neither'],
  [{ wa_id: '5511987654321', user_id: 'BR.1' }, 'to', 'to have either wa_id or user_id, got both'],
  [{ wa_id: '+5511987654321' }, 'to.wa_id', 'to be a string of 5 to 20 digits without "+"'],
  [{ wa_id: '0511987654321' }, 'to.wa_id', 'to be a string of 5 to 20 digits without "+"'],
  [
    { user_id: 'br.1' },
    'to.user_id',
    'to be a country code, a dot and up to 128 letters or digits, such as "BR.1349…"',
  ],
  [
    { user_id: `BR.${'1'.repeat(129)}` },
    'to.user_id',
    'to be a country code, a dot and up to 128 letters or digits, such as "BR.1349…"',
  ],
]

describe('parseRecipient', () => {
  it.each(ACCEPTED)('reads %j', (input, recipient) => {
    expect(parseRecipient(input)).toEqual({ ok: true, recipient })
  })

  it.each(REFUSED)('refuses %j', (input, field, expectation) => {
    const named = field === 'to' ? '"to"' : field
    expect(parseRecipient(input)).toMatchObject({ ok: false, field, message: `expected ${named} ${expectation}` })
  })

  it.each([[null], [undefined], [5511987654321], [['+5511987654321']], [true]])(
    'refuses %j as no recipient',
    (input) => {
      expect(parseRecipient(input)).toMatchObject({ ok: false, field: 'to' })
    },
  )

  it('names the field it was told to read', () => {
    expect(parseRecipient('1', 'intents.3.to')).toMatchObject({ field: 'intents.3.to' })
  })

  it('never throws and never quotes the input', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), fc.stringMatching(/^\+\d{6,18}$/)), (input) => {
        const result = parseRecipient(input)
        if (!result.ok && typeof input === 'string' && input.length > 6) expect(result.message).not.toContain(input)
      }),
    )
  })

  it('reads its own result again unchanged', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+(1|44|55|52|54|91)[1-9]\d{7,10}$/), (input) => {
        const first = parseRecipient(input)
        fc.pre(first.ok && first.recipient.kind === 'phone')
        if (first.ok && first.recipient.kind === 'phone') expect(parseRecipient(first.recipient.e164)).toEqual(first)
      }),
    )
  })
})

describe('recipientSchema', () => {
  it.each(ACCEPTED)('accepts %j', (input) => {
    expect(recipientSchema.safeParse(input).success).toBe(true)
  })

  it.each(REFUSED)('refuses %j with the same sentence', (input, field, expectation) => {
    const { error } = recipientSchema.safeParse(input)
    expect(error && formatZodIssue(error, { input, root: 'to' })).toEqual({
      field,
      message: `expected ${field === 'to' ? '"to"' : field} ${expectation}`,
    })
  })

  it('can stand in an OpenAPI document', () => {
    const { anyOf } = z.toJSONSchema(recipientSchema)
    expect(anyOf).toHaveLength(2)
  })
})

describe('waIdCandidates', () => {
  it.each([
    ['Brazil, ninth digit dropped', '5531987654321', '553187654321'],
    ['Brazil, ninth digit added', '553187654321', '5531987654321'],
    ['Mexico, 1 dropped', '5215512345678', '525512345678'],
    ['Mexico, 1 added', '525512345678', '5215512345678'],
    ['Argentina, 9 dropped', '5491123456789', '541123456789'],
    ['Argentina, 9 added', '541123456789', '5491123456789'],
  ])('knows %s', (_, one, other) => {
    expect(waIdCandidates(waId(one))).toEqual([one, other])
  })

  it.each([
    ['a Brazilian landline', '551133334444'],
    ['a newer Brazilian mobile whose tail is a landline', '5511933334444'],
    ['a number elsewhere', '16505551234'],
    ['a number of no plan', '12345'],
  ])('leaves %s alone', (_, digits) => {
    expect(waIdCandidates(waId(digits))).toEqual([digits])
  })

  it('is symmetric, so either spelling finds the same person', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(55|52|521|54|549|1|44)\d{8,11}$/), (digits) => {
        for (const candidate of waIdCandidates(waId(digits))) {
          expect([...waIdCandidates(candidate)].sort()).toEqual([...waIdCandidates(waId(digits))].sort())
        }
      }),
    )
  })
})

describe('countryOf', () => {
  it.each([
    ['16505551234', 'US'],
    ['14165551234', 'CA'],
    ['18765551234', 'JM'],
    ['447400123456', 'GB'],
    ['5511987654321', 'BR'],
    ['553187654321', 'BR'],
    ['5215512345678', 'MX'],
    ['5491123456789', 'AR'],
    ['917428730894', 'IN'],
  ])('places wa_id %s in %s', (digits, country) => {
    expect(countryOf(waId(digits))).toBe(country)
  })

  it.each([
    ['BR.13491208655302741918', 'BR'],
    ['US.ENT.118', 'US'],
  ])('reads %s as %s', (bsuid, country) => {
    expect(countryOf(bsuid as Bsuid)).toBe(country)
  })

  it('takes a recipient of any kind', () => {
    expect(countryOf(phone('5511987654321'))).toBe('BR')
    expect(countryOf({ kind: 'wa_id', waId: waId('5511987654321') })).toBe('BR')
    expect(countryOf({ kind: 'bsuid', bsuid: 'IN.1' as Bsuid })).toBe('IN')
  })

  it('does not guess for an unassigned area code of +1', () => {
    expect(countryOf(waId('15550001111'))).toBeNull()
  })

  it('does not guess for a country code nobody has', () => {
    expect(countryOf(waId('99912345678'))).toBeNull()
  })
})
