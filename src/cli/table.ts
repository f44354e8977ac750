import Table from 'cli-table3'
import type { Colors } from './terminal.ts'

export type Cell = string | number | null | undefined

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** Columns without lines between them, so that `grep` and `awk` can read them too. Numbers stand at the right. */
export function table(colors: Colors, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const grid = new Table({
    head: head.map((title) => colors.dim(title)),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((_, column) => (rows.some((row) => typeof row[column] === 'number') ? 'right' : 'left')),
  })
  grid.push(...rows.map((row) => row.map(cellText)))
  return trimLines(grid.toString())
}

/** Name and value per line; lines without a value are left out, and those of a long value are indented, so that none looks like a name. */
export function fields(colors: Colors, lines: readonly (readonly [string, Cell])[]): string {
  const shown = lines.filter(([, value]) => value !== null && value !== undefined)
  const width = Math.max(...shown.map(([name]) => name.length))
  const indented = (value: Cell) => String(value).replace(LINE_END, `\n${' '.repeat(width + 2)}`)
  return shown.map(([name, value]) => `${colors.dim(name.padEnd(width))}  ${indented(value)}`).join('\n')
}

const LINE_END = /\r\n?|\n|\u2028|\u2029/g

/** A row stays one line, whatever somebody is called. */
function cellText(cell: Cell): string {
  return cell === null || cell === undefined ? '-' : String(cell).replace(LINE_END, ' ')
}

function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
