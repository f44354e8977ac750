/*
 * Arrays in PostgreSQL's binary form, written as they grow: of ten thousand texts the text form would be quoted, escaped and parsed sign by
 * sign. Source: PostgreSQL 18, `array_recv` and `textrecv` (src/backend/utils/adt/arrayfuncs.c).
 */

const HEAD = 20
const INT4 = 23
const TEXT = 25
/** Bytes of UTF-8 that one unit of UTF-16 may become. */
const WIDEST = 3

export class BinaryArray {
  #bytes: Buffer
  #end = HEAD
  #length = 0
  readonly #type: number

  constructor(type: 'int4' | 'text', room = 65_536) {
    this.#bytes = Buffer.allocUnsafe(room)
    this.#type = type === 'int4' ? INT4 : TEXT
  }

  get length(): number {
    return this.#length
  }

  get bytes(): number {
    return this.#end
  }

  addText(text: string): void {
    this.#reserve(4 + text.length * WIDEST)
    const written = this.#bytes.write(text, this.#end + 4, 'utf8')
    this.#bytes.writeInt32BE(written, this.#end)
    this.#end += 4 + written
    this.#length += 1
  }

  addInt(value: number): void {
    this.#reserve(8)
    this.#bytes.writeInt32BE(4, this.#end)
    this.#bytes.writeInt32BE(value, this.#end + 4)
    this.#end += 8
    this.#length += 1
  }

  /** For a statement's `$n::text[]` or `$n::integer[]`; valid until something is added or it is cleared. */
  value(): Buffer {
    const head = [1, 0, this.#type, this.#length, 1]
    for (const [i, word] of head.entries()) this.#bytes.writeInt32BE(word, i * 4)
    return this.#bytes.subarray(0, this.#end)
  }

  clear(): void {
    this.#end = HEAD
    this.#length = 0
  }

  #reserve(room: number): void {
    if (this.#end + room <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + room))
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
  }
}
