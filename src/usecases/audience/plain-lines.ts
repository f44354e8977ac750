import type { CsvRecord } from './read-records.ts'

/*
 * Lines without a quote, which most lists have none but: nothing to be parsed there, so they are split. It never reads what could be read in
 * another way: from the first quote, lone CR or very long line on, the parser has it.
 */

const QUOTE = 34
const LF = 10
/** Of a line, in bytes where it is not whole and in characters where it is; far from what is refused. */
const LONGEST = 16_384
/** Of what is read at once. */
const PIECE = 65_536

export class PlainLines {
  readonly #delimiter: string
  #line: number
  #rest: Buffer = Buffer.alloc(0)

  /** @param line in which the next record begins */
  constructor(delimiter: string, line: number) {
    this.#delimiter = delimiter
    this.#line = line
  }

  /** Of the next record. */
  get line(): number {
    return this.#line
  }

  /** What was taken and belongs to no record yet. */
  get rest(): Buffer {
    return this.#rest
  }

  /** The records that end in it; null where it is not plain, and then nothing of it was taken. */
  take(bytes: Buffer): CsvRecord[] | null {
    if (bytes.includes(QUOTE)) return null
    const end = bytes.lastIndexOf(LF) + 1
    if (this.#rest.length + (end === 0 ? bytes.length : 0) > LONGEST) return null
    const whole = this.#rest.length === 0 ? bytes.subarray(0, end) : Buffer.concat([this.#rest, bytes.subarray(0, end)])
    if (end === 0) {
      this.#rest = Buffer.concat([whole, bytes])
      return []
    }
    const records = this.#records(whole.toString('utf8', 0, whole.length - 1))
    if (records !== null) this.#rest = bytes.subarray(end)
    return records
  }

  /** The last line, which nothing ends; null where it is not plain. */
  end(): CsvRecord[] | null {
    return this.#rest.length === 0 ? [] : this.#rest.includes(13) ? null : this.#records(this.#rest.toString('utf8'))
  }

  #records(text: string): CsvRecord[] | null {
    const lines = endsOf(text)
    if (lines?.every((one) => one.length <= LONGEST) !== true) return null
    return lines.map((one) => ({ cells: one.split(this.#delimiter), line: this.#line++ }))
  }
}

/** Null where something else than LF or CR LF ends a line. */
function endsOf(text: string): string[] | null {
  if (!text.includes('\r')) return text.split('\n')
  const joined = `${text}\n`
  return /\r(?!\n)/.test(joined) ? null : joined.slice(0, -1).replaceAll('\r\n', '\n').replace(/\r$/, '').split('\n')
}

/** However much came at once. */
export async function* inPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE)
  }
}
