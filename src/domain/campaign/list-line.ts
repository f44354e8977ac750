import type { CountryCode } from 'libphonenumber-js/max'
import type { Said } from '../said.ts'
import { isZone } from '../zoned-time.ts'
import type { ImportCode } from './import-error.ts'
import { lineFault, numberOfLine } from './line-faults.ts'
import type { ListHeader } from './list-header.ts'
import { readListed } from './listed-recipient.ts'

export type ReadLine =
  | { kind: 'recipient'; key: string; cells: string }
  | {
      kind: 'refused'
      code: Extract<ImportCode, 'invalid' | 'encoding' | 'columns'>
      to: string | null
      reason: Said
    }
  /** Nothing stands in it. */
  | { kind: 'empty' }

const SHOWN = 64
const REPLACEMENT = '\ufffd'

/** One line of a list, by its cells. Whose name holds a sign that was lost on the way is not greeted with it. */
export function readLine({ columns, to }: ListHeader, cells: string[], home: CountryCode | null): ReadLine {
  if (cells.every((cell) => cell === '' || cell.trim() === '')) return { kind: 'empty' }
  if (cells.length > columns.length && cells.slice(columns.length).every((cell) => cell === '')) {
    cells.length = columns.length
  }
  if (cells.length !== columns.length) {
    const reason = lineFault('cells', { count: columns.length, got: cells.length })
    return { kind: 'refused', code: 'columns', to: shown(cells[to]), reason }
  }
  const json = JSON.stringify(cells)
  const lost = json.includes(REPLACEMENT) || (json.includes('\\u0000') && cells.some((cell) => cell.includes('\u0000')))
  if (lost) {
    const column = columns[cells.findIndex((cell) => cell.includes(REPLACEMENT) || cell.includes('\u0000'))]
    const reason = lineFault('lost_sign', { column: column as string })
    return { kind: 'refused', code: 'encoding', to: shown(cells[to]), reason }
  }
  const read = readListed(cells[to] as string, home)
  if (read.ok && !isZoneRight(columns, cells)) {
    const reason = lineFault('time_zone', { column: ZONE_COLUMN })
    return { kind: 'refused', code: 'invalid', to: shown(cells[to]), reason }
  }
  if (read.ok) return { kind: 'recipient', key: read.key, cells: json }
  return { kind: 'refused', code: 'invalid', to: shown(cells[to]), reason: numberOfLine(read.fault) }
}

/** The column of a list that says in whose time zone somebody lives. */
export const ZONE_COLUMN = 'time_zone'

const MOST_NAMES = 1_000
const judged = new Map<string, boolean>()

/** Whoever misspells a zone is not written to at night for it. */
function isZoneRight(columns: readonly string[], cells: readonly string[]): boolean {
  const at = columns.indexOf(ZONE_COLUMN)
  const name = at === -1 ? '' : (cells[at] as string).trim()
  if (name === '') return true
  const known = judged.get(name)
  if (known !== undefined) return known
  if (judged.size >= MOST_NAMES) judged.clear()
  const right = isZone(name)
  judged.set(name, right)
  return right
}

/** Enough of it to find it again; null where it cannot be shown. */
export function shown(text: string | undefined): string | null {
  if (text === undefined || text.includes('\u0000')) return null
  return text.slice(0, SHOWN).toWellFormed()
}
