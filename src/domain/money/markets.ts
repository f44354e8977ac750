import { type CountryCode, getCountryCallingCode, parsePhoneNumberWithError } from 'libphonenumber-js/max'

/*
 * Meta's markets: what a country is charged as. Some countries have a row of their own in a rate card, the others that of a region, and what is
 * in no list is `Other`. Countries leave their region over time: nine did in October 2026, six in the year before. So for each of those both
 * names are known here, and the card that is in force says which it has.
 *
 * Source: Meta, pricing, country calling codes, and its rate cards of 2026-07 and 2026-10 (read 2026-11). No copy says where Kazakhstan was
 * before October 2026; it stands with its neighbours.
 */

const AFRICA = 'Rest of Africa'
const ASIA = 'Rest of Asia Pacific'
const EAST = 'Rest of Central & Eastern Europe'
const LATIN = 'Rest of Latin America'
const MIDDLE_EAST = 'Rest of Middle East'
const WEST = 'Rest of Western Europe'
const NORTH_AMERICA = 'North America'
export const OTHER_MARKET = 'Other'

/** By ISO code; the second is where the country was before it got a row of its own. */
const OWN: Readonly<Record<string, readonly [own: string, before?: string]>> = {
  AE: ['United Arab Emirates'],
  AR: ['Argentina'],
  BD: ['Bangladesh', ASIA],
  BR: ['Brazil'],
  CL: ['Chile'],
  CO: ['Colombia'],
  DE: ['Germany'],
  EG: ['Egypt'],
  ES: ['Spain'],
  FR: ['France'],
  GB: ['United Kingdom'],
  HK: ['Hong Kong', ASIA],
  HU: ['Hungary', EAST],
  ID: ['Indonesia'],
  IL: ['Israel'],
  IN: ['India'],
  IQ: ['Iraq', MIDDLE_EAST],
  IT: ['Italy'],
  KW: ['Kuwait', MIDDLE_EAST],
  KZ: ['Kazakhstan', ASIA],
  LK: ['Sri Lanka', ASIA],
  MA: ['Morocco', AFRICA],
  MX: ['Mexico'],
  MY: ['Malaysia'],
  NG: ['Nigeria'],
  NL: ['Netherlands'],
  NP: ['Nepal', ASIA],
  OM: ['Oman', MIDDLE_EAST],
  PE: ['Peru'],
  PK: ['Pakistan'],
  PL: ['Poland', EAST],
  QA: ['Qatar', MIDDLE_EAST],
  RO: ['Romania', EAST],
  RU: ['Russia'],
  SA: ['Saudi Arabia'],
  SG: ['Singapore', ASIA],
  TR: ['Turkey'],
  UA: ['Ukraine', EAST],
  ZA: ['South Africa'],
}

const REGIONS: Readonly<Record<string, string>> = {
  [NORTH_AMERICA]: 'CA US',
  [AFRICA]:
    'AO BF BI BJ BW CG CI CM DZ ER ET GA GH GM GW KE LR LS LY MG ML MR MW MZ NA NE RW SD SL SN SO SS SZ TD TG TN TZ UG ZM ZW',
  [ASIA]: 'AF AU CN JP KH LA MN NZ PG PH TH TJ TM TW UZ VN',
  [EAST]: 'AL AM AZ BG BY CZ GE GR HR LT LV MD MK RS SI SK',
  [LATIN]: 'BO CR DO EC GT HN HT JM NI PA PR PY SV UY VE',
  [MIDDLE_EAST]: 'BH JO LB YE',
  [WEST]: 'AT BE CH DK FI IE NO PT SE',
}

const BY_COUNTRY: ReadonlyMap<string, readonly string[]> = new Map([
  ...Object.entries(OWN).map(([country, names]) => [country, names as readonly string[]] as const),
  ...Object.entries(REGIONS).flatMap(([region, countries]) =>
    countries.split(' ').map((country) => [country, [region]] as const),
  ),
])

/** Every market that a card may have a row for, as Meta spells it. */
export const MARKETS: readonly string[] = [
  ...Object.values(OWN).map(([own]) => own),
  ...Object.keys(REGIONS),
  OTHER_MARKET,
]

const BY_NAME: ReadonlyMap<string, string> = new Map([
  ...MARKETS.map((market) => [folded(market), market] as const),
  ['turkiye', 'Turkey'],
])

/** A market by its name in a card, whatever its case, spaces, accents and the sign for "and"; null where Meta has none of that name. */
export function marketNamed(name: string): string | null {
  return BY_NAME.get(folded(name)) ?? null
}

function folded(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/&/g, ' and ')
    .replace(/[\s\u00a0]+/g, ' ')
    .trim()
    .toLowerCase()
}

/** Where somebody is charged: the names under which a card may have them, the first that it has counts. */
export interface Destination {
  /** ISO 3166-1 alpha-2; null where the number belongs to no country. */
  country: string | null
  markets: readonly string[]
}

const NOWHERE: Destination = { country: null, markets: [OTHER_MARKET] }

/** By the digits of the number that is dialled; without one by the country in front of the BSUID. */
export function destinationOf({ waId, bsuid }: { waId: string | null; bsuid: string | null }): Destination {
  if (waId !== null) return destinationOfNumber(waId)
  return bsuid === null ? NOWHERE : destinationOfCountry(bsuid.slice(0, 2))
}

function destinationOfNumber(waId: string): Destination {
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
  const own = country === null ? undefined : BY_COUNTRY.get(country)
  const markets = own ?? (main === null ? undefined : BY_COUNTRY.get(main)) ?? [OTHER_MARKET]
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
