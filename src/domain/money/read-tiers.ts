import { type CardProblem, type CardResult, type CardRow, MOST_PROBLEMS, type TierRows } from './card.ts'
import { heading, isNone, RowReader } from './card-cells.ts'
import { TIERED_CATEGORIES, type TieredCategory } from './categories.ts'
import type { Tier } from './price.ts'

/*
 * Meta's file of volume tiers: a title, a line that groups the columns, a line of units, and a header that repeats From, To, Rate type, Rate and
 * "vs. List rate" for utility, authentication and authentication-international. A market stands on its first row alone, the currency on each.
 * Bounds are inclusive, the last has none (`--`), and the three blocks of one row have bounds of their own. The headings of the groups may have
 * been translated, so the blocks are found by what is repeated and named by their order.
 */

interface Block {
  category: TieredCategory
  from: number
  to: number
  rate: number
}

export function isTierHeader({ cells }: CardRow): boolean {
  const names = cells.map(heading)
  return names.includes('from') && names.includes('to') && names.includes('rate')
}

export function readTiers(above: readonly CardRow[], header: CardRow, rows: readonly CardRow[]): CardResult {
  const problems: CardProblem[] = []
  const blocks = readBlocks(above, header, problems)
  if (problems.length > 0) return { ok: false, problems }
  const first = blocks[0] as Block
  const columnOfCurrency = Math.max(header.cells.map(heading).indexOf('currency'), 1)
  const markets: TierRows = new Map()
  let market: string | null = null
  let currency: string | null = null
  for (const row of rows) {
    if (problems.length >= MOST_PROBLEMS) break
    const reader = new RowReader(row, problems)
    reader.width(header.cells.length)
    const own = reader.currency(columnOfCurrency)
    if (own !== null && currency !== null && own !== currency) {
      reader.refuse(columnOfCurrency, 'currency', `expected one currency in a file, ${currency} so far, got ${own}`)
    }
    currency ??= own
    if (reader.cell(0) !== '') {
      market = reader.market(0)
      if (market !== null && markets.has(market))
        reader.refuse(0, 'market', `expected each market once, got ${market} again`)
      if (market !== null) markets.set(market, markets.get(market) ?? {})
    } else if (row === rows[0])
      reader.refuse(0, 'market', 'expected the first row to name its market, got an empty cell')
    const target = market === null ? {} : (markets.get(market) ?? {})
    for (const block of blocks) readTier(reader, block, market ?? 'market', target)
  }
  if (rows.length === 0) problems.push({ path: '', line: header.line, message: 'expected rows with tiers, got none' })
  for (const [name, tiers] of markets) refuseOpenEnds(name, tiers, first.from, problems, header.line)
  if (problems.length > 0 || currency === null) return { ok: false, problems: problems.slice(0, MOST_PROBLEMS) }
  return { ok: true, card: { kind: 'tiers', currency, markets } }
}

function readBlocks(above: readonly CardRow[], header: CardRow, problems: CardProblem[]): Block[] {
  const names = header.cells.map(heading)
  const starts = names.flatMap((name, index) => (name === 'from' ? [index] : []))
  if (starts.length !== TIERED_CATEGORIES.length) {
    const message = `expected From, To and Rate for utility, authentication and authentication-international, got ${starts.length} such blocks`
    problems.push({ path: 'header', line: header.line, message })
    return []
  }
  return starts.map((from, order) => {
    const end = starts[order + 1] ?? names.length
    const within = (name: string) => names.findIndex((other, index) => index > from && index < end && other === name)
    const block = { category: TIERED_CATEGORIES[order] as TieredCategory, from, to: within('to'), rate: within('rate') }
    const titled = titleOf(above, from)
    const path = `header.${block.category}`
    if (block.to < 0 || block.rate < 0) {
      const message = 'expected To and Rate behind From, got none'
      problems.push({ path, line: header.line, column: from + 1, message })
    } else if (titled !== null && titled !== block.category) {
      const message = `expected the blocks in the order ${TIERED_CATEGORIES.join(', ')}, got ${titled} in place of ${block.category}`
      problems.push({ path, line: header.line, column: from + 1, message })
    }
    return block
  })
}

/** What the line of groups says above a block, where it is not translated. */
function titleOf(above: readonly CardRow[], column: number): TieredCategory | null {
  for (const { cells } of above) {
    const title = heading(cells[column] ?? '')
    const category = TIERED_CATEGORIES.find((name) => heading(name) === title)
    if (category) return category
  }
  return null
}

function readTier(
  reader: RowReader,
  block: Block,
  market: string,
  target: Partial<Record<TieredCategory, Tier[]>>,
): void {
  const { category } = block
  const texts = [block.from, block.to, block.rate].map((index) => reader.cell(index))
  if (texts.every((text) => text === '' || isNone(text))) return
  const path = `${market}.${category}`
  const from = reader.count(block.from, path)
  const to = reader.cell(block.to) === '--' ? undefined : reader.count(block.to, path)
  const price = reader.price(block.rate, path, false)
  if (price === null) reader.refuse(block.rate, path, 'expected a price for the tier, got n/a')
  if (from === null || to === null || price === null || price === undefined) return
  const tiers = target[category] ?? []
  const last = tiers.at(-1)
  const expected = last === undefined ? [0, 1] : last.to === null ? [] : [last.to + 1]
  if (expected.length === 0)
    reader.refuse(block.from, path, 'expected nothing behind the tier without an end, got another')
  else if (!expected.includes(from))
    reader.refuse(block.from, path, `expected the tier to begin at ${expected.join(' or ')}, got ${from}`)
  if (to !== undefined && to < from)
    reader.refuse(block.to, path, `expected the tier to end at ${from} or later, got ${to}`)
  tiers.push({ from, to: to ?? null, price })
  target[category] = tiers
}

/** Without the last tier a price would be missing for those who send most. */
function refuseOpenEnds(
  market: string,
  tiers: Partial<Record<TieredCategory, Tier[]>>,
  column: number,
  problems: CardProblem[],
  line: number,
): void {
  for (const [category, list] of Object.entries(tiers)) {
    if (list.at(-1)?.to === null) continue
    const message = 'expected a last tier without an end (--), got none'
    problems.push({ path: `${market}.${category}`, line, column: column + 1, message })
  }
}
