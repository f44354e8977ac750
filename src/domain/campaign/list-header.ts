/* The first line of a list: what its columns are called, and by what they are divided. */

const DELIMITERS = [',', ';', '\t'] as const
const MOST_COLUMNS = 256
const MOST_NAME = 256
/** In a refusal. */
const MOST_NAMED = 20
/** How lists of other programs call the column, in the languages that they come in. */
const LIKELY =
  /^(phone|phone.?number|mobile|cell|cellphone|whats.?app|tel|telefone?|telefono|teléfono|telephone|téléphone|celular|móvil|movil|handy|número|numero|number|msisdn|wa.?id|recipient|contact)$/i

export interface ListHeader {
  columns: string[]
  /** Which of them is `to`. */
  to: number
}

export type ReadHeader = { ok: true; header: ListHeader } | { ok: false; message: string }

/** The sign that divides a line: the most frequent outside of quotes; a comma where there is none. */
export function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"?/g, '')
  const counted = DELIMITERS.map((sign) => ({ sign, count: bare.split(sign).length }))
  return counted.reduce((best, one) => (one.count > best.count ? one : best)).sign
}

export function readHeader(cells: readonly string[]): ReadHeader {
  if (cells.length > MOST_COLUMNS) return refuse(`expected at most ${MOST_COLUMNS} columns, got ${cells.length}`)
  const columns = cells.map(columnName)
  const long = columns.findIndex((column) => column.length > MOST_NAME || column.includes('\u0000'))
  if (long !== -1)
    return refuse(`expected the name of column ${long + 1} to be a text of at most ${MOST_NAME} characters`)
  const same = columns.find((column, i) => column !== '' && columns.indexOf(column) < i)
  if (same !== undefined) return refuse(`expected each column once, got "${same}" twice`)
  const to = columns.indexOf('to')
  if (to !== -1) return { ok: true, header: { columns, to } }
  if (columns.some((column) => /^[+\d][\d ()+.-]{6,}$/.test(column))) {
    return refuse('expected the first line to name the columns, "to" among them, got a number in it')
  }
  const likely = columns.find((column) => LIKELY.test(column))
  const hint = likely === undefined ? '' : `; is it "${likely}"? Call it "to"`
  const more = columns.length > MOST_NAMED ? ' and more' : ''
  const named = columns.slice(0, MOST_NAMED).map((one) => `"${one}"`)
  return refuse(`expected a column "to" with the numbers, got ${named.join(', ')}${more}${hint}`)
}

/**
 * A column as a list and a text name it, whoever typed it: some systems write é as one sign and some as two, and marks that nobody sees come
 * along where it is copied. `to` may be written in capitals.
 */
export function columnName(text: string): string {
  const name = text
    .replace(/\p{Cf}/gu, '')
    .normalize('NFC')
    .trim()
  return name.toLowerCase() === 'to' ? 'to' : name
}

function refuse(message: string): ReadHeader {
  return { ok: false, message }
}
