import type { SaidValues } from '../../api/failure.ts'

/* The lists of a draft as the API tells of them, in pieces as they arrive. Pure. */

export interface BadLine {
  line: string
  to: string
  code: string
  reason: string
  reasonCode: string
  reasonValues: SaidValues
}

/**
 * The records of `line,to,code,reason,reason_code,reason_values` that are there whole, without the header.
 *
 * @param isAll false: the last record may be cut off, and is left out
 */
export function badLinesIn(csv: string, isAll: boolean): BadLine[] {
  const records: string[][] = [[]]
  let cell = ''
  let isQuoted = false
  for (let at = 0; at < csv.length; at++) {
    const sign = csv[at] as string
    if (isQuoted) {
      if (sign !== '"') cell += sign
      else if (csv[at + 1] === '"') {
        cell += '"'
        at++
      } else isQuoted = false
    } else if (sign === '"') isQuoted = true
    else if (sign === ',' || sign === '\n') {
      records.at(-1)?.push(cell)
      cell = ''
      if (sign === '\n') records.push([])
    } else if (sign !== '\r') cell += sign
  }
  if (isAll && (cell !== '' || records.at(-1)?.length)) records.at(-1)?.push(cell)
  else records.pop()
  return records.slice(1).map(([line = '', to = '', code = '', reason = '', reasonCode = '', values = '']) => ({
    line,
    to,
    code,
    reason,
    reasonCode,
    reasonValues: valuesIn(values),
  }))
}

/** Nothing is filled in where a spreadsheet has been at them. */
function valuesIn(json: string): SaidValues {
  try {
    return JSON.parse(json) as SaidValues
  } catch {
    return {}
  }
}

export interface ListedLine {
  line: number
  to: string
  columns: Readonly<Record<string, string>>
}

/** Of NDJSON, what is there whole. */
export function linesIn(ndjson: string): ListedLine[] {
  return ndjson
    .split('\n')
    .slice(0, -1)
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as ListedLine)
}

/** Of lines such as `segment=b2b`; null where one of them is no such line, since leaving it out would mean more people. */
export function attributesIn(text: string): Record<string, string> | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const pairs = lines.map((line) => /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line))
  if (pairs.includes(null)) return null
  return Object.fromEntries(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1] as string, pair[2] as string]])))
}

/** Words with commas or spaces between them, each once. */
export function namesIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((name) => name !== ''))]
}
