import { lineFault } from '../../domain/campaign/line-faults.ts'
import { shown } from '../../domain/campaign/list-line.ts'
import type { Said } from '../../domain/said.ts'
import { NotText } from './decode.ts'
import type { CsvRecord } from './read-records.ts'

/*
 * Rows as JSON: an array of objects, or an object a line (NDJSON). Members are columns. What the first object has is the header, of which later
 * ones may lack some.
 */

const MOST_CHARACTERS = 65_536
const AHEAD = 512
/** Rows of a file are counted from 1, where a header of CSV stands in line 1. */
const HEADER_LINE = 0

export type JsonRows = 'array' | 'lines'

/** Records as of a CSV file, the names of the columns first, in runs as they come. Throws `NotText` for what is no JSON. */
export async function* jsonRecords(bytes: AsyncIterable<Buffer>, rows: JsonRows): AsyncGenerator<CsvRecord[]> {
  const split = rows === 'array' ? elements() : lines()
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let columns: string[] | null = null
  let run: CsvRecord[] = []

  function take({ text, line }: Piece): void {
    const row = parsed(text, line)
    if (columns === null) {
      if (!isObject(row)) throw new NotText(`expected row ${line} to be an object with "to" in it, got another`)
      columns = Object.keys(row)
      if (!columns.every((name) => name.isWellFormed()))
        throw new NotText('expected members to be called by whole signs')
      run.push({ cells: columns.slice(), line: HEADER_LINE })
    }
    run.push(recordOf(columns, row, membersIn(text), line))
  }

  for await (const chunk of bytes) {
    for (const piece of split.add(decoder.decode(chunk, { stream: true }))) {
      take(piece)
      if (run.length < AHEAD) continue
      yield run
      run = []
    }
  }
  for (const piece of split.end()) take(piece)
  if (run.length > 0) yield run
}

interface Piece {
  text: string
  line: number
}

interface Splitter {
  add(text: string): Iterable<Piece>
  end(): Iterable<Piece>
}

function lines(): Splitter {
  let rest = ''
  let line = 0
  function* whole(text: string): Generator<Piece> {
    line += 1
    if (text.length > MOST_CHARACTERS) throw tooLong(line)
    if (text.trim() !== '') yield { text, line }
  }
  return {
    *add(text) {
      const all = (rest + text).split('\n')
      rest = all.pop() as string
      for (const one of all) yield* whole(one)
      if (rest.length > MOST_CHARACTERS) throw tooLong(line + 1)
    },
    *end() {
      yield* whole(rest)
    },
  }
}

const BRACKETS: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 }

/** What stands between the commas of the outer array; whether it is JSON is seen when it is parsed. */
function elements(): Splitter {
  let state: 'before' | 'in' | 'after' = 'before'
  let depth = 0
  let isQuoted = false
  let isEscaped = false
  let begun = ''
  let line = 1

  function isDivider(sign: string): boolean {
    if (isQuoted) {
      if (isEscaped) isEscaped = false
      else if (sign === '\\') isEscaped = true
      else if (sign === '"') isQuoted = false
      return false
    }
    if (sign === '"') isQuoted = true
    if (depth === 0 && (sign === ',' || sign === ']')) return true
    depth += BRACKETS[sign] ?? 0
    return false
  }

  return {
    *add(text) {
      let from = 0
      for (let at = 0; at < text.length; at += 1) {
        const sign = text[at] as string
        if (state !== 'in') {
          if (/\s/.test(sign)) continue
          if (state === 'after' || sign !== '[')
            throw new NotText('expected one array of rows, got something beside it')
          state = 'in'
          from = at + 1
        } else if (isDivider(sign)) {
          const piece = begun + text.slice(from, at)
          begun = ''
          from = at + 1
          if (sign === ']') state = 'after'
          if (piece.length > MOST_CHARACTERS) throw tooLong(line)
          if (sign === ']' && line === 1 && piece.trim() === '') continue
          yield { text: piece, line }
          line += 1
        }
      }
      if (state === 'in') begun += text.slice(from)
      if (begun.length > MOST_CHARACTERS) throw tooLong(line)
    },
    end() {
      if (state === 'after') return []
      throw new NotText('expected the array of rows to be closed, got one that is not')
    },
  }
}

function tooLong(line: number): NotText {
  return new NotText(`expected rows of at most ${MOST_CHARACTERS / 1_024} KiB, got a longer one in row ${line}`)
}

/** Numbers come as they are written: as a double an order's number may be another one, 1.10 be 1.1, and 5.51199E+12 somebody's. */
function parsed(text: string, line: number): unknown {
  try {
    return /:\s*-?\d/.test(text) ? JSON.parse(text, asWritten) : JSON.parse(text)
  } catch {
    throw new NotText(`expected row ${line} to be JSON, got text that is none`)
  }
}

/** ECMA-262 has it since 2026, and the types not yet. */
const asWritten = ((_name: string, value: unknown, { source }: { source: string }) =>
  typeof value === 'number' ? source : value) as (name: string, value: unknown) => unknown

/** Of what is JSON, with those of objects in it: of a member that stands there twice JSON keeps the last, without a word. */
function membersIn(text: string): number {
  return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '').split(':').length - 1
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @param members how many names stand in its text */
function recordOf(columns: readonly string[], row: unknown, members: number, line: number): CsvRecord {
  if (!isObject(row))
    return { cells: [], line, wrong: { code: 'columns', to: null, reason: lineFault('row_no_object') } }
  const to = columns.find((name) => name.trim().toLowerCase() === 'to')
  const wrong = (code: 'columns' | 'invalid' | 'encoding', reason: Said): CsvRecord => {
    const text = to === undefined ? null : row[to]
    return { cells: [], line, wrong: { code, to: typeof text === 'string' ? shown(text) : null, reason } }
  }
  const known = new Set(columns)
  const other = Object.keys(row).find((name) => !known.has(name))
  if (other !== undefined) return wrong('columns', lineFault('row_other_member'))
  const cells: string[] = []
  for (const name of columns) {
    const value = Object.hasOwn(row, name) ? row[name] : null
    if (typeof value === 'object' && value !== null) {
      return wrong('invalid', lineFault('row_value', { column: name }))
    }
    const text = value === null ? '' : String(value)
    if (!text.isWellFormed()) return wrong('encoding', lineFault('half_sign', { column: name }))
    cells.push(text)
  }
  if (members > Object.keys(row).length) return wrong('columns', lineFault('row_member_twice'))
  return { cells, line }
}
