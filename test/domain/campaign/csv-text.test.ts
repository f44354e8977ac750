import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { csvLine } from '../../../src/domain/campaign/csv-text.ts'

const EVIL = [
  '=',
  '+',
  '-',
  '@',
  '＝',
  '＋',
  '－',
  '＠',
  ';',
  ',',
  '\t',
  '\r',
  '\n',
  '\r\n',
  '"',
  ' ',
  '\u00a0',
  'a',
  '1',
  '|',
]

/** As a spreadsheet of another country reads it, which takes a quote inside of a cell for a sign like others. */
function inAnotherCountry(line: string, delimiter: string): string[] {
  const read = parse(line, {
    delimiter,
    relax_quotes: true,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
  })
  return (read as string[][]).flat()
}

it.each([
  ['=1+1', "'=1+1"],
  ['  =1+1', "'  =1+1"],
  ['+5511987654321', '+5511987654321'],
  ['+1+cmd', "'+1+cmd"],
  ['＝1+1', "'＝1+1"],
  ['\tx', "'\tx"],
  ['Rua 3;=1+1', "Rua 3;'=1+1"],
  ['a\n@b', '"a\n\'@b"'],
  ['a - b; c', 'a - b; c'],
])('writes %j as %j', (cell, line) => {
  expect(csvLine([cell])).toBe(`${line}\r\n`)
})

it('takes no time for a cell of blank lines', () => {
  expect(csvLine(['\n'.repeat(60_000)])).toHaveLength(60_005)
})

it('gives no spreadsheet a formula to run, whatever divides cells there', () => {
  const cell = fc.array(fc.constantFrom(...EVIL), { maxLength: 8 }).map((signs) => signs.join(''))
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 3 }), (cells) => {
      const line = csvLine([2, ...cells])
      expect(inAnotherCountry(line, ',')).toHaveLength(cells.length + 1)
      for (const delimiter of [',', ';', '\t']) {
        for (const shown of safely(line, delimiter)) expect(shown).not.toMatch(/^\s*[=@＝＠＋－-]|^\s*\+(?!\d+$)/)
      }
    }),
    { numRuns: 2_000 },
  )
})

/** One that is no CSV of that country is read line by line. */
function safely(line: string, delimiter: string): string[] {
  try {
    return inAnotherCountry(line, delimiter)
  } catch {
    return line.split(/\r\n|\r|\n/).flatMap((one) => one.split(delimiter))
  }
}
