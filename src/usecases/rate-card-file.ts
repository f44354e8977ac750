import { CsvError, parse } from 'csv-parse/sync'
import type { CardResult, CardRow } from '../domain/money/card.ts'
import { readCard } from '../domain/money/read-card.ts'

/** A cell is a number or a name. */
const MOST_CELL_CHARACTERS = 1_000

/** Reads one of Meta's files. A byte order mark, either kind of line end and line breaks inside of quotes are all right; what is no UTF-8 is not. */
export function readRateCardFile(bytes: Uint8Array): CardResult {
  const text = textOf(bytes)
  if (text === null || text.includes('\u0000')) {
    const hint = 'A spreadsheet may have changed the file: take the one that Meta gives.'
    return { ok: false, problems: [{ path: '', message: 'expected text in UTF-8, got other bytes', hint }] }
  }
  try {
    return readCard(rowsOf(text))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error.lines === 'number' ? { line: error.lines } : {}
    return {
      ok: false,
      problems: [{ path: '', ...line, message: `expected comma-separated values: ${error.message}` }],
    }
  }
}

function rowsOf(text: string): CardRow[] {
  const records = parse(text, {
    bom: true,
    info: true,
    relax_column_count: true,
    max_record_size: MOST_CELL_CHARACTERS * 100,
  }) as unknown as { info: { lines: number }; record: string[] }[]
  let line = 1
  return records.map(({ info, record }) => {
    const row = { line, cells: record }
    line = info.lines + 1
    return row
  })
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}
