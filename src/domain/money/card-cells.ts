import { parseAmount } from './amount.ts'
import { type CardProblem, type CardRow, CURRENCIES } from './card.ts'
import { marketNamed } from './markets.ts'

/* What stands in the cells of Meta's rate cards. Nothing is guessed: what can be read in two ways is refused. */

/** Collects what is wrong in the cells of one row. */
export class RowReader {
  readonly row: CardRow
  readonly problems: CardProblem[]

  constructor(row: CardRow, problems: CardProblem[]) {
    this.row = row
    this.problems = problems
  }

  /** The text of a cell without what surrounds it; a cell that is not there is empty. */
  cell(index: number): string {
    return trimmed(this.row.cells[index] ?? '')
  }

  refuse(index: number, path: string, message: string, hint?: string): null {
    const found = { path, line: this.row.line, column: index + 1, message }
    this.problems.push(hint === undefined ? found : { ...found, hint })
    return null
  }

  /** A comma too many moves every price behind it into another column. */
  width(expected: number): void {
    const { cells } = this.row
    if (cells.length === expected) return
    const message = `expected ${expected} cells as in the header, got ${cells.length}`
    this.refuse(Math.min(cells.length, expected), '', message, 'A number with a comma has to stand in quotes.')
  }

  market(index: number): string | null {
    const name = this.cell(index)
    if (name === '') return this.refuse(index, 'market', 'expected a market, got an empty cell')
    return (
      marketNamed(name) ??
      this.refuse(
        index,
        'market',
        `expected a market of Meta's, got ${quoted(name)}`,
        'Is Casement older than the card?',
      )
    )
  }

  currency(index: number): string | null {
    const text = this.cell(index)
    const code = SIGNS[text] ?? text.toUpperCase()
    if ((CURRENCIES as readonly string[]).includes(code)) return code
    return this.refuse(index, 'currency', `expected one of ${CURRENCIES.join(', ')}, got ${quoted(text)}`)
  }

  /** Null where it has none (`n/a`); undefined where it cannot be read, which is on record then. */
  price(index: number, path: string, mayBeEmpty: boolean): bigint | null | undefined {
    const text = this.cell(index)
    if (isNone(text) || (text === '' && mayBeEmpty)) return null
    const amount = parseAmount(ungrouped(text))
    if (amount !== null && amount < DEAREST) return amount
    if (amount !== null) return this.tooDear(index, path, text)
    this.refuse(index, path, `expected a price such as 0.0350, or n/a, got ${quoted(text)}`, priceHint(text))
    return undefined
  }

  private tooDear(index: number, path: string, text: string): undefined {
    const hint = 'Is the column another one, or the number without its decimal point?'
    this.refuse(index, path, `expected the price of one message, below 100,000, got ${quoted(text)}`, hint)
    return undefined
  }

  /** A number of messages: `250000` or `250,000`. */
  count(index: number, path: string): number | null {
    const text = this.cell(index)
    if (/^(\d{1,15}|\d{1,3}(,\d{3}){1,4})$/.test(text)) return Number(text.replaceAll(',', ''))
    return this.refuse(index, path, `expected a number of messages such as 250,001, got ${quoted(text)}`)
  }
}

/**
 * Millionths; far above any price of Meta's, in any currency. What is dearer is a slip, and sums of it would not fit their columns: a message
 * that costs too much to be added up could not be stored at all.
 */
const DEAREST = 100_000n * 1_000_000n

/** As they stand in Meta's files instead of the code. */
const SIGNS: Readonly<Record<string, string>> = {
  $US: 'USD',
  US$: 'USD',
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  R$: 'BRL',
}

export function isNone(text: string): boolean {
  return text.toLowerCase() === 'n/a'
}

/** Thousands are set apart only where a point shows what the comma is: `1,234.50`. */
function ungrouped(text: string): string {
  return /^[1-9]\d{0,2}(,\d{3})+\.\d+$/.test(text) ? text.replaceAll(',', '') : text
}

function priceHint(text: string): string | undefined {
  if (/^-/.test(text)) return 'A price is never negative.'
  if (/^\d+,\d+$/.test(text))
    return 'Write a decimal point. A spreadsheet may have changed the file: take the one that Meta gives.'
  if (/^\d[\d.,]*e[+-]?\d+$/i.test(text)) return 'Write the number in full. A spreadsheet may have changed the file.'
  if (/^\d+\.\d{7,}$/.test(text)) return 'Six decimals are kept at most.'
  if (/^[^\d\s]*\s?\d/.test(text)) return 'Write the number alone, without a sign.'
  return undefined
}

/** A heading, whatever its case, line breaks, spaces and hyphens. */
export function heading(text: string): string {
  return trimmed(text)
    .toLowerCase()
    .replace(/[\s\u00a0_\u2010-\u2015-]+/g, ' ')
}

/** Also of what nobody sees: a byte order mark, spaces that do not break. */
function trimmed(text: string): string {
  // Not by a pattern of both ends: of blanks in the middle that one tries each to the end of them.
  let [from, to] = [0, text.length]
  while (from < to && BLANK.test(text.charAt(from))) from++
  while (from < to && BLANK.test(text.charAt(to - 1))) to--
  return text.slice(from, to)
}

const BLANK = /[\s\u00a0\ufeff\u200b]/

/** Shortened, and on one line. */
export function quoted(text: string): string {
  const shown = text.replace(/\p{C}/gu, ' ')
  return JSON.stringify(shown.length > 40 ? `${shown.slice(0, 40)}…` : shown)
}

export function isEmptyRow({ cells }: CardRow): boolean {
  return cells.every((cell) => trimmed(cell) === '')
}
