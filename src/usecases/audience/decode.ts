import { isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'

/** A file is not the text that it is said to be. `message` is a whole sentence. */
export class NotText extends Error {
  override readonly name = 'NotText'
}

const BOMS = [
  { bytes: [0xef, 0xbb, 0xbf], charset: 'utf-8' },
  { bytes: [0xff, 0xfe], charset: 'utf-16le' },
  { bytes: [0xfe, 0xff], charset: 'utf-16be' },
]
const LONGEST_BOM = 3

/**
 * The bytes of a text as UTF-8, without a byte order mark. A mark says how it is written; else the sender does; else it has to be UTF-8.
 * Nothing is guessed: a wrong guess is a hundred thousand wrong names. Throws `NotText`.
 *
 * @param charset as the sender names it
 */
export async function* inUtf8(source: AsyncIterable<Buffer>, charset: string | null): AsyncGenerator<Buffer> {
  let head = Buffer.alloc(0)
  let convert: Convert | null = null
  for await (const chunk of source) {
    if (convert !== null) {
      yield convert(chunk, true)
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < LONGEST_BOM) continue
    const begun = begin(head, charset)
    convert = begun.convert
    yield convert(begun.rest, true)
  }
  if (convert === null) {
    const begun = begin(head, charset)
    convert = begun.convert
    yield convert(begun.rest, true)
  }
  const last = convert(Buffer.alloc(0), false)
  if (last.length > 0) yield last
}

/** What is whole so far; the rest comes with what follows. @param stream something follows */
type Convert = (bytes: Buffer, stream: boolean) => Buffer

/** It stays as it is, cut between signs. */
function asUtf8(): Convert {
  let rest: Buffer = Buffer.alloc(0)
  return (bytes, stream) => {
    const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    const end = stream ? wholeSigns(all) : all.length
    rest = all.subarray(end)
    const whole = all.subarray(0, end)
    if (!isUtf8(whole)) throw new NotText(NOT_UTF8)
    return whole
  }
}

/** Of a sign in UTF-8, in bytes. */
const LONGEST_SIGN = 4

/** Where the last sign begins that is not there as a whole; the length, where there is none. */
function wholeSigns(bytes: Buffer): number {
  for (let back = 1; back < LONGEST_SIGN && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] as number
    if (byte < 0x80) break
    // The first of a sign: 110….., 1110…., 11110….
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length
  }
  return bytes.length
}

function fromCharset(decoder: TextDecoder, charset: string | null): Convert {
  return (bytes, stream) => {
    try {
      return Buffer.from(decoder.decode(bytes, { stream }))
    } catch {
      throw new NotText(`expected text in ${charset ?? 'UTF-16'}, got bytes that are none`)
    }
  }
}

const NOT_UTF8 =
  'expected text in UTF-8, got bytes that are none: save the file as UTF-8, or say how it is written, as in Content-Type: text/csv; charset=windows-1252'

function begin(head: Buffer, charset: string | null): { convert: Convert; rest: Buffer } {
  const bom = BOMS.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte))
  const named = bom?.charset ?? charset ?? 'utf-8'
  if (bom === undefined && charset === null && head[0] !== undefined && (head[0] === 0 || head[1] === 0)) {
    throw new NotText(
      'expected text in UTF-8, got what looks like UTF-16 without a byte order mark: say charset=utf-16le or utf-16be',
    )
  }
  const decoder = decoderFor(named)
  const convert = decoder.encoding === 'utf-8' ? asUtf8() : fromCharset(decoder, charset)
  return { convert, rest: head.subarray(bom?.bytes.length ?? 0) }
}

function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true })
  } catch {
    throw new NotText('expected a charset that is known, such as utf-8, utf-16le or windows-1252, got another')
  }
}
