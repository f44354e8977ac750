/* Lines of CSV that spreadsheets open without running them. */

/** What a spreadsheet would take for a formula; a number with its plus is none. */
const FORMULA = /^[=@\t\r-]|^\+(?!\d+$)/

/** RFC 4180, with CRLF. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(value: string | number | null): string {
  if (value === null) return ''
  const text = String(value)
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
