/* Lines of CSV that spreadsheets open without running them. */

/** What a spreadsheet would take for a formula, in the signs of East Asia too; a number with its plus is none. */
const FORMULA = /^\s*[=@\uff1d\uff20\uff0b\uff0d-]|^[\t\r\n]|^\s*\+(?!\d+$)/
/** Where a semicolon or a tab divides cells, as in most of Europe, a cell begins behind each, and a line behind each end of one. */
const FORMULA_WITHIN = /(?<=[;\t\r\n])(?=[^\S\t\r\n]{0,8}[=@+\uff1d\uff20\uff0b\uff0d-])/g

/** RFC 4180, with CRLF. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(value: string | number | null): string {
  if (value === null) return ''
  const text = String(value)
  const safe = (FORMULA.test(text) ? `'${text}` : text).replace(FORMULA_WITHIN, "'")
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
