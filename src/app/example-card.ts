import type { RateBook } from '../domain/money/price.ts'
import { readRateCardFile } from '../usecases/rate-card-file.ts'

/*
 * Prices for trying things out, and nobody's: round numbers for every market, as a file of Meta's would have them. Used against the built-in
 * sandbox alone, where a workspace has no card of its own. The same file stands in examples/rate-cards.
 */

export const EXAMPLE_VALID_FROM = '2025-07-01'

export function exampleCard(): { currency: string; book: RateBook } {
  const read = readRateCardFile(Buffer.from(EXAMPLE_CARD))
  if (!read.ok || read.card.kind !== 'rates') throw new Error('expected the example card to be a list of rates')
  const { currency, markets } = read.card
  return { currency, book: { rates: [{ validFrom: EXAMPLE_VALID_FROM, markets }], tiers: [] } }
}

export const EXAMPLE_CARD = `"Example rates in USD, not Meta's. Import the card of your own currency before you trust an amount.",,,,,,
Market,Currency,Marketing,Utility,Authentication,"Authentication-
International",Service
Argentina,$US,0.0500,0.0100,0.0100,n/a,n/a
Bangladesh,$US,0.0500,0.0100,0.0100,0.1000,n/a
Brazil,$US,0.0600,0.0070,0.0070,n/a,n/a
Chile,$US,0.0500,0.0100,0.0100,n/a,n/a
Colombia,$US,0.0500,0.0100,0.0100,n/a,n/a
Egypt,$US,0.0500,0.0100,0.0100,0.1000,n/a
France,$US,0.0800,0.0300,0.0300,n/a,n/a
Germany,$US,0.1300,0.0550,0.0550,n/a,n/a
Hong Kong,$US,0.0500,0.0100,0.0100,n/a,n/a
Hungary,$US,0.0500,0.0100,0.0100,n/a,n/a
India,$US,0.0110,0.0015,0.0015,0.0150,n/a
Indonesia,$US,0.0400,0.0250,0.0250,0.2500,n/a
Iraq,$US,0.0500,0.0100,0.0100,0.1000,n/a
Israel,$US,0.0500,0.0100,0.0100,n/a,n/a
Italy,$US,0.0500,0.0100,0.0100,n/a,n/a
Kazakhstan,$US,0.0500,0.0100,0.0100,0.1000,n/a
Kuwait,$US,0.0500,0.0100,0.0100,0.1000,n/a
Malaysia,$US,0.0500,0.0100,0.0100,0.1000,n/a
Mexico,$US,0.0300,0.0090,0.0090,n/a,n/a
Morocco,$US,0.0500,0.0100,0.0100,0.1000,n/a
Nepal,$US,0.0500,0.0100,0.0100,0.1000,n/a
Netherlands,$US,0.1500,0.0500,0.0500,n/a,n/a
Nigeria,$US,0.0500,0.0100,0.0100,0.1000,n/a
Oman,$US,0.0500,0.0100,0.0100,0.1000,n/a
Pakistan,$US,0.0500,0.0100,0.0100,0.1000,n/a
Peru,$US,0.0500,0.0100,0.0100,n/a,n/a
Poland,$US,0.0500,0.0100,0.0100,n/a,n/a
Qatar,$US,0.0500,0.0100,0.0100,n/a,n/a
Romania,$US,0.0500,0.0100,0.0100,n/a,n/a
Russia,$US,0.0500,0.0100,0.0100,n/a,n/a
Saudi Arabia,$US,0.0500,0.0100,0.0100,0.1000,n/a
Singapore,$US,0.0500,0.0100,0.0100,n/a,n/a
South Africa,$US,0.0500,0.0100,0.0100,0.1000,n/a
Spain,$US,0.0650,0.0200,0.0200,n/a,n/a
Sri Lanka,$US,0.0500,0.0100,0.0100,0.1000,n/a
Turkey,$US,0.0500,0.0100,0.0100,n/a,n/a
Ukraine,$US,0.0500,0.0100,0.0100,0.1000,n/a
United Arab Emirates,$US,0.0500,0.0100,0.0100,0.1000,n/a
United Kingdom,$US,0.0600,0.0220,0.0220,n/a,n/a
North America,$US,0.0250,0.0040,0.0040,n/a,n/a
Rest of Africa,$US,0.0500,0.0100,0.0100,n/a,n/a
Rest of Asia Pacific,$US,0.0500,0.0100,0.0100,n/a,n/a
Rest of Central & Eastern Europe,$US,0.0500,0.0100,0.0100,n/a,n/a
Rest of Latin America,$US,0.0500,0.0100,0.0100,n/a,n/a
Rest of Middle East,$US,0.0500,0.0100,0.0100,n/a,n/a
Rest of Western Europe,$US,0.0600,0.0170,0.0170,n/a,n/a
Other,$US,0.0600,0.0080,0.0080,n/a,n/a
`
