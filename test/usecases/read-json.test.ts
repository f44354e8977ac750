import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NotText } from '../../src/usecases/audience/decode.ts'
import { type JsonRows, jsonRecords } from '../../src/usecases/audience/read-json.ts'
import type { CsvRecord } from '../../src/usecases/audience/read-records.ts'

/** In pieces of so many bytes. */
async function* inPieces(text: string, bytes: number): AsyncGenerator<Buffer> {
  const all = Buffer.from(text)
  for (let at = 0; at < all.length; at += bytes) yield all.subarray(at, at + bytes)
}

async function records(text: string, rows: JsonRows, bytes = 7) {
  const all: CsvRecord[] = []
  for await (const run of jsonRecords(inPieces(text, bytes), rows)) all.push(...run)
  return all
}

describe('rows of JSON', () => {
  it.each<[string, JsonRows]>([
    ['[{"to":"+1","name":"Ana"},{"to":"+2","name":"Rui"}]', 'array'],
    [' \n[ {"to":"+1","name":"Ana"} ,\r\n{"name":"Rui","to":"+2"} ]\n', 'array'],
    ['{"to":"+1","name":"Ana"}\n{"to":"+2","name":"Rui"}\n', 'lines'],
    ['{"to":"+1","name":"Ana"}\r\n{"name":"Rui","to":"+2"}', 'lines'],
  ])('have the members of the first as columns: %j', async (text, rows) => {
    for (const bytes of [1, 2, 1_000]) {
      expect(await records(text, rows, bytes)).toEqual([
        { cells: ['to', 'name'], line: 0 },
        { cells: ['+1', 'Ana'], line: 1 },
        { cells: ['+2', 'Rui'], line: 2 },
      ])
    }
  })

  it('are texts, numbers and truths, and nothing where there is none', async () => {
    const text = '[{"to":"+1","n":1.5,"yes":true,"no":null},{"to":"+2"}]'
    expect((await records(text, 'array')).map(({ cells }) => cells)).toEqual([
      ['to', 'n', 'yes', 'no'],
      ['+1', '1.5', 'true', ''],
      ['+2', '', '', ''],
    ])
  })

  it('have numbers as they are written', async () => {
    const numbers = ['9007199254740993', '1.10', '-0', '1e400', '5.51199E+12', '0.1', '100000000000000000000000']
    const text = numbers.map((n, i) => `{"to":${n},"n": ${n}${i % 2 ? ' ' : ''}}`).join('\n')
    expect((await records(text, 'lines')).slice(1).map(({ cells }) => cells)).toEqual(numbers.map((n) => [n, n]))
  })

  it('have each member once, and only of their own', async () => {
    const rows = [
      '{"to":"+1","__proto__":"a","toString":"b"}',
      '{"to":"+2"}',
      '{"to":"+3","to":"+4"}',
      '{"to":"+5","__proto__":"a","__proto__":"a"}',
      '{"to":"+6","__proto__":"a:\\"b\\":"}',
      '{"to":"+7","toString":{"a":1}}',
    ]
    const read = await records(rows.join('\n'), 'lines')
    expect(read.map(({ cells, wrong }) => wrong?.code ?? cells)).toEqual([
      ['to', '__proto__', 'toString'],
      ['+1', 'a', 'b'],
      ['+2', '', ''],
      'columns',
      'columns',
      ['+6', 'a:"b":', ''],
      'invalid',
    ])
  })

  it('are refused one by one, with why', async () => {
    const rows = [
      '{"to":"+1","name":"a"}',
      '{"to":"+2","name":{}}',
      '{"to":"+3","other":"a"}',
      '[]',
      '{"to":"+4","name":"\\ud800"}',
      '{"to":["+5"],"name":[]}',
    ]
    const wrong = (await records(rows.join('\n'), 'lines')).map(
      (one) => one.wrong && [one.line, one.wrong.code, one.wrong.to],
    )
    expect(wrong).toEqual([
      ...[undefined, undefined],
      [2, 'invalid', '+2'],
      [3, 'columns', '+3'],
      [4, 'columns', null],
      [5, 'encoding', '+4'],
      [6, 'invalid', null],
    ])
  })

  it('count empty lines, and are none in an empty array', async () => {
    expect((await records('\n{"to":"+1"}\n \n{"to":"+2"}', 'lines')).map(({ line }) => line)).toEqual([0, 2, 4])
    expect(await records(' [ ] ', 'array')).toEqual([])
    expect(await records('\n\n', 'lines')).toEqual([])
  })

  const LONG = `{"to":"${'1'.repeat(70_000)}"}`
  it.each<[string, JsonRows, RegExp]>([
    ['[{"to":"+1"},]', 'array', /row 2 to be JSON/],
    ['[,{"to":"+1"}]', 'array', /row 1 to be JSON/],
    ['[{"to":"+1"}', 'array', /closed/],
    ['[{"to":"+1"}] []', 'array', /beside it/],
    ['[{"to":"+1"}]]', 'array', /beside it/],
    ['[] x', 'array', /beside it/],
    ['', 'array', /closed/],
    ['[{"to":"+1"}}]', 'array', /JSON|closed/],
    ['[1]', 'array', /row 1 to be an object/],
    ['[["to"]]', 'array', /row 1 to be an object/],
    ['to\n+1', 'lines', /row 1 to be JSON/],
    ['{"to":"+1"}{"to":"+2"}', 'lines', /row 1 to be JSON/],
    ['{"to":"+1"}\n{"to":\n"+2"}', 'lines', /row 2 to be JSON/],
    ['{"to":"+1","\\ud800":"a"}', 'lines', /whole signs/],
    [`[${LONG}]`, 'array', /64 KiB/],
    [LONG, 'lines', /64 KiB/],
  ])('are refused whole where they are none: %.40j', async (text, rows, said) => {
    for (const bytes of [3, 100_000]) {
      const read = records(text, rows, bytes)
      await expect(read).rejects.toThrow(said)
      await expect(read).rejects.toBeInstanceOf(NotText)
    }
  })

  it('are what they were, whatever stands in them and wherever they are cut', async () => {
    const row = fc.record({ to: fc.string({ unit: 'grapheme' }), 'a,b': fc.string({ unit: 'grapheme' }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(0, 2),
        async (rows, bytes, indent) => {
          const expected = [['to', 'a,b'], ...rows.map((one) => [one.to, one['a,b']])]
          const read = async (text: string, kind: JsonRows) =>
            (await records(text, kind, bytes)).map(({ cells }) => cells)
          expect(await read(JSON.stringify(rows, null, indent), 'array')).toEqual(expected)
          expect(await read(rows.map((one) => JSON.stringify(one)).join('\n'), 'lines')).toEqual(expected)
        },
      ),
      { numRuns: 100 },
    )
  })
})
