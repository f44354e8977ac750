import fc from 'fast-check'
import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' }
import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max'
import { describe, expect, it } from 'vitest'
import { readListed } from '../../../src/domain/campaign/listed-recipient.ts'
import { seenKeys } from '../../../src/domain/campaign/seen-keys.ts'
import { numberKey } from '../../../src/domain/identity.ts'
import { isPlainNumber } from '../../../src/domain/plain-number.ts'
import { parseRecipient } from '../../../src/domain/recipient.ts'

const CODES = [...new Set(getCountries().map((country) => getCountryCallingCode(country)))]

/** What libphonenumber makes of it, by the way that intents take. */
function slowly(text: string) {
  const read = parseRecipient(text)
  if (!read.ok || read.recipient.kind !== 'phone') return null
  return { id: read.recipient.waId as string, key: numberKey(read.recipient.waId) }
}

function listed(text: string) {
  const read = readListed(text, null)
  return read.ok ? { id: read.id, key: read.key } : null
}

describe('the fast path', () => {
  it('agrees with libphonenumber about every example number, with a digit more, less, and a zero or a one in front', () => {
    let plain = 0
    for (const country of getCountries()) {
      const national = (examples as Record<string, string>)[country]
      if (national === undefined) continue
      const code = getCountryCallingCode(country)
      const variants = [
        national,
        `${national}5`,
        national.slice(0, -1),
        `0${national}`,
        `1${national}`,
        `15${national}`,
      ]
      for (const digits of variants) {
        expect(listed(`+${code}${digits}`), `+${code} ${digits}`).toEqual(slowly(`+${code}${digits}`))
      }
      if (isPlainNumber(`${code}${national}`)) plain += 1
    }
    expect(plain).toBeGreaterThan(200)
  })

  it('agrees with libphonenumber about any digits behind any country code', () => {
    const number = fc
      .tuple(fc.constantFrom(...CODES), fc.stringMatching(/^[0-9]{2,14}$/))
      .map(([code, rest]) => `+${code}${rest}`)
    fc.assert(
      fc.property(number, (text) => {
        expect(listed(text)).toEqual(slowly(text))
      }),
      { numRuns: 20_000 },
    )
  })

  it('agrees about digits that begin as no country code does', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+[0-9]{1,20}$/), (text) => {
        expect(listed(text)).toEqual(slowly(text))
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('a line of a list', () => {
  it.each([
    ['+55 (11) 99999-9999', '5511999999999'],
    ['+5511999999999', '5511999999999'],
    ['\u202a+55 11 99999 9999\u202c', '5511999999999'],
    ["'+5511999999999", '5511999999999'],
    ['+5511999999999.0', '5511999999999'],
    ['\uff0b\uff15\uff15\uff11\uff11999999999', '5511999999999'],
    ['BR.13491208655302741918', 'BR.13491208655302741918'],
    [' US.ENT.11815799212886844830 ', 'US.ENT.11815799212886844830'],
  ])('reads %j', (text, id) => {
    expect(readListed(text, null)).toMatchObject({ ok: true, id })
  })

  it.each([
    ['5,51199E+12', /scientific notation/],
    ['5.51E+12', /scientific notation/],
    ['5511999999999', /start with "\+"/],
    ['0055 11 99999 9999', /00 in front/],
    ['011 99999 9999', /a 0 in front/],
    ['tel:+5511999999999', /a letter/],
    ['', /empty/],
    ['+', /no digits/],
    ['+5511', /possible length/],
    ['+5511999999999.5', /decimals/],
    ['n/a', /a letter/],
    ['+999123456789', /country code/],
  ])('refuses %j', (text, expectation) => {
    expect(readListed(text, null)).toMatchObject({ ok: false, fault: { text: expect.stringMatching(expectation) } })
  })

  it.each([
    ['11 99999-9999', 'BR', '5511999999999'],
    ['011 99999-9999', 'BR', '5511999999999'],
    ['5511999999999', 'BR', '5511999999999'],
    ['07911 123456', 'GB', '447911123456'],
    ['+5511999999999', 'GB', '5511999999999'],
  ] as const)('reads %j at home in %s', (text, home, id) => {
    expect(readListed(text, home)).toMatchObject({ ok: true, id })
  })

  it('takes no foreign number that lost its plus for one at home', () => {
    expect(readListed('33612345678', 'BR').ok).toBe(false)
    expect(readListed('447911123456', 'US').ok).toBe(false)
  })

  it('knows a person again in whatever spelling', () => {
    const keys = ['+5511987654321', '+551187654321', '+55 11 98765-4321'].map((text) => readListed(text, null))
    expect(new Set(keys.map((one) => one.ok && one.key)).size).toBe(1)
    expect(readListed('+22568123456', null)).toMatchObject({ key: '2250768123456' })
    expect(readListed('+2250768123456', null)).toMatchObject({ key: '2250768123456' })
  })
})

describe('who is on the list already', () => {
  it('answers as a set does', () => {
    const key = fc.oneof(
      fc.bigInt(1n, 999_999_999_999_999n).map(String),
      fc.integer({ min: 1, max: 50 }).map((n) => `5511987654${n}`),
      fc.stringMatching(/^[A-Z]{2}\.[A-Za-z0-9]{1,8}$/),
      fc.bigInt(1_000_000_000_000_000n, 99_999_999_999_999_999n).map(String),
    )
    fc.assert(
      fc.property(fc.array(key, { maxLength: 9_000 }), (keys) => {
        const seen = seenKeys()
        const model = new Set<string>()
        for (const one of keys) {
          expect(seen.add(one)).toBe(!model.has(one))
          model.add(one)
        }
        expect(seen.size).toBe(model.size)
      }),
      { numRuns: 30 },
    )
  })
})
