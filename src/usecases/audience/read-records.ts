import { Readable } from 'node:stream'
import { CsvError, type Options, parse } from 'csv-parse'
import { delimiterOf } from '../../domain/campaign/list-header.ts'
import type { ReadLine } from '../../domain/campaign/list-line.ts'
import { NotText } from './decode.ts'
import { inPieces, PlainLines } from './plain-lines.ts'

/** A record with the line in which it begins. */
export interface CsvRecord {
  cells: string[]
  line: number
  /** Of rows that are no texts, why it is none that can be read. */
  wrong?: Omit<Extract<ReadLine, { kind: 'refused' }>, 'kind'>
}

const MOST_BYTES = 65_536
/** Records that wait to be taken, so that the parser is not woken for each. */
const AHEAD = 512
const NEWLINES = ['\r\n', '\n', '\r']
const CR = 13

/**
 * The records of a CSV file in UTF-8, in runs as they come. Quotes inside of a cell that has none around it are taken as they are. Throws
 * `NotText` for a quote that nobody closes and for a record that is too long, which is mostly the same mistake.
 */
export async function* csvRecords(bytes: AsyncIterable<Buffer>): AsyncGenerator<CsvRecord[]> {
  const head = await headOf(bytes[Symbol.asyncIterator]())
  const delimiter = delimiterOf(head.line)
  const pieces = inPieces(head.rest())
  const plain = new PlainLines(delimiter, head.skipped + 1)
  for (;;) {
    const next = await pieces.next()
    const run = next.done ? plain.end() : plain.take(next.value)
    if (run === null) {
      const begun = Buffer.concat(next.done ? [plain.rest] : [plain.rest, next.value])
      yield* parsedRecords(before(begun, pieces), delimiter, plain.line)
      return
    }
    if (run.length > 0) yield run
    if (next.done) return
  }
}

async function* before(begun: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield begun
  yield* rest
}

/** Whatever they look like. @param first line in which the first begins */
export async function* parsedRecords(
  bytes: AsyncIterable<Buffer>,
  delimiter: string,
  first: number,
): AsyncGenerator<CsvRecord[]> {
  const options: Options & { readableHighWaterMark: number } = {
    delimiter,
    record_delimiter: NEWLINES,
    relax_quotes: true,
    relax_column_count: true,
    max_record_size: MOST_BYTES,
    info: true,
    readableHighWaterMark: AHEAD,
  }
  const parser = parse(options)
  const source = Readable.from(bytes, { objectMode: false })
  source.once('error', (error) => parser.destroy(error))
  source.pipe(parser)
  let line = first
  // Of the lines that the parser tells.
  let counted = 1 - first
  let ended = false
  let wake = () => {}
  let failure: Error | null = null
  parser.on('readable', () => wake())
  parser.on('end', () => {
    ended = true
    wake()
  })
  parser.on('error', (error) => {
    failure = error
    wake()
  })
  try {
    for (;;) {
      const run: CsvRecord[] = []
      for (let read = parser.read() as Parsed | null; read !== null; read = parser.read() as Parsed | null) {
        run.push({ cells: read.record, line })
        if (read.info.lines > line + counted) counted += countedTwice(read.record)
        line = read.info.lines + 1 - counted
        if (run.length >= AHEAD) break
      }
      if (run.length > 0) yield run
      else if (failure !== null) throw said(failure, line)
      else if (ended) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    source.destroy()
    parser.destroy()
  }
}

interface Parsed {
  record: string[]
  info: { lines: number }
}

/** The parser takes CR and LF between quotes for two ends of lines. */
function countedTwice(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.split('\r\n').length - 1, 0)
}

function said(error: Error, line: number): Error {
  if (!(error instanceof CsvError)) return error
  const size = `at most ${MOST_BYTES / 1_024} KiB`
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return new NotText(`expected lines of ${size}, got a longer one in line ${line}: is a quote in it not closed?`)
  }
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return new NotText(`expected every quote to be closed, got one in line ${line} that is not`)
  }
  return new NotText(`expected CSV, got a line ${line} that is none (${error.code})`)
}

/** Up to the end of the first line that names columns; Excel may say in one of its own what divides them. */
async function headOf(chunks: AsyncIterator<Buffer>) {
  let begun = Buffer.alloc(0)
  let ended = false
  const isEnough = () => firstLine(begun.toString('latin1')) !== null && begun.at(-1) !== CR
  while (!ended && begun.length <= MOST_BYTES && !isEnough()) {
    const next = await chunks.next()
    if (next.done) ended = true
    else begun = Buffer.concat([begun, next.value])
  }
  const text = begun.toString('utf8')
  const told = /^"?sep=(.)"?\r?[\n\r]/.exec(text)
  async function* rest(): AsyncGenerator<Buffer> {
    yield told === null ? begun : begun.subarray(Buffer.byteLength(told[0]))
    while (!ended) {
      const next = await chunks.next()
      if (next.done) return
      yield next.value
    }
  }
  return { line: told?.[1] ?? firstLine(text) ?? text, skipped: told === null ? 0 : 1, rest }
}

/** The first in which something stands; null where it has no end yet. A name may have a line break in it, between quotes. */
function firstLine(text: string): string | null {
  let isQuoted = false
  let begin = 0
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted
    else if (!isQuoted && (text[at] === '\n' || text[at] === '\r')) {
      const line = text.slice(begin, at)
      if (/[^\s,;"]/.test(line)) return line
      begin = at + 1
    }
  }
  return null
}
