import { getCountries, getCountryCallingCode, parsePhoneNumberWithError } from 'libphonenumber-js/max'
import metadata from 'libphonenumber-js/max/metadata'
import { describe, expect, it } from 'vitest'
import { destinationOf } from '../../../src/domain/money/destination.ts'
import { seededRandom } from '../../faults/random.ts'

const CODES = [...new Set(getCountries().map((country) => getCountryCallingCode(country)))]

/** Where libphonenumber sees the number, by a BSUID of that country, which is looked up without any number. */
function slowly(digits: string) {
  try {
    const phone = parsePhoneNumberWithError(`+${digits}`, { extract: false })
    const country = phone.country ?? phone.getPossibleCountries()[0] ?? null
    const [main] = metadata.country_calling_codes[phone.countryCallingCode] ?? []
    const { markets } = destinationOf({ waId: null, bsuid: `${country ?? main}.1` })
    return { country, markets }
  } catch {
    return { country: null, markets: ['Other'] }
  }
}

function check(digits: string): void {
  const expected = slowly(digits)
  const { country, markets } = destinationOf({ waId: digits, bsuid: null })
  expect({ digits, country, markets }).toEqual({ digits, ...expected })
}

describe('where a number is charged', () => {
  const random = seededRandom(20261130)
  const national = (length: number) => Array.from({ length }, () => random.below(10)).join('')

  it('is what libphonenumber says, of every calling code', () => {
    for (const code of CODES) for (let n = 0; n < 60; n += 1) check(code + national(4 + random.below(10)))
  })

  it('is what libphonenumber says, of every area in North America, Russia and Kazakhstan', () => {
    for (let area = 200; area < 1_000; area += 1) {
      check(`1${area}${national(7)}`)
      check(`1${area}${random.below(10)}${national(6)}`)
      check(`7${area}${national(7)}`)
    }
  })

  it.each([
    ['15551234567', 'North America'],
    ['14165550123', 'North America'],
    ['18765550123', 'Rest of Latin America'],
    ['18095550123', 'Rest of Latin America'],
    ['17875550123', 'Rest of Latin America'],
    ['12425550123', 'North America'],
    ['79161234567', 'Russia'],
    ['77011234567', 'Kazakhstan'],
    ['447911123456', 'United Kingdom'],
    ['5511987654321', 'Brazil'],
    ['8001234567', 'Other'],
  ])('of %s is %s', (digits, market) => {
    expect(destinationOf({ waId: digits, bsuid: null }).markets[0]).toBe(market)
  })

  it('is told by the country of whoever has no number', () => {
    expect(destinationOf({ waId: null, bsuid: 'BR.123' })).toEqual({ country: 'BR', markets: ['Brazil'] })
    expect(destinationOf({ waId: null, bsuid: null })).toEqual({ country: null, markets: ['Other'] })
    expect(destinationOf({ waId: null, bsuid: 'XX.1' })).toEqual({ country: null, markets: ['Other'] })
  })
})
