import { Metadata } from 'libphonenumber-js/core'
import { type CountryCode, getCountryCallingCode, parsePhoneNumberWithError } from 'libphonenumber-js/max'
import metadata from 'libphonenumber-js/max/metadata'
import { readPlainNumber } from '../plain-number.ts'
import { marketsOfCountry, OTHER_MARKET } from './markets.ts'

/*
 * Where somebody is charged. Every message asks, and hardly any needs more than the market: so that is told from the calling code wherever all
 * of its countries are charged alike, or those that are not can be told by how their numbers begin. libphonenumber, which knows each
 * country's numbers, would take an eighth of a worker's time.
 */

export interface Destination {
  /** ISO 3166-1 alpha-2; null where the number belongs to no country. */
  readonly country: string | null
  /** The names under which a card may have them, the first that it has counts. */
  readonly markets: readonly string[]
}

const NOWHERE: Destination = { country: null, markets: [OTHER_MARKET] }

/** By the digits of the number that is dialled; without one by the country in front of the BSUID. */
export function destinationOf({ waId, bsuid }: { waId: string | null; bsuid: string | null }): Destination {
  if (waId !== null) return destinationOfNumber(waId)
  return bsuid === null ? NOWHERE : destinationOfCountry(bsuid.slice(0, 2))
}

function destinationOfNumber(waId: string): Destination {
  const markets = marketsOfPlainNumber(waId)
  if (markets === null) return parsedDestination(waId)
  let parsed: Destination | null = null
  return {
    markets,
    get country() {
      parsed ??= parsedDestination(waId)
      return parsed.country
    },
  }
}

function parsedDestination(waId: string): Destination {
  try {
    const phone = parsePhoneNumberWithError(`+${waId}`, { extract: false })
    const main = phone.getPossibleCountries()[0] ?? null
    return destination(phone.country ?? main, mainCountryOf(phone.countryCallingCode) ?? main)
  } catch {
    return NOWHERE
  }
}

function destinationOfCountry(country: string): Destination {
  try {
    return destination(country, mainCountryOf(getCountryCallingCode(country as CountryCode)))
  } catch {
    return NOWHERE
  }
}

/** Meta goes by calling codes: what is in no list is charged as the country that its code is best known for. */
function destination(country: string | null, main: string | null): Destination {
  const own = country === null ? undefined : marketsOfCountry(country)
  const markets = own ?? (main === null ? undefined : marketsOfCountry(main)) ?? [OTHER_MARKET]
  return { country, markets }
}

/** The country that a shared calling code is listed under: +1 but for three Caribbean countries, +7, +44 and the like. */
const SHARED: Readonly<Record<string, string>> = {
  '1': 'US',
  '7': 'RU',
  '39': 'IT',
  '44': 'GB',
  '47': 'NO',
  '61': 'AU',
  '212': 'MA',
  '358': 'FI',
}

function mainCountryOf(callingCode: string): string | null {
  return SHARED[callingCode] ?? null
}

interface CallingCode {
  markets: readonly string[]
  /** Those of its countries that are charged otherwise, by how their numbers begin. */
  others: readonly { begin: RegExp; markets: readonly string[] }[]
}

/** Calling codes without a country, and those whose countries cannot be told apart by a beginning, are not there. */
const CALLING_CODES: ReadonlyMap<string, CallingCode> = new Map(
  Object.entries(metadata.country_calling_codes).flatMap(([code, countries]) => {
    const known = callingCodeOf(code, countries)
    return known === null ? [] : [[code, known] as const]
  }),
)

function callingCodeOf(code: string, countries: readonly string[]): CallingCode | null {
  const [main] = countries
  if (main === undefined || main === '001') return null
  const marketsOf = (country: string) => destination(country, mainCountryOf(code) ?? main).markets
  const markets = marketsOf(main)
  const others = countries.filter((country) => marketsOf(country).join() !== markets.join())
  const begins = others.flatMap((country) => {
    const begin = leadingDigitsOf(country)
    return begin === undefined ? [] : [{ begin: new RegExp(`^(?:${begin})`), markets: marketsOf(country) }]
  })
  return begins.length === others.length ? { markets, others: begins } : null
}

function leadingDigitsOf(country: string): string | undefined {
  const all = new Metadata(metadata)
  all.selectNumberingPlan(country as CountryCode)
  return (all.numberingPlan as unknown as { leadingDigits(): string | undefined }).leadingDigits()
}

function marketsOfPlainNumber(digits: string): readonly string[] | null {
  const plain = readPlainNumber(digits)
  const known = plain === null ? undefined : CALLING_CODES.get(plain.callingCode)
  if (plain === null || known === undefined) return null
  return known.others.find(({ begin }) => begin.test(plain.national))?.markets ?? known.markets
}
