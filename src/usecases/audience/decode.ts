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
  let decoder: TextDecoder | null = null
  let isUtf8 = true
  const convert = (bytes: Buffer, stream: boolean): Buffer => {
    try {
      const text = (decoder as TextDecoder).decode(bytes, { stream })
      return isUtf8 ? bytes : Buffer.from(text)
    } catch {
      throw new NotText(isUtf8 ? NOT_UTF8 : `expected text in ${charset ?? 'UTF-16'}, got bytes that are none`)
    }
  }
  for await (const chunk of source) {
    if (decoder !== null) {
      yield convert(chunk, true)
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < LONGEST_BOM) continue
    const begun = begin(head, charset)
    ;({ decoder, isUtf8 } = begun)
    yield convert(begun.rest, true)
  }
  if (decoder === null) {
    const begun = begin(head, charset)
    ;({ decoder, isUtf8 } = begun)
    yield convert(begun.rest, true)
  }
  const last = convert(Buffer.alloc(0), false)
  if (last.length > 0) yield last
}

const NOT_UTF8 =
  'expected text in UTF-8, got bytes that are none: save the file as UTF-8, or say how it is written, as in Content-Type: text/csv; charset=windows-1252'

function begin(head: Buffer, charset: string | null): { decoder: TextDecoder; isUtf8: boolean; rest: Buffer } {
  const bom = BOMS.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte))
  const named = bom?.charset ?? charset ?? 'utf-8'
  if (bom === undefined && charset === null && head[0] !== undefined && (head[0] === 0 || head[1] === 0)) {
    throw new NotText(
      'expected text in UTF-8, got what looks like UTF-16 without a byte order mark: say charset=utf-16le or utf-16be',
    )
  }
  const decoder = decoderFor(named)
  return { decoder, isUtf8: decoder.encoding === 'utf-8', rest: head.subarray(bom?.bytes.length ?? 0) }
}

function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true })
  } catch {
    throw new NotText('expected a charset that is known, such as utf-8, utf-16le or windows-1252, got another')
  }
}
