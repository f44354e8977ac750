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

/** The names under which a card may have a country, the first that it has counts; undefined: it is in no list. */
export function marketsOfCountry(country: string): readonly string[] | undefined {
  return BY_COUNTRY.get(country)
}
