import { type CardProblem, type CardResult, type CardRow, MOST_PROBLEMS, type RateRows } from './card.ts'
import { heading, isEmptyRow, quoted, RowReader } from './card-cells.ts'
import type { RatedCategory } from './categories.ts'
import { isTierHeader, readTiers } from './read-tiers.ts'

/*
 * Reads Meta's own files, as they are. A file of rates has title lines, then a header with a column for each category, then a row for each
 * market. A file of volume tiers has no column names to speak of; see read-tiers.ts. What is not known, a column, a market, a currency, makes
 * the whole file refused with every line that is at fault: a price that was guessed is worse than none.
 * Source: six public copies and readers of Meta's cards (read 2026-11); the tiers of one.
 */

const COLUMNS: Readonly<Record<string, 'market' | 'currency' | RatedCategory>> = {
  market: 'market',
  currency: 'currency',
  marketing: 'marketing',
  utility: 'utility',
  authentication: 'authentication',
  'authentication international': 'authentication-international',
  service: 'service',
}
const REQUIRED = ['market', 'currency', 'marketing', 'utility', 'authentication'] as const
/** Older cards have no such column, or nothing in it. */
const MAY_BE_EMPTY: readonly string[] = ['authentication-international', 'service']

export function readCard(rows: readonly CardRow[]): CardResult {
  const filled = rows.filter((row) => !isEmptyRow(row))
  if (filled.length === 0) return refusal([{ path: '', message: 'expected a rate card, got an empty file' }])
  const rates = filled.findIndex(isRatesHeader)
  if (rates >= 0) return readRates(filled[rates] as CardRow, filled.slice(rates + 1))
  const tiers = filled.findIndex(isTierHeader)
  if (tiers >= 0) return readTiers(filled.slice(0, tiers), filled[tiers] as CardRow, filled.slice(tiers + 1))
  return refusal([noHeader(filled)])
}

/** Two of its names are enough, so that one that is misspelt is told by name. */
function isRatesHeader({ cells }: CardRow): boolean {
  const names = cells.map(heading)
  return names.includes('market') && names.filter((name) => name in COLUMNS).length >= 2
}

function noHeader(rows: readonly CardRow[]): CardProblem {
  const { line, cells } = rows[0] as CardRow
  const apart = rows.some((row) => row.cells.some((cell) => /;.*;/.test(cell)))
  const problem = {
    path: 'header',
    line,
    message: `expected a line with Market, Currency, Marketing, Utility and Authentication, or one that repeats From, To and Rate, got none; the file begins with ${quoted(cells.join(','))}`,
  }
  if (!apart) return problem
  return {
    ...problem,
    hint: 'Cells are separated by commas. A spreadsheet may have changed the file: take the one that Meta gives.',
  }
}

function readRates(header: CardRow, rows: readonly CardRow[]): CardResult {
  const problems: CardProblem[] = []
  const columns = readHeader(header, problems)
  if (problems.length > 0) return refusal(problems)
  const markets: RateRows = new Map()
  const firstAt = new Map<string, number>()
  let currency: string | null = null
  const at = (name: string) => columns.indexOf(name)
  for (const row of rows) {
    if (problems.length >= MOST_PROBLEMS) break
    const reader = new RowReader(row, problems)
    reader.width(header.cells.length)
    const market = reader.market(at('market'))
    const own = reader.currency(at('currency'))
    if (own !== null && currency !== null && own !== currency) {
      reader.refuse(at('currency'), 'currency', `expected one currency in a file, ${currency} so far, got ${own}`)
    }
    currency ??= own
    const prices = readPrices(reader, columns, market)
    if (market === null) continue
    const earlier = firstAt.get(market)
    if (earlier !== undefined) {
      reader.refuse(at('market'), 'market', `expected each market once, got ${market} again, which line ${earlier} has`)
    }
    firstAt.set(market, earlier ?? row.line)
    markets.set(market, prices)
  }
  if (rows.length === 0)
    problems.push({ path: '', line: header.line, message: 'expected a row for each market, got none' })
  if (problems.length > 0 || currency === null) return refusal(problems)
  return { ok: true, card: { kind: 'rates', currency, markets } }
}

function readHeader(header: CardRow, problems: CardProblem[]): (string | null)[] {
  const reader = new RowReader(header, problems)
  const columns = header.cells.map((cell, index) => {
    const name = heading(cell)
    if (name === '') return null
    const column = Object.hasOwn(COLUMNS, name) ? COLUMNS[name] : undefined
    if (column !== undefined) return column
    const known = Object.keys(COLUMNS).join(', ')
    return reader.refuse(index, 'header', `expected columns named ${known}, got ${quoted(cell)}`)
  })
  columns.forEach((column, index) => {
    if (column !== null && columns.indexOf(column) < index)
      reader.refuse(index, 'header', `expected each column once, got ${column} again`)
  })
  for (const name of REQUIRED) {
    if (!columns.includes(name))
      problems.push({ path: 'header', line: header.line, message: `expected a column ${name}, got none` })
  }
  return columns
}

function readPrices(reader: RowReader, columns: (string | null)[], market: string | null) {
  const prices: Partial<Record<RatedCategory, bigint>> = {}
  columns.forEach((column, index) => {
    if (column === 'market' || column === 'currency') return
    if (column === null) {
      if (reader.cell(index) !== '') reader.refuse(index, 'header', 'expected nothing below a column without a name')
      return
    }
    const path = `${market ?? 'market'}.${column}`
    const price = reader.price(index, path, MAY_BE_EMPTY.includes(column))
    if (price !== null && price !== undefined) prices[column as RatedCategory] = price
  })
  return prices
}

export function refusal(problems: CardProblem[]): CardResult {
  return { ok: false, problems: problems.slice(0, MOST_PROBLEMS) }
}
